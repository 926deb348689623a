"""``studio doctor`` as a technician or a script meets it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from studio.air.client import ask
from studio.cli.doctor import doctor
from studio.jobs.check import read_workspace
from studio.system import exclusive_lock
from tests.contract.conftest import PASSWORD, virtual
from tests.contract.wire import Subject, eventually, wire
from tests.real_obs import program
from tests.workspace.copies import Copy, copy

pytestmark = pytest.mark.usefixtures("english")

PORTRAIT = (1080, 1920)


@dataclass(frozen=True)
class House(Copy):
    """The centre, and the port of each studio in the order of studio.toml; nobody listens there."""

    ports: tuple[int, ...]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = copy(tmp_path / "house")
    with ExitStack() as stack:
        ports = []
        for written in range(4455, 4460):
            taken = stack.enter_context(socket.socket())
            taken.bind(("127.0.0.1", 0))
            ports.append(taken.getsockname()[1])
            made.edit("studio.toml", f"port = {written},", f"port = {ports[-1]},")
        yield House(made.root, tuple(ports))


def point_main_at(house: House, port: int, folder: Path) -> None:
    """Let studio.toml say that the main studio's OBS listens there and records there."""
    house.edit("studio.toml", f"port = {house.ports[0]},", f"port = {port},")
    house.edit("studio.toml", r"'D:\录像\主直播间'", f"'{folder}'")
    house.edit("studio.toml", '"recordings/main"', f'"{folder}"')


@pytest.fixture
def main(house: House, tmp_path: Path) -> Iterator[Subject]:
    """A virtual OBS as the main studio, which records where the workspace expects it; its scenes are not applied."""
    with virtual(tmp_path / "obs", PORTRAIT) as obs:
        point_main_at(house, obs.port, obs.record_dir)
        yield obs


def run(house: House, *arguments: str) -> Result:
    secrets = {"STUDIO_SECRET_OBS_MAIN": PASSWORD, "STUDIO_WORKSPACE": ""}
    return CliRunner().invoke(doctor, [*arguments, "--workspace", str(house.root)], env=secrets)


def test_a_ready_studio_exits_0_and_json_holds_every_finding(house: House, main: Subject) -> None:
    spec = read_workspace(house.root)[0].scene_file("portrait")
    with wire(main) as desk:
        for scene in spec.scenes if spec else ():
            desk.get("CreateScene", {"sceneName": scene.title})
    done = run(house, "main", "--session", "s1204-buckthorn", "--json")
    said = json.loads(done.stdout)
    levels = {one["check"]: one["level"] for one in said["studios"]["main"]["findings"]}
    assert {check for check, level in levels.items() if level == "bad"} == set()
    assert (done.exit_code, said["ready"], list(said["studios"])) == (0, True, ["main"])
    assert said["studios"]["main"]["ready"]
    assert set(said["studios"]["main"]["findings"][0]) == {"check", "level", "what", "remedy", "value"}
    assert levels["test_recording"] == "ok"
    assert list(main.record_dir.iterdir()) == []


def test_every_studio_at_once_with_a_summary_each_and_exit_3(house: House, main: Subject) -> None:
    secrets = {"STUDIO_SECRET_OBS_MAIN": "not-the-one", "STUDIO_WORKSPACE": ""}
    done = CliRunner().invoke(doctor, ["--workspace", str(house.root)], env=secrets)
    assert done.exit_code == 3
    *_rest, first, second, third, fourth, fifth = done.stdout.splitlines()
    assert first.startswith("main: not ready")
    assert [line.split(":")[0] for line in (second, third, fourth, fifth)] == ["aux1", "aux2", "aux3", "aux4"]
    assert "OBS refuses the password." in done.stdout
    assert "not-the-one" not in done.output
    assert done.stdout.count("nothing listens on its port") == 4
    assert "✓" not in done.stdout  # what is well is counted, not listed, where there are many


def test_one_studio_is_told_in_full(house: House) -> None:
    done = run(house, "aux1")
    assert done.exit_code == 3
    assert f"  ✗ The PC 127.0.0.1 is there, but nothing listens on its port {house.ports[1]}" in done.stdout
    assert "    Start OBS there" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("aux1: not ready (not ready 1, ")


