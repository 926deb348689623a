"""``studio check`` as a person or a script meets it."""

import json
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from studio.cli.check import check
from tests.workspace.copies import Copy, copy

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def house(tmp_path: Path) -> Copy:
    return copy(tmp_path / "house")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(check, arguments, env={"STUDIO_WORKSPACE": ""})


def test_a_good_workspace_is_counted_and_exits_0(house: Copy) -> None:
    done = run("--workspace", str(house.root))
    assert done.exit_code == 0
    assert "sessions 5, shoots 1" in done.output
    assert done.output.endswith("No problems.\n")


def test_a_problem_is_a_line_with_file_line_column_and_remedy_and_exits_1(house: Copy) -> None:
    house.edit("schedules/runsheets/buckthorn.yaml", "scene: host", "scene: hots")
    line, column = house.place("schedules/runsheets/buckthorn.yaml", "hots")
    done = run("--workspace", str(house.root))
    assert done.exit_code == 1
    first = done.output.splitlines()[0]
    assert first == (f"schedules/runsheets/buckthorn.yaml:{line}:{column}: unknown scene “hots”; did you mean “host”?")


def test_json_holds_the_same_facts(house: Copy) -> None:
    house.edit("schedules/products.yaml", "live_price: 49.90", "live_price: 49.905")
    done = run("--workspace", str(house.root), "--json")
    assert done.exit_code == 1
    said = json.loads(done.output)
    (problem,) = said["problems"]
    assert set(problem) == {"file", "line", "column", "what", "remedy"}
    assert (problem["line"], problem["column"]) == house.place("schedules/products.yaml", "49.905")
    assert said["counts"]["sessions"] == 5


ODD = "bad\nname\x1b[31m\x9b\u202e.yaml"


def test_a_file_name_cannot_drive_the_terminal(house: Copy) -> None:
    (house.root / "scenes" / ODD).write_text("a: 1\n")
    done = run("--workspace", str(house.root))
    assert done.output.splitlines()[0].startswith(r"scenes/bad\nname\x1b[31m\x9b\u202e.yaml:0:0: ")
    assert done.output.splitlines()[-1] == "Problems: 1."
    assert not {"\x1b", "\x9b", "\u202e"} & set(done.output)


def test_json_keeps_such_a_name_as_escapes(house: Copy) -> None:
    (house.root / "scenes" / ODD).write_text("a: 1\n")
    done = run("--workspace", str(house.root), "--json")
    assert not {"\x1b", "\x9b", "\u202e"} & set(done.output)
    (problem,) = json.loads(done.output)["problems"]
    assert problem["file"] == f"scenes/{ODD}"


def test_a_file_name_that_is_not_utf8_is_told_and_not_a_traceback(house: Copy) -> None:
    name = os.fsdecode(b"\xff.yaml")
    try:
        (house.root / "scenes" / name).write_text("a: 1\n")
    except (OSError, UnicodeError):
        assert sys.platform != "linux"  # elsewhere no such file can exist
        return
    assert run("--workspace", str(house.root)).output.startswith("scenes/\\udcff.yaml:0:0: ")
    assert run("--workspace", str(house.root), "--json").exit_code == 1


def test_json_of_a_good_workspace_has_no_problems(house: Copy) -> None:
    done = run("--workspace", str(house.root), "--json")
    assert (done.exit_code, json.loads(done.output)["problems"]) == (0, [])


def test_the_workspace_is_found_from_a_folder_inside_it(house: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(house.root / "schedules" / "runsheets")
    assert run().exit_code == 0


def test_without_a_workspace_the_exit_code_is_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from studio.cli.__main__ import main

    monkeypatch.setattr("sys.argv", ["studio", "check", "--workspace", str(tmp_path)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 3
    assert "studio init DIR" in capsys.readouterr().err
