"""All that a user owns in an OBS, as JSON-able values, so that "as before" can be proved by comparing two of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from studio.errors import ObsRequestFailed
from studio.model.obs import Request
from studio.obs.link import ObsLink, RequestResult, remedy
from studio.obs.protocol import Status
from studio.obs.reading import in_order, scene_names

Dump = dict[str, Any]

_ROOTS = (
    "GetVersion",
    "GetProfileList",
    "GetSceneCollectionList",
    "GetVideoSettings",
    "GetRecordDirectory",
    "GetStudioModeEnabled",
    "GetSceneList",
    "GetGroupList",
    "GetInputList",
    "GetSpecialInputs",
    "GetSceneTransitionList",
    "GetCurrentSceneTransition",
)
_MEASURED = ("width", "height", "sourceWidth", "sourceHeight")
"""Parts of a transform that OBS computes and that change by themselves, as when a camera wakes up."""
_SOUND = {
    "GetInputMute": "inputMuted",
    "GetInputVolume": "inputVolumeMul",
    "GetInputAudioBalance": "inputAudioBalance",
    "GetInputAudioSyncOffset": "inputAudioSyncOffset",
    "GetInputAudioMonitorType": "monitorType",
    "GetInputAudioTracks": "inputAudioTracks",
}
_NO_SOUND = (Status.INVALID_RESOURCE_STATE, Status.INVALID_RESOURCE_TYPE)


async def dump(link: ObsLink) -> Dump:
    """Scenes, items, inputs, filters, transitions, canvas, profile and record folder, in three round trips.

    Not in it: what changes by itself (statistics, media cursors), the stream's key, and the duration of a transition
    while a Cut is chosen, which OBS does not tell. Raises ObsError.
    """
    roots = dict(zip(_ROOTS, await _ask(link, [Request(name) for name in _ROOTS]), strict=True))
    scenes = scene_names(roots["GetSceneList"])
    groups = [str(name) for name in roots["GetGroupList"].get("groups", ())]
    inputs = [dict(one) for one in roots["GetInputList"].get("inputs", ())]
    version = roots["GetVersion"]
    transition = roots["GetCurrentSceneTransition"]
    found_scenes, found_inputs = await _scenes(link, scenes, groups), await _inputs(link, inputs)
    return {
        "obs": {key: version.get(key) for key in ("obsVersion", "obsWebSocketVersion", "platform")},
        "profile": roots["GetProfileList"].get("currentProfileName"),
        "profiles": roots["GetProfileList"].get("profiles"),
        "sceneCollection": roots["GetSceneCollectionList"].get("currentSceneCollectionName"),
        "sceneCollections": roots["GetSceneCollectionList"].get("sceneCollections"),
        "video": dict(roots["GetVideoSettings"]),
        "recordDirectory": roots["GetRecordDirectory"].get("recordDirectory"),
        "studioMode": roots["GetStudioModeEnabled"].get("studioModeEnabled"),
        "programScene": roots["GetSceneList"].get("currentProgramSceneName"),
        "previewScene": roots["GetSceneList"].get("currentPreviewSceneName"),
        "specialInputs": dict(roots["GetSpecialInputs"]),
        "transition": {key: transition.get(key) for key in _TRANSITION},
        "transitions": roots["GetSceneTransitionList"].get("transitions"),
        "scenes": found_scenes,
        "inputs": found_inputs,
    }


_TRANSITION = ("transitionName", "transitionKind", "transitionDuration", "transitionSettings")


async def _scenes(link: ObsLink, scenes: Sequence[str], groups: Sequence[str]) -> list[Dump]:
    """Each scene and group in OBS's order, with its items from the back to the front."""
    asked = []
    for name in scenes:
        asked += [Request("GetSceneItemList", {"sceneName": name})]
        asked += [Request("GetSceneSceneTransitionOverride", {"sceneName": name})]
        asked += [Request("GetSourceFilterList", {"sourceName": name})]
    for name in groups:
        asked += [Request("GetGroupSceneItemList", {"sceneName": name})]
        asked += [Request("GetSourceFilterList", {"sourceName": name})]
    answers = iter(await _ask(link, asked))
    found: list[Dump] = []
    for name in scenes:
        listed, override, filters = next(answers), next(answers), next(answers)
        found.append({"name": name, "items": _items(listed), "override": dict(override), **filters})
    for name in groups:
        listed, filters = next(answers), next(answers)
        found.append({"name": name, "group": True, "items": _items(listed), **filters})
    return found


def _items(listed: Mapping[str, Any]) -> list[Dump]:
    return [
        {**item, "sceneItemTransform": _without(item["sceneItemTransform"], _MEASURED)} for item in in_order(listed)
    ]


async def _inputs(link: ObsLink, inputs: Sequence[Dump]) -> list[Dump]:
    """Each input by name, with settings, filters, and its sound where it has any."""
    inputs = sorted(inputs, key=lambda one: str(one["inputName"]))
    asked = []
    for one in inputs:
        name = one["inputName"]
        asked += [
            Request("GetInputSettings", {"inputName": name}),
            Request("GetSourceFilterList", {"sourceName": name}),
        ]
        asked += [Request(getter, {"inputName": name}) for getter in _SOUND]
    answers = iter(await _ask(link, asked))
    found = []
    for one in inputs:
        settings, filters = next(answers), next(answers)
        sound = {key: answer[key] for key, answer in ((key, next(answers)) for key in _SOUND.values()) if key in answer}
        found.append({**one, "inputSettings": settings.get("inputSettings"), **filters, "sound": sound})
    return found


def _without(fields: Mapping[str, Any], keys: Sequence[str]) -> Dump:
    return {key: value for key, value in fields.items() if key not in keys}


async def _ask(link: ObsLink, asked: Sequence[Request]) -> list[Mapping[str, Any]]:
    """The data of each answer; an input without sound answers nothing, any other refusal raises ObsRequestFailed."""
    return [_data(result) for result in await link.batch(asked)] if asked else []


def _data(result: RequestResult) -> Mapping[str, Any]:
    if result.ok:
        return result.data
    if result.type in _SOUND and result.code in _NO_SOUND:
        return {}
    raise ObsRequestFailed(result.type, result.code, result.comment, remedy(result.code))
