"""Finds where the picture changes, hard cuts and the start of fades, in a row of small pictures."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.float32]
"""One small picture: (cells, channels) of levels 0 to 255."""

QUIET = 3.0
"""Levels that an encoder's noise may move the mean of a cell."""
CLEAR = 12.0
"""Levels at which a cell counts in full as changed."""
ALONG = 0.6
"""Correlation of two steps of one fade between moving pictures; two cuts in a row have a negative one."""
AREA = 0.12
"""Share of the picture that must change in one step; less is something that moves in it."""
FRESH = 3
"""Frames after a change in which only another picture in ``MOST`` of its area is a further cut."""
MOST = 0.5
FADE_AREA = 0.2
"""Share that must change over several frames: what moves then counts where it was and where it is."""
LOOK_BACK = Fraction(6, 5)
"""Seconds; the slowest fade seen is one that changes ``FADE_AREA`` of the picture within this time."""
RECENT = 7
SPIKE = 3.0
"""A cut in a picture that moves as a whole stands this many times above the median of the ``RECENT`` steps."""
STRAY = 0.25
"""Share of the changed cells that may leave a fade's straight line; in a movement most of them do."""
BEGUN = 0.15
"""A fade has begun in the frame that shows this share of the change seen so far."""
FAINT = 0.1
"""Levels; a direction in which no cell changes by more is none."""
PACE = (0.05, 2.5)
"""A step of between these multiples of the step before it belongs to the same fade."""
FAST_PAUSE = Fraction(7, 100)
"""Seconds between two steps of one fast fade; the source may have had fewer frames than the file has."""
SLOW_PAUSE = Fraction(1, 4)
"""Seconds for which an encoder may hold a slow fade still before it shows the next step."""


@dataclass(frozen=True, slots=True)
class Small:
    """One frame made small: its number from 0, its presentation time in seconds, its cells."""

    frame: int
    seconds: Fraction
    cells: Cells


@dataclass(frozen=True, slots=True)
class Change:
    """The first frame that shows something of a new picture.

    ``frame`` counts from 0 in order of presentation, ``seconds`` is that frame's presentation time in the file, and
    ``score`` is the share of the picture, 0 to 1, that had changed when the change was recognised.
    """

    frame: int
    seconds: Fraction
    score: float


def find_changes(pictures: Iterable[Small]) -> Iterator[Change]:
    """Yield the changes in ``pictures``, which come in their order.

    A cut is the frame that differs, a fade is given once, at its first frame that differs; a fade through black is
    two changes. What moves in less than ``AREA`` of the picture is none, and in a picture that moves as a whole only
    a cut that stands well above the movement is one.
    """
    past: list[Small] = []  # since the last change, as far as LOOK_BACK
    sizes: deque[float] = deque(maxlen=RECENT)
    going: _Going | None = None
    for now in pictures:
        if not past:
            past = [now]
            continue
        step = now.cells - past[-1].cells
        size = float(np.abs(step).mean())
        if going and going.takes(now, step):
            going, past = _Going(step, now, slow=True), [now]
        elif found := _cut(now, step, size, sizes, len(past)):
            yield found
            going, past = _Going(step, now, slow=False), [now]
        elif found := _fade(past, now):
            pace = (now.cells - past[0].cells) / np.float32(now.frame - found.frame + 1)
            if not (going and going.leads_to(found, pace)):
                yield found
            going, past = _Going(pace, now, slow=True), [now]
        else:
            past.append(now)
            while now.seconds - past[0].seconds > LOOK_BACK:
                del past[0]
        sizes.append(size)


@dataclass(frozen=True, slots=True)
class _Going:
    """A change that may still be going on: its last step, the frame of that step, and whether it is a slow fade."""

    pace: Cells
    last: Small
    slow: bool

    def takes(self, now: Small, step: Cells) -> bool:
        """True where ``step`` leads to ``now`` in the same direction and about as fast."""
        rest = now.seconds - self.last.seconds
        return rest <= (SLOW_PAUSE if self.slow else FAST_PAUSE) and _along(step, self.pace, PACE[0])

    def leads_to(self, fade: Change, pace: Cells) -> bool:
        """True where ``fade`` is only more of the same: a slow one is encoded as many small steps with rests."""
        return fade.seconds - self.last.seconds <= SLOW_PAUSE and _along(pace, self.pace, PACE[0] / 4)


def _share(difference: Cells) -> float:
    """Share of the picture that changed, 0 to 1; a cell counts by how clearly its clearest channel did."""
    weights = (np.abs(difference).max(axis=1) - QUIET) / (CLEAR - QUIET)
    return float(weights.clip(0, 1).mean())


def _ratios(difference: Cells, direction: Cells) -> Cells:
    """``difference`` as multiples of ``direction``, wherever that is clear: a flat array, empty where it is nowhere."""
    strength = np.abs(direction)
    usual = np.quantile(strength.max(axis=1), 1 - FADE_AREA)  # above it there may be something that moves
    clear = strength > max(FAINT, float(usual) / 4)
    return difference[clear] / direction[clear]


def _along(difference: Cells, direction: Cells, least: float) -> bool:
    """True where the picture goes on in ``direction``, by ``least`` to ``PACE[1]`` times of it.

    Either most cells do, so that something small may move meanwhile, or the sum does, so that everything may a little.
    """
    ratios = _ratios(difference, direction)
    if ratios.size:
        few, middle = np.quantile(ratios, (0.25, 0.5))
        if few > 0 and least < middle < PACE[1]:
            return True
    length = float(np.linalg.norm(difference) * np.linalg.norm(direction))
    product = float((difference * direction).sum())
    return length > 0 and product > ALONG * length and product < PACE[1] * float((direction**2).sum())


def _cut(now: Small, step: Cells, size: float, sizes: Collection[float], known: int) -> Change | None:
    """A change where this one step changes enough of the picture and far more than the steps before it did.

    ``known`` is the number of frames since the last change; of a picture that is new, little is known.
    """
    share = _share(step)
    if not sizes or share < (AREA if known > FRESH else MOST) or size <= SPIKE * float(np.median(list(sizes))):
        return None
    return Change(now.frame, now.seconds, round(share, 3))


def _fade(past: list[Small], now: Small) -> Change | None:
    """A change where the frames since the oldest one lie on a straight line that leads far enough away from it."""
    whole = now.cells - past[0].cells
    share = _share(whole)
    if share < FADE_AREA or len(past) < 3:
        return None
    between: NDArray[Any] = np.stack([seen.cells for seen in past]) - past[0].cells
    done = [float(np.median(_ratios(difference, whole))) for difference in between]
    still = max(index for index, part in enumerate(done) if part < BEGUN)
    begun = past[still + 1 :]
    if len(begun) < 2:
        return None
    changed = np.abs(whole) > QUIET
    off = [
        float((np.abs(difference - part * whole)[changed] > np.abs(whole)[changed] / 2).mean())
        for difference, part in zip(between[still + 1 :], done[still + 1 :], strict=True)
    ]
    return Change(begun[0].frame, begun[0].seconds, round(share, 3)) if max(off) < STRAY else None
