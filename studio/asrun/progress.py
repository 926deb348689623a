"""Where a run stands: ``fold`` reads it off the events, in this process or after a crash in the next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from studio.asrun.events import (
    AlarmCleared,
    AlarmRaised,
    Commanded,
    Confirmed,
    CueCalled,
    CueEnded,
    Event,
    Intended,
    LinkChanged,
    OutputChanged,
    Overridden,
    Reanchored,
    Record,
    RecordingGap,
    RecordingStarted,
    RecordingStopped,
    Refused,
    RoomClosed,
    RoomOpened,
    RunEnded,
    RunPlanned,
    RunResumed,
    RunStarted,
    Stamp,
    TimedOut,
)
from studio.clock import Anchor

TAKE = "SetCurrentProgramScene"


@dataclass(frozen=True, slots=True)
class Lane:
    """One studio's part of a run."""

    cue: str | None = None
    """The cue that went on air last: of those that were really sent, the one called last."""
    take: int = 0
    """By which of its calls."""
    called: Mapping[tuple[str, int], int] = field(default_factory=dict)
    """Every call, (cue, take), with its place in their order."""
    open: tuple[tuple[str, int], ...] = ()
    """Calls without a verdict yet, as (cue, take), in their order."""
    takes: Mapping[str, int] = field(default_factory=dict)
    """How often each cue was called."""
    verdicts: Mapping[str, CueEnded] = field(default_factory=dict)
    """The last verdict on each cue."""
    pending: Mapping[str, tuple[str, Intended]] = field(default_factory=dict)
    """Requests written down and not answered, each with its cue: after a crash nobody knows what came of them."""
    sent: frozenset[tuple[str, int, str]] = frozenset()
    """What was written down for a call without a verdict, and so may have been sent: cue, take, type of request."""
    shown: str = ""
    """The scene that the last confirmed change put on air; empty where a later one was not confirmed."""
    recording: bool = False
    recording_path: str = ""
    """The file of the recording begun last, as OBS called it then."""
    parts: int = 0
    """How many recordings were started."""
    recordings: tuple[str, ...] = ()
    gaps: tuple[RecordingGap, ...] = ()
    unrecorded_ns: int | None = None
    """Since when (monotonic) a recording that was begun does not go on; None while it does."""
    outputs: Mapping[str, OutputChanged] = field(default_factory=dict)
    connected: bool = True
    overridden: Overridden | None = None
    standby_ns: int | None = None
    """Since when (monotonic) a person has the standby slate on."""
    alarms: Mapping[str, AlarmRaised] = field(default_factory=dict)
    """Troubles that are not over, by kind."""
    over: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """A live room on a platform that a person has opened; ``closed`` once it is."""

    platform: str
    room: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """The whole run; ``lanes`` by studio id."""

    planned: RunPlanned | None = None
    started: RunStarted | None = None
    ended: RunEnded | None = None
    anchor: Anchor | None = None
    """The session's anchor on the clocks of the boot that wrote last."""
    boot: str = ""
    """The boot of the last event: monotonic instants compare within one only."""
    lanes: Mapping[str, Lane] = field(default_factory=dict)
    rooms: tuple[Room, ...] = ()
    alarms: Mapping[str, AlarmRaised] = field(default_factory=dict)
    """Troubles of the whole session that are not over, by kind."""
    last_seq: int = 0
    last_monotonic_ns: int = 0
    last_wall_ns: int = 0

    @property
    def state(self) -> Literal["not_started", "on_air", "ended"]:
        """What a person would call it."""
        if self.ended is not None:
            return "ended"
        return "on_air" if self.started is not None else "not_started"

    def lane(self, studio: str) -> Lane:
        """The studio's lane; an empty one where nothing happened there yet."""
        return self.lanes.get(studio, Lane())


def fold(records: Iterable[Record], onto: Progress | None = None) -> Progress:
    """The state after ``records``; ``onto`` is the state before them, the beginning where it is None."""
    progress = onto or Progress()
    for record in records:
        stamp = record.stamp
        progress = replace(
            _step(progress, stamp, record.event),
            last_seq=record.seq,
            boot=stamp.boot,
            last_monotonic_ns=stamp.monotonic_ns,
            last_wall_ns=stamp.wall_ns,
        )
    return progress


def _step(progress: Progress, stamp: Stamp, event: Event) -> Progress:
    match event:
        case RunPlanned():
            return replace(progress, planned=event)
        case RunStarted():
            return replace(progress, started=event, anchor=Anchor(event.anchor_monotonic_ns, event.anchor_wall_ns))
        case RunResumed() | Reanchored():
            return _anchored(progress, Anchor(event.anchor_monotonic_ns, event.anchor_wall_ns))
        case RunEnded():
            return replace(progress, ended=event)
        case RoomOpened():
            return replace(progress, rooms=(*progress.rooms, Room(event.platform, event.room)))
        case RoomClosed():
            return replace(progress, rooms=tuple(_closed(room, event) for room in progress.rooms))
    if not stamp.studio:
        return replace(progress, alarms=_alarms(progress.alarms, event))
    lane = _step_lane(progress.lane(stamp.studio), stamp, event)
    return replace(progress, lanes={**progress.lanes, stamp.studio: lane})


