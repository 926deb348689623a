"""The replay buffer: the last seconds of the programme, written to a file when somebody asks for them."""

import asyncio
import logging
from pathlib import Path

import av

from studio.clock import NS_PER_S
from studio.model.obs import OutputState
from studio.obs.protocol import Status
from studio.obs.virtual.fields import refused
from studio.obs.virtual.outputs import Output, new_path
from studio.obs.virtual.recording import Recording
from studio.obs.virtual.state import State

log = logging.getLogger(__name__)


class ReplayOutput(Output):
    """Keeps what the picture was instead of frames, and draws them only when a replay is saved.

    OBS has a replay buffer only where the profile asked for one when it was loaded, so this one does too.
    """

    event, kind = "ReplayBufferStateChanged", "replay_buffer"

    def __init__(self, state: State) -> None:
        super().__init__(state, "Replay Buffer")
        self.available = False
        self.last_path = ""
        self.profile_loaded()

    def profile_loaded(self) -> None:
        """Read whether the profile that was just loaded wants a replay buffer."""
        self.available = self._state.profile.parameter("SimpleOutput", "RecRB") == "true"

    def require(self) -> None:
        """Refused with 604 where the profile has no replay buffer."""
        if not self.available:
            raise refused(Status.INVALID_RESOURCE_STATE, "Replay buffer is not available.")

    def start(self) -> None:
        """See ``Output``."""
        self.require()
        self._require(running=False)
        self.now = OutputState.STARTING
        self._tell("STARTING")
        self._began()
        self._state.timeline.keep_from(self, self._horizon_ns)
        self._state.journal.write("effect", "replay_started")
        self._tell("STARTED")

    def _horizon_ns(self) -> int:
        seconds = self._state.profile.number("SimpleOutput", "RecRBTime", 20)
        return max(self.started_ns, self._state.clock.monotonic_ns() - seconds * NS_PER_S)

    def stop(self) -> str | None:
        """See ``Output``."""
        self.require()
        self._require(running=True)
        self.now = OutputState.STOPPING
        self._tell("STOPPING")
        self._state.timeline.release(self)
        self.now = OutputState.OFF
        self._state.journal.write("effect", "replay_stopped")
        self._tell("STOPPED")
        return None

    def require_running(self) -> None:
        """Refused with 604 where there is none, with 501 where it is off."""
        self.require()
        self._require(running=True)

    def save(self) -> None:
        """Write the last seconds to a file; ReplayBufferSaved tells when it is complete."""
        self.require_running()
        state = self._state
        prefix = state.profile.parameter("SimpleOutput", "RecRBPrefix") or ""
        path = new_path(Path(state.profile.record_dir), f"{prefix} " if prefix else "", state.clock.wall_ns())
        now = state.clock.monotonic_ns()
        state.spawn(self._write(path, self._horizon_ns(), now))

    async def _write(self, path: Path, first_ns: int, last_ns: int) -> None:
        try:
            await asyncio.to_thread(self._encode, path, first_ns, last_ns)
        except (OSError, av.FFmpegError) as error:
            log.exception("virtual OBS cannot save the replay %s", path)
            self._state.journal.write("effect", "replay_failed", data={"path": str(path), "failure": str(error)})
            return
        self.last_path = str(path)
        self._state.journal.write("effect", "replay_saved", data={"path": str(path)})
        self._state.emit("ReplayBufferSaved", {"savedReplayPath": str(path)})

    def _encode(self, path: Path, first_ns: int, last_ns: int) -> None:
        state = self._state
        recording = Recording(path, first_ns, state.video, state.timeline, state.composer, hurried=False)
        recording.stop_at(last_ns)
        recording.finish()
