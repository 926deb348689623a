"""Is that OBS new enough, what is missing without a newer one, and can Safe Mode shut us out?"""

import re
from collections.abc import Mapping
from typing import Any

from studio.air.doctor.finding import Finding
from studio.i18n import _

NEEDED = (
    *("GetSceneList", "GetSceneItemList", "GetSceneItemId", "GetInputList", "GetInputKindList", "GetInputSettings"),
    *("GetInputDefaultSettings", "GetSceneTransitionList", "GetCurrentSceneTransition", "GetStudioModeEnabled"),
    *("GetRecordStatus", "GetStreamStatus", "GetStats", "GetVideoSettings", "GetRecordDirectory"),
    *("GetProfileParameter", "GetSourceScreenshot", "GetVirtualCamStatus", "GetStreamServiceSettings"),
    *("SetCurrentProgramScene", "SetCurrentSceneTransition", "SetCurrentSceneTransitionDuration", "CreateScene"),
    *("CreateInput", "SetInputSettings", "SetSceneItemTransform", "SetSceneItemEnabled", "StartRecord", "StopRecord"),
    *("StartStream", "StopStream", "StartVirtualCam", "StopVirtualCam", "TriggerMediaInputAction"),
)
"""Without any one of these an OBS cannot be conducted; obs-websocket has had them all since 5.0."""
SAFE_MODE_SINCE = (30, 0)
NO_FLAG_SINCE = (32, 0)
FLAG = "--disable-shutdown-check"


def version_findings(answer: Mapping[str, Any]) -> list[Finding]:
    """What a GetVersion says: ``version`` and ``safe_mode``."""
    return [_version(answer), _safe_mode(str(answer.get("obsVersion", "")))]


def _version(answer: Mapping[str, Any]) -> Finding:
    known = set(answer.get("availableRequests", ()))
    names = {"version": str(answer.get("obsVersion", "?")), "plugin": str(answer.get("obsWebSocketVersion", "?"))}
    value = {
        "obs": names["version"],
        "obs_websocket": names["plugin"],
        "rpc": answer.get("rpcVersion"),
        "platform": answer.get("platformDescription") or answer.get("platform"),
    }
    if missing := [name for name in NEEDED if name not in known]:
        return Finding(
            "version",
            "bad",
            _("OBS {version} with obs-websocket {plugin} does not know {requests}.").format(
                requests=", ".join(missing), **names
            ),
            _("Install OBS 28 or later, best the newest one, with the obs-websocket that belongs to it."),
            {**value, "missing": missing},
        )
    if lost := {name: words for name, words in _newer().items() if name not in known}:
        return Finding(
            "version",
            "warn",
            _("OBS {version} with obs-websocket {plugin} does its work, but {lost}.").format(
                lost=", ".join(lost.values()), **names
            ),
            _("Update it to OBS 30.0 or later when no session is near, or leave it."),
            {**value, "missing": list(lost)},
        )
    return Finding("version", "ok", _("OBS {version} with obs-websocket {plugin}.").format(**names), value=value)


def _newer() -> dict[str, str]:
    """Requests that are good to have, and what is lost without each; chapters stand in a file beside an MKV anyway."""
    return {
        "SetRecordDirectory": _("its record folder can be changed by hand only (before OBS 30.0)"),
    }


def _safe_mode(version: str) -> Finding:
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if not numbers:
        return Finding("safe_mode", "unknown", _("OBS does not say its version."), _("Look there under Help, About."))
    if numbers < SAFE_MODE_SINCE:
        return Finding("safe_mode", "ok", _("This OBS has no Safe Mode that could shut us out after a crash."))
    what = _("After a crash this OBS asks whether to start in Safe Mode, in which nothing can reach it.")
    if numbers < NO_FLAG_SINCE:
        remedy = _("Add {flag} to the shortcut that starts OBS there; without it, choose normal mode when it asks.")
        return Finding("safe_mode", "warn", what, remedy.format(flag=FLAG))
    remedy = _("Tell whoever is near that PC to choose normal mode; the flag {flag} is gone since OBS 32.0.")
    return Finding("safe_mode", "warn", what, remedy.format(flag=FLAG))
