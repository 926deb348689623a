"""Writes one Matroska file: H.264 pictures at a constant rate, and AAC sound of the same length."""

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.audio.frame
import av.audio.stream
import av.video.frame
import av.video.stream
import cv2
import numpy as np

from studio.obs.virtual.compose import Frame

SAMPLE_RATE = 48_000
ROOM_TONE = 10 ** (-50 / 20)
"""Loudness of the floor under everything, a 220 Hz tone of -50 dBFS: a recording is never digitally silent."""
VOICE = 10 ** (-26 / 20)
"""Loudness of one sound device at volume 1, a tone of its own pitch of -26 dBFS; muted it is not heard."""
_CHUNK = 1024
_CLUSTER_MS = 500
_LIMITED, _BT601 = 1, 6

Sounds = tuple[tuple[str, float], ...]


class Encoder:
    """Takes frames one by one. A killed process leaves a file that plays up to its last half second."""

    def __init__(self, path: Path, width: int, height: int, rate: Fraction) -> None:
        """Create the file; raises OSError or av.FFmpegError. Odd sizes lose their last row or column."""
        self._width, self._height, self._rate = width & ~1, height & ~1, rate
        self._container = av.open(
            str(path),
            "w",
            format="matroska",
            options={"cluster_time_limit": str(_CLUSTER_MS), "flush_packets": "1"},
        )
        self._picture = self._container.add_stream("libx264", rate=rate)
        self._configure_picture(self._picture)
        self._sound = self._container.add_stream("aac", rate=SAMPLE_RATE)
        self._sound.bit_rate = 96_000
        self._sound.layout = "stereo"
        self._sound.options = {"aac_coder": "fast"}
        self.frames = 0
        self._samples = 0
        self._held: tuple[object, av.video.frame.VideoFrame] | None = None
        self._pitches: dict[str, float] = {}

    def _configure_picture(self, stream: av.video.stream.VideoStream) -> None:
        stream.width, stream.height, stream.pix_fmt = self._width, self._height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = 1 / self._rate
        stream.codec_context.gop_size = round(self._rate * 2)
        stream.codec_context.color_range = _LIMITED
        stream.codec_context.colorspace = _BT601
        stream.codec_context.thread_count = 1
        stream.options = {"preset": "ultrafast", "crf": "21"}

    def add(self, frame: Frame, sounds: Sounds) -> None:
        """Encode the next frame and the sound that goes with it; raises av.FFmpegError or OSError."""
        if self._held is None or self._held[0] != frame.key:
            self._held = (frame.key, self._converted(frame))
        self._write(self._held[1], sounds)

    def again(self, sounds: Sounds) -> None:
        """Encode the last frame once more, for a frame that came too late to be drawn."""
        if self._held is not None:
            self._write(self._held[1], sounds)

    def _write(self, video: av.video.frame.VideoFrame, sounds: Sounds) -> None:
        video.pts, video.time_base = self.frames, 1 / self._rate
        self.frames += 1
        self._container.mux(self._picture.encode(video))
        self._add_sound(sounds)

    def _converted(self, frame: Frame) -> av.video.frame.VideoFrame:
        image = np.ascontiguousarray(frame.image[: self._height, : self._width])
        planes: Any = cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420)
        return av.video.frame.VideoFrame.from_ndarray(planes, format="yuv420p")

    def _add_sound(self, sounds: Sounds) -> None:
        due = int(self.frames * SAMPLE_RATE / self._rate)
        while self._samples + _CHUNK <= due:
            self._container.mux(self._sound.encode(self._tone(sounds, _CHUNK)))

    def _tone(self, sounds: Sounds, count: int) -> av.audio.frame.AudioFrame:
        at = (self._samples + np.arange(count)) / SAMPLE_RATE
        wave = ROOM_TONE * np.sin(2 * math.pi * 220 * at)
        for name, volume in sounds:
            if volume:
                wave += VOICE * volume * np.sin(2 * math.pi * self._pitch(name) * at)
        stereo = np.repeat(np.clip(wave, -1, 1).astype(np.float32)[None, :], 2, axis=0)
        frame = av.audio.frame.AudioFrame.from_ndarray(stereo, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._samples, Fraction(1, SAMPLE_RATE)
        self._samples += count
        return frame

    def _pitch(self, name: str) -> float:
        # Every device gets a pitch of its own, a semitone above the last: one can be told from the other.
        return self._pitches.setdefault(name, 440.0 * 2 ** (len(self._pitches) / 12))

    def close(self) -> None:
        """Write what is left and the file's index; raises av.FFmpegError or OSError."""
        try:
            self._container.mux(self._picture.encode(None))
            self._container.mux(self._sound.encode(None))
        finally:
            self._container.close()
