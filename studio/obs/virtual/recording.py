"""One recording: which frame shows which instant, encoded in a thread of its own or, on simulated time, in step."""

import logging
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av

from studio.clock import NS_PER_S, Clock
from studio.obs.virtual.compose import Composer
from studio.obs.virtual.encoder import Encoder
from studio.obs.virtual.settings import VideoSettings
from studio.obs.virtual.timeline import Timeline

log = logging.getLogger(__name__)

_LATE_FRAMES = 15
_LONGEST_WAIT_S = 0.25
_PAUSED_WAIT_S = 0.05  # frames after a pause are drawn this late at most, each still as of its instant


class Recording:
    """Frame n shows the programme at the instant ``due_ns(n)``, whenever it is drawn.

    ``encode_until`` may be called from any thread. More than 15 frames behind on real time, the picture is repeated
    instead of drawn, and those frames count as ``skipped``.
    """

    def __init__(
        self, path: Path, first_ns: int, video: VideoSettings, timeline: Timeline, composer: Composer, *, hurried: bool
    ) -> None:
        """Open the file; raises OSError or av.FFmpegError."""
        self.path = path
        self._video = VideoSettings(**vars(video))
        self._timeline, self._composer, self._hurried = timeline, composer, hurried
        rate = Fraction(video.fps_numerator, video.fps_denominator)
        self._lock = threading.RLock()
        self._origin_ns = first_ns
        self._paused = False
        self._stopped_ns: int | None = None
        self._needed_ns = first_ns
        self.skipped = 0
        timeline.keep_from(self, lambda: self._needed_ns)
        try:
            self._encoder = Encoder(path, video.output_width, video.output_height, rate)
        except Exception:  # whatever it is goes on to the caller; frames must not be kept for it meanwhile
            timeline.release(self)
            raise

    @property
    def frames(self) -> int:
        """Frames encoded so far."""
        return self._encoder.frames

    @property
    def paused(self) -> bool:
        """Whether no frames are due at present."""
        return self._paused

    @property
    def bytes(self) -> int:
        """Bytes of the file on the disk."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def due_ns(self, index: int) -> int:
        """The monotonic instant that frame ``index`` shows, as if there were no further pause."""
        return self._origin_ns + self._video.tick_ns(index)

    def frame_of(self, monotonic_ns: int) -> int | None:
        """The first frame to show what began at that instant; None while paused."""
        if self._paused:
            return None
        index = max(0, self._video.frames_in(monotonic_ns - self._origin_ns))
        while self.due_ns(index) < monotonic_ns:
            index += 1
        return index

    def encode_until(self, now_ns: int) -> None:
        """Encode every frame that is due; raises OSError or av.FFmpegError."""
        with self._lock:
            while not self._paused and (due := self.due_ns(self._encoder.frames)) <= now_ns:
                if self._stopped_ns is not None and due >= self._stopped_ns:
                    return
                picture = self._timeline.at(due)
                if self._hurried and now_ns - due > self._video.tick_ns(_LATE_FRAMES) and self._encoder.frames:
                    self.skipped += 1
                    self._encoder.again(picture.sounds)
                else:
                    self._encoder.add(self._composer.programme(picture, due), picture.sounds)
                self._needed_ns = due

    def pause(self, now_ns: int) -> None:
        """No frame shows an instant from now until ``resume``."""
        with self._lock:
            self.encode_until(now_ns)
            self._paused = True

    def resume(self, now_ns: int) -> None:
        """The next frame shows this instant."""
        with self._lock:
            self._origin_ns = now_ns - self._video.tick_ns(self._encoder.frames)
            self._paused = False

    def stop_at(self, monotonic_ns: int) -> None:
        """The last frame is the one before this instant."""
        self._stopped_ns = monotonic_ns

    def finish(self) -> None:
        """Encode what is still due, complete the file and let go of it; raises OSError or av.FFmpegError."""
        with self._lock:
            try:
                if self._stopped_ns is not None:
                    self.encode_until(self._stopped_ns)
                if not self._encoder.frames:  # a file without a frame would not even be created
                    picture = self._timeline.at(self.due_ns(0))
                    self._encoder.add(self._composer.programme(picture, self.due_ns(0)), picture.sounds)
            finally:
                self._timeline.release(self)
                self._encoder.close()


class FrameLoop(threading.Thread):
    """Encodes a recording at the pace of a real clock; ``done`` is called from this thread with what went wrong."""

    def __init__(self, recording: Recording, clock: Clock, done: Callable[[Exception | None], None]) -> None:
        super().__init__(name="virtual-obs-frames", daemon=True)
        self._recording, self._clock, self._done = recording, clock, done
        self._ending = threading.Event()

    def finish(self) -> None:
        """End after the frames that are due; returns at once."""
        self._ending.set()

    def run(self) -> None:
        """See ``threading.Thread``."""
        failure: Exception | None = None
        try:
            while not self._ending.is_set():
                now = self._clock.monotonic_ns()
                self._recording.encode_until(now)
                wait_s = (self._recording.due_ns(self._recording.frames) - self._clock.monotonic_ns()) / NS_PER_S
                if self._recording.paused:
                    wait_s = _PAUSED_WAIT_S
                if wait_s > 0:
                    self._ending.wait(min(wait_s, _LONGEST_WAIT_S))
        except Exception as error:  # whatever it is, the recording must end with a word
            log.exception("virtual OBS: the recording %s fails", self._recording.path)
            failure = error
        try:
            self._recording.finish()
        except (OSError, av.FFmpegError) as error:
            log.exception("virtual OBS: the recording %s cannot be completed", self._recording.path)
            failure = failure or error
        self._done(failure)
