"""One alarm: once for a trouble that lasts, over once it stays away, and no flood."""

from __future__ import annotations

import itertools

import pytest

from studio.air.watch.alarm import Alarm, Finding
from studio.air.watch.sample import Change

S = 1_000_000_000
HOLD_MS = 2_000
Shown = tuple[str, float, float, float | None]
"""Up or down, when, since when, and how long it lasted; seconds."""


def run(pattern: str, hold_ms: int = HOLD_MS, began_ns: int | None = None) -> list[Shown]:
    """What changes.

    One letter a sample, half a second apart: x trouble, . none, - no sample, 0 it cannot occur.
    """
    alarm, changes = Alarm("black", began_ns=began_ns, raised_ns=began_ns), []
    bad = {"x": True, ".": False, "0": None}
    for at, letter in enumerate(pattern):
        if letter != "-":
            alarm, change = alarm.found(Finding(bad[letter], hold_ms), round((1 + at / 2) * S))
            changes += [change] if change else []
    return [shown(change) for change in changes]


def shown(change: Change) -> Shown:
    lasted = None if change.lasted_ms is None else change.lasted_ms / 1000
    return "up" if change.raised else "down", change.at_ns / S - 1, change.began_ns / S - 1, lasted


@pytest.mark.parametrize(
    ("pattern", "changes"),
    [
        pytest.param("......", [], id="nothing wrong"),
        pytest.param(".xxx....", [], id="too short"),
        pytest.param(".xxxx", [("up", 2, 0, None)], id="long enough, counted from the last good sample"),
        pytest.param("xxxxx", [("up", 2, 0, None)], id="from the first sample on"),
        pytest.param(".xxxxxxxxxxxx", [("up", 2, 0, None)], id="raised once however long it lasts"),
        pytest.param(".xxxx...", [("up", 2, 0, None), ("down", 3.5, 0, 2.5)], id="over after a second without"),
        pytest.param(".xxxx.x.x.x", [("up", 2, 0, None), ("down", 3.5, 0, 2.5)], id="back for an instant only"),
        pytest.param(".xxxx.xxxxx..", [("up", 2, 0, None)], id="a flicker in a lasting trouble"),
        pytest.param(".xxxx0", [("up", 2, 0, None), ("down", 2.5, 0, 2.5)], id="it cannot occur any more"),
        pytest.param(".xxx0xxx", [], id="another occasion counts anew"),
        pytest.param(".xx-xx", [("up", 2, 0, None)], id="a sample missed"),
        pytest.param(".xx---------xx", [], id="nothing known for more than four seconds"),
        pytest.param(".xx---------xxxxx", [("up", 8, 6, None)], id="then it counts anew"),
        pytest.param(".xxxx---------x", [("up", 2, 0, None)], id="a raised one stands while nothing is known"),
        pytest.param(
            ".xxxx.---------x", [("up", 2, 0, None)], id="one good sample before nothing is known ends nothing"
        ),
    ],
)
def test_a_row_of_samples_raises_and_clears(pattern: str, changes: list[Shown]) -> None:
    assert run(pattern) == changes


def test_without_a_time_to_hold_the_first_sample_raises() -> None:
    assert run(".x", hold_ms=0) == [("up", 0.5, 0, None)]


def test_a_flapping_trouble_is_raised_once_a_minute() -> None:
    raised = [at for what, at, *_ in run(".xxxxx....." * 60) if what == "up"]
    assert len(raised) == 6
    assert all(later - earlier >= 60 for earlier, later in itertools.pairwise(raised))


def test_a_trouble_that_lasts_until_the_minute_is_over_is_raised_then_with_its_true_beginning() -> None:
    changes = run(".xxxx......" + "x" * 120)
    assert changes == [("up", 2, 0, None), ("down", 3.5, 0, 2.5), ("up", 62, 5, None)]


def test_every_raise_is_followed_by_its_own_end() -> None:
    changes = run(".xxxxx....." * 60 + "...")
    assert [what for what, *_ in changes] == ["up", "down"] * 6


def test_an_alarm_that_stood_before_this_watch_is_not_raised_again_but_ends() -> None:
    assert run("xx...", began_ns=0) == [("down", 2, -1, 2)]


def test_the_finding_may_know_better_when_the_trouble_began_and_ended() -> None:
    alarm, up = Alarm("clipping").found(Finding(True, since_ns=3 * S), 5 * S)
    alarm, down = alarm.found(Finding(False, since_ns=7 * S), 9 * S)
    assert (up and up.began_ns, down and down.ended_ns) == (3 * S, 7 * S)
