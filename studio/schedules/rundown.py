"""Where a lane stands in its run-sheet and when it goes on; ``docs/timing.md`` holds the rules, this only computes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from studio.clock import NS_PER_MS
from studio.model.runsheet import Cue, Late, RunSheet

ON_TIME_MS = 50
"""A take that starts within this of its planned instant is on time: a frame and a half at 30 frames a second."""


@dataclass(frozen=True, slots=True)
class Due:
    """The next row that is called by itself, and the instant for which; ``over`` are the rows passed over for it."""

    row: Cue
    at_ns: int
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rundown:
    """One lane; instants are nanoseconds of session time. Every method returns another value, none changes this one."""

    rows: tuple[Cue, ...]
    """In the order in which the lane plays them."""
    hard: Mapping[str, int] = field(default_factory=dict)
    """Session time of each hard-timed row."""
    position: str | None = None
    calls: Mapping[str, int] = field(default_factory=dict)
    """The last call of each row that was called."""
    extended_ns: int = 0
    held_ns: int = 0
    """Holds that have ended since the last call."""
    held_since: int | None = None
    dropped: frozenset[str] = frozenset()
    clip_ended_ns: int | None = None
    """When the clip of the row at the position was played to the end."""
    touched_ns: int | None = None
    """When a person last did something to this lane."""
    ended_ns: int | None = None
    """When the lane was ended; None while it may still go on."""

    @property
    def over(self) -> bool:
        """True where nothing more is called."""
        return self.ended_ns is not None

    def row(self, cue_id: str | None) -> Cue | None:
        """The lane's row of that id, or None."""
        return next((row for row in self.rows if row.id == cue_id), None)

    @property
    def after(self) -> tuple[Cue, ...]:
        """The rows after the position."""
        ids = [row.id for row in self.rows]
        return self.rows[ids.index(self.position) + 1 :] if self.position in ids else self.rows

    @property
    def up_to_position(self) -> tuple[Cue, ...]:
        """The rows before the position, and the one at it."""
        return self.rows[: len(self.rows) - len(self.after)]

    @property
    def next_row(self) -> Cue | None:
        """The first row after the position that is not dropped; None once the lane is over."""
        return None if self.over else next((row for row in self.after if row.id not in self.dropped), None)

    @property
    def opening_ns(self) -> int:
        """When the lane's first call is due: a hold before it does not move it."""
        return self.rows[0].start_ms * NS_PER_MS if self.rows else 0

    @property
    def closing_ns(self) -> int | None:
        """When the lane ends by itself, no row being left; None where one is, it is held, or a person ends it."""
        if self.next_row is not None or self.held_since is not None:
            return None
        row = self.row(self.position)
        if row is None:
            return self.opening_ns
        return {"auto": self.end_ns(self.calls[row.id]), "media_end": self.clip_ended_ns}.get(row.advance)

    def slot_ns(self, row: Cue) -> int:
        """From the planned start of ``row`` to that of the row directly after it; the last one's own duration."""
        at = self.rows.index(row) + 1
        return (self.rows[at].start_ms - row.start_ms if at < len(self.rows) else row.duration_ms) * NS_PER_MS

    def missed(self, at_ns: int) -> bool:
        """True where the row at the position was called at that instant of a hard time or a link, or after it."""
        return self.position is not None and self.calls[self.position] >= at_ns

    def tied_ns(self, row: Cue) -> int | None:
        """The instant of a hard-timed row that is still to be kept, else None."""
        at_ns = self.hard.get(row.id)
        return None if at_ns is None or self.missed(at_ns) else at_ns

    def end_ns(self, now_ns: int) -> int | None:
        """When the row at the position ends, the present hold counted up to ``now_ns``; None without a position."""
        row = self.row(self.position)
        if row is None:
            return None
        return self.calls[row.id] + self.slot_ns(row) + self.extended_ns + self._held(now_ns)

    def _held(self, now_ns: int) -> int:
        return self.held_ns + (0 if self.held_since is None else max(0, now_ns - self.held_since))

    # what happens to a lane

    def called(self, row: Cue, at_ns: int) -> "Rundown":
        """``row`` was called for ``at_ns``; a hold ends by it."""
        return replace(
            self,
            position=row.id,
            calls={**self.calls, row.id: at_ns},
            extended_ns=0,
            held_ns=0,
            held_since=None,
            dropped=self.dropped - {row.id},
            clip_ended_ns=None,
        )

    def held_at(self, at_ns: int) -> "Rundown":
        """Held from ``at_ns`` on; a held lane stays as it is."""
        return self if self.held_since is not None else replace(self, held_since=at_ns)

    def resumed(self, at_ns: int) -> "Rundown":
        """The hold ended at ``at_ns``."""
        return replace(self, held_ns=self._held(at_ns), held_since=None)

    def extended(self, by_ns: int) -> "Rundown":
        """The row at the position lasts longer, or shorter where negative."""
        return replace(self, extended_ns=self.extended_ns + by_ns)

    def without(self, *cue_ids: str) -> "Rundown":
        """These rows will not be called."""
        return replace(self, dropped=self.dropped.union(cue_ids))

    def picked_up_from(self, row: Cue) -> "Rundown":
        """``row`` and all after it are to come again."""
        return self._picked_up(self.rows[self.rows.index(row) :])

    def gone_back(self) -> "Rundown":
        """The rows from the one that ``back`` calls to the position are to come again."""
        row = self.row_before()
        return self if row is None else self._picked_up(self.up_to_position[self.rows.index(row) :])

    def _picked_up(self, rows: tuple[Cue, ...]) -> "Rundown":
        return replace(self, dropped=self.dropped.difference(row.id for row in rows))

    def touched(self, at_ns: int) -> "Rundown":
        """A person did something: what is due because of it is due then, not before."""
        return replace(self, touched_ns=at_ns)

    def clip_ended(self, at_ns: int) -> "Rundown":
        """The clip of the row at the position was played to the end."""
        return replace(self, clip_ended_ns=at_ns)

    def ended(self, at_ns: int) -> "Rundown":
        """Nothing more is called from ``at_ns`` on; what is left is dropped."""
        return replace(self.without(*(row.id for row in self.after)), ended_ns=at_ns)

    def edited(self, rows: tuple[Cue, ...]) -> "Rundown":
        """The same lane on an edited sheet."""
        return replace(self, rows=rows)

    # what a command means for a lane

    def row_before(self) -> Cue | None:
        """What ``back`` calls: the nearest row before the position that is not dropped."""
        return next((row for row in reversed(self.up_to_position[:-1]) if row.id not in self.dropped), None)

    def jumped_over(self, row: Cue) -> tuple[str, ...]:
        """The rows that ``jump`` to ``row`` drops: those between the position and a later row."""
        after = self.after
        return tuple(one.id for one in after[: after.index(row)] if one.id not in self.dropped) if row in after else ()


