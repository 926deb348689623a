"""Scene items: which source lies in which scene, in what order, shown or not."""

from dataclasses import replace
from typing import Any

from studio.obs.protocol import Status
from studio.obs.virtual.collection import as_scene, find_source, with_item
from studio.obs.virtual.fields import refused
from studio.obs.virtual.picture import Input, Item, Scene
from studio.obs.virtual.requests.inputs import add_item
from studio.obs.virtual.requests.scenes import asked_scene
from studio.obs.virtual.requests.sweep import drop_unused
from studio.obs.virtual.requests.table import Answer, Call, Handler
from studio.obs.virtual.requests.transform import asked_item, described, tell
from studio.obs.virtual.state import names

_BLENDS = tuple(
    f"OBS_BLEND_{name}" for name in ("NORMAL", "ADDITIVE", "SUBTRACT", "SCREEN", "MULTIPLY", "LIGHTEN", "DARKEN")
)


def get_scene_item_list(call: Call) -> Answer:
    """The items of a scene from the back to the front."""
    return {"sceneItems": _listed(call, asked_scene(call))}


def get_group_scene_item_list(call: Call) -> Answer:
    """The items of a group from the back to the front."""
    source = find_source(call.machine.state.collection, call.machine.persona, call.fields, "scene")
    return {"sceneItems": _listed(call, as_scene(source, scenes=False, groups=True))}


def _listed(call: Call, scene: Scene) -> list[dict[str, Any]]:
    return [_described(call, index, item) for index, item in enumerate(scene.items)]


def _described(call: Call, index: int, item: Item) -> dict[str, Any]:
    source = call.machine.state.collection.sources[item.source]
    is_input = isinstance(source, Input)
    return {
        **names(source, "source"),
        "sourceType": "OBS_SOURCE_TYPE_INPUT" if is_input else "OBS_SOURCE_TYPE_SCENE",
        "inputKind": source.kind if isinstance(source, Input) else None,
        "isGroup": source.is_group if isinstance(source, Scene) else None,
        "sceneItemId": item.id,
        "sceneItemIndex": index,
        "sceneItemEnabled": item.enabled,
        "sceneItemLocked": item.locked,
        "sceneItemBlendMode": item.blend,
        "sceneItemTransform": described(call.machine, item),
    }


def get_scene_item_id(call: Call) -> Answer:
    """The id of the item that shows a source; ``searchOffset`` picks among several, -1 the front one."""
    scene = asked_scene(call, groups=True)
    name = call.fields.text("sourceName")
    offset = call.fields.whole("searchOffset", -1) if call.fields.has("searchOffset") else 0
    sources = call.machine.state.collection.sources
    found = [item.id for item in scene.items if sources[item.source].name == name]
    if not -1 <= offset < len(found) or not found:
        raise refused(
            Status.RESOURCE_NOT_FOUND,
            "No scene items were found in the specified scene by that name or offset.",
        )
    return {"sceneItemId": found[offset]}


def get_scene_item_source(call: Call) -> Answer:
    """The source an item shows."""
    source = call.machine.state.collection.sources[asked_item(call)[1].source]
    return dict(names(source, "source"))


def create_scene_item(call: Call) -> Answer:
    """Put a source that exists in front of a scene."""
    scene, state = asked_scene(call), call.machine.state
    source = find_source(state.collection, call.machine.persona, call.fields)
    if source.uuid == scene.uuid:
        raise refused(Status.CANNOT_ACT, "You cannot create scene item of a scene within itself.")
    enabled = call.fields.optional_flag("sceneItemEnabled", True)
    if state.collection.contains(source.uuid, scene.uuid):
        raise refused(Status.RESOURCE_CREATION_FAILED, "Failed to create the scene item.")
    return {"sceneItemId": add_item(call, scene.uuid, source.uuid, enabled)}


def remove_scene_item(call: Call) -> Answer:
    """Take an item out of its scene; an input shown nowhere any more goes with it."""
    scene, item = asked_item(call)
    state = call.machine.state
    source = state.collection.sources[item.source]
    state.collection.put(replace(scene, items=tuple(held for held in scene.items if held.id != item.id)))
    state.emit("SceneItemRemoved", {**names(scene), **names(source, "source"), "sceneItemId": item.id})
    drop_unused(state)
    return None


