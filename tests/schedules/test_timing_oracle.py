"""The timing oracle against cases worked out by hand, and against itself: what it expects is what then happens."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.schedules.timing_oracle import MS, Oracle, Refused, Row, first_wall_instant
from tests.schedules.timing_scripts import EARLY_MS, Match, Script, rows_of, scripts

S = 1000 * MS


def row(name: str, start_s: int, duration_s: int = 10, *, hard_s: int | None = None, **rest: Any) -> Row:
    return Row(name, start_s * 1000, duration_s * 1000, hard=None if hard_s is None else hard_s * S, **rest)


def one_lane(*rows: Row) -> Oracle:
    return Oracle({"a": [replace(each, place=place) for place, each in enumerate(rows)]})


def calls(oracle: Oracle, lane: str = "a") -> list[tuple[str, float, str]]:
    """What became of the lane's rows when the driver got to them, in seconds."""
    return [(call.row, call.at / S, call.how) for call in oracle.calls if call.lane == lane]


def expected(oracle: Oracle, at_s: float, lane: str = "a") -> dict[str, float | None]:
    found = oracle.expected(lane, int(at_s * S))
    return {name: None if at is None else at / S for name, at in found.items()}


THREE = (row("p", 0), row("q", 10), row("r", 20))


def test_auto_rows_follow_their_slots() -> None:
    oracle = one_lane(row("p", 0, 3), row("q", 10, 3))
    oracle.run_until(60 * S)
    assert calls(oracle) == [("p", 0, "sent"), ("q", 10, "sent")]


def test_a_row_of_no_length_is_sent_where_it_is_on_time() -> None:
    oracle = one_lane(row("p", 0), row("q", 0), row("r", 10))
    oracle.run_until(60 * S)
    assert calls(oracle) == [("p", 0, "sent"), ("q", 0, "sent"), ("r", 10, "sent")]


def test_nothing_follows_a_manual_row_by_itself() -> None:
    oracle = one_lane(row("p", 0, advance="manual"), row("q", 10))
    oracle.run_until(60 * S)
    assert (calls(oracle), expected(oracle, 60)) == ([("p", 0, "sent")], {"p": 0, "q": 60})


def test_a_lane_with_an_overdue_manual_row_is_behind_by_what_it_is_overdue() -> None:
    oracle = one_lane(row("p", 0, advance="manual"), row("q", 10))
    oracle.run_until(60 * S)
    assert oracle.over("a", 60 * S) == 50 * S


def test_a_clip_that_ends_calls_the_next_row() -> None:
    oracle = one_lane(row("p", 0, advance="media_end"), row("q", 10))
    oracle.media_end(7 * S, "a")
    assert calls(oracle) == [("p", 0, "sent"), ("q", 7, "sent")]


def test_a_hold_moves_the_end_of_the_row() -> None:
    oracle = one_lane(*THREE)
    oracle.command("hold", 4 * S)
    oracle.command("resume", 19 * S)
    oracle.run_until(60 * S)
    assert calls(oracle) == [("p", 0, "sent"), ("q", 25, "sent"), ("r", 35, "sent")]


def test_a_held_lane_expects_nothing_in_the_past() -> None:
    oracle = one_lane(*THREE)
    oracle.command("hold", 4 * S)
    oracle.run_until(50 * S)
    assert expected(oracle, 50) == {"p": 0, "q": 56, "r": 66}


def test_a_hard_time_that_passed_during_a_hold_is_due_when_it_ends() -> None:
    oracle = one_lane(row("p", 0), row("q", 10), row("h", 20, hard_s=20))
    oracle.command("hold", 4 * S)
    oracle.command("resume", 30 * S)
    assert calls(oracle) == [("p", 0, "sent"), ("h", 30, "sent")]


def test_a_hard_time_passes_over_what_is_in_between() -> None:
    oracle = one_lane(row("p", 0), row("q", 10), row("h", 20, hard_s=5))
    oracle.run_until(60 * S)
    assert calls(oracle) == [("p", 0, "sent"), ("h", 5, "sent")]
    assert oracle.fate("a", "q") == ("dropped", "passed over for a hard-timed row")


