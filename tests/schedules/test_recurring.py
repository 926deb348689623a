"""Series of sessions as people write them, with dates left out and moved."""

from zoneinfo import ZoneInfo

import pytest

from studio.model.problem import Problem
from studio.schedules.calendar import Entry
from studio.schedules.recurring import read_recurring
from studio.workspace.problems import Kind, Known
from studio.workspace.reading import parse

pytestmark = pytest.mark.usefixtures("english")

IDS: dict[Kind, frozenset[str]] = {
    "runsheet": frozenset({"bean"}),
    "person": frozenset({"li"}),
    "studio": frozenset({"main"}),
}
SERIES = """series:
  - id: friday
    title: 周五好物
    every: friday
    time: "19:30"
    since: 2026-12-01
    until: 2026-12-31
    duration: 1h
    runsheet: bean
    studios: [main]
    skip: [2026-12-11]
    moved:
      - {date: 2026-12-25, to: 2026-12-26 20:00}
"""


def read(text: str, zone: str = "Asia/Shanghai") -> tuple[list[Entry], list[Problem]]:
    source, problems = parse("schedules/recurring.yaml", text.encode())
    assert source is not None
    entries, found = read_recurring(source, Known(IDS, ZoneInfo(zone)))
    return entries, [*problems, *found]


def test_a_series_is_its_sessions_but_those_left_out_and_with_those_moved() -> None:
    entries, problems = read(SERIES)
    assert problems == []
    assert [(one.event.id, f"{one.event.start:%d %H:%M}") for one in entries] == [
        ("friday-20261204", "04 19:30"),
        ("friday-20261218", "18 19:30"),
        ("friday-20261225", "26 20:00"),
    ]


def test_a_session_begins_at_the_same_time_of_day_in_summer_and_winter() -> None:
    text = SERIES.replace("2026-12-01", "2026-03-20").replace("2026-12-31", "2026-04-03")
    entries, _problems = read(text.split("    skip")[0], "Europe/Berlin")
    assert [f"{one.event.start:%m-%d %H:%M %z}" for one in entries] == [
        "03-20 19:30 +0100",
        "03-27 19:30 +0100",
        "04-03 19:30 +0200",
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "says", "remedy"),
    [
        ("every: friday", "every: fryday", 4, "“fryday” is no rhythm", "last saturday"),
        ("every: friday", "every: [friday, day 15]", 4, "is no rhythm", "last saturday"),
        ("every: friday", "every: {friday: 1}", 4, "a single value is expected", "after the colon"),
        ('"19:30"', '"25:30"', 5, "“25:30” is not a time of day", "19:30"),
        ('"19:30"', "evening", 5, "“evening” is not a time of day", "19:30"),
        ("2026-12-01", "2026-13-01", 6, "“2026-13-01” is not a date", "2026-12-04"),
        ("2026-12-31", "2026-11-30", 7, "is no time, or more than three years", "later date"),
        ("2026-12-31", "2030-12-31", 7, "is no time, or more than three years", "later date"),
        ("2026-12-31", "2026-12-02", 4, "never comes", "another rhythm"),
        ("[2026-12-11]", "[2026-12-12]", 11, "does not come on 2026-12-12 anyway", "2026-12-04"),
        ("date: 2026-12-25", "date: 2026-12-24", 13, "does not come on 2026-12-24 anyway", "2026-12-04"),
        ("date: 2026-12-25", "date: 2026-12-11", 13, "both left out and moved", "one of the two"),
        ("id: friday", f"id: {'f' * 32}", 2, "too long", "at most 40"),
        ("runsheet: bean", "runsheet: been", 9, "unknown run-sheet “been”", "bean"),
        ("skip: [2026-12-11]", "skipped: [2026-12-11]", 11, "unknown key “skipped”", "skip"),
    ],
)
def test_mistakes_are_told_with_line_and_remedy(old: str, new: str, line: int, says: str, remedy: str) -> None:
    assert old in SERIES
    _entries, problems = read(SERIES.replace(old, new))
    assert any(one.line == line and says in one.what and remedy in one.remedy for one in problems), problems


def test_a_time_that_the_clock_skips_is_told_with_its_day() -> None:
    text = SERIES.replace("every: friday", "every: sunday").replace('"19:30"', '"02:30"')
    text = text.replace("2026-12-01", "2026-03-22").replace("2026-12-31", "2026-04-05").split("    skip")[0]
    entries, problems = read(text, "Europe/Berlin")
    assert [one.event.id for one in entries] == ["friday-20260322", "friday-20260405"]
    assert [(one.line, "2026-03-29 02:30" in one.what) for one in problems] == [(5, True)]
