"""The command ``studio obs`` as a person runs it, on both subjects."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.contract.conftest import ONCE
from tests.contract.wire import PREFIX, Subject, Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]


pytestmark = pytest.mark.parametrize("subject", ONCE, ids=["virtual", "real"], indirect=True)


@pytest.fixture
def run(subject: Subject) -> Run:
    """Run ``studio obs …`` against the subject; the password is in the environment only."""

    def go(*words: str, password: str = subject.password) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "studio.cli.__main__",
            "obs",
            words[0],
            "--obs",
            f"127.0.0.1:{subject.port}",
            *words[1:],
        ]
        environment = os.environ | {"STUDIO_OBS_PASSWORD": password, "STUDIO_LANG": "en", "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, timeout=30)

    return go


def test_a_dump_holds_what_the_user_owns(run: Run, obs: Wire, subject: Subject) -> None:
    obs.get("CreateScene", {"sceneName": f"{PREFIX}开场"})
    done = run("dump", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert f"{PREFIX}开场" in [scene["name"] for scene in found["scenes"]]
    assert (found["video"]["baseWidth"], found["programScene"]) == (subject.canvas[0], "Scene")
    assert found["recordDirectory"] == str(subject.record_dir)


def test_a_dump_for_a_person_names_canvas_and_scene(run: Run, obs: Wire, subject: Subject) -> None:
    done = run("dump")
    assert done.returncode == 0
    assert f"{subject.canvas[0]}x{subject.canvas[1]}" in done.stdout
    assert "▶ scene Scene" in done.stdout


def test_a_call_prints_the_answer_and_has_its_effect(run: Run, obs: Wire) -> None:
    done = run("call", "CreateScene", json.dumps({"sceneName": f"{PREFIX}A"}))
    assert (done.returncode, json.loads(done.stdout)) == (0, {})
    assert f"{PREFIX}A" in [scene["sceneName"] for scene in obs.get("GetSceneList")["scenes"]]


def test_a_refused_call_is_one_sentence_and_exit_3(run: Run, obs: Wire) -> None:
    done = run("call", "SetCurrentProgramScene", '{"sceneName": "nope"}')
    assert done.returncode == 3
    assert "600" in done.stderr
    assert "nope" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_password_is_said_and_not_shown(run: Run, obs: Wire) -> None:
    done = run("dump", password="a wrong secret")
    assert done.returncode == 3
    assert "password" in done.stderr
    assert "a wrong secret" not in done.stderr + done.stdout


def test_data_that_is_no_object_is_a_usage_error(run: Run, obs: Wire) -> None:
    assert run("call", "GetVersion", "[1]").returncode == 2