def test_a_hard_time_wins_over_a_row_of_the_same_instant() -> None:
    oracle = one_lane(row("p", 0), row("q", 10), row("h", 20, hard_s=10))
    oracle.run_until(60 * S)
    assert [name for name, *_ in calls(oracle)] == ["p", "h"]


def test_of_two_hard_times_of_one_instant_the_later_row_is_called() -> None:
    oracle = one_lane(row("p", 0), row("h", 10, hard_s=7), row("k", 20, hard_s=7))
    oracle.run_until(60 * S)
    assert [name for name, *_ in calls(oracle)] == ["p", "k"]


def test_a_row_that_would_begin_behind_a_hard_time_is_not_expected() -> None:
    oracle = one_lane(row("p", 0), row("q", 10), row("h", 40, hard_s=9))
    assert expected(oracle, -1) == {"p": 0, "q": None, "h": 9}


@pytest.mark.parametrize(("by_s", "begins_s"), [pytest.param(15, 25, id="longer"), pytest.param(-3, 7, id="shorter")])
def test_extend_moves_the_next_row(by_s: int, begins_s: int) -> None:
    oracle = one_lane(row("p", 0), row("q", 10))
    oracle.command("extend", 5 * S, "a", by_s * 1000)
    oracle.run_until(60 * S)
    assert calls(oracle)[-1] == ("q", begins_s, "sent")


def test_a_row_that_is_shortened_into_the_past_does_not_make_the_next_one_late() -> None:
    oracle = one_lane(row("p", 0), row("q", 10, late=("skip_after", 1000)))
    oracle.command("extend", 8 * S, "a", -5000)
    assert calls(oracle)[-1] == ("q", 8, "sent")


def test_back_over_a_hard_timed_row_is_not_undone_by_it() -> None:
    oracle = one_lane(row("p", 0), row("h", 10, hard_s=10), row("q", 20))
    oracle.command("back", 12 * S)
    oracle.run_until(30 * S)
    assert calls(oracle)[2:] == [("p", 12, "sent"), ("h", 22, "sent")]


def test_a_linked_row_that_missed_its_instant_waits_for_its_turn() -> None:
    lanes = {"a": [row("p", 0)], "b": [row("x", 10, place=1), row("y", 20, follows=("p", 5000), place=2)]}
    oracle = Oracle(lanes)
    oracle.run_until(30 * S)
    assert calls(oracle, "b") == [("x", 10, "sent"), ("y", 20, "sent")]


def test_what_a_skip_brings_up_is_not_late() -> None:
    oracle = one_lane(row("p", 0), row("w", 10, follows=("nobody", 0)), row("q", 20), row("r", 30))
    oracle.command("skip", 50 * S)
    assert calls(oracle) == [("p", 0, "sent"), ("q", 50, "sent")]


def test_extend_without_a_row_on_air_is_refused() -> None:
    assert one_lane(*THREE).command("extend", -1 * S, "a", 1000) == ()


def test_a_skipped_row_gives_its_place_to_the_one_behind() -> None:
    oracle = one_lane(*THREE)
    oracle.command("skip", 1 * S, "a")
    oracle.run_until(60 * S)
    assert calls(oracle) == [("p", 0, "sent"), ("r", 10, "sent")]


def test_back_calls_the_row_before() -> None:
    oracle = one_lane(*THREE)
    oracle.command("back", 12 * S, "a")
    oracle.run_until(30 * S)
    assert calls(oracle)[1:] == [("q", 10, "sent"), ("p", 12, "sent"), ("q", 22, "sent")]


def test_back_picks_up_what_it_goes_over() -> None:
    oracle = one_lane(*THREE)
    oracle.command("skip", 1 * S, "a")
    oracle.command("back", 12 * S, "a")
    assert [each.id for each in oracle.to_come("a")] == ["q", "r"]


def test_a_jump_ahead_drops_what_it_jumps_over() -> None:
    oracle = one_lane(*THREE)
    oracle.command("jump", 3 * S, None, "r")
    assert oracle.fate("a", "q") == ("dropped", "jumped over")


