"""Requests that are refused: the status and the words of each, which are those of OBS 29."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.wire import PREFIX, Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

SCENE, COLOUR, MEDIA = f"{PREFIX}scene", f"{PREFIX}colour", f"{PREFIX}media"
NO_DATA = "Your request data is missing or invalid (non-object)"


def missing(field: str) -> str:
    return f"Your request is missing the `{field}` field."


def unknown(name: str) -> str:
    return f"No source was found by the name of `{name}`."


def item(**fields: object) -> dict[str, object]:
    return {"sceneName": SCENE, "sceneItemId": 1} | fields


def placed(**fields: object) -> dict[str, object]:
    return item(sceneItemTransform=fields)


CASES: list[tuple[str, Any, int, str | None]] = [
    ("Nonsense", None, 204, "Your request type is not valid."),
    ("SetRecordDirectory", {"recordDirectory": "/tmp"}, 204, "Your request type is not valid."),
    ("GetSourceFilterKindList", None, 204, "Your request type is not valid."),
    ("CreateScene", None, 301, NO_DATA),
    ("CreateScene", [], 301, NO_DATA),
    ("CreateScene", "text", 301, NO_DATA),
    ("CreateScene", {}, 300, missing("sceneName")),
    ("CreateScene", {"sceneName": None}, 300, missing("sceneName")),
    ("CreateScene", {"sceneName": 5}, 401, "The field value of `sceneName` must be a string."),
    ("CreateScene", {"sceneName": ""}, 403, "The field value of `sceneName` must not be empty."),
    ("CreateScene", {"sceneName": SCENE}, 601, "A source already exists by that scene name."),
    ("CreateScene", {"sceneName": COLOUR}, 601, "A source already exists by that scene name."),
    ("RemoveScene", {"sceneName": "nope"}, 600, unknown("nope")),
    ("RemoveScene", {"sceneName": COLOUR}, 602, "The specified source is not a scene."),
    (
        "SetSceneName",
        {"sceneName": SCENE, "newSceneName": "Scene"},
        601,
        "A source already exists by that new scene name.",
    ),
    ("SetSceneName", {"sceneName": SCENE}, 300, missing("newSceneName")),
    ("SetCurrentProgramScene", None, 301, NO_DATA),
    ("SetCurrentProgramScene", {}, 300, missing("sceneName")),
    ("SetCurrentProgramScene", {"sceneName": ""}, 403, "The field value of `sceneName` must not be empty."),
    ("SetCurrentProgramScene", {"sceneName": "invalid"}, 600, unknown("invalid")),
    ("SetCurrentProgramScene", {"sceneName": COLOUR}, 602, "The specified source is not a scene."),
    ("GetSceneItemList", {"sceneName": "nope"}, 600, unknown("nope")),
    ("GetSceneSceneTransitionOverride", {"sceneName": "nope"}, 600, unknown("nope")),
    (
        "CreateInput",
        {"sceneName": SCENE, "inputName": "x", "inputKind": "nope"},
        605,
        "Your specified input kind is not supported by OBS. Check that your specified kind is properly versioned and "
        "that any necessary plugins are loaded.",
    ),
    (
        "CreateInput",
        {"sceneName": SCENE, "inputName": COLOUR, "inputKind": "color_source_v3"},
        601,
        "A source already exists by that input name.",
    ),
    ("CreateInput", {"sceneName": SCENE, "inputKind": "color_source_v3"}, 300, missing("inputName")),
    ("CreateInput", {"sceneName": "nope", "inputName": "x", "inputKind": "color_source_v3"}, 600, unknown("nope")),
    (
        "CreateInput",
        {"sceneName": SCENE, "inputName": "x", "inputKind": "color_source_v3", "inputSettings": 5},
        401,
        "The field value of `inputSettings` must be an object.",
    ),
    (
        "CreateInput",
        {"sceneName": SCENE, "inputName": "x", "inputKind": "color_source_v3", "sceneItemEnabled": "x"},
        401,
        "The field value of `sceneItemEnabled` must be boolean.",
    ),
    ("GetInputSettings", {"inputName": "nope"}, 600, unknown("nope")),
    ("GetInputSettings", {"inputName": SCENE}, 602, "The specified source is not an input."),
    ("GetInputDefaultSettings", {"inputKind": "nope"}, 605, None),
    ("SetInputSettings", {"inputName": COLOUR}, 300, missing("inputSettings")),
    (
        "SetInputSettings",
        {"inputName": COLOUR, "inputSettings": []},
        401,
        "The field value of `inputSettings` must be an object.",
    ),
    (
        "SetInputName",
        {"inputName": COLOUR, "newInputName": SCENE},
        601,
        "A source already exists by that new input name.",
    ),
    ("RemoveInput", {"inputName": "nope"}, 600, unknown("nope")),
    ("GetInputMute", {"inputName": COLOUR}, 604, "The specified input does not support audio."),
    ("SetInputMute", {"inputName": COLOUR, "inputMuted": True}, 604, "The specified input does not support audio."),
    ("GetInputVolume", {"inputName": COLOUR}, 604, "The specified input does not support audio."),
    ("SetInputVolume", {"inputName": MEDIA}, 300, "You must specify one volume field."),
    (
        "SetInputVolume",
        {"inputName": MEDIA, "inputVolumeMul": 0.5, "inputVolumeDb": -6},
        404,
        "You may only specify one volume field.",
    ),
    (
        "SetInputVolume",
        {"inputName": MEDIA, "inputVolumeDb": 27},
        402,
        "The field value of `inputVolumeDb` is above the maximum of `26.000000`",
    ),
    (
        "SetInputAudioBalance",
        {"inputName": MEDIA, "inputAudioBalance": 2},
        402,
        "The field value of `inputAudioBalance` is above the maximum of `1.000000`",
    ),
    ("SetInputAudioMonitorType", {"inputName": MEDIA, "monitorType": "nope"}, 400, "Unknown monitor type: nope"),
    (
        "GetSceneItemId",
        {"sceneName": SCENE, "sourceName": "nope"},
        600,
        "No scene items were found in the specified scene by that name or offset.",
    ),
    (
        "GetSceneItemTransform",
        item(sceneItemId=99),
        600,
        f"No scene items were found in scene `{SCENE}` with the ID `99`.",
    ),
    (
        "GetSceneItemTransform",
        item(sceneItemId=-1),
        402,
        "The field value of `sceneItemId` is below the minimum of `0.000000`",
    ),
    ("GetSceneItemTransform", item(sceneItemId="1"), 401, "The field value of `sceneItemId` must be a number."),
    ("SetSceneItemTransform", placed(), 403, "The field value of `sceneItemTransform` must not be empty."),
    ("SetSceneItemTransform", placed(nope=1), 703, "You have not provided any valid transform changes."),
    ("SetSceneItemTransform", placed(positionX="1"), 401, "The field value of `positionX` must be a number."),
    (
        "SetSceneItemTransform",
        placed(positionX=99999999),
        402,
        "The field value of `positionX` is above the maximum of `90001.000000`",
    ),
    ("SetSceneItemTransform", placed(boundsType="nope"), 400, "The field `boundsType` has an invalid value."),
    (
        "SetSceneItemTransform",
        placed(boundsWidth=0),
        402,
        "The field value of `boundsWidth` is below the minimum of `1.000000`",
    ),
    (
        "SetSceneItemTransform",
        placed(rotation=400),
        402,
        "The field value of `rotation` is above the maximum of `360.000000`",
    ),
    (
        "SetSceneItemTransform",
        placed(cropLeft=-1),
        402,
        "The field value of `cropLeft` is below the minimum of `0.000000`",
    ),
    ("SetSceneItemEnabled", item(), 300, missing("sceneItemEnabled")),
    (
        "SetSceneItemIndex",
        item(sceneItemIndex=-1),
        402,
        "The field value of `sceneItemIndex` is below the minimum of `0.000000`",
    ),
    (
        "CreateSceneItem",
        {"sceneName": SCENE, "sourceName": SCENE},
        703,
        "You cannot create scene item of a scene within itself.",
    ),
    ("CreateSceneItem", {"sceneName": SCENE, "sourceName": "nope"}, 600, unknown("nope")),
    (
        "SetSceneItemBlendMode",
        item(sceneItemBlendMode="nope"),
        400,
        "The field sceneItemBlendMode has an invalid value.",
    ),
    (
        "RemoveSceneItem",
        item(sceneItemId=77),
        600,
        f"No scene items were found in scene `{SCENE}` with the ID `77`.",
    ),
    ("SetCurrentSceneTransition", {"transitionName": "nope"}, 600, "No scene transition was found by that name."),
    ("SetCurrentSceneTransitionDuration", None, 301, NO_DATA),
    (
        "SetCurrentSceneTransitionDuration",
        {"transitionDuration": 49},
        402,
        "The field value of `transitionDuration` is below the minimum of `50.000000`",
    ),
    (
        "SetCurrentSceneTransitionDuration",
        {"transitionDuration": 20001},
        402,
        "The field value of `transitionDuration` is above the maximum of `20000.000000`",
    ),
    (
        "SetCurrentSceneTransitionDuration",
        {"transitionDuration": "x"},
        401,
        "The field value of `transitionDuration` must be a number.",
    ),
    (
        "SetCurrentSceneTransitionSettings",
        {"transitionSettings": {}},
        606,
        "The current transition does not support custom settings.",
    ),
    (
        "SetSceneSceneTransitionOverride",
        {"sceneName": SCENE, "transitionName": "nope"},
        600,
        "No scene transition was found by that name.",
    ),
    ("TriggerStudioModeTransition", None, 506, None),
    ("GetCurrentPreviewScene", None, 506, None),
    ("SetCurrentPreviewScene", {"sceneName": SCENE}, 506, None),
    ("SetTBarPosition", {"position": 0.5}, 506, None),
    ("SetStudioModeEnabled", {}, 300, missing("studioModeEnabled")),
    (
        "SetStudioModeEnabled",
        {"studioModeEnabled": 1},
        401,
        "The field value of `studioModeEnabled` must be boolean.",
    ),
    ("GetSourceScreenshot", {"sourceName": "nope", "imageFormat": "png"}, 600, unknown("nope")),
    (
        "GetSourceScreenshot",
        {"sourceName": SCENE, "imageFormat": "xyz"},
        400,
        "Your specified image format is invalid or not supported by this system.",
    ),
    ("GetSourceScreenshot", {"sourceName": SCENE}, 300, missing("imageFormat")),
    (
        "GetSourceScreenshot",
        {"sourceName": SCENE, "imageFormat": "png", "imageWidth": 4},
        402,
        "The field value of `imageWidth` is below the minimum of `8.000000`",
    ),
    (
        "GetSourceScreenshot",
        {"sourceName": SCENE, "imageFormat": "png", "imageHeight": 5000},
        402,
        "The field value of `imageHeight` is above the maximum of `4096.000000`",
    ),
    (
        "GetSourceScreenshot",
        {"sourceName": SCENE, "imageFormat": "png", "imageCompressionQuality": 101},
        402,
        "The field value of `imageCompressionQuality` is above the maximum of `100.000000`",
    ),
    (
        "SaveSourceScreenshot",
        {"sourceName": SCENE, "imageFormat": "png", "imageFilePath": "/no/such/folder/x.png"},
        600,
        "The directory for your file path does not exist.",
    ),
    ("GetSourceActive", {"sourceName": "nope"}, 600, unknown("nope")),
    ("StopRecord", None, 501, None),
    ("ResumeRecord", None, 503, None),
    ("StopStream", None, 501, None),
    ("SendStreamCaption", {"captionText": "x"}, 501, None),
    ("GetReplayBufferStatus", None, 604, "Replay buffer is not available."),
    ("StartReplayBuffer", None, 604, "Replay buffer is not available."),
    ("GetVirtualCamStatus", None, 604, "VirtualCam is not available."),
    ("GetOutputStatus", {"outputName": "nope"}, 600, "No output was found with the name `nope`."),
    ("SetVideoSettings", {}, 300, "You must specify at least one video-changing pair."),
    ("SetVideoSettings", {"baseWidth": 400}, 300, "You must specify at least one video-changing pair."),
    ("SetCurrentProfile", {"profileName": "nope"}, 600, None),
    ("RemoveProfile", {"profileName": "nope"}, 600, None),
    ("GetProfileParameter", {"parameterCategory": "x"}, 300, missing("parameterName")),
    (
        "SetProfileParameter",
        {"parameterCategory": "Contract", "parameterName": "never"},
        600,
        "There are no existing instances of that profile parameter.",
    ),
    (
        "SetProfileParameter",
        {"parameterCategory": "Contract", "parameterName": "a", "parameterValue": 5},
        401,
        "The field `parameterValue` must be a string.",
    ),
    ("SetCurrentSceneCollection", {"sceneCollectionName": "nope"}, 600, None),
    (
        "GetPersistentData",
        {"realm": "nope", "slotName": "a"},
        600,
        "You have specified an invalid persistent data realm.",
    ),
    ("SetPersistentData", {"realm": "OBS_WEBSOCKET_DATA_REALM_GLOBAL", "slotName": "a"}, 300, missing("slotValue")),
    ("BroadcastCustomEvent", {}, 300, missing("eventData")),
    ("BroadcastCustomEvent", {"eventData": 5}, 401, "The field value of `eventData` must be an object."),
    ("CallVendorRequest", {"vendorName": "nope"}, 300, missing("requestType")),
    ("CallVendorRequest", {"vendorName": "nope", "requestType": "x"}, 600, "No vendor was found by that name."),
    ("TriggerHotkeyByName", {"hotkeyName": "nope"}, 600, "No hotkeys were found by that name."),
    (
        "TriggerHotkeyByKeySequence",
        {"keyId": "OBS_KEY_NOPE"},
        703,
        "Your provided request fields cannot be used to trigger a hotkey.",
    ),
    ("GetGroupSceneItemList", {"sceneName": SCENE}, 602, "The specified source is not a group. (Is scene)"),
    ("GetSourceFilterDefaultSettings", {"filterKind": "nope"}, 607, None),
    ("Sleep", {"sleepMillis": 10}, 206, None),
]


@pytest.fixture
def stage(obs: Wire) -> Iterator[Wire]:
    """A scene with a colour (item 1) and a media input."""
    obs.get("CreateScene", {"sceneName": SCENE})
    colour = {"sceneName": SCENE, "inputName": COLOUR, "inputKind": "color_source_v3"}
    assert obs.get("CreateInput", colour) == {"sceneItemId": 1}
    obs.get("CreateInput", {"sceneName": SCENE, "inputName": MEDIA, "inputKind": "ffmpeg_source"})
    yield obs


@pytest.mark.parametrize("group", range(4), ids=["first", "second", "third", "fourth"])
def test_refused_requests(stage: Wire, group: int) -> None:
    """The whole table in four parts: each part makes the stage once, and tells every difference at once."""
    asked = CASES[group::4]
    found = []
    for request, data, _code, _words in asked:
        answer = stage.ask(request, data)
        found.append((request, data, answer.code, answer.comment))
    assert found == asked
