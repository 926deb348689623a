"""``studio agent`` and ``studio recordings`` as the technician at the PC and the one at the centre type them."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.cli.agent import PAIRING_LOCK
from studio.jobs.copying import SEAL
from studio.system import exclusive_lock
from tests.cli.house import House, eventually
from tests.pc.beside import Beside, beside, free_port

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture(scope="module")
def pc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beside]:
    with beside(tmp_path_factory.mktemp("pc"), environment={"STUDIO_LANG": "en"}) as agent:
        yield agent


@pytest.fixture
def paired(idle: House, pc: Beside) -> Iterator[House]:
    """The centre, paired with that PC as its main studio's."""
    code = idle.does("agent", "code", "--state", str(pc.state)).out.strip()
    idle.does("agent", "pair", "main", "--code", code, "--host", "127.0.0.1", "--port", str(pc.port))
    yield idle
    (idle.root / ".studio" / "agents.json").unlink(missing_ok=True)


def test_the_first_file_is_written_once_and_read(idle: House, tmp_path: Path) -> None:
    said = idle.does("agent", "init", "--bind", "127.0.0.1", "--state", str(tmp_path / "new"))
    assert said.out == f"Written: {tmp_path / 'new' / 'agent.toml'}. Look it through, then run: studio agent\n"
    again = idle.studio("agent", "init", "--bind", "127.0.0.1", "--state", str(tmp_path / "new"))
    assert (again.code, "is there already" in again.err) == (4, True)


def test_an_address_that_is_none_is_refused(idle: House, tmp_path: Path) -> None:
    said = idle.studio("agent", "init", "--bind", "studio-pc", "--state", str(tmp_path))
    assert (said.code, "is not an IP address. Give the address" in said.err) == (4, True)
    assert not (tmp_path / "agent.toml").exists()


def test_without_its_file_it_says_how_to_make_one(idle: House, tmp_path: Path) -> None:
    said = idle.studio("agent", "--state", str(tmp_path))
    assert (said.code, "Make one with: studio agent init" in said.err) == (3, True)


def test_a_second_agent_on_one_pc_is_refused(idle: House, pc: Beside) -> None:
    said = idle.studio("agent", "--state", str(pc.state))
    assert (said.code, said.err.startswith("An agent already runs on this PC.")) == (3, True)


