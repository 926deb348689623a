"""Where each media input stands in its file: playing, paused, ended, and the events that tell of it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from studio.clock import NS_PER_MS
from studio.obs.protocol import Status
from studio.obs.virtual.fields import refused
from studio.obs.virtual.picture import Input, Playback
from studio.obs.virtual.position import ENDED, PAUSED, PLAYING, local_file, position_ms

if TYPE_CHECKING:
    from studio.obs.virtual.state import State

_ACTION = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_"


class Playhead:
    """Changes the playback of media inputs and watches for their ends."""

    def __init__(self, state: "State") -> None:
        self._state = state

    def is_media(self, source: Input) -> bool:
        """Whether the input plays a file."""
        return self._state.persona.input_kinds[source.kind].media

    def duration_ms(self, source: Input) -> int:
        """Milliseconds of its file; 0 where there is none or it does not open."""
        return self._state.composer.media_duration_ms(local_file(source.settings))

    def cursor_ms(self, source: Input) -> int:
        """Milliseconds into the file now."""
        now = self._state.clock.monotonic_ns()
        return int(position_ms(source.playback, source.settings, self.duration_ms(source), now))

    def settings_changed(self, source: Input) -> None:
        """Start playing a file that was just set, unless it waits to be shown."""
        if self.is_media(source) and (
            not source.settings.get("restart_on_activate", True) or self._state.is_active(source)
        ):
            self._play(source, 0.0)

    def visibility_changed(self, source: Input, active: bool) -> None:
        """Restart at coming on air, and stop at leaving, where the input is set so."""
        if not self.is_media(source) or not source.settings.get("restart_on_activate", True):
            return
        if active:
            self.act(source, f"{_ACTION}RESTART")
        elif source.playback.state == PLAYING:
            self._set(source, Playback(ENDED, 0.0, self._state.clock.monotonic_ns()))

    def act(self, source: Input, action: str) -> None:
        """Do one of the protocol's media actions; an unknown one is refused with 400."""
        verb = action.removeprefix(_ACTION)
        if verb not in {"PLAY", "PAUSE", "STOP", "RESTART", "NEXT", "PREVIOUS"} or verb == action:
            raise refused(Status.INVALID_REQUEST_FIELD, "You have specified an invalid media input action.")
        if not self.is_media(source) or verb in {"NEXT", "PREVIOUS"}:
            return
        now = self._state.clock.monotonic_ns()
        if verb == "PLAY" and source.playback.state == PAUSED:
            self._play(source, source.playback.cursor_ms)
        elif verb in {"PLAY", "RESTART"}:
            if verb == "RESTART" or source.playback.state != PLAYING:
                self._play(source, 0.0)
        elif verb == "PAUSE" and source.playback.state == PLAYING:
            self._set(source, Playback(PAUSED, float(self.cursor_ms(source)), now))
        elif verb == "STOP":
            self._end(source)
        event = {"inputName": source.name, "inputUuid": source.uuid, "mediaAction": action}
        self._state.emit("MediaInputActionTriggered", event)

    def seek(self, source: Input, cursor_ms: float) -> None:
        """Go to a place in the file; refused with 604 unless it plays or is paused."""
        if source.playback.state not in (PLAYING, PAUSED):
            raise refused(
                Status.INVALID_RESOURCE_STATE,
                "The media input must be playing or paused in order to set the cursor position.",
            )
        playing = source.playback.state == PLAYING
        target = min(max(0.0, cursor_ms), float(self.duration_ms(source)))
        self._set(source, Playback(source.playback.state, target, self._state.clock.monotonic_ns()))
        if playing:
            self._watch(source.uuid)

    def _play(self, source: Input, cursor_ms: float) -> None:
        self._set(source, Playback(PLAYING, cursor_ms, self._state.clock.monotonic_ns()))
        if self.duration_ms(source) > 0:
            self._tell("MediaInputPlaybackStarted", source)
            self._watch(source.uuid)

    def _end(self, source: Input) -> None:
        self._set(source, Playback(ENDED, 0.0, self._state.clock.monotonic_ns()))
        self._tell("MediaInputPlaybackEnded", source)

    def _tell(self, event: str, source: Input) -> None:
        self._state.emit(event, {"inputName": source.name, "inputUuid": source.uuid})

    def _set(self, source: Input, playback: Playback) -> None:
        current = self._state.collection.sources.get(source.uuid)
        if isinstance(current, Input):
            self._state.put(replace(current, playback=playback))

    def _watch(self, uuid: str) -> None:
        source = self._state.collection.sources.get(uuid)
        if not isinstance(source, Input) or source.settings.get("looping", False) or not self.duration_ms(source):
            return
        speed = float(source.settings.get("speed_percent", 100)) / 100
        left_ms = (self.duration_ms(source) - source.playback.cursor_ms) / max(speed, 0.01)
        self._state.spawn(self._await_end(uuid, source.playback, source.playback.at_ns + round(left_ms * NS_PER_MS)))

    async def _await_end(self, uuid: str, playback: Playback, due_ns: int) -> None:
        await self._state.clock.sleep_until(due_ns)
        source = self._state.collection.sources.get(uuid)
        if isinstance(source, Input) and source.playback == playback:
            self._end(source)
