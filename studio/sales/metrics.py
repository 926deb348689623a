"""Order lines into figures, pure: every sum is made from the lines themselves, and the parts add up to the whole."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from studio.clock import NS_PER_MS, wall_ns
from studio.model.figures import Bucket, Totals
from studio.model.sales import LineKey, OrderLine
from studio.sales.attribution import Credit

K = TypeVar("K", bound=Hashable)

MOST_BUCKETS = 60
STEPS_MS = tuple(
    seconds * 1000 for seconds in (1, 5, 10, 30, 60, 300, 600, 1800, 3600, 2 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
)
"""Each at most five times the one before: the first that needs no more than 60 buckets needs at least 12."""


class _Sums:
    """Sums of one group while its lines go by."""

    def __init__(self) -> None:
        self.orders: set[tuple[str, str]] = set()
        self.lines = self.units = self.paid_fen = self.freight_fen = self.submitted_fen = 0

    def add(self, line: OrderLine) -> None:
        self.submitted_fen += line.payable_fen
        if line.paid:
            self.orders.add((line.platform, line.order_id))
            self.lines += 1
            self.units += line.quantity
            self.paid_fen += line.payable_fen

    def totals(self) -> Totals:
        return Totals(
            orders=len(self.orders),
            lines=self.lines,
            units=self.units,
            paid_fen=self.paid_fen,
            freight_fen=self.freight_fen,
            submitted_fen=self.submitted_fen,
        )


@dataclass(frozen=True, slots=True)
class Curve:
    """Paid lines by the moment they were submitted. ``before`` and ``after`` are those outside the window."""

    step_ms: int
    buckets: tuple[Bucket, ...]
    before: Totals
    after: Totals


def totals(lines: Iterable[OrderLine]) -> Totals:
    """The sums of ``lines``, each given once; one pass, so an export may be passed as it is read."""
    return grouped(lines, lambda _line: None).get(None, Totals())


def grouped(lines: Iterable[OrderLine], group: Callable[[OrderLine], K]) -> dict[K, Totals]:
    """The sums of each group, groups in the order of their first line.

    Paid means that money arrived, whatever was refunded later. Freight counts once for each order with a paid line, in
    the group of its first paid line by number; where its lines disagree, the greatest. So money, lines and units of
    all groups add up to those of all lines; orders do not, since one order may have lines in several groups.
    """
    sums: dict[K, _Sums] = {}
    freight: dict[tuple[str, str], tuple[str, K, int]] = {}
    for line in lines:
        key = group(line)
        sums.setdefault(key, _Sums()).add(line)
        if line.paid:
            order = (line.platform, line.order_id)
            first_id, first_key, fen = freight.get(order, (line.line_id, key, 0))
            if line.line_id < first_id:
                first_id, first_key = line.line_id, key
            freight[order] = (first_id, first_key, max(fen, line.freight_fen))
    for _line_id, key, fen in freight.values():
        sums[key].freight_fen += fen
    return {key: part.totals() for key, part in sums.items()}


def by_cue(lines: Sequence[OrderLine], credits: Mapping[LineKey, Credit]) -> tuple[dict[str, Totals], Totals]:
    """The sums of each cue with a line, and those of the lines that belong to none."""
    groups = grouped(lines, lambda line: credits[line.key].cue if line.key in credits else None)
    unattributed = groups.pop(None, Totals())
    return {cue: part for cue, part in groups.items() if cue is not None}, unattributed


def curve_step(length_ms: int) -> int:
    """Milliseconds of one bucket: the smallest of ``STEPS_MS`` by which ``length_ms`` needs at most 60 buckets.

    So there are 12 to 60, but fewer below 12 seconds; past 60 days the greatest step is doubled until they suffice.
    """
    step = next((step for step in STEPS_MS if -(-length_ms // step) <= MOST_BUCKETS), STEPS_MS[-1])
    while -(-length_ms // step) > MOST_BUCKETS:
        step *= 2
    return step


def curve(lines: Iterable[OrderLine], start: datetime, end: datetime, step_ms: int | None = None) -> Curve:
    """Paid lines and money by step from ``start`` to before ``end`` (aware, ``end`` later); ``step_ms`` None chooses.

    Buckets are told in the zone of ``start``; the last may reach past ``end`` but counts nothing there.
    """
    start_ns = wall_ns(start)
    length_ms = (wall_ns(end) - start_ns) // NS_PER_MS
    step = step_ms or curve_step(length_ms)
    count = -(-length_ms // step)

    def place(line: OrderLine) -> int:
        since_ms = (wall_ns(line.created_at) - start_ns) // NS_PER_MS
        return -1 if since_ms < 0 else count if since_ms >= length_ms else since_ms // step

    parts = grouped(lines, place)
    first = start.astimezone(UTC)  # a step added to a local time would lose an hour on the night clocks change
    buckets = []
    for index in range(count):
        part = parts.get(index, Totals())
        moment = (first + timedelta(milliseconds=step * index)).astimezone(start.tzinfo)
        buckets.append(Bucket(moment, part.lines, part.paid_fen))
    return Curve(step, tuple(buckets), parts.get(-1, Totals()), parts.get(count, Totals()))
