"""The values of time a person writes: lengths, places on a session's time line, and the venue's local time."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import PlainValidator, ValidationInfo

from studio.clock import parse_duration
from studio.i18n import _
from studio.workspace.fields import known_of, plain, refused
from studio.workspace.source import shown

DAY_MS = 86_400_000
_LOCAL = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?\s*(?:([+-])(\d{2}):?(\d{2}))?", re.ASCII
)

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)


def duration_ms(text: str) -> int | None:
    """Milliseconds of a duration as written, zero included; None where it is none."""
    text = unicodedata.normalize("NFKC", text).strip()
    try:
        return parse_duration(text) if len(text) <= 24 else None
    except (ValueError, OverflowError):
        return None


def _duration(value: Any) -> int:
    text = plain(value)
    remedy = _("write a time of more than zero and at most a day, such as: 45s, 3m, 2h or 3:30")
    if text.startswith(("-", "−")):
        raise refused(_("the duration “{value}” is negative").format(value=shown(text)), remedy)
    found = duration_ms(text)
    if found is None:
        raise refused(_("“{value}” is not a duration").format(value=shown(text)), remedy)
    if found == 0:
        raise refused(_("the duration is zero"), remedy)
    if found > DAY_MS:
        raise refused(_("the duration “{value}” is longer than a day").format(value=shown(text)), remedy)
    return found


def _offset(value: Any) -> int:
    text = plain(value)
    found = 0 if text == "0" else duration_ms(text)
    if found is None or found > DAY_MS:
        raise refused(
            _("“{value}” is not a time from the session's start").format(value=shown(text)),
            _("write the time since the start, such as: 0s, 3m or 1:05:00"),
        )
    return found


def local_instant(text: str, zone: ZoneInfo) -> datetime:
    """The aware instant of a local ``2026-12-04 19:30``; an offset at its end settles a time the clock shows twice."""
    remedy = _("write the venue's local time as: 2026-12-04 19:30")
    match = _LOCAL.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the zone follows below
        utc = [local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    except (ValueError, OverflowError) as error:
        raise refused(_("“{value}” is not a date and a time").format(value=shown(text)), remedy) from error
    real = [moment for moment in utc if moment.astimezone(zone).replace(tzinfo=None) == local]
    if not real:
        raise refused(
            _("the clock of {zone} never shows {value}").format(zone=zone.key, value=text),
            _("choose a time outside the hour that is skipped"),
        )
    if match[7]:
        shift = timedelta(hours=int(match[8]), minutes=int(match[9])) * (1 if match[7] == "+" else -1)
        real = [moment for moment in real if moment.astimezone(zone).utcoffset() == shift]
        if not real:
            raise refused(
                _("{value} has not the offset of {zone}").format(zone=zone.key, value=text),
                _("write the local time without an offset"),
            )
    if len(set(real)) > 1:
        offsets = " / ".join(moment.astimezone(zone).strftime("%z") for moment in real)
        raise refused(
            _("the clock of {zone} shows {value} twice").format(zone=zone.key, value=text),
            _("write the offset behind it to say which: {offsets}").format(offsets=offsets),
        )
    return real[0].astimezone(zone)


def _day(value: Any) -> date:
    text = plain(value)
    match = _DATE.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        what = _("“{value}” is not a date").format(value=shown(text))
        raise refused(what, _("write year, month and day as: 2026-12-04")) from error


def _time_of_day(value: Any) -> time:
    text = plain(value)
    match = _CLOCK.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        return time(int(match[1]), int(match[2]))
    except ValueError as error:
        what = _("“{value}” is not a time of day").format(value=shown(text))
        raise refused(what, _('write hours and minutes in quotes, such as: "19:30"')) from error


def _instant(value: Any, info: ValidationInfo) -> datetime:
    return local_instant(plain(value), known_of(info).zone)


Duration = Annotated[int, PlainValidator(_duration)]
"""Milliseconds, more than zero."""
OptionalOffset = Annotated[int | None, PlainValidator(_offset)]
"""Milliseconds since a session's start, zero or more."""
Instant = Annotated[datetime, PlainValidator(_instant)]
"""An aware instant in the venue's zone."""
Day = Annotated[date, PlainValidator(_day)]
TimeOfDay = Annotated[time, PlainValidator(_time_of_day)]
"""To the minute; local time of the venue."""
