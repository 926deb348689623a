"""What somebody else does at a studio's desk, or its clips by themselves: told by OBS's events, checked by looking."""

import logging
from dataclasses import replace

from studio.air.lane import Lane
from studio.air.verdicts import TAKE
from studio.asrun.events import ClipEnded, Overridden
from studio.clock import NS_PER_MS
from studio.errors import ObsError
from studio.i18n import _
from studio.model.obs import Picture, Request
from studio.obs.events import ObsEvent
from studio.scenes.diff import diff

log = logging.getLogger(__name__)

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
        if event.type in TELLING and not self._looking:
            self._looking = True
            lane.spawn(self._look())

    async def _clip_ended(self, name: str) -> None:
        """The clip of a row that goes on with its end: of the scene on air only."""
        lane, row = self._lane, self._lane.on_air
        scene = lane.scene_of(row)
        if row is None or scene is None or row.advance != "media_end" or lane.rundown.clip_ended_ns is not None:
            return
        played = [one for one in scene.sources if not row.play or one.name in row.play]  # not a bed that runs under it
        source = next((one for one in played if lane.naming.source(scene, one) == name), None)
        if source is not None:
            await lane.scribe.write(ClipEnded(source.name), cue=row.id)

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


def _found(request: Request, wanted: Picture, observed: Picture) -> Overridden:
    if request.type == TAKE:
        return Overridden("programme", wanted.programme or "", observed.programme or "")
    return Overridden(OUTPUTS.get(request.type, request.type), "", request.because)
