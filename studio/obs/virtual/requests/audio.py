"""The sound of inputs: mute, volume, balance, delay, monitoring and tracks."""

import math
import struct
from dataclasses import replace
from typing import Any

from studio.obs.protocol import Status
from studio.obs.virtual.fields import refused
from studio.obs.virtual.picture import Input
from studio.obs.virtual.requests.inputs import asked_input
from studio.obs.virtual.requests.table import Answer, Call, Handler
from studio.obs.virtual.state import names

_MONITORS = tuple(f"OBS_MONITORING_TYPE_{name}" for name in ("NONE", "MONITOR_ONLY", "MONITOR_AND_OUTPUT"))
_SILENCE_DB = -100.0


def sounding_input(call: Call) -> Input:
    """The input that the request names; refused with 604 where it has no sound."""
    source = asked_input(call)
    if not call.machine.persona.input_kinds[source.kind].audio:
        raise refused(Status.INVALID_RESOURCE_STATE, "The specified input does not support audio.")
    return source


def single(value: float) -> float:
    """The number as OBS keeps it, in single precision."""
    rounded: float = struct.unpack("f", struct.pack("f", value))[0]
    return rounded


def decibels(factor: float) -> float:
    """Loudness of a volume factor; silence is -100 dB."""
    return single(20 * single(math.log10(factor))) if factor > 0 else _SILENCE_DB


def _change(call: Call, source: Input, event: str, said: dict[str, Any], **changes: Any) -> None:
    changed = replace(source, **changes)
    call.machine.state.put(changed)
    call.machine.state.emit(event, {**names(changed), **said})


def get_input_mute(call: Call) -> Answer:
    """Whether an input is muted."""
    return {"inputMuted": sounding_input(call).muted}


def set_input_mute(call: Call) -> Answer:
    """Mute or unmute; OBS tells of it even where nothing changes."""
    source = sounding_input(call)
    muted = call.fields.flag("inputMuted")
    _change(call, source, "InputMuteStateChanged", {"inputMuted": muted}, muted=muted)
    return None


def toggle_input_mute(call: Call) -> Answer:
    """Mute where it sounds, unmute where it does not."""
    source = sounding_input(call)
    _change(call, source, "InputMuteStateChanged", {"inputMuted": not source.muted}, muted=not source.muted)
    return {"inputMuted": not source.muted}


def get_input_volume(call: Call) -> Answer:
    """The volume as a factor and in decibels."""
    volume = sounding_input(call).volume
    return {"inputVolumeMul": volume, "inputVolumeDb": decibels(volume)}


def set_input_volume(call: Call) -> Answer:
    """Set the volume by one of the two."""
    source, fields = sounding_input(call), call.fields
    by_factor, by_decibels = fields.has("inputVolumeMul"), fields.has("inputVolumeDb")
    factor = single(fields.number("inputVolumeMul", 0, 20)) if by_factor else 0.0
    if by_decibels:
        factor = single(10 ** (fields.number("inputVolumeDb", -100, 26) / 20))
    if by_factor and by_decibels:
        raise refused(Status.TOO_MANY_REQUEST_FIELDS, "You may only specify one volume field.")
    if not by_factor and not by_decibels:
        raise refused(Status.MISSING_REQUEST_FIELD, "You must specify one volume field.")
    said = {"inputVolumeMul": factor, "inputVolumeDb": decibels(factor)}
    _change(call, source, "InputVolumeChanged", said, volume=factor)
    return None


def get_input_audio_balance(call: Call) -> Answer:
    """0 is left, 1 right."""
    return {"inputAudioBalance": sounding_input(call).balance}


def set_input_audio_balance(call: Call) -> Answer:
    """Move the sound left or right."""
    source = sounding_input(call)
    balance = single(call.fields.number("inputAudioBalance", 0, 1))
    _change(call, source, "InputAudioBalanceChanged", {"inputAudioBalance": balance}, balance=balance)
    return None


def get_input_audio_sync_offset(call: Call) -> Answer:
    """Milliseconds; positive is later."""
    return {"inputAudioSyncOffset": sounding_input(call).sync_ms}


def set_input_audio_sync_offset(call: Call) -> Answer:
    """Delay the sound, or let it come earlier."""
    source = sounding_input(call)
    offset = call.fields.whole("inputAudioSyncOffset", -950, 20000)
    _change(call, source, "InputAudioSyncOffsetChanged", {"inputAudioSyncOffset": offset}, sync_ms=offset)
    return None


def get_input_audio_monitor_type(call: Call) -> Answer:
    """Who hears it: the output, the desk, or both."""
    return {"monitorType": sounding_input(call).monitor}


def set_input_audio_monitor_type(call: Call) -> Answer:
    """Choose who hears it."""
    source = sounding_input(call)
    monitor = call.fields.text("monitorType")
    if monitor not in _MONITORS:
        raise refused(Status.INVALID_REQUEST_FIELD, f"Unknown monitor type: {monitor}")
    _change(call, source, "InputAudioMonitorTypeChanged", {"monitorType": monitor}, monitor=monitor)
    return None


def _tracks(tracks: tuple[bool, ...]) -> dict[str, bool]:
    return {str(number): on for number, on in enumerate(tracks, start=1)}


def get_input_audio_tracks(call: Call) -> Answer:
    """Which of the six tracks it is on."""
    return {"inputAudioTracks": _tracks(sounding_input(call).tracks)}


def set_input_audio_tracks(call: Call) -> Answer:
    """Put it on tracks, or take it off."""
    source = sounding_input(call)
    tracks = list(source.tracks)
    for number, on in call.fields.object("inputAudioTracks").items():
        if not number.isdigit() or not 1 <= int(number) <= len(tracks):
            continue
        if not isinstance(on, bool):
            raise refused(Status.INVALID_REQUEST_FIELD_TYPE, "The value of one of your tracks is not a boolean.")
        tracks[int(number) - 1] = on
    if tuple(tracks) != source.tracks:
        said = {"inputAudioTracks": _tracks(tuple(tracks))}
        _change(call, source, "InputAudioTracksChanged", said, tracks=tuple(tracks))
    return None


HANDLERS: dict[str, Handler] = {
    "GetInputMute": get_input_mute,
    "SetInputMute": set_input_mute,
    "ToggleInputMute": toggle_input_mute,
    "GetInputVolume": get_input_volume,
    "SetInputVolume": set_input_volume,
    "GetInputAudioBalance": get_input_audio_balance,
    "SetInputAudioBalance": set_input_audio_balance,
    "GetInputAudioSyncOffset": get_input_audio_sync_offset,
    "SetInputAudioSyncOffset": set_input_audio_sync_offset,
    "GetInputAudioMonitorType": get_input_audio_monitor_type,
    "SetInputAudioMonitorType": set_input_audio_monitor_type,
    "GetInputAudioTracks": get_input_audio_tracks,
    "SetInputAudioTracks": set_input_audio_tracks,
}
