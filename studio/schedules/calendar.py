"""Reads a month of the calendar: its sessions, shoots, rehearsals and trainings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from studio.clock import wall_ns
from studio.i18n import _
from studio.model.person import Role
from studio.model.problem import Problem
from studio.model.session import (
    CalendarEvent,
    PlannedRoom,
    Rehearsal,
    Session,
    SessionKind,
    Shoot,
    ShootKind,
    Training,
)
from studio.schedules.people import ROLES
from studio.workspace.fields import (
    Id,
    KitRef,
    Line,
    OptionalRunSheetRef,
    PersonRef,
    RunSheetRef,
    StudioRef,
    Yes,
    choice,
    whole,
)
from studio.workspace.moments import Duration, Instant
from studio.workspace.problems import Form, Known, fill
from studio.workspace.repeats import repeats
from studio.workspace.source import Source, TreePath

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
SESSION_KINDS: Mapping[str, SessionKind] = {
    "普通场": "ordinary",
    "平台主题活动": "themed",
    "大咖专场": "guest",
    "助农公益": "public_good",
    "文旅": "culture",
    "展销活动": "fair",
}
SHOOT_KINDS: Mapping[str, ShootKind] = {"田间": "farm", "工厂": "factory"}
NAMES = ("studios", "hosts", "cohosts", "kit")
"""Lists of an entry in which nothing may stand twice."""


class RoomForm(Form):
    """One entry of ``rooms:``."""

    platform: Line = Field(examples=["抖音"])
    account: Line = ""


class CrewForm(Form):
    """One entry of ``crew:``."""

    role: Annotated[Role, PlainValidator(choice(ROLES))] = Field(examples=["场控"])
    person: PersonRef = Field(examples=["liu-fang"])


class EventForm(Form):
    """What every entry has, whenever it is."""

    title: Line = Field(examples=["沙棘专场"])
    duration: Duration = Field(examples=["2h"])
    campaign: Line = ""
    place: Line = ""
    hosts: tuple[PersonRef, ...] = ()
    cohosts: tuple[PersonRef, ...] = ()
    crew: tuple[CrewForm, ...] = ()
    kit: tuple[KitRef, ...] = ()
    any_hour: Yes = False

    def shared(self) -> dict[str, Any]:
        """Its fields as those of a CalendarEvent."""
        return {
            "title": self.title,
            "duration_ms": self.duration,
            "campaign": self.campaign,
            "place": self.place,
            "hosts": self.hosts,
            "cohosts": self.cohosts,
            "crew": tuple((one.role, one.person) for one in self.crew),
            "kit": self.kit,
            "any_hour": self.any_hour,
        }


class BroadcastForm(EventForm):
    """What a session is, whenever it is."""

    runsheet: RunSheetRef = Field(examples=["sea-buckthorn"])
    studios: tuple[StudioRef, ...] = Field(min_length=1, examples=["[main]"])
    kind: Annotated[SessionKind, PlainValidator(choice(SESSION_KINDS))] = "ordinary"
    rooms: tuple[RoomForm, ...] = ()
    shop: Line = ""

    def session(self, session_id: str, start: datetime) -> Session:
        """The session of that id which begins then."""
        return Session(
            id=session_id,
            start=start,
            runsheet=self.runsheet,
            studios=self.studios,
            kind=self.kind,
            rooms=tuple(PlannedRoom(room.platform, room.account) for room in self.rooms),
            shop=self.shop,
            **self.shared(),
        )


class SessionForm(BroadcastForm):
    """One entry of ``sessions:``."""

    id: Id = Field(examples=["s2026-12-04"])
    start: Instant = Field(examples=["2026-12-04 19:30"])

    def event(self) -> Session:
        """As it is in the calendar."""
        return self.session(self.id, self.start)


class ShootForm(EventForm):
    """One entry of ``shoots:``; ``number`` is its 期 within the campaign."""

    id: Id = Field(examples=["shoot-2026-12-12"])
    start: Instant = Field(examples=["2026-12-12 10:00"])
    place: Line = Field(examples=["宋家沟乡沙棘林"])
    number: Annotated[int, PlainValidator(whole(1, 9999))] = Field(examples=["1"])
    runsheet: OptionalRunSheetRef = None
    kind: Annotated[ShootKind, PlainValidator(choice(SHOOT_KINDS))] = "farm"
    farmer: Line = ""
    shop: Line = ""
    rooms: tuple[RoomForm, ...] = ()
    fallback: Instant | None = None

    def event(self) -> Shoot:
        """As it is in the calendar."""
        return Shoot(
            id=self.id,
            start=self.start,
            number=self.number,
            runsheet=self.runsheet,
            kind=self.kind,
            farmer=self.farmer,
            shop=self.shop,
            rooms=tuple(PlannedRoom(room.platform, room.account) for room in self.rooms),
            fallback=self.fallback,
            **self.shared(),
        )


class RehearsalForm(EventForm):
    """One entry of ``rehearsals:``."""

    id: Id = Field(examples=["r2026-12-03"])
    start: Instant = Field(examples=["2026-12-03 15:00"])
    runsheet: RunSheetRef = Field(examples=["sea-buckthorn"])
    studios: tuple[StudioRef, ...] = Field(min_length=1, examples=["[aux4]"])

    def event(self) -> Rehearsal:
        """As it is in the calendar."""
        return Rehearsal(id=self.id, start=self.start, runsheet=self.runsheet, studios=self.studios, **self.shared())


class TrainingForm(EventForm):
    """One entry of ``trainings:``."""

    id: Id = Field(examples=["t2026-12-08"])
    start: Instant = Field(examples=["2026-12-08 09:00"])
    studios: tuple[StudioRef, ...] = ()
    trainer: Line = ""

    def event(self) -> Training:
        """As it is in the calendar."""
        return Training(id=self.id, start=self.start, studios=self.studios, trainer=self.trainer, **self.shared())


Written = SessionForm | ShootForm | RehearsalForm | TrainingForm
LISTS: Mapping[str, type[Written]] = {
    "sessions": SessionForm,
    "shoots": ShootForm,
    "rehearsals": RehearsalForm,
    "trainings": TrainingForm,
}
"""The lists of a month's file, and what an entry of each looks like."""


