"""The processes of ``studio run``: what dies is started again, and none waits for another."""

from pathlib import Path
from typing import Any

import pytest

from studio import supervise
from studio.errors import StudioError
from studio.supervise import CALM_S, Supervisor

STEADY = 'import sys\nprint("{}", flush=True)\nsys.stdin.read()\n'
SHORT = 'print("{}", flush=True)\n'


class Over(Exception):
    """The test has seen what it waited for."""


@pytest.mark.timeout(30)
def test_a_watch_that_keeps_dying_does_not_keep_the_director_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "steady.py").write_text(STEADY, encoding="utf-8")
    (tmp_path / "short.py").write_text(SHORT, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(supervise, "PROCESSES", {"director": "steady", "watch": "short"})
    monkeypatch.setattr(supervise, "AGAIN_AFTER_S", 600.0)
    fallen: list[str] = []

    def kill_the_director() -> None:
        director = supervisor._children["director"]
        director.since -= CALM_S  # it had been up for so long
        director.process.kill()

    def told(name: str, _word: dict[str, Any]) -> None:
        if name == "director" and fallen:
            kill_the_director()

    def fell(name: str, _why: StudioError | None) -> None:
        fallen.append(name)
        if name == "watch":
            kill_the_director()
        elif fallen.count("director") == 2:
            raise Over

    supervisor = Supervisor(tmp_path, told, fell)
    supervisor.start()
    with pytest.raises(Over):
        supervisor.watch()
    supervisor.stop()
    assert fallen == ["watch", "director", "director"]
