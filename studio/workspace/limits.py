"""Reads the [watch] table of studio.toml: when the watch of a session raises an alarm."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, PlainValidator

from studio.i18n import _
from studio.model.problem import Problem
from studio.model.studio import Limits
from studio.workspace.fields import plain, refused, whole
from studio.workspace.moments import Duration
from studio.workspace.problems import Form, Known, fill
from studio.workspace.source import Source, shown

_NUMBER = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,3})?")
_DEFAULT = Limits()
_PATH = ("watch",)


def _between(low: float, high: float) -> Callable[[Any], float]:
    """A reader of numbers from ``low`` to ``high`` with at most three decimals."""

    def read(value: Any) -> float:
        text = plain(value)
        remedy = _("write a number from {low:g} to {high:g}, in plain digits and without quotes").format(
            low=low, high=high
        )
        if value.kind != "number" or not _NUMBER.fullmatch(text):
            raise refused(_("“{value}” is not such a number").format(value=shown(text)), remedy)
        if not low <= float(text) <= high:
            raise refused(_("{value} is out of range").format(value=text), remedy)
        return float(text)

    return read


def _within_ten_seconds(milliseconds: int) -> int:
    if milliseconds > 10_000:
        raise refused(_("clipping is counted within ten seconds"), _("write at most 10s"))
    return milliseconds


Decibels = Annotated[float, PlainValidator(_between(-100, 0))]
Percent = Annotated[float, PlainValidator(_between(0.1, 100))]


class WatchTable(Form):
    """``[watch]``; what is left out keeps its default."""

    black: Duration = _DEFAULT.black_ms
    black_percent: Percent = 100 * _DEFAULT.black_luma
    frozen: Duration = _DEFAULT.frozen_ms
    standby: Duration = _DEFAULT.standby_ms
    silent: Duration = _DEFAULT.silent_ms
    silent_db: Decibels = _DEFAULT.silent_db
    clipping: Annotated[Duration, AfterValidator(_within_ten_seconds)] = _DEFAULT.clip_ms
    clipping_db: Decibels = _DEFAULT.clip_db
    skipped_percent: Percent = 100 * _DEFAULT.skipped_share
    disk_minutes: Annotated[int, PlainValidator(whole(1, 1440))] = _DEFAULT.disk_minutes

    def limits(self) -> Limits:
        """The same in the units of the watch."""
        return Limits(
            black_ms=self.black,
            black_luma=self.black_percent / 100,
            frozen_ms=self.frozen,
            standby_ms=self.standby,
            silent_ms=self.silent,
            silent_db=self.silent_db,
            clip_ms=self.clipping,
            clip_db=self.clipping_db,
            skipped_share=self.skipped_percent / 100,
            disk_minutes=self.disk_minutes,
        )


def read_limits(source: Source, known: Known) -> tuple[Limits, list[Problem]]:
    """What ``[watch]`` says; the defaults where it is missing or something in it is wrong."""
    if not isinstance(source.at(_PATH), dict):
        return _DEFAULT, []
    table, problems = fill(WatchTable, source, _PATH, known)
    return (table.limits() if table else _DEFAULT), problems
