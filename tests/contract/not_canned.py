"""For every request of the virtual OBS: what is asked, what changes the answer, and what the effect is seen by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.contract.wire import PREFIX, Listener, Wire, eventually

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

S, T, COLOUR, MEDIA = f"{PREFIX}S", f"{PREFIX}T", f"{PREFIX}colour", f"{PREFIX}media"
GROUP = f"{PREFIX}group"
NEW = f"{PREFIX}new"
ITEM = {"sceneName": S, "sceneItemId": 1}
FILTER = {"sourceName": COLOUR, "filterName": "tint"}
SLOT = {"realm": "OBS_WEBSOCKET_DATA_REALM_GLOBAL", "slotName": "not canned"}
WORD = {"parameterCategory": "Contract", "parameterName": "not canned"}
FOLDER = {"parameterCategory": "SimpleOutput", "parameterName": "FilePath"}
OUTPUT = {"outputName": "simple_file_output"}
ACTION = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_"

Ask = tuple[str, Any]
PAUSE: Ask = ("pause", 0.15)


@dataclass(frozen=True)
class Entry:
    """How it shows that a request's answer or effect is real.

    ``probe`` is asked before and after ``act``; what ``pick`` takes of its answer must differ. A getter is its own
    probe; of anything else ``act`` is the request alone. ``told`` names an event that must come instead. ``varied``
    is a second probe whose answer must differ from the first's, where only what is asked decides.
    """

    probe: Ask | None = None
    act: tuple[Ask, ...] = ()
    pick: str = ""
    before: tuple[Ask, ...] = ()
    after: tuple[Ask, ...] = ()
    told: str = ""
    varied: Ask | None = None


def stage(obs: Wire, clip: Path) -> None:
    """Two scenes; in the first a colour (item 1) with a filter, and a media file (item 2)."""
    for scene in (S, T):
        obs.get("CreateScene", {"sceneName": scene})
    colour = {"color": 0xFF00FF00, "width": 100, "height": 50}
    for name, kind, settings in (
        (COLOUR, "color_source_v3", colour),
        (MEDIA, "ffmpeg_source", {"local_file": str(clip), "looping": True}),
    ):
        obs.get("CreateInput", {"sceneName": S, "inputName": name, "inputKind": kind, "inputSettings": settings})
    obs.get("CreateSourceFilter", FILTER | {"filterKind": "color_filter_v2", "filterSettings": {"opacity": 0.5}})


def answer(obs: Wire, ask: Ask, pick: str) -> Any:
    """What a probe says: status and data, or one field of the data by its dotted path."""
    found = obs.ask(*ask)
    data: Any = found.data
    for part in pick.split(".") if pick else ():
        data = data.get(part) if isinstance(data, dict) else data
    return found.code, data


def run(obs: Wire, asks: tuple[Ask, ...]) -> None:
    """Send requests that must succeed; ``pause`` waits that many seconds in a batch."""
    for kind, data in asks:
        if kind == "pause":
            obs.batch([{"requestType": "Sleep", "requestData": {"sleepMillis": round(data * 1000)}}])
        else:
            obs.get(kind, data)


def check(obs: Wire, events: Listener, entry: Entry, patience: float, plant: Callable[[], None] | None = None) -> None:
    """Raise AssertionError where the answer or effect does not change as the entry says."""
    run(obs, entry.before)
    if plant is not None:
        plant()
    try:
        if entry.told:
            events.seen.clear()
            run(obs, entry.act)
            events.wait(entry.told, patience)
        elif entry.varied is not None:
            assert entry.probe is not None
            first = answer(obs, entry.probe, entry.pick)
            assert answer(obs, entry.varied, entry.pick) != first, f"still {first}"
        else:
            assert entry.probe is not None
            probe = entry.probe
            first = answer(obs, probe, entry.pick)
            run(obs, entry.act)
            assert eventually(lambda: answer(obs, probe, entry.pick) != first, patience), f"still {first}"
    finally:
        for ask in entry.after:
            obs.ask(*ask)


def take(scene: str = S) -> Ask:
    return ("SetCurrentProgramScene", {"sceneName": scene})


FADE: Ask = ("SetCurrentSceneTransition", {"transitionName": "Fade"})
PROGRAMME: Ask = ("GetCurrentProgramScene", None)
RECORDING: Ask = ("GetRecordStatus", None)
ON_AIR = (take(), PAUSE)
STUDIO: Ask = ("SetStudioModeEnabled", {"studioModeEnabled": True})
RECORD = (("StartRecord", None), ("pause", 0.1))


def sets(request: str, data: dict[str, Any], probe: str, asked: Any = None, **more: Any) -> Entry:
    """A setter alone changes what its getter answers."""
    return Entry((probe, asked), ((request, data),), **more)


def reads(request: str, asked: Any, *act: Ask, **more: Any) -> Entry:
    """A getter's answer changes by ``act``."""
    return Entry((request, asked), act, **more)