def test_a_jump_back_picks_up_all_behind() -> None:
    oracle = one_lane(*THREE)
    oracle.command("jump", 3 * S, None, "r")
    oracle.command("jump", 5 * S, None, "p")
    oracle.run_until(16 * S)
    assert calls(oracle)[-2:] == [("p", 5, "sent"), ("q", 15, "sent")]


def test_a_linked_row_begins_after_its_leader_in_another_lane() -> None:
    lanes = {
        "a": [row("p", 0), row("q", 10)],
        "b": [row("x", 0, 60, place=2), row("y", 60, follows=("q", 5000), place=3)],
    }
    oracle = Oracle(lanes)
    oracle.run_until(60 * S)
    assert calls(oracle, "b") == [("x", 0, "sent"), ("y", 15, "sent")]


def test_a_linked_row_follows_the_earliest_of_several_studios() -> None:
    shared = row("p", 0)
    oracle = Oracle({"a": [shared], "b": [shared, row("y", 30, follows=("p", 5000), place=1)]})
    oracle.command("go", -4 * S, "a")
    oracle.run_until(2 * S)
    assert calls(oracle, "b") == [("p", 0, "sent"), ("y", 1, "sent")]


def test_rows_that_follow_each_other_are_never_expected() -> None:
    oracle = one_lane(row("p", 0), row("q", 10, follows=("r", 0)), row("r", 20, follows=("q", 0)))
    assert expected(oracle, 0) == {"p": 0, "q": None, "r": None}


@pytest.mark.parametrize(
    ("late", "back_ms", "how"),
    [
        pytest.param(("fire", 0), 13_000, "sent", id="fire"),
        pytest.param(("skip_after", 2000), 13_000, "skipped", id="skip after less"),
        pytest.param(("skip_after", 3000), 13_000, "sent", id="skip after just so long"),
        pytest.param(("skip_after", 0), 10_050, "sent", id="not late yet"),
        pytest.param(("skip_after", 0), 10_051, "skipped", id="just late"),
        pytest.param(("hold", 0), 13_000, "held", id="hold"),
    ],
)
def test_a_row_that_came_due_while_the_director_was_dead(late: tuple[str, int], back_ms: int, how: str) -> None:
    oracle = one_lane(row("p", 0), row("q", 10, late=late), row("r", 20))
    oracle.away(8 * S, back_ms * MS)
    oracle.run_until(19 * S)
    assert calls(oracle)[-1] == ("q", back_ms / 1000, how)


def test_catching_up_shows_only_the_last_row_that_is_due() -> None:
    oracle = one_lane(*THREE)
    oracle.away(5 * S, 22 * S)
    oracle.run_until(30 * S)
    assert calls(oracle) == [("p", 0, "sent"), ("q", 22, "skipped"), ("r", 22, "sent")]


def test_a_late_row_does_not_move_the_one_behind_it() -> None:
    oracle = one_lane(*THREE)
    oracle.away(8 * S, 15 * S)
    oracle.run_until(30 * S)
    assert calls(oracle)[-1] == ("r", 20, "sent")


def test_go_calls_the_row_that_was_held_for_being_late() -> None:
    oracle = one_lane(row("p", 0), row("q", 10), row("h", 20, hard_s=15, late=("hold", 0)))
    oracle.away(8 * S, 18 * S)
    oracle.command("go", 30 * S)
    assert calls(oracle)[-2:] == [("h", 18, "held"), ("h", 30, "sent")]


def test_go_for_the_session_calls_the_earliest_next_row_only() -> None:
    lanes = {"a": [row("p", 0, advance="manual"), row("q", 20)], "b": [row("x", 0, advance="manual"), row("y", 10)]}
    oracle = Oracle(lanes)
    oracle.run_until(1 * S)
    assert oracle.command("go", 5 * S) == ("b",)


def test_back_for_the_session_goes_back_where_a_row_was_called_last() -> None:
    oracle = Oracle({"a": [row("p", 0), row("q", 20)], "b": [row("x", 0, place=1), row("y", 10, place=1)]})
    assert oracle.command("back", 12 * S) == ("b",)


