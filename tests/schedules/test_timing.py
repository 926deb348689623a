"""Where rows stand on the time line, and what overlaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.schedules.timing import Slot, Span, circles, line_up, overlaps, starts

ALL = frozenset({"main"})


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        pytest.param([], (), id="no rows"),
        pytest.param([Slot(None, 5), Slot(None, 7), Slot(None, 1)], (0, 5, 12), id="each follows the one above"),
        pytest.param([Slot(10, 5), Slot(None, 7)], (10, 15), id="the first may start later"),
        pytest.param([Slot(None, 5), Slot(60, 7), Slot(None, 1)], (0, 60, 67), id="a gap"),
        pytest.param([Slot(None, 5), Slot(3, 7)], (0, 3), id="an overlap is placed as written"),
        pytest.param(
            [Slot(None, None), Slot(None, 7), Slot(90, 1)], (0, None, 90), id="unknown until a start is given"
        ),
        pytest.param([Slot(None, 5), Slot(None, 5), Slot(None, 7, 0, 2)], (0, 5, 2), id="after its leader's start"),
        pytest.param([Slot(None, 5), Slot(None, 7, 2, 1), Slot(60, 5)], (0, 61, 60), id="its leader stands below"),
        pytest.param([Slot(None, 5), Slot(None, 7, 0, 9), Slot(None, 1)], (0, 9, 16), id="the next follows it"),
        pytest.param(
            [Slot(None, 5, floating=True), Slot(None, 7), Slot(None, 7, 1), Slot(9, 1)],
            (None, None, None, 9),
            id="what hangs on a floating row floats",
        ),
        pytest.param([Slot(None, 5), Slot(None, 7, 2), Slot(None, 1)], (0, None, None), id="waiting for each other"),
        pytest.param([Slot(None, 5, 0)], (None,), id="waiting for itself"),
    ],
)
def test_a_row_starts_where_it_says_or_where_the_one_above_ends(
    slots: list[Slot], expected: tuple[int | None, ...]
) -> None:
    assert starts(slots) == expected


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        pytest.param([Slot(None, 5), Slot(None, 5, 0)], (), id="none"),
        pytest.param([Slot(None, 5, 0)], (0,), id="itself"),
        pytest.param([Slot(None, 5, 1), Slot(None, 5, 2), Slot(None, 5, 0)], (0,), id="three in a circle"),
        pytest.param([Slot(None, 5), Slot(None, 5, 3), Slot(None, 5), Slot(None, 5)], (1,), id="by the row above"),
        pytest.param([Slot(None, 5), Slot(None, 5, 3), Slot(None, 5), Slot(30, 5)], (), id="cut by a start of its own"),
        pytest.param([Slot(None, 5, 1), Slot(None, 5, 2), Slot(None, 5, 1)], (1,), id="a row that leads into one"),
    ],
)
def test_rows_that_wait_for_one_another_are_found_once(slots: list[Slot], expected: tuple[int, ...]) -> None:
    assert circles(slots) == expected


def test_a_long_chain_of_rows_is_placed() -> None:
    """Longer than the interpreter's stack is deep."""
    backwards = [Slot(None, 1, at + 1, 1) for at in range(5_000)]
    assert starts([*backwards, Slot(0, 1)])[0] == 5_000


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([Span(0, 5, ALL), Span(5, 9, ALL)], (), id="touching"),
        pytest.param([Span(0, 5, ALL), Span(4, 9, ALL)], ((1, 0, "main"),), id="one unit too early"),
        pytest.param([Span(4, 9, ALL), Span(0, 5, ALL)], ((0, 1, "main"),), id="written in any order"),
        pytest.param([Span(0, 5, ALL), Span(4, 9, frozenset({"aux1"}))], (), id="another room"),
        pytest.param(
            [Span(0, 9, ALL), Span(2, 3, ALL), Span(8, 9, ALL)], ((1, 0, "main"), (2, 0, "main")), id="inside"
        ),
        pytest.param([Span(0, 5, ALL), Span(3, 3, ALL)], (), id="of no length"),
        pytest.param([Span(0, 5, ALL), Span(0, 5, ALL)], ((1, 0, "main"),), id="the same twice"),
    ],
)
def test_what_overlaps(spans: list[Span], expected: tuple[tuple[int, int, str], ...]) -> None:
    assert overlaps(spans) == expected


@given(
    st.lists(
        st.builds(
            lambda start, length, users: Span(start, start + length, users),
            st.integers(0, 30),
            st.integers(0, 10),
            st.frozensets(st.sampled_from("abc")),
        ),
        max_size=8,
    )
)
def test_a_user_is_reported_exactly_where_two_spans_share_a_unit(spans: list[Span]) -> None:
    shared = {
        user
        for index, one in enumerate(spans)
        for other in spans[:index]
        for user in one.users & other.users
        if set(range(one.start, one.end)) & set(range(other.start, other.end))
    }
    assert {user for _later, _earlier, user in overlaps(spans)} == shared


def test_the_line_up_is_in_order_of_the_first_row() -> None:
    assert line_up(["b", None, "a", "b"]) == ("b", "a")
