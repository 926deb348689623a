"""One media file opened for its pictures: size, duration, and the frame that stands at a given time."""

import logging
from pathlib import Path
from typing import Any

import av
import av.container
import av.video.frame
import numpy as np

log = logging.getLogger(__name__)

Image = np.ndarray[Any, np.dtype[np.uint8]]


class MediaFile:
    """Decodes forward as it is asked, and seeks only backwards or far ahead. Not for two threads at once."""

    def __init__(self, path: Path) -> None:
        """Open the file; raises OSError or av.FFmpegError where it does not open or has no picture."""
        self._container = av.open(str(path))
        if not self._container.streams.video:
            self._container.close()
            raise OSError(f"no picture in {path.name}")
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self.width, self.height = self._stream.codec_context.width, self._stream.codec_context.height
        rate = self._stream.average_rate or self._stream.guessed_rate
        self.rate = float(rate) if rate else 25.0
        self.duration_ms = self._duration_ms()
        self._decoder = iter(self._container.decode(self._stream))
        self._current: av.video.frame.VideoFrame | None = None
        self._next: av.video.frame.VideoFrame | None = None

    def _duration_ms(self) -> int:
        if self._container.duration:
            return round(self._container.duration * 1000 / av.time_base)
        if self._stream.duration and self._stream.time_base:
            return round(float(self._stream.duration * self._stream.time_base) * 1000)
        return 0

    def index_at(self, position_ms: float) -> int:
        """The number of the frame that stands at that time, counted from 0."""
        last = max(0, round(self.duration_ms * self.rate / 1000) - 1)
        return min(last, int(position_ms * self.rate / 1000 + 1e-6))

    def frame(self, index: int) -> Image | None:
        """That frame as BGR, or None where nothing could be decoded."""
        wanted = index / self.rate
        if self._current is None or wanted < _time(self._current) - 1e-3 or wanted > _time(self._current) + 5:
            self._seek(wanted)
        while self._next is not None and _time(self._next) <= wanted + 0.5 / self.rate:
            self._current, self._next = self._next, self._pull()
        return None if self._current is None else np.asarray(self._current.to_ndarray(format="bgr24"), np.uint8)

    def _seek(self, seconds: float) -> None:
        try:
            self._container.seek(int(seconds * av.time_base), backward=True)
        except av.FFmpegError as error:
            log.warning("virtual OBS: cannot seek in a media file: %s", error)
        self._decoder = iter(self._container.decode(self._stream))
        self._current, self._next = self._pull(), self._pull()

    def _pull(self) -> av.video.frame.VideoFrame | None:
        try:
            return next(self._decoder, None)
        except av.FFmpegError as error:
            log.warning("virtual OBS: a media file stops decoding: %s", error)
            return None

    def close(self) -> None:
        """Close the file."""
        self._container.close()


def _time(frame: av.video.frame.VideoFrame) -> float:
    return frame.time or 0.0
