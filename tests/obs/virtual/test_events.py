"""Who is told what: subscriptions by bit, and what older plugins do not know."""

from pathlib import Path

import pytest

from studio.obs.protocol import Subscription
from studio.obs.virtual import VirtualObs
from studio.obs.virtual.persona import persona
from tests.obs.virtual.client import PASSWORD, RED, Client, client


@pytest.mark.parametrize(
    ("bit", "expected"),
    [
        (Subscription.NONE, set()),
        (Subscription.SCENES, {"SceneCreated", "SceneListChanged", "CurrentProgramSceneChanged"}),
        (Subscription.INPUTS, {"InputCreated"}),
        (Subscription.SCENE_ITEMS, {"SceneItemCreated", "SceneItemSelected"}),
        (
            Subscription.TRANSITIONS,
            {
                "CurrentSceneTransitionChanged",
                "SceneTransitionStarted",
                "SceneTransitionVideoEnded",
                "SceneTransitionEnded",
            },
        ),
        (Subscription.INPUT_ACTIVE_STATE_CHANGED, {"InputActiveStateChanged"}),
        (Subscription.INPUT_SHOW_STATE_CHANGED, {"InputShowStateChanged"}),
        (Subscription.GENERAL | Subscription.UI, {"CustomEvent", "StudioModeStateChanged"}),
    ],
    ids=lambda value: value.name or str(value) if isinstance(value, Subscription) else "",
)
async def test_only_the_categories_asked_for_arrive(
    obs: VirtualObs, desk: Client, bit: Subscription, expected: set[str]
) -> None:
    async with client(obs, int(bit)) as listener:
        await desk.scene("one", RED)
        await desk.show("one")
        await desk.get("BroadcastCustomEvent", eventData={"a": 1})
        await desk.get("SetStudioModeEnabled", studioModeEnabled=True)
        assert set(await listener.quiet()) == expected


async def test_reidentify_changes_the_subscription(obs: VirtualObs, desk: Client) -> None:
    async with client(obs, 0) as listener:
        await desk.get("CreateScene", sceneName="before")
        await listener._socket.send_json({"op": 3, "d": {"eventSubscriptions": int(Subscription.SCENES)}})
        await listener.receive(2)
        await desk.get("CreateScene", sceneName="after")
        assert (await listener.event("SceneCreated"))["sceneName"] == "after"


async def test_a_plugin_before_5_4_names_no_uuids(desk: Client) -> None:
    assert await desk.get("GetSceneList") == {
        "currentProgramSceneName": "Scene",
        "currentPreviewSceneName": None,
        "scenes": [{"sceneIndex": 0, "sceneName": "Scene"}],
    }


async def test_a_newer_plugin_finds_a_scene_by_its_uuid(tmp_path: Path) -> None:
    newer = persona("30.2.3", "windows")
    async with VirtualObs(port=0, password=PASSWORD, record_dir=tmp_path, persona=newer) as obs, client(obs) as desk:
        made = await desk.get("CreateScene", sceneName="one")
        await desk.get("SetCurrentProgramScene", sceneUuid=made["sceneUuid"])
        assert (await desk.get("GetCurrentProgramScene"))["sceneName"] == "one"


async def test_a_request_newer_than_the_plugin_is_unknown(desk: Client, tmp_path: Path) -> None:
    assert await desk.code("SetRecordDirectory", recordDirectory=str(tmp_path)) == 204
    assert "SetRecordDirectory" not in (await desk.get("GetVersion"))["availableRequests"]


async def test_the_newer_plugin_knows_it(tmp_path: Path) -> None:
    newer = persona("30.2.3")
    async with VirtualObs(port=0, password=PASSWORD, record_dir=tmp_path, persona=newer) as obs, client(obs) as desk:
        await desk.get("SetRecordDirectory", recordDirectory=str(tmp_path / "other"))
        assert (await desk.get("GetRecordDirectory"))["recordDirectory"] == str(tmp_path / "other")


async def test_the_meters_of_a_muted_device_fall_to_zero(tmp_path: Path) -> None:
    windows = persona("29.0.2", "windows")
    async with (
        VirtualObs(port=0, password=PASSWORD, record_dir=tmp_path, persona=windows) as obs,
        client(obs, int(Subscription.INPUT_VOLUME_METERS)) as desk,
    ):
        levels = (await desk.event("InputVolumeMeters"))["inputs"]
        assert {one["inputName"] for one in levels} == {"Desktop Audio", "Mic/Aux"}
        assert all(one["inputLevelsMul"][0][1] > 0 for one in levels)
        await desk.get("SetInputMute", inputName="Mic/Aux", inputMuted=True)
        desk.events.clear()
        muted = (await desk.event("InputVolumeMeters"))["inputs"]
        assert [one["inputLevelsMul"][0][1] for one in muted if one["inputName"] == "Mic/Aux"] == [0.0]
