"""Cells as exports write them, read into values: ids, yuan, counts and times, with a reason where they are none."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from studio.i18n import _

MOST_FEN = 10**12
"""Ten thousand million yuan: no line of an order comes near it, and sums of such lines still fit 64 bits."""
MOST_PIECES = 10**7
_EMPTY = ("", "-", "--", "—", "——")
_DAMAGED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ud800-\udfff]")
_ID = re.compile(r"[0-9A-Za-z_-]+")
_ROUNDED_ID = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+")
_AMOUNT = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?")
_COUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+")
_TIME = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})[ T]+([0-9]{1,2}):([0-9]{2}):([0-9]{2})")
_TIME_SHORT = re.compile(r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}(?:[ T]+[0-9]{1,2}:[0-9]{2})?")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell holds no such value, and what to do; never the cell itself, which may hold a buyer's data."""

    what: str
    remedy: str


def _correct() -> str:
    return _("correct the cell, or export the orders again")


def unspoilt() -> str:
    """What to do with a file that a spreadsheet program has saved."""
    return _("export the orders again and import the file without opening and saving it in a spreadsheet program")


def text(cell: str) -> str | Fault:
    """The cell without the tab, apostrophe and spaces platforms put around it; "" where it means "none"."""
    if _DAMAGED.search(cell):
        return Fault(_("it holds bytes that are no text"), unspoilt())
    bare = cell.strip().removeprefix("'").strip()  # tab or apostrophe keep spreadsheets from rounding an id
    return "" if bare in _EMPTY else bare


def identifier(cell: str) -> str | Fault:
    """The id as text. A fault where it is missing, rounded by a spreadsheet, or several in one."""
    if isinstance(value := text(cell), Fault):
        return value
    if not value:
        return Fault(_("the number is missing"), _correct())
    if _ROUNDED_ID.fullmatch(value):
        return Fault(_("a spreadsheet program has rounded the number"), unspoilt())
    if not _ID.fullmatch(value):
        return Fault(
            _("this is not one number"), _("export with one row a sub-order, without merging the rows of an order")
        )
    return value


def fen(cell: str) -> int | Fault | None:
    """Yuan as written (``1,280.00``) in integer fen; None where the cell is empty."""
    if isinstance(bare := text(cell), Fault):
        return bare
    value = bare.removeprefix("¥").removeprefix("￥").strip()
    if not value:
        return None
    if value.startswith(("-", "−", "(", "（")):
        return Fault(_("an order line's amount cannot be negative"), _correct())
    if not (match := _AMOUNT.fullmatch(value)):
        return Fault(_("this is not an amount in yuan"), _correct())
    if len(match[1] or "") > 2:
        return Fault(_("the amount has more than two decimals"), _correct())
    amount = Decimal(value.replace(",", "")) * 100
    if amount > MOST_FEN:
        return Fault(_("the amount is too large to be one"), _correct())
    return int(amount)


def owed_fen(cell: str) -> int | Fault:
    """Yuan as written in integer fen. An empty cell is a fault."""
    if (amount := fen(cell)) is None:
        return Fault(_("the amount is missing"), _correct())
    return amount


def pieces(cell: str) -> int | Fault:
    """A count of one or more."""
    if isinstance(value := text(cell), Fault):
        return value
    if not _COUNT.fullmatch(value):
        return Fault(_("this is not a whole number of pieces"), _correct())
    count = int(value.replace(",", "")[:20])
    if not 1 <= count <= MOST_PIECES:
        return Fault(_("a line holds at least one piece and at most ten million"), _correct())
    return count


def instant(cell: str, zone: ZoneInfo) -> datetime | Fault | None:
    """``2026-11-23 20:00:05`` of ``zone`` as an aware instant; None where the cell is empty."""
    if isinstance(value := text(cell), Fault):
        return value
    if not value:
        return None
    if not (match := _TIME.fullmatch(value)):
        if _TIME_SHORT.fullmatch(value):
            return Fault(_("a spreadsheet program has cut the seconds off the time"), unspoilt())
        return Fault(_("this is not a time like 2026-11-23 20:00:05"), _correct())
    year, month, day, hour, minute, second = (int(part) for part in match.group(1, 3, 4, 5, 6, 7))
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return Fault(_("there is no such day or time"), _correct())
    if moment.year < 2000:
        return Fault(_("the time is before the year 2000"), _correct())
    return moment


def needed_instant(cell: str, zone: ZoneInfo) -> datetime | Fault:
    """A time as an aware instant. An empty cell is a fault."""
    if (moment := instant(cell, zone)) is None:
        return Fault(_("the time is missing"), _correct())
    return moment