def duplicate_scene_item(call: Call) -> Answer:
    """Show an item's source once more, placed the same, in its scene or another."""
    scene, item = asked_item(call)
    state, fields = call.machine.state, call.fields
    target = scene
    if fields.has("destinationSceneName") or fields.has("destinationSceneUuid"):
        destination = find_source(state.collection, call.machine.persona, fields, "destinationScene")
        target = as_scene(destination, groups=True)
    if state.collection.contains(item.source, target.uuid):
        raise refused(Status.RESOURCE_CREATION_FAILED, "Failed to create the scene item.")
    item_id = add_item(call, target.uuid, item.source, item.enabled)
    now = as_scene(state.collection.sources[target.uuid], groups=True)
    copy = replace(item, id=item_id)
    state.put(with_item(now, copy))
    tell(call.machine, now, copy)
    return {"sceneItemId": item_id}


def get_scene_item_enabled(call: Call) -> Answer:
    """Whether an item is shown."""
    return {"sceneItemEnabled": asked_item(call)[1].enabled}


def set_scene_item_enabled(call: Call) -> Answer:
    """Show or hide an item."""
    scene, item = asked_item(call)
    enabled = call.fields.flag("sceneItemEnabled")
    if enabled != item.enabled:
        call.machine.state.put(with_item(scene, replace(item, enabled=enabled)))
        about = {**names(scene), "sceneItemId": item.id, "sceneItemEnabled": enabled}
        call.machine.state.emit("SceneItemEnableStateChanged", about)
    return None


def get_scene_item_locked(call: Call) -> Answer:
    """Whether an item is locked on the desk."""
    return {"sceneItemLocked": asked_item(call)[1].locked}


def set_scene_item_locked(call: Call) -> Answer:
    """Lock or unlock an item."""
    scene, item = asked_item(call)
    locked = call.fields.flag("sceneItemLocked")
    if locked != item.locked:
        call.machine.state.put(with_item(scene, replace(item, locked=locked)))
        about = {**names(scene), "sceneItemId": item.id, "sceneItemLocked": locked}
        call.machine.state.emit("SceneItemLockStateChanged", about)
    return None


def get_scene_item_index(call: Call) -> Answer:
    """An item's place from the back, counted from 0."""
    scene, item = asked_item(call)
    return {"sceneItemIndex": scene.items.index(item)}


def set_scene_item_index(call: Call) -> Answer:
    """Move an item to another place; beyond the front means the front."""
    scene, item = asked_item(call)
    index = call.fields.whole("sceneItemIndex", 0, 8192)
    others = [held for held in scene.items if held.id != item.id]
    others.insert(index, item)
    call.machine.state.put(replace(scene, items=tuple(others)))
    order = [{"sceneItemId": held.id, "sceneItemIndex": place} for place, held in enumerate(others)]
    call.machine.state.emit("SceneItemListReindexed", {**names(scene), "sceneItems": order})
    return None


def get_scene_item_blend_mode(call: Call) -> Answer:
    """How an item mixes with what lies behind it."""
    return {"sceneItemBlendMode": asked_item(call)[1].blend}


def set_scene_item_blend_mode(call: Call) -> Answer:
    """Mix an item another way."""
    scene, item = asked_item(call)
    blend = call.fields.text("sceneItemBlendMode")
    if blend not in _BLENDS:
        raise refused(Status.INVALID_REQUEST_FIELD, "The field sceneItemBlendMode has an invalid value.")
    call.machine.state.put(with_item(scene, replace(item, blend=blend)))
    return None


HANDLERS: dict[str, Handler] = {
    "GetSceneItemList": get_scene_item_list,
    "GetGroupSceneItemList": get_group_scene_item_list,
    "GetSceneItemId": get_scene_item_id,
    "GetSceneItemSource": get_scene_item_source,
    "CreateSceneItem": create_scene_item,
    "RemoveSceneItem": remove_scene_item,
    "DuplicateSceneItem": duplicate_scene_item,
    "GetSceneItemEnabled": get_scene_item_enabled,
    "SetSceneItemEnabled": set_scene_item_enabled,
    "GetSceneItemLocked": get_scene_item_locked,
    "SetSceneItemLocked": set_scene_item_locked,
    "GetSceneItemIndex": get_scene_item_index,
    "SetSceneItemIndex": set_scene_item_index,
    "GetSceneItemBlendMode": get_scene_item_blend_mode,
    "SetSceneItemBlendMode": set_scene_item_blend_mode,
}
