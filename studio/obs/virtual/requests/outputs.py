"""Replay buffer, virtual camera, and every output by its name."""

from studio.obs.protocol import Status
from studio.obs.virtual.fields import refused
from studio.obs.virtual.outputs import CameraOutput, Output
from studio.obs.virtual.requests.record import status_of, toggle
from studio.obs.virtual.requests.table import Answer, Call, Handler


def _camera(call: Call) -> CameraOutput:
    if not call.machine.persona.has_virtual_camera:
        raise refused(Status.INVALID_RESOURCE_STATE, "VirtualCam is not available.")
    return call.machine.camera


def get_virtual_cam_status(call: Call) -> Answer:
    """Whether the virtual camera is on."""
    return {"outputActive": _camera(call).active}


def toggle_virtual_cam(call: Call) -> Answer:
    """Stop or start it."""
    return {"outputActive": toggle(_camera(call))}


def start_virtual_cam(call: Call) -> Answer:
    """Switch it on."""
    _camera(call).start()
    return None


def stop_virtual_cam(call: Call) -> Answer:
    """Switch it off."""
    _camera(call).stop()
    return None


def get_replay_buffer_status(call: Call) -> Answer:
    """Whether the replay buffer is on."""
    call.machine.replay.require()
    return {"outputActive": call.machine.replay.active}


def toggle_replay_buffer(call: Call) -> Answer:
    """Stop or start it."""
    call.machine.replay.require()
    return {"outputActive": toggle(call.machine.replay)}


def start_replay_buffer(call: Call) -> Answer:
    """Begin to keep the last seconds."""
    call.machine.replay.start()
    return None


def stop_replay_buffer(call: Call) -> Answer:
    """Stop keeping them."""
    call.machine.replay.stop()
    return None


def save_replay_buffer(call: Call) -> Answer:
    """Write the last seconds to a file; ReplayBufferSaved follows."""
    call.machine.replay.save()
    return None


def get_last_replay_buffer_replay(call: Call) -> Answer:
    """The file that was written last; empty before the first."""
    call.machine.replay.require_running()
    return {"savedReplayPath": call.machine.replay.last_path}


def _asked(call: Call) -> Output:
    name = call.fields.text("outputName")
    for output in call.machine.outputs():
        if output.name == name:
            return output
    raise refused(Status.RESOURCE_NOT_FOUND, f"No output was found with the name `{name}`.")


def get_output_list(call: Call) -> Answer:
    """The outputs there are, with their sizes once they have run."""
    return {
        "outputs": [
            {
                "outputName": output.name,
                "outputKind": output.kind,
                "outputWidth": output.size[0],
                "outputHeight": output.size[1],
                "outputActive": output.active,
                "outputFlags": {
                    "OBS_OUTPUT_AUDIO": output.kind != "virtualcam_output",
                    "OBS_OUTPUT_VIDEO": True,
                    "OBS_OUTPUT_ENCODED": output.kind != "virtualcam_output",
                    "OBS_OUTPUT_MULTI_TRACK": output.kind != "virtualcam_output",
                    "OBS_OUTPUT_SERVICE": output.kind == "rtmp_output",
                },
            }
            for output in call.machine.outputs()
        ]
    }


def get_output_status(call: Call) -> Answer:
    """One output's status."""
    return status_of(_asked(call))


def toggle_output(call: Call) -> Answer:
    """Stop or start one."""
    return {"outputActive": toggle(_asked(call))}


def start_output(call: Call) -> Answer:
    """Start one."""
    _asked(call).start()
    return None


def stop_output(call: Call) -> Answer:
    """Stop one."""
    _asked(call).stop()
    return None


def get_output_settings(call: Call) -> Answer:
    """What it was last started with, and what was set."""
    return {"outputSettings": _asked(call).settings}


def set_output_settings(call: Call) -> Answer:
    """Lay settings over those there are."""
    output = _asked(call)
    output.settings.update(call.fields.settings("outputSettings"))
    return None


HANDLERS: dict[str, Handler] = {
    "GetVirtualCamStatus": get_virtual_cam_status,
    "ToggleVirtualCam": toggle_virtual_cam,
    "StartVirtualCam": start_virtual_cam,
    "StopVirtualCam": stop_virtual_cam,
    "GetReplayBufferStatus": get_replay_buffer_status,
    "ToggleReplayBuffer": toggle_replay_buffer,
    "StartReplayBuffer": start_replay_buffer,
    "StopReplayBuffer": stop_replay_buffer,
    "SaveReplayBuffer": save_replay_buffer,
    "GetLastReplayBufferReplay": get_last_replay_buffer_replay,
    "GetOutputList": get_output_list,
    "GetOutputStatus": get_output_status,
    "ToggleOutput": toggle_output,
    "StartOutput": start_output,
    "StopOutput": stop_output,
    "GetOutputSettings": get_output_settings,
    "SetOutputSettings": set_output_settings,
}
