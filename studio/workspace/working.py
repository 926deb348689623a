"""Reads the [work] table of studio.toml: working hours, how long somebody may be on air, the ways to other places."""

import re
from datetime import time
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from studio.i18n import _
from studio.model.problem import Problem
from studio.model.studio import Work
from studio.workspace.fields import plain, refused
from studio.workspace.moments import Duration, duration_ms
from studio.workspace.problems import Form, Known, fill
from studio.workspace.source import Source, shown

_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*[-–~至]\s*(\d{1,2}):(\d{2})", re.ASCII)
_DEFAULT = Work()
_PATH = ("work",)


def _hours(value: Any) -> tuple[time, time]:
    text = plain(value)
    match = _HOURS.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        opens, closes = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
        if opens == closes:
            raise ValueError(text)
    except ValueError as error:
        what = _("“{value}” is not from one time of day to another").format(value=shown(text))
        raise refused(what, _('write it in quotes, such as: "08:30-22:30"')) from error
    return opens, closes


class WorkTable(Form):
    """``[work]``; what is left out is not checked."""

    hours: Annotated[tuple[time, time] | None, PlainValidator(_hours)] = Field(None, examples=['"08:30-22:30"'])
    on_air: Duration | None = None
    rest: Duration = _DEFAULT.rest_ms
    elsewhere: Duration | None = None
    travel: dict[str, Any] = Field(default_factory=dict)


def read_work(source: Source, known: Known) -> tuple[Work, list[Problem]]:
    """What ``[work]`` says; the defaults, and every Problem, where something in it is wrong."""
    if source.at(_PATH) is None:
        return _DEFAULT, []
    table, problems = fill(WorkTable, source, _PATH, known)
    travel: list[tuple[str, int]] = []
    for place in table.travel if table else ():
        way_ms = duration_ms(source.text((*_PATH, "travel", place)) or "")
        if way_ms is None:
            what = _("the way to “{place}” is no duration").format(place=shown(place))
            problems.append(source.problem((*_PATH, "travel", place), what, _('write it in quotes, such as: "50m"')))
        else:
            travel.append((place, way_ms))
    if table is None or problems:
        return _DEFAULT, problems
    opens, closes = table.hours or (None, None)
    return Work(opens, closes, table.on_air, table.rest, tuple(travel), table.elsewhere or 0), []
