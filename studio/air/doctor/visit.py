"""The doctor's visit to one studio: knock, be let in, look at everything once, and listen for two seconds."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from studio.air.doctor import desk, storage
from studio.air.doctor.finding import Diagnosis, Finding, Level
from studio.air.doctor.knocking import KNOCK_MS, knock, let_in, shut_out
from studio.air.doctor.outputs import on_air, stream_service, virtual_camera
from studio.air.doctor.pc import pc_findings
from studio.air.doctor.subject import Subject
from studio.air.doctor.trial import SECONDS, not_tried, try_out, unknown_on_air
from studio.air.doctor.version import version_findings
from studio.air.reaching import Device, DirectorsDevice, Reach
from studio.clock import Clock
from studio.errors import ObsError, ObsRequestFailed, StudioError
from studio.i18n import _
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.obs.protocol import Status, Subscription

log = logging.getLogger(__name__)

Say = Callable[[str], None]


def _silent(_words: str) -> None:
    pass


async def diagnose(
    subject: Subject,
    password: str,
    reach: Reach,
    clock: Clock,
    say: Say = _silent,
    *,
    seconds: float = SECONDS,
    knock_ms: int = KNOCK_MS,
    state: Path | None = None,
) -> Diagnosis:
    """Visit one studio. Everything that goes wrong there is a finding; nothing of ``studio.errors`` is raised.

    ``reach`` opens the device through which its OBS is asked and told; the doctor's own sockets only listen. ``say``
    is told what is going on, in a person's words. ``seconds`` is the length of the test recording. ``state`` is the
    workspace's folder with the agents it is paired with; without one, the studio's PC is not looked at.
    """
    found: list[Finding] = []
    if subject.problems:
        what = _("The workspace's files have {count} problem(s), and no session starts before they are put right.")
        found.append(Finding("files", "bad", what.format(count=subject.problems), _("Run: studio check")))
    studio = subject.studio
    say(_("knocking at {host}:{port}").format(host=studio.host, port=studio.port))
    found.append(await knock(studio, knock_ms))
    if found[-1].level == "ok":
        await _enter(subject, password, reach, clock, say, seconds, found)
    if state is not None:
        say(_("asking its PC"))
        found += await pc_findings(studio, state, clock)
    return Diagnosis(studio, tuple(found))


async def _enter(
    subject: Subject, password: str, reach: Reach, clock: Clock, say: Say, seconds: float, found: list[Finding]
) -> None:
    studio = subject.studio
    ear = ObsLink(Address(studio.host, studio.port, password), clock, subscriptions=Subscription.INPUT_VOLUME_METERS)
    try:
        await ear.connect()
    except ObsError as error:
        found.append(shut_out(studio, password, error))
        return
    found.append(let_in(studio, password))
    try:
        async with reach(studio) as device:
            await _look(device, ear, subject, clock, say, seconds, found)
    except StudioError as error:  # the link was lost on the way, or the director does not let us in
        found.append(Finding("obs", "bad", error.message, error.remedy))
    except (ArithmeticError, LookupError, TypeError, ValueError):  # an answer of any unexpected shape
        log.exception("an answer of OBS %s:%d cannot be read", studio.host, studio.port)
        what = _("OBS sent an answer nobody can read.")
        found.append(Finding("obs", "bad", what, _("Check the version of OBS and of obs-websocket there.")))
    finally:
        await ear.close()


async def _look(
    device: Device, ear: ObsLink, subject: Subject, clock: Clock, say: Say, seconds: float, found: list[Finding]
) -> None:
    """All checks of an OBS that answers, in the order in which they are shown."""
    say(_("asking what it is and has"))
    version = await device.call("GetVersion")
    found += version_findings(version)
    found.append(await _asked(device, "studio_mode", "GetStudioModeEnabled", desk.studio_mode))
    found.append(await _asked(device, "scenes", "GetSceneList", partial(desk.scenes, subject)))
    found.append(await _asked(device, "transitions", "GetSceneTransitionList", partial(desk.transitions, subject)))
    found.append(await _asked(device, "canvas", "GetVideoSettings", partial(desk.canvas, subject)))
    found.append(await _asked(device, "record_folder", "GetRecordDirectory", partial(storage.record_folder, subject)))
    encoding = await storage.encoding(device)
    found.append(storage.record_format(encoding))
    stats, video = await device.call("GetStats"), await device.call("GetVideoSettings")
    why_not = await _why_not(device, subject, stats)
    say(_("looking and listening") if why_not else _("recording a test of {seconds:g} s").format(seconds=seconds))
    trial = await try_out(device, ear, subject, clock, video, why_not, seconds)
    pixels_s = int(video["outputWidth"]) * int(video["outputHeight"]) * desk.frame_rate(video)
    room = storage.disk(subject, stats, pixels_s, encoding.kbit_s, trial.kbit_s)
    found += [trial.recording, room, trial.frame_rate, trial.audio]
    if subject.studio.output == "virtual_camera":
        found.append(await virtual_camera(device, str(version.get("platform", ""))))
    if subject.studio.output == "stream":
        found.append(await _asked(device, "stream_service", "GetStreamServiceSettings", stream_service))


async def _asked(device: Device, check: str, request: str, judge: Callable[[dict[str, Any]], Finding]) -> Finding:
    """Ask one question and judge the answer; a refused question is a finding too."""
    try:
        return judge(await device.call(request))
    except ObsRequestFailed as error:
        level: Level = "bad" if error.code == Status.NOT_READY else "unknown"
        return Finding(check, level, error.message, error.remedy, {"code": error.code})


async def _why_not(device: Device, subject: Subject, stats: dict[str, Any]) -> Finding | None:
    """Why no test recording may be made; None where one may."""
    if isinstance(device, DirectorsDevice) and device.session is not None:
        return unknown_on_air(_("session {session} runs there").format(session=device.session))
    if doing := await on_air(device):
        return unknown_on_air(doing)
    folder = str((await device.call("GetRecordDirectory")).get("recordDirectory", ""))
    if storage.unusable(subject, folder):
        return not_tried(_("the record folder is not there or cannot be written"))
    if not storage.has_room(stats):
        return not_tried(_("that disk is full or the record folder is not there"))
    return None
