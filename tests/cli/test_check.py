"""``studio check`` as a person or a script meets it."""

import json
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
