"""A lane before and after air: scenes into OBS, outputs on, and everything off again at the end."""

import asyncio
import contextlib
from collections.abc import Sequence

from studio.air.lane import Lane
from studio.asrun.events import OutputChanged
from studio.clock import NS_PER_MS
from studio.errors import NotReady, ObsError
from studio.i18n import _
from studio.model.obs import Outcome, OutputState, Picture, Request
from studio.scenes.desired import collection
from studio.scenes.diff import diff

STOPPED_S = 2.5
"""A recording that has not stopped after so long is said; a long file takes OBS some time."""
NOT_STOPPED = "not_stopped"
TRIED_AGAIN_NS = 100 * NS_PER_MS
FINISH_AGAIN_NS = 500 * NS_PER_MS
RUNNING = (OutputState.ON, OutputState.STARTING, OutputState.RECONNECTING)


async def prepare(lane: Lane) -> None:
    """Bring every scene into that OBS and show the standby slate; raises NotReady where that cannot be."""
    async with lane.connection.desk:
        observed = await lane.connection.device.observe()
        refuse_studio_mode(lane.name, observed)
        await lane.must(diff(await all_scenes(lane), observed))
        change = lane.changing()
        await lane.must(diff(await standby(lane), await lane.connection.device.observe()))
        lane.seen(change, await lane.picture(None))
        rows = lane.session.standing.sheet.cues
        first = next((row for row in rows if not row.studios or lane.id in row.studios), None)
        if first is not None:
            await lane.must(await lane.off_air(first))


def refuse_studio_mode(studio: str, observed: Picture) -> None:
    """Raise NotReady where that OBS is in studio mode."""
    if observed.studio_mode:
        raise NotReady(
            _("{studio}: OBS is in studio mode, which swallows scene changes.").format(studio=studio),
            _("Switch studio mode off there and start again."),
        )


async def all_scenes(lane: Lane) -> Picture:
    """Every scene of the studio's file with its sources in place."""
    kinds = await lane.connection.kinds()
    return collection(lane.plan.scenes, lane.plan.assets, lane.naming, kinds, cameras=lane.plan.cameras)


async def standby(lane: Lane) -> Picture:
    """The standby slate on air, by a cut; nothing at all where the file has none."""
    scene = lane.scene_of(None)
    if scene is None:
        return Picture()
    return Picture(programme=lane.naming.scene(scene), transition=await lane.connection.transition("Cut"))


async def record(lane: Lane) -> None:
    """Start the recording, or take over one that runs; raises NotReady where it was not seen to grow.

    The doctor's test recording, which he stops and deletes, is waited for.
    """
    while lane.clock.monotonic_ns() < lane.connection.tried_until_ns:
        await lane.clock.sleep_until(lane.clock.monotonic_ns() + TRIED_AGAIN_NS)
    observed = await lane.connection.device.observe(scenes=(), inputs=())
    running = observed.record in RUNNING
    if not running:
        remedy = _("Check OBS's recording folder and the free space on its disk, and start again.")
        await lane.start(Request("StartRecord", {}, _("the session is recorded")), remedy)
    await lane.recording_seen(lane.clock.monotonic_ns(), adopted=running)


async def open_output(lane: Lane) -> None:
    """Start the stream or the virtual camera that the studio's picture leaves by; raises NotReady where it does not."""
    match lane.plan.studio.output:
        case "stream":
            request, state = "StartStream", (await _outputs(lane)).stream
        case "virtual_camera":
            request, state = "StartVirtualCam", (await _outputs(lane)).camera
        case "record_only":
            return
    if state not in RUNNING:
        remedy = _("Start it once by hand in OBS to see what it says, then start the session again.")
        await lane.start(Request(request, {}, _("the studio's picture leaves by it")), remedy)
    known = lane.logged.outputs.get(lane.plan.studio.output)
    if known is None or known.state != "on":
        await lane.scribe.persist(OutputChanged(lane.plan.studio.output, "on"))


async def finish(lane: Lane, until_ns: int) -> bool:
    """Show the standby slate and stop every output, trying until the monotonic instant ``until_ns``, once at least.

    False where nobody knows whether they stopped.
    """
    await lane.still()
    while True:
        with contextlib.suppress(ObsError):
            if lane.connection.connected and await _finish(lane):
                return True
        if lane.clock.monotonic_ns() >= until_ns:
            return False
        await asyncio.sleep(0)
        await lane.clock.sleep_until(lane.clock.monotonic_ns() + FINISH_AGAIN_NS)


def stops(lane: Lane, observed: Picture) -> list[Request]:
    """What stops those outputs that run, of those that the session has started."""
    found = []
    if lane.logged.parts and observed.record not in (None, OutputState.OFF):
        found.append(Request("StopRecord", {}, _("the session is over")))
    for output, state, request in (
        ("stream", observed.stream, "StopStream"),
        ("virtual_camera", observed.camera, "StopVirtualCam"),
    ):
        if output in lane.logged.outputs and state in RUNNING:
            found.append(Request(request, {}, _("the session is over")))
    return found


async def _finish(lane: Lane) -> bool:
    """One attempt; False where something was not seen to stop."""
    async with lane.connection.desk:
        lane.changing()
        await lane.hands.send(diff(await standby(lane), await lane.connection.device.observe()))
        observed = await _outputs(lane)
        outcomes = await _stopped(lane, stops(lane, observed))
        if any(outcome.result != "confirmed" for outcome in outcomes):
            return False  # refused too: one that was stopping already is off at the next attempt
        for outcome in outcomes:
            if outcome.request.type == "StopRecord" and outcome.result == "confirmed":
                await lane.recording_stopped(str(outcome.data.get("outputPath", "")))
        if observed.record is OutputState.OFF:  # stopped by a director that was killed before it could say so
            await lane.recording_stopped("")
        for changed in lane.logged.outputs.values():
            if changed.state != "off":
                await lane.scribe.write(OutputChanged(changed.output, "off"))
        return True


async def _stopped(lane: Lane, requests: Sequence[Request]) -> Sequence[Outcome]:
    """How the stops ended; where OBS does not say so soon, somebody should look at it meanwhile."""
    stopping = asyncio.ensure_future(lane.hands.send(requests))
    try:
        done, _waiting = await asyncio.wait({stopping}, timeout=STOPPED_S)
        if not done:
            what = _("{studio}: OBS was told to stop its recording and does not say that it has.")
            remedy = _("Look whether OBS shows a question there, and answer it; leave OBS open until its file is done.")
            await lane.session.raised(lane.id, NOT_STOPPED, what.format(studio=lane.name), remedy)
        return await stopping
    finally:
        stopping.cancel()


async def _outputs(lane: Lane) -> Picture:
    return await lane.connection.device.observe(scenes=(), inputs=())
