"""Batches: order, halting, sleeping, ids, and what a failed part does to the rest."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.contract.wire import PREFIX, Wire

A, B = f"{PREFIX}A", f"{PREFIX}B"


def request(kind: str, number: object = None, **data: object) -> dict[str, Any]:
    found: dict[str, Any] = {"requestType": kind}
    if data:
        found["requestData"] = data
    return found if number is None else found | {"requestId": number}


def codes(answer: dict[str, Any]) -> list[int]:
    return [result["requestStatus"]["code"] for result in answer["results"]]


def test_an_empty_batch_has_no_results(obs: Wire) -> None:
    assert obs.batch([])["results"] == []


@pytest.mark.parametrize("execution", [0, 1], ids=["realtime", "frame"])
def test_a_serial_batch_runs_in_its_order(obs: Wire, execution: int) -> None:
    asked = [
        request("CreateScene", sceneName=A),
        request("SetSceneName", sceneName=A, newSceneName=B),
        request("GetSceneItemList", sceneName=B),
        request("SetSceneName", sceneName=A, newSceneName="never"),
    ]
    answer = obs.batch(asked, executionType=execution)
    assert codes(answer) == [100, 100, 100, 600]
    assert [result["requestType"] for result in answer["results"]] == [one["requestType"] for one in asked]


def test_without_a_type_a_batch_is_serial(obs: Wire) -> None:
    answer = obs.batch([request("CreateScene", sceneName=A), request("RemoveScene", sceneName=A)])
    assert codes(answer) == [100, 100]


def test_a_refused_part_does_not_stop_the_rest(obs: Wire) -> None:
    answer = obs.batch([request("Nonsense"), request("GetStudioModeEnabled")])
    assert codes(answer) == [204, 100]


def test_halting_ends_the_results_with_the_refused_one(obs: Wire) -> None:
    asked = [request("GetStudioModeEnabled"), request("Nonsense"), request("CreateScene", sceneName=A)]
    answer = obs.batch(asked, haltOnFailure=True)
    assert codes(answer) == [100, 204]
    assert A not in [scene["sceneName"] for scene in obs.get("GetSceneList")["scenes"]]


def test_ids_come_back_where_they_were_given(obs: Wire) -> None:
    answer = obs.batch([request("GetStudioModeEnabled", "x"), request("GetStudioModeEnabled")])
    assert [result.get("requestId", "none") for result in answer["results"]] == ["x", "none"]


def test_a_result_is_shaped_like_an_answer(obs: Wire) -> None:
    answer = obs.batch([request("GetStudioModeEnabled", "x"), request("SetStudioModeEnabled", "y")])
    assert answer["results"] == [
        {
            "requestType": "GetStudioModeEnabled",
            "requestId": "x",
            "requestStatus": {"result": True, "code": 100},
            "responseData": {"studioModeEnabled": False},
        },
        {
            "requestType": "SetStudioModeEnabled",
            "requestId": "y",
            "requestStatus": {
                "result": False,
                "code": 301,
                "comment": "Your request data is missing or invalid (non-object)",
            },
        },
    ]


def test_an_answer_without_data_has_none(obs: Wire) -> None:
    assert "responseData" not in obs.ask("SetCurrentProgramScene", {"sceneName": "Scene"}).raw


def test_sleep_holds_what_comes_after_it(obs: Wire) -> None:
    began = time.monotonic()
    answer = obs.batch([request("Sleep", sleepMillis=300), request("GetStudioModeEnabled")])
    assert codes(answer) == [100, 100]
    assert 0.3 <= time.monotonic() - began < 0.8


def test_sleep_in_frames_holds_a_frame_batch(subject_frames: float, obs: Wire) -> None:
    began = time.monotonic()
    obs.batch([request("Sleep", sleepFrames=9), request("GetStudioModeEnabled")], executionType=1)
    assert subject_frames * 8 <= time.monotonic() - began < subject_frames * 9 + 0.5


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        ({}, 301, "Your request data is missing or invalid (non-object)"),
        ({"sleepMillis": -1}, 402, "The field value of `sleepMillis` is below the minimum of `0.000000`"),
        ({"sleepMillis": 50001}, 402, "The field value of `sleepMillis` is above the maximum of `50000.000000`"),
        ({"sleepFrames": 5}, 300, "Your request is missing the `sleepMillis` field."),
    ],
    ids=["nothing", "negative", "too long", "frames in a realtime batch"],
)
def test_a_sleep_that_is_refused(obs: Wire, data: dict[str, object], code: int, words: str) -> None:
    status = obs.batch([request("Sleep", **data)])["results"][0]["requestStatus"]
    assert (status["code"], status["comment"]) == (code, words)


@pytest.mark.parametrize("part", [{}, {"requestType": 4}], ids=["no type", "a number for a type"])
def test_a_part_without_a_type_is_refused_alone(obs: Wire, part: dict[str, object]) -> None:
    answer = obs.batch([part, request("GetStudioModeEnabled")])
    assert codes(answer) == [203, 100]
    assert answer["results"][0]["requestStatus"]["comment"] == "Your request's `requestType` may not be empty."


def test_a_parallel_batch_answers_every_part(obs: Wire) -> None:
    answer = obs.batch([request("GetStudioModeEnabled"), request("Nonsense"), request("GetSceneList")], executionType=2)
    assert sorted(codes(answer)) == [100, 100, 204]


def test_a_parallel_batch_ignores_halting(obs: Wire) -> None:
    asked = [request("Nonsense"), request("GetStudioModeEnabled"), request("GetSceneList")]
    assert sorted(codes(obs.batch(asked, executionType=2, haltOnFailure=True))) == [100, 100, 204]


def test_two_batches_at_once_both_answer(obs: Wire) -> None:
    """A sleeping batch does not hold the connection."""
    obs.send({"op": 8, "d": {"requestId": "slow", "requests": [request("Sleep", sleepMillis=400)]}})
    obs.send({"op": 8, "d": {"requestId": "quick", "requests": [request("GetStudioModeEnabled")]}})
    assert [obs.receive()["d"]["requestId"] for _ in range(2)] == ["quick", "slow"]


@pytest.fixture
def subject_frames(subject: Any) -> float:
    """Seconds a frame lasts."""
    return 1 / float(subject.fps)
