"""Where an OBS records to: a folder we find again, a container that survives a crash, minutes left on the disk."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

from studio.air.doctor.finding import Finding
from studio.air.doctor.subject import Subject
from studio.air.reaching import Device
from studio.errors import ObsRequestFailed
from studio.i18n import _
from studio.model.studio import is_loopback

LEAST_FREE_MB = 100
"""With less than 50 MB OBS does not record but opens a dialog, which a test must not provoke."""
BITS_A_PIXEL = Fraction(1, 20)
"""A still test picture compresses to nothing: reckon with at least this, about 3 Mbit/s for 1080x1920 at 30."""
_MB_BITS = 8 * 1024 * 1024


def record_folder(subject: Subject, answer: Mapping[str, Any]) -> Finding:
    """From a GetRecordDirectory: whether the path map knows the folder, and whether it is there and may be written."""
    theirs = str(answer.get("recordDirectory", ""))
    ours = subject.seen_here(theirs)
    value = {"theirs": theirs, "ours": None if ours is None else str(ours)}
    if ours is None:
        remedy = _("Add it to studio.toml: [[studios.{studio}.paths]] with theirs = {theirs} and ours = our folder.")
        return Finding(
            "record_folder",
            "bad",
            _("OBS records to {folder}, and no paths of {studio} say where that lies from here.").format(
                folder=theirs, studio=subject.studio.id
            ),
            remedy.format(studio=subject.studio.id, theirs=_toml(theirs)),
            value,
        )
    if not ours.is_dir():
        return Finding(
            "record_folder",
            "bad",
            _("OBS records to {folder}, which is {ours} from here, and no folder is there.").format(
                folder=theirs, ours=ours
            ),
            _("Make the folder, mount the share, or correct the record folder in OBS under Settings, Output."),
            value,
        )
    if not _writable(subject, ours):
        return Finding(
            "record_folder",
            "bad",
            _("The record folder {ours} cannot be written.").format(ours=ours),
            _("Give this account the right to write there, or choose another folder in OBS under Settings, Output."),
            value,
        )
    return Finding("record_folder", "ok", _("OBS records to {folder}.").format(folder=theirs), value=value)


def unusable(subject: Subject, theirs: str) -> bool:
    """True where we can see that nothing can be recorded there: OBS then answers success and opens a dialog."""
    ours = subject.seen_here(theirs)
    return ours is not None and not (ours.is_dir() and _writable(subject, ours))


def _writable(subject: Subject, ours: Path) -> bool:
    """False where OBS, on this very machine, cannot write; of another PC's folder our own rights say nothing."""
    return not is_loopback(subject.studio.host) or os.access(ours, os.W_OK)


def _toml(path: str) -> str:
    """A path as studio.toml takes it, backslashes and all."""
    return f"'{path}'" if "'" not in path else '"' + path.replace("\\", "\\\\") + '"'


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the profile records: the container, empty where OBS does not say, and its bit rate where that is fixed."""

    container: str
    kbit_s: int | None = None


async def encoding(device: Device) -> Encoding:
    """Read the profile. Quality modes have no fixed rate, and an advanced encoder's rate is not in the profile."""

    async def parameter(category: str, name: str) -> str:
        try:
            answer = await device.call("GetProfileParameter", {"parameterCategory": category, "parameterName": name})
        except ObsRequestFailed:
            return ""
        return str(answer.get("parameterValue") or answer.get("defaultParameterValue") or "")

    async def kbit(category: str, *names: str) -> int | None:
        rates = [await parameter(category, name) for name in names]
        return sum(map(int, rates)) if all(rate.isdigit() for rate in rates) else None

    if (await parameter("Output", "Mode")) == "Advanced":
        if (await parameter("AdvOut", "RecType")) == "FFmpeg":
            return Encoding(await parameter("AdvOut", "FFExtension"), await kbit("AdvOut", "FFVBitrate", "FFABitrate"))
        section, fixed = "AdvOut", False
    else:
        section, fixed = "SimpleOutput", (await parameter("SimpleOutput", "RecQuality")) == "Stream"
    container = await parameter(section, "RecFormat2") or await parameter(section, "RecFormat")
    return Encoding(container, await kbit(section, "VBitrate", "ABitrate") if fixed else None)


def record_format(encoding: Encoding) -> Finding:
    """Whether the container survives a crash of OBS or a power cut."""
    name = encoding.container.lower()
    if name == "mkv":
        return Finding("record_format", "ok", _("OBS records MKV, which survives a crash."), value=name)
    if not name:
        what, remedy = _("OBS does not say in which format it records."), _("Look there under Settings, Output.")
        return Finding("record_format", "unknown", what, remedy)
    remedy = _("Choose Matroska (mkv) in OBS under Settings, Output, Recording; it can be turned into MP4 afterwards.")
    if name in ("mp4", "mov"):
        what = _("OBS records {format}: its index is written last, so after a crash or power cut nothing of it plays.")
    else:
        what = _("OBS records {format}, which is not proved to survive a crash or power cut as MKV is.")
    return Finding("record_format", "warn", what.format(format=name), remedy, name)


def disk(
    subject: Subject, stats: Mapping[str, Any], pixels_s: Fraction, configured: int | None, measured: float | None
) -> Finding:
    """Minutes of recording that fit on the disk, against what the limits and the longest coming session ask for.

    ``stats`` is a GetStats, ``pixels_s`` the pixels recorded a second; rates in kbit/s, None where not known. The
    highest of configured, measured and least rate counts.
    """
    free_mb = float(stats.get("availableDiskSpace", 0))
    kbit_s, origin = max(
        (float(pixels_s * BITS_A_PIXEL / 1000), "estimated"),
        (float(configured or 0), "configured"),
        (measured or 0.0, "measured"),
    )
    minutes = int(free_mb * _MB_BITS / (kbit_s * 1000) / 60)
    needed = max(subject.limits.disk_minutes, ceil(subject.longest_ms / 60_000))
    value = {
        "free_mb": round(free_mb),
        "minutes": minutes,
        "needed_minutes": needed,
        "kbit_s": round(kbit_s),
        "kbit_s_from": origin,
    }
    figures = {"free": free_mb / 1024, "rate": kbit_s / 1000, "minutes": minutes, "needed": needed}
    if minutes >= needed:
        what = _("{free:.1f} GB are free: {minutes} min of recording at {rate:.1f} Mbit/s.")
        return Finding("disk", "ok", what.format(**figures), value=value)
    what = _("{free:.1f} GB are free: {minutes} min of recording at {rate:.1f} Mbit/s, and {needed} min are needed.")
    remedy = _("Make room on that disk, or choose a record folder on another one in OBS under Settings, Output.")
    return Finding("disk", "bad", what.format(**figures), remedy, value)


def has_room(stats: Mapping[str, Any]) -> bool:
    """Whether a test recording can be tried without filling the disk."""
    return float(stats.get("availableDiskSpace", 0)) >= LEAST_FREE_MB
