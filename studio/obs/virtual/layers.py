"""Lays one picture onto another as a scene item does: crop, bounds, scale, rotation, alignment, blend mode."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from studio.obs.virtual.picture import Transform

Image = np.ndarray[Any, np.dtype[np.uint8]]
_LEFT, _RIGHT, _TOP, _BOTTOM = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle around the item's position, before rotation; ``flip`` is mirrored left-right, up-down."""

    x: float
    y: float
    width: float
    height: float
    flip: tuple[bool, bool] = (False, False)


def place(transform: Transform, width: int, height: int) -> Place:
    """Where a source of that size (already cropped) goes, relative to the item's position."""
    scale_x, scale_y = transform.scale_x, transform.scale_y
    kind = transform.bounds_type
    if kind == "OBS_BOUNDS_NONE":
        # A negative scale mirrors around the position: the picture lies on its other side.
        wide, high = width * scale_x, height * scale_y
        x, y = _anchor(transform.alignment, wide, high)
        return Place(x + min(0, wide), y + min(0, high), abs(wide), abs(high), (scale_x < 0, scale_y < 0))
    box_w, box_h = transform.bounds_width, transform.bounds_height
    fit_x, fit_y = box_w / width, box_h / height
    factor = {
        "OBS_BOUNDS_SCALE_INNER": min(fit_x, fit_y),
        "OBS_BOUNDS_SCALE_OUTER": max(fit_x, fit_y),
        "OBS_BOUNDS_SCALE_TO_WIDTH": fit_x,
        "OBS_BOUNDS_SCALE_TO_HEIGHT": fit_y,
        "OBS_BOUNDS_MAX_ONLY": min(fit_x, fit_y, 1.0),
    }.get(kind)
    wide, high = (box_w, box_h) if factor is None else (width * factor, height * factor)
    x, y = _anchor(transform.alignment, box_w, box_h)
    inner_x, inner_y = _anchor(transform.bounds_alignment, wide - box_w, high - box_h)
    return Place(x + inner_x, y + inner_y, wide, high, (scale_x < 0, scale_y < 0))


def _anchor(alignment: int, width: float, height: float) -> tuple[float, float]:
    x = 0.0 if alignment & _LEFT else -width if alignment & _RIGHT else -width / 2
    y = 0.0 if alignment & _TOP else -height if alignment & _BOTTOM else -height / 2
    return x, y


def draw_layer(canvas: Image, image: Image, transform: Transform, blend: str) -> None:
    """Draw ``image`` (BGR or BGRA) into ``canvas`` (BGR or BGRA, changed in place)."""
    height, width = image.shape[:2]
    cropped = image[
        transform.crop_top : max(transform.crop_top, height - transform.crop_bottom),
        transform.crop_left : max(transform.crop_left, width - transform.crop_right),
    ]
    if not cropped.size:
        return
    spot = place(transform, cropped.shape[1], cropped.shape[0])
    if spot.flip[0] or spot.flip[1]:
        cropped = np.ascontiguousarray(cropped[:: -1 if spot.flip[1] else 1, :: -1 if spot.flip[0] else 1])
    plain = transform.rotation % 360 == 0
    if plain and spot.width * spot.height <= 4 * canvas.shape[0] * canvas.shape[1]:
        _draw_upright(canvas, cropped, transform, spot, blend)
    else:
        _draw_turned(canvas, cropped, transform, spot, blend)


def _draw_upright(canvas: Image, image: Image, transform: Transform, spot: Place, blend: str) -> None:
    left, top = round(transform.position_x + spot.x), round(transform.position_y + spot.y)
    right = round(transform.position_x + spot.x + spot.width)
    bottom = round(transform.position_y + spot.y + spot.height)
    wide, high = right - left, bottom - top
    if wide < 1 or high < 1:
        return
    if (wide, high) != (image.shape[1], image.shape[0]):
        shrinks = wide * high < image.shape[0] * image.shape[1]
        way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        image = np.asarray(cv2.resize(image, (wide, high), interpolation=way), np.uint8)
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(canvas.shape[1], right), min(canvas.shape[0], bottom)
    if x0 < x1 and y0 < y1:
        _blend(canvas[y0:y1, x0:x1], image[y0 - top : y1 - top, x0 - left : x1 - left], blend)


def _draw_turned(canvas: Image, image: Image, transform: Transform, spot: Place, blend: str) -> None:
    # Enlarge first and turn afterwards, or the soft edge of the turned picture is enlarged with it.
    largest = 2 * max(canvas.shape[:2])
    size = (min(largest, max(1, round(spot.width))), min(largest, max(1, round(spot.height))))
    if size != (image.shape[1], image.shape[0]):
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    angle = np.deg2rad(transform.rotation)
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    step_x, step_y = spot.width / image.shape[1], spot.height / image.shape[0]
    turn = np.array([[cos * step_x, -sin * step_y], [sin * step_x, cos * step_y]])
    corner = np.array(
        [
            transform.position_x + cos * spot.x - sin * spot.y,
            transform.position_y + sin * spot.x + cos * spot.y,
        ]
    )
    # OpenCV puts a pixel's coordinate at its centre, OBS at its corner.
    shift = corner + turn @ np.array([0.5, 0.5]) - 0.5
    if image.shape[2] == 3:
        image = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2BGRA), np.uint8)
    matrix = np.hstack([turn, shift[:, None]])
    turned = cv2.warpAffine(image, matrix, (canvas.shape[1], canvas.shape[0]), flags=cv2.INTER_LINEAR)
    _blend(canvas, np.asarray(turned, np.uint8), blend)


def _blend(under: Image, over: Image, mode: str) -> None:
    if over.shape[2] == 3 and mode == "OBS_BLEND_NORMAL":
        under[..., :3] = over
        under[..., 3:] = 255
        return
    alpha = over[..., 3:].astype(np.float32) / 255 if over.shape[2] == 4 else np.float32(1)
    below = under[..., :3].astype(np.float32)
    colour = _mixed(below, over[..., :3].astype(np.float32), mode)
    if under.shape[2] == 3:
        under[...] = np.rint(below + (colour - below) * alpha).astype(np.uint8)
        return
    held = under[..., 3:].astype(np.float32) / 255
    total = alpha + held * (1 - alpha)
    safe = np.where(total > 0, total, 1)
    under[..., :3] = np.rint((colour * alpha + below * held * (1 - alpha)) / safe).astype(np.uint8)
    under[..., 3:] = np.rint(total * 255).astype(np.uint8)


def _mixed(below: Any, over: Any, mode: str) -> Any:
    match mode:
        case "OBS_BLEND_ADDITIVE":
            return np.minimum(255, below + over)
        case "OBS_BLEND_SUBTRACT":
            return np.maximum(0, below - over)
        case "OBS_BLEND_SCREEN":
            return 255 - (255 - below) * (255 - over) / 255
        case "OBS_BLEND_MULTIPLY":
            return below * over / 255
        case "OBS_BLEND_LIGHTEN":
            return np.maximum(below, over)
        case "OBS_BLEND_DARKEN":
            return np.minimum(below, over)
    return over
