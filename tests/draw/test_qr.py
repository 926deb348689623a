"""The code's quiet zone and size of module."""

from __future__ import annotations

import numpy as np

from studio.draw.qr import LEGIBLE, QUIET, qr

TRACE = "https://trace.example.cn/p/1"


def test_the_quiet_zone_is_white_and_four_modules_wide() -> None:
    picture = qr(TRACE, 400)
    assert picture is not None
    dark = np.argwhere(picture[..., 0] == 0)
    module = picture.shape[0] // (29 + 2 * QUIET)
    assert dark.min() == picture.shape[0] - 1 - dark.max() == QUIET * module
    assert (picture[..., 3] == 255).all()


def test_a_code_is_never_larger_than_its_room() -> None:
    sides = [picture.shape[0] for room in range(148, 400, 7) if (picture := qr(TRACE, room)) is not None]
    assert all(side <= room for side, room in zip(sides, range(148, 400, 7), strict=True))


def test_less_than_four_pixels_a_module_is_no_code() -> None:
    assert qr(TRACE, LEGIBLE * (29 + 2 * QUIET) - 1) is None
    assert qr(TRACE, LEGIBLE * (29 + 2 * QUIET)) is not None


def test_nothing_to_say_is_no_code() -> None:
    assert qr("", 400) is None
