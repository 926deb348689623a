"""General requests: version, statistics, hotkeys, custom events and the vendor requests that script faults."""

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from studio.clock import NS_PER_S
from studio.errors import ObsRequestFailed, RefusedByRule
from studio.obs.protocol import RPC_VERSION, Status
from studio.obs.virtual.faults import parse_fault
from studio.obs.virtual.fields import refused
from studio.obs.virtual.keys import KEYS
from studio.obs.virtual.machine import Machine
from studio.obs.virtual.picture import Scene
from studio.obs.virtual.requests.table import Answer, Call, Handler

VENDOR = "kelan-virtual"
IMAGE_FORMATS = ("bmp", "jpeg", "jpg", "png", "webp")
_MB = 1024 * 1024


def get_version(call: Call) -> Answer:
    """Version, platform, and the requests that both this persona's plugin and this server know."""
    from studio.obs.virtual.requests import HANDLERS

    persona = call.machine.persona
    platform, wording = persona.reported_platform
    return {
        "obsVersion": persona.obs_version,
        "obsWebSocketVersion": persona.plugin_version,
        "rpcVersion": RPC_VERSION,
        "availableRequests": [name for name in HANDLERS if persona.knows_request(name)],
        "supportedImageFormats": list(IMAGE_FORMATS),
        "platform": platform,
        "platformDescription": wording,
    }


def get_stats(call: Call) -> Answer:
    """Frames since the start, recorded and skipped; processor and memory of this process as far as it can tell."""
    machine, state = call.machine, call.machine.state
    folder = Path(state.profile.record_dir)
    machine.frames_told = machine.frames_rendered()
    return {
        "activeFps": state.video.fps_numerator / state.video.fps_denominator,
        "availableDiskSpace": shutil.disk_usage(folder).free / _MB if folder.is_dir() else 0.0,
        "averageFrameRenderTime": state.composer.average_draw_ms,
        "cpuUsage": _cpu_percent(machine),
        "memoryUsage": state.composer.bytes_held / _MB,
        "outputSkippedFrames": machine.record.skipped_ever(),
        "outputTotalFrames": machine.record.frames_ever() + machine.stream.frames(),
        "renderSkippedFrames": machine.frames_skipped,
        "renderTotalFrames": machine.frames_told,
        "webSocketSessionIncomingMessages": call.traffic.incoming,
        "webSocketSessionOutgoingMessages": call.traffic.outgoing,
    }


def _cpu_percent(machine: Machine) -> float:
    used = os.times()
    since_s = max(1e-3, (machine.state.clock.monotonic_ns() - machine.state.started_ns) / NS_PER_S)
    return 100 * max(0.0, used.user + used.system - machine.cpu_at_start) / since_s / (os.cpu_count() or 1)


def broadcast_custom_event(call: Call) -> Answer:
    """Send ``eventData`` to everybody as a CustomEvent."""
    call.machine.state.emit("CustomEvent", call.fields.object("eventData"))
    return None


def call_vendor_request(call: Call) -> Answer:
    """Script faults: ``AddFaults``, ``SetFaults`` (``{"faults": [spec, ...]}``), ``ClearFaults``, ``GetFaults``."""
    vendor, request = call.fields.text("vendorName"), call.fields.text("requestType")
    data = call.fields.object("requestData") if call.fields.has("requestData") else {}
    if vendor != VENDOR:
        raise refused(Status.RESOURCE_NOT_FOUND, "No vendor was found by that name.")
    faults = call.machine.faults
    if request not in {"AddFaults", "SetFaults", "ClearFaults", "GetFaults"}:
        raise refused(Status.RESOURCE_NOT_FOUND, "No vendor request was found by that name.")
    if request in {"AddFaults", "SetFaults"}:
        try:
            parsed = [parse_fault(str(spec)) for spec in data.get("faults") or []]
        except RefusedByRule as error:
            raise refused(Status.REQUEST_PROCESSING_FAILED, str(error)) from error
        if request == "SetFaults":
            faults.clear()
        for fault in parsed:
            faults.add(fault)
    elif request == "ClearFaults":
        faults.clear()
    armed = {"faults": [fault.spec for fault in faults.armed]}
    call.machine.state.journal.write("fault", request, data=armed)
    return {"vendorName": vendor, "requestType": request, "responseData": armed}


