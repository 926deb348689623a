"""What ``studio status`` tells, and the commands that look into an OBS beside a director."""

import os
import re
import subprocess
import sys

import pytest

from studio.system import exclusive_lock, private_directory
from tests.cli.house import AWAY, FAIR, PASSWORD, House, eventually

pytestmark = pytest.mark.usefixtures("english")


def port(fair: House, studio: str) -> int:
    return int(fair.status()["studios"][studio]["port"])


def test_each_studio_has_its_row_the_next_one_and_how_it_stands(fair: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    fair.at("r3")
    board = fair.does("status").out
    assert re.search(r"合场  fair  running for \d+:[0-5]\d  ", board)
    lane = next(line for line in board.splitlines() if "主直播间" in line and "第3条" in line)
    assert "第4条" in lane
    assert "ahead" in lane
    assert "recording, part 1" in lane
    rows = {line.split()[1]: line for line in board.splitlines() if line.lstrip().startswith(("▶", "·"))}
    assert "on time" in rows["r3"]
    assert "r12" not in board
    assert "r12" in fair.does("status", "--all").out


def test_a_studio_that_is_away_is_said_with_what_to_do(fair: House) -> None:
    board = fair.does("status").out
    line = " ".join(board[board.index(f"{AWAY} ") :].split())
    assert "OBS out of reach" in line
    assert "Start OBS there" in line


def test_one_studio_or_session_alone(fair: House) -> None:
    lone = fair.does("status", "--json", "--studio", "aux1").json
    assert (list(lone["studios"]), list(lone["sessions"][FAIR]["lanes"])) == (["aux1"], ["aux1"])
    both = fair.does("status", "--json", "--session", FAIR).json
    assert list(both["sessions"]) == [FAIR]
    assert fair.studio("status", "--session", "nothing").code == 2


def test_a_change_by_hand_is_told_first_with_what_to_do(fair: House, monkeypatch: pytest.MonkeyPatch) -> None:
    fair.at("r3")
    monkeypatch.setenv("STUDIO_OBS_PASSWORD", PASSWORD)
    address = f"127.0.0.1:{port(fair, 'main')}"
    fair.does("obs", "call", "SetCurrentProgramScene", '{"sceneName": "开场"}', "--obs", address)
    eventually(lambda: fair.lane()["overridden"])
    first = fair.does("status").out
    assert first.startswith("! 主直播间: changed by hand")
    assert "studio jump" in " ".join(first.split())
    fair.does("jump", "r3", "--session", FAIR)
    eventually(fair.settled)
    assert fair.lane()["overridden"] is None


def test_the_board_is_shown_again_and_again_until_ctrl_c(fair: House) -> None:
    command = [sys.executable, "-u", "-m", "studio", "status", "--watch", "--workspace", str(fair.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as watching:
        assert watching.stdout is not None
        seen = 0
        while seen < 2:
            line = watching.stdout.readline()
            assert line, "it ended"
            seen += "合场".encode() in line
        watching.terminate()
        watching.communicate()


def test_obs_is_asked_through_the_director_that_has_it(fair: House) -> None:
    links = sum(one["kind"] == "connection" and one["type"] == "opened" for one in fair.journal("main"))
    version = fair.does("obs", "call", "GetVersion", "--studio", "main").json
    assert version["obsVersion"] == "29.0.2"
    dump = fair.does("obs", "dump", "--studio", "main", "--json").json
    assert {scene["name"] for scene in dump["scenes"]} >= {"开场", "主播", "产品特写", "应急画面"}
    after = sum(one["kind"] == "connection" and one["type"] == "opened" for one in fair.journal("main"))
    assert after == links


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["obs", "call", "GetNonsense", "--studio", "main"], "OBS refused GetNonsense with status 204"),
        (["obs", "call", "GetVersion", "--studio", AWAY], "does not reach the OBS of 辅直播间三"),
        (["demo"], "A director is already running on this workspace."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_had_beside_a_director_is_said(fair: House, words: list[str], says: str) -> None:
    said = fair.studio(*words)
    assert (said.code, says in said.err) == (3, True), said


def test_without_a_director_a_studio_is_reached_under_the_lock(idle: House) -> None:
    with exclusive_lock(private_directory(idle.root / ".studio") / "director.lock", "The demo"):
        said = idle.studio("obs", "call", "GetVersion", "--studio", "main")
    assert said.code == 3
    assert said.err == "Another studio command is at work on this workspace. Wait until it is done, then try again.\n"


def test_the_help_of_obs_has_an_example() -> None:
    """In a process of its own: a help text speaks the language in which its module was imported."""
    command, environment = [sys.executable, "-m", "studio", "obs", "--help"], {**os.environ, "STUDIO_LANG": "en"}
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=30).stdout
    assert "Example: studio obs call GetVersion --studio main" in said
