"""When a series comes again, held against a day-by-day reading of the same words and against RRULEs as text."""

import calendar
from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as some

from studio.schedules.recurrence import Recurrence, recurrence

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FIRST = some.dates(date(2024, 1, 1), date(2030, 12, 31))
RULES = some.one_of(
    some.sets(some.integers(0, 6), min_size=1).map(lambda days: Recurrence(tuple(sorted(days)))),
    some.builds(lambda day, at: Recurrence((day,), place=at), some.integers(0, 6), some.sampled_from([-1, 1, 2, 3, 4])),
    some.integers(1, 31).map(lambda day: Recurrence(day=day)),
)


def comes(rule: Recurrence, day: date, first: date, interval: int) -> bool:
    """Whether a person with a wall calendar would say so, looking at one day alone."""
    if rule.monthly:
        months = (day.year - first.year) * 12 + day.month - first.month
        if months % interval:
            return False
        if rule.day:
            return day.day == rule.day
        length = calendar.monthrange(day.year, day.month)[1]
        at = -((length - day.day) // 7 + 1) if rule.place < 0 else (day.day - 1) // 7 + 1
        return day.weekday() == rule.weekdays[0] and at == rule.place
    monday, firsts = day - timedelta(day.weekday()), first - timedelta(first.weekday())
    return day.weekday() in rule.weekdays and (monday - firsts).days // 7 % interval == 0


def as_text(rule: Recurrence, last: date, interval: int) -> str:
    """The rule as iCalendar writes it."""
    parts = [f"FREQ={'MONTHLY' if rule.monthly else 'WEEKLY'}", f"INTERVAL={interval}", f"UNTIL={last:%Y%m%d}"]
    if rule.day:
        parts.append(f"BYMONTHDAY={rule.day}")
    else:
        parts.append("BYDAY=" + ",".join(f"{rule.place or ''}{DAYS[day]}" for day in rule.weekdays))
    return ";".join(parts)


@settings(deadline=None)  # the dates are judged, not how long a busy machine takes for them
@given(RULES, FIRST, some.integers(0, 500), some.integers(1, 5))
def test_random_rules_come_when_a_wall_calendar_and_dateutil_say(
    rule: Recurrence, first: date, days: int, interval: int
) -> None:
    last = first + timedelta(days)
    found = rule.dates(first, last, interval)
    every = (first + timedelta(at) for at in range(days + 1))
    assert found == tuple(day for day in every if comes(rule, day, first, interval))
    begin = datetime(first.year, first.month, first.day)  # noqa: DTZ001 - dates have no zone
    assert found == tuple(one.date() for one in rrulestr(as_text(rule, last, interval), dtstart=begin))


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (["friday"], Recurrence((4,))),
        (["每周五"], Recurrence((4,))),
        (["星期天"], Recurrence((6,))),
        (["Mon", "周三", "礼拜五"], Recurrence((0, 2, 4))),
        (["last Saturday"], Recurrence((5,), place=-1)),
        (["每月最后一个周六"], Recurrence((5,), place=-1)),
        (["2nd sunday of the month"], Recurrence((6,), place=2)),
        (["第三个星期二"], Recurrence((1,), place=3)),
        (["每月第１个周一"], Recurrence((0,), place=1)),
        (["day 15"], Recurrence(day=15)),
        (["每月15日"], Recurrence(day=15)),
        (["31号"], Recurrence(day=31)),
    ],
)
def test_rhythms_are_read_as_people_write_them(words: list[str], rule: Recurrence) -> None:
    assert recurrence(words) == rule


@pytest.mark.parametrize(
    "words",
    [["fryday"], ["5th friday"], ["day 32"], ["0日"], ["friday", "day 15"], ["friday", "last monday"], [""], []],
)
def test_what_is_no_rhythm_is_none(words: list[str]) -> None:
    assert recurrence(words) is None
