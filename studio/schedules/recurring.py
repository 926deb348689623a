"""Reads ``schedules/recurring.yaml``: series of sessions, with the dates that are left out and those that are moved."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, PlainValidator
from pydantic_core import PydanticCustomError

from studio.i18n import _
from studio.model.problem import Problem
from studio.schedules.calendar import BroadcastForm, Entry, named_twice
from studio.schedules.recurrence import Recurrence, recurrence
from studio.workspace.fields import Id, plain, refused, whole, wrong_id
from studio.workspace.moments import Day, Instant, TimeOfDay, local_instant
from studio.workspace.problems import Form, Known, fill
from studio.workspace.source import Source, TreePath, shown

FILE = "schedules/recurring.yaml"
LONGEST = timedelta(days=3 * 366)


def _every(value: Any) -> Recurrence:
    given = value if isinstance(value, list) else [value]
    texts = [plain(one) for one in given]
    found = recurrence(texts) if texts else None
    if found is None:
        raise refused(
            _("“{value}” is no rhythm of a calendar").format(value=shown(", ".join(texts))),
            _("write friday, [monday, friday], last saturday, 2nd saturday or day 15"),
        )
    return found


class SeriesForm(BroadcastForm):
    """One entry of ``series:``; its sessions are called after it and their date, such as ``friday-20261204``."""

    id: Id = Field(examples=["friday"])
    every: Annotated[Recurrence, PlainValidator(_every)] = Field(examples=["friday"])
    interval: Annotated[int, PlainValidator(whole(1, 52))] = 1
    time: TimeOfDay = Field(examples=['"19:30"'])
    since: Day = Field(examples=["2026-12-01"])
    until: Day = Field(examples=["2027-03-31"])
    skip: tuple[Day, ...] = ()
    moved: tuple[Any, ...] = ()


class MovedForm(Form):
    """One entry of ``moved:``: the session of that date is held at another time."""

    date: Day = Field(examples=["2027-02-12"])
    to: Instant = Field(examples=["2027-02-13 20:00"])


class RecurringForm(Form):
    """The whole file."""

    series: tuple[Any, ...] = ()


def read_recurring(source: Source, known: Known) -> tuple[list[Entry], list[Problem]]:
    """Every session of every series; faulty series, and dates that the clock does not show, are Problems."""
    problems = fill(RecurringForm, source, (), known)[1]
    entries: list[Entry] = []
    for path, _row in source.rows(("series",)):
        more, found = _series(source, path, known)
        entries += more
        problems += found
    return entries, problems


def _series(source: Source, path: TreePath, known: Known) -> tuple[list[Entry], list[Problem]]:
    form, problems = fill(SeriesForm, source, path, known)
    problems += named_twice(source, path, "skip")
    moved: dict[date, tuple[datetime, TreePath]] = {}
    for row, _value in source.rows((*path, "moved")):
        move, found = fill(MovedForm, source, row, known)
        problems += found
        if move is not None and moved.setdefault(move.date, (move.to, row))[1] != row:
            what = _("the session of {date} is moved twice").format(date=move.date)
            problems.append(source.problem((*row, "date"), what, _("delete one of the two")))
    if form is None:
        return [], problems
    if wrong := wrong_id(f"{form.id}-00000000"):
        return [], [*problems, source.problem((*path, "id"), *wrong)]
    if not timedelta() <= form.until - form.since <= LONGEST:
        what = _("from {since} to {until} is no time, or more than three years").format(
            since=form.since, until=form.until
        )
        return [], [*problems, source.problem((*path, "until"), what, _("write a later date, at most three years on"))]
    dates = form.every.dates(form.since, form.until, form.interval)
    problems += _strays(source, path, form, dates, moved)
    entries: list[Entry] = []
    for day in dates:
        start, row = moved.get(day, (None, path))
        if day in form.skip:
            continue
        try:
            start = start or local_instant(f"{day} {form.time:%H:%M}", known.zone)
        except PydanticCustomError as refusal:
            what = (refusal.context or {})["what"]
            problems.append(source.problem((*path, "time"), what, _("list that day under skip or moved")))
            continue
        entries.append(Entry(form.session(f"{form.id}-{day:%Y%m%d}", start), source, row))
    return entries, problems


def _strays(
    source: Source, path: TreePath, form: SeriesForm, dates: tuple[date, ...], moved: dict[date, Any]
) -> list[Problem]:
    """Dates left out or moved on which the series does not come anyway, and a series that never comes."""
    if not dates:
        what = _("this series never comes between {since} and {until}").format(since=form.since, until=form.until)
        return [source.problem((*path, "every"), what, _("choose another rhythm, or a later end"))]
    given = [((*path, "skip", at), day) for at, day in enumerate(form.skip)]
    given += [((*row, "date"), day) for day, (_to, row) in moved.items()]
    what = _("the series does not come on {date} anyway")
    remedy = _("write a date of the series, such as: {date}").format(date=dates[0])
    problems = [source.problem(row, what.format(date=day), remedy) for row, day in given if day not in dates]
    for day, (_to, row) in moved.items():
        if day in form.skip:
            what = _("the session of {date} is both left out and moved").format(date=day)
            problems.append(source.problem((*row, "date"), what, _("delete it in one of the two lists")))
    return problems
