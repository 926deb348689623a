"""What each kind of value takes, and what it refuses."""

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError

from studio.workspace import fields, moments
from studio.workspace.paths import RESERVED
from studio.workspace.problems import Known
from studio.workspace.source import Scalar, ScalarKind

pytestmark = pytest.mark.usefixtures("english")


def take(kind: Any, text: str, scalar: ScalarKind = "text", zone: str = "Asia/Shanghai") -> Any:
    return TypeAdapter(kind).validate_python(Scalar(text, scalar), context=Known({}, ZoneInfo(zone)))


def refusal(kind: Any, text: str, scalar: ScalarKind = "text", zone: str = "Asia/Shanghai") -> str:
    with pytest.raises(ValidationError) as caught:
        take(kind, text, scalar, zone)
    (error,) = caught.value.errors()
    assert error["ctx"]["remedy"]
    return str(error["ctx"]["what"])


@pytest.mark.parametrize(
    ("text", "fen"),
    [("39.90", 3990), ("39.9", 3990), ("39", 3900), ("0.01", 1), ("３９．９０", 3990), ("0.29", 29), ("1.15", 115)],
)
def test_a_price_is_yuan_in_the_file_and_fen_inside(text: str, fen: int) -> None:
    assert take(fields.Fen, text, "number") == fen


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("39.905", "more than two decimals"),
        ("39.900", "more than two decimals"),
        ("0", "zero or absurd"),
        ("0.00", "zero or absurd"),
        ("-3", "negative"),
        ("999999999999", "zero or absurd"),
        ("¥39", "not a price"),
        ("1,280.00", "not a price"),
        ("1e3", "not a price"),
        (".nan", "not a price"),
        ("1_000", "not a price"),
        ("9" * 5000, "not a price"),
        ("", "empty"),
    ],
)
def test_what_is_no_price_is_refused(text: str, says: str) -> None:
    assert says in refusal(fields.Fen, text, "number")


@pytest.mark.parametrize(
    ("text", "ms"),
    [("45s", 45_000), ("3m", 180_000), ("3:30", 210_000), ("2h", 7_200_000), ("2m30s", 150_000), ("３ｍ", 180_000)],
)
def test_a_duration_is_written_with_its_unit(text: str, ms: int) -> None:
    assert take(moments.Duration, text) == ms


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0s", "zero"),
        ("0:00", "zero"),
        ("-3m", "negative"),
        ("3", "not a duration"),
        ("three", "not a duration"),
        ("25h", "longer than a day"),
        ("9" * 400 + "h", "not a duration"),
    ],
)
def test_what_is_no_duration_is_refused(text: str, says: str) -> None:
    assert says in refusal(moments.Duration, text)


def test_a_row_may_start_with_the_session() -> None:
    assert take(moments.OptionalOffset, "0", "number") == 0


@pytest.mark.parametrize("text", ["sea-buckthorn", "s1204", "a", "x" * 40])
def test_an_id_is_small_letters_digits_and_hyphens(text: str) -> None:
    assert take(fields.Id, text) == text


@pytest.mark.parametrize("text", ["Sea", "沙棘", "a_b", "-a", "a-", "a--b", "a b", "../x", "x" * 41, *sorted(RESERVED)])
def test_an_odd_id_is_refused(text: str) -> None:
    assert refusal(fields.Id, text).startswith("the id")


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("65535", 65535), ("４４５５", 4455)])
def test_a_whole_number_is_plain_digits(text: str, number: int) -> None:
    kind: ScalarKind = "number" if text.isascii() else "text"
    read: Callable[[Any], int] = fields.whole(1, 65535)
    assert read(Scalar(text, kind)) == number


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("0", "number", "out of range"),
        ("65536", "number", "out of range"),
        ("4455", "text", "in quotes"),
        ("12.5", "number", "not a whole number"),
        ("0o17", "number", "not a whole number"),
        ("007", "number", "not a whole number"),
        ("1_000", "number", "not a whole number"),
        ("-1", "number", "not a whole number"),
        ("true", "bool", "not a whole number"),
        ("many", "text", "not a whole number"),
        ("9" * 5000, "number", "not a whole number"),
    ],
)
def test_what_is_no_whole_number_is_refused(text: str, kind: ScalarKind, says: str) -> None:
    with pytest.raises(Exception, match=says):
        fields.whole(1, 65535)(Scalar(text, kind))


