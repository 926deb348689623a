"""When cues are due and what becomes of late ones: a table of cases."""

import pytest

from studio.clock import NS_PER_MS, NS_PER_S, Anchor
from studio.model.runsheet import Cue, Late, RunSheet
from studio.schedules.due import decide, due_ns, for_studio, late_ms, superseded, verdict

ANCHOR = Anchor(monotonic_ns=100 * NS_PER_S, wall_ns=0)


def cue(identity: str, start_ms: int, duration_ms: int = 1_000, studios: tuple[str, ...] = ()) -> Cue:
    return Cue(identity, start_ms, duration_ms, "host", identity, studios=studios)


@pytest.mark.parametrize(
    ("late", "late_by_ms", "fate"),
    [
        pytest.param(Late("fire"), 0, "fire", id="on time"),
        pytest.param(Late("fire"), 60_000, "fire", id="late and to be fired"),
        pytest.param(Late("hold"), -5, "fire", id="early is on time"),
        pytest.param(Late("hold"), 50, "fire", id="within the tolerance"),
        pytest.param(Late("hold"), 51, "hold", id="late and to be held"),
        pytest.param(Late("skip_after", 10_000), 9_999, "fire", id="late within its limit"),
        pytest.param(Late("skip_after", 10_000), 10_001, "skip", id="late beyond its limit"),
        pytest.param(Late("skip_after", 0), 51, "skip", id="a limit of nothing"),
    ],
)
def test_the_fate_of_a_cue(late: Late, late_by_ms: int, fate: str) -> None:
    assert decide(late, late_by_ms * NS_PER_MS) == fate


def test_a_cue_is_due_after_the_start_of_the_session() -> None:
    assert due_ns(cue("a", 1_500), ANCHOR) == 101_500 * NS_PER_MS


@pytest.mark.parametrize(
    ("now_s", "passed"),
    [
        pytest.param(100, False, id="at its own instant"),
        pytest.param(109, False, id="while it is on"),
        pytest.param(110, True, id="when the next is due"),
    ],
)
def test_catching_up_leaves_out_what_a_later_cue_has_replaced(now_s: int, passed: bool) -> None:
    cues = (cue("a", 0), cue("b", 10_000))
    assert superseded(cues, cues[0], ANCHOR, now_s * NS_PER_S) is passed


def test_a_studio_follows_its_own_rows_and_everybodys_in_the_order_of_their_start() -> None:
    sheet = RunSheet("s", "s", (cue("late", 9), cue("both", 5), cue("aux", 7, studios=("aux1",)), cue("zero", 0, 0)))
    assert [row.id for row in for_studio(sheet, "main")] == ["zero", "both", "late"]
    assert [row.id for row in for_studio(sheet, "aux1")] == ["zero", "both", "aux", "late"]


@pytest.mark.parametrize(("late_by_ms", "word"), [(-2_000, "on_time"), (0, "on_time"), (50, "on_time"), (51, "late")])
def test_the_verdict(late_by_ms: int, word: str) -> None:
    assert verdict(late_by_ms * NS_PER_MS) == word


def test_lateness_is_positive_behind_the_plan() -> None:
    assert late_ms(planned_ns=1_000_000, started_ns=3_500_000) == 2.5
    assert late_ms(planned_ns=3_500_000, started_ns=1_000_000) == -2.5


def test_an_empty_sheet_lasts_no_time() -> None:
    assert RunSheet("s", "s", ()).duration_ms == 0
