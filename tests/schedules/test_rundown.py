"""When a lane goes on, and what it expects: tables of cases by the rules of ``docs/timing.md``."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from studio.clock import NS_PER_MS, NS_PER_S, wall_ns
from studio.model.runsheet import Cue, Follows, Late, RunSheet
from studio.schedules.binding import hard_instants
from studio.schedules.rundown import (
    Due,
    Rundown,
    begun,
    decide,
    due,
    earliest,
    for_studio,
    late_ms,
    latest,
    outlook,
    superseded,
    verdict,
)

S = NS_PER_S


def cue(identity: str, start_s: int = 0, duration_s: int = 10, **rest: Any) -> Cue:
    return Cue(identity, start_s * 1000, duration_s * 1000, "host", identity, **{"advance": "auto", **rest})


P, Q, R = cue("p", 0), cue("q", 10), cue("r", 20)


def lane(*rows: Cue, on: str | None = "p", since_s: int = 0, hard: dict[str, int] | None = None) -> Rundown:
    """A lane whose row ``on`` was called at ``since_s``; ``hard`` in seconds."""
    built = Rundown(rows or (P, Q, R), {name: at * S for name, at in (hard or {}).items()})
    row = built.row(on)
    return built if row is None else built.called(row, since_s * S)


def call(rundown: Rundown) -> tuple[str, float] | None:
    """What the lane calls by itself, at which second."""
    found = due({"a": rundown}, "a")
    return None if found is None else (found.row.id, found.at_ns / S)


@pytest.mark.parametrize(
    ("rundown", "expected"),
    [
        pytest.param(lane(on=None), ("p", 0), id="the first row at the opening"),
        pytest.param(lane(cue("p", 5), Q, on=None), ("p", 5), id="the opening is the first row's start"),
        pytest.param(lane(on=None).held_at(-8 * S).resumed(-5 * S), ("p", 0), id="held before the opening"),
        pytest.param(lane(), ("q", 10), id="when the slot is over"),
        pytest.param(lane(since_s=4), ("q", 14), id="called late by a person"),
        pytest.param(lane(cue("p", 0, 3), Q), ("q", 10), id="the slot lasts to the next start, not its duration"),
        pytest.param(lane(cue("p", 0, 0), cue("q", 0)), ("q", 0), id="zero length"),
        pytest.param(lane(on="r", since_s=20), None, id="after the last row"),
        pytest.param(lane(cue("p", advance="manual"), Q), None, id="a manual row waits for a person"),
        pytest.param(lane(cue("p", advance="media_end"), Q), None, id="a clip that plays"),
        pytest.param(lane(cue("p", advance="media_end"), Q).clip_ended(7 * S), ("q", 7), id="a clip that has ended"),
        pytest.param(lane().held_at(4 * S), None, id="held"),
        pytest.param(lane().held_at(4 * S).resumed(9 * S), ("q", 15), id="held and resumed"),
        pytest.param(lane().held_at(4 * S).held_at(6 * S).resumed(9 * S), ("q", 15), id="held twice"),
        pytest.param(lane().extended(5 * S), ("q", 15), id="extended"),
        pytest.param(lane().extended(5 * S).extended(-7 * S), ("q", 8), id="shortened"),
        pytest.param(lane().extended(-30 * S).touched(6 * S), ("q", 6), id="shortened into the past"),
        pytest.param(lane().without("q"), ("r", 10), id="the next row skipped"),
        pytest.param(lane().without("q", "r"), None, id="all skipped"),
        pytest.param(lane().ended(5 * S), None, id="ended"),
        pytest.param(lane(hard={"r": 7}), ("r", 7), id="a hard time passes a row over"),
        pytest.param(lane(hard={"r": 10}), ("r", 10), id="a hard time at the instant of another row"),
        pytest.param(lane(hard={"r": 11}), ("q", 10), id="a hard time behind another row"),
        pytest.param(lane(hard={"q": 7, "r": 7}), ("r", 7), id="two hard times of one instant"),
        pytest.param(lane(hard={"q": 8, "r": 7}), ("r", 7), id="the earlier of two hard times"),
        pytest.param(lane(hard={"q": 30}), ("q", 30), id="a hard-timed row waits for its time"),
        pytest.param(lane(hard={"q": 7}).without("q"), ("r", 10), id="a hard-timed row that was skipped"),
        pytest.param(lane(since_s=9, hard={"q": 7}), ("q", 19), id="a hard time that was missed"),
        pytest.param(lane(cue("p", advance="manual"), Q, hard={"q": 7}), ("q", 7), id="a hard time ends a manual row"),
        pytest.param(lane(P, cue("q", 10, follows=Follows("p", 4000))), ("q", 4), id="linked to the row before"),
        pytest.param(lane(P, cue("q", 10, follows=Follows("x", 0))), None, id="linked to a row that never begins"),
        pytest.param(lane(P, cue("q", 10, follows=Follows("q", 0))), None, id="linked to itself"),
    ],
)
def test_what_a_lane_calls_by_itself(rundown: Rundown, expected: tuple[str, float] | None) -> None:
    assert call(rundown) == expected


@pytest.mark.parametrize(
    ("zone", "start", "clock", "expected_s"),
    [
        pytest.param("Asia/Shanghai", "2026-12-04T23:58+08:00", "00:01:00", 180, id="midnight"),
        pytest.param("Asia/Shanghai", "2026-12-31T23:59:30+08:00", "00:00:00", 30, id="the turn of the year"),
        pytest.param("Europe/Berlin", "2026-03-29T01:59+01:00", "03:01:00", 120, id="a DST night, an hour is left out"),
        pytest.param(
            "Europe/Berlin", "2026-10-25T02:59+02:00", "03:01:00", 3720, id="a DST night, an hour comes twice"
        ),
        pytest.param("America/New_York", "2026-03-08T14:59+08:00", "03:00:00", 60, id="a DST night in another zone"),
    ],
)
def test_a_hard_time_is_kept_whatever_the_clock_does(zone: str, start: str, clock: str, expected_s: int) -> None:
    begins, sheet = datetime.fromisoformat(start), RunSheet("s", "s", (P, cue("h", 10, time=clock)))
    instants = hard_instants(sheet, begins, ZoneInfo(zone))
    hard = {"h": (instants["h"] - wall_ns(begins)) // S}
    assert call(lane(*sheet.cues, hard=hard)) == ("h", expected_s)


def test_what_a_hard_time_passes_over_is_told() -> None:
    found = due({"a": lane(hard={"r": 7})}, "a")
    assert found is not None
    assert found.over == ("q",)


def test_a_linked_row_follows_another_lane() -> None:
    other = lane(cue("x", 0), cue("y", 60, follows=Follows("q", 5000)), on="x")
    found = due({"a": lane(on="q", since_s=12), "b": other}, "b")
    assert found == Due(other.rows[1], 17 * S)


def test_a_row_that_several_studios_called_began_at_the_earliest() -> None:
    assert begun({"a": lane(since_s=3), "b": lane(since_s=1)})["p"] == 1 * S


def test_a_row_that_was_gone_back_over_has_not_begun() -> None:
    assert "q" not in begun({"a": lane(on="q", since_s=10).called(P, 12 * S)})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(lambda one: one.without("q").called(R, 20 * S).gone_back(), {"q", "r"}, id="back picks up"),
        pytest.param(lambda one: one.without("q", "r").picked_up_from(P), {"q", "r"}, id="a jump back picks up"),
        pytest.param(lambda one: one.without("q").called(Q, 5 * S).called(P, 6 * S), {"q", "r"}, id="a call picks up"),
        pytest.param(lambda one: one.without(*one.jumped_over(R)), {"r"}, id="a jump ahead drops what is between"),
        pytest.param(lambda one: one.ended(5 * S), set(), id="the end drops all"),
    ],
)
def test_which_rows_are_still_to_come(change: Callable[[Rundown], Rundown], expected: set[str]) -> None:
    changed = change(lane())
    assert {"q", "r"} - changed.dropped == expected


@pytest.mark.parametrize(
    ("rundown", "before"),
    [
        pytest.param(lane(on=None), None, id="nothing was called"),
        pytest.param(lane(), None, id="the first row is on"),
        pytest.param(lane(on="r"), "q", id="the row before"),
        pytest.param(lane(on="r").without("q"), "p", id="not one that was skipped"),
    ],
)
def test_what_back_calls(rundown: Rundown, before: str | None) -> None:
    found = rundown.row_before()
    assert (found and found.id) == before


def test_go_for_all_is_for_the_studios_whose_next_row_comes_first() -> None:
    sheet = RunSheet("s", "s", (P, Q, R))
    lanes = {"a": lane(), "b": lane(P, R), "c": lane()}
    assert earliest(lanes, sheet) == ("a", "c")


def test_back_for_all_is_for_the_studios_that_called_last() -> None:
    assert latest({"a": lane(since_s=3), "b": lane(since_s=1), "c": lane(since_s=3)}) == ("a", "c")


@pytest.mark.parametrize(
    ("rundown", "now_s", "expected"),
    [
        pytest.param(lane(), 3, {"p": 0, "q": 10, "r": 20}, id="as planned"),
        pytest.param(lane(since_s=4), 5, {"p": 4, "q": 14, "r": 24}, id="late"),
        pytest.param(lane(since_s=-4), 0, {"p": -4, "q": 6, "r": 16}, id="early"),
        pytest.param(lane().held_at(4 * S), 9, {"p": 0, "q": 15, "r": 25}, id="held"),
        pytest.param(lane().held_at(4 * S), 50, {"p": 0, "q": 56, "r": 66}, id="held for long"),
        pytest.param(lane().without("q"), 3, {"p": 0, "q": None, "r": 10}, id="skipped"),
        pytest.param(lane(P, cue("q", 10), cue("r", 10)), 3, {"p": 0, "q": 10, "r": 10}, id="zero length"),
        pytest.param(lane(cue("p", advance="manual"), Q), 70, {"p": 0, "q": 70}, id="a manual row overdue"),
        pytest.param(lane(hard={"r": 8}), 3, {"p": 0, "q": None, "r": 8}, id="passed over"),
        pytest.param(lane(hard={"r": 15}), 3, {"p": 0, "q": 10, "r": 15}, id="cut off by a hard time"),
        pytest.param(lane(hard={"q": 7}).held_at(4 * S), 9, {"p": 0, "q": 9, "r": 19}, id="a hard time passed on hold"),
        pytest.param(lane(on="q").called(P, 12 * S), 13, {"p": 12, "q": 22, "r": 32}, id="gone back over"),
        pytest.param(
            lane(P, cue("q", 10, follows=Follows("r", 0)), cue("r", 20, follows=Follows("q", 0))),
            3,
            {"p": 0, "q": None, "r": None},
            id="following each other",
        ),
        pytest.param(
            lane(P, cue("q", 10, follows=Follows("x", 0)), cue("r", 20), cue("h", 30), hard={"h": 30}),
            3,
            {"p": 0, "q": None, "r": None, "h": 30},
            id="behind a row that never comes",
        ),
    ],
)
def test_what_a_lane_expects(rundown: Rundown, now_s: int, expected: dict[str, float | None]) -> None:
    begins = outlook({"a": rundown}, now_s * S)["a"].begins
    assert {name: None if at is None else at / S for name, at in begins.items()} == expected


def test_links_between_lanes_are_expected_both_ways() -> None:
    first = lane(P, cue("q", 10, follows=Follows("y", 5000)), R)
    second = lane(cue("x", 0, 20), cue("y", 20), cue("z", 30, follows=Follows("r", 1000)), on="x")
    looks = outlook({"a": first, "b": second}, 0)
    assert looks["b"].begins["z"] == (20 + 5 + 10 + 1) * S


@pytest.mark.parametrize(
    ("rundown", "now_s", "over_s"),
    [
        pytest.param(lane(), 3, 0, id="as planned"),
        pytest.param(lane(since_s=4), 5, 4, id="late"),
        pytest.param(lane(since_s=-4), 0, -4, id="early"),
        pytest.param(lane().held_at(4 * S), 9, 5, id="held"),
        pytest.param(lane().extended(7 * S), 9, 7, id="extended"),
        pytest.param(lane().without("q"), 3, -10, id="skipped"),
        pytest.param(lane(on="r", since_s=20), 25, 0, id="the last row is on"),
        pytest.param(lane(on="r", since_s=20), 45, 15, id="the last row is overdue"),
        pytest.param(lane(on="r", since_s=20).ended(24 * S), 99, -6, id="ended early"),
        pytest.param(lane(on=None).without("p", "q", "r"), 3, 0, id="all skipped before the opening"),
    ],
)
def test_how_far_a_lane_is_over(rundown: Rundown, now_s: int, over_s: int) -> None:
    assert outlook({"a": rundown}, now_s * S)["a"].over_ns == over_s * S


@pytest.mark.parametrize(
    ("now_s", "passed"),
    [
        pytest.param(10, False, id="on time"),
        pytest.param(19, False, id="late, and still on"),
        pytest.param(20, True, id="when the next is due"),
    ],
)
def test_catching_up_leaves_out_what_a_later_row_has_replaced(now_s: int, passed: bool) -> None:
    assert superseded({"a": lane()}, "a", Due(Q, 10 * S), now_s * S) is passed


def test_a_row_of_no_length_that_is_on_time_is_not_left_out() -> None:
    rows = (P, cue("q", 10), cue("r", 10))
    assert not superseded({"a": lane(*rows)}, "a", Due(rows[1], 10 * S), 10 * S)


@pytest.mark.parametrize(
    ("late", "late_by_ms", "fate"),
    [
        pytest.param(Late("fire"), 0, "fire", id="on time"),
        pytest.param(Late("fire"), 60_000, "fire", id="late and to be fired"),
        pytest.param(Late("hold"), -5, "fire", id="early is on time"),
        pytest.param(Late("hold"), 50, "fire", id="within the tolerance"),
        pytest.param(Late("hold"), 51, "hold", id="late and to be held"),
        pytest.param(Late("skip_after", 10_000), 10_000, "fire", id="late within its limit"),
        pytest.param(Late("skip_after", 10_000), 10_001, "skip", id="late beyond its limit"),
        pytest.param(Late("skip_after", 0), 51, "skip", id="a limit of nothing"),
    ],
)
def test_what_becomes_of_a_late_row(late: Late, late_by_ms: int, fate: str) -> None:
    assert decide(late, late_by_ms * NS_PER_MS) == fate


@pytest.mark.parametrize(("late_by_ms", "word"), [(-2_000, "on_time"), (0, "on_time"), (50, "on_time"), (51, "late")])
def test_the_verdict(late_by_ms: int, word: str) -> None:
    assert verdict(late_by_ms * NS_PER_MS) == word


@pytest.mark.parametrize(
    ("planned_ns", "started_ns", "late"),
    [pytest.param(1_000_000, 3_500_000, 2.5, id="late"), pytest.param(3_500_000, 1_000_000, -2.5, id="early")],
)
def test_lateness_is_positive_behind_the_plan(planned_ns: int, started_ns: int, late: float) -> None:
    assert late_ms(planned_ns, started_ns) == late


def test_a_studio_plays_its_own_rows_and_everybodys_in_the_order_of_their_start() -> None:
    sheet = RunSheet("s", "s", (cue("late", 9), cue("both", 5), cue("aux", 7, studios=("aux1",)), cue("zero")))
    assert [row.id for row in for_studio(sheet, "main")] == ["zero", "both", "late"]


def test_an_edit_sets_the_slot_of_the_row_on_air() -> None:
    assert call(lane().edited((P, replace(Q, start_ms=7_000), R))) == ("q", 7)


CLIP, HAND = replace(R, advance="media_end"), replace(R, advance="manual")


@pytest.mark.parametrize(
    ("rundown", "closing_s"),
    [
        pytest.param(lane(on="q"), None, id="a row is left"),
        pytest.param(lane(on="r", since_s=22), 32, id="the last row's time is up"),
        pytest.param(lane(on="r", since_s=22).extended(5 * S), 37, id="extended"),
        pytest.param(lane(on="r", since_s=22).held_at(25 * S), None, id="held"),
        pytest.param(lane(on="q", since_s=12).without("r"), 22, id="the rest is skipped"),
        pytest.param(lane(P, HAND, on="r"), None, id="by hand"),
        pytest.param(lane(P, CLIP, on="r"), None, id="its clip plays"),
        pytest.param(lane(P, CLIP, on="r").clip_ended(29 * S), 29, id="its clip has ended"),
        pytest.param(lane(cue("p", 5), on=None).without("p"), 5, id="nothing was called"),
    ],
)
def test_a_lane_with_no_row_left_ends_as_its_last_row_gives_way(rundown: Rundown, closing_s: int | None) -> None:
    assert rundown.closing_ns == (None if closing_s is None else closing_s * S)
