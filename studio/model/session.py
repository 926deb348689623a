"""What the calendar holds: broadcasts, shoots in field or factory, rehearsals and trainings."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from studio.model.person import Role

SessionKind = Literal["ordinary", "themed", "guest", "public_good", "culture", "fair"]
"""普通场、平台主题活动、大咖专场、助农公益、文旅（不带货）、展销活动."""
ShootKind = Literal["farm", "factory"]


@dataclass(frozen=True, slots=True)
class PlannedRoom:
    """A live room that a person will open in a platform's app."""

    platform: str
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """Whatever takes people, rooms and things at a time; ``start`` is aware."""

    id: str
    title: str
    start: datetime
    duration_ms: int
    campaign: str = ""
    runsheet: str | None = None
    """None where it follows no sheet."""
    studios: tuple[str, ...] = ()
    place: str = ""
    """Where it is; empty is the centre."""
    hosts: tuple[str, ...] = ()
    cohosts: tuple[str, ...] = ()
    crew: tuple[tuple[Role, str], ...] = ()
    """Who does what, by person."""
    kit: tuple[str, ...] = ()
    """Things of the centre that are needed, by id."""
    any_hour: bool = False
    """Meant to be outside the working hours."""

    @property
    def end(self) -> datetime:
        """When it is over; a change of the clock in between does not move it."""
        return (self.start.astimezone(UTC) + timedelta(milliseconds=self.duration_ms)).astimezone(self.start.tzinfo)

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody whom it names, once."""
        return tuple(dict.fromkeys((*self.hosts, *self.cohosts, *(name for _role, name in self.crew))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(CalendarEvent):
    """One broadcast of a run-sheet."""

    runsheet: str
    kind: SessionKind = "ordinary"
    rooms: tuple[PlannedRoom, ...] = ()
    shop: str = ""
    """The shop or co-operative whose goods are sold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shoot(CalendarEvent):
    """One shoot into the field or factory, numbered within its campaign (期)."""

    number: int
    kind: ShootKind = "farm"
    farmer: str = ""
    """The farmer or factory that is visited."""
    shop: str = ""
    rooms: tuple[PlannedRoom, ...] = ()
    fallback: datetime | None = None
    """When it begins instead where the weather forbids it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal(CalendarEvent):
    """A run-sheet played without an audience."""

    runsheet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Training(CalendarEvent):
    """People are taught; whoever comes signs in."""

    trainer: str = ""
