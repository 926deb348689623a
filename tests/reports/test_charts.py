"""The drawings: text stays text, labels keep apart, odd sessions are drawn too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.reports.charts import curve_chart, plan_chart
from studio.reports.lanes import GAP, kept_inside, lanes, nice_step, text_width
from tests.reports.samples import HOSTILE, START, ordinary

TEXT = "{http://www.w3.org/2000/svg}text"


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(TEXT)]


def test_chinese_titles_are_text_in_the_curve() -> None:
    assert "2 沙棘原浆讲解" in texts(curve_chart(ordinary()))


def test_every_cue_that_ran_is_marked_and_no_other() -> None:
    marked = {text.split()[0] for text in texts(curve_chart(ordinary())) if text[0].isdigit() and " " in text}
    assert marked == {"1", "2", "3", "4", "5", "7", "8"}


def test_many_cues_are_marked_by_their_numbers() -> None:
    found = texts(curve_chart(ordinary(cues=60, minutes=1)))
    ran = [str(number) for number, cue in enumerate(ordinary(cues=60, minutes=1).cues, 1) if cue.actual_start]
    assert f" {' '.join(ran)} " in f" {' '.join(found)} "


def test_the_highest_bar_is_the_highest_bucket() -> None:
    figures = ordinary()
    root = ElementTree.fromstring(curve_chart(figures))
    bars = [
        path.get("d", "")
        for path in root.iter("{http://www.w3.org/2000/svg}path")
        if "#d9730d" in path.get("style", "")
    ]
    numbers = [[float(word) for word in bar.replace("\n", " ").split() if word[-1].isdigit()] for bar in bars]
    heights = [max(points[1::2]) - min(points[1::2]) for points in numbers]
    paid = [bucket.paid_fen for bucket in figures.curve]
    assert len(heights) == len(paid)
    assert heights == pytest.approx([max(heights) * fen / max(paid) for fen in paid], abs=0.02)


def test_planned_bars_lie_where_the_plan_has_them() -> None:
    root = ElementTree.fromstring(plan_chart(ordinary()))
    paths = [path for path in root.iter("{http://www.w3.org/2000/svg}path") if "#b9c7be" in path.get("style", "")]
    lefts = [float(path.get("d", "").split()[1]) for path in paths]
    steps = [later - earlier for earlier, later in pairwise(lefts)]
    assert len(lefts) == 8
    assert steps == pytest.approx([steps[0]] * 7, abs=0.01)


def test_late_cues_are_hatched_and_others_are_not() -> None:
    assert plan_chart(ordinary()).count("fill: url(#plan-h") == 1


def test_hostile_titles_are_escaped() -> None:
    cues = tuple(replace(cue, title=HOSTILE) for cue in ordinary(cues=3).cues)
    svg = curve_chart(replace(ordinary(cues=3), cues=cues))
    ElementTree.fromstring(svg)
    assert "<script" not in svg


@pytest.mark.parametrize(
    "change",
    [
        {"cues": ()},
        {"curve": ordinary().curve[:1]},
        {"curve": tuple(replace(bucket, paid_fen=0, lines=0) for bucket in ordinary().curve)},
        {"cues": tuple(replace(cue, actual_start=START - timedelta(hours=3)) for cue in ordinary().cues)},
        {"cues": tuple(replace(cue, actual_start=START, title="$x_{") for cue in ordinary(60, 1).cues)},
    ],
    ids=["no cues", "one step", "no sales", "cues before the curve", "all at once"],
)
def test_an_odd_curve_is_drawn(change: dict[str, object]) -> None:
    ElementTree.fromstring(curve_chart(replace(ordinary(), **change)))


@pytest.mark.parametrize(
    "cues",
    [
        tuple(replace(cue, actual_start=None, actual_ms=None) for cue in ordinary().cues),
        tuple(replace(cue, planned_ms=0, actual_ms=0) for cue in ordinary(1).cues),
        tuple(replace(cue, actual_start=START + timedelta(days=1)) for cue in ordinary(2).cues),
    ],
    ids=["nothing ran", "zero length", "a day late"],
)
def test_an_odd_plan_is_drawn(cues: tuple[object, ...]) -> None:
    ElementTree.fromstring(plan_chart(replace(ordinary(), cues=cues)))


@given(st.lists(st.tuples(st.floats(0, 700), st.floats(1, 120)), max_size=30))
def test_labels_of_one_lane_never_overlap(labels: list[tuple[float, float]]) -> None:
    labels = sorted(labels)
    middles, widths = [middle for middle, _width in labels], [width for _middle, width in labels]
    placed = lanes(middles, widths, 40)
    assert placed is not None
    for (one, lane), (other, same) in combinations(enumerate(placed), 2):
        if lane == same:
            assert middles[other] - widths[other] / 2 - (middles[one] + widths[one] / 2) >= GAP - 1e-6


def test_labels_that_need_more_lanes_than_there_are_get_none() -> None:
    assert lanes([10, 11, 12], [30, 30, 30], 2) is None


def test_labels_are_kept_inside() -> None:
    assert kept_inside([0, 50, 100], [20, 20, 20], 0, 100) == [10, 50, 90]


def test_a_chinese_character_is_as_wide_as_high() -> None:
    assert text_width("沙棘，", 10) == 30
    assert text_width("ab", 10) < 20


@pytest.mark.parametrize(
    ("span", "step"),
    [(1, 1), (8, 1), (9, 2), (75, 10), (120, 15), (600, 120), (2400, 300), (7200, 900), (90000, 18000)],
)
def test_ticks_are_at_round_times(span: float, step: float) -> None:
    assert nice_step(span, 8) == step
