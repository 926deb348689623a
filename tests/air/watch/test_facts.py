"""What OBS tells of itself, read from its answers."""

from __future__ import annotations

from typing import Any

import pytest

from studio.air.watch.facts import QUESTIONS, read
from studio.air.watch.sample import Facts, Recording
from studio.obs.link import RequestResult

STATS = {
    "availableDiskSpace": 2.5,
    "renderSkippedFrames": 1,
    "renderTotalFrames": 100,
    "outputSkippedFrames": 2,
    "outputTotalFrames": 50,
}
RECORD = {"outputActive": True, "outputPaused": False, "outputDuration": 1_500, "outputBytes": 4_096}
STREAM = {"outputActive": True, "outputReconnecting": False, "outputSkippedFrames": 3, "outputTotalFrames": 40}
ALL = {
    "GetStats": STATS,
    "GetRecordStatus": RECORD,
    "GetStreamStatus": STREAM,
    "GetVirtualCamStatus": {"outputActive": True},
}


def answers(**changed: Any) -> dict[str, RequestResult]:
    """All answers; a type that is given as a number is refused with it."""
    found = {**ALL, **changed}
    return {
        kind: RequestResult(kind, False, data) if isinstance(data, int) else RequestResult(kind, True, 100, "", data)
        for kind, data in found.items()
    }


def test_only_questions_are_asked() -> None:
    assert all(one.type.startswith("Get") and not one.data for one in QUESTIONS)
    assert {one.type for one in QUESTIONS} == set(ALL)


def test_everything_is_read() -> None:
    recording = Recording(True, False, 1_500, 4_096)
    assert read(answers()) == Facts((1, 100), (2, 50), (3, 40), 2_621_440, recording, "on", True)


def test_a_refused_question_leaves_its_facts_unknown() -> None:
    refused = dict.fromkeys(("GetStats", "GetRecordStatus", "GetStreamStatus"), 207)
    assert read(answers(**refused)) == Facts(camera=True)


def test_an_obs_without_a_virtual_camera_has_none_on() -> None:
    assert read(answers(GetVirtualCamStatus=604)).camera is False


@pytest.mark.parametrize(
    ("active", "reconnecting", "state"),
    [(True, False, "on"), (True, True, "reconnecting"), (False, False, "off")],
)
def test_a_stream_is_on_off_or_reconnecting(active: bool, reconnecting: bool, state: str) -> None:
    told = {**STREAM, "outputActive": active, "outputReconnecting": reconnecting}
    assert read(answers(GetStreamStatus=told)).stream == state


def test_a_stream_that_is_off_has_dropped_nothing() -> None:
    assert read(answers(GetStreamStatus={**STREAM, "outputActive": False})).sent is None


def test_an_answer_without_its_fields_is_an_error() -> None:
    with pytest.raises(KeyError):
        read(answers(GetStats={}))
