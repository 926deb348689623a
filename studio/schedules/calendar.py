"""Reads a month of the calendar: its sessions and shoots."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from studio.clock import wall_ns
from studio.i18n import _
from studio.model.problem import Problem
from studio.model.session import Session, Shoot
from studio.workspace.fields import (
    Id,
    Line,
    OptionalRunSheetRef,
    PersonRef,
    RunSheetRef,
    StudioRef,
    whole,
)
from studio.workspace.moments import Duration, Instant
from studio.workspace.problems import Form, Known, fill
from studio.workspace.repeats import repeats
from studio.workspace.source import Source, TreePath

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


class CalendarForm(Form):
    """The whole of ``schedules/YYYY-MM.yaml``."""

    sessions: tuple[Any, ...] = ()
    shoots: tuple[Any, ...] = ()


class BroadcastForm(Form):
    """What a session is, whenever it is."""

    title: Line = Field(examples=["沙棘专场"])
    duration: Duration = Field(examples=["2h"])
    runsheet: RunSheetRef = Field(examples=["sea-buckthorn"])
    studios: tuple[StudioRef, ...] = Field(min_length=1, examples=["[main]"])
    hosts: tuple[PersonRef, ...] = ()
    cohosts: tuple[PersonRef, ...] = ()
    campaign: Line = ""

    def session(self, session_id: str, start: datetime) -> Session:
        """The session of that id which begins then."""
        return Session(
            id=session_id,
            title=self.title,
            start=start,
            duration_ms=self.duration,
            runsheet=self.runsheet,
            studios=self.studios,
            hosts=self.hosts,
            cohosts=self.cohosts,
            campaign=self.campaign,
        )


class SessionForm(BroadcastForm):
    """One entry of ``sessions:``."""

    id: Id = Field(examples=["s2026-12-04"])
    start: Instant = Field(examples=["2026-12-04 19:30"])


class ShootForm(Form):
    """One entry of ``shoots:``; ``number`` is its 期 within the campaign."""

    id: Id = Field(examples=["shoot-2026-12-12"])
    title: Line = Field(examples=["走进沙棘林"])
    start: Instant = Field(examples=["2026-12-12 10:00"])
    duration: Duration = Field(examples=["90m"])
    place: Line = Field(examples=["宋家沟乡沙棘林"])
    number: Annotated[int, PlainValidator(whole(1, 9999))] = Field(examples=["1"])
    campaign: Line = ""
    hosts: tuple[PersonRef, ...] = ()
    runsheet: OptionalRunSheetRef = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One session or shoot and where it was read."""

    event: Session | Shoot
    source: Source
    path: TreePath

    @property
    def span_ns(self) -> tuple[int, int]:
        """Its start and end in wall nanoseconds."""
        start = wall_ns(self.event.start)
        return start, start + self.event.duration_ms * 1_000_000


def entry_rows(source: Source) -> list[TreePath]:
    """The paths of every session, shoot and series, faulty ones included."""
    return [row for key in ("sessions", "shoots", "series") for row, _row in source.rows((key,))]


def read_calendar(source: Source, month: str, known: Known) -> tuple[list[Entry], list[Problem]]:
    """The sessions and shoots of one file named after ``month`` (``2026-12``); faulty ones are Problems."""
    problems = fill(CalendarForm, source, (), known)[1]
    entries: list[Entry] = []
    for path in entry_rows(source):
        found = _session(source, path, known) if path[0] == "sessions" else _shoot(source, path, known)
        problems += found[1]
        if found[0] is None:
            continue
        entries.append(Entry(found[0], source, path))
        if found[0].start.strftime("%Y-%m") != month:
            what = _("this starts in {month}, but the file holds {own}").format(
                month=found[0].start.strftime("%Y-%m"), own=month
            )
            remedy = _("correct the date, or move the entry to schedules/{month}.yaml").format(
                month=found[0].start.strftime("%Y-%m")
            )
            problems.append(source.problem((*path, "start"), what, remedy))
    return entries, problems


def _session(source: Source, path: TreePath, known: Known) -> tuple[Session | None, list[Problem]]:
    form, problems = fill(SessionForm, source, path, known)
    problems += named_twice(source, path, "studios", "hosts", "cohosts")
    return None if form is None else form.session(form.id, form.start), problems


def _shoot(source: Source, path: TreePath, known: Known) -> tuple[Shoot | None, list[Problem]]:
    form, problems = fill(ShootForm, source, path, known)
    problems += named_twice(source, path, "hosts")
    if form is None:
        return None, problems
    shoot = Shoot(
        id=form.id,
        title=form.title,
        start=form.start,
        duration_ms=form.duration,
        place=form.place,
        number=form.number,
        campaign=form.campaign,
        hosts=form.hosts,
        runsheet=form.runsheet,
    )
    return shoot, problems


def named_twice(source: Source, path: TreePath, *keys: str) -> list[Problem]:
    """A Problem for each name that one of the lists at ``keys`` of an entry holds twice."""
    return [found for key in keys for found in repeats((source, row) for row, _row in source.rows((*path, key)))]
