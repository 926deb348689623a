"""Text in Chinese and Latin on pictures, with the font that OpenCV carries along."""

import math
from functools import cache
from typing import Any

import cv2
import numpy as np

_FACE = "uni"
_DESCENT = 0.3  # below the baseline, as a part of the size
_NO_WRAP = 1 << 24

Image = np.ndarray[Any, np.dtype[np.uint8]]


@cache
def _face() -> Any:
    return cv2.FontFace(_FACE)


def line_height(size: int) -> int:
    """Pixels from one line's top to the next one's, for a font of ``size`` pixels."""
    return math.ceil(size * (1 + _DESCENT))


def text_size(text: str, size: int) -> tuple[int, int]:
    """Width and height in pixels of the box that ``put_text`` fills; lines are parted by newlines."""
    lines = text.split("\n")
    return max(_width(line, size) for line in lines), line_height(size) * len(lines)


def _width(line: str, size: int) -> int:
    return int(cv2.getTextSize((0, 0), line, (0, 0), _face(), size)[2]) if line else 0


def put_text(
    image: Image, text: str, origin: tuple[int, int], size: int, colour: tuple[int, int, int], weight: int = 400
) -> None:
    """Draw ``text`` into ``image`` (uint8, BGR or BGRA, changed in place).

    ``origin`` is the upper left corner of the text's box, ``size`` its font size in pixels, ``colour`` blue, green
    and red from 0 to 255, ``weight`` from 100 (thin) to 900 (black). What lies outside the image is cut off. On BGRA
    the alpha under the letters grows accordingly.
    """
    opaque = (*colour, 255)[: image.shape[2]]
    for row, line in enumerate(text.split("\n")):
        if line:
            at = (origin[0], origin[1] + row * line_height(size) + size)
            cv2.putText(image, line, at, opaque, _face(), size, weight, 0, (origin[0], _NO_WRAP))