@pytest.mark.parametrize("kind", ["number", "bool", "time"])
def test_a_number_is_no_text(kind: ScalarKind) -> None:
    assert "where text is expected" in refusal(fields.Line, "2026", kind)


def test_a_number_is_no_id() -> None:
    assert "where text is expected" in refusal(fields.Id, "7", "number")


def test_a_title_has_at_most_200_characters() -> None:
    assert take(fields.Line, "长" * 200) == "长" * 200
    assert "201 characters" in refusal(fields.Line, "长" * 201)


def test_a_title_has_one_line() -> None:
    assert "one line" in refusal(fields.Line, "one\ntwo")


@pytest.mark.parametrize(
    ("text", "rate"),
    [("30", Fraction(30)), ("29.97", Fraction(30000, 1001)), ("30000/1001", Fraction(30000, 1001)), ("60", 60)],
)
def test_a_frame_rate_is_exact(text: str, rate: Fraction) -> None:
    assert take(fields.FrameRate, text, "number") == rate


@pytest.mark.parametrize("text", ["0", "5", "300", "30/0", "fast", "-30", "29.98"])
def test_an_absurd_frame_rate_is_refused(text: str) -> None:
    assert "no usable frame rate" in refusal(fields.FrameRate, text, "number")


def test_a_local_time_gets_the_venues_offset() -> None:
    found = take(moments.Instant, "2026-12-04 19:30")
    assert found == datetime.fromisoformat("2026-12-04T19:30:00+08:00")
    assert found.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        pytest.param("2026-03-08 01:59", "2026-03-08T01:59:00-05:00", id="before the gap"),
        pytest.param("2026-03-08 03:00", "2026-03-08T03:00:00-04:00", id="behind the gap"),
        pytest.param("2026-11-01 01:30-0400", "2026-11-01T01:30:00-04:00", id="first of two"),
        pytest.param("2026-11-01 01:30 -05:00", "2026-11-01T01:30:00-05:00", id="second of two"),
        pytest.param("2026-11-01T02:00", "2026-11-01T02:00:00-05:00", id="behind the double hour"),
    ],
)
def test_a_night_on_which_the_clock_changes(text: str, iso: str) -> None:
    assert take(moments.Instant, text, zone="America/New_York").isoformat() == iso


@pytest.mark.parametrize(
    ("text", "zone", "says"),
    [
        pytest.param("2026-03-08 02:30", "America/New_York", "never shows", id="skipped hour"),
        pytest.param("2026-11-01 01:30", "America/New_York", "twice", id="double hour"),
        pytest.param("2026-11-01 01:30+08:00", "America/New_York", "has not the offset", id="foreign offset"),
        pytest.param("2026-02-30 19:30", "Asia/Shanghai", "not a date and a time", id="no such day"),
        pytest.param("2026-12-04", "Asia/Shanghai", "not a date and a time", id="no time"),
        pytest.param("0000-01-01 00:00", "Asia/Shanghai", "not a date and a time", id="year nought"),
        pytest.param("0001-01-01 00:00", "Asia/Shanghai", "not a date and a time", id="before all time"),
        pytest.param("tomorrow", "Asia/Shanghai", "not a date and a time", id="word"),
    ],
)
def test_a_time_that_is_not_one_instant_is_refused(text: str, zone: str, says: str) -> None:
    assert says in refusal(moments.Instant, text, zone=zone)
