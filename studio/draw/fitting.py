"""Makes text fit a box: as large as it goes, broken into lines, and only then shortened."""

import re
from dataclasses import dataclass

from studio.draw.text import line_height, text_size

_UNIT = re.compile(r"[!-~¥]+ ?|.")
"""What a line may be broken between: a Latin word with the space after it, or one Chinese character."""
_NEVER_FIRST = "，。、；：！？）》」』”’…·%,.;:!?)"
_STEP = 0.94
_GOOD = 0.6
"""Fewer lines are better than larger letters, as long as these keep this part of the largest size."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Text broken by newlines, its font size in pixels, and the box it fills."""

    text: str
    size: int
    width: int
    height: int


def fit(text: str, width: int, height: int, largest: int, smallest: int = 12, lines: int = 1) -> Fitted:
    """``text`` in at most ``lines`` lines within ``width`` x ``height`` pixels, as large as it fits.

    Fewer lines are preferred while the letters stay near ``largest``. Where not even ``smallest`` fits, the end is
    replaced by an ellipsis. Line breaks and other white space in ``text`` become single spaces.
    """
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    best: tuple[int, list[str]] | None = None
    for count in range(1, lines + 1):
        found = _largest(text, width, height, max(largest, smallest), smallest, count)
        if found and (best is None or found[0] > best[0]):
            best = found
        if best and best[0] >= largest * _GOOD:
            break
    if best:
        return _fitted(best[1], best[0])
    rows = _shorten(_wrap(text, width, smallest), width, smallest, max(1, min(lines, height // line_height(smallest))))
    return _fitted(rows, smallest)


def _largest(text: str, width: int, height: int, size: int, smallest: int, lines: int) -> tuple[int, list[str]] | None:
    while True:
        rows = _wrap(text, width, size)
        whole = size <= smallest or all(text_size(word, size)[0] <= width for word in _UNIT.findall(text))
        if whole and len(rows) <= lines and len(rows) * line_height(size) <= height:
            return size, rows
        if size <= smallest:
            return None
        size = max(smallest, int(size * _STEP))


def _fitted(rows: list[str], size: int) -> Fitted:
    text = "\n".join(rows)
    return Fitted(text, size, *text_size(text, size))


def _wrap(text: str, width: int, size: int) -> list[str]:
    rows = [""]
    for unit in _units(text, width, size):
        if rows[-1] and text_size((rows[-1] + unit).rstrip(), size)[0] > width:
            rows[-1] = rows[-1].rstrip()
            rows.append("")
        rows[-1] += unit if rows[-1] else unit.lstrip()
    rows[-1] = rows[-1].rstrip()
    return _balance(rows, width, size)


def _units(text: str, width: int, size: int) -> list[str]:
    """Words and characters; a sign that may not begin a line stays with what it follows."""
    units: list[str] = []
    for unit in _UNIT.findall(text):
        if units and unit[0] in _NEVER_FIRST and text_size(units[-1] + unit, size)[0] <= width:
            units[-1] += unit
        elif text_size(unit, size)[0] > width:
            units.extend(unit)
        else:
            units.append(unit)
    return units


def _balance(rows: list[str], width: int, size: int) -> list[str]:
    """Two rows of about the same length where the second would hold a few characters only."""
    if len(rows) != 2 or len(rows[1]) * 2 > len(rows[0]):
        return rows
    target = (text_size(rows[0], size)[0] + text_size(rows[1], size)[0]) * 0.56
    first = second = ""
    for unit in _units(" ".join(rows) if rows[0].isascii() else "".join(rows), width, size):
        if not second and text_size((first + unit).rstrip(), size)[0] <= min(width, target):
            first += unit
        else:
            second += unit
    fits = first and second and text_size(second.rstrip(), size)[0] <= width
    return [first.rstrip(), second.strip()] if fits else rows


def _shorten(rows: list[str], width: int, size: int, lines: int) -> list[str]:
    if len(rows) <= lines:
        return rows
    last = rows[lines - 1]
    while last and text_size(last + "…", size)[0] > width:
        last = last[:-1]
    return [*rows[: lines - 1], last.rstrip() + "…"]
