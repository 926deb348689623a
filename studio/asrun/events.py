"""The vocabulary of the as-run log: every event there is, as a frozen dataclass; ``docs/events.md`` is its table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

VERSION = 1

VerdictWord = Literal["on_time", "late", "unconfirmed", "refused", "skipped"]


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where and when an event happened; ids are empty where they do not apply."""

    run: str
    boot: str
    monotonic_ns: int
    wall_ns: int
    session: str = ""
    studio: str = ""
    cue: str = ""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began; ``sheet`` is the SHA-256 of the frozen run-sheet, ``anchor_*`` the instants its plan hangs on."""

    sheet: str
    title: str
    anchor_monotonic_ns: int
    anchor_wall_ns: int


@dataclass(frozen=True, slots=True)
class Intended:
    """A request is about to be sent; written before its first byte leaves."""

    request: str
    type: str
    data: Mapping[str, Any]
    because: str
    planned_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A request was carried out, and OBS was seen to do it. Instants are monotonic."""

    request: str
    sent_ns: int
    answered_ns: int
    started_ns: int | None = None
    changed_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """OBS answered that it will not; ``code`` is its request status."""

    request: str
    code: int
    comment: str


@dataclass(frozen=True, slots=True)
class TimedOut:
    """Nobody knows whether the request was carried out."""

    request: str
    why: str


@dataclass(frozen=True, slots=True)
class CueEnded:
    """The verdict on a cue in one studio. ``late_ms`` is positive where it started after its planned instant."""

    verdict: VerdictWord
    planned_ns: int
    late_ms: float | None = None
    sent_ns: int | None = None
    started_ns: int | None = None
    changed_ns: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class RecordingStarted:
    """The studio's recording was seen to grow."""


@dataclass(frozen=True, slots=True)
class RecordingStopped:
    """The studio's recording ended; ``path`` is the OBS PC's own path of the file."""

    path: str


@dataclass(frozen=True, slots=True)
class Overridden:
    """Somebody changed at the desk what the plan had set; it stays until the next cue."""

    what: str
    planned: str
    found: str


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The link to the studio's OBS was lost or came back."""

    connected: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class ClockStepped:
    """The wall clock was stepped by ``step_ms`` (positive is forward); no cue moves."""

    step_ms: int


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A run is over: its last row was, somebody stopped it, or it could not go on."""

    reason: Literal["finished", "stopped", "failed"]
    why: str = ""


Event = (
    RunStarted
    | Intended
    | Confirmed
    | Refused
    | TimedOut
    | CueEnded
    | RecordingStarted
    | RecordingStopped
    | Overridden
    | LinkChanged
    | ClockStepped
    | RunEnded
)


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the log: its number, its stamp, its event, and the version it was written in."""

    seq: int
    stamp: Stamp
    event: Event
    version: int = field(default=VERSION)
