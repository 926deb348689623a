"""Transitions: which there are, which one is used, for how long, and how far it has come."""

from typing import Any

from studio.obs.protocol import Status
from studio.obs.virtual.collection import Transition
from studio.obs.virtual.fields import refused
from studio.obs.virtual.persona import TRANSITION_KINDS
from studio.obs.virtual.requests.table import Answer, Call, Handler


def get_transition_kind_list(call: Call) -> Answer:
    """All kinds."""
    return {"transitionKinds": list(TRANSITION_KINDS)}


def get_scene_transition_list(call: Call) -> Answer:
    """The collection's transitions and the one in use."""
    collection = call.machine.state.collection
    current = collection.current_transition()
    return {
        "currentSceneTransitionName": current.name,
        "currentSceneTransitionKind": current.kind,
        "currentSceneTransitionUuid": current.uuid,
        "transitions": [_described(transition) for transition in collection.transitions],
    }


def _described(transition: Transition) -> dict[str, Any]:
    return {
        "transitionName": transition.name,
        "transitionUuid": transition.uuid,
        "transitionKind": transition.kind,
        "transitionFixed": transition.fixed,
        "transitionConfigurable": transition.configurable,
    }


def get_current_scene_transition(call: Call) -> Answer:
    """The transition in use; its duration is null where it is fixed, its settings where it takes none."""
    collection = call.machine.state.collection
    current = collection.current_transition()
    return {
        **_described(current),
        "transitionDuration": None if current.fixed else collection.duration_ms,
        "transitionSettings": current.settings if current.configurable else None,
    }


def set_current_scene_transition(call: Call) -> Answer:
    """Use another transition; OBS tells of it even where it is the same."""
    state = call.machine.state
    wanted = state.collection.transition_named(call.fields.text("transitionName"))
    state.collection.transition = wanted.name
    state.emit("CurrentSceneTransitionChanged", {"transitionName": wanted.name, "transitionUuid": wanted.uuid})
    return None


def set_current_scene_transition_duration(call: Call) -> Answer:
    """Set its duration, 50 to 20000 ms."""
    state = call.machine.state
    duration_ms = call.fields.whole("transitionDuration", 50, 20000)
    if duration_ms != state.collection.duration_ms:
        state.collection.duration_ms = duration_ms
        state.emit("CurrentSceneTransitionDurationChanged", {"transitionDuration": duration_ms})
    return None


def set_current_scene_transition_settings(call: Call) -> Answer:
    """Change its settings; refused with 606 where it takes none."""
    settings = call.fields.settings("transitionSettings")
    overlay = call.fields.optional_flag("overlay", True)
    current = call.machine.state.collection.current_transition()
    if not current.configurable:
        raise refused(Status.RESOURCE_NOT_CONFIGURABLE, "The current transition does not support custom settings.")
    if not overlay:
        current.settings.clear()
    current.settings.update(settings)
    return None


def get_current_scene_transition_cursor(call: Call) -> Answer:
    """How far the transition has come, 0 to 1; 1 where none is under way."""
    return {"transitionCursor": call.machine.programme.position}


def trigger_studio_mode_transition(call: Call) -> Answer:
    """Take the preview to the programme."""
    if not call.machine.state.studio_mode:
        raise refused(Status.STUDIO_MODE_NOT_ACTIVE)
    call.machine.programme.trigger()
    return None


def set_t_bar_position(call: Call) -> Answer:
    """Move the T-bar of studio mode."""
    if not call.machine.state.studio_mode:
        raise refused(Status.STUDIO_MODE_NOT_ACTIVE)
    position = call.fields.number("position", 0, 1)
    call.machine.programme.hold_at(position, call.fields.optional_flag("release", True))
    return None


HANDLERS: dict[str, Handler] = {
    "GetTransitionKindList": get_transition_kind_list,
    "GetSceneTransitionList": get_scene_transition_list,
    "GetCurrentSceneTransition": get_current_scene_transition,
    "SetCurrentSceneTransition": set_current_scene_transition,
    "SetCurrentSceneTransitionDuration": set_current_scene_transition_duration,
    "SetCurrentSceneTransitionSettings": set_current_scene_transition_settings,
    "GetCurrentSceneTransitionCursor": get_current_scene_transition_cursor,
    "TriggerStudioModeTransition": trigger_studio_mode_transition,
    "SetTBarPosition": set_t_bar_position,
}
