"""The doctor's own test recording: wait until it is complete, open it, and take it away again."""

import asyncio
from pathlib import Path

from studio.air.doctor.finding import Finding
from studio.air.doctor.subject import Subject
from studio.clock import NS_PER_MS, NS_PER_S, Clock
from studio.errors import MediaUnreadable
from studio.i18n import _
from studio.media.probe import Probe, probe

COMPLETE_WITHIN_NS = 5 * NS_PER_S
"""OBS reports a stop before its muxer has closed the file, and a share shows it later still."""
LOOK_AGAIN_NS = 200 * NS_PER_MS
LONGER_S = 15
"""A file that is this much longer than the test is not the test's, whatever it is called, and stays."""


async def examine(
    subject: Subject, told: str, began_as: str, size: tuple[int, int], seconds: float, clock: Clock
) -> tuple[Finding, float | None]:
    """Open the file that OBS calls ``told``, and delete it; also its bit rate in kbit/s, None where not known.

    ``began_as`` is what OBS called it at the start, ``size`` what the picture should be, ``seconds`` how long it was
    recorded at least. A file that does not open, or may be another one, is kept.
    """
    value = {"path": told, "deleted": False}
    path = subject.seen_here(told)
    if path is None:
        return Finding(
            "test_recording",
            "unknown",
            _("Not visible from here: OBS says that it recorded {file}, which nobody has opened.").format(file=told),
            _("Look at it on that PC and delete it by hand; map its folder in studio.toml to have it checked."),
            value,
        ), None
    try:
        found = await _complete(path, clock)
    except MediaUnreadable as error:
        what = _("The test recording {file} does not open: {why}").format(file=told, why=error.message)
        return Finding("test_recording", "bad", what, error.remedy, value), None
    value |= {
        "duration_ms": found.duration_ms,
        "size": [found.width, found.height],
        "video": found.video_codec,
        "audio": found.audio_codec,
    }
    if wrong := _wrong(found, size, seconds):
        what = _("The test recording {file} opens, but {wrong}.").format(file=told, wrong=wrong)
        return Finding("test_recording", "bad", what, _("Check OBS under Settings, Output, and its log."), value), None
    kbit_s = found.size_bytes * 8 / found.duration_ms
    figures = {
        "seconds": found.duration_ms / 1000,
        "width": found.width,
        "height": found.height,
        "file": told,
    }
    why_kept = _("OBS had called it {name} before").format(name=began_as) if began_as != told else ""
    why_kept = why_kept or _take_away(path, found, seconds)
    if why_kept:
        what = _("A test recording of {seconds:.1f} s at {width}x{height} opens, but {file} is still there: {why}.")
        words = what.format(why=why_kept, **figures)
        return Finding("test_recording", "warn", words, _("Delete it by hand."), value), kbit_s
    what = _("A test recording of {seconds:.1f} s at {width}x{height} opens; {file} was deleted again.")
    return Finding("test_recording", "ok", what.format(**figures), value=value | {"deleted": True}), kbit_s


async def _complete(path: Path, clock: Clock) -> Probe:
    """Probe the file once it has stopped growing and is closed; raises MediaUnreadable where that does not happen."""
    until_ns = clock.monotonic_ns() + COMPLETE_WITHIN_NS
    last = -1
    while True:
        try:
            found = await asyncio.to_thread(probe, path)
            if found.closed and found.size_bytes == last:
                return found
            last = found.size_bytes
            why = MediaUnreadable(_("OBS has not closed it."), _("Look at that OBS and its log; the file is kept."))
        except MediaUnreadable as error:
            why = error
        if clock.monotonic_ns() >= until_ns:
            raise why
        await clock.sleep_until(clock.monotonic_ns() + LOOK_AGAIN_NS)


def _wrong(found: Probe, size: tuple[int, int], seconds: float) -> str:
    if (found.width, found.height) != size:
        return _("it is {width}x{height} instead of {size}").format(
            width=found.width, height=found.height, size="{}x{}".format(*size)
        )
    if found.duration_ms < seconds * 500:
        return _("it holds only {found:.1f} of {seconds:g} s").format(found=found.duration_ms / 1000, seconds=seconds)
    return "" if found.audio_codec else _("it has no sound track")


def _take_away(path: Path, found: Probe, seconds: float) -> str:
    """Delete the test; why not where it stays. It goes only if it is still the plain, short file that was opened."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size != found.size_bytes:
            return _("it is no longer the file that was opened")
        if found.duration_ms > (seconds + LONGER_S) * 1000:
            return _("it is longer than the test was")
        path.unlink()
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""
