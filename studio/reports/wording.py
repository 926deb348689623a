"""How values are written for people: money in yuan, instants, lengths, late and early in words."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import reduce

from studio.clock import format_duration
from studio.i18n import _, ngettext
from studio.reports.document import Cell

VERDICTS = ("on_time", "late", "unconfirmed", "refused", "skipped")
"""How a cue may end, the best first."""

_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def written(cell: Cell) -> str:
    """A cell as text; what is None is said not to have been obtained."""
    value = cell.value
    if value is None:
        return not_obtained()
    match cell.kind, value:
        case "money", int():
            return yuan(value)
        case "number", int():
            return f"{value:,}"
        case "bytes", int():
            return ngettext("{count} byte", "{count} bytes", value).format(count=f"{value:,}")
        case "length", int():
            return format_duration(value) if value >= 10_000 else _("{seconds} s").format(seconds=f"{value / 1000:.1f}")
        case "late", int() | float():
            return late(value)
        case "gap", int() | float():
            return _("{ms} ms").format(ms=f"{value:+.0f}" if abs(value) >= 0.5 else "0")
        case "moment", datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case "clock", datetime():
            return f"{value:%H:%M:%S}"
    return str(value)


def not_obtained() -> str:
    """What stands where a figure is missing."""
    return _("not obtained")


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals and separated thousands: -123456 is ``-1,234.56``."""
    return f"{Decimal(fen) / 100:,.2f}"


def late(milliseconds: float) -> str:
    """Late where positive, early where negative, in milliseconds below one second and in seconds from there on."""
    size = abs(milliseconds)
    if size < 0.5:
        return _("to the millisecond")
    if size < 1000:
        words = _("{ms} ms late") if milliseconds > 0 else _("{ms} ms early")
        return words.format(ms=f"{size:.0f}")
    words = _("{seconds} s late") if milliseconds > 0 else _("{seconds} s early")
    return words.format(seconds=f"{size / 1000:,.2f}")


def listed(texts: Sequence[str]) -> str:
    """Texts one after the other in one sentence; empty for none."""
    return reduce(lambda one, other: _("{one}, {other}").format(one=one, other=other), texts) if texts else ""


def ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers in short, three and more in a row as one range: ``2, 3, 7-9``; empty for none."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return ", ".join(
        f"{first}-{last}" if last - first > 1 else ", ".join(str(each) for each in range(first, last + 1))
        for first, last in runs
    )


def clean(text: str) -> str:
    """``text`` without what no page should hold, each such sign replaced by U+FFFD.

    That is control characters but the line break and the tab, signs that turn the direction of the text that follows,
    and halves of characters.
    """
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _UNFIT.sub("\ufffd", whole)
