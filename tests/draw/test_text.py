"""Text on pictures with the font that OpenCV carries."""

import numpy as np
import pytest

from studio.draw.text import line_height, put_text, text_size


@pytest.mark.parametrize("text", ["沙棘原浆", "Sea buckthorn", "羊肚菌 ¥99"])
def test_the_letters_lie_inside_the_box_they_say_they_need(text: str) -> None:
    width, height = text_size(text, 40)
    image = np.zeros((height + 40, width + 40, 3), np.uint8)
    put_text(image, text, (20, 20), 40, (255, 255, 255))
    rows, columns = np.nonzero(image[..., 0] > 60)
    assert rows.min() >= 18 and rows.max() < height + 22
    assert columns.min() >= 18 and columns.max() < width + 22


def test_chinese_letters_are_drawn_and_not_replaced() -> None:
    def drawn(text: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
        image = np.zeros((60, 60, 3), np.uint8)
        put_text(image, text, (0, 0), 40, (255, 255, 255))
        return image

    assert (drawn("沙") != drawn("棘")).any()
    assert (drawn("沙") != drawn("?")).any()


def test_the_colour_is_that_asked_for() -> None:
    image = np.zeros((60, 60, 3), np.uint8)
    put_text(image, "田", (0, 0), 40, (10, 200, 30))
    assert tuple(image.reshape(-1, 3).max(axis=0)) == (10, 200, 30)


def test_alpha_grows_under_the_letters() -> None:
    image = np.zeros((60, 60, 4), np.uint8)
    put_text(image, "田", (0, 0), 40, (255, 255, 255))
    assert image[..., 3].max() == 255
    assert image[0, 0, 3] == 0


def test_text_beyond_the_edge_is_cut_off_and_not_wrapped() -> None:
    image = np.zeros((120, 60, 3), np.uint8)
    put_text(image, "长长长长长长", (0, 0), 40, (255, 255, 255))
    assert image[: line_height(40)].any()
    assert not image[line_height(40) + 4 :].any()


def test_every_line_adds_its_height() -> None:
    assert text_size("一\n二\n三", 40)[1] == 3 * line_height(40)


def test_no_text_needs_no_width() -> None:
    assert text_size("", 40)[0] == 0
