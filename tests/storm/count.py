"""What a storm came to: fired, shown and recorded by the studios' own journals, held against the as-run log."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from studio.asrun.events import (
    CueCalled,
    CueEnded,
    Intended,
    Record,
    RecordingStopped,
    RunEnded,
    RunPlanned,
    RunStarted,
    SheetEdited,
)
from studio.errors import MediaUnreadable
from studio.media.probe import probe
from tests.storm.ground import STANDBY
from tests.storm.studios import Line, VirtualStudio

EDGE = "TriggerMediaInputAction"
OURS = ("sceneItemId",)
"""What the director adds to a request when it is sent: the number by which OBS knows the item."""

Call = tuple[str, int]
FIGURES = (
    "fired_twice",
    "without_verdict",
    "verdicts_twice",
    "records_lost",
    "recordings_lost",
    "levels_wrong",
    "sessions_failed",
)
"""All should be zero."""


class Count:
    """Adds up what is wrong; ``told`` has a line for each."""

    def __init__(self) -> None:
        self.figures = dict.fromkeys(FIGURES, 0)
        self.told: list[str] = []

    def wrong(self, figure: str, what: str, count: int = 1) -> None:
        """Something is wrong ``count`` times."""
        self.figures[figure] += count
        self.told.append(f"{figure}: {what}")

    def studio(self, studio: VirtualStudio, records: Sequence[Record]) -> None:
        """All of one studio's journal against all of the log."""
        mine = [record for record in records if record.stamp.studio == studio.name]
        self._edges(studio, mine)
        self._written_down(studio, mine)
        self._recordings(studio, mine)

    def _edges(self, studio: VirtualStudio, records: Sequence[Record]) -> None:
        """A clip that OBS was told to play more than once within one call of its row, or outside of any call."""
        calls: dict[tuple[str, str], list[int]] = {}
        for record in records:
            if isinstance(record.event, CueCalled):
                calls.setdefault((record.stamp.session, record.stamp.cue), []).append(record.stamp.monotonic_ns)
        fired: Counter[tuple[Call | None, str]] = Counter()
        for line in _requests(studio):
            if line["type"] == EDGE:
                cue = str(line["data"]["inputName"]).rpartition("clip-")[2]
                fired[_call(calls, cue, line["monotonic_ns"]), cue] += 1
        for (call, cue), times in fired.items():
            allowed = int(call is not None)
            if times > allowed:
                self.wrong("fired_twice", f"{studio.name} {cue}: {times} times in {call}", times - allowed)

    def _written_down(self, studio: VirtualStudio, records: Sequence[Record]) -> None:
        """A request that changes something in OBS and was not written down, word for word."""
        intended = Counter(_words(one.event.type, one.event.data) for one in records if isinstance(one.event, Intended))
        sent = Counter(_words(line["type"], line.get("data") or {}) for line in _requests(studio))
        for words, times in (sent - intended).items():
            self.wrong("records_lost", f"{studio.name} was asked {times} times more than written down: {words}", times)

    def _recordings(self, studio: VirtualStudio, records: Sequence[Record]) -> None:
        """A file that is gone, does not open, or that the log does not know; one a session, since no OBS is lost."""
        known = {record.event.path for record in records if isinstance(record.event, RecordingStopped)}
        files = [str(line["data"]["path"]) for line in studio.effects("record_started")]
        for path in files:
            if path not in known:
                self.wrong("recordings_lost", f"{studio.name}: {path} is not in the log")
            try:
                probe(Path(path))
            except (MediaUnreadable, OSError) as error:
                self.wrong("recordings_lost", f"{studio.name}: {path}: {error}")
        for path in known - set(files):
            self.wrong("recordings_lost", f"{studio.name}: the log names {path or 'a recording without a path'}")
        sessions = {
            record.stamp.session for record in records if isinstance(record.event, CueCalled | RecordingStopped)
        }
        if len(files) > len(sessions):
            self.wrong("recordings_lost", f"{studio.name}: {len(files)} recordings in {len(sessions)} sessions")

    def verdicts(self, records: Sequence[Record], thaw: Callable[[str], Mapping[str, Any]]) -> None:
        """Of the sessions that were begun and have ended: each call, and each row never called, has one verdict."""
        over = {record.stamp.run for record in records if isinstance(record.event, RunEnded)}
        over &= {record.stamp.run for record in records if isinstance(record.event, RunStarted)}
        mine = [record for record in records if record.stamp.run in over]
        calls: Counter[tuple[str, str, str, int]] = Counter()
        ends: Counter[tuple[str, str, str, int]] = Counter()
        rows: dict[str, set[tuple[str, str]]] = {}
        studios: dict[str, list[str]] = {}
        for record in mine:
            stamp, event = record.stamp, record.event
            match event:
                case CueCalled():
                    calls[stamp.run, stamp.studio, stamp.cue, event.take] += 1
                case CueEnded():
                    ends[stamp.run, stamp.studio, stamp.cue, event.take] += 1
                case RunPlanned():
                    plan = thaw(event.plan)
                    studios[stamp.run] = [lane["studio"]["id"] for lane in plan["lanes"]]
                    rows[stamp.run] = _rows(plan["sheet"], studios[stamp.run])
                case SheetEdited():
                    rows[stamp.run] = _rows(thaw(event.sheet), studios[stamp.run])
        for key, times in calls.items():
            if times > 1:
                self.wrong("verdicts_twice", f"{key} was called {times} times", times - 1)
            if not ends[key]:
                self.wrong("without_verdict", f"{key} was called")
        for key, times in ends.items():
            if key[3] and times > 1:
                self.wrong("verdicts_twice", f"{key} has {times}", times - 1)
            if key[3] and key not in calls:
                self.wrong("verdicts_twice", f"{key} was never called")
        found = {key[:3] for key in ends}
        for run, wanted in rows.items():
            for studio, cue in wanted:
                if (run, studio, cue) not in found:
                    self.wrong("without_verdict", f"{(run, studio, cue)} was never called")

    def records(self, seen: Mapping[int, object], found: Mapping[int, object]) -> None:
        """What a reader saw before a kill is there unchanged, and no number is missing."""
        for number, row in seen.items():
            if found.get(number) != row:
                self.wrong("records_lost", f"record {number} was {row}, is {found.get(number)}")
        if len(found) != max(found, default=0):
            self.wrong("records_lost", f"{max(found) - len(found)} numbers are missing")

    def tidy(self, studio: VirtualStudio) -> None:
        """After a session: the standby slate on air, nothing recorded, the virtual camera off."""
        if (shown := studio.programme()) != STANDBY:
            self.wrong("levels_wrong", f"{studio.name} shows {shown} after the session")
        for what in ("record", "camera"):
            ends = studio.effects(f"{what}_started", f"{what}_stopped")
            if ends and ends[-1]["type"] != f"{what}_stopped":
                self.wrong("levels_wrong", f"{studio.name}: {what} is still on after the session")


def _call(calls: Mapping[tuple[str, str], Sequence[int]], cue: str, at_ns: int) -> Call | None:
    """The call of the row that was the last one at an instant: its session and when; None where there was none."""
    begun = [(called_ns, session) for (session, one), all_ns in calls.items() if one == cue for called_ns in all_ns]
    called_ns, session = max((one for one in begun if one[0] <= at_ns), default=(0, ""))
    return (session, called_ns) if session else None


def _requests(studio: VirtualStudio) -> list[Line]:
    """What it was asked to change."""
    return [line for line in studio.read() if line["kind"] == "request" and not line["type"].startswith("Get")]


def _words(request: str, data: Mapping[str, Any]) -> str:
    kept = {key: value for key, value in data.items() if key not in OURS}
    return f"{request} {json.dumps(kept, ensure_ascii=False, sort_keys=True)}"


def _rows(sheet: Mapping[str, Any], studios: Sequence[str]) -> set[tuple[str, str]]:
    return {
        (studio, cue["id"])
        for cue in sheet["cues"]
        for studio in studios
        if not cue["studios"] or studio in cue["studios"]
    }
