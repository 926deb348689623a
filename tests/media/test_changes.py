"""Changes are found in rows of small pictures that are written down here."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from studio.media.changes import Small, find_changes

if TYPE_CHECKING:
    from collections.abc import Iterable

CELLS = 32 * 18


def row(pictures: Iterable[np.ndarray], fps: int = 30) -> list[Small]:
    return [Small(n, Fraction(n, fps), picture.astype(np.float32)) for n, picture in enumerate(pictures)]


def scene(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(20, 235, (CELLS, 3))


def found(pictures: Iterable[np.ndarray], fps: int = 30) -> list[int]:
    return [change.frame for change in find_changes(row(pictures, fps))]


def faded(one: np.ndarray, other: np.ndarray, frames: int) -> list[np.ndarray]:
    return [one + (other - one) * (n + 1) / frames for n in range(frames)]


def test_nothing_changes_in_nothing() -> None:
    assert found([]) == []


def test_the_first_picture_is_no_change() -> None:
    assert found([scene(1)] * 40) == []


def test_a_cut_is_the_frame_that_differs() -> None:
    assert found([scene(1)] * 20 + [scene(2)] * 20) == [20]


def test_a_change_carries_the_presentation_time_of_its_frame() -> None:
    pictures = [Small(n, Fraction(n, 30) + 5, scene(n // 10).astype(np.float32)) for n in range(20)]
    assert [change.seconds for change in find_changes(pictures)] == [Fraction(10, 30) + 5]


def test_cuts_in_consecutive_frames_are_all_found() -> None:
    assert found([scene(1)] * 20 + [scene(2), scene(3), scene(4)] + [scene(5)] * 20) == [20, 21, 22, 23]


@pytest.mark.parametrize("frames", [2, 5, 9, 15, 30, 60, 90])
def test_a_fade_is_given_once_at_its_first_frame_that_differs(frames: int) -> None:
    one, other = scene(1), scene(2)
    pictures = [one] * 40 + faded(one, other, frames) + [other] * 60
    changes = found(pictures)
    assert len(changes) == 1
    assert 40 <= changes[0] <= 41


def test_a_fade_through_black_is_two_changes() -> None:
    one, black, other = scene(1), np.full((CELLS, 3), 16.0), scene(2)
    pictures = [one] * 40 + faded(one, black, 9) + faded(black, other, 9) + [other] * 40
    assert found(pictures) == [40, 49]


def test_a_cut_right_after_a_fade_is_found() -> None:
    one, other, third = scene(1), scene(2), scene(3)
    assert found([one] * 40 + faded(one, other, 9) + [other] * 5 + [third] * 20) == [40, 54]


def test_a_fade_that_rests_every_other_frame_is_one_change() -> None:
    one, other = scene(1), scene(2)
    steps = [picture for picture in faded(one, other, 9) for _ in range(2)]
    assert found([one] * 40 + steps + [other] * 40) == [40]


def test_less_than_the_area_is_no_change() -> None:
    one, other = scene(1), scene(1)
    other[: CELLS // 10] = 255 - other[: CELLS // 10]
    assert found([one] * 20 + [other] * 20 + [one] * 20) == []


def test_a_quarter_of_the_picture_is_a_change() -> None:
    one = np.full((CELLS, 3), 90.0)
    other = one.copy()
    other[: CELLS // 4] += 60
    assert found([one] * 20 + [other] * 20) == [20]


def test_noise_is_no_change() -> None:
    noise = np.random.default_rng(7)
    assert found([scene(1) + noise.normal(0, 1.5, (CELLS, 3)) for _ in range(90)]) == []


def panorama() -> np.ndarray:
    soft = np.convolve(np.random.default_rng(3).uniform(20, 235, CELLS * 4), np.ones(20) / 20, "same")
    return np.stack([(soft - soft.mean()) * 4 + 120] * 3, axis=1).clip(0, 255)


def test_a_picture_that_moves_all_the_time_does_not_change() -> None:
    wide = panorama()
    assert found([wide[n : n + CELLS] for n in range(90)]) == []


def test_a_cut_between_moving_pictures_is_found() -> None:
    wide = panorama()
    first = [wide[n : n + CELLS] for n in range(60)]
    second = [250 - wide[CELLS * 2 + n : CELLS * 3 + n] for n in range(60)]
    assert found(first + second) == [60]


def test_the_score_is_the_share_that_changed() -> None:
    one = np.full((CELLS, 3), 90.0)
    other = one.copy()
    other[: CELLS // 2] += 60
    (change,) = find_changes(row([one] * 20 + [other] * 20))
    assert change.score == pytest.approx(0.5, abs=0.001)
