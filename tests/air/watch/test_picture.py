"""The measures of a screenshot: light, dark, and what moved."""

from __future__ import annotations

import base64

import cv2
import numpy as np
import pytest

from studio.air.watch.judge import DARK_SHARE, STILL_SHARE
from studio.air.watch.picture import QUALITY, Eye
from studio.draw.pictures import slate
from studio.model.studio import Limits

PORTRAIT, LANDSCAPE = (170, 96), (54, 96)
NOISE = np.random.default_rng(7)


def packed(picture: np.ndarray, quality: int = QUALITY) -> str:
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
    return "data:image/jpg;base64," + base64.b64encode(data).decode()


def grey(level: int, size: tuple[int, int] = PORTRAIT) -> np.ndarray:
    return np.full((*size, 3), level, np.uint8)


def noisy(picture: np.ndarray, strength: float) -> np.ndarray:
    """As a camera sees it, other at every look; ``strength`` is the standard deviation in steps of 255."""
    return np.clip(picture + NOISE.normal(0, strength, picture.shape[:2])[..., None], 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("level", "luma", "dark"), [(0, 0.0, 1.0), (255, 1.0, 0.0), (51, 0.2, 0.0), (20, 0.078, 1.0)])
def test_light_and_dark_of_one_tone(level: int, luma: float, dark: float) -> None:
    look = Eye().look("a", packed(grey(level)))
    assert look is not None
    assert (look.luma, look.dark, look.moved) == (pytest.approx(luma, abs=0.005), dark, None)


def test_a_lens_cap_is_black_and_words_on_black_are_not() -> None:
    cap = Eye().look("a", packed(noisy(grey(4), 3)))
    words = cv2.imdecode(np.frombuffer(slate((360, 640), "马上回来", "岢岚", "#000000"), np.uint8), cv2.IMREAD_COLOR)
    said = Eye().look("a", packed(cv2.resize(words, (96, 170), interpolation=cv2.INTER_AREA)))
    assert cap is not None and said is not None
    assert (cap.luma < Limits().black_luma, cap.dark >= DARK_SHARE) == (True, True)
    assert said.dark < DARK_SHARE


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_the_same_picture_again_has_not_moved(size: tuple[int, int]) -> None:
    eye, picture = Eye(), packed(noisy(grey(120, size), 20))
    assert [look and look.moved for look in (eye.look("a", picture), eye.look("a", picture))] == [None, 0.0]


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
@pytest.mark.parametrize("strength", [0.6, 2, 6])
def test_the_noise_of_a_camera_moves_nearly_everywhere(size: tuple[int, int], strength: float) -> None:
    eye = Eye()
    looks = [eye.look("a", packed(noisy(grey(120, size), strength))) for _look in range(3)]
    assert all(look is not None and look.moved is not None and look.moved > 0.8 for look in looks[1:])


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_a_digit_that_changes_is_no_movement_of_the_picture(size: tuple[int, int]) -> None:
    eye, before = Eye(), noisy(grey(120, size), 6)
    after = before.copy()
    after[10:16, 70:76] = 255
    eye.look("a", packed(before))
    look = eye.look("a", packed(after))
    assert look is not None and look.moved is not None
    assert 0 < look.moved < STILL_SHARE


def test_another_scene_is_not_compared_with_the_last() -> None:
    eye = Eye()
    eye.look("a", packed(grey(20)))
    looks = [eye.look("b", packed(grey(200))), eye.look("a", packed(grey(20)))]
    assert [look and look.moved for look in looks] == [None, None]


def test_a_canvas_of_another_size_is_not_compared_either() -> None:
    eye = Eye()
    eye.look("a", packed(grey(20)))
    look = eye.look("a", packed(grey(20, LANDSCAPE)))
    assert look is not None and look.moved is None


@pytest.mark.parametrize(
    "data", ["", "data:image/jpg;base64,", "data:image/jpg;base64,AAAA", "data:image/jpg;base64,!"]
)
def test_what_is_no_picture_has_no_measures(data: str) -> None:
    assert Eye().look("a", data) is None
