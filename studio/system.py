"""The one module that differs by operating system: boot id, lock file, private files, child processes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from studio.errors import LockHeld
from studio.i18n import _

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator, Mapping, Sequence

WINDOWS = sys.platform == "win32"


@cache
def boot_id() -> str:
    """The same text until this machine is started again; monotonic instants compare only within one boot.

    Where the system does not say which boot this is, the id is this process's own: what another process has recorded
    then counts as of another boot, which is safe. No id is made of the clock, which is set while a machine runs.
    """
    return _linux_boot() or _windows_boot() or _macos_boot() or f"process-{uuid4()}"


def _linux_boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _windows_boot() -> str:
    """The number of the boot and when Windows was shut down before it: the one alone stands still on some PCs."""
    if sys.platform != "win32":
        return ""
    import winreg

    control = r"SYSTEM\CurrentControlSet\Control"
    prefetch = rf"{control}\Session Manager\Memory Management\PrefetchParameters"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, prefetch) as key:
            number = winreg.QueryValueEx(key, "BootId")[0]
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, rf"{control}\Windows") as key:
            shut_down = winreg.QueryValueEx(key, "ShutdownTime")[0]
    except OSError:
        return ""
    return f"windows-{number}-{bytes(shut_down).hex()}"


def _macos_boot() -> str:
    if sys.platform != "darwin":
        return ""
    try:
        asked = subprocess.run(
            ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"], capture_output=True, check=True, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout.decode("ascii", "replace").strip()


@contextmanager
def exclusive_lock(path: Path, what: str) -> Iterator[None]:
    """Hold ``path`` as a lock that dies with this process, however it dies; raises LockHeld where another holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if not _try_lock(file.fileno()):
            raise LockHeld(
                _("{what} is already running on this workspace.").format(what=what),
                _("Stop the other one first, or use it."),
            )
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def private_directory(path: Path) -> Path:
    """Make ``path`` where missing, readable by this user alone where the system knows how."""
    path.mkdir(parents=True, exist_ok=True)
    if not WINDOWS:
        path.chmod(0o700)
    return path


def private_file(path: Path, text: str) -> None:
    """Write ``path`` as a whole, whenever the power is cut; readable by this user alone where the system knows how."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def spawn(module: str, arguments: Sequence[str], *, log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start ``python -m module`` as a process group of its own, so that a Ctrl-C here does not reach it.

    Its standard input is a pipe: a child of ours ends cleanly when that is closed, also when we die.
    Its standard output is a pipe too; what it says on standard error goes to ``log``.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as stream:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stream,
            env={**os.environ, **environment},
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            start_new_session=not WINDOWS,
        )


def detached() -> dict[str, Any]:
    """How ``subprocess.Popen`` starts a program that outlives us."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def ask_to_close(pid: int) -> None:
    """Ask a program with a window to end as its own menu would; whether it does is another matter."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/PID", str(pid)], capture_output=True, check=False, timeout=10)
    else:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


def obs_config(environ: Mapping[str, str] | None = None) -> Path:
    """The folder in which OBS keeps the settings of the account that has this environment, ours without one."""
    environ = os.environ if environ is None else environ
    if WINDOWS:
        return Path(environ.get("APPDATA", "")) / "obs-studio"
    home = Path(environ.get("HOME", ""))
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "obs-studio"
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "obs-studio"


def product_version(program: Path) -> str:
    """The version of a program such as ``29.0.2``: Windows keeps it in the file, others are asked; else empty."""
    if sys.platform == "win32":
        return _windows_version(program)
    try:
        asked = subprocess.run([str(program), "--version"], capture_output=True, check=False, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return ""
    found = re.search(rb"\d+(?:\.\d+)+", asked.stdout)
    return found[0].decode("ascii") if found else ""


def _windows_version(program: Path) -> str:
    if sys.platform != "win32":
        return ""
    import ctypes

    version = ctypes.windll.version
    size = version.GetFileVersionInfoSizeW(str(program), None)
    block, found, length = ctypes.create_string_buffer(size), ctypes.POINTER(ctypes.c_uint32)(), ctypes.c_uint()
    if not size or not version.GetFileVersionInfoW(str(program), 0, size, block):
        return ""
    if not version.VerQueryValueW(block, "\\", ctypes.byref(found), ctypes.byref(length)):
        return ""
    high, low = found[2], found[3]  # VS_FIXEDFILEINFO: dwFileVersionMS and dwFileVersionLS
    return f"{high >> 16}.{high & 0xFFFF}.{low >> 16}"


def when_told_to_stop(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Call ``stop`` in ``loop`` at SIGTERM, at SIGINT, or once whoever started us closes our input, or dies.

    To be called in the main thread; a signal alone would not do on every system.
    """
    at_signals(loop, stop)
    threading.Thread(target=_stop_at_end_of_input, args=(loop, stop), daemon=True).start()


def at_signals(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Call ``stop`` in ``loop`` at SIGTERM and SIGINT; to be called in the main thread."""
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_signal: loop.call_soon_threadsafe(stop))


def _stop_at_end_of_input(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    _input_ends()
    if not loop.is_closed():
        loop.call_soon_threadsafe(stop)


def end_with_input() -> None:
    """From now on this process is gone as soon as whoever started it closes its input, or dies."""

    def end() -> None:
        _input_ends()
        os._exit(1)

    threading.Thread(target=end, daemon=True).start()


def _input_ends() -> None:
    while os.read(sys.stdin.fileno(), 4096):  # raw: a buffered reader's lock would crash the interpreter's end
        pass


def go_first() -> None:
    """Let this process run before others that need the processor; without the right to do so it runs as before."""
    if sys.platform == "win32":
        import ctypes

        this_process, above_normal = ctypes.c_void_p(-1), 0x8000
        ctypes.windll.kernel32.SetPriorityClass(this_process, above_normal)
    else:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, -10)
        if sys.platform == "linux":
            with suppress(OSError):  # Linux weighs by session before by niceness: only this comes before other sessions
                os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))


def yield_to_others() -> None:
    """Let this process wait where others need the processor; without the right to do so it runs as before."""
    if sys.platform == "win32":
        import ctypes

        this_process, below_normal = ctypes.c_void_p(-1), 0x4000
        ctypes.windll.kernel32.SetPriorityClass(this_process, below_normal)
    else:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, max(os.nice(0), 5))  # a child of the director begins where that is
