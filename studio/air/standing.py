"""Where a session stands: its plan, its log so far, its edited sheet and each lane's rundown; this only computes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from studio.asrun.events import (
    ClipEnded,
    Commanded,
    CueCalled,
    CueEnded,
    Event,
    Reanchored,
    Record,
    RunStarted,
    SheetEdited,
    Stamp,
)
from studio.asrun.progress import Lane, Progress, fold
from studio.clock import NS_PER_MS
from studio.model.plan import LanePlan, Plan
from studio.model.runsheet import Cue, RunSheet
from studio.schedules.edits import Edit, from_dict, replay
from studio.schedules.rundown import Outlook, Rundown, for_studio, outlook


@dataclass(frozen=True, slots=True)
class Standing:
    """One run; instants of ``lanes`` are session time, those of ``progress`` monotonic nanoseconds of its boot."""

    plan: Plan
    progress: Progress = field(default_factory=Progress)
    lanes: Mapping[str, Rundown] = field(default_factory=dict)
    """Each studio's rundown; empty until the session has started."""
    edits: tuple[tuple[int, Edit], ...] = ()
    """Edits by version."""
    undone: frozenset[int] = frozenset()
    cut_short: bool = False
    """True once rows that were never called got their verdict because their lane was over."""

    @property
    def sheet(self) -> RunSheet:
        """The sheet as edited so far."""
        return replay(self.plan.sheet, self.edits, self.undone) if self.edits else self.plan.sheet

    @property
    def version(self) -> int:
        """The version of the sheet, 0 as planned; undoing makes a new version too."""
        return max([0, *(version for version, _edit in self.edits), *self.undone])

    def lane(self, studio: str) -> Lane:
        """What the log says of the studio's lane."""
        return self.progress.lane(studio)

    def lane_plan(self, studio: str) -> LanePlan:
        """The plan of the studio's lane."""
        return next(lane for lane in self.plan.lanes if lane.studio.id == studio)

    def session_ns(self, monotonic_ns: int) -> int:
        """Session time of a monotonic instant of the present boot; before the start, 0."""
        return monotonic_ns - self.progress.anchor.monotonic_ns if self.progress.anchor else 0

    def monotonic_ns(self, session_ns: int) -> int:
        """The monotonic instant of a session time; raises ValueError before the start."""
        if self.progress.anchor is None:
            raise ValueError("a session that has not started has no time")
        return self.progress.anchor.monotonic_ns + session_ns

    def row_on_air(self, studio: str) -> Cue | None:
        """The row whose picture the lane shows, or should: the last one really sent."""
        return self.lanes[studio].row(self.lane(studio).cue) if studio in self.lanes else None

    def outlook(self, monotonic_ns: int) -> Mapping[str, Outlook]:
        """What each lane expects now."""
        return outlook(self.lanes, self.session_ns(monotonic_ns))

    @property
    def over(self) -> bool:
        """True once every lane is."""
        return bool(self.lanes) and all(lane.over for lane in self.lanes.values())


def stand(standing: Standing, records: Iterable[Record]) -> Standing:
    """The standing after ``records``, in their order."""
    for record in records:
        standing = _step(replace(standing, progress=fold([record], standing.progress)), record.stamp, record.event)
    return standing


def _step(standing: Standing, stamp: Stamp, event: Event) -> Standing:
    match event:
        case RunStarted():
            sheet = standing.sheet
            lanes = {lane.studio.id: Rundown(for_studio(sheet, lane.studio.id)) for lane in standing.plan.lanes}
            return _tied(replace(standing, lanes=lanes))
        case Reanchored():
            return _tied(standing)
        case SheetEdited():
            return _edited(standing, standing.session_ns(stamp.monotonic_ns), event)
    lane = standing.lanes.get(stamp.studio)
    if lane is None:
        return standing
    changed = _step_lane(lane, standing.session_ns(stamp.monotonic_ns), stamp.cue, event, standing)
    cut = lane.over and isinstance(event, CueEnded) and not event.take
    return replace(standing, lanes={**standing.lanes, stamp.studio: changed}, cut_short=standing.cut_short or cut)


def _tied(standing: Standing) -> Standing:
    """Each lane with the session time of its hard-timed rows, by the present anchor."""
    assert standing.progress.anchor is not None
    zero = standing.progress.anchor.wall_ns
    hard = {cue: wall_ns - zero for cue, wall_ns in standing.plan.hard.items()}
    return replace(standing, lanes={studio: replace(lane, hard=hard) for studio, lane in standing.lanes.items()})


def _edited(standing: Standing, at_ns: int, event: SheetEdited) -> Standing:
    if event.undoes is not None:
        standing = replace(standing, undone=standing.undone | {event.undoes, event.version})
    else:
        standing = replace(standing, edits=(*standing.edits, (event.version, from_dict(event.edit))))
    sheet = standing.sheet
    lanes = {studio: lane.edited(for_studio(sheet, studio)).touched(at_ns) for studio, lane in standing.lanes.items()}
    return replace(standing, lanes=lanes)


def _step_lane(lane: Rundown, at_ns: int, cue: str, event: Event, standing: Standing) -> Rundown:
    match event:
        case Commanded():
            return _steered(lane, at_ns, event).touched(at_ns)
        case CueCalled() if (row := lane.row(cue)) is not None:
            return lane.called(row, standing.session_ns(event.call_ns))
        case CueEnded(take=0):
            return lane.without(cue)
        case ClipEnded():
            return lane.clip_ended(at_ns)
    return lane


def _steered(lane: Rundown, at_ns: int, event: Commanded) -> Rundown:
    match event.command:
        case "hold" | "standby":
            return lane.held_at(at_ns)
        case "resume":
            return lane.resumed(at_ns)
        case "extend":
            return lane.extended(event.by_ms * NS_PER_MS)
        case "back":
            return lane.gone_back()
        case "jump" if (row := lane.row(event.cue)) is not None and row not in (*lane.after, lane.row(lane.position)):
            return lane.picked_up_from(row)
        case "end":
            return lane.ended(at_ns)
    return lane
