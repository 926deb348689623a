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
class RunPlanned:
    """A session is to run: its plan is frozen (``plan`` is the SHA-256), its studios are being made ready."""

    plan: str
    title: str


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began; ``sheet`` is the SHA-256 of the frozen plan, ``anchor_*`` the instants its plan hangs on."""

    sheet: str
    title: str
    anchor_monotonic_ns: int
    anchor_wall_ns: int


@dataclass(frozen=True, slots=True)
class RunResumed:
    """Another director took the run up; ``anchor_*`` are the session's anchor on this boot's clocks.

    ``away_ms`` is how long nobody conducted it, by the wall clock after a reboot; None where nobody knows.
    """

    anchor_monotonic_ns: int
    anchor_wall_ns: int
    away_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Reanchored:
    """A person declared the wall clock right after it was stepped: hard-timed rows follow it from now on."""

    anchor_monotonic_ns: int
    anchor_wall_ns: int
    author: str = ""


CommandWord = Literal["go", "hold", "resume", "skip", "back", "jump", "extend", "standby", "end"]


@dataclass(frozen=True, slots=True)
class Commanded:
    """A person, or a late policy, steered the studio's lane at the instant of the stamp; ``cue`` is what it names."""

    command: CommandWord
    author: str
    cue: str = ""
    by_ms: int = 0
    """For ``extend``: how much longer, negative for shorter."""


@dataclass(frozen=True, slots=True)
class CueCalled:
    """The row of the stamp goes on air for the instant ``call_ns``, as this ``take``; written before its bytes leave.

    ``by`` is ``rule`` or the command that called it.
    """

    call_ns: int
    take: int = 1
    by: str = "rule"


@dataclass(frozen=True, slots=True)
class ClipEnded:
    """A media source of the scene on air was played to its end."""

    source: str


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
    take: int = 1
    """Which call of the row this ends; 0 where it was never called."""


@dataclass(frozen=True, slots=True)
class RecordingStarted:
    """The studio's recording was seen to grow, or found running and ``adopted``; ``part`` counts from 1."""

    part: int = 1
    adopted: bool = False
    path: str = ""
    """Its file, on the OBS PC; an OBS that dies cannot tell it any more. Empty where OBS did not say."""


@dataclass(frozen=True, slots=True)
class RecordingGap:
    """Nothing was recorded between these monotonic instants, at most: last seen to grow, and seen to grow again."""

    from_ns: int
    to_ns: int


@dataclass(frozen=True, slots=True)
class OutputChanged:
    """The studio's stream or virtual camera was seen in another state; never a claim that a platform shows it."""

    output: Literal["stream", "virtual_camera"]
    state: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class RecordingStopped:
    """The studio's recording ended; ``path`` is the OBS PC's own path of the file.

    ``since_ns`` is the monotonic instant from which on nothing is sure to be in it, where that is before it was said.
    """

    path: str
    since_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Overridden:
    """Somebody changed at the desk what the plan had set; it stays until the next cue.

    Empty words say that it was changed back.
    """

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
class ClockCompared:
    """The studio PC's clock is ``ahead_ns`` ahead of ours (negative is behind), give or take ``uncertainty_ns``."""

    ahead_ns: int
    uncertainty_ns: int


@dataclass(frozen=True, slots=True)
class AlarmRaised:
    """Something is wrong in the studio since ``began_ns``; one a trouble, however long it lasts."""

    kind: str
    what: str
    remedy: str
    began_ns: int
    value: str = ""


@dataclass(frozen=True, slots=True)
class AlarmCleared:
    """That trouble is over; ``lasted_ms`` counts from its beginning."""

    kind: str
    lasted_ms: int


@dataclass(frozen=True, slots=True)
class Marked:
    """Something happened on the floor; ``kind`` is a word of ``studio.model.marks`` or a person's own."""

    kind: str
    author: str
    note: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class SheetEdited:
    """The running sheet was edited: ``edit`` is one of ``studio.schedules.edits``, empty where it ``undoes`` a version.

    ``sheet`` is the SHA-256 of the sheet that holds from now on, ``drawn`` that of the plan with its pictures; both are
    kept in the table ``frozen``. Older logs have no plan there.
    """

    version: int
    edit: Mapping[str, Any]
    author: str
    sheet: str
    undoes: int | None = None
    drawn: str = ""


@dataclass(frozen=True, slots=True)
class RoomOpened:
    """A person opened a live room in the platform's app and confirmed it here."""

    platform: str
    room: str
    author: str


@dataclass(frozen=True, slots=True)
class RoomClosed:
    """A person closed it, or says that the platform did."""

    platform: str
    room: str
    author: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A run is over: its last row was, somebody stopped it, or it could not go on."""

    reason: Literal["finished", "stopped", "failed"]
    why: str = ""


Event = (
    RunPlanned
    | RunStarted
    | RunResumed
    | Reanchored
    | Commanded
    | CueCalled
    | ClipEnded
    | Intended
    | Confirmed
    | Refused
    | TimedOut
    | CueEnded
    | RecordingStarted
    | RecordingStopped
    | RecordingGap
    | OutputChanged
    | Overridden
    | LinkChanged
    | ClockStepped
    | ClockCompared
    | AlarmRaised
    | AlarmCleared
    | Marked
    | SheetEdited
    | RoomOpened
    | RoomClosed
    | RunEnded
)


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the log: its number, its stamp, its event, and the version it was written in."""

    seq: int
    stamp: Stamp
    event: Event
    version: int = field(default=VERSION)
