"""Measures one screenshot: how bright it is, how much of it is dark, and how much has moved since the one before."""

import binascii
from typing import Any

import cv2
import numpy as np

from studio.air.watch.sample import Look

WIDTH = 96
"""Pixels; the height follows the canvas."""
QUALITY = 95
"""At 75 the noise of a clean camera is lost (2 blocks of 100 change), at 95 it is not (all change): measured."""
_DARK = 24
"""Of 255; the black of a camera with its cap on is below 16."""
_BLOCK = 8
"""Pixels; JPEG has such blocks, so that a change in one leaves the others as they were."""

Grey = np.ndarray[Any, np.dtype[np.uint8]]


class Eye:
    """Keeps the last picture to compare the next one with."""

    def __init__(self) -> None:
        self._scene = ""
        self._before: Grey | None = None

    def look(self, scene: str, image_data: str) -> Look | None:
        """The measures of GetSourceScreenshot's ``imageData``; None where that is no picture.

        ``moved`` is the share of blocks of 8x8 pixels in which any pixel differs from the last look at this scene.
        """
        grey = _decoded(image_data)
        if grey is None:
            return None
        before, self._before = self._before, grey
        known, self._scene = self._scene == scene, scene
        moved = _moved(before, grey) if known and before is not None and before.shape == grey.shape else None
        return Look(float(grey.mean()) / 255, float((grey < _DARK).mean()), moved)


def _decoded(image_data: str) -> Grey | None:
    try:
        packed = binascii.a2b_base64(image_data.partition(",")[2])
    except binascii.Error:
        return None
    found = cv2.imdecode(np.frombuffer(packed, np.uint8), cv2.IMREAD_GRAYSCALE) if packed else None
    return None if found is None else np.asarray(found, np.uint8)


def _moved(before: Grey, after: Grey) -> float:
    changed = before != after
    rows, columns = (size // _BLOCK for size in changed.shape)
    whole = changed[: rows * _BLOCK, : columns * _BLOCK]
    return float(whole.reshape(rows, _BLOCK, columns, _BLOCK).any(axis=(1, 3)).mean())
