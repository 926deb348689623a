"""Which cue sold an order line: by product and by the moment the order was submitted, pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from studio.clock import NS_PER_MS, wall_ns
from studio.model.sales import LineKey, OrderLine


@dataclass(frozen=True, slots=True)
class Span:
    """A cue on air, from ``start`` to ``end`` (aware), and its product's ids as the platforms write them."""

    cue: str
    product_ids: frozenset[str]
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Credit:
    """The cue a line counts for; ``estimate`` unless the platform itself names one of the session's rooms for it."""

    cue: str
    estimate: bool


def attribute(
    lines: Iterable[OrderLine], spans: Iterable[Span], *, lag_ms: int, rooms: frozenset[str] = frozenset()
) -> Mapping[LineKey, Credit]:
    """Lines -> cues; a line that is not in the result belongs to none.

    A line counts for the cue that began last among those with its product which began at or before the order was
    submitted and ended no more than ``lag_ms`` (0 or more, both ends included) before it. Among cues that began at
    the same instant the later in ``spans`` counts.

    The moment is that of submission, not of payment: it is when the host's words worked, while payment may follow
    minutes later, under another product's cue, or never, and lines nobody paid are placed by the same rule.

    ``rooms`` are the session's live rooms as the platform writes them. Where both they and the line's room are
    known, a line of another room belongs to no cue. Takes O(n log n) for lines and spans together.
    """
    lag_ns = lag_ms * NS_PER_MS
    upcoming = sorted(spans, key=lambda span: wall_ns(span.start))[::-1]
    on_air: dict[str, list[Span]] = {}
    credits: dict[LineKey, Credit] = {}
    for moment, line in sorted(((wall_ns(line.created_at), line) for line in lines), key=lambda pair: pair[0]):
        while upcoming and wall_ns(upcoming[-1].start) <= moment:
            span = upcoming.pop()
            for product_id in span.product_ids:
                on_air.setdefault(product_id, []).append(span)
        begun = on_air.get(line.product_id, [])
        # Moments only grow, so a span that is over for this line is over for every later one.
        while begun and wall_ns(begun[-1].end) + lag_ns < moment:
            begun.pop()
        elsewhere = rooms and line.room_id and line.room_id not in rooms
        if begun and not elsewhere:
            credits[line.key] = Credit(begun[-1].cue, estimate=line.room_id not in rooms)
    return credits
