"""Finds in a studio's recording the frame at which each cue appears, and how far frames and planned instants drift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

NS_PER_S = 1_000_000_000
PATCH = 8
"""Half the side, in pixels, of the patch in the middle of a frame that tells its colour."""
NEAR = 40.0
"""Levels by which a patch may differ from a scene's colour; the scenes' colours differ by much more."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The first frame of a stretch of one scene; ``frame`` counts from the recording's first at its own rate."""

    frame: int
    scene: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A scene that was asked for: planned and arrived on the wire, by whom, and whether of all studios at once."""

    planned_ns: int
    wire_ns: int
    scene: str
    ours: bool
    together: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """One cue in a recording: ``delay_ns`` is its frame's instant less the planned one, but for a constant."""

    asked: Asked
    delay_ns: int


def shown_scenes(recording: Path, fps: Fraction, colours: Mapping[str, str]) -> list[Shown]:
    """Where each scene begins; a colour that is no scene's (the standby slate) is ``""``.

    A frame's number is its presentation time in frames, by which the millisecond of the file format falls away.
    """
    names = list(colours)
    palette = np.array([_yuv(colours[name]) for name in names])
    found: list[Shown] = []
    for number, patch in _patches(recording, fps):
        distances = np.abs(palette - patch).max(axis=1)
        scene = names[int(distances.argmin())] if distances.min() <= NEAR else ""
        if not found or found[-1].scene != scene:
            found.append(Shown(number, scene))
    return found


def _patches(recording: Path, fps: Fraction) -> Iterator[tuple[int, np.ndarray]]:
    with av.open(str(recording)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for frame in container.decode(stream):
            assert frame.pts is not None and frame.time_base is not None
            yield round(frame.pts * frame.time_base * fps), _middle(frame)


def _middle(frame: av.VideoFrame) -> np.ndarray:
    """Mean luma and chroma of the middle of a 4:2:0 frame, which is what OBS records."""
    means = []
    for plane in frame.planes[:3]:
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        y, x = plane.height // 2, plane.width // 2
        means.append(rows[y - PATCH : y + PATCH, x - PATCH : x + PATCH].mean())
    return np.array(means)


def _yuv(colour: str) -> tuple[float, float, float]:
    """``#RRGGBB`` as limited-range BT.709, OBS's own choice."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748


def seen(asked: Sequence[Asked], shown: Sequence[Shown], fps: Fraction) -> list[Seen]:
    """Each cue that the recording shows, paired by the order of the scenes; both in the order of time."""
    matcher = SequenceMatcher(None, [one.scene for one in asked], [one.scene for one in shown], autojunk=False)
    return [
        Seen(asked[block.a + at], round(shown[block.b + at].frame / fps * NS_PER_S) - asked[block.a + at].planned_ns)
        for block in matcher.get_matching_blocks()
        for at in range(block.size)
    ]


def spread_frames(cues: Sequence[Seen], fps: Fraction) -> float:
    """Between the earliest and the latest cue, against its planned instant, in frames; of two cues at least.

    Cues fall anywhere in a frame, so a sender without any delay spreads over nearly one.
    """
    delays = [cue.delay_ns for cue in cues]
    return float((max(delays) - min(delays)) * fps / NS_PER_S)
