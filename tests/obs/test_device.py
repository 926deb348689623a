"""What the device makes of an OBS that refuses, lies, is late or goes away, and the pure functions under it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from studio.clock import NS_PER_S
from studio.model.obs import OutputState, Request
from studio.obs.device import ObsDevice
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.obs.readback import superseded
from studio.obs.reading import OutputNews, item_ids, items, output_state
from studio.obs.virtual import VirtualObs
from studio.obs.virtual.persona import persona
from studio.timekeeper import SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from studio.model.obs import Outcome

    Begin = Callable[..., AbstractAsyncContextManager[ObsDevice]]

CLOCK = SystemClock()
TAKE = Request("SetCurrentProgramScene", {"sceneName": "B"})


@pytest.fixture
def begin(tmp_path: Path) -> Begin:
    """A device on a virtual OBS with these faults and a second scene ``B``."""
    import contextlib

    @contextlib.asynccontextmanager
    async def run(*faults: str) -> AsyncIterator[ObsDevice]:
        async with (
            VirtualObs(port=0, password="p", record_dir=tmp_path, canvas=(64, 64), faults=faults) as obs,
            ObsLink(Address("127.0.0.1", obs.port, "p"), CLOCK) as link,
        ):
            device = ObsDevice(link, CLOCK)
            await link.call("SetCurrentSceneTransition", {"transitionName": "Cut"})
            await link.call("CreateScene", {"sceneName": "B"})
            yield device

    return run


async def only(device: ObsDevice, request: Request, **more: Any) -> Outcome:
    (outcome,) = await device.apply([request], **more)
    return outcome


async def test_only_the_take_waits_for_its_instant_and_what_makes_its_scene_ready_does_not(begin: Begin) -> None:
    ready = [
        Request("CreateInput", {"sceneName": "B", "inputName": "field", "inputKind": "color_source_v3"}),
        Request("SetSceneItemEnabled", {"sceneName": "B", "sceneItemEnabled": False}, item=("B", "field")),
    ]
    async with begin() as device:
        at_ns = CLOCK.monotonic_ns() + NS_PER_S // 4
        made, _hidden, taken = await device.apply([*ready, TAKE], at_ns=at_ns)
    assert made.answered_ns < at_ns <= taken.sent_ns < at_ns + NS_PER_S // 20
    assert taken.result == "confirmed"


async def test_without_a_take_everything_waits_for_the_instant(begin: Begin) -> None:
    async with begin() as device:
        at_ns = CLOCK.monotonic_ns() + NS_PER_S // 4
        outcomes = await device.apply(
            [Request("CreateScene", {"sceneName": "C"}), Request("RemoveScene", {"sceneName": "C"})], at_ns=at_ns
        )
    assert all(at_ns <= outcome.sent_ns for outcome in outcomes)


async def test_a_link_lost_before_the_instant_sent_nothing(begin: Begin) -> None:
    async with begin() as device:
        at_ns = CLOCK.monotonic_ns() + NS_PER_S // 4
        sending = asyncio.ensure_future(only(device, TAKE, at_ns=at_ns))
        await CLOCK.sleep_until(at_ns - NS_PER_S // 8)
        await device.link.close()
        outcome = await sending
    assert (outcome.result, outcome.sent_ns) == ("timed_out", None)


async def test_a_refusal_keeps_the_status_and_words(begin: Begin) -> None:
    async with begin("refuse:SetCurrentProgramScene:702") as device:
        outcome = await only(device, TAKE)
    assert (outcome.result, outcome.code) == ("refused", 702)


async def test_a_success_that_changed_nothing_is_not_confirmed(begin: Begin) -> None:
    async with begin("ignore:SetCurrentProgramScene") as device:
        outcome = await only(device, TAKE)
    assert outcome.result == "timed_out"
    assert outcome.answered_ns is not None
    assert "Scene" in outcome.comment


async def test_a_setting_that_is_ignored_is_found_by_reading_back(begin: Begin) -> None:
    async with begin("ignore:CreateScene:after=1") as device:
        outcome = await only(device, Request("CreateScene", {"sceneName": "C"}))
    assert outcome.result == "timed_out"


async def test_a_recording_that_is_ignored_is_not_confirmed(begin: Begin) -> None:
    async with begin("ignore:StartRecord") as device:
        outcome = await only(device, Request("StartRecord"))
        assert (await device.observe()).record is OutputState.OFF
    assert outcome.result == "timed_out"


async def test_a_socket_cut_in_the_middle_of_a_call_leaves_the_outcome_open(begin: Begin) -> None:
    async with begin("drop:SetCurrentProgramScene") as device:
        outcome = await only(device, TAKE)
    assert outcome.result == "timed_out"
    assert outcome.sent_ns is not None
    assert outcome.answered_ns is None


async def test_a_change_that_was_seen_is_confirmed_although_its_answer_was_late(begin: Begin) -> None:
    async with begin("delay:SetCurrentSceneTransition:600ms:after=1") as device:
        cut = Request("SetCurrentSceneTransition", {"transitionName": "Cut"})
        outcomes = await device.apply([cut, TAKE], deadline_ms=100)
    assert [outcome.result for outcome in outcomes] == ["timed_out", "confirmed"]
    assert outcomes[1].answered_ns is None
    assert outcomes[1].started_ns is not None


async def test_one_studios_delay_does_not_delay_another(begin: Begin) -> None:
    async with begin("delay:SetCurrentProgramScene:700ms") as slow, begin() as quick:
        waiting = asyncio.create_task(only(slow, TAKE))
        async with asyncio.timeout(0.5):
            assert (await only(quick, TAKE)).result == "confirmed"
        assert not waiting.done()
        assert (await waiting).result == "confirmed"


async def test_a_device_learns_of_studio_mode_from_the_desk(begin: Begin) -> None:
    async with begin() as device:
        await device.observe()
        await device.link.call("SetStudioModeEnabled", {"studioModeEnabled": True})
        await asyncio.sleep(0.05)
        outcome = await only(device, TAKE)
    assert (outcome.result, outcome.code) == ("refused", 505)


async def test_what_was_learnt_is_forgotten_with_the_connection(begin: Begin) -> None:
    async with begin() as device:
        await device.link.call("SetStudioModeEnabled", {"studioModeEnabled": True})
        await device.observe()
        await device.link.connect()
        await device.link.call("SetStudioModeEnabled", {"studioModeEnabled": False})
        assert (await only(device, TAKE)).result == "confirmed"


async def test_an_item_that_was_made_anew_is_found_under_its_new_number(begin: Begin) -> None:
    colour = {"sceneName": "B", "inputName": "c", "inputKind": "color_source_v3"}
    hide = Request("SetSceneItemEnabled", {"sceneName": "B", "sceneItemEnabled": False}, item=("B", "c"))
    async with begin() as device:
        await device.apply([Request("CreateInput", colour)])
        await device.observe()
        outcomes = await device.apply(
            [Request("RemoveInput", {"inputName": "c"}), Request("CreateInput", colour), hide]
        )
        (item,) = (await device.observe()).scenes["B"]
    assert [outcome.result for outcome in outcomes] == ["confirmed"] * 3
    assert item.shown is False


async def test_a_virtual_camera_is_started_and_stopped_with_proof(tmp_path: Path) -> None:
    async with (
        VirtualObs(port=0, password="p", record_dir=tmp_path, persona=persona(platform="windows")) as obs,
        ObsLink(Address("127.0.0.1", obs.port, "p"), CLOCK) as link,
    ):
        device = ObsDevice(link, CLOCK)
        before = (await device.observe()).camera
        began, on = await only(device, Request("StartVirtualCam")), (await device.observe()).camera
        ended, off = await only(device, Request("StopVirtualCam")), (await device.observe()).camera
    assert (before, on, off) == (OutputState.OFF, OutputState.ON, OutputState.OFF)
    assert (began.result, ended.result) == ("confirmed", "confirmed")
    assert began.changed_ns is not None


async def test_a_clip_whose_start_is_ignored_is_not_confirmed(begin: Begin) -> None:
    action = {"inputName": "clip", "mediaAction": "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_RESTART"}
    async with begin("ignore:TriggerMediaInputAction") as device:
        await only(
            device, Request("CreateInput", {"sceneName": "B", "inputName": "clip", "inputKind": "ffmpeg_source"})
        )
        assert (await only(device, Request("TriggerMediaInputAction", action))).result == "timed_out"


NEWS_AT = 5 * NS_PER_S


@pytest.mark.parametrize(
    ("status", "news", "age_s", "state"),
    [
        pytest.param({"outputActive": False}, None, 0, OutputState.OFF, id="off"),
        pytest.param({"outputActive": True}, None, 0, OutputState.ON, id="on"),
        pytest.param({"outputActive": False}, "STARTING", 1, OutputState.STARTING, id="starting"),
        pytest.param({"outputActive": False}, "STARTING", 11, OutputState.OFF, id="a start that came to nothing"),
        pytest.param({"outputActive": True}, "STARTING", 1, OutputState.ON, id="started since"),
        pytest.param({"outputActive": True}, "STARTED", 1, OutputState.ON, id="started"),
        pytest.param({"outputActive": True}, "STOPPING", 1, OutputState.STOPPING, id="stopping"),
        pytest.param({"outputActive": True}, "STOPPED", 1, OutputState.STOPPING, id="stopped, some frames left"),
        pytest.param({"outputActive": True}, "STOPPING", 11, OutputState.ON, id="a stop that came to nothing"),
        pytest.param({"outputActive": False}, "STOPPED", 1, OutputState.OFF, id="stopped"),
        pytest.param(
            {"outputActive": True, "outputReconnecting": True},
            "STARTED",
            1,
            OutputState.RECONNECTING,
            id="reconnecting",
        ),
    ],
)
def test_the_state_of_an_output(status: dict[str, bool], news: str | None, age_s: int, state: OutputState) -> None:
    latest = None if news is None else OutputNews(news, NEWS_AT)
    assert output_state(status, latest, NEWS_AT + age_s * NS_PER_S) is state


def listed(number: int, index: int, source: str) -> dict[str, Any]:
    place = {"boundsType": "OBS_BOUNDS_NONE"}
    return {
        "sceneItemId": number,
        "sceneItemIndex": index,
        "sourceName": source,
        "sceneItemEnabled": True,
        "sceneItemTransform": place,
    }


def test_items_are_read_from_back_to_front_whatever_the_order_of_the_answer() -> None:
    answer = {"sceneItems": [listed(7, 1, "front"), listed(9, 0, "back")]}
    assert [item.source for item in items(answer)] == ["back", "front"]


def test_a_source_that_is_there_twice_means_its_lower_item() -> None:
    answer = {"sceneItems": [listed(7, 1, "twin"), listed(9, 0, "twin")]}
    assert item_ids("S", answer) == {("S", "twin"): 9}


@pytest.mark.parametrize(
    ("earlier", "data", "later", "later_data", "gone"),
    [
        pytest.param("RemoveInput", {"inputName": "a"}, "CreateInput", {"inputName": "a"}, True, id="made anew"),
        pytest.param("RemoveInput", {"inputName": "a"}, "CreateInput", {"inputName": "b"}, False, id="another made"),
        pytest.param("CreateScene", {"sceneName": "a"}, "RemoveScene", {"sceneName": "a"}, True, id="removed again"),
        pytest.param(
            "SetCurrentSceneTransition", {"transitionName": "Cut"},
            "SetCurrentSceneTransition", {"transitionName": "Fade"}, True, id="set again",
        ),
        pytest.param(
            "SetInputMute", {"inputName": "a"}, "SetInputMute", {"inputName": "b"}, False, id="of another input"
        ),
        pytest.param("CreateScene", {"sceneName": "a"}, "CreateScene", {"sceneName": "b"}, False, id="two made"),
    ],
)  # fmt: skip
def test_what_a_later_request_undoes_is_not_read_back(
    earlier: str, data: dict[str, str], later: str, later_data: dict[str, str], gone: bool
) -> None:
    assert superseded(earlier, data, later, later_data) is gone


async def test_a_recording_whose_end_is_not_reported_counts_as_stopped_once_it_is(tmp_path: Path) -> None:
    async with VirtualObs(port=0, record_dir=tmp_path, canvas=(64, 64), fps=10, faults=["no-stopped"]) as obs:
        clock = SystemClock()
        async with ObsLink(Address("127.0.0.1", obs.port), clock) as link:
            device = ObsDevice(link, clock)
            await device.apply([Request("StartRecord")])
            assert await device.recording_path() == obs.journal.of("effect", "record_started")[0].data["path"]
            began_ns = clock.monotonic_ns()
            (stopped,) = await device.apply([Request("StopRecord")])
            assert stopped.result == "confirmed"
            assert clock.monotonic_ns() - began_ns < 3 * NS_PER_S
            assert await device.recording_path() == ""