def get_hotkey_list(call: Call) -> Answer:
    """The hotkeys that do something here: scenes first, as they are made, then OBS's own."""
    return {"hotkeys": [*(name for name, _act in _scene_hotkeys(call.machine)), *_hotkeys(call.machine)]}


def trigger_hotkey_by_name(call: Call) -> Answer:
    """Do what the first hotkey of that name does; one that cannot act now does nothing, as a key press would."""
    name = call.fields.text("hotkeyName")
    act = dict(reversed(_scene_hotkeys(call.machine))).get(name) or _hotkeys(call.machine).get(name)
    if act is None:
        raise refused(Status.RESOURCE_NOT_FOUND, "No hotkeys were found by that name.")
    act()
    return None


def trigger_hotkey_by_key_sequence(call: Call) -> Answer:
    """Press keys; none are bound here, so nothing happens, but what is no key is refused."""
    if call.fields.has("keyModifiers"):
        call.fields.object("keyModifiers", empty=True)
    key = call.fields.text("keyId", empty=True) if call.fields.has("keyId") else ""
    pressed = [name for name, held in call.fields.optional_settings("keyModifiers").items() if held is True]
    if key not in KEYS and not pressed:
        raise refused(Status.CANNOT_ACT, "Your provided request fields cannot be used to trigger a hotkey.")
    call.machine.state.journal.write("effect", "keys_pressed", data={"keyId": key, "keyModifiers": pressed})
    return None


def sleep(call: Call) -> Answer:
    """Only a batch can sleep."""
    raise refused(Status.UNSUPPORTED_REQUEST_BATCH_EXECUTION_TYPE)


def _scene_hotkeys(machine: Machine) -> list[tuple[str, Callable[[], None]]]:
    scenes = [machine.state.collection.sources[uuid] for uuid in machine.state.collection.scene_order]
    return [
        ("OBSBasic.SelectScene", partial(machine.programme.set_scene, scene))
        for scene in scenes
        if isinstance(scene, Scene)
    ]


def _hotkeys(machine: Machine) -> dict[str, Callable[[], None]]:
    record, stream, replay, programme = machine.record, machine.stream, machine.replay, machine.programme

    def unless_refused(act: Callable[[], Any]) -> Callable[[], None]:
        return lambda: _quietly(act)

    keys = {
        "OBSBasic.StartStreaming": unless_refused(stream.start),
        "OBSBasic.StopStreaming": unless_refused(stream.stop),
        "OBSBasic.StartRecording": unless_refused(record.start),
        "OBSBasic.StopRecording": unless_refused(record.stop),
        "OBSBasic.PauseRecording": unless_refused(record.pause),
        "OBSBasic.UnpauseRecording": unless_refused(record.resume),
        "OBSBasic.StartReplayBuffer": unless_refused(replay.start),
        "OBSBasic.StopReplayBuffer": unless_refused(replay.stop),
        "OBSBasic.TogglePreviewProgram": lambda: programme.set_studio_mode(not machine.state.studio_mode),
        "OBSBasic.Transition": programme.trigger,
        "OBSBasic.ResetStats": machine.reset_stats,
    }
    if replay.available:
        keys["ReplayBuffer.Save"] = unless_refused(replay.save)
    return keys


def _quietly(act: Callable[[], Any]) -> None:
    try:
        act()
    except ObsRequestFailed as refusal:
        if refusal.code >= Status.RESOURCE_CREATION_FAILED:
            raise


HANDLERS: dict[str, Handler] = {
    "GetVersion": get_version,
    "GetStats": get_stats,
    "BroadcastCustomEvent": broadcast_custom_event,
    "CallVendorRequest": call_vendor_request,
    "GetHotkeyList": get_hotkey_list,
    "TriggerHotkeyByName": trigger_hotkey_by_name,
    "TriggerHotkeyByKeySequence": trigger_hotkey_by_key_sequence,
    "Sleep": sleep,
}
