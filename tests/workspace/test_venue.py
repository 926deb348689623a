"""studio.toml as people write it."""

from dataclasses import fields
from pathlib import Path

import pytest

from studio.model.problem import Problem
from studio.model.studio import Limits, PathMap, Studio, Venue
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
"""


def read(text: str) -> tuple[Venue, list[Problem]]:
    source, problems = parse("studio.toml", text.encode())
    assert source is not None, problems
    return read_venue(source, KNOWN, Path("/house"))


def test_several_pcs_may_see_one_folder_of_ours_and_one_pc_sees_it_once() -> None:
    shared = FILE.replace('"/mnt/aux1"', '"recordings/main"')
    assert read(shared)[1] == []
    twice = "[[studios.aux1.paths]]\ntheirs = '/srv/more'\nours = \"recordings/main/a\"\n"
    (problem,) = read(shared + twice)[1]
    assert "map each folder once" in problem.remedy


def test_a_venue_is_read_whole() -> None:
    venue, problems = read(FILE)
    assert problems == []
    assert (venue.name, venue.zone) == ("县中心", "Asia/Shanghai")
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
        pytest.param('"/mnt/aux1"', '"/mnt/aux1"\n[hosts.li]', 23, "unknown key “hosts”", id="unknown table"),
        pytest.param("main = true\n", 'main = true\noutput = "rtmp"\n', 8, "no way for the picture", id="output"),
        pytest.param("main = true\n", "main = true\noutput = 1\n", 8, "where text is expected", id="output a number"),
        pytest.param('"/mnt/aux1"', '"/mnt/aux1"\nwatch = 5', 23, "unknown key “watch”", id="watch in another table"),
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


@pytest.mark.parametrize("output", ["record_only", "stream", "virtual_camera"])
def test_a_studio_says_how_its_picture_leaves_obs(output: str) -> None:
    venue, problems = read(FILE.replace("main = true\n", f'main = true\noutput = "{output}"\n'))
    assert (problems, [studio.output for studio in venue.studios]) == ([], [output, "record_only"])


def test_a_mistyped_output_is_answered_with_the_nearest() -> None:
    (problem,) = read(FILE.replace("main = true\n", 'main = true\noutput = "record-only"\n'))[1]
    assert problem.remedy == "did you mean “record_only”?"


WATCH = """
[watch]
black = "3s"
black_percent = 4.5
frozen = "20s"
standby = "2m30s"
silent = "0:30"
silent_db = -48
clipping = "900ms"
clipping_db = -1.5
skipped_percent = 5
disk_minutes = 45
"""


def test_the_limits_of_the_watch_are_read_in_their_units() -> None:
    venue, problems = read(FILE + WATCH)
    assert problems == []
    assert venue.limits == Limits(3_000, 0.045, 20_000, 150_000, 30_000, -48.0, 900, -1.5, 0.05, 45)


@pytest.mark.parametrize("text", ["", "\n[watch]\n", "\n[watch]\nclipping = '1500ms'\n"])
def test_limits_that_are_left_out_keep_their_defaults(text: str) -> None:
    venue, problems = read(FILE + text)
    assert (venue.limits, problems) == (Limits(), [])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param("frozen =", "frosen =", "unknown key “frosen”", id="unknown key"),
        pytest.param('"3s"', '"soon"', "“soon” is not a duration", id="no duration"),
        pytest.param('"3s"', "3", "“3” is not a duration", id="a duration without a unit"),
        pytest.param('"20s"', '"0s"', "the duration is zero", id="no time at all"),
        pytest.param("-48", "48", "48 is out of range", id="decibels above full scale"),
        pytest.param("-48", '"-48"', "“-48” is not such a number", id="decibels in quotes"),
        pytest.param("-48", "-inf", "“-inf” is not such a number", id="decibels without end"),
        pytest.param("= 4.5", "= 0", "0 is out of range", id="nothing is black"),
        pytest.param("= 5", "= 101", "101 is out of range", id="more than all frames"),
        pytest.param("= 45", "= 0.5", "“0.5” is not a whole number", id="half a minute of disk"),
        pytest.param("900ms", "11s", "within ten seconds", id="more clipping than is counted"),
        pytest.param("[watch]\n", "[watch]\nloud = 1\n", "unknown key “loud”", id="a key of no alarm"),
    ],
)
def test_a_mistaken_limit_is_one_problem_at_its_line_and_none_is_used(old: str, new: str, says: str) -> None:
    text = FILE + WATCH.replace(old, new, 1)
    venue, (problem,) = read(text)
    assert says in problem.what
    assert problem.line == 1 + text[: text.index(new.strip().split("\n")[-1], len(FILE))].count("\n")
    assert venue.limits == Limits()


def test_a_mistyped_limit_is_answered_with_the_nearest() -> None:
    (problem,) = read(FILE + WATCH.replace("frozen =", "frosen ="))[1]
    assert problem.remedy == "did you mean “frozen”?"


def test_a_watch_that_is_no_table_is_a_problem() -> None:
    (problem,) = read("watch = 5\n" + FILE)[1]
    assert (problem.line, problem.what) == (1, "“watch” must hold keys and values")


def test_the_shipped_file_comments_on_every_limit_with_its_default() -> None:
    shipped = (Path(__file__).parents[2] / "studio.toml").read_text(encoding="utf-8")
    table = shipped.split("[watch]\n")[1]
    lines = [line.removeprefix("# ") for line in table.strip().splitlines()]
    assert all(" # " in line for line in lines)
    venue, problems = read(FILE + "\n[watch]\n" + "\n".join(lines))
    assert (venue.limits, problems, len(lines)) == (Limits(), [], len(fields(Limits)))
