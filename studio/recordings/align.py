"""Lays the takes of the as-run log over the picture changes of a recording."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from studio.clock import NS_PER_MS, NS_PER_S

TOLERANCE_FRAMES = 4
"""A take and a change further apart than this, after alignment, are not the same event."""
TRIED = 64
"""Offsets that are looked at closely, those under which the most takes may meet a change."""
ENOUGH = 2
"""Takes that must find their change; one alone fits anywhere."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the recording's zero lies on the clock of the takes, and how well each take meets its change.

    ``offset_ns`` is the instant, on the takes' clock, of second 0 of the recording: a take at ``t`` is shown at
    ``(t - offset_ns) / 1e9`` seconds. It holds what every take has in common: the delay from command to picture.
    It is None where there is no single answer, and ``why`` says why. ``uncertainty_ms`` is how far either way the
    offset may lie from the truth: half of what the matched pairs spread over, half a frame at least.
    """

    offset_ns: int | None
    uncertainty_ms: float | None
    residuals_ms: tuple[float | None, ...]
    """Per take, change minus take: positive where the picture changed later than the others' delay explains."""
    changes: tuple[int | None, ...]
    """Per take, the index of the change it met."""
    unmatched: tuple[int, ...]
    """Indices of the changes that no take explains."""
    why: Literal["", "too_few", "ambiguous"] = ""

    @property
    def matched(self) -> int:
        """How many takes met a change."""
        return sum(change is not None for change in self.changes)


def align(
    takes_ns: Sequence[int],
    changes_s: Sequence[Fraction | float],
    frame_s: Fraction | float,
    *,
    near_ns: int | None = None,
    within_ns: int = 2 * NS_PER_S,
) -> Alignment:
    """Find the one offset under which the most takes meet a change.

    ``takes_ns`` are instants of one clock, ``changes_s`` seconds of the recording, both ascending; ``frame_s`` is the
    length of a frame. Takes without a change and changes without a take are allowed. Where the start of the recording
    is roughly known, ``near_ns`` and ``within_ns`` say on the takes' clock where its second 0 must lie: evenly spaced
    takes fit in more than one place without it. Raises ValueError where a row is not ascending.
    """
    changes_ns = [round(second * NS_PER_S) for second in changes_s]
    for row in (takes_ns, changes_ns):
        if any(later < earlier for earlier, later in pairwise(row)):
            raise ValueError("takes and changes must be in ascending order")
    tolerance = round(frame_s * TOLERANCE_FRAMES * NS_PER_S)
    offsets = sorted(
        take - change
        for take in takes_ns
        for change in changes_ns
        if near_ns is None or abs(take - change - near_ns) <= within_ns
    )
    candidates = _candidates(offsets, tolerance)
    scored = [(_pair(takes_ns, changes_ns, offset, tolerance), offset) for offset in candidates]
    best = max((len(pairs) for pairs, _offset in scored), default=0)
    if best < ENOUGH:
        return _none(takes_ns, changes_ns, "too_few")
    fits = [_settle(takes_ns, changes_ns, pairs, tolerance) for pairs, _offset in scored if len(pairs) == best]
    first = min(fits, key=lambda fit: _spread(takes_ns, changes_ns, fit))
    offset = _offset(takes_ns, changes_ns, first)
    if any(abs(_offset(takes_ns, changes_ns, fit) - offset) > tolerance for fit in fits):
        return _none(takes_ns, changes_ns, "ambiguous")
    met = dict(first)
    residuals = tuple(
        round((changes_ns[met[index]] - (take - offset)) / NS_PER_MS, 3) if index in met else None
        for index, take in enumerate(takes_ns)
    )
    uncertainty = max(_spread(takes_ns, changes_ns, first), round(frame_s * NS_PER_S)) / 2 / NS_PER_MS
    return Alignment(
        offset_ns=offset,
        uncertainty_ms=round(uncertainty, 3),
        residuals_ms=residuals,
        changes=tuple(met.get(index) for index in range(len(takes_ns))),
        unmatched=tuple(index for index in range(len(changes_ns)) if index not in met.values()),
    )


Pairs = tuple[tuple[int, int], ...]


def _candidates(offsets: list[int], tolerance: int) -> list[int]:
    """Middles of the windows, two tolerances wide, that hold the most offsets: one for each stretch of a tolerance.

    A take can be counted for two changes that are close together, so the fullest window alone would not do.
    """
    fullest: dict[int, tuple[int, int]] = {}
    end = 0
    for begin, low in enumerate(offsets):
        while end < len(offsets) and offsets[end] - low <= 2 * tolerance:
            end += 1
        middle = offsets[(begin + end - 1) // 2]
        place = middle // max(1, tolerance)
        fullest[place] = max(fullest.get(place, (0, 0)), (end - begin, middle))
    return [middle for _count, middle in heapq.nlargest(TRIED, fullest.values())]


def _pair(takes: Sequence[int], changes: Sequence[int], offset: int, tolerance: int) -> Pairs:
    """Each take with the change nearest to it within the tolerance, the closest pairs first, none used twice."""
    near: list[tuple[int, int, int]] = []
    begin = 0
    for index, take in enumerate(takes):
        while begin < len(changes) and changes[begin] < take - offset - tolerance:
            begin += 1
        for number in range(begin, len(changes)):
            gap = abs(changes[number] - (take - offset))
            if changes[number] > take - offset + tolerance:
                break
            near.append((gap, index, number))
    pairs: dict[int, int] = {}
    used: set[int] = set()
    for _gap, index, number in sorted(near):
        if index not in pairs and number not in used:
            pairs[index] = number
            used.add(number)
    return tuple(sorted(pairs.items()))


def _settle(takes: Sequence[int], changes: Sequence[int], pairs: Pairs, tolerance: int) -> Pairs:
    """Pair again around the median of the pairs, as long as that loses none."""
    again = _pair(takes, changes, _offset(takes, changes, pairs), tolerance)
    return again if len(again) >= len(pairs) else pairs


def _offset(takes: Sequence[int], changes: Sequence[int], pairs: Pairs) -> int:
    """The median of take minus change, in ns; the mean of the two middle ones where the number is even."""
    ordered = sorted(takes[take] - changes[change] for take, change in pairs)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) // 2


def _spread(takes: Sequence[int], changes: Sequence[int], pairs: Pairs) -> int:
    offsets = [takes[take] - changes[change] for take, change in pairs]
    return max(offsets) - min(offsets)


def _none(takes: Sequence[int], changes: Sequence[int], why: Literal["too_few", "ambiguous"]) -> Alignment:
    nothing = (None,) * len(takes)
    return Alignment(None, None, nothing, nothing, tuple(range(len(changes))), why)
