"""Which OBS a command means."""

from pathlib import Path

import click
import pytest

from studio.cli.reach import chosen_studio, reach, typed_address
from studio.errors import WorkspaceNotFound
from studio.workspace.template import write_workspace


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    write_workspace(tmp_path / "centre")
    return tmp_path / "centre"


def test_an_address_with_the_password_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_OBS_PASSWORD", "高原")
    found = typed_address("192.0.2.7:4455")
    assert (found.host, found.port, found.password) == ("192.0.2.7", 4455, "高原")


def test_a_studio_of_the_workspace(centre: Path) -> None:
    root, studio = chosen_studio("aux1", centre)
    assert (root, studio.port, studio.secret) == (centre.resolve(), 4456, "OBS_AUX1")


def test_without_a_word_the_main_studio(centre: Path) -> None:
    assert chosen_studio(None, centre)[1].port == 4455


def test_an_unknown_studio_is_answered_with_those_there_are(centre: Path) -> None:
    with pytest.raises(click.UsageError, match="aux1, aux2"):
        reach(None, "aux9", centre)


def test_both_at_once_is_refused(centre: Path) -> None:
    with pytest.raises(click.UsageError):
        reach("127.0.0.1:4455", "main", centre)


def test_without_a_workspace_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceNotFound):
        reach(None, "main", tmp_path)
