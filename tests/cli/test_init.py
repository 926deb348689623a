"""``studio init`` as a person or a script meets it."""

import json
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from studio.cli.check import check
from studio.cli.init import init, quoted

pytestmark = pytest.mark.usefixtures("english")


def test_a_new_workspace_passes_its_check(tmp_path: Path) -> None:
    assert CliRunner().invoke(init, [str(tmp_path / "new")]).exit_code == 0
    assert CliRunner().invoke(check, ["--workspace", str(tmp_path / "new")]).exit_code == 0


def test_json_lists_the_files(tmp_path: Path) -> None:
    done = CliRunner().invoke(init, [str(tmp_path), "--json"])
    said = json.loads(done.output)
    assert said["workspace"] == str(tmp_path)
    assert {name for name in said["files"] if (tmp_path / name).is_file()} == set(said["files"])
    assert "studio.toml" in said["files"]


def test_a_second_time_is_refused_with_exit_4_and_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from studio.cli.__main__ import main

    monkeypatch.setattr("sys.argv", ["studio", "init", str(tmp_path)])
    with pytest.raises(SystemExit) as first:
        main()
    with pytest.raises(SystemExit) as second:
        main()
    assert (first.value.code, second.value.code) == (0, 4)
    assert "already stands there" in capsys.readouterr().err


def test_the_next_command_can_be_pasted_whatever_the_folder_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(init, ["新 工作区's"]).output.splitlines()[-1]
    command = said.removeprefix("Next: ")
    assert shlex.split(command) == ["studio", "check", "--workspace", "新 工作区's"]


@pytest.mark.parametrize(
    ("argument", "windows", "expected"),
    [
        ("centre", False, "centre"),
        ("my centre", False, "'my centre'"),
        ("$HOME;ls", False, "'$HOME;ls'"),
        ("D:\\直播\\centre-1", True, "D:\\直播\\centre-1"),
        ("D:\\my centre", True, '"D:\\my centre"'),
        ("a&b", True, '"a&b"'),
        ("it's", True, '"it\'s"'),
    ],
)
def test_arguments_are_quoted_as_their_shell_reads_them(argument: str, windows: bool, expected: str) -> None:
    assert quoted(argument, windows=windows) == expected
