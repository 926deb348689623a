"""Every event comes back from its row as it was, and the vocabulary is the one that docs/events.md tells."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from studio.asrun.codec import KINDS, decode, encode
from studio.asrun.events import (
    AlarmCleared,
    AlarmRaised,
    ClipEnded,
    ClockCompared,
    ClockStepped,
    Commanded,
    Confirmed,
    CueCalled,
    CueEnded,
    Event,
    Intended,
    LinkChanged,
    Marked,
    OutputChanged,
    Overridden,
    Reanchored,
    Record,
    RecordingGap,
    RecordingStarted,
    RecordingStopped,
    Refused,
    RoomClosed,
    RoomOpened,
    RunEnded,
    RunPlanned,
    RunResumed,
    RunStarted,
    SheetEdited,
    Stamp,
    TimedOut,
)

STAMP = Stamp("run-1", "boot-1", 5, 7, "session", "main", "cue-1")
ONE_OF_EACH: tuple[Event, ...] = (
    RunPlanned("abc", "沙棘专场"),
    RunStarted("abc", "沙棘专场", 1, 2),
    RunResumed(1, 2, 1_500),
    Reanchored(1, 2, "导播"),
    Commanded("extend", "导播", by_ms=-30_000),
    CueCalled(5, 2, "back"),
    ClipEnded("片头"),
    Intended("1", "SetCurrentProgramScene", {"sceneName": "主播"}, "programme from A to B", 9),
    Confirmed("1", 1, 2, 3, 4),
    Refused("1", 600, "No source"),
    TimedOut("1", "no answer"),
    CueEnded("late", 1, 2.5, 3, 4, 5, "why"),
    RecordingStarted(2, adopted=True),
    RecordingGap(3, 9),
    OutputChanged("stream", "on"),
    RecordingStopped("D:\\录像\\a.mkv"),
    Overridden("programme", "A", "B"),
    LinkChanged(False, "gone"),
    ClockStepped(-3_600_000),
    ClockCompared(-40_000_000_000, 350_000),
    AlarmRaised("black", "黑屏", "看镜头盖", 4, "0.01"),
    AlarmCleared("black", 2_000),
    Marked("sold_out", "场控", "第二批", "juice"),
    SheetEdited(1, {"kind": "price", "product": "juice"}, "中控", "abc"),
    RoomOpened("抖音", "7301", "运营"),
    RoomClosed("抖音", "7301", "运营", "断播"),
    RunEnded("finished"),
)


def test_the_examples_cover_the_vocabulary() -> None:
    assert {type(event).__name__ for event in ONE_OF_EACH} == set(KINDS)


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_from_its_row(event: Event) -> None:
    record = Record(3, STAMP, event)
    assert decode(encode(record)) == record


def test_a_row_of_an_unknown_kind_is_named() -> None:
    row = encode(Record(3, STAMP, RecordingStarted())) | {"kind": "Exploded"}
    with pytest.raises(ValueError, match=r"event 3 is of the unknown kind 'Exploded'"):
        decode(row)


def test_a_row_with_an_unknown_field_is_named() -> None:
    row = encode(Record(3, STAMP, RecordingStarted())) | {"body": '{"speed":1}'}
    with pytest.raises(ValueError, match=r"event 3 has unknown fields: speed"):
        decode(row)


def test_the_documented_vocabulary_is_the_one_in_the_code() -> None:
    text = (Path(__file__).parents[2] / "docs" / "events.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", text, flags=re.MULTILINE))
    documented = {kind: re.findall(r"`(\w+)`", cell) for kind, cell in rows.items()}
    assert documented == {kind: [member.name for member in fields(event)] for kind, event in KINDS.items()}