def for_studio(sheet: RunSheet, studio: str) -> tuple[Cue, ...]:
    """The rows of one studio's lane, in the order of their start; rows that name no studio are everybody's."""
    rows = (cue for cue in sheet.cues if not cue.studios or studio in cue.studios)
    return tuple(sorted(rows, key=lambda cue: cue.start_ms))


def begun(lanes: Mapping[str, Rundown]) -> dict[str, int]:
    """When each row began: its last call, the earliest one where several studios have called it.

    A row that its lane has gone back over has not begun there.
    """
    found: dict[str, int] = {}
    for lane in lanes.values():
        for row in lane.up_to_position:
            if row.id in lane.calls:
                found[row.id] = min(lane.calls[row.id], found.get(row.id, lane.calls[row.id]))
    return found


def due(lanes: Mapping[str, Rundown], studio: str) -> Due | None:
    """What the studio's lane calls next by itself; None where it waits for a person, a clip or another row.

    The instant may be past.
    """
    lane = lanes[studio]
    if lane.over or lane.held_since is not None:
        return None
    after = [row for row in lane.after if row.id not in lane.dropped]
    ready = [Due(row, at_ns) for row in after if (at_ns := lane.tied_ns(row)) is not None]
    if after and lane.tied_ns(after[0]) is None and (at_ns := _by_itself(lane, after[0], lanes)) is not None:
        ready.append(Due(after[0], at_ns if lane.touched_ns is None else max(at_ns, lane.touched_ns)))
    if not ready:
        return None
    # of one instant, a hard-timed row before any other, and the later of two of them: it passes the earlier over
    first = min(reversed(ready), key=lambda one: (one.at_ns, lane.tied_ns(one.row) is None))
    return replace(first, over=tuple(row.id for row in after[: after.index(first.row)]))


def _by_itself(lane: Rundown, row: Cue, lanes: Mapping[str, Rundown]) -> int | None:
    """Rules 2 to 4."""
    if row.follows is not None:
        began = begun(lanes).get(row.follows.cue)
        if began is None:
            return None
        if not lane.missed(at_ns := began + row.follows.after_ms * NS_PER_MS):
            return at_ns
    present = lane.row(lane.position)
    if present is None:
        return lane.opening_ns
    match present.advance:
        case "auto":
            return lane.end_ns(lane.calls[present.id])
        case "media_end":
            return lane.clip_ended_ns
    return None


def superseded(lanes: Mapping[str, Rundown], studio: str, call: Due, now_ns: int) -> bool:
    """True where ``call`` is late and the lane's next call by itself, were this one made, would be due already too."""
    if now_ns - call.at_ns <= ON_TIME_MS * NS_PER_MS:
        return False
    made = lanes[studio].without(*call.over).called(call.row, call.at_ns)
    then = due({**lanes, studio: made}, studio)
    return then is not None and then.at_ns <= now_ns


def decide(late: Late, late_ns: int) -> Literal["fire", "skip", "hold"]:
    """What becomes of a row that is ``late_ns`` behind its instant (negative is ahead); on time, it always fires."""
    if late_ns <= ON_TIME_MS * NS_PER_MS:
        return "fire"
    match late.policy:
        case "hold":
            return "hold"
        case "skip_after" if late_ns > late.after_ms * NS_PER_MS:
            return "skip"
    return "fire"


