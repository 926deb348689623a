"""``studio run``: what it says, what it leaves behind, and what it takes up again."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from studio.errors import LockHeld
from studio.system import exclusive_lock
from tests.cli.house import AWAY, FAIR, HALF, House, eventually, house, running

pytestmark = pytest.mark.usefixtures("english")

BUSY = "Another studio command is at work on this workspace. Wait until it is done, then try again."


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("run")) as made:
        yield made


@contextmanager
def run(centre: House, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """``studio run``, or the command that ``words`` say; ended with the ``with`` block, whatever happens in it."""
    command = [sys.executable, "-u", "-m", "studio", *(words or ("run",)), "--workspace", str(centre.root)]
    environment = {**os.environ, "STUDIO_LANG": "en"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, encoding="utf-8") as process:
        try:
            yield process
        finally:
            process.terminate()


def test_one_line_a_process_and_what_ctrl_c_does(centre: House) -> None:
    with run(centre) as process:
        assert process.stdout is not None
        lines = {process.stdout.readline() for _line in range(4)}
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=30)
    assert "The director is in control. Ctrl-C leaves what is on air on air.\n" in lines
    assert "The watch looks and listens.\n" in lines
    assert any(line.startswith("Recordings of paired PCs are copied to ") for line in lines)
    assert any(line.startswith("Status page: http://127.0.0.1:") for line in lines)
    assert (process.returncode, err.strip()) == (130, "Stopped.")


def test_a_second_one_is_refused_and_says_nothing_of_what_the_first_has_on_air(centre: House) -> None:
    with running(centre), run(centre) as second:
        _out, err = second.communicate(timeout=30)
        assert second.returncode == 3
        assert err == "A director is already running on this workspace. Stop the other one first, or use it.\n"
        assert centre.status()["sessions"] == {}


def test_what_is_on_air_stays_on_air_and_is_taken_up_again(centre: House) -> None:
    with running(centre):
        centre.does("start", FAIR, "--now")
        centre.does("jump", "r3")
        eventually(centre.settled)
    said = "Still on air: fair. Leave it on air, or run studio run and then studio end.\n"
    assert said in (centre.stage / "run.log").read_text(encoding="utf-8")
    assert centre.shown("main")[-1] == "产品特写"
    assert [one["type"] for one in centre.journal("main")].count("StopRecord") == 0
    with running(centre) as up:
        assert up["director"]["sessions"] == [FAIR]
        assert centre.lane()["now"] == "r3"
        centre.does("go")
        eventually(lambda: centre.shown("main")[-1] == "主播")
        centre.does("end")
        eventually(lambda: FAIR not in centre.status()["sessions"])


def test_a_process_that_dies_is_started_again_where_it_was(centre: House) -> None:
    with running(centre) as up:
        director = json.loads((centre.root / ".studio" / "director.json").read_text(encoding="utf-8"))["pid"]
        os.kill(director, signal.SIGKILL)
        eventually(lambda: centre.studio("status", "--json").code == 0 and pid(centre) != director)
        with urllib.request.urlopen(f"{up['desk']['url']}api/status", timeout=5) as answer:
            assert answer.status == 200
    assert "The director has ended; it is started again." in (centre.stage / "run.log").read_text(encoding="utf-8")


def test_why_a_director_does_not_come_back_is_said_once_and_a_watched_status_waits(centre: House) -> None:
    state = centre.root / ".studio"
    with running(centre), run(centre, "status", "--watch") as watching:
        assert watching.stdout is not None
        assert any("No session is running." in line for line in watching.stdout)
        os.kill(pid(centre), signal.SIGKILL)
        with eventually(lambda: locked(state)):
            assert eventually(lambda: (state / "director.log").read_text(encoding="utf-8").count(BUSY) > 1)
            assert any("Waiting: No director runs" in line for line in watching.stdout)
        assert any("No session is running." in line for line in watching.stdout)
    said = (centre.stage / "run.log").read_text(encoding="utf-8")
    assert (said.count("is started again"), said.count(BUSY), "already" in said) == (1, 1, False)


def locked(state: Path) -> ExitStack | None:
    """The director's lock, once it can be had."""
    stack = ExitStack()
    try:
        stack.enter_context(exclusive_lock(state / "director.lock", "The demo"))
    except LockHeld:
        return None
    return stack


def pid(centre: House) -> int:
    return int(json.loads((centre.root / ".studio" / "director.json").read_text(encoding="utf-8"))["pid"])


def test_a_studio_that_is_away_is_named_and_the_others_begin(centre: House) -> None:
    with running(centre):
        said = centre.studio("start", HALF, "--now")
        assert said.code == 3
        assert "辅直播间二 is ready\n" in said.out
        assert "辅直播间三 is ready" not in said.out
        assert centre.status()["sessions"][HALF]["lanes"][AWAY]["alarms"] != []
        eventually(lambda: centre.row("r1", "aux2", HALF)["verdict"])
