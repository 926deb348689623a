"""Where a run stands: ``fold`` reads it off the events, in this process or after a crash in the next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from studio.asrun.events import (
    Confirmed,
    CueEnded,
    Event,
    Intended,
    LinkChanged,
    Overridden,
    Record,
    RecordingStarted,
    RecordingStopped,
    Refused,
    RunEnded,
    RunStarted,
    Stamp,
    TimedOut,
)


@dataclass(frozen=True, slots=True)
class Lane:
    """One studio's part of a run."""

    cue: str | None = None
    """The cue that went on air last."""
    verdicts: Mapping[str, CueEnded] = field(default_factory=dict)
    pending: Mapping[str, Intended] = field(default_factory=dict)
    """Requests written down and not answered; after a crash nobody knows whether they were carried out."""
    recording: bool = False
    recordings: tuple[str, ...] = ()
    connected: bool = True
    overridden: Overridden | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """The whole run; ``lanes`` by studio id."""

    started: RunStarted | None = None
    ended: RunEnded | None = None
    lanes: Mapping[str, Lane] = field(default_factory=dict)
    last_seq: int = 0

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
        progress = replace(_step(progress, record.stamp, record.event), last_seq=record.seq)
    return progress


def _step(progress: Progress, stamp: Stamp, event: Event) -> Progress:
    match event:
        case RunStarted():
            return replace(progress, started=event)
        case RunEnded():
            return replace(progress, ended=event)
    if not stamp.studio:
        return progress
    lane = _step_lane(progress.lane(stamp.studio), stamp, event)
    return replace(progress, lanes={**progress.lanes, stamp.studio: lane})


def _step_lane(lane: Lane, stamp: Stamp, event: Event) -> Lane:
    match event:
        case Intended():
            return replace(lane, pending={**lane.pending, event.request: event})
        case Confirmed() | Refused() | TimedOut():
            return replace(lane, pending={key: value for key, value in lane.pending.items() if key != event.request})
        case CueEnded():
            on_air = stamp.cue if event.verdict in ("on_time", "late", "unconfirmed") else lane.cue
            return replace(lane, cue=on_air, verdicts={**lane.verdicts, stamp.cue: event}, overridden=None)
        case RecordingStarted():
            return replace(lane, recording=True)
        case RecordingStopped():
            return replace(lane, recording=False, recordings=(*lane.recordings, event.path))
        case Overridden():
            return replace(lane, overridden=event)
        case LinkChanged():
            return replace(lane, connected=event.connected)
    return lane
