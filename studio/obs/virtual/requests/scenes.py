"""Scenes: their list, what is on air and in preview, and studio mode."""

from dataclasses import replace
from typing import Any

from studio.obs.protocol import Status
from studio.obs.virtual.collection import as_scene, find_source
from studio.obs.virtual.fields import refused
from studio.obs.virtual.picture import Scene
from studio.obs.virtual.requests.sweep import drop_unused
from studio.obs.virtual.requests.table import Answer, Call, Handler
from studio.obs.virtual.state import State, names


def scene_list(state: State) -> list[dict[str, Any]]:
    """Scenes as the protocol lists them: the bottom of OBS's list first, with index 0."""
    listed = (state.collection.sources[uuid] for uuid in reversed(state.collection.scene_order))
    return [{"sceneIndex": index, **names(scene)} for index, scene in enumerate(listed)]


def asked_scene(call: Call, *, groups: bool = False) -> Scene:
    """The scene that the request names."""
    source = find_source(call.machine.state.collection, call.machine.persona, call.fields, "scene")
    return as_scene(source, groups=groups)


def get_scene_list(call: Call) -> Answer:
    """All scenes, the one on air, and the preview; null where studio mode is off."""
    return {**_current(call, "Program"), **_current(call, "Preview"), "scenes": scene_list(call.machine.state)}


def _current(call: Call, which: str) -> dict[str, Any]:
    state = call.machine.state
    uuid = state.collection.programme if which == "Program" else state.preview
    return {f"current{which}SceneName": state.collection.name_of(uuid), f"current{which}SceneUuid": uuid}


def get_group_list(call: Call) -> Answer:
    """The names of all groups."""
    return {"groups": [scene.name for scene in call.machine.state.collection.all_scenes() if scene.is_group]}


def _with_scene_fields(call: Call, which: str) -> Answer:
    answer = _current(call, which)
    if call.machine.persona.has_uuids:
        answer |= {"sceneName": answer[f"current{which}SceneName"], "sceneUuid": answer[f"current{which}SceneUuid"]}
    return answer


def get_current_program_scene(call: Call) -> Answer:
    """What OBS says is on air: during a transition already the scene it goes to."""
    return _with_scene_fields(call, "Program")


def set_current_program_scene(call: Call) -> Answer:
    """Put a scene on air; success means started."""
    call.machine.programme.set_scene(asked_scene(call))
    return None


def get_current_preview_scene(call: Call) -> Answer:
    """The preview of studio mode."""
    _require_studio_mode(call)
    return _with_scene_fields(call, "Preview")


def set_current_preview_scene(call: Call) -> Answer:
    """Choose the preview of studio mode."""
    _require_studio_mode(call)
    call.machine.programme.set_preview(asked_scene(call))
    return None


def _require_studio_mode(call: Call) -> None:
    if not call.machine.state.studio_mode:
        raise refused(Status.STUDIO_MODE_NOT_ACTIVE)


def create_scene(call: Call) -> Answer:
    """A new empty scene."""
    name, state = call.fields.text("sceneName"), call.machine.state
    if state.collection.named(name):
        raise refused(Status.RESOURCE_ALREADY_EXISTS, "A source already exists by that scene name.")
    scene = state.collection.add_scene(name)
    state.publish()
    state.emit("SceneListChanged", {"scenes": scene_list(state)})
    state.emit("SceneCreated", {**names(scene), "isGroup": False})
    return {"sceneUuid": scene.uuid} if call.machine.persona.has_uuids else None


def remove_scene(call: Call) -> Answer:
    """Remove a scene; one that is on air gives way to its neighbour, with the transition in use."""
    scene, machine = asked_scene(call), call.machine
    state, order = machine.state, machine.state.collection.scene_order
    if scene.uuid not in order:
        return None
    place = order.index(scene.uuid)
    neighbours = order[place + 1 :] + order[:place][::-1]
    successor = state.collection.sources.get(neighbours[0]) if neighbours else None
    state.collection.remove(scene)
    state.emit("SceneRemoved", {**names(scene), "isGroup": scene.is_group})
    machine.programme.scene_removed(scene, successor if isinstance(successor, Scene) else None)
    state.emit("SceneListChanged", {"scenes": scene_list(state)})
    drop_unused(state)
    state.prune_soon()
    return None


def set_scene_name(call: Call) -> Answer:
    """Rename a scene."""
    scene, state = asked_scene(call), call.machine.state
    name = call.fields.text("newSceneName")
    if state.collection.named(name):
        raise refused(Status.RESOURCE_ALREADY_EXISTS, "A source already exists by that new scene name.")
    renamed = replace(scene, name=name)
    state.put(renamed)
    state.emit("SceneNameChanged", {**names(renamed), "oldSceneName": scene.name})
    return None


def get_scene_scene_transition_override(call: Call) -> Answer:
    """The scene's own transition and duration; null where it has none."""
    scene = asked_scene(call)
    return {"transitionName": scene.override_transition, "transitionDuration": scene.override_ms}


def set_scene_scene_transition_override(call: Call) -> Answer:
    """Give the scene its own transition or duration, or with null take them away."""
    scene, fields, state = asked_scene(call), call.fields, call.machine.state
    given = fields.data or {}
    if "transitionName" not in given and "transitionDuration" not in given:
        raise refused(
            Status.MISSING_REQUEST_FIELD,
            "Your request data must include either `transitionName` or `transitionDuration`.",
        )
    changed = scene
    if "transitionName" in given:
        name = None
        if fields.has("transitionName"):
            name = state.collection.transition_named(fields.text("transitionName")).name
        changed = replace(changed, override_transition=name)
    if "transitionDuration" in given:
        duration = fields.whole("transitionDuration", 50, 20000) if fields.has("transitionDuration") else None
        changed = replace(changed, override_ms=duration)
    state.put(changed)
    return None


def get_studio_mode_enabled(call: Call) -> Answer:
    """Whether studio mode is on."""
    return {"studioModeEnabled": call.machine.state.studio_mode}


def set_studio_mode_enabled(call: Call) -> Answer:
    """Switch studio mode."""
    call.machine.programme.set_studio_mode(call.fields.flag("studioModeEnabled"))
    return None


HANDLERS: dict[str, Handler] = {
    "GetSceneList": get_scene_list,
    "GetGroupList": get_group_list,
    "GetCurrentProgramScene": get_current_program_scene,
    "SetCurrentProgramScene": set_current_program_scene,
    "GetCurrentPreviewScene": get_current_preview_scene,
    "SetCurrentPreviewScene": set_current_preview_scene,
    "CreateScene": create_scene,
    "RemoveScene": remove_scene,
    "SetSceneName": set_scene_name,
    "GetSceneSceneTransitionOverride": get_scene_scene_transition_override,
    "SetSceneSceneTransitionOverride": set_scene_scene_transition_override,
    "GetStudioModeEnabled": get_studio_mode_enabled,
    "SetStudioModeEnabled": set_studio_mode_enabled,
}
