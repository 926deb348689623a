"""Two seconds of listening and looking, with a test recording where nothing is on air."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.air.doctor.desk import frame_rate
from studio.air.doctor.finding import Finding
from studio.air.doctor.signals import Meters, frames_held, sound
from studio.air.doctor.subject import Subject
from studio.air.doctor.testfile import examine
from studio.air.reaching import Device
from studio.clock import NS_PER_S, Clock
from studio.errors import ObsDisconnected, ObsError, StudioError
from studio.i18n import _
from studio.model.obs import Outcome, Request
from studio.obs.link import ObsLink, remedy
from studio.obs.protocol import Status

SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Trial:
    """What the seconds showed, and the bit rate of the recording where there is one to be seen."""

    recording: Finding
    frame_rate: Finding
    audio: Finding
    kbit_s: float | None = None


async def try_out(
    device: Device,
    ear: ObsLink,
    subject: Subject,
    clock: Clock,
    video: Mapping[str, Any],
    why_not: Finding | None,
    seconds: float = SECONDS,
) -> Trial:
    """Record, look and listen for ``seconds``; with ``why_not`` nothing is recorded and that is the finding.

    ``ear`` is a link that hears the volume meters, ``video`` a GetVideoSettings. A recording that was started here is
    stopped here, also when this is cancelled. Raises StudioError where the studio is lost meanwhile.
    """
    start = Request("StartRecord", {}, _("a test recording of the doctor"))
    starting = asyncio.ensure_future(device.apply([start])) if why_not is None else None
    started: Outcome | None = None
    stopped: Outcome | None = None
    with Meters(ear) as meters:
        try:
            if starting is not None:
                await asyncio.shield(starting)  # how it ended must be known, also when this is cancelled
            before = await device.call("GetStats")
            await clock.sleep_until(clock.monotonic_ns() + round(seconds * NS_PER_S))
            after = await device.call("GetStats")
        except StudioError as error:
            raise error if starting is None else _lost(error) from error
        finally:
            if starting is not None:
                try:
                    (started,) = await starting
                    if await _is_ours(device, started):
                        (stopped,) = await device.apply([Request("StopRecord", {}, _("the doctor's test is over"))])
                except StudioError as error:
                    raise _lost(error) from error
    held = frames_held(before, after, float(frame_rate(video)), subject.limits)
    if why_not is not None:
        return Trial(why_not, held, sound(meters))
    assert started is not None
    recording, kbit_s = await _recorded(subject, clock, video, started, stopped, seconds)
    return Trial(recording, held, sound(meters), kbit_s)


async def _is_ours(device: Device, started: Outcome) -> bool:
    """Whether a recording runs that our request began: nothing was recorded just before it."""
    if started.result == "refused":
        return False
    return started.result == "confirmed" or bool((await device.call("GetRecordStatus")).get("outputActive"))


async def _recorded(
    subject: Subject, clock: Clock, video: Mapping[str, Any], started: Outcome, stopped: Outcome | None, seconds: float
) -> tuple[Finding, float | None]:
    if started.result == "refused" and started.code == Status.OUTPUT_RUNNING:
        return unknown_on_air(_("a recording was started meanwhile")), None
    if started.result == "refused":
        what = _("OBS refuses to record: status {code}{comment}.").format(
            code=started.code, comment=f" ({started.comment.rstrip('.')})" if started.comment else ""
        )
        return Finding("test_recording", "bad", what, remedy(started.code or 0), {"code": started.code}), None
    if started.result == "timed_out":
        what = _("OBS was told to record and does not: {why}.").format(
            why=started.comment.rstrip(".。") or _("nobody knows why")
        )
        remedy_words = _("Look for a dialog in that OBS, then at its record folder, the room on its disk and its log.")
        return Finding("test_recording", "bad", what, remedy_words), None
    told = str(stopped.data.get("outputPath") or "") if stopped is not None else ""
    if stopped is None or stopped.result != "confirmed":
        what = _("The test recording {file} was started and could not be stopped.").format(
            file=told or started.data.get("outputPath") or ""
        )
        return Finding("test_recording", "bad", what, _("Stop it by hand in that OBS.")), None
    size = (int(video["outputWidth"]), int(video["outputHeight"]))
    return await examine(subject, told, str(started.data.get("outputPath") or told), size, seconds, clock)


def _lost(error: StudioError) -> ObsError:
    return ObsDisconnected(
        _("The studio was lost during the test recording, which may still run there: {why}").format(why=error.message),
        _("Look at that OBS and stop the recording by hand."),
    )


def unknown_on_air(doing: str) -> Finding:
    """Nothing is tried in a studio that is on air."""
    what = _("On air ({doing}), so no test recording was made.").format(doing=doing)
    return Finding("test_recording", "unknown", what, _("Run studio doctor again once it is over."))


def not_tried(why: str) -> Finding:
    """Nothing is tried where it would only open a dialog in that OBS."""
    return Finding(
        "test_recording",
        "unknown",
        _("No test recording was made, since {why}.").format(why=why),
        _("Put that right and run studio doctor again."),
    )
