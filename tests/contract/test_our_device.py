"""What the device observes and proves beside scenes: parts of a picture, studio mode, the virtual camera, clips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from studio.errors import ObsRequestFailed
from studio.model.obs import InputState, Item, Outcome, Picture, Request
from studio.model.scene import Rect
from studio.obs.device import ObsDevice
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.scenes.diff import diff
from studio.timekeeper import SystemClock
from tests.contract.conftest import ONCE
from tests.contract.wire import PREFIX, Subject, Wire
from tests.media.clips import moving, write

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.parametrize("subject", ONCE, ids=["virtual", "real"], indirect=True)

A, B, CLIP, COLOUR = (f"{PREFIX}{name}" for name in ("A", "B", "clip", "colour"))
RESTART = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_RESTART"
PLAY = Request("TriggerMediaInputAction", {"inputName": CLIP, "mediaAction": RESTART})


@pytest.fixture
async def device(subject: Subject, obs: Wire) -> AsyncIterator[ObsDevice]:
    clock = SystemClock()
    async with ObsLink(Address(subject.host, subject.port, subject.password), clock) as link:
        yield ObsDevice(link, clock)


def scene(name: str) -> Request:
    return Request("CreateScene", {"sceneName": name})


def source(scene: str, name: str, kind: str, **settings: object) -> Request:
    return Request(
        "CreateInput", {"sceneName": scene, "inputName": name, "inputKind": kind, "inputSettings": settings}
    )  # fmt: skip


def results(outcomes: tuple[Outcome, ...]) -> list[str]:
    return [outcome.result for outcome in outcomes]


async def test_only_what_is_asked_for_is_observed(device: ObsDevice) -> None:
    other = f"{PREFIX}other"
    made = [scene(A), scene(B), source(A, COLOUR, "color_source_v3", color=7), source(B, other, "color_source_v3")]
    await device.apply(made)
    found = await device.observe(scenes={A, "not there"}, inputs={COLOUR, "not there"})
    assert [item.source for item in found.scenes[A]] == [COLOUR]
    assert (set(found.scenes), set(found.inputs)) == ({A}, {COLOUR})
    assert found.inputs[COLOUR].settings["color"] == 7
    assert found == Picture(
        "Scene", "Cut", None, found.scenes, found.inputs, found.record, found.stream, found.camera, False
    )


async def test_observing_neither_scenes_nor_inputs_tells_what_is_on_air(device: ObsDevice) -> None:
    found = await device.observe(scenes=(), inputs=())
    assert (found.programme, found.scenes, found.inputs) == ("Scene", {}, {})


async def test_an_obs_without_a_virtual_camera_has_none_to_observe(device: ObsDevice) -> None:
    assert (await device.observe()).camera is None


async def test_starting_a_virtual_camera_that_is_not_there_is_refused(device: ObsDevice) -> None:
    (outcome,) = await device.apply([Request("StartVirtualCam")])
    assert (outcome.result, outcome.code) == ("refused", 604)


async def test_studio_mode_is_left_and_the_scene_taken_in_one_go(device: ObsDevice, obs: Wire) -> None:
    obs.get("SetStudioModeEnabled", {"studioModeEnabled": True})
    items = {B: (Item(COLOUR, Rect(0, 0, 64, 64)),)}
    wanted = Picture(B, scenes=items, inputs={COLOUR: InputState("color_source_v3")}, studio_mode=False)
    outcomes = await device.apply(diff(wanted, await device.observe()))
    assert {outcome.result for outcome in outcomes} == {"confirmed"}
    assert obs.get("GetCurrentProgramScene")["currentProgramSceneName"] == B
    assert obs.get("GetStudioModeEnabled") == {"studioModeEnabled": False}
    assert diff(wanted, await device.observe()) == ()


async def test_a_call_goes_to_the_link(device: ObsDevice) -> None:
    assert await device.call("GetStudioModeEnabled") == {"studioModeEnabled": False}
    with pytest.raises(ObsRequestFailed):
        await device.call("GetSceneItemList", {"sceneName": "not there"})


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return write(moving(3, size="160x120", fps=15), tmp_path / "film.mkv")


async def test_a_clip_that_is_started_with_its_scene_is_seen_to_play(device: ObsDevice, film: Path) -> None:
    await device.apply([scene(A), source(A, CLIP, "ffmpeg_source", local_file=str(film))])
    took, plays = await device.apply([Request("SetCurrentProgramScene", {"sceneName": A}), PLAY])
    assert (took.result, plays.result) == ("confirmed", "confirmed")
    assert plays.started_ns is not None
    assert plays.changed_ns is not None
    assert plays.started_ns < plays.changed_ns


async def test_a_clip_without_its_file_is_not_said_to_play(device: ObsDevice, tmp_path: Path) -> None:
    await device.apply([scene(A), source(A, CLIP, "ffmpeg_source", local_file=str(tmp_path / "gone.mkv"))])
    _took, plays = await device.apply([Request("SetCurrentProgramScene", {"sceneName": A}), PLAY])
    assert plays.result == "timed_out"


async def test_a_clip_that_is_not_there_is_refused(device: ObsDevice) -> None:
    (outcome,) = await device.apply([PLAY])
    assert (outcome.result, outcome.code) == ("refused", 600)
