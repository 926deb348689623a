"""YAML as it is written: nothing turns into another type, everything has a place, and no bytes make a traceback."""

import pytest

from studio.model.problem import Problem
from studio.workspace.reading import parse
from studio.workspace.source import Scalar, Source

pytestmark = pytest.mark.usefixtures("english")


def read(text: str | bytes) -> Source:
    source, problems = parse("x.yaml", text if isinstance(text, bytes) else text.encode())
    assert problems == ()
    assert source is not None
    return source


def refused(text: str | bytes) -> Problem:
    source, problems = parse("x.yaml", text if isinstance(text, bytes) else text.encode())
    assert source is None
    (problem,) = problems
    return problem


@pytest.mark.parametrize(
    ("written", "text", "kind"),
    [
        ("39.90", "39.90", "number"),
        ("0o17", "0o17", "number"),
        ("1_000", "1_000", "number"),
        (".nan", ".nan", "number"),
        ("yes", "yes", "text"),
        ("true", "true", "bool"),
        ("'4455'", "4455", "text"),
        ("3:30", "3:30", "text"),
        ("2026-12-04", "2026-12-04", "time"),
        ("2026-12-04 19:30", "2026-12-04 19:30", "text"),
        ("~", "~", "nothing"),
        ("3600000000000010101", "3600000000000010101", "number"),
    ],
)
def test_a_value_stays_as_it_is_written(written: str, text: str, kind: str) -> None:
    assert read(f"a: {written}\n").at(("a",)) == Scalar(text, kind)


def test_an_empty_value_stands_where_its_key_stands() -> None:
    source = read("a: 1\nb:\nc: 2\n")
    assert source.at(("b",)) == Scalar("", "nothing")
    assert source.position(("b",)) == (2, 1)


def test_lists_and_mappings_have_places() -> None:
    source = read("cues:\n  - id: one\n    points: [红, 豆]\n  - id: two\n")
    assert source.position(("cues", 1, "id")) == (4, 9)
    assert source.position(("cues", 1, "id"), key=True) == (4, 5)
    assert source.position(("cues", 0, "points", 1)) == (3, 17)


def test_what_is_missing_has_the_place_of_what_it_is_missing_from() -> None:
    assert read("a:\n  b: {c: 1}\n").position(("a", "b", "d")) == (2, 3)


def test_a_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    source = read(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert source.text(("a",)) == "1"
    assert source.position(("b",)) == (2, 4)


def test_a_key_given_twice_names_both_lines_and_does_not_end_the_reading() -> None:
    source, problems = parse("x.yaml", b"a: 1\nb: 2\na: 3\nc: 4\n")
    assert [(problem.line, problem.column) for problem in problems] == [(3, 1)]
    assert "line 1" in problems[0].what
    assert source is not None
    assert source.text(("c",)) == "4"


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        pytest.param("a:\n\t- b\n", (2, 1), "a tab", id="tab"),
        pytest.param("a: b: c\n", (1, 5), "a colon or an indentation", id="two colons"),
        pytest.param("a: [1, 2\nb: 3\n", (2, 2), "a bracket is not closed", id="open bracket"),
        pytest.param("a: 'x\n", (2, 1), "a quoted text does not end", id="open quote"),
        pytest.param("a: @x\n", (1, 4), "cannot begin with this character", id="reserved sign"),
        pytest.param("a: 1\n---\nb: 2\n", (2, 1), "second document", id="second document"),
        pytest.param("a: *nowhere\n", (1, 4), "names nothing", id="alias of nothing"),
        pytest.param("a: 1\n  b: 2\n", (2, 4), "a colon or an indentation", id="bad indentation"),
        pytest.param("", (0, 0), "the file is empty", id="empty"),
        pytest.param("# only a comment\n", (0, 0), "the file is empty", id="comment only"),
        pytest.param(b"a: 1\nb: \x00\n", (2, 4), "control character stands here (U+0000)", id="NUL"),
        pytest.param("a: 1\nb: 红\u0007\n", (2, 5), "U+0007", id="bell"),
        pytest.param("a: 红芸豆\n".encode("gb18030"), (1, 4), "it looks like GBK", id="GBK"),
        pytest.param("a: 1\n".encode("utf-16"), (1, 1), "it looks like UTF-16", id="UTF-16"),
        pytest.param("a: " + "[" * 5000, (1, 33), "too deep", id="deep"),
        pytest.param("a: &x [*x]\n", (0, 0), "too deep", id="holds itself"),
    ],
)
def test_what_cannot_be_read_is_one_problem_with_its_place(
    text: str | bytes, place: tuple[int, int], says: str
) -> None:
    problem = refused(text)
    assert (problem.line, problem.column) == place
    assert says in problem.what
    assert problem.remedy


def test_references_that_unfold_to_millions_are_refused() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "too many values" in refused("\n".join(levels)).what


def test_a_reference_used_once_is_read() -> None:
    assert read("a: &x 豆\nb: *x\n").text(("b",)) == "豆"


def test_a_tag_is_a_problem_and_runs_nothing() -> None:
    _source, problems = parse("x.yaml", b"a: !!python/object/apply:os.getcwd []\n")
    assert "has no meaning here" in problems[0].what


def test_a_list_as_key_is_a_problem() -> None:
    _source, problems = parse("x.yaml", b"? [a, b]\n: c\n")
    assert "where a key is expected" in problems[0].what
