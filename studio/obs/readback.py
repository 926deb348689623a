"""How a request that makes no telling event is proved: which getter to ask, and what its answer must say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from studio.model.obs import Request
from studio.model.settings import contains
from studio.obs.reading import input_kinds, scene_names

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReadBack:
    """The getter's type, which fields of the request it takes, and the test of its answer."""

    getter: str
    keys: tuple[str, ...]
    holds: Callable[[Fields, Fields], bool]


def question(request: Request, data: Fields) -> Request | None:
    """The request that reads back what ``request``, sent with ``data``, should have done; None where none can."""
    found = _TABLE.get(request.type)
    return None if found is None else Request(found.getter, {key: data[key] for key in found.keys if key in data})


def proves(request: Request, data: Fields, answer: Fields) -> bool:
    """Whether the getter's answer shows that ``request`` took effect."""
    return _TABLE[request.type].holds(data, answer)


def _same(*keys: str) -> Callable[[Fields, Fields], bool]:
    """The answer holds these fields of the request, as far as the request had them."""
    return lambda data, answer: all(contains(answer.get(key), data[key]) for key in keys if key in data)


def _settings(data: Fields, answer: Fields) -> bool:
    return contains(answer.get("inputSettings"), data.get("inputSettings") or {})


def _duration(data: Fields, answer: Fields) -> bool:
    """A transition without a duration (a Cut) answers null and cannot be read back."""
    return answer.get("transitionDuration") in (None, data.get("transitionDuration"))


def _input_gone(data: Fields, answer: Fields) -> bool:
    return data.get("inputName") not in input_kinds(answer)


def _item_gone(data: Fields, answer: Fields) -> bool:
    return all(one.get("sceneItemId") != data.get("sceneItemId") for one in answer.get("sceneItems", ()))


_ITEM = ("sceneName", "sceneItemId")
_PARAMETER = ("parameterCategory", "parameterName")
_TABLE = {
    "CreateScene": ReadBack("GetSceneList", (), lambda data, answer: data.get("sceneName") in scene_names(answer)),
    "RemoveScene": ReadBack("GetSceneList", (), lambda data, answer: data.get("sceneName") not in scene_names(answer)),
    "SetSceneName": ReadBack("GetSceneList", (), lambda data, answer: data.get("newSceneName") in scene_names(answer)),
    "CreateInput": ReadBack("GetInputSettings", ("inputName",), _settings),
    "RemoveInput": ReadBack("GetInputList", (), _input_gone),
    "SetInputName": ReadBack("GetInputList", (), lambda data, answer: data.get("newInputName") in input_kinds(answer)),
    "SetInputSettings": ReadBack("GetInputSettings", ("inputName",), _settings),
    "SetInputMute": ReadBack("GetInputMute", ("inputName",), _same("inputMuted")),
    "SetInputVolume": ReadBack("GetInputVolume", ("inputName",), _same("inputVolumeDb", "inputVolumeMul")),
    "SetSceneItemTransform": ReadBack("GetSceneItemTransform", _ITEM, _same("sceneItemTransform")),
    "SetSceneItemEnabled": ReadBack("GetSceneItemEnabled", _ITEM, _same("sceneItemEnabled")),
    "SetSceneItemLocked": ReadBack("GetSceneItemLocked", _ITEM, _same("sceneItemLocked")),
    "RemoveSceneItem": ReadBack("GetSceneItemList", ("sceneName",), _item_gone),
    "SetCurrentSceneTransition": ReadBack("GetCurrentSceneTransition", (), _same("transitionName")),
    "SetCurrentSceneTransitionDuration": ReadBack("GetCurrentSceneTransition", (), _duration),
    "SetStudioModeEnabled": ReadBack("GetStudioModeEnabled", (), _same("studioModeEnabled")),
    "SetProfileParameter": ReadBack(
        "GetProfileParameter", ("parameterCategory", "parameterName"), _same("parameterValue")
    ),
    "SetRecordDirectory": ReadBack("GetRecordDirectory", (), _same("recordDirectory")),
    "SetPersistentData": ReadBack("GetPersistentData", ("realm", "slotName"), _same("slotValue")),
    "SetSceneSceneTransitionOverride": ReadBack(
        "GetSceneSceneTransitionOverride", ("sceneName",), _same("transitionName", "transitionDuration")
    ),
}
"""SetSceneItemIndex is not here: each move of a batch changes the index of the items moved before."""

_ENDS_INPUT = ("RemoveInput", "SetInputName", "CreateInput")
_ENDS_SCENE = ("RemoveScene", "SetSceneName", "CreateScene")


def superseded(earlier: str, data: Fields, later: str, later_data: Fields) -> bool:
    """Whether a later request of the same batch undoes what an earlier one could be read back by."""
    if earlier == later:
        keys = _TABLE[earlier].keys if earlier in _TABLE else ()
        creates = earlier.startswith(("Create", "Remove")) or earlier.endswith("Name")
        return not creates and all(data.get(key) == later_data.get(key) for key in keys)
    if later == "RemoveSceneItem":
        return all(data.get(key) == later_data.get(key) for key in _ITEM)
    if later in _ENDS_INPUT:
        return "inputName" in data and data["inputName"] == later_data.get("inputName")
    if later in _ENDS_SCENE:
        return "sceneName" in data and data["sceneName"] == later_data.get("sceneName")
    return False