def test_the_studios_of_one_session(house: House) -> None:
    done = run(house, "--session", "s1226-winter-fair", "--json")
    assert (done.exit_code, list(json.loads(done.stdout)["studios"])) == (3, ["main", "aux3"])


def test_a_faulty_file_is_a_warning_and_not_the_end(house: House) -> None:
    house.edit("schedules/products.yaml", "live_price: 49.90", "live_price: 49.905")
    done = run(house, "aux1")
    assert done.exit_code == 3
    assert "files have 1 problem(s)" in done.stdout
    assert "Run: studio check" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["aux9"], "aux1, aux2"),
        (["--session", "s9999"], "s1204-buckthorn"),
        (["aux4", "--session", "s1204-buckthorn"], "but in main"),
    ],
)
def test_an_unknown_name_is_answered_with_those_there_are(house: House, arguments: list[str], words: str) -> None:
    done = run(house, *arguments)
    assert (done.exit_code, words in done.stderr) == (2, True)


def test_a_folder_that_cannot_be_written(house: House, tmp_path: Path) -> None:
    """Both the OBS and the doctor lack the right; as root they give up the privilege that overrides it."""
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o555)
    plain = [program("setpriv"), "--bounding-set=-all", "--"] if os.geteuid() == 0 else []
    with ExitStack() as stack:
        command = [*plain, sys.executable, "-m", "studio", "virtual", "--port", "0", "--json", "--until-input-ends"]
        obs = stack.enter_context(
            subprocess.Popen(
                [*command, "--canvas", "180x320", "--record-dir", str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        )
        assert obs.stdin and obs.stdout
        stack.callback(obs.stdin.close)
        point_main_at(house, json.loads(obs.stdout.readline())["port"], folder)
        command = [*plain, sys.executable, "-m", "studio", "doctor", "main", "--json"]
        done = subprocess.run([*command, "--workspace", str(house.root)], stdout=subprocess.PIPE, check=False)
    found = {one["check"]: one for one in json.loads(done.stdout)["studios"]["main"]["findings"]}
    assert done.returncode == 3
    assert (found["record_folder"]["level"], found["test_recording"]["level"]) == ("bad", "unknown")
    assert str(folder) in found["record_folder"]["what"]


@pytest.fixture
def director(house: House, main: Subject) -> Iterator[None]:
    """A director that runs on the workspace and has reached the main studio."""
    command = [sys.executable, "-m", "studio.daemon", str(house.root)]
    environment = {**os.environ, "STUDIO_SECRET_OBS_MAIN": PASSWORD}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as running:
        assert running.stdin and running.stdout
        assert running.stdout.readline()
        assert eventually(lambda: ask(house.root, "status")["studios"].get("main", {}).get("connected", False), 10)
        yield
        running.stdin.close()


def test_a_running_director_is_asked_instead(house: House, main: Subject, director: None) -> None:
    done = run(house, "main", "--json")
    found = {one["check"]: one for one in json.loads(done.stdout)["studios"]["main"]["findings"]}
    assert found["test_recording"]["level"] == "ok"
    assert found["scenes"]["remedy"] == "Run: studio scenes apply main"
    assert list(main.record_dir.iterdir()) == []


def test_a_studio_whose_session_is_on_air_is_only_looked_at(house: House, main: Subject, director: None) -> None:
    ask(house.root, "start", {"session": "s1204-buckthorn", "now": True})
    done = run(house, "main", "--json")
    found = {one["check"]: one for one in json.loads(done.stdout)["studios"]["main"]["findings"]}
    assert found["test_recording"]["level"] == "unknown"
    assert "session s1204-buckthorn runs there" in found["test_recording"]["what"]


def test_another_command_at_work_is_said(house: House) -> None:
    from studio.cli.__main__ import report
    from studio.errors import LockHeld

    with exclusive_lock(house.root / ".studio" / "director.lock", "The demo"):
        done = run(house, "aux1")
    assert isinstance(done.exception, LockHeld)
    assert report(done.exception) == 3
