"""Inputs and their items in scenes: settings, places, order, visibility, sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.wire import PREFIX, Listener, Subject, Wire, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

SCENE, OTHER = f"{PREFIX}scene", f"{PREFIX}other"
RED, BLUE, SOUND = f"{PREFIX}red", f"{PREFIX}blue", f"{PREFIX}sound"
RED_ABGR, BLUE_ABGR = 0xFF0000FF, 0xFFFF0000


@pytest.fixture
def stage(obs: Wire) -> Iterator[Wire]:
    """A scene with a red input of 100x50 (item 1) and a blue one above it (item 2)."""
    obs.get("CreateScene", {"sceneName": SCENE})
    for name, colour in ((RED, RED_ABGR), (BLUE, BLUE_ABGR)):
        settings = {"color": colour, "width": 100, "height": 50}
        asked = {"sceneName": SCENE, "inputName": name, "inputKind": "color_source_v3", "inputSettings": settings}
        obs.get("CreateInput", asked)
    yield obs


def item(number: int = 1, **fields: object) -> dict[str, object]:
    return {"sceneName": SCENE, "sceneItemId": number} | fields


def listed(obs: Wire, scene: str = SCENE) -> list[tuple[int, str]]:
    """(number, source) from the back to the front."""
    items = obs.get("GetSceneItemList", {"sceneName": scene})["sceneItems"]
    return [(one["sceneItemId"], one["sourceName"]) for one in sorted(items, key=lambda one: one["sceneItemIndex"])]


def test_an_item_in_the_list_has_all_its_fields(stage: Wire) -> None:
    first = stage.get("GetSceneItemList", {"sceneName": SCENE})["sceneItems"][0]
    transform = first.pop("sceneItemTransform")
    assert first == {
        "inputKind": "color_source_v3",
        "isGroup": None,
        "sceneItemBlendMode": "OBS_BLEND_NORMAL",
        "sceneItemEnabled": True,
        "sceneItemId": 1,
        "sceneItemIndex": 0,
        "sceneItemLocked": False,
        "sourceName": RED,
        "sourceType": "OBS_SOURCE_TYPE_INPUT",
    }
    assert transform == {
        "alignment": 5,
        "boundsAlignment": 0,
        "boundsHeight": 0.0,
        "boundsType": "OBS_BOUNDS_NONE",
        "boundsWidth": 0.0,
        "cropBottom": 0,
        "cropLeft": 0,
        "cropRight": 0,
        "cropTop": 0,
        "height": 50.0,
        "positionX": 0.0,
        "positionY": 0.0,
        "rotation": 0.0,
        "scaleX": 1.0,
        "scaleY": 1.0,
        "sourceHeight": 50.0,
        "sourceWidth": 100.0,
        "width": 100.0,
    }


def test_making_an_input_is_told_with_settings_and_defaults(obs: Wire, events: Listener) -> None:
    obs.get("CreateScene", {"sceneName": SCENE})
    settings = {"color": RED_ABGR, "width": 100}
    asked = {"sceneName": SCENE, "inputName": RED, "inputKind": "color_source_v3", "inputSettings": settings}
    obs.get("CreateInput", asked)
    assert events.wait("InputCreated") == {
        "inputName": RED,
        "inputKind": "color_source_v3",
        "unversionedInputKind": "color_source",
        "inputSettings": settings,
        "defaultInputSettings": {"color": 4291940817, "width": 1920, "height": 1080},
    }
    assert events.wait("SceneItemCreated") == {
        "sceneName": SCENE,
        "sourceName": RED,
        "sceneItemId": 1,
        "sceneItemIndex": 0,
    }


def test_an_input_is_listed_with_both_its_kinds(stage: Wire) -> None:
    found = stage.get("GetInputList", {"inputKind": "color_source_v3"})["inputs"]
    assert {"inputName": RED, "inputKind": "color_source_v3", "unversionedInputKind": "color_source"} in found
    assert stage.get("GetInputList", {"inputKind": "image_source"}) == {"inputs": []}


@pytest.mark.parametrize("kind", ["color_source_v3", "image_source", "ffmpeg_source", "text_ft2_source_v2"])
def test_the_kinds_the_project_uses_can_be_made(obs: Wire, kind: str) -> None:
    obs.get("CreateScene", {"sceneName": SCENE})
    assert kind in obs.get("GetInputKindList")["inputKinds"]
    obs.get("CreateInput", {"sceneName": SCENE, "inputName": RED, "inputKind": kind})
    assert obs.get("GetInputSettings", {"inputName": RED})["inputKind"] == kind


def test_unversioned_kinds_drop_the_version(obs: Wire) -> None:
    kinds = obs.get("GetInputKindList", {"unversioned": True})["inputKinds"]
    assert {"color_source", "text_ft2_source", "image_source"} <= set(kinds)
    assert not any(kind.endswith(("_v2", "_v3")) for kind in kinds)


@pytest.mark.parametrize(
    ("kind", "defaults"),
    [
        ("color_source_v3", {"color": 4291940817, "width": 1920, "height": 1080}),
        ("image_source", {"linear_alpha": False, "unload": False}),
        (
            "ffmpeg_source",
            {
                "buffering_mb": 2,
                "clear_on_media_end": True,
                "is_local_file": True,
                "linear_alpha": False,
                "looping": False,
                "reconnect_delay_sec": 10,
                "restart_on_activate": True,
                "speed_percent": 100,
            },
        ),
    ],
)
def test_defaults_of_a_kind(obs: Wire, kind: str, defaults: dict[str, Any]) -> None:
    assert obs.get("GetInputDefaultSettings", {"inputKind": kind}) == {"defaultInputSettings": defaults}


def test_settings_are_laid_over_the_old_ones(stage: Wire) -> None:
    stage.get("SetInputSettings", {"inputName": RED, "inputSettings": {"width": 120}})
    found = stage.get("GetInputSettings", {"inputName": RED})
    assert found == {"inputKind": "color_source_v3", "inputSettings": {"color": RED_ABGR, "width": 120, "height": 50}}


def test_settings_without_overlay_replace_the_old_ones(stage: Wire) -> None:
    stage.get("SetInputSettings", {"inputName": RED, "inputSettings": {"height": 60}, "overlay": False})
    assert stage.get("GetInputSettings", {"inputName": RED})["inputSettings"] == {"height": 60}


def test_settings_that_were_never_set_are_left_out(obs: Wire) -> None:
    obs.get("CreateScene", {"sceneName": SCENE})
    obs.get("CreateInput", {"sceneName": SCENE, "inputName": RED, "inputKind": "color_source_v3"})
    assert obs.get("GetInputSettings", {"inputName": RED})["inputSettings"] == {}


def test_the_size_of_a_source_follows_its_settings(stage: Wire) -> None:
    stage.get("SetInputSettings", {"inputName": RED, "inputSettings": {"width": 130, "height": 70}})

    def size() -> tuple[float, float]:
        found = stage.get("GetSceneItemTransform", item())["sceneItemTransform"]
        return found["sourceWidth"], found["sourceHeight"]

    assert eventually(lambda: size() == (130.0, 70.0))


def test_a_renamed_input_keeps_its_items(stage: Wire, events: Listener) -> None:
    new = f"{PREFIX}crimson"
    stage.get("SetInputName", {"inputName": RED, "newInputName": new})
    assert events.wait("InputNameChanged") == {"oldInputName": RED, "inputName": new}
    assert listed(stage) == [(1, new), (2, BLUE)]


def test_a_removed_input_is_told(stage: Wire, events: Listener) -> None:
    stage.get("RemoveInput", {"inputName": BLUE})
    assert events.wait("InputRemoved") == {"inputName": BLUE}


def test_an_input_removed_on_air_is_gone_from_the_lists(stage: Wire, events: Listener) -> None:
    stage.get("SetCurrentProgramScene", {"sceneName": SCENE})
    events.wait("CurrentProgramSceneChanged", sceneName=SCENE)
    stage.get("RemoveInput", {"inputName": BLUE})
    assert eventually(lambda: [one["inputName"] for one in stage.get("GetInputList")["inputs"]] == [RED])
    assert eventually(lambda: listed(stage) == [(1, RED)])


def test_an_input_whose_last_item_is_removed_vanishes(stage: Wire, events: Listener) -> None:
    stage.get("RemoveSceneItem", item(2))
    assert events.wait("SceneItemRemoved") == {"sceneName": SCENE, "sourceName": BLUE, "sceneItemId": 2}
    assert eventually(lambda: stage.ask("GetInputSettings", {"inputName": BLUE}).code == 600)


def test_the_name_of_a_vanished_input_is_free_again(stage: Wire) -> None:
    stage.get("RemoveSceneItem", item(2))
    asked = {"sceneName": SCENE, "inputName": BLUE, "inputKind": "image_source"}
    assert eventually(lambda: stage.ask("CreateInput", asked).data == {"sceneItemId": 3})


def test_an_input_removed_from_a_scene_off_air_still_holds_its_name(stage: Wire) -> None:
    """As measured: the items of a scene that is not drawn are let go only later."""
    stage.get("RemoveInput", {"inputName": BLUE})
    asked = {"sceneName": SCENE, "inputName": BLUE, "inputKind": "image_source"}
    assert stage.ask("CreateInput", asked).code == 601


def test_one_source_may_be_in_two_scenes(stage: Wire) -> None:
    stage.get("CreateScene", {"sceneName": OTHER})
    assert stage.get("CreateSceneItem", {"sceneName": OTHER, "sourceName": RED}) == {"sceneItemId": 1}
    stage.get("RemoveSceneItem", item(1))
    assert listed(stage, OTHER) == [(1, RED)]


def test_a_scene_may_be_in_a_scene(stage: Wire) -> None:
    stage.get("CreateScene", {"sceneName": OTHER})
    stage.get("CreateSceneItem", {"sceneName": OTHER, "sourceName": SCENE})
    found = stage.get("GetSceneItemList", {"sceneName": OTHER})["sceneItems"][0]
    assert (found["sourceType"], found["inputKind"], found["isGroup"]) == ("OBS_SOURCE_TYPE_SCENE", None, False)


def test_the_number_of_an_item_is_found_by_its_source(stage: Wire) -> None:
    assert stage.get("GetSceneItemId", {"sceneName": SCENE, "sourceName": BLUE}) == {"sceneItemId": 2}


def test_numbers_are_not_used_twice(stage: Wire) -> None:
    stage.get("CreateSceneItem", {"sceneName": SCENE, "sourceName": RED})
    stage.get("RemoveSceneItem", item(3))
    assert stage.get("CreateSceneItem", {"sceneName": SCENE, "sourceName": RED}) == {"sceneItemId": 4}


def test_a_place_in_a_stretched_rectangle_is_read_back(stage: Wire, subject: Subject) -> None:
    width, height = subject.canvas
    place = {
        "positionX": 10.0,
        "positionY": 20.0,
        "alignment": 5,
        "boundsType": "OBS_BOUNDS_STRETCH",
        "boundsAlignment": 0,
        "boundsWidth": float(width - 20),
        "boundsHeight": float(height // 2),
        "rotation": 0.0,
    }
    stage.get("SetSceneItemTransform", item(sceneItemTransform=place))
    found = stage.get("GetSceneItemTransform", item())["sceneItemTransform"]
    assert {key: found[key] for key in place} == place


def test_a_changed_transform_leaves_the_rest_alone(stage: Wire) -> None:
    stage.get("SetSceneItemTransform", item(sceneItemTransform={"positionX": 7.0, "cropLeft": 3}))
    stage.get("SetSceneItemTransform", item(sceneItemTransform={"positionY": 9.0}))
    found = stage.get("GetSceneItemTransform", item())["sceneItemTransform"]
    assert (found["positionX"], found["positionY"], found["cropLeft"]) == (7.0, 9.0, 3)


def test_the_width_that_is_told_is_scaled_and_not_cropped(stage: Wire) -> None:
    stage.get("SetSceneItemTransform", item(sceneItemTransform={"scaleX": 2.0, "cropLeft": 10}))
    found = stage.get("GetSceneItemTransform", item())["sceneItemTransform"]
    assert (found["width"], found["sourceWidth"]) == (200.0, 100.0)


def test_an_item_is_hidden_and_told(stage: Wire, events: Listener) -> None:
    stage.get("SetSceneItemEnabled", item(sceneItemEnabled=False))
    told = {"sceneName": SCENE, "sceneItemId": 1, "sceneItemEnabled": False}
    assert events.wait("SceneItemEnableStateChanged") == told
    assert stage.get("GetSceneItemEnabled", item()) == {"sceneItemEnabled": False}


def test_an_item_can_be_made_hidden(stage: Wire) -> None:
    asked = {"sceneName": SCENE, "sourceName": RED, "sceneItemEnabled": False}
    number = stage.get("CreateSceneItem", asked)["sceneItemId"]
    assert stage.get("GetSceneItemEnabled", item(number)) == {"sceneItemEnabled": False}


def test_an_item_is_locked_and_told(stage: Wire, events: Listener) -> None:
    stage.get("SetSceneItemLocked", item(sceneItemLocked=True))
    told = {"sceneName": SCENE, "sceneItemId": 1, "sceneItemLocked": True}
    assert events.wait("SceneItemLockStateChanged") == told
    assert stage.get("GetSceneItemLocked", item()) == {"sceneItemLocked": True}


def test_an_item_moves_in_the_order_and_the_list_is_told(stage: Wire, events: Listener) -> None:
    stage.get("SetSceneItemIndex", item(sceneItemIndex=1))
    assert events.wait("SceneItemListReindexed") == {
        "sceneName": SCENE,
        "sceneItems": [{"sceneItemId": 2, "sceneItemIndex": 0}, {"sceneItemId": 1, "sceneItemIndex": 1}],
    }
    assert listed(stage) == [(2, BLUE), (1, RED)]
    assert stage.get("GetSceneItemIndex", item()) == {"sceneItemIndex": 1}


def test_an_index_beyond_the_end_is_the_end(stage: Wire) -> None:
    stage.get("SetSceneItemIndex", item(sceneItemIndex=100))
    assert listed(stage) == [(2, BLUE), (1, RED)]


def test_a_copied_item_has_the_place_of_the_first(stage: Wire) -> None:
    stage.get("SetSceneItemTransform", item(sceneItemTransform={"positionX": 33.0}))
    number = stage.get("DuplicateSceneItem", item())["sceneItemId"]
    assert stage.get("GetSceneItemTransform", item(number))["sceneItemTransform"]["positionX"] == 33.0


def test_a_blend_mode_is_read_back(stage: Wire) -> None:
    stage.get("SetSceneItemBlendMode", item(sceneItemBlendMode="OBS_BLEND_SCREEN"))
    assert stage.get("GetSceneItemBlendMode", item()) == {"sceneItemBlendMode": "OBS_BLEND_SCREEN"}


def test_a_source_is_active_only_on_air(stage: Wire, events: Listener) -> None:
    assert stage.get("GetSourceActive", {"sourceName": RED}) == {"videoActive": False, "videoShowing": False}
    stage.get("SetCurrentProgramScene", {"sceneName": SCENE})
    events.wait("CurrentProgramSceneChanged", sceneName=SCENE)
    assert stage.get("GetSourceActive", {"sourceName": RED}) == {"videoActive": True, "videoShowing": True}


@pytest.fixture
def sound(obs: Wire) -> Iterator[Wire]:
    """A scene with an input that has sound."""
    obs.get("CreateScene", {"sceneName": SCENE})
    obs.get("CreateInput", {"sceneName": SCENE, "inputName": SOUND, "inputKind": "ffmpeg_source"})
    yield obs


def test_a_mute_is_told_and_read_back(sound: Wire, events: Listener) -> None:
    sound.get("SetInputMute", {"inputName": SOUND, "inputMuted": True})
    assert events.wait("InputMuteStateChanged") == {"inputName": SOUND, "inputMuted": True}
    assert sound.get("GetInputMute", {"inputName": SOUND}) == {"inputMuted": True}


def test_a_mute_is_turned_round(sound: Wire) -> None:
    assert sound.get("ToggleInputMute", {"inputName": SOUND}) == {"inputMuted": True}
    assert sound.get("ToggleInputMute", {"inputName": SOUND}) == {"inputMuted": False}


@pytest.mark.parametrize(
    ("asked", "decibel", "factor"),
    [({"inputVolumeDb": -6.0}, -6.0, 0.501187), ({"inputVolumeMul": 0.5}, -6.0206, 0.5)],
    ids=["decibel", "factor"],
)
def test_a_volume_is_told_in_both_measures(
    sound: Wire, events: Listener, asked: dict[str, float], decibel: float, factor: float
) -> None:
    sound.get("SetInputVolume", {"inputName": SOUND} | asked)
    told = events.wait("InputVolumeChanged")
    assert told["inputName"] == SOUND
    assert told["inputVolumeDb"] == pytest.approx(decibel, abs=1e-3)
    assert told["inputVolumeMul"] == pytest.approx(factor, abs=1e-4)
    found = sound.get("GetInputVolume", {"inputName": SOUND})
    assert found["inputVolumeDb"] == pytest.approx(decibel, abs=1e-3)
    assert found["inputVolumeMul"] == pytest.approx(factor, abs=1e-4)


def test_silence_is_minus_a_hundred_decibel(sound: Wire) -> None:
    sound.get("SetInputVolume", {"inputName": SOUND, "inputVolumeMul": 0})
    assert sound.get("GetInputVolume", {"inputName": SOUND}) == {"inputVolumeDb": -100.0, "inputVolumeMul": 0.0}


def test_balance_offset_and_tracks_are_told_and_read_back(sound: Wire, events: Listener) -> None:
    name = {"inputName": SOUND}
    sound.get("SetInputAudioBalance", name | {"inputAudioBalance": 0.25})
    sound.get("SetInputAudioSyncOffset", name | {"inputAudioSyncOffset": 100})
    sound.get("SetInputAudioTracks", name | {"inputAudioTracks": {"2": False}})
    tracks = {"1": True, "2": False, "3": True, "4": True, "5": True, "6": True}
    assert events.wait("InputAudioBalanceChanged") == name | {"inputAudioBalance": 0.25}
    assert events.wait("InputAudioSyncOffsetChanged") == name | {"inputAudioSyncOffset": 100}
    assert events.wait("InputAudioTracksChanged") == name | {"inputAudioTracks": tracks}
    assert sound.get("GetInputAudioBalance", name) == {"inputAudioBalance": 0.25}
    assert sound.get("GetInputAudioSyncOffset", name) == {"inputAudioSyncOffset": 100}
    assert sound.get("GetInputAudioTracks", name) == {"inputAudioTracks": tracks}
