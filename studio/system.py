"""The one module that differs by operating system: boot id, lock file, private files, child processes."""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from studio.errors import LockHeld
from studio.i18n import _

WINDOWS = sys.platform == "win32"


def boot_id() -> str:
    """The same text until this machine is started again; monotonic instants compare only within one boot."""
    linux = Path("/proc/sys/kernel/random/boot_id")
    if linux.exists():
        return linux.read_text(encoding="ascii").strip()
    booted_at = round((time.time() - time.monotonic()) / 60)
    return f"{platform.node()}-{booted_at}"


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
