"""Places rows on a session's time line and finds what overlaps; computes only."""

from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slot:
    """What a sheet says about one row: a start of its own or None, and its length; both in milliseconds.

    ``duration_ms`` is None where the row is faulty; nothing is known then about rows that follow it without a start.
    """

    at_ms: int | None
    duration_ms: int | None
    leader: int | None = None
    """Index of the row that a linked one follows: it starts ``after_ms`` after that one started."""
    after_ms: int = 0
    floating: bool = False
    """Nothing is known of its start."""


def starts(slots: Sequence[Slot]) -> tuple[int | None, ...]:
    """Milliseconds after the session's start of each row: its own, after its leader's, or the end of the row above.

    None where that is unknown: the row floats, or hangs on one that does, that is faulty, or that hangs on itself.
    """
    found: dict[int, int | None] = {}
    for index in range(len(slots)):
        chain, end = _chain(slots, index, found)
        circular = end in chain
        for at in reversed(chain):
            found[at] = None if circular else _start(slots, at, found)
    return tuple(found[index] for index in range(len(slots)))


def circles(slots: Sequence[Slot]) -> tuple[int, ...]:
    """Of each circle of rows whose starts hang on one another, the index of its first linked row."""
    found: list[int] = []
    seen: set[int] = set()
    for index in range(len(slots)):
        chain, end = _chain(slots, index, seen)
        seen.update(chain)
        if end in chain:
            found.append(min(at for at in chain[chain.index(end) :] if slots[at].leader is not None))
    return tuple(found)


def _chain(slots: Sequence[Slot], index: int, known: Container[int]) -> tuple[list[int], int | None]:
    """The rows that the start of ``index`` hangs on, itself first, up to a known one, None, or one of the chain."""
    chain: list[int] = []
    members: set[int] = set()
    at: int | None = index
    while at is not None and at not in known and at not in members:
        chain.append(at)
        members.add(at)
        at = _before(slots, at)
    return chain, at


def _before(slots: Sequence[Slot], index: int) -> int | None:
    slot = slots[index]
    if slot.at_ms is not None or slot.floating:
        return None
    return slot.leader if slot.leader is not None else (index - 1 if index else None)


def _start(slots: Sequence[Slot], index: int, found: Mapping[int, int | None]) -> int | None:
    slot, before = slots[index], _before(slots, index)
    if before is None:
        return None if slot.floating else slot.at_ms or 0
    start = found[before]
    length = slot.after_ms if slot.leader is not None else slots[before].duration_ms
    return None if start is None or length is None else start + length


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
