"""Who and what cannot be in two places, or for so long, or at that hour."""

from pathlib import Path

import pytest

from studio.jobs.check import read_workspace
from studio.model.problem import Problem

pytestmark = pytest.mark.usefixtures("english")

TOML = """[venue]
name = "中心"
zone = "Asia/Shanghai"

[studios.main]
name = "主"
main = true
scenes = "plain"
obs = { host = "127.0.0.1", port = 4455 }

[studios.aux1]
name = "辅"
scenes = "plain"
obs = { host = "127.0.0.1", port = 4456 }

[work]
hours = "09:00-22:00"
on_air = "2h"
rest = "10m"
elsewhere = "1h"

[work.travel]
"沙棘林" = "40m"
"加工厂" = "30m"
"""
SCENES = """canvas: {width: 1080, height: 1920, fps: 30}
safe: {x: 0, y: 0, width: 1080, height: 1920}
scenes:
  - {id: host, title: 主播, sources: [{name: 底, kind: colour, colour: "#203040"}]}
  - {id: standby, title: 应急, sources: [{name: 底, kind: colour, colour: "#203040"}]}
"""
PEOPLE = """people:
  - {id: li, name: 李, roles: [主播]}
  - {id: wang, name: 王, roles: [主播, 场控]}
"""
KIT = "kit:\n  - {id: camera, name: 摄像机, owner: 国有, serial: K1}\n"
SHEET = """title: 试播
cues:
  - {id: a, title: 甲, scene: host, duration: 50m, host: li}
  - {id: b, title: 乙, scene: host, duration: 5m, host: wang}
  - {id: c, title: 丙, scene: host, duration: 5m, host: li}
"""


def session(name: str, start: str, studio: str = "main", rest: str = "") -> str:
    return (
        f"  - {{id: {name}, title: 场, start: 2026-12-{start}, duration: 1h, runsheet: plain, "
        f"studios: [{studio}], hosts: [li, wang]{rest}}}\n"
    )


def shoot(name: str, start: str, place: str, rest: str) -> str:
    return (
        f"  - {{id: {name}, title: 走, start: 2026-12-{start}, duration: 1h, place: {place}, "
        f"number: {len(name)}{rest}}}\n"
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "scenes").mkdir()
    (tmp_path / "schedules/runsheets").mkdir(parents=True)
    files = {
        "studio.toml": TOML,
        "scenes/plain.yaml": SCENES,
        "schedules/people.yaml": PEOPLE,
        "schedules/kit.yaml": KIT,
        "schedules/runsheets/plain.yaml": SHEET,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def problems(root: Path, sessions: str = "", shoots: str = "", more: str = "") -> list[Problem]:
    lists = "".join(f"{key}:\n{rows}" for key, rows in (("sessions", sessions), ("shoots", shoots)) if rows)
    (root / "schedules/2026-12.yaml").write_text((lists + more) or "{}\n", encoding="utf-8")
    return list(read_workspace(root)[1])


def test_an_evening_without_troubles_is_no_problem(root: Path) -> None:
    assert problems(root, session("one", "04 10:00") + session("two", "04 19:00")) == []


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        (", crew: [{role: 场控, person: wang}]", ", crew: [{role: 导播, person: wang}]", "“wang” is still busy in “p”"),
        (", kit: [camera]", ", kit: [camera]", "“camera” is still busy in “p”"),
        (", hosts: [li]", ", cohosts: [li]", "“li” is still busy in “p”"),
    ],
)
def test_nobody_and_nothing_is_in_two_places(root: Path, first: str, second: str, says: str) -> None:
    found = problems(root, shoots=shoot("p", "12 10:00", "沙棘林", first) + shoot("pp", "12 10:30", "加工厂", second))
    assert [(says in one.what, "2026-12.yaml line 2" in one.what, one.line) for one in found] == [(True, True, 3)]


@pytest.mark.parametrize(
    ("place", "start", "way"),
    [
        ("加工厂", "12 12:09", "1:10:00"),
        ("加工厂", "12 12:10", ""),
        ("沙棘林", "12 11:00", ""),
        ("哪里都行", "12 12:39", "1:40:00"),
        ("哪里都行", "12 12:40", ""),
    ],
)
def test_the_way_between_two_places_counts(root: Path, place: str, start: str, way: str) -> None:
    rows = shoot("p", "12 10:00", "沙棘林", ", kit: [camera]") + shoot("pp", start, place, ", kit: [camera]")
    found = problems(root, shoots=rows)
    assert [f"needs {way} to come from “p”" in one.what for one in found] == ([True] if way else [])


def test_the_way_home_counts_too(root: Path) -> None:
    found = problems(root, session("one", "12 11:39"), shoot("p", "12 10:00", "沙棘林", ", hosts: [li]"))
    assert ["“li” needs 40:00 to come from “p”" in one.what for one in found] == [True]


def test_the_day_to_which_the_weather_moves_a_shoot_must_be_free_as_well(root: Path) -> None:
    rows = shoot("p", "12 10:00", "沙棘林", ", hosts: [li], fallback: 2026-12-13 10:00")
    (found,) = problems(root, session("one", "13 10:30"), rows)
    assert "“li” is still busy in “p”" in found.what


