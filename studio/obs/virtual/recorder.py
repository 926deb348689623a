"""The recording output: from StartRecord to a complete file, through every state and failure between."""

import asyncio
import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import av

from studio.clock import NS_PER_S
from studio.model.obs import OutputState
from studio.obs.protocol import Status
from studio.obs.virtual.faults import Faults
from studio.obs.virtual.fields import refused
from studio.obs.virtual.outputs import Output, new_path
from studio.obs.virtual.recording import FrameLoop, Recording
from studio.obs.virtual.state import State

log = logging.getLogger(__name__)

_LEAST_FREE_BYTES = 50_000_000
_STEP_NS = NS_PER_S // 2


class RecordOutput(Output):
    """Records the programme to Matroska files in the profile's folder, whatever container the profile names."""

    event, kind = "RecordStateChanged", "ffmpeg_muxer"

    def __init__(self, state: State, faults: Faults, *, threaded: bool) -> None:
        super().__init__(state, "simple_file_output")
        self._faults = faults
        self._threaded = threaded
        self.recording: Recording | None = None
        self._loop: FrameLoop | None = None
        self._opening: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()
        self._ended.set()
        self._path: Path | None = None
        self._past_frames = self._past_skipped = self._last_bytes = 0
        state.frame_of = lambda at_ns: self.recording.frame_of(at_ns) if self.recording else None

    def frames(self) -> int:
        """See ``Output``."""
        return self.recording.frames if self.recording else 0

    def skipped(self) -> int:
        """See ``Output``."""
        return self.recording.skipped if self.recording else 0

    @property
    def paused(self) -> bool:
        """Whether a recording is under way but paused."""
        return self.recording is not None and self.recording.paused

    def frames_ever(self) -> int:
        """Frames of all recordings since the statistics began."""
        self._catch_up()
        return self._past_frames + self.frames()

    def skipped_ever(self) -> int:
        """Frames of all recordings since then that came too late and show the picture before them."""
        return self._past_skipped + self.skipped()

    def forget_past(self) -> None:
        """Begin the statistics anew."""
        self._past_frames, self._past_skipped = -self.frames(), -self.skipped()

    def bytes_out(self) -> int:
        """Bytes of the file on the disk; when off, of the last one."""
        self._catch_up()
        return self.recording.bytes if self.recording else self._last_bytes

    def duration_ms(self) -> int:
        """Milliseconds recorded so far, pauses not counted; 0 when off."""
        self._catch_up()
        return self._state.video.tick_ns(self.frames()) // 1_000_000

    def start(self) -> None:
        """Begin a new file. Where the folder is missing or full, nothing happens, exactly as in OBS."""
        self._require(running=False)
        folder = Path(self._state.profile.record_dir)
        if (problem := _unusable(folder)) is not None:
            log.warning("virtual OBS does not record: %s", problem)
            self._state.journal.write("effect", "record_refused", data={"folder": str(folder), "why": problem})
            return
        self.now = OutputState.STARTING
        self._ended.clear()
        self._tell("STARTING", outputPath=None)
        self._path = new_path(folder, "", self._state.clock.wall_ns())
        if self._threaded:
            self._opening = self._state.spawn(self._open(self._path))
        else:
            self._opened(self._make(self._path))
            self._state.spawn(self._keep_step())

    def _make(self, path: Path) -> Recording | Exception:
        state = self._state
        first_ns = state.next_tick(state.clock.monotonic_ns())
        try:
            return Recording(path, first_ns, state.video, state.timeline, state.composer, hurried=self._threaded)
        except (OSError, ValueError, av.FFmpegError) as error:
            return error

    async def _open(self, path: Path) -> None:
        self._opened(await asyncio.to_thread(self._make, path))

    def _opened(self, made: Recording | Exception) -> None:
        if isinstance(made, Exception):
            log.error("virtual OBS cannot record to %s: %s", self._path, made)
            self._finished(made)
            return
        self.recording = made
        self._began()
        self.settings |= {"path": str(made.path), "muxer_settings": ""}
        if self._threaded:
            running = asyncio.get_running_loop()
            self._loop = FrameLoop(
                made, self._state.clock, lambda failure: _call_in(running, lambda: self._finished(failure))
            )
            self._loop.start()
        self._state.journal.write(
            "effect", "record_started", data={"path": str(made.path), "frame": 0}, at_ns=made.due_ns(0)
        )
        self._tell("STARTED", outputPath=str(made.path))

    async def _keep_step(self) -> None:
        while self.recording is not None:
            await self._state.clock.sleep_until(self._state.clock.monotonic_ns() + _STEP_NS)
            self._catch_up()

    def _catch_up(self) -> None:
        if self._threaded or self.recording is None or self.now is not OutputState.ON:
            return
        try:
            self.recording.encode_until(self._state.clock.monotonic_ns())
        except (OSError, av.FFmpegError) as error:
            log.exception("virtual OBS: the recording %s fails", self._path)
            self._close_recording()
            self._finished(error)

    def stop(self) -> str | None:
        """See ``Output``; the file is complete only once STOPPED has come."""
        self._require(running=True)
        assert self.recording is not None
        path = str(self.recording.path)
        self.now = OutputState.STOPPING
        self._tell("STOPPING", outputPath=None)
        self.recording.stop_at(self._state.clock.monotonic_ns())
        if self._loop is not None:
            self._loop.finish()
        else:
            self._finished(self._close_recording())
        return path

    def _close_recording(self) -> Exception | None:
        assert self.recording is not None
        try:
            self.recording.finish()
        except (OSError, av.FFmpegError) as error:
            log.exception("virtual OBS: the recording %s cannot be completed", self._path)
            return error
        return None

    def _finished(self, failure: Exception | None) -> None:
        done, self.recording, self._loop = self.recording, None, None
        self.now = OutputState.OFF
        if done is not None:
            self._last_bytes = done.bytes
            self._past_frames, self._past_skipped = self._past_frames + done.frames, self._past_skipped + done.skipped
        ended = {"path": str(self._path), "frames": done.frames if done else 0, "skipped": done.skipped if done else 0}
        if failure is not None:
            ended["failure"] = str(failure)
        self._state.journal.write("effect", "record_stopped", data=ended)
        self._ended.set()
        if self._faults.strike(""):
            self._state.journal.write("fault", "no-stopped")
            return
        self._tell("STOPPED", outputPath=str(self._path))

    def pause(self) -> None:
        """Leave out what is shown until ``resume``; refused with 502 where paused. Not running: nothing happens."""
        if self.recording is None or self.now is not OutputState.ON:
            return
        if self.recording.paused:
            raise refused(Status.OUTPUT_PAUSED)
        self.recording.pause(self._state.clock.monotonic_ns())
        self._state.journal.write("effect", "record_paused", data={"frame": self.recording.frames})
        self._tell("PAUSED", outputPath=None)

    def resume(self) -> None:
        """Go on recording; refused with 503 where not paused."""
        if self.recording is None or not self.recording.paused:
            raise refused(Status.OUTPUT_NOT_PAUSED)
        self.recording.resume(self._state.clock.monotonic_ns())
        self._state.journal.write("effect", "record_resumed", data={"frame": self.recording.frames})
        self._tell("RESUMED", outputPath=None)

    async def close(self) -> None:
        """Stop a running recording and wait until its file is complete."""
        if self._opening is not None:
            await self._opening
        if self.now is OutputState.ON:
            self.stop()
        await self._ended.wait()


def _unusable(folder: Path) -> str | None:
    if not folder.is_dir():
        return "the folder does not exist"
    if shutil.disk_usage(folder).free < _LEAST_FREE_BYTES:
        return "the disk is full"
    return None


def _call_in(loop: asyncio.AbstractEventLoop, work: Callable[[], None]) -> None:
    try:
        loop.call_soon_threadsafe(work)
    except RuntimeError:
        log.warning("virtual OBS was torn down before its recording ended")
