"""Durations, anchors and instants, one fact a case."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from studio.clock import NS_PER_S, Anchor, format_duration, instant, parse_duration, wall_ns


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("90s", 90_000),
        ("2m30s", 150_000),
        ("2min 30s", 150_000),
        ("1h", 3_600_000),
        ("500ms", 500),
        ("1.5s", 1_500),
        ("3:30", 210_000),
        ("90:00", 5_400_000),
        ("1:02:03", 3_723_000),
        ("0:05.250", 5_250),
        ("0s", 0),
        (" 45s ", 45_000),
    ],
)
def test_a_duration_is_read(text: str, milliseconds: int) -> None:
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize("text", ["", "5", "-5s", "5x", "3:60", "1:60:00", "s", "1h und", "3:5", "٣s x"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0, "0:00"), (5_999, "0:05"), (210_000, "3:30"), (3_723_000, "1:02:03"), (-90_000, "-1:30")],
)
def test_a_duration_is_written(milliseconds: int, text: str) -> None:
    assert format_duration(milliseconds) == text


def test_the_anchor_turns_wall_instants_into_monotonic_ones_and_back() -> None:
    anchor = Anchor(monotonic_ns=5 * NS_PER_S, wall_ns=1_000 * NS_PER_S)
    assert anchor.monotonic_at(1_003 * NS_PER_S) == 8 * NS_PER_S
    assert anchor.wall_at(8 * NS_PER_S) == 1_003 * NS_PER_S


def test_a_step_of_the_wall_clock_is_positive_forwards() -> None:
    anchor = Anchor(0, 0)
    assert anchor.step_ns(10 * NS_PER_S, 3_610 * NS_PER_S) == 3_600 * NS_PER_S
    assert anchor.step_ns(10 * NS_PER_S, 7 * NS_PER_S) == -3 * NS_PER_S


def test_instants_are_aware_and_come_back_unchanged() -> None:
    moment = datetime(2026, 12, 4, 19, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert instant(wall_ns(moment), ZoneInfo("Asia/Shanghai")) == moment
    assert wall_ns(moment) == wall_ns(moment.astimezone(UTC))


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        wall_ns(datetime(2026, 12, 4, 19, 30))  # noqa: DTZ001 - the point of the test


def test_the_night_the_clocks_go_back_has_two_instants_at_half_past_two() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=0)
    second = datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=1)
    assert wall_ns(second) - wall_ns(first) == 3_600 * NS_PER_S
