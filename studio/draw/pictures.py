"""The pictures that scenes show: slates, product cards and name strips, as PNG bytes."""

from collections.abc import Sequence
from decimal import Decimal

import cv2
import numpy as np

from studio.draw.fitting import Fitted, fit
from studio.draw.qr import qr
from studio.draw.shapes import (
    GREEN,
    MUTED,
    ORANGE,
    PAPER,
    RED,
    Colour,
    clear,
    colour,
    letters,
    luminance,
    mix,
    panel,
    readable_on,
)
from studio.draw.text import Image, text_size
from studio.i18n import _
from studio.model.runsheet import Product

Size = tuple[int, int]
"""Width and height in pixels."""

BLACK: Colour = (0, 0, 0)


def png(picture: Image) -> bytes:
    """A picture (BGR or BGRA) as PNG; the same pixels give the same bytes."""
    _done, encoded = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 6])
    return encoded.tobytes()


def blank(size: Size) -> bytes:
    """A picture that shows nothing: every pixel is transparent."""
    return png(clear(*size))


def slate(size: Size, title: str, subtitle: str, colour_code: str) -> bytes:
    """A full picture in one colour (``#RRGGBB``), darker towards the bottom, with a title and a line below it."""
    width, height = size
    ground = colour(colour_code)
    picture = _shaded(width, height, ground)
    ink = readable_on(ground)
    accent = ORANGE if abs(luminance(ORANGE) - luminance(ground)) > 0.12 else mix(ground, ink, 0.55)
    short = min(width, height)
    room = round(width * 0.84)
    head = fit(title, room, round(height * 0.36), largest=round(short * 0.15), smallest=max(8, short // 30), lines=3)
    line = fit(subtitle, room, round(height * 0.16), largest=round(short * 0.05), smallest=max(8, short // 45), lines=2)
    gap = round(short * 0.045)
    rule = max(3, short // 110)
    below = 2 * gap + rule + line.height if line.text else gap + rule
    top = (height - head.height - below) // 2
    _centred(picture, head, top, ink, bold=True)
    rule_top = top + head.height + gap
    rule_width = max(rule * 8, min(room, round(short * 0.16)))
    panel(picture, ((width - rule_width) // 2, rule_top, (width + rule_width) // 2, rule_top + rule), 0, accent)
    if line.text:
        _centred(picture, line, rule_top + rule + gap, mix(ground, ink, 0.82))
    return png(picture[..., :3])


def strip(size: Size, names: Sequence[str]) -> bytes:
    """Who speaks: a dark bar at the left of a transparent picture, as long as the names need."""
    width, height = size
    picture = clear(width, height)
    unit = min(height, max(8, width // 5))
    pad, bar = round(unit * 0.3), max(3, unit // 12)
    room = max(1, width - 3 * pad - bar)
    words = fit(" · ".join(names), room, height, largest=round(unit * 0.5), smallest=max(8, unit // 5))
    panel(picture, (0, 0, min(width, 3 * pad + bar + words.width), height), unit // 5, GREEN, 0.92)
    panel(picture, (pad, round(height * 0.24), pad + bar, round(height * 0.76)), 0, ORANGE)
    _write(picture, words, 2 * pad + bar, (height - words.height) // 2, PAPER)
    return png(picture)


def card(size: Size, product: Product) -> bytes:
    """A product's card: link number, name, live price, stock, the QR code of its trace; the daily price struck through.

    The daily price is shown only with a basis on which it can be checked, and only where it is the higher one; the code
    only where it is large enough to be read.
    """
    width, height = size
    picture = clear(width, height)
    panel(picture, (0, 0, width, height), height // 12, PAPER)
    edge = _link(picture, width, height, product.link)
    pad = round(height * 0.08)
    code = _trace(picture, product.trace, width - edge)
    left, room = edge + round(height * 0.1), max(1, width - edge - code - round(height * 0.2))
    bottom = height - pad
    name = fit(
        product.name, room, round(height * 0.38), largest=round(height * 0.19), smallest=max(8, height // 14), lines=2
    )
    _write(picture, name, left, pad, GREEN, bold=True)
    live = fit(
        _yuan(product.live_price_fen),
        round(room * 0.56),
        round(height * 0.32),
        largest=round(height * 0.24),
        smallest=8,
    )
    label = fit(_("Live price"), room, round(height * 0.13), largest=round(height * 0.095), smallest=8)
    live_top = bottom - live.height
    _write(picture, label, left, live_top - label.height, MUTED)
    _write(picture, live, left, live_top, RED, bold=True)
    gap = round(height * 0.1)
    _daily(picture, product, (left + label.width + gap, live_top - label.height), left + room, label)
    if product.stock is not None and left + live.width + gap < left + room:
        stock = fit(
            _("{count} in stock").format(count=product.stock),
            room - live.width - gap,
            live.height,
            largest=round(height * 0.105),
            smallest=8,
        )
        _write(picture, stock, left + live.width + gap, bottom - (live.height + stock.height) // 2, MUTED)
    return png(_cut_to(picture, height // 12))


def _trace(picture: Image, trace: str, free: int) -> int:
    """The QR code at the right of a card, which leaves its words a card's height of the ``free`` width; its width."""
    height, width = picture.shape[:2]
    margin = max(2, height // 24)
    room = min(height - 2 * margin, free - height - margin)
    caption = round(height * 0.12)
    captioned = qr(trace, min(room, height - 2 * margin - caption))
    code = qr(trace, room) if captioned is None else captioned
    if code is None:
        return 0
    side = code.shape[0]
    top, left = (height - side - (0 if captioned is None else caption)) // 2, width - margin - side
    picture[top : top + side, left : left + side] = code
    if captioned is not None:
        word = fit(_("Scan to trace"), side, caption, largest=round(height * 0.08), smallest=8)
        _write(picture, word, left + (side - word.width) // 2, top + side, MUTED)
    return int(side + margin)


def _link(picture: Image, width: int, height: int, number: int | None) -> int:
    """The orange edge with the number of the product's link in it; returns its width."""
    edge = max(6, height // 22) if number is None else round(min(height * 0.46, width * 0.2))
    panel(picture, (0, 0, edge, height), 0, ORANGE)
    if number is not None:
        room = round(edge * 0.8)
        digits = fit(str(number), room, round(height * 0.5), largest=round(height * 0.34), smallest=8)
        word = fit(_("Cart link"), room, round(height * 0.16), largest=round(height * 0.11), smallest=8)
        top = (height - digits.height - word.height) // 2
        _write(picture, digits, (edge - digits.width) // 2, top, PAPER, bold=True)
        _write(picture, word, (edge - word.width) // 2, top + digits.height, PAPER)
    return edge


def _daily(picture: Image, product: Product, at: tuple[int, int], right: int, beside: Fitted) -> None:
    """The daily price, struck through, in the line of the words ``beside`` it."""
    daily = product.daily_price_fen
    if daily is None or not product.price_basis or daily <= product.live_price_fen or at[0] >= right:
        return
    row = fit(
        _("Daily price {price}").format(price=_yuan(daily)),
        right - at[0],
        beside.height,
        largest=beside.size,
        smallest=8,
    )
    top = at[1] + (beside.height - row.height) // 2
    _write(picture, row, at[0], top, MUTED)
    middle = top + round(row.size * 0.66)
    panel(picture, (at[0], middle, at[0] + row.width, middle + max(2, row.size // 14)), 0, MUTED)


def _yuan(fen: int) -> str:
    return f"¥{Decimal(fen) / 100:,.2f}"


def _write(picture: Image, words: Fitted, left: int, top: int, paint: Colour, bold: bool = False) -> None:
    letters(picture, words.text, (left, top, words.width, words.height), words.size, paint, bold)


def _centred(picture: Image, words: Fitted, top: int, paint: Colour, bold: bool = False) -> None:
    for row in words.text.split("\n"):
        wide, high = text_size(row, words.size)
        letters(picture, row, ((picture.shape[1] - wide) // 2, top, wide, high), words.size, paint, bold)
        top += high


def _shaded(width: int, height: int, ground: Colour) -> Image:
    """An opaque picture, ``ground`` at the top and a fifth darker at the bottom."""
    part = np.linspace(0, 0.2, height, dtype=np.float32)[:, None, None]
    column = np.array(ground, np.float32) * (1 - part)
    picture = np.full((height, width, 4), 255, np.uint8)
    picture[..., :3] = np.rint(column).astype(np.uint8)
    return picture


def _cut_to(picture: Image, radius: int) -> Image:
    """The picture with its corners rounded off to transparent."""
    height, width = picture.shape[:2]
    shape = clear(width, height)
    panel(shape, (0, 0, width, height), radius, BLACK)
    picture[..., 3] = np.minimum(picture[..., 3], shape[..., 3])
    return picture
