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


@dataclass(frozen=True, slots=True)
class Lane:
    """One studio's part of a run."""

    cue: str | None = None
    """The cue that went on air last."""
    open: tuple[tuple[str, int], ...] = ()
    """Calls without a verdict yet, as (cue, take), in their order."""
    takes: Mapping[str, int] = field(default_factory=dict)
    """How often each cue was called."""
    verdicts: Mapping[str, CueEnded] = field(default_factory=dict)
    """The last verdict on each cue."""
    pending: Mapping[str, tuple[str, Intended]] = field(default_factory=dict)
    """Requests written down and not answered, each with its cue: after a crash nobody knows what came of them."""
    sent: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By (cue, type of request): the take for which such a request was last written down, and so may have been sent."""
    recording: bool = False
    recording_path: str = ""
    """The file of the recording begun last, as OBS called it then."""
    parts: int = 0
    """How many recordings were started."""
    recordings: tuple[str, ...] = ()
    gaps: tuple[RecordingGap, ...] = ()
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
            return replace(progress, anchor=Anchor(event.anchor_monotonic_ns, event.anchor_wall_ns))
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


def _closed(room: Room, event: RoomClosed) -> Room:
    return replace(room, closed=True) if (room.platform, room.room) == (event.platform, event.room) else room


def _step_lane(lane: Lane, stamp: Stamp, event: Event) -> Lane:
    match event:
        case Intended():
            sent = {**lane.sent, (stamp.cue, event.type): lane.takes.get(stamp.cue, 0)} if stamp.cue else lane.sent
            return replace(lane, pending={**lane.pending, event.request: (stamp.cue, event)}, sent=sent)
        case Confirmed() | Refused() | TimedOut():
            return replace(lane, pending={key: value for key, value in lane.pending.items() if key != event.request})
        case Commanded():
            return _steered(lane, stamp, event)
        case CueCalled():
            takes = {**lane.takes, stamp.cue: event.take}
            return replace(
                lane, open=(*lane.open, (stamp.cue, event.take)), takes=takes, overridden=None, standby_ns=None
            )
        case CueEnded():
            return _cue_ended(lane, stamp, event)
        case Overridden():
            return replace(lane, overridden=event)
        case LinkChanged():
            return replace(lane, connected=event.connected)
        case AlarmRaised() | AlarmCleared():
            return replace(lane, alarms=_alarms(lane.alarms, event))
    return _step_outputs(lane, event)


def _alarms(alarms: Mapping[str, AlarmRaised], event: Event) -> Mapping[str, AlarmRaised]:
    match event:
        case AlarmRaised():
            return {**alarms, event.kind: event}
        case AlarmCleared():
            return {kind: one for kind, one in alarms.items() if kind != event.kind}
    return alarms


def _step_outputs(lane: Lane, event: Event) -> Lane:
    match event:
        case RecordingStarted():
            return replace(lane, recording=True, recording_path=event.path, parts=max(lane.parts, event.part))
        case RecordingStopped():
            return replace(lane, recording=False, recordings=(*lane.recordings, event.path))
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
    on_air = stamp.cue if event.verdict in ("on_time", "late", "unconfirmed") else lane.cue
    return replace(
        lane,
        cue=on_air,
        open=tuple(call for call in lane.open if call != (stamp.cue, event.take)),
        overridden=lane.overridden if lane.takes else None,  # logs of 0.1.0 have no CueCalled
        verdicts={**lane.verdicts, stamp.cue: event},
    )