COMMON: dict[str, Entry] = {
    "GetStats": reads("GetStats", None, PAUSE, pick="renderTotalFrames"),
    "BroadcastCustomEvent": Entry(act=(("BroadcastCustomEvent", {"eventData": {"a": 1}}),), told="CustomEvent"),
    "GetHotkeyList": reads("GetHotkeyList", None, ("CreateScene", {"sceneName": NEW})),
    "TriggerHotkeyByName": sets(
        "TriggerHotkeyByName", {"hotkeyName": "OBSBasic.TogglePreviewProgram"}, "GetStudioModeEnabled"
    ),
    "GetPersistentData": reads("GetPersistentData", SLOT, ("SetPersistentData", SLOT | {"slotValue": 7}),
                               before=(("SetPersistentData", SLOT | {"slotValue": 1}),)),
    "SetPersistentData": sets("SetPersistentData", SLOT | {"slotValue": 8}, "GetPersistentData", SLOT,
                              before=(("SetPersistentData", SLOT | {"slotValue": 1}),)),
    "GetProfileParameter": reads("GetProfileParameter", WORD, ("SetProfileParameter", WORD | {"parameterValue": "b"}),
                                 before=(("SetProfileParameter", WORD | {"parameterValue": "a"}),)),
    "SetProfileParameter": sets("SetProfileParameter", WORD | {"parameterValue": "c"}, "GetProfileParameter", WORD,
                                before=(("SetProfileParameter", WORD | {"parameterValue": "a"}),)),
    "GetRecordDirectory": reads(
        "GetRecordDirectory", None, ("SetProfileParameter", FOLDER | {"parameterValue": "/elsewhere"})
    ),
    "GetStreamServiceSettings": reads("GetStreamServiceSettings", None, ("SetStreamServiceSettings", {
        "streamServiceType": "rtmp_custom", "streamServiceSettings": {"server": "rtmp://a", "key": "getter"}})),
    "SetStreamServiceSettings": sets("SetStreamServiceSettings", {
        "streamServiceType": "rtmp_custom", "streamServiceSettings": {"server": "rtmp://a", "key": "setter"}},
        "GetStreamServiceSettings"),
    # sources
    "GetSourceActive": reads("GetSourceActive", {"sourceName": COLOUR}, take()),
    "GetSourceScreenshot": reads(
        "GetSourceScreenshot", {"sourceName": COLOUR, "imageFormat": "png", "imageWidth": 16},
        ("SetInputSettings", {"inputName": COLOUR, "inputSettings": {"color": 0xFFFF0000}}), before=(PAUSE,),
    ),
    # scenes
    "GetSceneList": reads("GetSceneList", None, ("CreateScene", {"sceneName": NEW})),
    "CreateScene": sets("CreateScene", {"sceneName": NEW}, "GetSceneList"),
    "RemoveScene": sets("RemoveScene", {"sceneName": T}, "GetSceneList"),
    "SetSceneName": sets("SetSceneName", {"sceneName": T, "newSceneName": NEW}, "GetSceneList"),
    "GetCurrentProgramScene": reads("GetCurrentProgramScene", None, take()),
    "SetCurrentProgramScene": sets("SetCurrentProgramScene", {"sceneName": S}, "GetCurrentProgramScene"),
    "GetCurrentPreviewScene": reads("GetCurrentPreviewScene", None, ("SetCurrentPreviewScene", {"sceneName": S}),
                                    before=(STUDIO,)),
    "SetCurrentPreviewScene": sets("SetCurrentPreviewScene", {"sceneName": S}, "GetCurrentPreviewScene",
                                   before=(STUDIO,)),
    "GetSceneSceneTransitionOverride": reads(
        "GetSceneSceneTransitionOverride", {"sceneName": S},
        ("SetSceneSceneTransitionOverride", {"sceneName": S, "transitionName": "Fade", "transitionDuration": 222}),
    ),
    "SetSceneSceneTransitionOverride": sets(
        "SetSceneSceneTransitionOverride", {"sceneName": S, "transitionDuration": 223},
        "GetSceneSceneTransitionOverride", {"sceneName": S},
    ),
    # inputs
    "GetInputList": reads(
        "GetInputList", None, ("CreateInput", {"sceneName": S, "inputName": NEW, "inputKind": "image_source"})
    ),
    "GetInputKindList": reads("GetInputKindList", {"unversioned": True}, varied=("GetInputKindList", None)),
    "CreateInput": sets("CreateInput", {"sceneName": S, "inputName": NEW, "inputKind": "image_source"}, "GetInputList"),
    "RemoveInput": sets("RemoveInput", {"inputName": MEDIA}, "GetInputList", before=ON_AIR),
    "SetInputName": sets("SetInputName", {"inputName": COLOUR, "newInputName": NEW}, "GetInputList"),
    "GetInputDefaultSettings": reads("GetInputDefaultSettings", {"inputKind": "color_source_v3"},
                                     varied=("GetInputDefaultSettings", {"inputKind": "ffmpeg_source"})),
    "GetInputSettings": reads("GetInputSettings", {"inputName": COLOUR},
                              ("SetInputSettings", {"inputName": COLOUR, "inputSettings": {"width": 7}})),
    "SetInputSettings": sets("SetInputSettings", {"inputName": COLOUR, "inputSettings": {"width": 8}},
                             "GetInputSettings", {"inputName": COLOUR}),
    "GetInputMute": reads("GetInputMute", {"inputName": MEDIA},
                          ("SetInputMute", {"inputName": MEDIA, "inputMuted": True})),
    "SetInputMute": sets("SetInputMute", {"inputName": MEDIA, "inputMuted": True}, "GetInputMute",
                         {"inputName": MEDIA}),
    "ToggleInputMute": sets("ToggleInputMute", {"inputName": MEDIA}, "GetInputMute", {"inputName": MEDIA}),
    "GetInputVolume": reads("GetInputVolume", {"inputName": MEDIA},
                            ("SetInputVolume", {"inputName": MEDIA, "inputVolumeDb": -7})),
    "SetInputVolume": sets("SetInputVolume", {"inputName": MEDIA, "inputVolumeMul": 0.3}, "GetInputVolume",
                           {"inputName": MEDIA}),
    "GetInputAudioBalance": reads("GetInputAudioBalance", {"inputName": MEDIA},
                                  ("SetInputAudioBalance", {"inputName": MEDIA, "inputAudioBalance": 0.1})),
    "SetInputAudioBalance": sets("SetInputAudioBalance", {"inputName": MEDIA, "inputAudioBalance": 0.2},
                                 "GetInputAudioBalance", {"inputName": MEDIA}),
    "GetInputAudioSyncOffset": reads("GetInputAudioSyncOffset", {"inputName": MEDIA},
                                     ("SetInputAudioSyncOffset", {"inputName": MEDIA, "inputAudioSyncOffset": 20})),
    "SetInputAudioSyncOffset": sets("SetInputAudioSyncOffset", {"inputName": MEDIA, "inputAudioSyncOffset": 30},
                                    "GetInputAudioSyncOffset", {"inputName": MEDIA}),
    "GetInputAudioMonitorType": reads(
        "GetInputAudioMonitorType", {"inputName": MEDIA},
        ("SetInputAudioMonitorType", {"inputName": MEDIA, "monitorType": "OBS_MONITORING_TYPE_MONITOR_ONLY"}),
    ),
    "SetInputAudioMonitorType": sets(
        "SetInputAudioMonitorType", {"inputName": MEDIA, "monitorType": "OBS_MONITORING_TYPE_MONITOR_AND_OUTPUT"},
        "GetInputAudioMonitorType", {"inputName": MEDIA},
    ),
    "GetInputAudioTracks": reads("GetInputAudioTracks", {"inputName": MEDIA},
                                 ("SetInputAudioTracks", {"inputName": MEDIA, "inputAudioTracks": {"3": False}})),
    "SetInputAudioTracks": sets("SetInputAudioTracks", {"inputName": MEDIA, "inputAudioTracks": {"4": False}},
                                "GetInputAudioTracks", {"inputName": MEDIA}),
    # transitions
    "GetSceneTransitionList": reads("GetSceneTransitionList", None, FADE, pick="currentSceneTransitionName"),
    "GetCurrentSceneTransition": reads("GetCurrentSceneTransition", None, FADE),
    "SetCurrentSceneTransition": sets("SetCurrentSceneTransition", {"transitionName": "Fade"},
                                      "GetCurrentSceneTransition"),
    "SetCurrentSceneTransitionDuration": sets("SetCurrentSceneTransitionDuration", {"transitionDuration": 777},
                                              "GetCurrentSceneTransition", before=(FADE,)),
    "GetCurrentSceneTransitionCursor": reads(
        "GetCurrentSceneTransitionCursor", None, PAUSE,
        before=(FADE, ("SetCurrentSceneTransitionDuration", {"transitionDuration": 500}), take()),
    ),
    "TriggerStudioModeTransition": Entry(
        PROGRAMME, (("TriggerStudioModeTransition", None),),
        before=(STUDIO, ("SetCurrentPreviewScene", {"sceneName": S}), PAUSE),
    ),
    # filters
    "GetSourceFilterList": reads("GetSourceFilterList", {"sourceName": COLOUR}, ("RemoveSourceFilter", FILTER)),
    "GetSourceFilterDefaultSettings": reads(
        "GetSourceFilterDefaultSettings", {"filterKind": "color_filter_v2"},
        varied=("GetSourceFilterDefaultSettings", {"filterKind": "crop_filter"}),
    ),
    "CreateSourceFilter": sets("CreateSourceFilter", FILTER | {"filterName": "b", "filterKind": "crop_filter"},
                               "GetSourceFilterList", {"sourceName": COLOUR}),
    "RemoveSourceFilter": sets("RemoveSourceFilter", FILTER, "GetSourceFilterList", {"sourceName": COLOUR}),
    "SetSourceFilterName": sets("SetSourceFilterName", FILTER | {"newFilterName": "b"}, "GetSourceFilterList",
                                {"sourceName": COLOUR}),
    "GetSourceFilter": reads("GetSourceFilter", FILTER, ("SetSourceFilterEnabled", FILTER | {"filterEnabled": False})),
    "SetSourceFilterIndex": sets(
        "SetSourceFilterIndex", FILTER | {"filterIndex": 1}, "GetSourceFilter", FILTER,
        before=(("CreateSourceFilter", FILTER | {"filterName": "b", "filterKind": "crop_filter"}),),
    ),
    "SetSourceFilterSettings": sets("SetSourceFilterSettings", FILTER | {"filterSettings": {"gamma": 0.5}},
                                    "GetSourceFilter", FILTER),
    "SetSourceFilterEnabled": sets("SetSourceFilterEnabled", FILTER | {"filterEnabled": False},
                                   "GetSourceFilter", FILTER),
    # items
    "GetSceneItemList": reads("GetSceneItemList", {"sceneName": S},
                              ("SetSceneItemEnabled", ITEM | {"sceneItemEnabled": False})),
    "GetSceneItemId": reads("GetSceneItemId", {"sceneName": S, "sourceName": COLOUR},
                            varied=("GetSceneItemId", {"sceneName": S, "sourceName": MEDIA})),
    "CreateSceneItem": sets("CreateSceneItem", {"sceneName": T, "sourceName": COLOUR}, "GetSceneItemList",
                            {"sceneName": T}),
    "RemoveSceneItem": sets("RemoveSceneItem", ITEM, "GetSceneItemList", {"sceneName": S}),
    "DuplicateSceneItem": sets("DuplicateSceneItem", ITEM, "GetSceneItemList", {"sceneName": S}),
    "GetSceneItemTransform": reads("GetSceneItemTransform", ITEM,
                                   ("SetSceneItemTransform", ITEM | {"sceneItemTransform": {"positionX": 3.0}})),
    "SetSceneItemTransform": sets("SetSceneItemTransform", ITEM | {"sceneItemTransform": {"positionX": 4.0}},
                                  "GetSceneItemTransform", ITEM),
    "GetSceneItemEnabled": reads("GetSceneItemEnabled", ITEM,
                                 ("SetSceneItemEnabled", ITEM | {"sceneItemEnabled": False})),
    "SetSceneItemEnabled": sets("SetSceneItemEnabled", ITEM | {"sceneItemEnabled": False}, "GetSceneItemEnabled", ITEM),
    "GetSceneItemLocked": reads("GetSceneItemLocked", ITEM, ("SetSceneItemLocked", ITEM | {"sceneItemLocked": True})),
    "SetSceneItemLocked": sets("SetSceneItemLocked", ITEM | {"sceneItemLocked": True}, "GetSceneItemLocked", ITEM),
    "GetSceneItemIndex": reads("GetSceneItemIndex", ITEM, ("SetSceneItemIndex", ITEM | {"sceneItemIndex": 1})),
    "SetSceneItemIndex": sets("SetSceneItemIndex", ITEM | {"sceneItemIndex": 1}, "GetSceneItemIndex", ITEM),
    "GetSceneItemBlendMode": reads("GetSceneItemBlendMode", ITEM,
                                   ("SetSceneItemBlendMode", ITEM | {"sceneItemBlendMode": "OBS_BLEND_SCREEN"})),
    "SetSceneItemBlendMode": sets("SetSceneItemBlendMode", ITEM | {"sceneItemBlendMode": "OBS_BLEND_ADDITIVE"},
                                  "GetSceneItemBlendMode", ITEM),
    "GetGroupSceneItemList": reads("GetGroupSceneItemList", {"sceneName": S},
                                   varied=("GetGroupSceneItemList", {"sceneName": "nobody"})),
    # outputs
    "GetRecordStatus": reads("GetRecordStatus", None, *RECORD, pick="outputDuration"),
    "StartRecord": sets("StartRecord", {}, "GetRecordStatus", pick="outputActive"),
    "GetOutputList": reads("GetOutputList", None, *RECORD),
    "GetOutputStatus": reads("GetOutputStatus", OUTPUT, *RECORD, pick="outputActive"),
    "GetOutputSettings": reads("GetOutputSettings", OUTPUT,
                               ("SetOutputSettings", OUTPUT | {"outputSettings": {"a": 1}})),
    "SetOutputSettings": sets("SetOutputSettings", OUTPUT | {"outputSettings": {"b": 2}}, "GetOutputSettings", OUTPUT),
    # general, of its kind
    "GetStudioModeEnabled": reads("GetStudioModeEnabled", None, STUDIO),
    "SetStudioModeEnabled": sets("SetStudioModeEnabled", {"studioModeEnabled": True}, "GetStudioModeEnabled"),
    # media
    "GetMediaInputStatus": reads("GetMediaInputStatus", {"inputName": MEDIA}, PAUSE, pick="mediaCursor", before=ON_AIR),
    "TriggerMediaInputAction": sets(
        "TriggerMediaInputAction", {"inputName": MEDIA, "mediaAction": f"{ACTION}PAUSE"},
        "GetMediaInputStatus", {"inputName": MEDIA}, pick="mediaState", before=ON_AIR,
    ),
}  # fmt: skip
"""Requests that both subjects know, and whose effect can be seen on both."""
