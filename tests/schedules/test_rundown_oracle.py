"""Our rundown against the oracle, over random sheets and what happens to them; ``make soak`` plays ten thousand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings

from tests.schedules import timing_scripts
from tests.schedules.timing_oracle import MS, Oracle, Row
from tests.schedules.timing_scripts import Match, Script, scripts

SMALL = settings(
    max_examples=300, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


@SMALL
@given(scripts())
def test_our_timing_is_that_of_the_prose(script: Script) -> None:
    assert Match(script).disagreement() == ""


class SlotIsDuration(Oracle):
    def _slot(self, lane: str, row: Row) -> int:
        return row.duration_ms * MS


class HoldsDoNotCount(Oracle):
    def _held_for(self, lane: str, since: int, until: int) -> int:
        return 0


class ExtensionsAreForgotten(Oracle):
    def _end(self, lane: str, until: int) -> int:
        extended = self._notes
        self._notes = [note._replace(by=0) for note in extended]
        try:
            return super()._end(lane, until)
        finally:
            self._notes = extended


class TheLastLeaderCounts(Oracle):
    def begun(self, row: str) -> int | None:
        return max((note.at for note in self._notes if note.verb == "call" and note.row == row), default=None)


class NothingIsSkippedForBeingLate(Oracle):
    def _decide(self, lane: str, row: Row, due: int, at: int) -> None:
        super()._decide(lane, replace(row, late=("fire", 0)), due, at)


class NothingIsMissed(Oracle):
    def _missed(self, lane: str, at: int) -> bool:
        return False


class SkippedRowsComeAllTheSame(Oracle):
    def dropped(self, lane: str, row: str) -> str:
        why = super().dropped(lane, row)
        return "" if why == "skipped by a person" else why


class TheStoredSheetIsPlayed(Oracle):
    def edit(self, at: int, lanes: Mapping[str, Sequence[Row]]) -> None:
        super().edit(at, self.lanes)


@pytest.mark.parametrize(
    "wrong",
    [
        SlotIsDuration,
        HoldsDoNotCount,
        ExtensionsAreForgotten,
        TheLastLeaderCounts,
        NothingIsSkippedForBeingLate,
        NothingIsMissed,
        SkippedRowsComeAllTheSame,
        TheStoredSheetIsPlayed,
    ],
)
def test_a_wrong_rule_is_found(wrong: type[Oracle]) -> None:
    assert _found(wrong)


def test_a_clock_that_never_changes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def unchanged(start: datetime, zone: str, wall: str) -> datetime:
        there = start.astimezone(ZoneInfo(zone))
        hour, minute, second = (int(part) for part in wall.split(":"))
        found = there.replace(hour=hour, minute=minute, second=second)
        return start + (found.replace(tzinfo=None) - there.replace(tzinfo=None)) % timedelta(days=1)

    monkeypatch.setattr(timing_scripts, "first_wall_instant", unchanged)
    assert _found(Oracle)


def _found(oracle: type[Oracle]) -> Script:
    """A script on which that oracle disagrees, out of no more than the test above plays; raises where there is none."""
    few = settings(SMALL, phases=[Phase.generate])
    return find(scripts(), lambda script: Match(script, oracle).disagreement() != "", settings=few)
