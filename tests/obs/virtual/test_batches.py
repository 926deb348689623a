"""Batches: order, halting, sleeping, ids, variables."""

import asyncio

from studio.clock import NS_PER_MS
from studio.obs.virtual import VirtualObs
from tests.obs.virtual.client import GREEN, RED, Client


def codes(results: list[dict[str, object]]) -> list[int]:
    return [result["requestStatus"]["code"] for result in results]


async def test_a_cue_is_one_batch_in_order(desk: Client) -> None:
    await desk.scene("one", RED)
    results = await desk.batch(
        ("SetCurrentSceneTransition", {"transitionName": "Fade"}),
        ("SetCurrentSceneTransitionDuration", {"transitionDuration": 50}),
        ("SetCurrentProgramScene", {"sceneName": "one"}),
    )
    assert codes(results) == [100, 100, 100]
    assert (await desk.event("SceneTransitionStarted"))["transitionName"] == "Fade"
    await desk.event("CurrentProgramSceneChanged", sceneName="one")


async def test_a_failure_halts_what_follows_where_asked(desk: Client) -> None:
    asked = (("CreateScene", {"sceneName": "a"}), ("CreateScene", {"sceneName": "a"}), ("GetSceneList", {}))
    assert codes(await desk.batch(*asked, haltOnFailure=True)) == [100, 601]


async def test_without_halting_the_rest_goes_on(desk: Client) -> None:
    asked = (("CreateScene", {"sceneName": "a"}), ("CreateScene", {"sceneName": "a"}), ("GetStudioModeEnabled", {}))
    assert codes(await desk.batch(*asked)) == [100, 601, 100]


async def test_sleep_parts_two_takes_by_its_time(obs: VirtualObs, desk: Client) -> None:
    await desk.scene("one", RED)
    await desk.scene("two", GREEN)
    await desk.show("one")
    await desk.batch(
        ("SetCurrentProgramScene", {"sceneName": "two"}),
        ("Sleep", {"sleepMillis": 120}),
        ("SetCurrentProgramScene", {"sceneName": "one"}),
    )
    first, second = obs.journal.of("effect", "programme")[-2:]
    assert 120 <= (second.monotonic_ns - first.monotonic_ns) / NS_PER_MS < 200


async def test_sleep_counts_frames_in_a_frame_batch(desk: Client) -> None:
    began = asyncio.get_running_loop().time()
    assert codes(await desk.batch(("Sleep", {"sleepFrames": 6}), executionType=1)) == [100]
    assert asyncio.get_running_loop().time() - began >= 5 / 30


async def test_nothing_sleeps_in_a_parallel_batch(desk: Client) -> None:
    asked = (("Sleep", {"sleepMillis": 50}), ("GetStudioModeEnabled", {}))
    assert codes(await desk.batch(*asked, executionType=2)) == [206, 100]


async def test_a_result_carries_an_id_only_where_one_was_given(desk: Client) -> None:
    asked = [{"requestType": "GetStudioModeEnabled", "requestId": 7}, {"requestType": "GetStudioModeEnabled"}]
    await desk._socket.send_json({"op": 8, "d": {"requestId": "b", "requests": asked}})
    results = (await desk.receive(9))["results"]
    assert results[0]["requestId"] == 7
    assert "requestId" not in results[1]


async def test_a_variable_passes_an_answer_on(desk: Client) -> None:
    asked = [
        {"requestType": "GetCurrentProgramScene", "outputVariables": {"now": "currentProgramSceneName"}},
        {"requestType": "GetSceneItemList", "inputVariables": {"sceneName": "now"}},
    ]
    await desk._socket.send_json({"op": 8, "d": {"requestId": "b", "requests": asked}})
    assert codes((await desk.receive(9))["results"]) == [100, 100]
