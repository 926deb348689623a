"""Instants, durations and the anchor between the two clocks: this module only computes and never asks the time."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {"h": 3_600_000, "m": 60_000, "min": 60_000, "s": 1000, "ms": 1}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(h|min|ms|m|s)", re.IGNORECASE)
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{2})(?:\.(\d{1,3}))?")


class Clock(Protocol):
    """Where time comes from: the machine's clocks, or simulated ones. Always passed in."""

    def monotonic_ns(self) -> int:
        """Nanoseconds on a clock that only goes forward; its zero means nothing."""

    def wall_ns(self) -> int:
        """Nanoseconds since 1970-01-01 UTC; people and NTP may step it."""

    async def sleep_until(self, monotonic_ns: int) -> None:
        """Return once ``monotonic_ns()`` has reached that instant; at once where it already has."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """One moment read on both clocks, so that plans in wall time can run on the monotonic clock."""

    monotonic_ns: int
    wall_ns: int

    def monotonic_at(self, wall_ns: int) -> int:
        """The monotonic instant of a wall instant, as if the wall clock were never stepped."""
        return self.monotonic_ns + (wall_ns - self.wall_ns)

    def wall_at(self, monotonic_ns: int) -> int:
        """The wall instant of a monotonic instant, as if the wall clock were never stepped."""
        return self.wall_ns + (monotonic_ns - self.monotonic_ns)

    def step_ns(self, monotonic_ns: int, wall_ns: int) -> int:
        """How far the wall clock has been stepped since the anchor; positive is forward."""
        return wall_ns - self.wall_at(monotonic_ns)


def instant(wall_ns: int, zone: ZoneInfo) -> datetime:
    """The aware instant of ``wall_ns`` in ``zone``, exact to the microsecond (rounded down)."""
    return (_EPOCH + timedelta(microseconds=wall_ns // 1000)).astimezone(zone)


def wall_ns(moment: datetime) -> int:
    """Nanoseconds since 1970 UTC of an aware instant; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1000


def parse_duration(text: str) -> int:
    """Milliseconds of ``90s``, ``2m30s``, ``1h``, ``500ms``, ``3:30`` (minutes:seconds) or ``1:02:03``.

    Raises ValueError for anything else; the sign is the caller's business, so a leading minus is refused.
    """
    text = text.strip()
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds, fraction = clock.groups()
        if int(seconds) > 59 or (hours and int(minutes) > 59):
            raise ValueError(f"not a duration: {text}")
        whole = int(hours or 0) * 3_600_000 + int(minutes) * 60_000 + int(seconds) * 1000
        return whole + int((fraction or "0").ljust(3, "0"))
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text).strip():
        raise ValueError(f"not a duration: {text}")
    return round(sum(float(number) * _UNITS[unit.lower()] for number, unit in parts))


def format_duration(milliseconds: int) -> str:
    """``1:02:03``, ``3:30`` or ``0:05``, rounded down to the second; a minus in front where negative."""
    sign = "-" if milliseconds < 0 else ""
    seconds = abs(milliseconds) // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{sign}{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{sign}{minutes}:{seconds % 60:02}"
