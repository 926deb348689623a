"""Months of the calendar as people write them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from studio.model.problem import Problem
from studio.model.session import Session, Shoot
from studio.schedules.calendar import read_calendar
from studio.workspace.problems import Known
from studio.workspace.reading import parse

pytestmark = pytest.mark.usefixtures("english")

KNOWN = Known(
    {"runsheet": frozenset({"bean"}), "person": frozenset({"li", "wang"}), "studio": frozenset({"main"})},
    ZoneInfo("Asia/Shanghai"),
)
MONTH = """sessions:
  - id: s1
    title: 红芸豆专场
    start: 2026-12-04 19:30
    duration: 2h
    runsheet: bean
    studios: [main]
    hosts: [li]
    cohosts: [wang]
    campaign: 冬季
shoots:
  - id: p1
    title: 走进豆田
    start: 2026-12-12 10:00
    duration: 90m
    place: 大涧乡
    number: 1
"""


def read(text: str) -> tuple[list[Session | Shoot], list[Problem]]:
    source, problems = parse("schedules/2026-12.yaml", text.encode())
    assert source is not None
    entries, found = read_calendar(source, "2026-12", KNOWN)
    return [entry.event for entry in entries], [*problems, *found]


def test_a_month_is_read_whole() -> None:
    events, problems = read(MONTH)
    assert problems == []
    assert events == [
        Session(
            id="s1",
            title="红芸豆专场",
            start=datetime.fromisoformat("2026-12-04T19:30:00+08:00"),
            duration_ms=7_200_000,
            runsheet="bean",
            studios=("main",),
            hosts=("li",),
            cohosts=("wang",),
            campaign="冬季",
        ),
        Shoot(
            id="p1",
            title="走进豆田",
            start=datetime.fromisoformat("2026-12-12T10:00:00+08:00"),
            duration_ms=5_400_000,
            place="大涧乡",
            number=1,
        ),
    ]


def test_a_month_may_be_without_sessions() -> None:
    assert read("shoots: []\n") == ([], [])


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        pytest.param("runsheet: bean", "runsheet: been", 6, "unknown run-sheet “been”", id="run-sheet"),
        pytest.param("studios: [main]", "studios: [mian]", 7, "unknown studio “mian”", id="studio"),
        pytest.param("studios: [main]", "studios: []", 7, "“studios” is empty", id="no studio"),
        pytest.param("studios: [main]", "studios: main", 7, "must be a list", id="studio no list"),
        pytest.param("hosts: [li]", "hosts: [li, li]", 8, "given twice", id="host twice"),
        pytest.param("2026-12-04 19:30", "2026-12-32 19:30", 4, "not a date and a time", id="no such day"),
        pytest.param("2026-12-04 19:30", "2026-11-04 19:30", 4, "the file holds 2026-12", id="another month"),
        pytest.param("duration: 2h", "duration: 0h", 5, "zero", id="zero"),
        pytest.param("number: 1", "number: 0", 17, "out of range", id="number nought"),
        pytest.param("    place: 大涧乡\n", "", 12, "“place” is missing", id="no place"),
        pytest.param("shoots:", "shots:", 11, "unknown key “shots”", id="unknown key"),
    ],
)
def test_a_mistake_is_one_problem_at_its_line(old: str, new: str, line: int, says: str) -> None:
    (problem,) = read(MONTH.replace(old, new, 1))[1]
    assert problem.line == line
    assert says in problem.what
