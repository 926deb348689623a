"""What ``studio scenes`` says before it meets an OBS."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from studio.cli.scenes import scenes
from studio.errors import ObsUnreachable, ProblemsFound
from tests.workspace.copies import Copy, copy

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def house(tmp_path: Path) -> Copy:
    return copy(tmp_path / "house")


def run(house: Copy, *words: str) -> Result:
    secrets = {"STUDIO_SECRET_OBS_MAIN": "p", "STUDIO_WORKSPACE": ""}
    return CliRunner().invoke(scenes, [*words, "--workspace", str(house.root)], env=secrets)


@pytest.mark.parametrize("command", ["plan", "apply", "adopt"])
def test_a_studio_nobody_knows_is_a_usage_error_that_names_the_others(house: Copy, command: str) -> None:
    done = run(house, command, "aux9")
    assert done.exit_code == 2
    assert "There is no studio aux9" in done.stderr
    assert "main, aux1" in done.stderr


def test_a_fault_in_the_scene_file_is_told_before_obs_is_asked(house: Copy) -> None:
    house.edit("scenes/portrait.yaml", "kind: strip", "kind: strap")
    error = run(house, "apply", "main").exception
    assert isinstance(error, ProblemsFound)
    assert [problem.file for problem in error.problems] == ["scenes/portrait.yaml"]


def test_a_fault_elsewhere_does_not_keep_scenes_back(house: Copy) -> None:
    house.edit("scenes/landscape.yaml", "kind: strip", "kind: strap")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        house.edit("studio.toml", "port = 4455,", f"port = {taken.getsockname()[1]},")
        assert isinstance(run(house, "plan", "main").exception, ObsUnreachable)
