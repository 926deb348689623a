"""Colours and plain shapes on pictures of blue, green, red and alpha."""

import cv2
import numpy as np

from studio.draw.text import Image, put_text

Colour = tuple[int, int, int]
"""Blue, green, red, 0 to 255."""

INK: Colour = (33, 43, 28)
PAPER: Colour = (250, 253, 255)
GREEN: Colour = (46, 64, 23)
ORANGE: Colour = (18, 108, 232)
RED: Colour = (32, 48, 200)
MUTED: Colour = (104, 112, 98)


def colour(code: str) -> Colour:
    """``#RRGGBB`` as blue, green, red. Raises ValueError for anything else."""
    if len(code) != 7 or code[0] != "#":
        raise ValueError(f"not a colour: {code}")
    return int(code[5:7], 16), int(code[3:5], 16), int(code[1:3], 16)


def mix(one: Colour, other: Colour, part: float) -> Colour:
    """``one`` with ``part`` (0 to 1) of ``other`` in it."""
    blue, green, red = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return blue, green, red


def luminance(paint: Colour) -> float:
    """Relative luminance by WCAG 2, 0 for black to 1 for white."""
    blue, green, red = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in (c / 255 for c in paint)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def readable_on(ground: Colour) -> Colour:
    """Paper or ink, whichever stands out more from ``ground``."""
    light = luminance(ground)
    on_paper = (luminance(PAPER) + 0.05) / (light + 0.05)
    on_ink = (light + 0.05) / (luminance(INK) + 0.05)
    return PAPER if on_paper >= on_ink else INK


def clear(width: int, height: int) -> Image:
    """A transparent picture, (height, width, 4) bytes."""
    return np.zeros((height, width, 4), np.uint8)


def panel(image: Image, box: tuple[int, int, int, int], radius: int, paint: Colour, opacity: float = 1.0) -> None:
    """A filled rectangle (left, top, right, bottom) with round corners, laid over what is there."""
    left, top, right, bottom = box
    mask = np.zeros(image.shape[:2], np.uint8)
    radius = max(0, min(radius, (right - left) // 2, (bottom - top) // 2))
    cv2.rectangle(mask, (left + radius, top), (right - radius - 1, bottom - 1), 255, -1)
    cv2.rectangle(mask, (left, top + radius), (right - 1, bottom - radius - 1), 255, -1)
    for x in (left + radius, right - radius - 1):
        for y in (top + radius, bottom - radius - 1):
            cv2.circle(mask, (x, y), radius, 255, -1, cv2.LINE_AA)
    lay(image, mask, paint, opacity)


def lay(image: Image, mask: Image, paint: Colour, opacity: float = 1.0) -> None:
    """Lay ``paint`` over a BGRA picture where ``mask`` (height, width) is above 0, as strongly as it is."""
    part = mask[..., None].astype(np.float32) / 255 * opacity
    over = np.array((*paint, 255), np.float32)
    below = image.astype(np.float32)
    alpha = part * 255 + below[..., 3:] * (1 - part)
    letters = (part * 255 * over[:3] + below[..., :3] * below[..., 3:] * (1 - part)) / np.maximum(alpha, 1e-6)
    image[..., :3] = np.where(alpha > 0, np.rint(letters), 0).astype(np.uint8)
    image[..., 3:] = np.rint(alpha).astype(np.uint8)


def letters(
    image: Image, text: str, box: tuple[int, int, int, int], size: int, paint: Colour, bold: bool = False
) -> None:
    """Lay ``text`` (lines parted by newlines) over a BGRA picture; ``box`` (left, top, width, height) holds it.

    Letters are drawn as a mask of their own, so that their soft edges blend with what lies below. The font has one
    weight: bold is the same letters again, a little to the right and below.
    """
    left, top, width, height = box
    margin = size // 4
    strokes = max(1, size // 26) if bold else 0
    drawn = np.zeros((height + 2 * margin, width + 2 * margin, 3), np.uint8)
    put_text(drawn, text, (margin, margin), size, (255, 255, 255))
    mask: Image = drawn[..., 0]
    if strokes:
        mask = cv2.dilate(mask, np.ones((1 + strokes // 2, 1 + strokes), np.uint8)).astype(np.uint8)
    rows = slice(max(0, top - margin), min(image.shape[0], top + height + margin))
    columns = slice(max(0, left - margin), min(image.shape[1], left + width + margin))
    if rows.stop <= rows.start or columns.stop <= columns.start:
        return
    from_top, from_left = rows.start - (top - margin), columns.start - (left - margin)
    part = mask[from_top : from_top + rows.stop - rows.start, from_left : from_left + columns.stop - columns.start]
    lay(image[rows, columns], part, paint)
