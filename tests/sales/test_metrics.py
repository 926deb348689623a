"""Figures from lines: parts add up to the whole, to the fen, whatever the lines are."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.model.figures import Totals
from studio.model.sales import OrderLine
from studio.sales.attribution import Span, attribute
from studio.sales.files import doudian_orders
from studio.sales.metrics import by_cue, curve, curve_step, grouped, totals
from studio.sales.sandbox.doudian_export import product_id
from tests.sales import oracle
from tests.sales.evening import END, MOMENTS, START, line, write_evening

SPANS = tuple(
    Span(f"cue-{index}", frozenset({product_id(moment.product)}), moment.start, moment.end)
    for index, moment in enumerate(MOMENTS)
)
ADDITIVE = ("lines", "units", "paid_fen", "freight_fen", "submitted_fen")


def by_product(lines):
    """The sums of each product, by the grouping that reports use."""
    return grouped(lines, lambda line: line.product_id)


def test_nothing_adds_up_to_nothing() -> None:
    assert totals([]) == Totals()


def test_an_unpaid_line_is_submitted_but_not_paid() -> None:
    assert totals([line(fen=500, paid=False, freight_fen=600)]) == Totals(submitted_fen=500)


def test_freight_counts_once_an_order() -> None:
    lines = [line(str(index), order_id="1", fen=1000, freight_fen=600) for index in range(3)]
    assert totals(lines) == Totals(orders=1, lines=3, units=3, paid_fen=3000, freight_fen=600, submitted_fen=3000)


def test_freight_given_on_one_line_only_counts_too() -> None:
    lines = [line("1", order_id="1"), line("2", order_id="1", freight_fen=600)]
    assert totals(lines).freight_fen == 600


def test_freight_goes_with_the_orders_first_paid_line() -> None:
    lines = [
        line("3", order_id="1", product_id="c", freight_fen=600),
        line("1", order_id="1", product_id="a", freight_fen=600, paid=False),
        line("2", order_id="1", product_id="b", freight_fen=600),
    ]
    assert {product: part.freight_fen for product, part in by_product(lines).items()} == {"a": 0, "b": 600, "c": 0}


def test_the_same_order_number_on_two_platforms_is_two_orders() -> None:
    lines = [line("1", order_id="1"), replace(line("1", order_id="1"), platform="kuaishou")]
    assert totals(lines).orders == 2


def test_a_refunded_order_stays_paid_and_its_refund_unknown() -> None:
    found = totals([replace(line(fen=700), after_sale="退款成功")])
    assert (found.paid_fen, found.refunded_fen) == (700, None)


@pytest.mark.parametrize(
    ("length", "step"),
    [
        (timedelta(seconds=1), 1),
        (timedelta(seconds=60), 1),
        (timedelta(milliseconds=60_001), 5),
        (timedelta(minutes=2), 5),
        (timedelta(minutes=5), 5),
        (timedelta(minutes=10), 10),
        (timedelta(minutes=30), 30),
        (timedelta(hours=1), 60),
        (timedelta(hours=2), 300),
        (timedelta(hours=6), 600),
        (timedelta(hours=24), 1800),
        (timedelta(days=365), 8 * 24 * 3600),
    ],
    ids=str,
)
def test_steps_of_the_curve(length: timedelta, step: int) -> None:
    assert curve_step(length // timedelta(milliseconds=1)) == step * 1000


@given(st.integers(12_000, 60 * 24 * 3_600_000))
def test_a_curve_has_twelve_to_sixty_buckets(length_ms: int) -> None:
    assert 12 <= -(-length_ms // curve_step(length_ms)) <= 60


def test_a_line_at_the_end_of_the_window_comes_after_it() -> None:
    found = curve([line("1", at=START), line("2", at=END)], START, END)
    assert (found.buckets[0].lines, found.before.lines, found.after.lines) == (1, 0, 1)


def test_lines_outside_the_window_are_told_not_lost() -> None:
    lines = [line("1", at=START - timedelta(seconds=1), fen=7), line("2", at=END + timedelta(days=9), fen=9)]
    found = curve(lines, START, END)
    assert (found.before.paid_fen, found.after.paid_fen) == (7, 9)


def test_buckets_begin_one_step_apart_on_the_night_clocks_change() -> None:
    start = datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/Paris"))
    found = curve([], start, datetime(2026, 10, 25, 3, 30, tzinfo=start.tzinfo), 1_800_000)
    assert [f"{bucket.start:%H:%M %z}" for bucket in found.buckets] == [
        "01:30 +0200",
        "02:00 +0200",
        "02:30 +0200",
        "02:00 +0100",
        "02:30 +0100",
        "03:00 +0100",
    ]


made_lines = st.lists(
    st.builds(
        lambda order, product, minute, paid, fen, freight, quantity: (
            order,
            line(
                order_id=f"order {order}",
                product_id=product,
                at=START + timedelta(minutes=minute),
                paid=paid,
                fen=fen,
                freight_fen=freight,
                quantity=quantity,
            ),
        ),
        st.integers(0, 8),
        st.sampled_from(sorted(SPANS[0].product_ids | SPANS[1].product_ids | {"other"})),
        st.integers(-30, 150),
        st.booleans(),
        st.integers(0, 10**9),
        st.integers(0, 2000),
        st.integers(1, 9),
    ),
    max_size=30,
).map(lambda found: [replace(one, line_id=str(index)) for index, (_order, one) in enumerate(found)])


def added(parts: list[Totals]) -> dict[str, int]:
    return {name: sum(getattr(part, name) for part in parts) for name in ADDITIVE}


@given(made_lines, st.integers(0, 600_000))
def test_cues_and_what_belongs_to_none_add_up_to_the_whole(lines: list[OrderLine], lag_ms: int) -> None:
    cues, unattributed = by_cue(lines, attribute(lines, SPANS, lag_ms=lag_ms))
    assert added([*cues.values(), unattributed]) == added([totals(lines)])


@given(made_lines)
def test_products_add_up_to_the_whole(lines: list[OrderLine]) -> None:
    assert added(list(by_product(lines).values())) == added([totals(lines)])


@given(made_lines, st.integers(0, 7200), st.integers(1, 9000))
def test_the_curve_and_what_lies_outside_add_up_to_the_whole(lines: list[OrderLine], begin: int, length: int) -> None:
    start = START + timedelta(seconds=begin)
    found = curve(lines, start, start + timedelta(seconds=length))
    whole = totals(lines)
    inside, outside = found.buckets, (found.before, found.after)
    assert sum(bucket.lines for bucket in inside) + sum(part.lines for part in outside) == whole.lines
    assert sum(bucket.paid_fen for bucket in inside) + sum(part.paid_fen for part in outside) == whole.paid_fen


@given(made_lines, st.randoms())
def test_sums_do_not_depend_on_the_order_of_lines(lines: list[OrderLine], dice: object) -> None:
    shuffled = sorted(lines, key=lambda _one: dice.random())
    assert totals(shuffled) == totals(lines)
    assert by_product(shuffled) == by_product(lines)


@pytest.mark.parametrize("seed", range(5))
def test_every_figure_of_a_file_is_what_the_file_says(tmp_path: Path, seed: int) -> None:
    path = write_evening(tmp_path, seed=seed, orders=120)
    rows = oracle.sales(path)
    lines = list(doudian_orders.read(path))
    for product, part in by_product(lines).items():
        expected = oracle.sums([row for row in rows if row.product == product])
        assert {name: getattr(part, name) for name in ("lines", "units", "paid_fen", "submitted_fen", "orders")} == {
            name: value for name, value in expected.items() if name != "freight_fen"
        }
    found = curve(lines, START, END)
    width = timedelta(milliseconds=found.step_ms)
    for index, bucket in enumerate(found.buckets):
        begin = START + index * width
        expected = oracle.sums([row for row in rows if begin <= row.created < min(begin + width, END)])
        assert (bucket.lines, bucket.paid_fen) == (expected["lines"], expected["paid_fen"])
    cues, unattributed = by_cue(lines, attribute(lines, SPANS, lag_ms=300_000))
    assert added([*cues.values(), unattributed]) == {
        name: value for name, value in oracle.sums(rows).items() if name in ADDITIVE
    }
    assert len(cues) == 4
    assert unattributed.paid_fen > 0
