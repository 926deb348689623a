"""Ties a run-sheet to a date: when its hard-timed rows go on air, and where that leaves the rows around them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from studio.clock import NS_PER_MS, wall_ns
from studio.model.runsheet import Cue, RunSheet


def hard_instants(sheet: RunSheet, start: datetime, zone: ZoneInfo) -> Mapping[str, int]:
    """Wall nanoseconds of each row with a ``time``, by id: when the venue's clock first shows it at or after ``start``.

    A time that a change of the clock skips is the instant at which the clock would have shown it without that change.
    """
    return {cue.id: wall_ns(_first(time.fromisoformat(cue.time), start, zone)) for cue in sheet.cues if cue.time}


def _first(clock: time, start: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at or after ``start`` at which ``zone`` shows ``clock``."""
    today = start.astimezone(zone).date()
    found: list[datetime] = []
    for days in range(-1, 3):  # a change of the clock may move an instant into the day before or after
        for fold in (0, 1):
            local = datetime.combine(today + timedelta(days), clock, zone).replace(fold=fold)
            moment = local.astimezone(UTC)
            real = moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)
            if moment >= start and (real or fold == 0):
                found.append(moment)
    return min(found)


def bound(sheet: RunSheet, hard: Mapping[str, int], start_wall_ns: int) -> RunSheet:
    """The sheet with its hard-timed rows at their instants, where the session starts at ``start_wall_ns``.

    Rows that touch the one before them in a studio move with it, linked rows with their leader; others stay where they
    are, unless a row before them needs their place. Every studio keeps the order of its rows: a hard-timed row whose
    instant is too early for that starts with the row above it, and cuts it to nothing.
    """
    if not hard:
        return sheet
    placed: list[tuple[Cue, Cue]] = []
    for cue in sheet.cues:
        before = [(old, new) for old, new in placed if share_studio(old, cue)]
        start = cue.start_ms
        leader = next((new for _old, new in placed if cue.follows and new.id == cue.follows.cue), None)
        ended = [(old, new) for old, new in before if old.end_ms <= cue.start_ms]
        touching = [new.end_ms for old, new in ended if old.end_ms == cue.start_ms]
        if cue.id in hard:
            start = (hard[cue.id] - start_wall_ns) // NS_PER_MS
        elif leader is not None and cue.follows is not None:
            start = leader.start_ms + cue.follows.after_ms
        elif touching:
            start = max(touching)
        elif ended:
            start = max(start, *(new.end_ms for _old, new in ended))
        least = max((new.start_ms for _old, new in before), default=0)
        placed.append((cue, replace(cue, start_ms=max(start, least))))
    return replace(sheet, cues=tuple(sorted((new for _old, new in placed), key=lambda cue: cue.start_ms)))


def share_studio(one: Cue, other: Cue) -> bool:
    """True where some studio plays both rows; a row that names no studio is everybody's."""
    return not one.studios or not other.studios or not set(one.studios).isdisjoint(other.studios)
