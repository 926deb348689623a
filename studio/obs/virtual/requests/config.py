"""Profiles, scene collections, video, stream service, record folder and stored data."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from studio.obs.protocol import Status
from studio.obs.virtual.collection import Collection
from studio.obs.virtual.fields import refused
from studio.obs.virtual.machine import Machine
from studio.obs.virtual.picture import Scene
from studio.obs.virtual.requests.table import Answer, Call, Handler
from studio.obs.virtual.settings import Profile, VideoSettings
from studio.obs.virtual.state import names

_GLOBAL, _PROFILE = "OBS_WEBSOCKET_DATA_REALM_GLOBAL", "OBS_WEBSOCKET_DATA_REALM_PROFILE"
_SERVICES = frozenset({"rtmp_common", "rtmp_custom", "whip_custom"})


def get_persistent_data(call: Call) -> Answer:
    """What was stored in a slot; null where nothing was."""
    return {"slotValue": _realm(call).get(call.fields.text("slotName"))}


def set_persistent_data(call: Call) -> Answer:
    """Store any value in a slot."""
    slots = _realm(call)
    slot = call.fields.text("slotName")
    slots[slot] = call.fields.value("slotValue")
    return None


def _realm(call: Call) -> dict[str, Any]:
    realm = call.fields.text("realm")
    if realm == _GLOBAL:
        return call.machine.state.persistent
    if realm == _PROFILE:
        return call.machine.state.profile.persistent
    raise refused(Status.RESOURCE_NOT_FOUND, "You have specified an invalid persistent data realm.")


def get_scene_collection_list(call: Call) -> Answer:
    """All scene collections and the one in use."""
    state = call.machine.state
    return {
        "currentSceneCollectionName": state.collection.name,
        "sceneCollections": _collection_names(call.machine),
    }


def create_scene_collection(call: Call) -> Answer:
    """Make a collection with one empty scene, and change to it."""
    name, machine = call.fields.text("sceneCollectionName"), call.machine
    if name in _collection_names(machine):
        raise refused(Status.RESOURCE_ALREADY_EXISTS)
    machine.state.emit("CurrentSceneCollectionChanging", {"sceneCollectionName": machine.state.collection.name})
    made = Collection(name, machine.persona)
    machine.state.collections.append(made)
    _change_collection(machine, made)
    machine.state.emit("SceneCollectionListChanged", {"sceneCollections": _collection_names(machine)})
    machine.state.emit("CurrentSceneCollectionChanged", {"sceneCollectionName": name})
    return None


def set_current_scene_collection(call: Call) -> Answer:
    """Change to another collection; the one in use already: nothing happens."""
    name, machine = call.fields.text("sceneCollectionName"), call.machine
    wanted = next((held for held in machine.state.collections if held.name == name), None)
    if wanted is None:
        raise refused(Status.RESOURCE_NOT_FOUND)
    if wanted is not machine.state.collection:
        machine.state.emit("CurrentSceneCollectionChanging", {"sceneCollectionName": machine.state.collection.name})
        _change_collection(machine, wanted)
        programme = wanted.sources.get(wanted.programme or "")
        if isinstance(programme, Scene):
            machine.state.emit("CurrentProgramSceneChanged", names(programme))
        machine.state.emit("CurrentSceneCollectionChanged", {"sceneCollectionName": name})
    return None


def _change_collection(machine: Machine, wanted: Collection) -> None:
    state = machine.state
    for scene in list(state.collection.all_scenes()):
        state.emit("SceneRemoved", {**names(scene), "isGroup": scene.is_group})
    state.collection = wanted
    state.preview = wanted.programme if state.studio_mode else None
    machine.programme.show_at_once(wanted.programme)
    for scene in list(wanted.all_scenes()):
        state.emit("SceneCreated", {**names(scene), "isGroup": scene.is_group})


def _collection_names(machine: Machine) -> list[str]:
    return sorted(held.name for held in machine.state.collections)


def get_profile_list(call: Call) -> Answer:
    """All profiles and the one in use."""
    return {"currentProfileName": call.machine.state.profile.name, "profiles": _profile_names(call.machine)}


def create_profile(call: Call) -> Answer:
    """Make a profile with the present video settings and default everything else, and change to it."""
    name, machine = call.fields.text("profileName"), call.machine
    if name in _profile_names(machine):
        raise refused(Status.RESOURCE_ALREADY_EXISTS)
    old = machine.state.profile
    made = Profile(name, replace(old.video), old.default_record_dir, default_record_dir=old.default_record_dir)
    machine.state.emit("CurrentProfileChanging", {"profileName": old.name})
    machine.state.profiles.append(made)
    _change_profile(machine, made)
    machine.state.emit("ProfileListChanged", {"profiles": _profile_names(machine)})
    machine.state.emit("CurrentProfileChanged", {"profileName": name})
    return None


def set_current_profile(call: Call) -> Answer:
    """Change to another profile; its replay buffer is there only if it asked for one by now."""
    machine, wanted = call.machine, _profile(call)
    if wanted is not machine.state.profile:
        machine.state.emit("CurrentProfileChanging", {"profileName": machine.state.profile.name})
        _change_profile(machine, wanted)
        machine.state.emit("CurrentProfileChanged", {"profileName": wanted.name})
    return None


def remove_profile(call: Call) -> Answer:
    """Remove a profile; the last one stays. The one in use gives way to the first other one."""
    machine, gone = call.machine, _profile(call)
    if len(machine.state.profiles) < 2:
        raise refused(Status.NOT_ENOUGH_RESOURCES)
    machine.state.profiles.remove(gone)
    if gone is machine.state.profile:
        machine.state.emit("CurrentProfileChanging", {"profileName": gone.name})
        _change_profile(machine, machine.state.profiles[0])
        machine.state.emit("CurrentProfileChanged", {"profileName": machine.state.profile.name})
    machine.state.emit("ProfileListChanged", {"profiles": _profile_names(machine)})
    return None


def _profile(call: Call) -> Profile:
    name = call.fields.text("profileName")
    for profile in call.machine.state.profiles:
        if profile.name == name:
            return profile
    raise refused(Status.RESOURCE_NOT_FOUND)


def _change_profile(machine: Machine, wanted: Profile) -> None:
    machine.state.profile = wanted
    machine.replay.profile_loaded()
    machine.state.publish()


def _profile_names(machine: Machine) -> list[str]:
    return sorted(profile.name for profile in machine.state.profiles)


def get_profile_parameter(call: Call) -> Answer:
    """A parameter of the profile and its default; null where it has none."""
    category, name = call.fields.text("parameterCategory"), call.fields.text("parameterName")
    profile = call.machine.state.profile
    return {
        "parameterValue": profile.parameter(category, name),
        "defaultParameterValue": profile.default(category, name),
    }


def set_profile_parameter(call: Call) -> Answer:
    """Set a parameter, or with null take it back to its default."""
    category, name = call.fields.text("parameterCategory"), call.fields.text("parameterName")
    profile = call.machine.state.profile
    if not call.fields.has("parameterValue"):
        if not profile.knows(category, name):
            raise refused(Status.RESOURCE_NOT_FOUND, "There are no existing instances of that profile parameter.")
        profile.set_parameter(category, name, None)
        return None
    value = call.fields.value("parameterValue")
    if not isinstance(value, str):
        raise refused(Status.INVALID_REQUEST_FIELD_TYPE, "The field `parameterValue` must be a string.")
    profile.set_parameter(category, name, value)
    return None


def get_video_settings(call: Call) -> Answer:
    """Canvas, output size and frame rate."""
    video = call.machine.state.video
    return {
        "fpsNumerator": video.fps_numerator,
        "fpsDenominator": video.fps_denominator,
        "baseWidth": video.base_width,
        "baseHeight": video.base_height,
        "outputWidth": video.output_width,
        "outputHeight": video.output_height,
    }


def set_video_settings(call: Call) -> Answer:
    """Change pairs of them; refused with 500 while anything is recorded or streamed."""
    fields, machine = call.fields, call.machine
    if any(output.active for output in (machine.record, machine.stream, machine.replay, machine.camera)):
        raise refused(Status.OUTPUT_RUNNING, "Video settings cannot be changed while an output is active.")
    changes: dict[str, int] = {}
    for first, second, low, high, attributes in (
        ("fpsNumerator", "fpsDenominator", 1, float("inf"), ("fps_numerator", "fps_denominator")),
        ("baseWidth", "baseHeight", 8, 4096, ("base_width", "base_height")),
        ("outputWidth", "outputHeight", 8, 4096, ("output_width", "output_height")),
    ):
        if fields.has(first) and fields.has(second):
            changes[attributes[0]] = fields.whole(first, low, high)
            changes[attributes[1]] = fields.whole(second, low, high)
    if not changes:
        raise refused(Status.MISSING_REQUEST_FIELD, "You must specify at least one video-changing pair.")
    machine.state.profile.set_video(VideoSettings(**{**vars(machine.state.video), **changes}))
    machine.state.publish()
    return None


def get_stream_service_settings(call: Call) -> Answer:
    """The stream service and its settings, key included, as OBS gives them."""
    profile = call.machine.state.profile
    return {"streamServiceType": profile.stream_type, "streamServiceSettings": profile.stream_settings}


def set_stream_service_settings(call: Call) -> Answer:
    """Set the stream service; refused with 500 while streaming. Settings of the same service are laid over."""
    kind, settings = call.fields.text("streamServiceType"), call.fields.settings("streamServiceSettings")
    profile = call.machine.state.profile
    if call.machine.stream.active:
        raise refused(Status.OUTPUT_RUNNING, "You cannot change stream service settings while streaming.")
    if kind not in _SERVICES:
        raise refused(
            Status.RESOURCE_CREATION_FAILED,
            "Failed to create the stream service with the requested streamServiceType. It may be an invalid type.",
        )
    kept: Mapping[str, Any] = profile.stream_settings if kind == profile.stream_type else {}
    profile.stream_type, profile.stream_settings = kind, {**kept, **settings}
    return None


def get_record_directory(call: Call) -> Answer:
    """The folder recordings go to, as a path of this machine."""
    return {"recordDirectory": call.machine.state.profile.record_dir}


def set_record_directory(call: Call) -> Answer:
    """Record to another folder from the next recording on."""
    if call.machine.record.active:
        raise refused(Status.OUTPUT_RUNNING)
    folder = call.fields.text("recordDirectory")
    call.machine.state.profile.record_dir = str(PurePath(folder))
    return None


HANDLERS: dict[str, Handler] = {
    "GetPersistentData": get_persistent_data,
    "SetPersistentData": set_persistent_data,
    "GetSceneCollectionList": get_scene_collection_list,
    "CreateSceneCollection": create_scene_collection,
    "SetCurrentSceneCollection": set_current_scene_collection,
    "GetProfileList": get_profile_list,
    "CreateProfile": create_profile,
    "SetCurrentProfile": set_current_profile,
    "RemoveProfile": remove_profile,
    "GetProfileParameter": get_profile_parameter,
    "SetProfileParameter": set_profile_parameter,
    "GetVideoSettings": get_video_settings,
    "SetVideoSettings": set_video_settings,
    "GetStreamServiceSettings": get_stream_service_settings,
    "SetStreamServiceSettings": set_stream_service_settings,
    "GetRecordDirectory": get_record_directory,
    "SetRecordDirectory": set_record_directory,
}