class CalendarForm(Form):
    """The whole of ``schedules/YYYY-MM.yaml``."""

    sessions: tuple[Any, ...] = ()
    shoots: tuple[Any, ...] = ()
    rehearsals: tuple[Any, ...] = ()
    trainings: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One event and where it was read."""

    event: CalendarEvent
    source: Source
    path: TreePath

    @property
    def span_ns(self) -> tuple[int, int]:
        """Its start and end in wall nanoseconds."""
        start = wall_ns(self.event.start)
        return start, start + self.event.duration_ms * 1_000_000


def entry_rows(source: Source) -> list[TreePath]:
    """The paths of every entry and series, faulty ones included."""
    return [row for key in (*LISTS, "series") for row, _row in source.rows((key,))]


def read_calendar(source: Source, month: str, known: Known) -> tuple[list[Entry], list[Problem]]:
    """The entries of one file named after ``month`` (``2026-12``); faulty ones are Problems."""
    problems = fill(CalendarForm, source, (), known)[1]
    entries: list[Entry] = []
    for path in entry_rows(source):
        form, found = fill(LISTS[str(path[0])], source, path, known)
        problems += found + named_twice(source, path)
        if form is None:
            continue
        entries.append(Entry(form.event(), source, path))
        starts_in = form.start.strftime("%Y-%m")
        if starts_in != month:
            what = _("this starts in {month}, but the file holds {own}").format(month=starts_in, own=month)
            remedy = _("correct the date, or move the entry to schedules/{month}.yaml").format(month=starts_in)
            problems.append(source.problem((*path, "start"), what, remedy))
    return entries, problems


def named_twice(source: Source, path: TreePath, *keys: str) -> list[Problem]:
    """A Problem for each name that a list of an entry holds twice."""
    lists = (source.rows((*path, key)) for key in (*NAMES, *keys))
    return [found for rows in lists for found in repeats((source, row) for row, _row in rows)]
