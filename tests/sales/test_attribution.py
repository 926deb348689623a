"""Which cue sold a line: a table of moments, and the rule itself, tried out against every span."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.model.sales import OrderLine
from studio.sales.attribution import Credit, Span, attribute
from tests.sales.evening import START, line

LAG_MS = 120_000


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def span(cue: str, product_id: str, start: float, end: float) -> Span:
    return Span(cue, frozenset({product_id}), at(start), at(end))


SPANS = (span("a", "p", 10, 20), span("b", "q", 20, 30), span("c", "p", 40, 50))


@pytest.mark.parametrize(
    ("minutes", "cue"),
    [
        pytest.param(9.999, None, id="before the first cue"),
        pytest.param(10, "a", id="at its start"),
        pytest.param(15, "a", id="on air"),
        pytest.param(20, "a", id="at its end"),
        pytest.param(21, "a", id="under the next product's cue, within the lag"),
        pytest.param(22, "a", id="at the end of the lag"),
        pytest.param(22.001, None, id="after the lag"),
        pytest.param(41, "c", id="explained a second time"),
        pytest.param(52.001, None, id="after the last"),
    ],
)
def test_one_line_at(minutes: float, cue: str | None) -> None:
    credits = attribute([line(at=at(minutes))], SPANS, lag_ms=LAG_MS)
    assert [credit.cue for credit in credits.values()] == ([cue] if cue else [])


def test_a_product_in_no_cue_belongs_to_none() -> None:
    assert attribute([line(product_id="other", at=at(15))], SPANS, lag_ms=LAG_MS) == {}


def test_one_product_may_have_several_ids() -> None:
    both = Span("a", frozenset({"p", "p2"}), at(0), at(5))
    lines = [line("1", product_id="p", at=at(1)), line("2", product_id="p2", at=at(1))]
    assert len(attribute(lines, [both], lag_ms=0)) == 2


def test_an_unpaid_line_is_placed_by_the_same_rule() -> None:
    assert len(attribute([line(at=at(15), paid=False)], SPANS, lag_ms=LAG_MS)) == 1


def test_a_late_payment_does_not_move_a_line() -> None:
    late = replace(line(at=at(15)), paid_at=at(45))
    assert attribute([late], SPANS, lag_ms=LAG_MS)[late.key].cue == "a"


def test_a_short_cue_over_a_long_one_gives_back_to_it() -> None:
    nested = (span("long", "p", 0, 60), span("short", "p", 10, 11))
    lines = [line("1", at=at(10.5)), line("2", at=at(30))]
    credits = attribute(lines, nested, lag_ms=LAG_MS)
    assert [credits[one.key].cue for one in lines] == ["short", "long"]


def test_of_two_that_began_together_the_later_in_order_counts() -> None:
    together = (span("first", "p", 0, 5), span("second", "p", 0, 5))
    assert [credit.cue for credit in attribute([line(at=at(1))], together, lag_ms=0).values()] == ["second"]


def test_without_a_room_it_is_an_estimate() -> None:
    one = line(at=at(15))
    assert attribute([one], SPANS, lag_ms=LAG_MS) == {one.key: Credit("a", estimate=True)}


def test_a_line_of_the_sessions_room_is_none() -> None:
    one = line(at=at(15), room_id="73")
    assert attribute([one], SPANS, lag_ms=LAG_MS, rooms=frozenset({"73"})) == {one.key: Credit("a", estimate=False)}


def test_a_line_of_another_room_belongs_to_no_cue() -> None:
    assert attribute([line(at=at(15), room_id="99")], SPANS, lag_ms=LAG_MS, rooms=frozenset({"73"})) == {}


def test_a_room_says_nothing_where_the_sessions_rooms_are_unknown() -> None:
    one = line(at=at(15), room_id="99")
    assert attribute([one], SPANS, lag_ms=LAG_MS)[one.key].estimate


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    paris = ZoneInfo("Europe/Paris")
    start = datetime(2026, 10, 25, 2, 30, tzinfo=paris)  # an hour later the clock shows 2:30 again
    night = Span("a", frozenset({"p"}), start, start + timedelta(minutes=10))
    lines = [
        line("1", at=start.astimezone(UTC) + timedelta(minutes=5)),
        line("2", at=(start.astimezone(UTC) + timedelta(minutes=65)).astimezone(paris)),
    ]
    assert [key.line_id for key in attribute(lines, [night], lag_ms=0)] == ["1"]


minutes = st.integers(0, 60)
made_spans = st.lists(
    st.builds(
        lambda cue, product, start, length: span(str(cue), product, start, start + length),
        st.integers(0, 10**6),
        st.sampled_from("pqr"),
        minutes,
        st.integers(0, 30),
    ),
    max_size=12,
)
made_lines = st.lists(st.tuples(st.sampled_from("pqrx"), minutes), max_size=20).map(
    lambda found: [line(str(index), product_id=product, at=at(minute)) for index, (product, minute) in enumerate(found)]
)


def tried_one_by_one(one: OrderLine, spans: list[Span], lag: timedelta) -> str | None:
    cue, began = None, datetime.min.replace(tzinfo=UTC)
    for candidate in spans:
        fits = candidate.start <= one.created_at <= candidate.end + lag and one.product_id in candidate.product_ids
        if fits and candidate.start >= began:
            cue, began = candidate.cue, candidate.start
    return cue


@given(made_lines, made_spans, st.integers(0, 20))
def test_the_sweep_gives_what_trying_every_span_gives(lines: list[OrderLine], spans: list[Span], lag: int) -> None:
    credits = attribute(lines, spans, lag_ms=lag * 60_000)
    for one in lines:
        credit = credits.get(one.key)
        assert (credit.cue if credit else None) == tried_one_by_one(one, spans, timedelta(minutes=lag))
