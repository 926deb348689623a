"""Which settings of a PC would interrupt a show: sleep after a while, a restart for updates."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from studio.model.pc import Setting
from studio.timekeeper import now

_SLEEP = "238c9fa8-0aad-41ed-83f4-97be242c8f20"
_STANDBY_IDLE = "29f6c1db-86da-48c5-9fdb-f2b67b1f44da"
_UPDATE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired"
_UX = r"SOFTWARE\Microsoft\WindowsUpdate\UX\Settings"
"""GUIDs of the power settings and keys of the registry as Microsoft documents them."""


def interrupting() -> tuple[Setting, ...] | None:
    """Those that are on; None where this system does not tell."""
    if sys.platform == "win32":
        return tuple(_windows())
    if sys.platform == "linux":
        return tuple(_linux())
    return None


def _linux() -> Iterator[Setting]:
    if _said("systemctl", "is-enabled", "sleep.target") not in ("", "masked", "not-found"):
        action = _said("busctl", "get-property", *_LOGIND, "IdleAction")
        if any(word in action for word in ("suspend", "hibernate", "sleep")):
            yield "sleeps"
    if 'Unattended-Upgrade::Automatic-Reboot "true"' in _said("apt-config", "dump"):
        yield "update_restarts"
    if Path("/run/reboot-required").exists():
        yield "restart_pending"


_LOGIND = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")


def _said(*command: str) -> str:
    """What a program of the system says; empty where it is not there or says nothing."""
    if shutil.which(command[0]) is None:
        return ""
    try:
        asked = subprocess.run(command, capture_output=True, check=False, timeout=5)
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout.decode("utf-8", "replace").strip()


def _windows() -> Iterator[Setting]:
    if sys.platform != "win32":
        return
    import winreg

    if _standby_after_s():
        yield "sleeps"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _UPDATE):
            yield "restart_pending"
    except OSError:
        pass
    if not _updates_paused():
        yield "update_restarts"


def _standby_after_s() -> int:
    """Seconds without input after which Windows on mains power sleeps; 0 for never."""
    if sys.platform != "win32":
        return 0
    import ctypes
    from uuid import UUID

    power, scheme, seconds = ctypes.windll.powrprof, ctypes.c_void_p(), ctypes.c_uint32()
    if power.PowerGetActiveScheme(None, ctypes.byref(scheme)):
        return 0
    group, setting = UUID(_SLEEP).bytes_le, UUID(_STANDBY_IDLE).bytes_le
    failed = power.PowerReadACValueIndex(None, scheme, group, setting, ctypes.byref(seconds))
    ctypes.windll.kernel32.LocalFree(scheme)
    return 0 if failed else seconds.value


def _updates_paused() -> bool:
    """Whether Windows may not restart for an update now: updates are paused."""
    if sys.platform != "win32":
        return False
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _UX) as key:
            until = str(winreg.QueryValueEx(key, "PauseUpdatesExpiryTime")[0])
    except OSError:
        return False
    try:
        return datetime.fromisoformat(until.replace("Z", "+00:00")) > now(ZoneInfo("UTC"))
    except (ValueError, TypeError):
        return False
