"""Takes are laid over the picture changes of a recording."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.recordings.align import align

FRAME = Fraction(1, 30)
S = 1_000_000_000
START = 987_654_321_000
TAKES = [START + round(second * S) for second in (1.0, 13.0, 22.5, 41.0, 47.3, 66.6)]


def shown(takes: list[int], delay_s: float = 0.04) -> list[Fraction]:
    """The changes a recorder at 30 frames a second sees: in the first frame after the take and a delay."""
    return [Fraction(-(-(take - START + round(delay_s * S)) * 30 // S), 30) for take in takes]


def test_takes_and_their_changes_meet() -> None:
    found = align(TAKES, shown(TAKES), FRAME)
    assert found.matched == 6
    assert found.unmatched == ()
    assert found.why == ""
    assert all(residual is not None and abs(residual) <= 34 for residual in found.residuals_ms)


def test_the_offset_is_the_recordings_zero_up_to_the_common_delay() -> None:
    found = align(TAKES, shown(TAKES, delay_s=0.04), FRAME)
    assert found.offset_ns is not None
    assert found.uncertainty_ms is not None
    assert abs(START - found.offset_ns - 0.04 * S) / 1e6 <= found.uncertainty_ms + 34


def test_a_residual_is_positive_where_the_picture_came_late() -> None:
    changes = shown(TAKES)
    changes[3] += 2 * FRAME
    residual = align(TAKES, changes, FRAME).residuals_ms[3]
    assert residual is not None
    assert 34 < residual < 101


def test_a_missing_change_leaves_its_take_without_residual() -> None:
    changes = shown(TAKES)
    del changes[2]
    found = align(TAKES, changes, FRAME)
    assert found.residuals_ms[2] is None
    assert found.changes == (0, 1, None, 2, 3, 4)


def test_a_change_without_take_is_named() -> None:
    found = align(TAKES, sorted([*shown(TAKES), Fraction(30), Fraction(31)]), FRAME)
    assert found.matched == 6
    assert found.unmatched == (3, 4)


def test_a_take_far_from_its_change_is_not_matched() -> None:
    changes = shown(TAKES)
    changes[1] += 1
    found = align(TAKES, changes, FRAME)
    assert found.residuals_ms[1] is None
    assert found.unmatched == (1,)


def test_two_changes_close_together_serve_one_take_each() -> None:
    takes = [*TAKES, TAKES[-1] + S // 10]
    assert align(takes, shown(takes), FRAME).changes == (0, 1, 2, 3, 4, 5, 6)


@pytest.mark.parametrize(
    ("takes", "changes"), [([], []), (TAKES, []), ([], [1.0]), (TAKES[:1], [1.0]), (TAKES[:2], [1.0])]
)
def test_fewer_than_two_matches_are_no_alignment(takes: list[int], changes: list[float]) -> None:
    found = align(takes, changes, FRAME)
    assert (found.offset_ns, found.why) == (None, "too_few")
    assert found.residuals_ms == (None,) * len(takes)
    assert found.unmatched == tuple(range(len(changes)))


def test_evenly_spaced_takes_with_one_change_too_many_are_ambiguous() -> None:
    takes = [START + n * 5 * S for n in range(4)]
    found = align(takes, [1.0, 6.0, 11.0, 16.0, 21.0], FRAME)
    assert (found.offset_ns, found.why) == (None, "ambiguous")


def test_a_rough_start_settles_what_is_ambiguous() -> None:
    takes = [START + n * 5 * S for n in range(4)]
    found = align(takes, [1.0, 6.0, 11.0, 16.0, 21.0], FRAME, near_ns=START - 6 * S)
    assert found.changes == (1, 2, 3, 4)


def test_the_uncertainty_is_half_a_frame_at_least() -> None:
    found = align(TAKES, [(take - START) / S for take in TAKES], FRAME)
    assert found.uncertainty_ms == pytest.approx(1000 / 60, abs=0.001)
    assert found.offset_ns == pytest.approx(START, abs=1000)


def test_the_uncertainty_grows_with_the_spread() -> None:
    changes = [(take - START) / S for take in TAKES]
    changes[0] += 0.1
    assert align(TAKES, changes, FRAME).uncertainty_ms == pytest.approx(50, abs=0.001)


def test_rows_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="ascending"):
        align(TAKES[::-1], shown(TAKES), FRAME)


def test_a_recording_with_thousands_of_changes_is_still_aligned() -> None:
    chance = random.Random(4)
    takes = sorted(START + chance.randrange(3600 * S) for _ in range(60))
    noise = [Fraction(chance.randrange(3600 * 30), 30) for _ in range(4000)]
    found = align(takes, sorted([*shown(takes), *noise]), FRAME)
    assert found.offset_ns == pytest.approx(START - 0.04 * S, abs=0.1 * S)
    assert found.matched == 60


@settings(max_examples=60, deadline=None)
@given(
    seconds=st.lists(st.integers(1, 600_000), min_size=5, max_size=20, unique=True),
    lost=st.integers(0, 2),
    extra=st.lists(st.integers(0, 600 * 30), max_size=10),
    seed=st.integers(0, 9),
)
def test_the_true_offset_is_found_or_nothing_is_claimed(
    seconds: list[int], lost: int, extra: list[int], seed: int
) -> None:
    """Lost and invented changes may make it ambiguous, but most takes decide, and the truth matches that many."""
    takes = sorted(START + millisecond * 1_000_000 for millisecond in seconds)
    changes = shown(takes)
    random.Random(seed).shuffle(changes)
    found = align(takes, sorted([*changes[lost:], *(Fraction(frame, 30) for frame in extra)]), FRAME)
    assert found.matched >= len(takes) - lost - 2 or found.why == "ambiguous"
    if len(takes) - lost > len(extra) + 2 and not found.why:
        assert found.offset_ns == pytest.approx(START - 0.04 * S, abs=0.2 * S)
