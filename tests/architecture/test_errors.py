"""Every exception is in the tree drawn on top of errors.py, has its exit code there, and says what to do."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from studio import errors
from studio.cli.__main__ import report
from studio.errors import ObsRequestFailed, ProblemsFound, StudioError
from studio.model.problem import Problem

ROOT = Path(__file__).parents[2] / "studio"
CLASSES = [member for _, member in inspect.getmembers(errors, inspect.isclass) if issubclass(member, StudioError)]


def drawn() -> dict[str, tuple[int, int]]:
    """Name -> (depth, exit code) of the tree in the module's docstring."""
    rows = re.findall(r"^ {4}([│├└─ ]*)(\w+) {2,}.*?(\d)?$", errors.__doc__ or "", flags=re.MULTILINE)
    return {name: (len(branch) // 4, int(code or 1)) for branch, name, code in rows}


def test_the_drawn_tree_is_the_real_one() -> None:
    real = {error.__name__: (len(error.__mro__) - 4, error.exit_code) for error in CLASSES}
    assert drawn() == real


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_the_command_line_says_what_happened_and_what_to_do(error: type[StudioError], capsys) -> None:
    if issubclass(error, ObsRequestFailed):
        raised: StudioError = error("StartRecord", 500, "", "Stop it first.")
    elif issubclass(error, ProblemsFound):
        raised = error((Problem("a.yaml", 1, 2, "wrong", "mend it"),), "It broke.", "Stop it first.")
    else:
        raised = error("It broke.", "Stop it first.")
    assert report(raised) == error.exit_code != 0
    said = capsys.readouterr().err
    assert said.rstrip().endswith("Stop it first.")
    assert "Traceback" not in said


def raised_outside_the_tree(source: str) -> list[str]:
    """Names of exceptions of our own that a source defines."""
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base).split(".")[-1].endswith(("Exception", "Error")) for base in node.bases)
    ]


def test_no_exception_is_defined_outside_the_tree() -> None:
    outside = {
        path.name: found
        for path in ROOT.rglob("*.py")
        if path.name != "errors.py" and (found := raised_outside_the_tree(path.read_text(encoding="utf-8")))
    }
    assert outside == {}


def test_a_planted_exception_is_found() -> None:
    assert raised_outside_the_tree("class Oops(ValueError): pass") == ["Oops"]