def verdict(late_ns: int) -> Literal["on_time", "late"]:
    """The verdict on a take that started ``late_ns`` after its planned instant; being early is being on time."""
    return "late" if late_ns > ON_TIME_MS * NS_PER_MS else "on_time"


def late_ms(planned_ns: int, started_ns: int) -> float:
    """Milliseconds from the planned to the actual start, positive where late, to the microsecond."""
    return round((started_ns - planned_ns) / NS_PER_MS, 3)


def earliest(lanes: Mapping[str, Rundown], sheet: RunSheet) -> tuple[str, ...]:
    """The studios whose next row comes first of all: those that ``go`` and ``skip`` act on for a whole session."""
    place = {cue.id: (cue.start_ms, at) for at, cue in enumerate(sheet.cues)}
    following = {studio: row.id for studio, lane in lanes.items() if not lane.over and (row := lane.next_row)}
    first = min(following.values(), key=place.__getitem__, default=None)
    return tuple(studio for studio, cue_id in following.items() if cue_id == first)


def latest(lanes: Mapping[str, Rundown]) -> tuple[str, ...]:
    """The studios whose row at the position was called last of all: those that ``back`` acts on."""
    called = {studio: lane.calls[lane.position] for studio, lane in lanes.items() if lane.position and not lane.over}
    return tuple(studio for studio, at_ns in called.items() if at_ns == max(called.values()))


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a lane expects: the beginning of each row (None: not at all), its end, and by how much it is over.

    ``over_ns`` is the expected less the planned end; positive is behind the plan.
    """

    begins: Mapping[str, int | None]
    end_ns: int
    over_ns: int


def outlook(lanes: Mapping[str, Rundown], now_ns: int) -> dict[str, Outlook]:
    """What every lane of a session expects at ``now_ns``, by studio."""
    begun_ns = begun(lanes)
    leaders: dict[str, int] = {}
    while True:  # a linked row hangs on another lane's, so once more until nothing new comes of it
        begins = {studio: dict(_to_come(lane, {**leaders, **begun_ns}, now_ns)) for studio, lane in lanes.items()}
        found: dict[str, int] = {}
        for cue_id, at_ns in (item for lane in begins.values() for item in lane.items()):
            found[cue_id] = min(at_ns, found.get(cue_id, at_ns))
        if found == leaders:
            return {studio: _outlook(lane, begins[studio], now_ns) for studio, lane in lanes.items()}
        leaders = found


def _outlook(lane: Rundown, to_come: Mapping[str, int], now_ns: int) -> Outlook:
    past = {row.id: lane.calls.get(row.id) for row in lane.up_to_position}
    begins = {**past, **{row.id: to_come.get(row.id) for row in lane.after}}
    planned_end = lane.rows[-1].start_ms * NS_PER_MS + lane.slot_ns(lane.rows[-1]) if lane.rows else 0
    last = next((row for row in reversed(lane.after) if row.id in to_come), None)
    if lane.ended_ns is not None:
        end = lane.ended_ns
    elif last is not None:
        end = max(to_come[last.id] + lane.slot_ns(last), now_ns)
    else:
        present_end = lane.end_ns(now_ns)
        end = max(planned_end if present_end is None else present_end, now_ns)
    return Outlook(begins, end, end - planned_end)


def _to_come(lane: Rundown, leaders: Mapping[str, int], now_ns: int) -> Iterator[tuple[str, int]]:
    """The expected beginning of each row to come that has one; ``leaders`` are those of the rows that others follow."""
    after = [] if lane.over else [row for row in lane.after if row.id not in lane.dropped]
    tied = [(lane.tied_ns(row), -at) for at, row in enumerate(after)]
    hard = [(max(at_ns, now_ns), place) for at_ns, place in tied if at_ns is not None]
    before: tuple[Cue, int] | None = None
    goes_on = 0
    for at, row in enumerate(after):
        if at < goes_on:
            continue
        begin = _begin(lane, row, before, leaders, now_ns)
        passing = min((one for one in hard if -one[1] > at), default=None)
        if passing is not None and (begin is None or begin >= passing[0]):
            goes_on = -passing[1]  # that row passes over this one and all between
        elif begin is None:
            return  # nor do the rows behind one that hangs on itself come by themselves
        else:
            before = (row, begin)
            yield row.id, begin


def _begin(
    lane: Rundown, row: Cue, before: tuple[Cue, int] | None, leaders: Mapping[str, int], now_ns: int
) -> int | None:
    """When a row to come begins, after ``before`` and that one's beginning; None where its leader has none."""
    least = now_ns if before is None else max(now_ns, before[1])
    if (at_ns := lane.tied_ns(row)) is not None:
        return max(at_ns, least)
    if row.follows is not None:
        base = leaders.get(row.follows.cue)
        if base is None:
            return None
        at_ns = base + row.follows.after_ms * NS_PER_MS
        if not (lane.missed(at_ns) if before is None else at_ns <= before[1]):
            return max(at_ns, least)
    if before is not None:
        return max(before[1] + lane.slot_ns(before[0]), least)
    natural = lane.end_ns(now_ns)
    return max(lane.opening_ns if natural is None else natural, least)
