"""How loud a media file is at each moment: read once, in twentieths of a second."""

import logging
from pathlib import Path

import av
import numpy as np

log = logging.getLogger(__name__)

WINDOW_MS = 50
_RATE = 48_000
_SAMPLES = _RATE * WINDOW_MS // 1000

Level = tuple[float, float]
"""Magnitude (root of the mean square) and peak of one channel, as factors of full scale."""
SILENCE: tuple[Level, Level] = ((0.0, 0.0), (0.0, 0.0))


class Loudness:
    """Keeps the levels of every file it has read; a file that changes is read again."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[int, list[tuple[Level, Level]]]] = {}

    def knows(self, path: str) -> bool:
        """Whether the file was read as it is now."""
        return path in self._files and self._files[path][0] == _stamp(path)

    def read(self, path: str) -> None:
        """Read a file, in any thread; one that does not open or has no sound is silent."""
        stamp = _stamp(path)
        try:
            levels = _levels(path)
        except (OSError, av.FFmpegError) as error:
            log.warning("virtual OBS: the sound of %s cannot be read: %s", path, error)
            levels = []
        self._files[path] = (stamp, levels)

    def at(self, path: str, position_ms: float) -> tuple[Level, Level]:
        """The levels of left and right at a time in the file; silence where it is unread or over."""
        levels = self._files[path][1] if path in self._files else []
        index = int(position_ms / WINDOW_MS)
        return levels[index] if 0 <= index < len(levels) else SILENCE


def _stamp(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


def _levels(path: str) -> list[tuple[Level, Level]]:
    with av.open(path) as container:
        if not container.streams.audio:
            return []
        mono = container.streams.audio[0].codec_context.layout.nb_channels == 1  # to both sides in full, as in OBS
        resampler = av.AudioResampler(format="fltp", layout="mono" if mono else "stereo", rate=_RATE)
        levels: list[tuple[Level, Level]] = []
        rest = np.zeros((2, 0), np.float32)
        for frame in container.decode(container.streams.audio[0]):
            pieces = [piece.to_ndarray() for piece in resampler.resample(frame)]
            rest = np.concatenate([rest, *(np.broadcast_to(piece, (2, piece.shape[1])) for piece in pieces)], axis=1)
            while rest.shape[1] >= _SAMPLES:
                levels.append(_measured(rest[:, :_SAMPLES]))
                rest = rest[:, _SAMPLES:]
        return levels


def _measured(window: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> tuple[Level, Level]:
    left, right = ((float(np.sqrt(np.mean(np.square(one)))), float(np.max(np.abs(one)))) for one in window)
    return left, right
