"""What every output of one virtual OBS is, and two of them: the stream and the virtual camera."""

from abc import ABC, abstractmethod
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from studio.clock import NS_PER_S
from studio.model.obs import OutputState
from studio.obs.protocol import Status
from studio.obs.virtual.fields import refused
from studio.obs.virtual.state import State


class Output(ABC):
    """What all outputs share: a name, one of five states, settings, and the state event."""

    event = ""
    kind = ""

    def __init__(self, state: State, name: str) -> None:
        self._state = state
        self.name = name
        self.now = OutputState.OFF
        self.settings: dict[str, Any] = {}
        self.size = (0, 0)
        self.started_ns = 0

    @property
    def active(self) -> bool:
        """Whether it is on; one that is stopping still is."""
        return self.now in (OutputState.ON, OutputState.STOPPING)

    def duration_ms(self) -> int:
        """Milliseconds since it was started; 0 when off."""
        return (self._state.clock.monotonic_ns() - self.started_ns) // 1_000_000 if self.active else 0

    def frames(self) -> int:
        """Frames put out since it was started."""
        return self._state.video.frames_in(self._state.clock.monotonic_ns() - self.started_ns) if self.active else 0

    def bytes_out(self) -> int:
        """Bytes put out since it was started."""
        return 0

    def skipped(self) -> int:
        """Frames since then that came too late."""
        return 0

    @abstractmethod
    def start(self) -> None:
        """Begin; refused with 500 where it already runs."""

    @abstractmethod
    def stop(self) -> str | None:
        """End; refused with 501 where it is off. Gives the path of what was written, where something is."""

    def _require(self, running: bool) -> None:
        if running and self.now is not OutputState.ON:
            raise refused(Status.OUTPUT_NOT_RUNNING)
        if not running and self.now is not OutputState.OFF:
            raise refused(Status.OUTPUT_RUNNING)

    def _tell(self, state: str, **more: Any) -> None:
        active = state in {"STARTED", "RESUMED"}
        self._state.emit(self.event, {"outputActive": active, "outputState": f"OBS_WEBSOCKET_OUTPUT_{state}", **more})

    def _began(self) -> None:
        self.now = OutputState.ON
        self.started_ns = self._state.clock.monotonic_ns()
        self.size = (self._state.video.output_width, self._state.video.output_height)

    async def _next_tick(self) -> None:
        await self._state.clock.sleep_until(self._state.next_tick(self._state.clock.monotonic_ns()))


class StreamOutput(Output):
    """Behaves as if it streamed; no byte leaves the machine. It needs a service with a key or a server."""

    event, kind = "StreamStateChanged", "rtmp_output"

    def bytes_out(self) -> int:
        """Bytes at the profile's bitrates since the start."""
        profile = self._state.profile
        kilobits = sum(profile.number("SimpleOutput", name, 0) for name in ("VBitrate", "ABitrate"))
        return self.duration_ms() * kilobits // 8

    def start(self) -> None:
        """See ``Output``."""
        self._require(running=False)
        self.now = OutputState.STARTING
        self._tell("STARTING")
        self._state.spawn(self._connect())

    async def _connect(self) -> None:
        await self._next_tick()
        settings = self._state.profile.stream_settings
        self.size = (self._state.video.output_width, self._state.video.output_height)
        if settings.get("key") or (self._state.profile.stream_type == "rtmp_custom" and settings.get("server")):
            self._began()
            self._state.journal.write("effect", "stream_started")
            self._tell("STARTED")
        else:
            self.now = OutputState.OFF
            self._state.journal.write("effect", "stream_refused", data={"why": "no key or server"})
            self._tell("STOPPED")

    def stop(self) -> str | None:
        """See ``Output``."""
        self._require(running=True)
        self.now = OutputState.STOPPING
        self._tell("STOPPING")
        self._state.spawn(self._disconnect())
        return None

    async def _disconnect(self) -> None:
        await self._next_tick()
        self.now = OutputState.OFF
        self._state.journal.write("effect", "stream_stopped")
        self._tell("STOPPED")


class CameraOutput(Output):
    """The virtual camera; nothing on this machine sees it."""

    event, kind = "VirtualcamStateChanged", "virtualcam_output"

    def start(self) -> None:
        """See ``Output``."""
        self._require(running=False)
        self._began()
        self._state.journal.write("effect", "camera_started")
        self._tell("STARTED")

    def stop(self) -> str | None:
        """See ``Output``."""
        self._require(running=True)
        self.now = OutputState.OFF
        self._state.journal.write("effect", "camera_stopped")
        self._tell("STOPPED")
        return None


def new_path(folder: Path, prefix: str, wall_ns: int) -> Path:
    """A file name as OBS gives one, by this machine's local time; never one that exists already."""
    moment = datetime.fromtimestamp(wall_ns / NS_PER_S, UTC).astimezone()
    stem = f"{prefix}{moment:%Y-%m-%d %H-%M-%S}"
    path, number = folder / f"{stem}.mkv", 2
    while path.exists():
        path, number = folder / f"{stem} ({number}).mkv", number + 1
    return path
