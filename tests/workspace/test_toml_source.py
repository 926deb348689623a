"""TOML values come from the standard library; their places are ours and must point at the very text."""

import tomllib
from typing import Any

import pytest

from studio.workspace.reading import parse
from studio.workspace.source import Scalar, Source, TreePath
from studio.workspace.toml_source import locate

pytestmark = pytest.mark.usefixtures("english")

EVERYTHING = r'''# every way TOML has to write a value
title = "红芸豆" # behind a value
"quoted key" = 'C:\录像'
a.b.c = 1
list = [ 1, # one
  2, [3, 4], { x = 5, "y z" = [6] } ]
empty = []
long = """
first ] } = "line"
  \""" second""""
raw = QQQ
[not.a.table]
QQQ
when = 2026-12-04 19:30:00
day = 2026-12-04
half = 1.50
yes = true
hex = 0xFF
[venue]
name = 'x'
[venue.inner]
n = 1
[[paths]]
ours = 'a'
  [[paths]]
  ours = 'b'
  [paths.more]
  z = 1
[studios.'main']
obs = { host = "h", port = 4455 }
[[studios.main.paths]]
q = 1
'''.replace("QQQ", "'''")


def leaves(tree: Any, path: TreePath = ()) -> list[TreePath]:
    if isinstance(tree, dict):
        return [path, *(leaf for key, value in tree.items() for leaf in leaves(value, (*path, key)))]
    if isinstance(tree, list):
        return [path, *(leaf for index, value in enumerate(tree) for leaf in leaves(value, (*path, index)))]
    return [path]


def test_every_value_of_every_form_has_a_place() -> None:
    assert set(leaves(tomllib.loads(EVERYTHING))) == set(locate(EVERYTHING))


@pytest.mark.parametrize(
    ("path", "begins"),
    [
        (("title",), '"红芸豆"'),
        (("quoted key",), "'C:"),
        (("a", "b", "c"), "1"),
        (("list", 1), "2"),
        (("list", 2, 1), "4"),
        (("list", 3, "y z", 0), "6"),
        (("when",), "2026-12-04 19:30:00"),
        (("venue", "inner", "n"), "1"),
        (("paths", 1, "ours"), "'b'"),
        (("paths", 1, "more", "z"), "1"),
        (("studios", "main", "obs", "port"), "4455"),
        (("studios", "main", "paths", 0, "q"), "1"),
    ],
)
def test_a_place_points_at_the_text_of_its_value(path: TreePath, begins: str) -> None:
    line, column = locate(EVERYTHING)[path].value
    assert EVERYTHING.split("\n")[line - 1][column - 1 :].startswith(begins)


def read(text: str) -> Source:
    source, problems = parse("x.toml", text.encode())
    assert problems == ()
    assert source is not None
    return source


@pytest.mark.parametrize(
    ("written", "scalar"),
    [
        ("4455", Scalar("4455", "number")),
        ("1.10", Scalar("1.10", "number")),
        ("true", Scalar("true", "bool")),
        ('"4455"', Scalar("4455", "text")),
        ("2026-12-04", Scalar("2026-12-04", "time")),
    ],
)
def test_a_value_keeps_its_kind(written: str, scalar: Scalar) -> None:
    assert read(f"a = {written}\n").at(("a",)) == scalar


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        pytest.param("a = 1\nb = \n", 2, "not readable as TOML", id="no value"),
        pytest.param("a = 1\nb = 'x\nc = 'y'\n", 2, "not readable as TOML", id="open quote"),
        pytest.param("[s.main]\nx = 1\n[s.other]\n[s.main]\n", 4, "first in line 1", id="table twice"),
        pytest.param("[s]\nx = 1\ny = 2\nx = 3\n", 4, "first in line 2", id="key twice"),
        pytest.param("a = " + "9" * 5000, 1, "not readable as TOML", id="endless number"),
        pytest.param("a = " + "[" * 3000, 0, "too deep", id="deep"),
        pytest.param("a = [" + "[" * 40 + "]" * 40 + "]", 0, "too deep", id="a little too deep"),
    ],
)
def test_what_cannot_be_read_is_one_problem(text: str, line: int, says: str) -> None:
    source, problems = parse("x.toml", text.encode())
    assert source is None
    (problem,) = problems
    assert says in problem.what
    assert problem.line == line
