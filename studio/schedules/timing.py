"""Places rows on a session's time line and finds what overlaps; computes only."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slot:
    """What a sheet says about one row: a start of its own or None, and its length; both in milliseconds.

    ``duration_ms`` is None where the row is faulty; nothing is known then about rows that follow it without a start.
    """

    at_ms: int | None
    duration_ms: int | None


def starts(slots: Sequence[Slot]) -> tuple[int | None, ...]:
    """Milliseconds after the session's start of each row: its own, or the end of the row above, or None (unknown)."""
    found: list[int | None] = []
    end: int | None = 0
    for slot in slots:
        start = slot.at_ms if slot.at_ms is not None else end
        found.append(start)
        end = None if start is None or slot.duration_ms is None else start + slot.duration_ms
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` up to but not including ``end``, any unit; ``users`` is who or what is busy then."""

    start: int
    end: int
    users: frozenset[Hashable]


def overlaps(spans: Sequence[Span]) -> tuple[tuple[int, int, Hashable], ...]:
    """Triples (later, earlier, user): a span that starts while an earlier one still keeps the same user busy.

    Indexes into ``spans``. Spans that only touch do not overlap, and one of no length overlaps nothing. Each span is
    named at most once a user, with the earlier span that ends last.
    """
    found: list[tuple[int, int, Hashable]] = []
    busy: dict[Hashable, int] = {}
    for index in sorted(range(len(spans)), key=lambda index: (spans[index].start, index)):
        span = spans[index]
        for user in sorted(span.users, key=str):
            before = busy.get(user)
            if before is not None and span.start < spans[before].end and span.start < span.end:
                found.append((index, before, user))
            if before is None or span.end > spans[before].end:
                busy[user] = index
    return tuple(found)


def line_up(products: Iterable[str | None]) -> tuple[str, ...]:
    """The products in the order of their first row."""
    return tuple(dict.fromkeys(product for product in products if product is not None))
