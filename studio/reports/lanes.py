"""Puts labels beside each other without overlap: pure arithmetic on positions and widths."""

from collections.abc import Sequence
from unicodedata import east_asian_width

GAP = 6.0
"""Points between two labels of one lane."""


def text_width(text: str, size: float) -> float:
    """About how wide ``text`` is at a font of ``size``, in the same unit: a Chinese character is as wide as high."""
    return size * sum(1.0 if east_asian_width(letter) in "WFA" else 0.6 for letter in text)


def lanes(middles: Sequence[float], widths: Sequence[float], most: int) -> list[int] | None:
    """The lane of each label, 0 first, so that none overlaps another; None where ``most`` lanes are too few.

    ``middles`` ascend; every label gets the lowest lane in which it has room.
    """
    ends: list[float] = []
    found: list[int] = []
    for middle, width in zip(middles, widths, strict=True):
        left = middle - width / 2
        lane = next((number for number, end in enumerate(ends) if end + GAP <= left), len(ends))
        if lane == most:
            return None
        if lane == len(ends):
            ends.append(0.0)
        ends[lane] = middle + width / 2
        found.append(lane)
    return found


def kept_inside(middles: Sequence[float], widths: Sequence[float], left: float, right: float) -> list[float]:
    """The middles moved just so far that no label sticks out of ``left`` to ``right``."""
    return [
        max(left + width / 2, min(right - width / 2, middle)) for middle, width in zip(middles, widths, strict=True)
    ]


def nice_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5, 10, 15, 30 seconds, minutes and hours that divides ``span`` seconds ``most`` times."""
    steps = [unit * step for unit in (1, 60, 3600) for step in (1, 2, 5, 10, 15, 30) if unit < 3600 or step < 10]
    return next((float(step) for step in steps if span / step <= most), float(steps[-1]))