def _anchored(progress: Progress, anchor: Anchor) -> Progress:
    """What began before a reboot began at an instant of the clock that runs now: the session's time goes on."""
    by_ns = anchor.monotonic_ns - progress.anchor.monotonic_ns if progress.anchor is not None else 0
    if not by_ns:
        return replace(progress, anchor=anchor)
    lanes = {studio: _moved(lane, by_ns) for studio, lane in progress.lanes.items()}
    return replace(progress, anchor=anchor, lanes=lanes, alarms=_begun_at(progress.alarms, by_ns))


def _moved(lane: Lane, by_ns: int) -> Lane:
    return replace(
        lane,
        standby_ns=None if lane.standby_ns is None else lane.standby_ns + by_ns,
        unrecorded_ns=None if lane.unrecorded_ns is None else lane.unrecorded_ns + by_ns,
        alarms=_begun_at(lane.alarms, by_ns),
    )


def _begun_at(alarms: Mapping[str, AlarmRaised], by_ns: int) -> Mapping[str, AlarmRaised]:
    return {kind: replace(alarm, began_ns=alarm.began_ns + by_ns) for kind, alarm in alarms.items()}


def _closed(room: Room, event: RoomClosed) -> Room:
    return replace(room, closed=True) if (room.platform, room.room) == (event.platform, event.room) else room


def _step_lane(lane: Lane, stamp: Stamp, event: Event) -> Lane:
    match event:
        case Intended():
            call = (stamp.cue, lane.takes.get(stamp.cue, 0))
            return replace(
                lane,
                pending={**lane.pending, event.request: (stamp.cue, event)},
                sent=lane.sent | {(*call, event.type)} if call in lane.open else lane.sent,
                shown="" if event.type == TAKE else lane.shown,
            )
        case Confirmed() | Refused() | TimedOut():
            return _answered(lane, event)
        case Commanded():
            return _steered(lane, stamp, event)
        case CueCalled():
            takes = {**lane.takes, stamp.cue: event.take}
            call = (stamp.cue, event.take)
            return replace(
                lane,
                open=(*lane.open, call),
                called={**lane.called, call: len(lane.called)},
                takes=takes,
                overridden=None,
                standby_ns=None,
            )
        case CueEnded():
            return _cue_ended(lane, stamp, event)
        case Overridden():
            return replace(lane, overridden=event if event.what else None)
        case LinkChanged():
            return replace(lane, connected=event.connected)
        case AlarmRaised() | AlarmCleared():
            return replace(lane, alarms=_alarms(lane.alarms, event))
    return _step_outputs(lane, stamp, event)


def _answered(lane: Lane, event: Confirmed | Refused | TimedOut) -> Lane:
    _cue, intended = lane.pending.get(event.request, ("", None))
    shown = lane.shown
    if isinstance(event, Confirmed) and intended is not None and intended.type == TAKE:
        shown = str(intended.data.get("sceneName", ""))
    pending = {key: value for key, value in lane.pending.items() if key != event.request}
    return replace(lane, pending=pending, shown=shown)


def _alarms(alarms: Mapping[str, AlarmRaised], event: Event) -> Mapping[str, AlarmRaised]:
    match event:
        case AlarmRaised():
            return {**alarms, event.kind: event}
        case AlarmCleared():
            return {kind: one for kind, one in alarms.items() if kind != event.kind}
    return alarms


def _step_outputs(lane: Lane, stamp: Stamp, event: Event) -> Lane:
    match event:
        case RecordingStarted():
            parts = max(lane.parts, event.part)
            return replace(lane, recording=True, recording_path=event.path, parts=parts, unrecorded_ns=None)
        case RecordingStopped():
            since_ns = stamp.monotonic_ns if event.since_ns is None else event.since_ns
            recordings = (*lane.recordings, event.path)
            return replace(lane, recording=False, recordings=recordings, unrecorded_ns=since_ns)
        case RecordingGap():
            return replace(lane, gaps=(*lane.gaps, event))
        case OutputChanged():
            return replace(lane, outputs={**lane.outputs, event.output: event})
    return lane


def _steered(lane: Lane, stamp: Stamp, event: Commanded) -> Lane:
    match event.command:
        case "standby":
            return replace(lane, standby_ns=lane.standby_ns or stamp.monotonic_ns, overridden=None)
        case "resume":
            return replace(lane, standby_ns=None)
        case "end":
            return replace(lane, over=True)
    return lane


def _cue_ended(lane: Lane, stamp: Stamp, event: CueEnded) -> Lane:
    if not event.take and stamp.cue in lane.takes:
        return lane  # dropped after it had been on air: what it got then stands
    call = (stamp.cue, event.take)
    before = lane.called.get((lane.cue or "", lane.take), 0)
    went = event.verdict in ("on_time", "late", "unconfirmed") and lane.called.get(call, before) >= before
    known = lane.verdicts.get(stamp.cue)
    return replace(
        lane,
        cue=stamp.cue if went else lane.cue,
        take=event.take if went else lane.take,
        open=tuple(one for one in lane.open if one != call),
        sent=frozenset(one for one in lane.sent if one[:2] != call),
        overridden=lane.overridden if lane.takes else None,  # logs of 0.1.0 have no CueCalled
        verdicts=lane.verdicts if known and known.take > event.take else {**lane.verdicts, stamp.cue: event},
    )
