"""What somebody else does at a studio's desk, or its clips by themselves: told by OBS's events, checked by looking."""

import contextlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from studio.air.connection import LOOK_EVERY_MS
from studio.air.lane import Lane
from studio.air.verdicts import TAKE
from studio.asrun.events import ClipEnded, OutputChanged, Overridden
from studio.clock import NS_PER_MS
from studio.errors import ObsError
from studio.i18n import _
from studio.model.obs import Picture, Request
from studio.obs.events import ObsEvent
from studio.obs.outputs import has_grown
from studio.scenes.diff import diff

log = logging.getLogger(__name__)

GROWN_NS = 1_500 * NS_PER_MS
"""A recording writes something in that time, in whatever pieces its muxer flushes."""
SETTLED_NS = 250 * NS_PER_MS
"""OBS's events come in any order: look a moment later, when they are all told."""
TELLING = {
    "CurrentProgramSceneChanged",
    "SceneItemEnableStateChanged",
    "StudioModeStateChanged",
    "RecordStateChanged",
    "StreamStateChanged",
    "VirtualcamStateChanged",
}
SENT_OUT: Mapping[str, Literal["stream", "virtual_camera"]] = {
    "StreamStateChanged": "stream",
    "VirtualcamStateChanged": "virtual_camera",
}
OUTPUTS = {
    "StartRecord": "record",
    "StartStream": "stream",
    "StartVirtualCam": "virtual_camera",
    "SetStudioModeEnabled": "studio_mode",
    "SetSceneItemEnabled": "visibility",
}


class Desk:
    """Listens to one lane's OBS until closed."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._looking = False
        self.close = lane.connection.link.listen(self._hear)

    def _hear(self, event: ObsEvent) -> None:
        lane = self._lane
        if event.type == "MediaInputPlaybackEnded":
            lane.spawn(self._clip_ended(str(event.fields.get("inputName"))))
        if event.type == "RecordStateChanged" and str(event.fields.get("outputState")).endswith("_STOPPED"):
            lane.spawn(lane.recording_stopped(str(event.fields.get("outputPath") or "")))
        if event.type == "RecordStateChanged" and str(event.fields.get("outputState")).endswith("_STARTED"):
            lane.spawn(self._recorded_again())
        output = SENT_OUT.get(event.type)
        if output is not None and output in lane.logged.outputs:
            lane.spawn(self._output(output, str(event.fields.get("outputState")).rpartition("_")[2]))
        if event.type == "StudioModeStateChanged" and event.fields.get("studioModeEnabled") and not lane.logged.over:
            lane.spawn(self._studio_mode(True))  # never our doing; the next row may have left it before anybody looks
        if event.type in TELLING and not self._looking:
            self._looking = True
            lane.spawn(self._look())

    async def _recorded_again(self) -> None:
        """A recording that was stopped goes on, by somebody's hand or by what a slate or a row brought along."""
        lane = self._lane
        await lane.clock.sleep_until(lane.clock.monotonic_ns() + SETTLED_NS)
        while lane.hands.busy:  # our own doing is proved by whoever did it
            await lane.clock.sleep_until(lane.clock.monotonic_ns() + SETTLED_NS)
        await lane.clock.sleep_until(lane.clock.monotonic_ns() + SETTLED_NS)  # and written down
        if not lane.session.recorded or not lane.logged.parts or lane.logged.recording or lane.logged.over:
            return
        with contextlib.suppress(ObsError):
            if await _grows(lane):
                await lane.recording_seen(lane.clock.monotonic_ns(), adopted=True)

    async def _output(self, output: Literal["stream", "virtual_camera"], word: str) -> None:
        """The stream or the virtual camera is in another state."""
        state = {"STARTED": "on", "RECONNECTED": "on", "STOPPED": "off"}.get(word, word.lower())
        if state != self._lane.logged.outputs[output].state:
            await self._lane.scribe.persist(OutputChanged(output, state))

    async def _clip_ended(self, name: str) -> None:
        """The clip of a row that goes on with its end: of the scene on air only."""
        lane, row = self._lane, self._lane.on_air
        scene = lane.scene_of(row)
        if row is None or scene is None or row.advance != "media_end" or lane.rundown.clip_ended_ns is not None:
            return
        played = [one for one in scene.sources if not row.play or one.name in row.play]  # not a bed that runs under it
        source = next((one for one in played if lane.naming.source(scene, one) == name), None)
        if source is not None:
            await lane.scribe.persist(ClipEnded(source.name), cue=row.id)

    async def _look(self) -> None:
        """Say what is not as it was put on; it stays until the next cue."""
        lane = self._lane
        try:
            await lane.clock.sleep_until(lane.clock.monotonic_ns() + SETTLED_NS)
            while lane.hands.busy:
                await lane.clock.sleep_until(lane.clock.monotonic_ns() + SETTLED_NS)
            self._looking = False
            async with lane.connection.desk:
                if lane.hands.busy or lane.wanted is None or lane.logged.over or not lane.connection.connected:
                    return
                wanted = replace(lane.wanted, inputs={}, transition=None, transition_ms=None)
                observed = await lane.observe(wanted)
            await self._studio_mode(bool(observed.studio_mode))
            found = next((_found(request, wanted, observed) for request in diff(wanted, observed)), None)
            if found is None and lane.logged.overridden is not None:
                found = Overridden("", "", "")
            if found is not None and found != lane.logged.overridden:
                await lane.scribe.write(found)
        except ObsError as error:
            log.info("%s: could not look at the desk: %s", lane.id, error)
        finally:
            self._looking = False

    async def _studio_mode(self, on: bool) -> None:
        """Studio mode swallows scene changes: it is left with the next cue, and said until then."""
        lane = self._lane
        if on:
            what = _("{studio}: studio mode was switched on in OBS, which swallows scene changes.").format(
                studio=lane.name
            )
            remedy = _("Switch it off there; the next cue does so otherwise.")
            await lane.session.raised(lane.id, "studio_mode", what, remedy)
        else:
            await lane.session.cleared(lane.id, "studio_mode")


async def _grows(lane: Lane) -> bool:
    """Whether something is written: OBS also reports the start of a recording that writes nothing."""
    first = await lane.connection.link.call("GetRecordStatus")
    await lane.clock.sleep_until(lane.clock.monotonic_ns() + GROWN_NS)
    status = await lane.connection.link.call("GetRecordStatus")
    return bool(status.get("outputActive")) and has_grown(first, status)


async def mind_recording(lane: Lane) -> None:
    """Notice a recording that has ended without a word of OBS: two looks in a row find nothing recorded."""
    inactive, last_ns, looked_ns = 0, lane.clock.monotonic_ns(), 0
    while True:
        await lane.clock.sleep_until(lane.clock.monotonic_ns() + LOOK_EVERY_MS * NS_PER_MS)
        health = lane.connection.health
        if health is None or health.at_ns == looked_ns:
            continue
        looked_ns = health.at_ns
        running = bool(health.record.get("outputActive"))
        inactive = 0 if running or lane.hands.busy or not lane.logged.recording else inactive + 1
        if inactive > 1 and not lane.logged.over:
            await lane.recording_stopped("", last_ns)
        last_ns = looked_ns if running else last_ns


def _found(request: Request, wanted: Picture, observed: Picture) -> Overridden:
    if request.type == TAKE:
        return Overridden("programme", wanted.programme or "", observed.programme or "")
    if request.type.startswith("Start"):
        return Overridden(OUTPUTS[request.type], "on", "off")
    return Overridden(OUTPUTS.get(request.type, request.type), "", request.because)
