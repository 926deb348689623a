"""studio.toml as people write it."""

from pathlib import Path

import pytest

from studio.model.problem import Problem
from studio.model.studio import Host, PathMap, Studio, Venue
from studio.workspace.problems import Known
from studio.workspace.reading import parse
from studio.workspace.venue import read_venue

pytestmark = pytest.mark.usefixtures("english")

KNOWN = Known({"scene_file": frozenset({"portrait"})})
FILE = """[venue]
name = "县中心"
zone = "Asia/Shanghai"

[studios.main]
name = "主直播间"
main = true
scenes = "portrait"
obs = { host = "192.168.1.21", port = 4455, secret = "OBS_MAIN" }

[[studios.main.paths]]
theirs = 'D:\\录像'
ours = "recordings/main"

[studios.aux1]
name = "辅直播间"
scenes = "portrait"
obs = { host = "192.168.1.22", port = 4455 }

[[studios.aux1.paths]]
theirs = "/srv/obs"
ours = "/mnt/aux1"

[hosts.li]
name = "李"
"""


def read(text: str) -> tuple[Venue, list[Problem]]:
    source, problems = parse("studio.toml", text.encode())
    assert source is not None, problems
    return read_venue(source, KNOWN, Path("/house"))


def test_a_venue_is_read_whole() -> None:
    venue, problems = read(FILE)
    assert problems == []
    assert (venue.name, venue.zone, venue.hosts) == ("县中心", "Asia/Shanghai", (Host("li", "李"),))
    assert venue.studios[0] == Studio(
        id="main",
        name="主直播间",
        host="192.168.1.21",
        port=4455,
        secret="OBS_MAIN",
        scenes="portrait",
        paths=PathMap((("D:\\录像", str(Path("/house") / "recordings" / "main")),)),
        main=True,
    )


def test_a_folder_of_ours_may_lie_outside_the_workspace() -> None:
    assert read(FILE)[0].studios[1].paths.ours("/srv/obs/x.mkv") == "/mnt/aux1/x.mkv"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        pytest.param("Asia/Shanghai", "Asia/Shanghia", 3, "unknown time zone", id="zone"),
        pytest.param("Asia/Shanghai", "../etc", 3, "unknown time zone", id="zone as a path"),
        pytest.param('"县中心"', "7", 2, "where text is expected", id="name a number"),
        pytest.param('[venue]\nname = "县中心"\n', "[venue]\n", 1, "“name” is missing", id="no name"),
        pytest.param('[venue]\nname = "县中心"\nzone = "Asia/Shanghai"\n', "", 1, "“venue” is missing", id="no venue"),
        pytest.param("port = 4455, secret", "port = 0, secret", 9, "out of range", id="port nought"),
        pytest.param("port = 4455, secret", 'port = "4455", secret', 9, "in quotes", id="port in quotes"),
        pytest.param("port = 4455, secret", "secret", 9, "“port” is missing", id="no port"),
        pytest.param("192.168.1.21", "http://obs", 9, "not the address of a PC", id="address"),
        pytest.param(
            "192.168.1.22", "192.168.1.21", 18, "already belongs to studio “main” (line 5)", id="one OBS twice"
        ),
        pytest.param("main = true\n", "", 5, "no studio is the main one", id="no main studio"),
        pytest.param('name = "辅直播间"\n', 'name = "辅"\nmain = true\n', 17, "a second studio", id="two main studios"),
        pytest.param("main = true\n", 'main = "yes"\n', 7, "neither true nor false", id="main in words"),
        pytest.param('"portrait"', '"potrait"', 8, "unknown scene file", id="scene file"),
        pytest.param("[studios.aux1]", "[studios.Aux_1]", 15, "the id “Aux_1”", id="id"),
        pytest.param("[studios.aux1]", "[studios.aux1]\ncolour = 1", 16, "unknown key “colour”", id="unknown key"),
        pytest.param("'D:\\录像'", "'录像'", 12, "not a whole path", id="their path is relative"),
        pytest.param('"recordings/main"', '"../main"', 13, "not a plain path", id="our path climbs"),
        pytest.param('"/mnt/aux1"', '"recordings/main/a"', 22, "of line 13", id="one folder of ours in another"),
        pytest.param("[hosts.li]", "[host.li]", 24, "unknown key “host”", id="unknown table"),
    ],
)
def test_a_mistake_is_one_problem_at_its_line(old: str, new: str, line: int, says: str) -> None:
    changed = FILE.replace(old, new, 1)
    if old == "[studios.aux1]":
        changed = changed.replace("[[studios.aux1.paths]]", f"[[{new.split(']')[0][1:]}.paths]]")
    (problem,) = read(changed)[1]
    assert problem.line == line
    assert says in problem.what


def test_overlapping_folders_of_one_pc_are_a_problem_without_regard_to_case() -> None:
    more = "[[studios.main.paths]]\ntheirs = 'd:\\录像\\旧'\nours = \"recordings/old\"\n\n[studios.aux1]"
    (problem,) = read(FILE.replace("[studios.aux1]", more, 1))[1]
    assert (problem.line, "of line 12" in problem.what) == (16, True)


@pytest.mark.parametrize("wrong", ['secret = "hunter2 geheim"', 'password = "hunter2"', "secret = 'hunter2;'"])
def test_a_password_in_the_file_is_refused_and_never_repeated(wrong: str) -> None:
    problems = read(FILE.replace('secret = "OBS_MAIN"', wrong))[1]
    assert len(problems) == 1
    assert "hunter2" not in str(problems[0])
    assert "secrets.toml" in problems[0].remedy
