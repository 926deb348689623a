"""Finds who and what is wanted in two places, too soon after another place, at odd hours, or for too long."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from studio.clock import NS_PER_MS, format_duration, instant, wall_ns
from studio.i18n import _
from studio.model.problem import Problem
from studio.model.session import CalendarEvent, Session, Shoot
from studio.model.studio import Work
from studio.schedules.binding import bound, hard_instants
from studio.schedules.calendar import Entry
from studio.schedules.runsheet import SheetRead
from studio.schedules.timing import Span, overlaps
from studio.workspace.source import TreePath


@dataclass(frozen=True, slots=True)
class _Booking:
    """One entry, at its time or, where the weather moves it, at its other one."""

    entry: Entry
    start_ns: int
    end_ns: int
    path: TreePath
    users: frozenset[str]

    @property
    def place(self) -> str:
        return self.entry.event.place


@dataclass(frozen=True, slots=True)
class _Stretch:
    """From when to when (wall nanoseconds) somebody is on air, and the entries in which that begins and ends."""

    start_ns: int
    end_ns: int
    first: Entry
    last: Entry


def bookings(entries: Sequence[Entry], sheets: Mapping[str, SheetRead], work: Work, zone: ZoneInfo) -> list[Problem]:
    """Every Problem of the people, rooms and things that the calendar wants."""
    booked = [booking for entry in entries for booking in _booked(entry, sheets)]
    problems = _busy_twice(booked) + _on_the_way(booked, work)
    for entry in entries:
        problems += _odd_hours(entry, work)
    return problems + _too_long_on_air(entries, sheets, work, zone)


def _booked(entry: Entry, sheets: Mapping[str, SheetRead]) -> Iterator[_Booking]:
    start_ns, end_ns = entry.span_ns
    users = _users(entry.event, sheets)
    yield _Booking(entry, start_ns, end_ns, (*entry.path, "start"), users)
    if isinstance(entry.event, Shoot) and entry.event.fallback is not None:
        other_ns = wall_ns(entry.event.fallback)
        yield _Booking(entry, other_ns, other_ns + end_ns - start_ns, (*entry.path, "fallback"), users)


def _users(event: CalendarEvent, sheets: Mapping[str, SheetRead]) -> frozenset[str]:
    """What an event keeps busy; the people that its sheet names count where the calendar names no host."""
    people = set(event.people)
    sheet = sheets.get(event.runsheet or "")
    if sheet and not event.hosts and not event.cohosts:
        people |= {name for cue in sheet.sheet.cues for name in (cue.host, cue.cohost) if name}
    kinds = (("studio", event.studios), ("person", people), ("kit", event.kit))
    return frozenset(f"{kind}:{name}" for kind, names in kinds for name in names)


def _busy_twice(booked: Sequence[_Booking]) -> list[Problem]:
    problems: list[Problem] = []
    spans = [Span(one.start_ns, one.end_ns, one.users) for one in booked]
    for later, earlier, user in overlaps(spans):
        kind, _sign, name = str(user).partition(":")
        sentence = (
            _("studio “{name}” is still busy with “{other}” ({file} line {line})")
            if kind == "studio"
            else _("“{name}” is still busy in “{other}” ({file} line {line})")
        )
        what = sentence.format(name=name, **_named(booked[earlier]))
        remedy = _("start it later, or choose another studio, person or thing")
        problems.append(booked[later].entry.source.problem(booked[later].path, what, remedy))
    return problems


def _on_the_way(booked: Sequence[_Booking], work: Work) -> list[Problem]:
    """People and things that cannot be there yet, because they come from somewhere else."""
    problems: list[Problem] = []
    before: dict[str, _Booking] = {}
    for booking in sorted(booked, key=lambda one: one.start_ns):
        for user in sorted(booking.users):
            other = before.get(user)
            if other is None or booking.end_ns > other.end_ns:
                before[user] = booking
            if other is None or user.startswith("studio:") or other.entry is booking.entry:
                continue
            way_ms, free_ms = work.way_ms(other.place, booking.place), (booking.start_ns - other.end_ns) // NS_PER_MS
            if 0 <= free_ms < way_ms:
                what = _("“{name}” needs {way} to come from “{other}” ({file} line {line}), and has {free}").format(
                    name=user.partition(":")[2],
                    way=format_duration(way_ms),
                    free=format_duration(free_ms),
                    **_named(other),
                )
                remedy = _("start it later, or choose another person or thing")
                problems.append(booking.entry.source.problem(booking.path, what, remedy))
    return problems


def _named(booking: _Booking) -> dict[str, object]:
    entry = booking.entry
    return {"other": entry.event.id, "file": entry.source.file, "line": entry.source.position(entry.path)[0]}


def _odd_hours(entry: Entry, work: Work) -> list[Problem]:
    event = entry.event
    if work.opens is None or work.closes is None or event.any_hour:
        return []
    day = event.start.replace(hour=work.opens.hour, minute=work.opens.minute, second=0, microsecond=0)
    if event.start.time() < work.opens and work.closes < work.opens:
        day -= timedelta(days=1)  # the evening before goes on after midnight
    closes = day.replace(hour=work.closes.hour, minute=work.closes.minute)
    closes += timedelta(days=work.closes < work.opens)
    if day <= event.start and event.end <= closes:
        return []
    what = _("this is outside the working hours, {opens} to {closes}").format(
        opens=f"{work.opens:%H:%M}", closes=f"{work.closes:%H:%M}"
    )
    return [entry.source.problem((*entry.path, "start"), what, _("move it, or write any_hour: true where it is meant"))]


def _too_long_on_air(
    entries: Sequence[Entry], sheets: Mapping[str, SheetRead], work: Work, zone: ZoneInfo
) -> list[Problem]:
    """People who are on air for longer than is allowed, in one broadcast or several, without a break."""
    if work.on_air_ms is None:
        return []
    by_person: dict[str, list[_Stretch]] = {}
    for entry in entries:
        if isinstance(entry.event, Session | Shoot):
            for name, start_ns, end_ns in _stretches(entry, sheets.get(entry.event.runsheet or ""), zone):
                by_person.setdefault(name, []).append(_Stretch(start_ns, end_ns, entry, entry))
    problems: list[Problem] = []
    for name, stretches in by_person.items():
        for one in _joined(stretches, work.rest_ms * NS_PER_MS):
            on_air_ms = (one.end_ns - one.start_ns) // NS_PER_MS
            if on_air_ms <= work.on_air_ms:
                continue
            what = _("“{name}” is on air for {time} without a break of {rest}, from {start} on in “{first}”")
            what = what.format(
                name=name,
                time=format_duration(on_air_ms),
                rest=format_duration(work.rest_ms),
                start=f"{instant(one.start_ns, zone):%H:%M}",
                first=one.first.event.id,
            )
            remedy = _("give them such a break at most {limit} after they began").format(
                limit=format_duration(work.on_air_ms)
            )
            problems.append(one.last.source.problem((*one.last.path, "start"), what, remedy))
    return problems


def _stretches(entry: Entry, sheet: SheetRead | None, zone: ZoneInfo) -> Iterator[tuple[str, int, int]]:
    """Who is on air from when to when: by the rows of its sheet, or all the time where that names nobody."""
    event, (start_ns, end_ns) = entry.event, entry.span_ns
    if sheet is None or not any(cue.host or cue.cohost for cue in sheet.sheet.cues):
        for name in (*event.hosts, *event.cohosts):
            yield name, start_ns, end_ns
        return
    for cue in bound(sheet.sheet, hard_instants(sheet.sheet, event.start, zone), start_ns).cues:
        for who in (cue.host, cue.cohost):
            if who is not None:
                yield who, start_ns + cue.start_ms * NS_PER_MS, start_ns + cue.end_ms * NS_PER_MS


def _joined(stretches: Iterable[_Stretch], rest_ns: int) -> list[_Stretch]:
    """Stretches with no break of ``rest_ns`` between them as one."""
    joined: list[_Stretch] = []
    for one in sorted(stretches, key=lambda one: one.start_ns):
        if joined and one.start_ns - joined[-1].end_ns < rest_ns:
            joined[-1] = replace(joined[-1], end_ns=max(joined[-1].end_ns, one.end_ns), last=one.last)
        else:
            joined.append(one)
    return joined
