"""How values are written."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from studio.i18n import _, ngettext
from studio.reports.document import Cell, Kind, Value
from studio.reports.wording import clean, late, listed, not_obtained, ranges, written, yuan

MOMENT = datetime(2026, 12, 4, 19, 30, 5, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0.00"), (1, "0.01"), (-5, "-0.05"), (123456, "1,234.56"), (-123456789, "-1,234,567.89"), (100, "1.00")],
)
def test_yuan(fen: int, text: str) -> None:
    assert yuan(fen) == text


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, "money", not_obtained()),
        (None, "text", not_obtained()),
        (0, "money", "0.00"),
        (1234567, "number", "1,234,567"),
        (754_000, "length", "12:34"),
        (3_754_000, "length", "1:02:34"),
        (8_400, "length", _("{seconds} s").format(seconds="8.4")),
        (12.4, "gap", _("{ms} ms").format(ms="+12")),
        (-0.2, "gap", _("{ms} ms").format(ms="0")),
        (-31.0, "gap", _("{ms} ms").format(ms="-31")),
        (MOMENT, "moment", "2026-12-04 19:30:05"),
        (MOMENT, "clock", "19:30:05"),
        ("9f", "code", "9f"),
        (1, "bytes", ngettext("{count} byte", "{count} bytes", 1).format(count="1")),
        (2048, "bytes", ngettext("{count} byte", "{count} bytes", 2048).format(count="2,048")),
    ],
)
def test_values(value: Value, kind: Kind, text: str) -> None:
    assert written(Cell(value, kind)) == text


def test_late_has_a_sign_in_words() -> None:
    assert late(40) == _("{ms} ms late").format(ms=40)
    assert late(-40) == _("{ms} ms early").format(ms=40)
    assert late(61_500) == _("{seconds} s late").format(seconds="61.50")
    assert late(-1000) == _("{seconds} s early").format(seconds="1.00")
    assert late(0) == _("to the millisecond")


@pytest.mark.parametrize(
    ("rows", "text"),
    [((), ""), ((2,), "2"), ((2, 3), "2, 3"), ((2, 3, 4, 9, 11, 12), "2-4, 9, 11, 12"), ((5, 5), "5, 5")],
)
def test_row_numbers_in_short(rows: tuple[int, ...], text: str) -> None:
    assert ranges(rows) == text


def test_a_list_in_a_sentence() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]).replace("、", ", ") == "a, b, c"


@pytest.mark.parametrize(
    ("text", "kept"),
    [("沙棘\n\t🌶", "沙棘\n\t🌶"), ("a\x00b\x85c", "a\ufffdb\ufffdc"), ("\u202eabc", "\ufffdabc"), ("\ud800", "\ufffd")],
)
def test_clean(text: str, kept: str) -> None:
    assert clean(text) == kept
