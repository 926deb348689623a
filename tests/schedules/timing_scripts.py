"""Random sheets and what happens to them, played by our rundown and by the oracle, and where the two disagree."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from studio.air.standing import Standing, stand
from studio.asrun.events import ClipEnded, Commanded, CueCalled, CueEnded, Event, Record, RunStarted, SheetEdited, Stamp
from studio.clock import wall_ns
from studio.errors import RefusedByRule
from studio.model.plan import Assets, LanePlan, Plan
from studio.model.runsheet import Advance, Cue, Follows, Late, RunSheet
from studio.model.scene import Rect, SceneFile
from studio.model.studio import Canvas, Studio
from studio.schedules.binding import hard_instants
from studio.schedules.edits import Edit, Insert, Move, apply_edit, replay, to_dict
from studio.schedules.rundown import Due, decide, due, earliest, for_studio, latest, outlook, superseded
from tests.schedules.timing_oracle import MS, Call, Oracle, Refused, Row, first_wall_instant

S = 1000
LANES = ("a", "b", "c")
EARLY_MS = -10 * S
"""Scripts begin this long before the session."""
LAST_MS = 90 * S
"""After its last step, a script goes on for so long."""
BOOT_NS = 7_000 * S * MS
"""Monotonic instant of the session's anchor."""
NIGHTS = (
    ("Asia/Shanghai", datetime(2026, 12, 4, 16, tzinfo=UTC)),
    ("Asia/Shanghai", datetime(2026, 12, 31, 16, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
)
"""Instants near which a wall clock does something: midnight, the turn of the year, an hour left out or shown twice."""


@dataclass(frozen=True)
class Step:
    """Something that happens ``wait_ms`` after the step before it."""

    wait_ms: int
    what: str
    lane: str | None = None
    arg: Any = None


@dataclass(frozen=True)
class Script:
    """A session: its sheet, when and where it was to start, by how much it started later, and what happens."""

    cues: tuple[Cue, ...]
    lanes: tuple[str, ...]
    zone: str
    start: datetime
    delay_ms: int
    steps: tuple[Step, ...]


def _seconds(*values: int) -> st.SearchStrategy[int]:
    return st.sampled_from([value * S for value in values])


ADVANCES: st.SearchStrategy[Advance] = st.sampled_from(["auto", "auto", "auto", "auto", "manual", "media_end"])
LATES = st.sampled_from(
    [Late()] * 2 + [Late("skip_after", ms) for ms in (0, 1 * S, 5 * S, 20 * S)] + [Late("hold")] * 2
)
COMMANDS = ("go", "hold", "resume", "skip", "back", "jump", "extend", "standby", "end")
WAITS = st.sampled_from([0, 0, 1, 500, 1 * S, 3 * S, 4_999, 5 * S, 9_999, 10 * S, 20 * S, 45 * S])
ABSENCES = st.sampled_from([51, 52, 1 * S, 5 * S, 10 * S, 15 * S, 20 * S, 60 * S])
"""The first two end 50 ms and 51 ms after a row that is due at a full second, where they begin 1 ms before it."""


@st.composite
def cues(draw: st.DrawFn, ids: Sequence[str], lanes: Sequence[str], start: datetime, zone: str) -> tuple[Cue, ...]:
    """Rows with all that timing knows: gaps, rows of one start, every advance, hard times, links and late policies."""
    found = []
    at = 0
    for cue_id in ids:
        at = max(0, at + draw(_seconds(0, 0, 5, 10, 10, 20, -10)))
        tie = draw(st.sampled_from(["", "", "", "", "hard", "link"]))
        shown = start + timedelta(seconds=draw(st.sampled_from([0, 5, 10, 10, 20, 20, 30, 40, 60])))
        wall = shown.astimezone(ZoneInfo(zone))
        if draw(st.booleans()):  # what a clock without the night's change would show, which may be left out
            wall = shown + (start.astimezone(ZoneInfo(zone)).utcoffset() or timedelta())
        found.append(
            Cue(
                cue_id,
                at,
                draw(_seconds(0, 1, 5, 10, 10, 20)),
                "host",
                cue_id,
                studios=tuple(draw(st.lists(st.sampled_from(lanes), unique=True, max_size=len(lanes)))),
                advance=draw(ADVANCES),
                late=draw(LATES),
                time=f"{wall:%H:%M:%S}" if tie == "hard" else None,
                follows=Follows(draw(st.sampled_from(ids)), draw(_seconds(0, 1, 5, 10, 30))) if tie == "link" else None,
            )
        )
    return tuple(found)


@st.composite
def steps(draw: st.DrawFn, lanes: Sequence[str], ids: Sequence[str]) -> Step:
    """One step of any kind, in a lane or in all."""
    others = ["look", "look", "away", "away", "away", "away", "away", "media", "media", "media", "edit", "edit", "edit"]
    what = draw(st.sampled_from([*COMMANDS[:-1], *COMMANDS[:-1], *others, "end"]))
    lane = draw(st.sampled_from([None, *lanes]))
    arg: Any = None
    if what == "jump":
        arg = draw(st.sampled_from(ids))
    elif what == "extend":
        arg = draw(_seconds(5, 10, 30, -5, -20))
    elif what == "away":
        arg = draw(ABSENCES)
    elif what == "media":
        lane = draw(st.sampled_from(lanes))
    elif what == "edit":
        kind = draw(st.sampled_from(["insert", "insert", "move", "undo", "take out", "advance", "start"]))
        arg = (kind, draw(st.sampled_from(ids)), draw(st.sampled_from([None, *ids])), draw(ADVANCES), draw(LATES))
    return Step(draw(WAITS), what, lane, arg)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """One to three lanes, up to eight rows, up to a dozen steps."""
    zone, night = draw(st.sampled_from(NIGHTS))
    start = night - timedelta(seconds=draw(st.sampled_from([0, 5, 15, 30, 60, 3600])))
    lanes = LANES[: draw(st.integers(1, 3))]
    ids = [f"r{number}" for number in range(draw(st.sampled_from([5, 1, 2, 3, 4, 6, 7, 8])))]
    rows = draw(cues(ids, lanes, start, zone))
    played = tuple(lane for lane in lanes if any(not cue.studios or lane in cue.studios for cue in rows))
    length = draw(st.sampled_from([0, 1, 2, 4, 6, 8, 10, 12]))
    done = tuple(draw(steps(played, ids)) for _ in range(length))
    return Script(rows, played, zone, start, draw(_seconds(0, 0, 3)), done)


class Ours:
    """Our side: the log's fold and the rundown, with a driver that decides what it is told is due."""

    def __init__(self, script: Script) -> None:
        canvas = Canvas(1080, 1920, Fraction(30))
        scenes = SceneFile("portrait", canvas, Rect(0, 0, 1080, 1920), ())
        lanes = tuple(
            LanePlan(Studio(lane, lane, "127.0.0.1", 4455, lane, "portrait"), scenes, Assets()) for lane in script.lanes
        )
        sheet = RunSheet("s", "s", script.cues)
        hard = hard_instants(sheet, script.start, ZoneInfo(script.zone))
        self.anchor_wall_ns = wall_ns(script.start) + script.delay_ms * MS
        self.standing = Standing(Plan("run", "session", "t", sheet, lanes, hard=hard))
        self.calls: list[Call] = []
        self.now = EARLY_MS * MS
        self._inserted = 0
        self._write(0, RunStarted("", "t", BOOT_NS, self.anchor_wall_ns))

    def _write(self, at: int, event: Event, lane: str = "", cue: str = "") -> None:
        stamp = Stamp("run", "boot", BOOT_NS + at, self.anchor_wall_ns + at, "session", lane, cue)
        self.standing = stand(self.standing, [Record(self.standing.progress.last_seq + 1, stamp, event)])

    def run_until(self, until: int) -> None:
        """Call what is due, the earliest first; what was due while we were away, at ``now``."""
        while True:
            lanes = self.standing.lanes
            calls = [(call.at_ns, lane, call) for lane in lanes if (call := due(lanes, lane))]
            at, lane, call = min(calls, key=lambda each: each[0], default=(until + 1, "", None))
            if call is None or at > until:
                break
            self.now = max(at, self.now)
            self._fall_due(lane, call)
        self.now = max(self.now, until)

    def _fall_due(self, lane: str, call: Due) -> None:
        row, late = call.row, self.now - call.at_ns
        for cue in call.over:
            self._write(self.now, CueEnded("skipped", BOOT_NS + call.at_ns, take=0), lane, cue)
        fate = decide(row.late, late)
        if superseded(self.standing.lanes, lane, call, self.now):
            fate, why = "skip", "a later row was already due"
        else:
            why = "late" if fate == "skip" else ""
        if fate == "hold":
            self._write(self.now, Commanded("hold", "late"), lane)
            self.calls.append(Call(lane, row.id, call.at_ns, self.now, "held"))
            return
        self._write(self.now, CueCalled(BOOT_NS + call.at_ns), lane, row.id)
        self.calls.append(Call(lane, row.id, call.at_ns, self.now, "skipped" if why else "sent", why))

    def command(self, what: str, lane: str | None, arg: Any) -> tuple[str, ...]:
        """A command now; the lanes that obey."""
        lanes = self.standing.lanes
        meant: Sequence[str] = (lane,) if lane else tuple(lanes)
        if lane is None and what in ("go", "skip"):
            meant = earliest(lanes, self.standing.sheet)
        elif lane is None and what == "back":
            meant = latest(lanes)
        return tuple(each for each in meant if not lanes[each].over and self._obey(what, each, arg))

    def _obey(self, what: Any, lane: str, arg: Any) -> bool:
        rundown = self.standing.lanes[lane]
        row = {"back": rundown.row_before(), "jump": rundown.row(arg)}.get(what, rundown.next_row)
        if what in ("go", "back", "jump", "skip") and row is None:
            return False
        if what == "extend" and rundown.position is None:
            return False
        said = Commanded(what, "p", arg if what == "jump" else "", arg if what == "extend" else 0)
        self._write(self.now, said, lane)
        over = rundown.jumped_over(row) if what == "jump" and row else (row.id,) if what == "skip" and row else ()
        for cue in over:
            self._write(self.now, CueEnded("skipped", BOOT_NS + self.now, take=0), lane, cue)
        if what in ("go", "back", "jump") and row:
            self._write(self.now, CueCalled(BOOT_NS + self.now, by=what), lane, row.id)
            self.calls.append(Call(lane, row.id, self.now, self.now, "sent"))
        return True

    def media_end(self, lane: str) -> None:
        self._write(self.now, ClipEnded("clip"), lane)

    def edited(self, kind: str, cue: str, after: str | None, advance: Any, late: Late) -> tuple[RunSheet, Standing]:
        """The sheet and the standing after an edit; raises RefusedByRule or KeyError where the edit makes no sense."""
        sheet, before = self.standing.sheet, self.standing
        rows = {row.id: row for row in sheet.cues}
        if kind in ("insert", "move"):
            wanted: Edit = Move(cue, after)
            if kind == "insert":
                self._inserted += 1
                new = replace(rows[cue], id=f"i{self._inserted}", time=None, duration_ms=10 * S)
                wanted = Insert(after, replace(new, advance=advance, late=late))
            apply_edit(sheet, wanted)
            self._write(self.now, SheetEdited(before.version + 1, to_dict(wanted), "p", ""))
        elif kind == "undo":
            version = max((one for one, _edit in before.edits if one not in before.undone), default=None)
            if version is None:
                raise KeyError(kind)
            replay(before.plan.sheet, before.edits, before.undone | {version})
            self._write(self.now, SheetEdited(before.version + 1, {}, "p", "", undoes=version))
        else:
            if kind == "take out":
                del rows[cue]
            elif kind == "advance":
                rows[cue] = replace(rows[cue], advance=advance, late=late)
            else:
                rows[cue] = replace(rows[cue], start_ms=rows[cue].start_ms + 5 * S)
            fresh = replace(sheet, cues=tuple(rows.values()))
            lanes = {lane: one.edited(for_studio(fresh, lane)).touched(self.now) for lane, one in before.lanes.items()}
            plan = replace(before.plan, sheet=fresh)
            self.standing = replace(before, plan=plan, edits=(), undone=frozenset(), lanes=lanes)
        after_it, self.standing = self.standing, before
        return after_it.sheet, after_it


def rows_of(script: Script, sheet: Sequence[Cue]) -> dict[str, list[Row]]:
    """The same rows in the oracle's own words, by lane."""
    zero = script.start + timedelta(milliseconds=script.delay_ms)
    found: dict[str, list[Row]] = {lane: [] for lane in script.lanes}
    for place, cue in enumerate(sheet):
        hard = None
        if cue.time is not None:
            hard = (first_wall_instant(script.start, script.zone, cue.time) - zero) // timedelta(microseconds=1) * 1000
        follows = None if cue.follows is None else (cue.follows.cue, cue.follows.after_ms)
        late = (cue.late.policy, cue.late.after_ms)
        row = Row(cue.id, cue.start_ms, cue.duration_ms, cue.advance, hard, follows, late, place)
        for lane in script.lanes:
            if not cue.studios or lane in cue.studios:
                found[lane].append(row)
    return found


@dataclass
class Match:
    """One script played by both; ``seen`` counts what happened in it."""

    script: Script
    oracle_class: type[Oracle] = Oracle
    seen: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.ours = Ours(self.script)
        self.oracle = self.oracle_class(rows_of(self.script, self.script.cues), now=EARLY_MS * MS)

    def disagreement(self, last_ms: int = LAST_MS) -> str:
        """Play it, and ``last_ms`` more; what the two first disagree about, empty where they do not."""
        at = EARLY_MS * MS
        for number, step in enumerate((*self.script.steps, Step(last_ms, "look"))):
            at += step.wait_ms * MS
            self.oracle.run_until(at)
            self.ours.run_until(at)
            if found := self._differing():
                return f"before step {number} at {at / 1e9} s: {found}"
            self.seen[step.what] += 1
            if step.what == "away":
                self.oracle.away(at, at + step.arg * MS)
                if found := self._differing(at + step.arg * MS // 2):
                    return f"away since step {number} at {at / 1e9} s: {found}"
                at += step.arg * MS
                self.ours.now = at
                self.oracle.run_until(at)
            elif found := self._act(step, at):
                return f"step {number} {step} at {at / 1e9} s: {found}"
            self.ours.run_until(at)
            if found := self._differing():
                return f"after step {number} {step} at {at / 1e9} s: {found}"
        self.seen.update(call.why or call.how for call in self.oracle.calls)
        fates = [self.oracle.fate(lane, row.id)[1] for lane in self.script.lanes for row in self.oracle.lanes[lane]]
        self.seen.update(fate for fate in fates if isinstance(fate, str) and fate)
        self.seen["calls"] += len(self.oracle.calls)
        return ""

    def _act(self, step: Step, at: int) -> str:
        if step.what == "media":
            assert step.lane is not None
            self.oracle.media_end(at, step.lane)
            self.ours.media_end(step.lane)
        elif step.what == "edit":
            self._edit(step, at)
        elif step.what != "look":
            oracle = self.oracle.command(step.what, at, step.lane, step.arg)
            ours = self.ours.command(step.what, step.lane, step.arg)
            if oracle != ours:
                return f"obeyed by {oracle}, ours {ours}"
        return ""

    def _edit(self, step: Step, at: int) -> None:
        try:
            sheet, standing = self.ours.edited(*step.arg)
        except (RefusedByRule, KeyError):
            return
        lanes = rows_of(self.script, sheet.cues)
        if not all(lanes.values()):
            return
        try:
            self.oracle.edit(at, lanes)
        except Refused:
            self.seen["edit refused"] += 1
            return
        self.ours.standing = standing

    def _differing(self, at: int | None = None) -> str:
        """What the two say differently of all lanes."""
        now = self.ours.now if at is None else at
        if self.oracle.calls != self.ours.calls:
            pairs = zip([*self.oracle.calls, None], [*self.ours.calls, None], strict=False)
            return "calls: {}, ours {}".format(*next(pair for pair in pairs if pair[0] != pair[1]))
        looks = outlook(self.ours.standing.lanes, now)
        for lane in self.script.lanes:
            ours, look = self.ours.standing.lanes[lane], looks[lane]
            to_come = [row.id for row in ours.after if row.id not in ours.dropped and ours.next_row]
            facts = {
                "to come": ([row.id for row in self.oracle.to_come(lane)], to_come),
                "held": (self.oracle.held(lane), ours.held_since is not None and not ours.over),
                "expected": (self.oracle.expected(lane, now), dict(look.begins)),
                "end": (self.oracle.expected_end(lane, now), look.end_ns),
                "over": (self.oracle.over(lane, now), look.over_ns),
            }
            for name, (oracle, mine) in facts.items():
                if oracle != mine:
                    return f"{name} in lane {lane}: {oracle}, ours {mine}"
            self.seen["looks"] += 1
        return ""
