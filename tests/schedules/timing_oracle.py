"""When rows go on air, by ``docs/timing.md`` alone: a simulator that imports nothing of ours.

It keeps one list of what happened, in order, and asks that list anew for every answer. Instants are nanoseconds of
session time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

MS = 1_000_000
TOLERANCE = 50 * MS
"""A call is late where it is more than this behind its due instant."""


@dataclass(frozen=True)
class Row:
    """A row as the prose knows it; ``hard`` in nanoseconds of session time, ``late`` as (policy, milliseconds)."""

    id: str
    start_ms: int
    duration_ms: int
    advance: str = "auto"
    hard: int | None = None
    follows: tuple[str, int] | None = None
    late: tuple[str, int] = ("fire", 0)
    place: int = 0
    """Its number in the sheet."""


class Note(NamedTuple):
    """What happened in a lane: act (of a person), call, drop, pick (up again), hold, free, extend, media or end."""

    at: int
    lane: str
    verb: str
    row: str = ""
    detail: str = ""
    by: int = 0


class Call(NamedTuple):
    """A decision of the driver or of a person: ``how`` is sent, skipped or held; ``why`` says it for a skipped one."""

    lane: str
    row: str
    due: int
    at: int
    how: str
    why: str = ""


class Refused(Exception):
    """The prose refuses this edit."""


@dataclass
class Oracle:
    """Lanes of rows, driven by a perfect driver that is away at times."""

    lanes: dict[str, list[Row]]
    calls: list[Call] = field(default_factory=list)
    now: int = -(10**18)
    _notes: list[Note] = field(default_factory=list)
    _aways: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lanes = {lane: in_order(rows) for lane, rows in self.lanes.items()}

    # What happened in a lane, read off the list each time.

    def position(self, lane: str) -> tuple[Row, int, int] | None:
        """The row called last, the instant of its call, and where in the list that is; None before the first."""
        for number in range(len(self._notes) - 1, -1, -1):
            note = self._notes[number]
            if note.lane == lane and note.verb == "call":
                return self._row(lane, note.row), note.at, number
        return None

    def dropped(self, lane: str, row: str) -> str:
        """Why the row is dropped; empty where it is not."""
        why = ""
        for note in self._notes:
            if note.lane == lane and note.row == row:
                if note.verb == "drop":
                    why = note.detail
                elif note.verb in ("pick", "call"):
                    why = ""
        return why

    def held(self, lane: str) -> bool:
        """Whether the lane is held."""
        verbs = [note.verb for note in self._notes if note.lane == lane and note.verb in ("hold", "free")]
        return verbs[-1:] == ["hold"]

    def ended(self, lane: str) -> int | None:
        """When a person ended the lane."""
        return next((note.at for note in self._notes if note.lane == lane and note.verb == "end"), None)

    def _held_for(self, lane: str, since: int, until: int) -> int:
        """How long the lane was held after place ``since`` of the list, a hold that lasts counted to ``until``."""
        total, began = 0, None
        for note in self._notes[since + 1 :]:
            if note.lane != lane:
                continue
            if note.verb == "hold" and began is None:
                began = note.at
            elif note.verb == "free" and began is not None:
                total, began = total + note.at - began, None
        return total if began is None else total + until - began

    def _row(self, lane: str, row: str) -> Row:
        return next(each for each in self.lanes[lane] if each.id == row)

    def _slot(self, lane: str, row: Row) -> int:
        """To the planned start of the row directly after it, whatever became of that one; else its duration."""
        rows = self.lanes[lane]
        after = rows.index(row) + 1
        return (rows[after].start_ms - row.start_ms if after < len(rows) else row.duration_ms) * MS

    def _end(self, lane: str, until: int) -> int:
        """E of the row at the position."""
        position = self.position(lane)
        assert position is not None
        row, called, number = position
        extended = sum(note.by for note in self._notes[number + 1 :] if note.lane == lane and note.verb == "extend")
        return called + self._slot(lane, row) + extended + self._held_for(lane, number, until)

    def _opening(self, lane: str) -> int:
        return self.lanes[lane][0].start_ms * MS

    def to_come(self, lane: str) -> list[Row]:
        """The rows after the position that are not dropped; the first of them is the next row."""
        if self.ended(lane) is not None:
            return []
        rows = self.lanes[lane]
        position = self.position(lane)
        first = 0 if position is None else rows.index(position[0]) + 1
        return [row for row in rows[first:] if not self.dropped(lane, row.id)]

    def begun(self, row: str) -> int | None:
        """The beginning of a row: its last call in each lane that has not gone back over it, the earliest of those."""
        last = {note.lane: note.at for note in self._notes if note.verb == "call" and note.row == row}
        return min((at for lane, at in last.items() if row not in self._after(lane)), default=None)

    def _after(self, lane: str) -> list[str]:
        ids, position = [row.id for row in self.lanes[lane]], self.position(lane)
        return ids if position is None else ids[ids.index(position[0].id) + 1 :]

    # When the next row is called.

    def due(self, lane: str) -> tuple[int, Row] | None:
        """When the lane calls a row by itself, which may be past, and which; None where nothing is known to come."""
        rows = self.to_come(lane)
        if not rows or self.held(lane):
            return None
        tied = ((self._tied(lane, row), -number, row) for number, row in enumerate(rows))
        hard = min(((at, place, row) for at, place, row in tied if at is not None), default=None)
        other = None if self._tied(lane, rows[0]) is not None else self._due_in_order(lane, rows[0])
        if hard is not None and (other is None or hard[0] <= other):
            return hard[0], hard[2]
        return None if other is None else (other, rows[0])

    def _missed(self, lane: str, at: int) -> bool:
        """Whether the row at the position was called at an instant of rule 1 or 2, or after it."""
        position = self.position(lane)
        return position is not None and position[1] >= at

    def _tied(self, lane: str, row: Row) -> int | None:
        """The instant of rule 1."""
        return None if row.hard is None or self._missed(lane, row.hard) else row.hard

    def _due_in_order(self, lane: str, row: Row) -> int | None:
        """Rules 2 to 4, and not before a person's last act."""
        at = self._at_in_order(lane, row)
        return None if at is None else max([at, *(n.at for n in self._notes if n.lane == lane and n.verb == "act")])

    def _at_in_order(self, lane: str, row: Row) -> int | None:
        if row.follows is not None:
            begun = self.begun(row.follows[0])
            if begun is None:
                return None
            if not self._missed(lane, begun + row.follows[1] * MS):
                return begun + row.follows[1] * MS
        position = self.position(lane)
        if position is None:
            return self._opening(lane)
        if position[0].advance == "auto":
            return self._end(lane, self.now)
        if position[0].advance == "media_end":
            ends = [note.at for note in self._notes[position[2] + 1 :] if note.lane == lane and note.verb == "media"]
            return ends[-1] if ends else None
        return None

    # The driver.

    def away(self, since: int, until: int) -> None:
        """The director is dead from ``since``, and back at ``until``."""
        self._aways.append((since, until))

    def run_until(self, until: int) -> None:
        """Call everything that is due up to ``until``, that instant included."""
        while True:
            waiting = []
            for number, lane in enumerate(self.lanes):
                due = self.due(lane)
                if due is not None:
                    waiting.append((self._awake(max(due[0], self.now)), due[0], number, lane, due[1]))
            at, instant, _, lane, row = min(waiting, default=(until + 1, 0, 0, "", None), key=lambda each: each[:3])
            if row is None or at > until:
                break
            self.now = at
            self._decide(lane, row, instant, at)
        self.now = max(self.now, until)

    def _awake(self, at: int) -> int:
        for since, until in sorted(self._aways):
            if since <= at < until:
                at = until
        return at

    def _decide(self, lane: str, row: Row, due: int, at: int) -> None:
        """The late policy; rows before a hard-timed one are passed over."""
        for between in self.to_come(lane):
            if between.id == row.id:
                break
            self._note(at, lane, "drop", between.id, "passed over for a hard-timed row")
        why, late = "", at - due
        if late > TOLERANCE:
            self._note(due, lane, "call", row.id)
            later = self.due(lane)
            self._notes.pop()
            policy, after_ms = row.late
            if later is not None and later[0] <= at:
                why = "a later row was already due"
            elif policy == "skip_after" and late > after_ms * MS:
                why = "late"
            elif policy == "hold":
                self._note(at, lane, "hold")
                self.calls.append(Call(lane, row.id, due, at, "held"))
                return
        self._note(due, lane, "call", row.id, why)
        self.calls.append(Call(lane, row.id, due, at, "skipped" if why else "sent", why))

    def _note(self, at: int, lane: str, verb: str, row: str = "", detail: str = "", by: int = 0) -> None:
        self._notes.append(Note(at, lane, verb, row, detail, by))

    # What people and players do.

    def media_end(self, at: int, lane: str) -> None:
        """The clip of the row on air was played to its end."""
        self._reach(at)
        self._note(at, lane, "media")
        self.run_until(at)

    def command(self, name: str, at: int, lane: str | None = None, arg: str | int | None = None) -> tuple[str, ...]:
        """Obey at ``at``, after what is due then; the lanes that did. ``extend`` takes milliseconds, ``jump`` a row."""
        self._reach(at)
        lanes = self._lanes_of(name) if lane is None else [lane]
        acted = tuple(each for each in lanes if self.ended(each) is None and self._obey(name, at, each, arg))
        for each in acted:
            self._note(at, each, "act")
        self.run_until(at)
        return acted

    def _reach(self, at: int) -> None:
        if at < self.now or self._awake(at) != at:
            raise ValueError("the past takes no commands, and a dead director neither")
        self.run_until(at)

    def _lanes_of(self, name: str) -> list[str]:
        """The lanes that a command for the whole session acts on."""
        on_air = [lane for lane in self.lanes if self.ended(lane) is None]
        if name in ("go", "skip"):
            following = {lane: self.to_come(lane)[0] for lane in on_air if self.to_come(lane)}
            first = min(((row.start_ms, row.place) for row in following.values()), default=None)
            return [lane for lane, row in following.items() if (row.start_ms, row.place) == first]
        if name == "back":
            called = {lane: found[1] for lane in on_air if (found := self.position(lane)) is not None}
            return [lane for lane, at in called.items() if at == max(called.values())]
        return on_air

    def _obey(self, name: str, at: int, lane: str, arg: str | int | None) -> bool:
        position, following = self.position(lane), self.to_come(lane)
        rows = self.lanes[lane]
        here = -1 if position is None else rows.index(position[0])
        if name == "go":
            if following:
                self._call(at, lane, following[0])
            return bool(following)
        if name in ("hold", "standby"):
            if not self.held(lane):
                self._note(at, lane, "hold")
            return True
        if name == "resume":
            self._free(at, lane)
            return True
        if name == "extend":
            if position is not None:
                self._note(at, lane, "extend", by=int(arg or 0) * MS)
            return position is not None
        if name == "skip":
            if following:
                self._note(at, lane, "drop", following[0].id, "skipped by a person")
            return bool(following)
        if name == "back":
            before = [row for row in rows[: max(here, 0)] if not self.dropped(lane, row.id)]
            if before:
                for row in rows[rows.index(before[-1]) : here + 1]:
                    self._note(at, lane, "pick", row.id)
                self._call(at, lane, before[-1])
            return bool(before)
        if name == "jump":
            target = next((number for number, row in enumerate(rows) if row.id == arg), None)
            if target is None:
                return False
            for row in rows[here + 1 : target]:
                self._note(at, lane, "drop", row.id, "jumped over")
            for row in rows[target:] if target < here else []:
                self._note(at, lane, "pick", row.id)
            self._call(at, lane, rows[target])
            return True
        assert name == "end"
        for row in following:
            self._note(at, lane, "drop", row.id, "the lane was ended")
        self._free(at, lane)
        self._note(at, lane, "end")
        return True

    def _call(self, at: int, lane: str, row: Row) -> None:
        """By a person: due at that instant, and on time."""
        self._free(at, lane)
        self._note(at, lane, "call", row.id)
        self.calls.append(Call(lane, row.id, at, at, "sent"))

    def _free(self, at: int, lane: str) -> None:
        if self.held(lane):
            self._note(at, lane, "free")

    def edit(self, at: int, lanes: Mapping[str, Sequence[Row]]) -> None:
        """Change the rows of all lanes; raises Refused, and then changes nothing."""
        self._reach(at)
        for lane, rows in lanes.items():
            old, new = [row.id for row in self.lanes[lane]], [row.id for row in in_order(rows)]
            called = [row for row in old if any(n[1:4] == (lane, "call", row) for n in self._notes)]
            if [row for row in new if row in called] != called:
                raise Refused("a row that was called is neither moved nor taken out")
            position = self.position(lane)
            if position is not None:
                here = position[0].id
                if set(new[: new.index(here)]) - set(old[: old.index(here)]):
                    raise Refused("none is put before the position")
        for lane, rows in lanes.items():
            self.lanes[lane] = in_order(rows)
            self._note(at, lane, "act")
        self.run_until(at)

    # What is to be seen.

    def fate(self, lane: str, row: str) -> tuple[str, str | int]:
        """(sent, nanoseconds late), (skipped, why), (dropped, why) or (to come, "")."""
        # The prose does not say: a row that was called keeps what became of it then, even if it is dropped later.
        for call in reversed(self.calls):
            if (call.lane, call.row) == (lane, row) and call.how != "held":
                late = call.at - call.due
                return (call.how, call.why) if call.why else (call.how, late if late > TOLERANCE else 0)
        why = self.dropped(lane, row)
        return ("dropped", why) if why else ("to come", "")

    def expected(self, lane: str, at: int) -> dict[str, int | None]:
        """When every row of the lane begins, as seen at ``at``."""
        rows, position = self.lanes[lane], self.position(lane)
        here = -1 if position is None else rows.index(position[0])
        found: dict[str, int | None] = {}
        for row in rows[: here + 1]:
            calls = [note.at for note in self._notes if note[1:4] == (lane, "call", row.id)]
            found[row.id] = calls[-1] if calls else None
        known = self._forecast(at)
        return found | {row.id: known.get((lane, row.id)) for row in rows[here + 1 :]}

    def _forecast(self, at: int) -> dict[tuple[str, str], int]:
        """The beginnings of all rows to come: each lane in turn, again and again, until nothing new is known."""
        known: dict[tuple[str, str], int] = {}
        while True:
            found = {(lane, row): begins for lane in self.lanes for row, begins in self._foresee(lane, at, known)}
            if found == known:
                return known
            known = found

    def _foresee(self, lane: str, at: int, known: Mapping[tuple[str, str], int]) -> Iterator[tuple[str, int]]:
        rows, before = self.to_come(lane), None
        number = 0
        while number < len(rows):
            row = rows[number]
            begins = self._begins(lane, row, before, at, known)
            tied = [(self._tied(lane, each), -n) for n, each in enumerate(rows) if n > number]
            ahead = [(max(hard, at), place) for hard, place in tied if hard is not None]
            if ahead and (begins is None or begins >= min(ahead)[0]):
                number = -min(ahead)[1]
                continue
            if begins is None:
                return
            yield row.id, begins
            before, number = (row, begins), number + 1

    def _begins(
        self, lane: str, row: Row, before: tuple[Row, int] | None, at: int, known: Mapping[tuple[str, str], int]
    ) -> int | None:
        """By rule 1 or 2, else by the row before it; None where that is not known."""
        linked = None
        if row.follows is not None:
            other, after_ms = row.follows
            leader = self.begun(other)
            if leader is None:
                leader = min((instant for (_, each), instant in known.items() if each == other), default=None)
            if leader is None and self._tied(lane, row) is None:
                return None
            linked = None if leader is None else leader + after_ms * MS
        if linked is not None and (self._missed(lane, linked) if before is None else linked <= before[1]):
            linked = None
        begins = self._tied(lane, row)
        if begins is not None:
            pass
        elif linked is not None:
            begins = linked
        elif before is not None:
            begins = before[1] + self._slot(lane, before[0])
        elif self.position(lane) is not None:
            begins = self._end(lane, at)
        else:
            begins = self._opening(lane)
        return max(begins, at, before[1] if before else at)

    def expected_end(self, lane: str, at: int) -> int:
        """When the last row of the lane that is expected at all is over, as seen at ``at``."""
        ended = self.ended(lane)
        if ended is not None:
            return ended
        begins = self.expected(lane, at)
        for row in reversed(self.to_come(lane)):
            instant = begins[row.id]
            if instant is not None:
                return max(instant + self._slot(lane, row), at)
        return max(self.planned_end(lane) if self.position(lane) is None else self._end(lane, at), at)

    def planned_end(self, lane: str) -> int:
        """The planned start of the lane's last row, plus its slot."""
        last = self.lanes[lane][-1]
        return last.start_ms * MS + self._slot(lane, last)

    def over(self, lane: str, at: int) -> int:
        """Positive is behind the plan."""
        return self.expected_end(lane, at) - self.planned_end(lane)


