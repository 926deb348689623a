"""What the cue benchmark plays: rows in blocks, ours and the peer's in turn, in scenes of one colour each."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

SCENES = {
    "red": "#C83232",
    "green": "#28A046",
    "blue": "#3246C8",
    "yellow": "#D2BE28",
    "violet": "#A03CB4",
    "cyan": "#32AAB4",
}
SPACINGS_MS = (777, 911, 1043, 853)
"""Between rows; none is a whole number of frames at 15 or 30 a second."""
STEP_MS = 137
"""Between the studios of a staggered row."""
SETTLE_MS = 2_000
"""Between blocks: nobody's row falls into what the other still does."""
OPENING_MS = 1_500


@dataclass(frozen=True, slots=True)
class Row:
    """One change of scene; ``at_ms`` after the start, in the studios named."""

    at_ms: int
    scene: str
    studios: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CuePlan:
    """The rows of both subjects on one time line; ``end_ms`` is when the last one is over."""

    ours: tuple[Row, ...]
    peers: tuple[Row, ...]
    end_ms: int


def cue_plan(studios: Sequence[str], blocks: int, together: int, staggered: int) -> CuePlan:
    """``blocks`` of each subject: rows for all studios at once, then rows of which each studio has its own.

    Every studio sees the scenes in the same, shuffled order, so that a stretch of it is found in a recording.
    """
    rows: tuple[list[Row], list[Row]] = ([], [])
    scenes, spacings = _shuffled(), cycle(SPACINGS_MS)
    at = OPENING_MS
    for block in range(2 * blocks):
        mine = rows[block % 2]
        for _row in range(together):
            mine.append(Row(at, next(scenes), tuple(studios)))
            at += next(spacings)
        for _row in range(staggered):
            scene = next(scenes)
            mine += [Row(at + STEP_MS * place, scene, (studio,)) for place, studio in enumerate(studios)]
            at += next(spacings)
        at += STEP_MS * len(studios) + SETTLE_MS
    return CuePlan(tuple(rows[0]), tuple(rows[1]), at)


def _shuffled() -> Iterator[str]:
    """Scenes without end, none twice in a row."""
    dice = random.Random(20_261_204)
    last = ""
    while True:
        last = dice.choice([scene for scene in SCENES if scene != last])
        yield last