def test_a_port_that_is_taken_is_said_with_what_to_do(idle: House, pc: Beside, tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text(f'bind = "127.0.0.1"\nport = {pc.port}\n', encoding="utf-8")
    said = idle.studio("agent", "--state", str(tmp_path))
    assert (said.code, f"cannot listen at 127.0.0.1:{pc.port}" in said.err, "another bind or port" in said.err) == (
        *(3, True, True),
    )


def test_ctrl_c_ends_it_and_a_new_start_listens_again(tmp_path: Path) -> None:
    made = Beside(tmp_path / "state", tmp_path / "films")
    for _twice in range(2):
        made.start()
        assert made.process is not None
        made.process.send_signal(signal.SIGINT)
        assert made.process.wait(10) == 0
        made.end()


def test_no_agent_runs_where_a_code_is_asked_for(idle: House, tmp_path: Path) -> None:
    tmp_path.joinpath("empty").mkdir()
    said = idle.studio("agent", "code", "--state", str(tmp_path / "empty"))
    assert (said.code, said.err) == (3, "No agent runs on this PC. Start it with: studio agent\n")


def test_without_a_partner_every_command_says_how_to_get_one(idle: House) -> None:
    for words in (("agent", "show"), ("agent", "obs", "main", "start"), ("recordings", "copy"), ("recordings", "list")):
        said = idle.studio(*words)
        assert (said.code, "No agent is paired." in said.err, "studio agent pair STUDIO" in said.err) == (3, True, True)


def test_a_wrong_code_is_refused_with_exit_4(idle: House, pc: Beside) -> None:
    code = idle.does("agent", "code", "--state", str(pc.state)).out.strip()
    wrong = f"{(int(code.replace(' ', '')) + 1) % 1_000_000:06}"
    said = idle.studio("agent", "pair", "main", "--code", wrong, "--host", "127.0.0.1", "--port", str(pc.port))
    assert (said.code, said.err.startswith("That is not the code that the agent shows.")) == (4, True)
    assert not (idle.root / ".studio" / "agents.json").exists()


def test_what_a_pc_says_of_itself(paired: House) -> None:
    said = paired.studio("agent", "show", "main")
    assert "The agent 0.1.0 runs there" in said.out
    assert "clock is 0.00" in said.out
    assert "give or take" in said.out
    facts = paired.studio("agent", "show", "--json", "--speed").json["main"]
    assert facts["facts"]["obs"]["running"] is False
    assert abs(facts["offset"]["ahead_ns"]) <= facts["offset"]["uncertainty_ns"]
    assert min(facts["speed_mbit_s"]) > 1


def test_a_pc_that_is_away_is_said_with_exit_3(paired: House) -> None:
    agents = paired.root / ".studio" / "agents.json"
    agents.write_text(agents.read_text().replace('"port": ', '"port": 1, "was": '), encoding="utf-8")
    said = paired.studio("agent", "show")
    assert (said.code, "main: No agent answers at 127.0.0.1:1" in said.err) == (3, True)


def test_obs_of_a_pc_that_has_none_to_start(paired: House) -> None:
    said = paired.studio("agent", "obs", "main", "start")
    assert (said.code, said.err.startswith("The agent of that PC was told of no OBS.")) == (3, True)


def test_a_forgotten_agent_is_not_asked_any_more(paired: House) -> None:
    assert paired.does("agent", "forget", "main").out == "The agent of main is forgotten.\n"
    assert paired.studio("agent", "show").code == 3


def test_recordings_are_listed_copied_once_and_listed_as_copied(paired: House, pc: Beside) -> None:
    film = pc.films / "2026-12-04 19-00-00.mkv"
    film.write_bytes(random.Random(1).randbytes(300_000))
    os.utime(film, (film.stat().st_mtime - 60,) * 2)
    eventually(lambda: "waits to be copied" in paired.does("recordings", "list").out)
    assert paired.does("recordings", "copy", "main", "--rate", "100").out == "main: 1 recording copied.\n"
    here = paired.root / "recordings" / "main" / film.name
    assert here.read_bytes() == film.read_bytes()
    assert here.with_name(here.name + SEAL).is_file()
    assert "copied  2026-12-04 19-00-00.mkv" in paired.does("recordings", "list", "main").out
    assert paired.does("recordings", "copy", "--json").json == {"main": []}


def test_the_agents_parts_load_without_what_only_the_centre_needs() -> None:
    code = "import studio.agent, sys; print([m for m in ('cv2', 'av', 'matplotlib') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_the_folder_named_before_a_subcommand_is_its_own_too(idle: House, tmp_path: Path) -> None:
    said = idle.does("agent", "--state", str(tmp_path / "there"), "init", "--bind", "127.0.0.1")
    assert str(tmp_path / "there" / "agent.toml") in said.out
    assert (tmp_path / "there" / "agent.toml").exists()


def test_what_ended_it_stands_in_its_own_log(idle: House, tmp_path: Path) -> None:
    said = idle.studio("agent", "--state", str(tmp_path))
    assert said.err.strip() in (tmp_path / "agent.log").read_text(encoding="utf-8")


def test_a_code_is_not_written_where_nobody_sees_it(tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text(f'bind = "127.0.0.1"\nport = {free_port()}\n', encoding="utf-8")
    command = [sys.executable, "-m", "studio", "agent", "--state", str(tmp_path)]
    environment = os.environ | {"STUDIO_LANG": "en"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as agent:
        assert agent.stdout is not None
        lines = [agent.stdout.readline(), agent.stdout.readline()]
        agent.send_signal(signal.SIGINT)
    assert lines[0] == "A code for pairing is ready; see it with: studio agent code\n"
    assert lines[1].startswith("The agent listens on")


def test_two_cannot_pair_at_once(idle: House, pc: Beside) -> None:
    with exclusive_lock(idle.root / ".studio" / PAIRING_LOCK, ""):
        said = idle.studio("agent", "pair", "main", "--code", "123456", "--port", str(pc.port))
        assert (said.code, "A pairing is already running" in said.err) == (3, True)
