"""From OBS's answers to the model: pictures, items and the five states of an output."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.model.obs import InputState, Item, OutputState, Picture, Request
from studio.model.transform import placement

OUTPUT_EVENTS = {"RecordStateChanged": "record", "StreamStateChanged": "stream", "VirtualcamStateChanged": "camera"}
_PREFIX = "OBS_WEBSOCKET_OUTPUT_"

ROOTS = (
    Request("GetSceneList"),
    Request("GetInputList"),
    Request("GetCurrentSceneTransition"),
    Request("GetStudioModeEnabled"),
    Request("GetRecordStatus"),
    Request("GetStreamStatus"),
    Request("GetVirtualCamStatus"),
)
"""What a picture is read from first; scenes' items, inputs' settings and kinds' defaults are asked for next."""
MAY_BE_REFUSED = {"GetVirtualCamStatus"}
"""Of those, what an OBS without a virtual camera refuses."""


@dataclass(frozen=True, slots=True)
class OutputNews:
    """The last state event of an output, without OBS's prefix, and when it arrived (monotonic ns)."""

    state: str
    arrived_ns: int


def news(fields: Mapping[str, Any], arrived_ns: int) -> OutputNews:
    """The news in one of ``OUTPUT_EVENTS``."""
    return OutputNews(str(fields.get("outputState", "")).removeprefix(_PREFIX), arrived_ns)


def output_state(
    status: Mapping[str, Any], latest: OutputNews | None, now_ns: int, patience_ns: int = 10_000_000_000
) -> OutputState:
    """The state of an output from its status (GetRecordStatus, GetStreamStatus…) and the last event about it.

    An answer knows only on and off. STARTING and STOPPING come from the event, and are believed only while they do
    not contradict the answer and are younger than ``patience_ns``: a start that failed says STARTING and then nothing.
    """
    active = bool(status.get("outputActive"))
    if status.get("outputReconnecting"):
        return OutputState.RECONNECTING
    if latest is not None and now_ns - latest.arrived_ns < patience_ns:
        if not active and latest.state == "STARTING":
            return OutputState.STARTING
        if active and latest.state in ("STOPPING", "STOPPED"):  # an answer stays "on" for some frames after STOPPED
            return OutputState.STOPPING
    return OutputState.ON if active else OutputState.OFF


def scene_names(scene_list: Mapping[str, Any]) -> list[str]:
    """The names in a GetSceneList, in OBS's order."""
    return [str(scene["sceneName"]) for scene in scene_list.get("scenes", ())]


def input_kinds(input_list: Mapping[str, Any]) -> dict[str, str]:
    """The kind of each input in a GetInputList, by its name."""
    return {str(one["inputName"]): str(one["inputKind"]) for one in input_list.get("inputs", ())}


def leaves(scenes: Iterable[str], inputs: Mapping[str, str]) -> tuple[Request, ...]:
    """The second round of questions: items of each scene, settings of each input, defaults of each kind, in order."""
    return (
        *(Request("GetSceneItemList", {"sceneName": scene}) for scene in scenes),
        *(Request("GetInputSettings", {"inputName": name}) for name in inputs),
        *(Request("GetInputDefaultSettings", {"inputKind": kind}) for kind in kinds(inputs)),
    )


def kinds(inputs: Mapping[str, str]) -> list[str]:
    """Each kind once, in a fixed order."""
    return sorted(set(inputs.values()))


def items(item_list: Mapping[str, Any]) -> tuple[Item, ...]:
    """The items of a GetSceneItemList, from the back to the front."""
    return tuple(_item(found) for found in in_order(item_list))


def in_order(item_list: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The raw items of a GetSceneItemList, from the back to the front."""
    return sorted(item_list.get("sceneItems", ()), key=lambda found: int(found["sceneItemIndex"]))


def _item(found: Mapping[str, Any]) -> Item:
    placed = placement(found["sceneItemTransform"])
    shown = bool(found["sceneItemEnabled"])
    if placed is None:
        return Item(str(found["sourceName"]), None, shown)
    return Item(str(found["sourceName"]), placed[0], shown, placed[1])


def item_ids(scene: str, item_list: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    """The ``sceneItemId`` of each (scene, source); where a source is there twice, that of the lower one."""
    found = {}
    for item in reversed(in_order(item_list)):
        found[(scene, str(item["sourceName"]))] = int(item["sceneItemId"])
    return found


def picture(
    roots: Sequence[Mapping[str, Any]],
    scenes: Mapping[str, tuple[Item, ...]],
    inputs: Mapping[str, InputState],
    outputs: Mapping[str, OutputState | None],
) -> Picture:
    """The picture from the answers to ``ROOTS``, what was read of scenes and inputs, and the outputs by their names."""
    scene_list, _inputs, transition, studio_mode = roots[:4]
    duration = transition.get("transitionDuration")
    return Picture(
        programme=scene_list.get("currentProgramSceneName") or None,
        transition=transition.get("transitionName"),
        transition_ms=None if duration is None else int(duration),
        scenes=scenes,
        inputs=inputs,
        record=outputs["record"],
        stream=outputs["stream"],
        camera=outputs["camera"],
        studio_mode=bool(studio_mode.get("studioModeEnabled")),
    )


def input_states(inputs: Mapping[str, str], found: Sequence[Mapping[str, Any]]) -> dict[str, InputState]:
    """Each input from the answers to the part of ``leaves`` that is about inputs and kinds, in its order.

    Settings of an input are its own over the defaults of its kind: OBS leaves out what was never set.
    """
    own, defaults = found[: len(inputs)], dict(zip(kinds(inputs), found[len(inputs) :], strict=True))
    return {
        name: InputState(
            kind, {**(defaults[kind].get("defaultInputSettings") or {}), **(settings.get("inputSettings") or {})}
        )
        for (name, kind), settings in zip(inputs.items(), own, strict=True)
    }
