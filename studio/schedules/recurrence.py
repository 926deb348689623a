"""How often a series comes again: from a calendar's words to dates; this only computes."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = {
    **{name: at for at, name in enumerate(_DAYS)},
    **{name[:3]: at for at, name in enumerate(_DAYS)},
    **{f"{week}{sign}": at for week in ("周", "星期", "礼拜") for at, sign in enumerate("一二三四五六日")},
    **{f"{week}天": 6 for week in ("周", "星期", "礼拜")},
}
_PLACES = {
    **{name: at for at, name in enumerate(("first", "second", "third", "fourth"), 1)},
    **{name: at for at, name in enumerate(("1st", "2nd", "3rd", "4th"), 1)},
    **{f"第{sign}个": at for at, sign in enumerate("一二三四", 1)},
    **{f"第{at}个": at for at in range(1, 5)},
    "last": -1,
    "最后一个": -1,
}
_WEEKDAY = "|".join(sorted(_WEEKDAYS, key=len, reverse=True))
_WEEKLY = re.compile(rf"(?:every |每)?({_WEEKDAY})")
_PLACED = re.compile(rf"(?:every |每月)?({'|'.join(_PLACES)}) ?({_WEEKDAY})(?: of the month)?")
_DAY = re.compile(r"day ([1-9]|[12][0-9]|3[01])|(?:每月)?([1-9]|[12][0-9]|3[01])[日号]")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Weekly on ``weekdays``; or monthly on the ``place``-th of them (-1: the last), or on the ``day`` of the month."""

    weekdays: tuple[int, ...] = ()
    """Monday is 0."""
    place: int = 0
    day: int = 0
    """A month that has no such day is left out."""

    @property
    def monthly(self) -> bool:
        """Whether it is counted within months, not weeks."""
        return bool(self.place or self.day)

    def dates(self, first: date, last: date, interval: int = 1) -> tuple[date, ...]:
        """Every date from ``first`` to ``last``, both included.

        With ``interval`` 2, every other week or month, counted from that of ``first``; weeks begin on Monday.
        """
        found = rrule(
            MONTHLY if self.monthly else WEEKLY,
            dtstart=datetime.combine(first, time()),
            until=datetime.combine(last, time()),
            interval=interval,
            byweekday=[weekday(day, self.place or None) for day in self.weekdays] or None,
            bymonthday=self.day or None,
        )
        return tuple(one.date() for one in found)


def recurrence(words: Iterable[str]) -> Recurrence | None:
    """The rule that a person has written, in Chinese or English; several words are weekdays. None where it is none."""
    found = [_one(unicodedata.normalize("NFKC", word).casefold().strip()) for word in words]
    if len(found) == 1:
        return found[0]
    days = [rule.weekdays for rule in found if rule is not None and not rule.monthly]
    return Recurrence(tuple(sorted({day for one in days for day in one}))) if days and len(days) == len(found) else None


def _one(word: str) -> Recurrence | None:
    if match := _WEEKLY.fullmatch(word):
        return Recurrence((_WEEKDAYS[match[1]],))
    if match := _PLACED.fullmatch(word):
        return Recurrence((_WEEKDAYS[match[2]],), place=_PLACES[match[1]])
    if match := _DAY.fullmatch(word):
        return Recurrence(day=int(match[1] or match[2]))
    return None
