"""Our own link and device on both subjects: what they claim is checked on a second, plain socket."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from studio.errors import ObsAuthenticationFailed, ObsRequestFailed
from studio.model.obs import Item, Outcome, OutputState, Request
from studio.model.scene import Rect
from studio.model.transform import transform
from studio.obs.device import ObsDevice
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.timekeeper import SystemClock
from tests.contract.conftest import ONCE
from tests.contract.wire import PREFIX, Subject, Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

A, B, COLOUR = f"{PREFIX}A", f"{PREFIX}B", f"{PREFIX}colour"
CLOCK = SystemClock()


@pytest.fixture
async def link(subject: Subject, obs: Wire) -> AsyncIterator[ObsLink]:
    """A connected link; ``obs`` cleans up around it."""
    async with ObsLink(Address(subject.host, subject.port, subject.password), CLOCK) as connected:
        yield connected


@pytest.fixture
def device(link: ObsLink) -> ObsDevice:
    return ObsDevice(link, CLOCK)


def colour(scene: str, name: str = COLOUR) -> Request:
    settings = {"color": 0xFF00FF00}
    return Request(
        "CreateInput",
        {"sceneName": scene, "inputName": name, "inputKind": "color_source_v3", "inputSettings": settings},
    )


def scene(name: str) -> Request:
    return Request("CreateScene", {"sceneName": name})


def take(name: str) -> Request:
    return Request("SetCurrentProgramScene", {"sceneName": name})


def fade(milliseconds: int) -> tuple[Request, Request]:
    return (
        Request("SetCurrentSceneTransition", {"transitionName": "Fade"}),
        Request("SetCurrentSceneTransitionDuration", {"transitionDuration": milliseconds}),
    )


def results(outcomes: tuple[Outcome, ...]) -> list[str]:
    return [outcome.result for outcome in outcomes]


async def test_a_wrong_password_is_said(subject: Subject) -> None:
    with pytest.raises(ObsAuthenticationFailed):
        await ObsLink(Address(subject.host, subject.port, "wrong"), CLOCK).connect()


async def test_a_call_returns_the_data(link: ObsLink) -> None:
    assert await link.call("GetStudioModeEnabled") == {"studioModeEnabled": False}


async def test_a_refusal_has_status_and_words(link: ObsLink) -> None:
    with pytest.raises(ObsRequestFailed) as refused:
        await link.call("SetCurrentProgramScene", {"sceneName": "invalid"})
    assert (refused.value.code, refused.value.comment) == (600, "No source was found by the name of `invalid`.")


async def test_events_arrive_beside_the_answers(link: ObsLink) -> None:
    with link.events() as stream:
        await link.call("CreateScene", {"sceneName": A})
        async with asyncio.timeout(3):
            async for event in stream:
                if event.type == "SceneCreated":
                    assert event.fields == {"sceneName": A, "isGroup": False}
                    break


async def test_many_calls_at_once_all_find_their_answers(link: ObsLink) -> None:
    await link.call("CreateScene", {"sceneName": A})
    asked = [("GetSceneItemList", {"sceneName": A}), ("GetStudioModeEnabled", {}), ("GetCurrentProgramScene", {})] * 20
    found = await asyncio.gather(*(link.call(kind, data) for kind, data in asked))
    keys = ["sceneItems", "studioModeEnabled", "currentProgramSceneName"] * 20
    assert all(key in answer for key, answer in zip(keys, found, strict=True))


async def test_a_cue_by_fade_is_proved_from_start_to_end(device: ObsDevice, obs: Wire) -> None:
    await device.apply([scene(A)])
    outcomes = await device.apply([*fade(300), take(A)])
    assert results(outcomes) == ["confirmed"] * 3
    cue = outcomes[-1]
    assert cue.sent_ns is not None
    assert cue.started_ns is not None
    assert cue.changed_ns is not None
    assert cue.sent_ns < cue.started_ns < cue.changed_ns
    assert 240 <= (cue.changed_ns - cue.started_ns) / 1e6 <= 550
    assert obs.get("GetCurrentProgramScene")["currentProgramSceneName"] == A


async def test_the_scene_already_on_air_is_confirmed_at_once(device: ObsDevice) -> None:
    (outcome,) = await device.apply([take("Scene")])
    assert (outcome.result, outcome.started_ns) == ("confirmed", None)
    assert outcome.changed_ns == outcome.answered_ns


async def test_a_scene_that_is_not_there_is_refused_with_the_words_of_obs(device: ObsDevice) -> None:
    (outcome,) = await device.apply([take("invalid")])
    assert (outcome.result, outcome.code) == ("refused", 600)
    assert "invalid" in outcome.comment


async def test_halting_keeps_the_scene_where_the_transition_is_refused(device: ObsDevice, obs: Wire) -> None:
    await device.apply([scene(A)])
    wrong = Request("SetCurrentSceneTransition", {"transitionName": "nope"})
    outcomes = await device.apply([wrong, take(A)], halt_on_failure=True)
    assert results(outcomes) == ["refused", "refused"]
    assert obs.get("GetCurrentProgramScene")["currentProgramSceneName"] == "Scene"


async def test_items_that_the_same_list_creates_are_placed(device: ObsDevice, subject: Subject) -> None:
    rect = Rect(0, 0, subject.canvas[0], subject.canvas[1] // 2)
    place = Request("SetSceneItemTransform", {"sceneName": A, "sceneItemTransform": transform(rect)}, item=(A, COLOUR))
    hide = Request("SetSceneItemEnabled", {"sceneName": A, "sceneItemEnabled": False}, item=(A, COLOUR))
    outcomes = await device.apply([scene(A), colour(A), place, hide])
    assert results(outcomes) == ["confirmed"] * 4
    assert (await device.observe()).scenes[A] == (Item(COLOUR, rect, shown=False),)


async def test_an_item_that_is_not_there_is_refused(device: ObsDevice) -> None:
    await device.apply([scene(A)])
    hide = Request("SetSceneItemEnabled", {"sceneName": A, "sceneItemEnabled": False}, item=(A, "nobody"))
    (outcome,) = await device.apply([hide])
    assert (outcome.result, outcome.code) == ("refused", 600)


async def test_what_is_observed_is_what_is_there(device: ObsDevice) -> None:
    await device.apply([scene(A), colour(A), *fade(350)])
    found = await device.observe()
    assert (found.programme, found.transition, found.transition_ms) == ("Scene", "Fade", 350)
    assert (found.record, found.stream, found.studio_mode) == (OutputState.OFF, OutputState.OFF, False)
    assert found.inputs[COLOUR].kind == "color_source_v3"
    assert found.inputs[COLOUR].settings == {"color": 0xFF00FF00, "width": 1920, "height": 1080}


async def test_an_input_of_another_kind_takes_the_same_name(device: ObsDevice) -> None:
    await device.apply([scene(A), colour(A)])
    image = Request("CreateInput", {"sceneName": A, "inputName": COLOUR, "inputKind": "image_source"})
    outcomes = await device.apply([Request("RemoveInput", {"inputName": COLOUR}), image])
    assert results(outcomes) == ["confirmed"] * 2
    assert (await device.observe()).inputs[COLOUR].kind == "image_source"


async def test_a_scene_change_in_studio_mode_is_refused_and_not_sent(device: ObsDevice, obs: Wire) -> None:
    await device.apply([scene(A)])
    obs.get("SetStudioModeEnabled", {"studioModeEnabled": True})  # a hand on the desk
    await device.observe()
    (outcome,) = await device.apply([take(A)])
    assert (outcome.result, outcome.code, outcome.sent_ns) == ("refused", 505, None)
    assert obs.get("GetCurrentProgramScene")["currentProgramSceneName"] == "Scene"


async def test_studio_mode_turned_off_in_the_same_list_lets_the_scene_through(device: ObsDevice, obs: Wire) -> None:
    await device.apply([scene(A), Request("SetStudioModeEnabled", {"studioModeEnabled": True})])
    off = Request("SetStudioModeEnabled", {"studioModeEnabled": False})
    assert results(await device.apply([off, take(A)])) == ["confirmed", "confirmed"]


@pytest.mark.parametrize("subject", ONCE, ids=["virtual", "real"], indirect=True)
async def test_a_recording_is_confirmed_when_it_grows_and_when_it_has_stopped(device: ObsDevice) -> None:
    (started,) = await device.apply([Request("StartRecord")])
    assert started.result == "confirmed"
    assert started.started_ns is not None
    assert started.changed_ns is not None
    assert started.changed_ns > started.started_ns
    assert (await device.observe()).record is OutputState.ON
    (again,) = await device.apply([Request("StartRecord")])
    assert (again.result, again.code) == ("refused", 500)
    (stopped,) = await device.apply([Request("StopRecord")])
    assert stopped.result == "confirmed"
    assert Path(stopped.data["outputPath"]).stat().st_size > 0
    assert stopped.data["outputPath"] == started.data["outputPath"]


@pytest.mark.parametrize("subject", ONCE, ids=["virtual", "real"], indirect=True)
async def test_a_recording_that_never_begins_is_not_confirmed(device: ObsDevice, subject: Subject) -> None:
    """OBS answers success to StartRecord with a folder that does not exist."""

    def folder(path: object) -> Request:
        fields = {"parameterCategory": "SimpleOutput", "parameterName": "FilePath", "parameterValue": str(path)}
        return Request("SetProfileParameter", fields)

    try:
        outcomes = await device.apply([folder("/no/such/folder"), Request("StartRecord")])
        assert results(outcomes) == ["confirmed", "timed_out"]
        assert outcomes[1].comment
    finally:
        assert results(await device.apply([folder(subject.record_dir)])) == ["confirmed"]


async def test_a_dump_is_equal_after_everything_was_put_back(device: ObsDevice) -> None:
    before = await device.dump()
    await device.apply([scene(A), colour(A), scene(B), take(A)])
    assert await device.dump() != before
    await device.apply([take("Scene")])
    cleared = [
        Request("RemoveInput", {"inputName": COLOUR}),
        *(Request("RemoveScene", {"sceneName": name}) for name in (A, B)),
    ]
    assert results(await device.apply(cleared)) == ["confirmed"] * 3
    assert await device.dump() == before


async def test_a_lost_connection_is_an_outcome_not_an_exception(device: ObsDevice) -> None:
    await device.link.close()
    (outcome,) = await device.apply([take("Scene")])
    assert (outcome.result, outcome.sent_ns) == ("timed_out", None)
    assert outcome.comment
