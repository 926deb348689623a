"""How a studio's picture leaves its OBS, and whether it leaves it right now."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from studio.air.doctor.finding import Finding
from studio.air.reaching import Device
from studio.errors import ObsRequestFailed
from studio.i18n import _

_SECRETS = {"rtmp_common": "key", "rtmp_custom": "key", "whip_custom": "bearer_token"}


async def on_air(device: Device) -> str:
    """What that OBS is doing right now, in words; empty where nothing of it is seen or kept by anybody."""
    doing = [
        words
        for request, words in (
            ("GetRecordStatus", _("it is recording")),
            ("GetStreamStatus", _("it is streaming")),
            ("GetVirtualCamStatus", _("its virtual camera is on")),
        )
        if await _active(device, request)
    ]
    return ", ".join(doing)


async def _active(device: Device, request: str) -> bool:
    try:
        return bool((await device.call(request)).get("outputActive"))
    except ObsRequestFailed:  # no virtual camera on that PC
        return False


async def virtual_camera(device: Device, platform: str) -> Finding:
    """Whether that OBS has the virtual camera that the platform's companion app is to show."""
    try:
        active = bool((await device.call("GetVirtualCamStatus")).get("outputActive"))
    except ObsRequestFailed as error:
        return Finding(
            "virtual_camera",
            "bad",
            _("This studio's output is the virtual camera, and its OBS has none ({why}).").format(
                why=error.comment.rstrip(".") or error.code
            ),
            _("Install OBS again there with its virtual camera, and restart that PC.")
            if platform in ("windows", "macos", "")
            else _("Run there: sudo apt install v4l2loopback-dkms && sudo modprobe v4l2loopback; then restart OBS."),
        )
    what = _("The virtual camera is there and on.") if active else _("The virtual camera is there.")
    return Finding("virtual_camera", "ok", what, value={"active": active})


def stream_service(answer: Mapping[str, Any]) -> Finding:
    """Whether a GetStreamServiceSettings names a service with what it takes to be let in; secrets stay inside."""
    kind, settings = str(answer.get("streamServiceType", "")), answer.get("streamServiceSettings") or {}
    where = settings.get("service") if kind == "rtmp_common" else _host(str(settings.get("server", "")))
    let_in = bool(settings.get(_SECRETS.get(kind, "key"))) or (kind == "rtmp_custom" and bool(where))
    value = {"type": kind, "where": where or ""}
    if let_in and where:
        words = _("OBS streams to {where}; only going live shows whether it is let in.").format(where=where)
        return Finding("stream_service", "ok", words, value=value)
    return Finding(
        "stream_service",
        "bad",
        _("This studio's output is a stream, and its OBS has no service with a server and key."),
        _("Enter what the platform shows for this room in OBS under Settings, Stream."),
        value,
    )


def _host(server: str) -> str:
    """The host of a server's address: its path may hold a key, and what stands before the host a password."""
    try:
        return urlsplit(server).hostname or ""
    except ValueError:
        return ""