@pytest.mark.parametrize(
    ("start", "rest", "wrong"),
    [
        ("04 09:00", "", False),
        ("04 08:59", "", True),
        ("04 21:00", "", False),
        ("04 21:01", "", True),
        ("04 21:01", ", any_hour: true", False),
    ],
)
def test_odd_hours_are_told_unless_they_are_meant(root: Path, start: str, rest: str, wrong: bool) -> None:
    found = problems(root, session("one", start, rest=rest))
    assert ["outside the working hours, 09:00 to 22:00" in one.what for one in found] == [True] * wrong


@pytest.mark.parametrize(
    ("start", "end", "wrong"),
    [("22:00", "03:00", 0), ("02:00", "03:00", 0), ("02:01", "03:00", 1), ("12:00", "03:00", 1)],
)
def test_working_hours_may_end_after_midnight(root: Path, start: str, end: str, wrong: int) -> None:
    toml = (root / "studio.toml").read_text(encoding="utf-8").replace("09:00-22:00", f"14:00-{end}")
    (root / "studio.toml").write_text(toml, encoding="utf-8")
    assert len(problems(root, session("one", f"04 {start}"))) == wrong


def test_a_host_without_a_break_is_told_with_where_it_began(root: Path) -> None:
    rows = session("one", "04 10:00") + session("two", "04 11:00", "aux1") + session("three", "04 12:00")
    found = problems(root, rows)
    (told,) = found
    assert "“li” is on air for 3:00:00 without a break of 10:00, from 10:00 on in “one”" in told.what
    assert told.line == 4


def test_a_break_of_that_length_is_one(root: Path) -> None:
    rows = session("one", "04 10:00") + session("two", "04 11:10", "aux1") + session("three", "04 12:20")
    assert problems(root, rows) == []


def test_rehearsals_and_trainings_take_people_and_rooms(root: Path) -> None:
    more = (
        "rehearsals:\n  - {id: r, title: 彩排, start: 2026-12-04 10:30, duration: 1h, runsheet: plain, studios: [main],"
        " hosts: [li, wang]}\n"
        "trainings:\n  - {id: t, title: 培训, start: 2026-12-04 11:00, duration: 2h,"
        " crew: [{role: 学员, person: li}]}\n"
    )
    found = problems(root, session("one", "04 10:00"), more=more)
    busy = [one.what.split(" (")[0] for one in found]
    assert sorted(busy) == [
        "studio “main” is still busy with “one”",
        "“li” is still busy in “one”",
        "“li” is still busy in “r”",
        "“wang” is still busy in “one”",
    ]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('hours = "09:00-22:00"', 'hours = "9-22"', "is not from one time of day to another"),
        ('hours = "09:00-22:00"', 'hours = "09:00-24:30"', "is not from one time of day to another"),
        ('on_air = "2h"', "on_air = 2", "is not a duration"),
        ('"沙棘林" = "40m"', '"沙棘林" = "far"', "the way to “沙棘林” is no duration"),
        ('rest = "10m"', 'pause = "10m"', "unknown key “pause”"),
    ],
)
def test_a_mistake_in_the_rules_is_told_at_its_line(root: Path, old: str, new: str, says: str) -> None:
    toml = (root / "studio.toml").read_text(encoding="utf-8")
    assert old in toml
    (root / "studio.toml").write_text(toml.replace(old, new), encoding="utf-8")
    (found,) = problems(root)
    assert says in found.what
    assert found.line == toml[: toml.index(old)].count("\n") + 1


def test_a_change_of_the_clock_makes_nobody_busier(root: Path) -> None:
    toml = (root / "studio.toml").read_text(encoding="utf-8").replace("Asia/Shanghai", "Europe/Berlin")
    toml = toml.replace('hours = "09:00-22:00"\n', "").replace('"2h"', '"1h"')
    (root / "studio.toml").write_text(toml, encoding="utf-8")
    rows = "sessions:\n" + session("one", "04 19:00").replace("2026-12-04 19:00", "2026-03-29 01:30")
    rows += session("two", "04 19:00", "aux1").replace("2026-12-04 19:00", "2026-03-29 03:40")
    (root / "schedules/2026-03.yaml").write_text(rows, encoding="utf-8")
    workspace, found = read_workspace(root)
    assert [f"{one.end:%H:%M %z}" for one in workspace.sessions] == ["03:30 +0200", "04:40 +0200"]
    assert found == ()


def test_an_id_given_twice_is_told_once(root: Path) -> None:
    rows = session("one", "04 10:00") + session("one", "05 10:00")
    assert ["“one” is given twice" in one.what for one in problems(root, rows)] == [True]


@pytest.mark.parametrize(
    ("kit", "says"),
    [
        ("kit:\n  - {id: camera, name: 摄像机, owner: 国有}\n", "belongs to the state and has no serial number"),
        ("kit:\n  - {id: camera, name: 摄像机, owner: 别人}\n", "none of the words known here"),
        (KIT + "  - {id: camera, name: 灯, owner: 自有}\n", "“camera” is given twice"),
        (KIT + "  - {id: light, name: 灯, owner: 国有, serial: K1}\n", "“K1” is given twice"),
    ],
)
def test_kit_is_listed_once_and_what_the_state_owns_with_its_number(root: Path, kit: str, says: str) -> None:
    (root / "schedules/kit.yaml").write_text(kit, encoding="utf-8")
    (found,) = problems(root)
    assert says in found.what
