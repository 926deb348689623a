"""QR codes as pixels: black on white, with the quiet zone that readers need."""

import numpy as np
import segno

from studio.draw.text import Image

QUIET = 4
"""Modules of white around the code, by ISO/IEC 18004."""
LEGIBLE = 4
"""Pixels a module needs to be read off a phone's picture of a stream."""


def qr(text: str, room: int) -> Image | None:
    """``text`` as a square of at most ``room`` pixels, BGRA and opaque; None where it would be too small to be read.

    Error correction is M: a video encoder blurs, and does not cover. Letters are UTF-8, which phones take unsaid.
    """
    if not text:
        return None
    try:
        code = segno.make_qr(text, error="m", mode="byte", encoding="utf-8", boost_error=False)
    except (segno.DataOverflowError, ValueError):  # longer than any code holds
        return None
    dark = np.pad(np.array(code.matrix, np.uint8), QUIET)
    module = room // dark.shape[0]
    if module < LEGIBLE:
        return None
    picture = np.full((*dark.shape, 4), 255, np.uint8)
    picture[dark == 1, :3] = 0
    return picture.repeat(module, axis=0).repeat(module, axis=1)
