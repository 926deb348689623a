"""Inputs: made, listed, renamed, removed, and their settings."""

from dataclasses import replace
from typing import Any

from studio.obs.protocol import Status
from studio.obs.virtual.collection import as_input, as_scene, find_source, new_uuid
from studio.obs.virtual.fields import refused
from studio.obs.virtual.persona import unversioned
from studio.obs.virtual.picture import Input
from studio.obs.virtual.requests.table import Answer, Call, Handler
from studio.obs.virtual.requests.transform import transform_events, transforms_showing
from studio.obs.virtual.state import names

_VIDEO, _AUDIO, _ASYNC_MEDIA = 1 << 0, 1 << 1, 1 << 11


def asked_input(call: Call) -> Input:
    """The input that the request names."""
    return as_input(find_source(call.machine.state.collection, call.machine.persona, call.fields, "input"))


def get_input_list(call: Call) -> Answer:
    """All inputs, or those of one kind, the newest first."""
    wanted = call.fields.text("inputKind") if call.fields.has("inputKind") else None
    held = reversed(list(call.machine.state.collection.inputs()))
    return {"inputs": [_described(source) for source in held if wanted in (None, source.kind)]}


def _described(source: Input) -> dict[str, Any]:
    return {**names(source), "inputKind": source.kind, "unversionedInputKind": unversioned(source.kind)}


def get_input_kind_list(call: Call) -> Answer:
    """The kinds of input this OBS has."""
    plain = call.fields.optional_flag("unversioned", False)
    return {"inputKinds": [unversioned(kind) if plain else kind for kind in call.machine.persona.input_kinds]}


def get_special_inputs(call: Call) -> Answer:
    """The sound devices that belong to no scene; null where a slot is empty."""
    collection = call.machine.state.collection
    slots = ("desktop1", "desktop2", "mic1", "mic2", "mic3", "mic4")
    return {slot: collection.name_of(collection.special.get(slot)) for slot in slots}


def create_input(call: Call) -> Answer:
    """A new input, and an item for it in front of a scene."""
    fields, state, persona = call.fields, call.machine.state, call.machine.persona
    scene = as_scene(find_source(state.collection, persona, fields, "scene"))
    name, kind = fields.text("inputName"), fields.text("inputKind")
    if state.collection.named(name):
        raise refused(Status.RESOURCE_ALREADY_EXISTS, "A source already exists by that input name.")
    if kind not in persona.input_kinds:
        raise refused(
            Status.INVALID_INPUT_KIND,
            "Your specified input kind is not supported by OBS. Check that your specified kind is properly versioned "
            "and that any necessary plugins are loaded.",
        )
    settings, enabled = fields.optional_settings("inputSettings"), fields.optional_flag("sceneItemEnabled", True)
    source = state.collection.put(Input(new_uuid(), name, kind, settings))
    kind_of = persona.input_kinds[kind]
    created: dict[str, Any] = {
        **_described(source),
        "inputSettings": settings,
        "defaultInputSettings": dict(kind_of.defaults),
    }
    if persona.knows("5.7.0"):
        caps = _VIDEO * kind_of.video | _AUDIO * kind_of.audio | _ASYNC_MEDIA * kind_of.media
        created["inputKindCaps"] = caps
    state.emit("InputCreated", created)
    call.machine.state.playhead.settings_changed(source)
    item_id = add_item(call, scene.uuid, source.uuid, enabled)
    answer: dict[str, Any] = {"sceneItemId": item_id}
    return {"inputUuid": source.uuid, **answer} if persona.has_uuids else answer


def add_item(call: Call, scene_uuid: str, source_uuid: str, enabled: bool) -> int:
    """Put a source in front of a scene; gives the item's id."""
    state = call.machine.state
    scene, source = as_scene(state.collection.sources[scene_uuid]), state.collection.sources[source_uuid]
    changed, item = state.collection.with_new_item(scene, source, enabled=enabled)
    state.collection.put(changed)
    about = {**names(scene), "sceneItemId": item.id}
    state.emit("SceneItemCreated", {**about, **names(source, "source"), "sceneItemIndex": len(changed.items) - 1})
    if not enabled:
        state.emit("SceneItemEnableStateChanged", {**about, "sceneItemEnabled": False})
    state.emit("SceneItemSelected", about)
    state.publish()
    return item.id


def remove_input(call: Call) -> Answer:
    """Remove an input and all its items."""
    source, state = asked_input(call), call.machine.state
    if source.uuid not in state.collection.doomed:
        state.collection.remove(source)
        state.emit("InputRemoved", names(source))
        state.prune_soon()
    return None


def set_input_name(call: Call) -> Answer:
    """Rename an input."""
    source, state = asked_input(call), call.machine.state
    name = call.fields.text("newInputName")
    if state.collection.named(name):
        raise refused(Status.RESOURCE_ALREADY_EXISTS, "A source already exists by that new input name.")
    renamed = replace(source, name=name)
    state.put(renamed)
    state.emit("InputNameChanged", {**names(renamed), "oldInputName": source.name})
    return None


def get_input_default_settings(call: Call) -> Answer:
    """The settings a new input of that kind begins with."""
    kind = call.machine.persona.input_kinds.get(call.fields.text("inputKind"))
    if kind is None:
        raise refused(Status.INVALID_INPUT_KIND)
    return {"defaultInputSettings": dict(kind.defaults)}


def get_input_settings(call: Call) -> Answer:
    """The settings that differ from the defaults, and the kind."""
    source = asked_input(call)
    return {"inputSettings": dict(source.settings), "inputKind": source.kind}


def set_input_settings(call: Call) -> Answer:
    """Lay settings over those there are, or replace them all."""
    source, state = asked_input(call), call.machine.state
    settings = call.fields.settings("inputSettings")
    kept = source.settings if call.fields.optional_flag("overlay", True) else {}
    before = transforms_showing(call.machine, source.uuid)
    changed = replace(source, settings={**kept, **settings})
    state.put(changed)
    if changed.settings.get("local_file") != source.settings.get("local_file"):
        state.playhead.settings_changed(changed)
    if state.persona.knows("5.4.0"):
        state.emit("InputSettingsChanged", {**names(changed), "inputSettings": dict(changed.settings)})
    transform_events(call.machine, source.uuid, before)
    return None


HANDLERS: dict[str, Handler] = {
    "GetInputList": get_input_list,
    "GetInputKindList": get_input_kind_list,
    "GetSpecialInputs": get_special_inputs,
    "CreateInput": create_input,
    "RemoveInput": remove_input,
    "SetInputName": set_input_name,
    "GetInputDefaultSettings": get_input_default_settings,
    "GetInputSettings": get_input_settings,
    "SetInputSettings": set_input_settings,
}