def test_an_ended_lane_ended_when_it_was_ended() -> None:
    oracle = one_lane(*THREE)
    oracle.command("end", 14 * S)
    oracle.run_until(90 * S)
    assert oracle.over("a", 90 * S) == -16 * S


def test_an_edit_sets_the_slot_of_the_row_on_air() -> None:
    oracle = one_lane(*THREE)
    oracle.edit(5 * S, {"a": [row("p", 0), row("i", 7), row("q", 10), row("r", 20)]})
    oracle.run_until(9 * S)
    assert calls(oracle) == [("p", 0, "sent"), ("i", 7, "sent")]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([row("p", 0), row("r", 20)], id="taken out"),
        pytest.param([row("q", 0), row("p", 10), row("r", 20)], id="moved"),
        pytest.param([row("p", 0), row("i", 5), row("q", 10), row("r", 20)], id="put before"),
    ],
)
def test_an_edit_of_what_has_been_called_is_refused(rows: list[Row]) -> None:
    oracle = one_lane(*THREE)
    with pytest.raises(Refused):
        oracle.edit(12 * S, {"a": rows})


@pytest.mark.parametrize(
    ("zone", "start", "wall", "found"),
    [
        pytest.param("Asia/Shanghai", "2026-12-04T15:30Z", "00:10:00", "2026-12-04T16:10Z", id="over midnight"),
        pytest.param("Asia/Shanghai", "2026-12-04T16:10:01Z", "00:10:00", "2026-12-05T16:10Z", id="just past"),
        pytest.param(
            "Europe/Berlin", "2026-03-29T00:30Z", "03:05:00", "2026-03-29T01:05Z", id="Berlin, behind the gap"
        ),
        pytest.param("Europe/Berlin", "2026-03-29T00:30Z", "02:30:00", "2026-03-29T01:30Z", id="Berlin, left out"),
        pytest.param("Europe/Berlin", "2026-10-25T00:20Z", "02:30:00", "2026-10-25T00:30Z", id="Berlin, first of two"),
        pytest.param("Europe/Berlin", "2026-10-25T00:40Z", "02:30:00", "2026-10-25T01:30Z", id="Berlin, second of two"),
        pytest.param("America/New_York", "2026-03-08T06:30Z", "02:30:00", "2026-03-08T07:30Z", id="New York, left out"),
        pytest.param("America/New_York", "2026-11-01T05:50Z", "01:30:00", "2026-11-01T06:30Z", id="New York, second"),
    ],
)
def test_when_a_clock_shows_a_time(zone: str, start: str, wall: str, found: str) -> None:
    assert first_wall_instant(datetime.fromisoformat(start), zone, wall) == datetime.fromisoformat(found).astimezone(
        UTC
    )


@settings(max_examples=150, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(scripts())
def test_what_is_expected_happens_where_nothing_else_does(script: Script) -> None:
    lanes = rows_of(script, script.cues)
    oracle = Oracle({lane: [replace(each, advance="auto") for each in rows] for lane, rows in lanes.items()})
    oracle.run_until(EARLY_MS * MS)
    assert_foreseen(oracle)


@settings(max_examples=150, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(scripts())
def test_what_is_expected_after_many_commands_happens_too(script: Script) -> None:
    match = Match(script)
    match.disagreement(last_ms=0)
    oracle = match.oracle
    for lane, rows in oracle.lanes.items():
        oracle.lanes[lane] = [replace(each, advance="auto", late=("fire", 0)) for each in rows]
    oracle.command("resume", oracle.now)
    assert_foreseen(oracle)


def assert_foreseen(oracle: Oracle) -> None:
    """Where nothing but time comes, every row begins when it was expected to."""
    to_come = {(lane, each.id) for lane in oracle.lanes for each in oracle.to_come(lane)}
    looks = {lane: oracle.expected(lane, oracle.now) for lane in oracle.lanes}
    foreseen = {(lane, name): at for lane, look in looks.items() for name, at in look.items() if at is not None}
    before = len(oracle.calls)
    oracle.run_until(oracle.now + 30 * 3600 * S)
    happened = {(call.lane, call.row): call.due for call in oracle.calls[before:]}
    assert happened == {key: at for key, at in foreseen.items() if key in to_come}