def in_order(rows: Sequence[Row]) -> list[Row]:
    """By planned start, then by place in the sheet."""
    return sorted(rows, key=lambda row: (row.start_ms, row.place))


def first_wall_instant(start: datetime, zone: str, wall: str) -> datetime:
    """The first instant from ``start`` (UTC) at which a clock in ``zone`` shows ``wall`` (HH:MM:SS).

    A wall time that a change of the clock leaves out is where a clock without the change would have shown it.
    """
    hour, minute, second = (int(part) for part in wall.split(":"))
    for instant, shown in _minutes(start.astimezone(UTC).date(), zone):
        found = instant + timedelta(seconds=second)
        if (shown.hour, shown.minute) == (hour, minute) and found >= start:
            return found
    raise AssertionError("every day has every minute, or leaves it out")


@lru_cache(maxsize=256)
def _minutes(around: date, zone: str) -> list[tuple[datetime, datetime]]:
    """Every minute (UTC) from the day before to three days after, with what is shown then, those left out too."""
    first, there = datetime(around.year, around.month, around.day, tzinfo=UTC) - timedelta(days=1), ZoneInfo(zone)
    found: list[tuple[datetime, datetime]] = []
    left_out: list[datetime] = []
    for number in range(5 * 24 * 60):
        instant = first + timedelta(minutes=number)
        shown = instant.astimezone(there).replace(tzinfo=None)
        if found:
            missing = found[-1][1] + timedelta(minutes=1)
            while missing < shown:
                left_out.append(missing)
                missing += timedelta(minutes=1)
        if left_out:
            found.append((instant, left_out.pop(0)))
        found.append((instant, shown))
    return found
