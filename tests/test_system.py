"""The lock, the boot id and child processes."""

import ctypes
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from studio import system
from studio.errors import LockHeld
from studio.system import boot_id, exclusive_lock, private_directory, spawn

HOLDER = """
import sys
from pathlib import Path
from studio.system import exclusive_lock
with exclusive_lock(Path(sys.argv[1]), "A director"):
    print("held", flush=True)
    sys.stdin.read()
"""


def asked_by_another_process(before: str = "pass") -> str:
    program = f"import sys; import studio.system as system; {before}; print(system.boot_id())"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout.strip()


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A Windows registry of these values, without the keys' paths."""
    values: dict[str, object] = {"BootId": 41, "ShutdownTime": b"\x01\xdc"}

    def query(_key: object, name: str) -> tuple[object, int]:
        if name not in values:
            raise FileNotFoundError(name)
        return values[name], 0

    registry = SimpleNamespace(HKEY_LOCAL_MACHINE=0, OpenKey=lambda _root, path: nullcontext(path), QueryValueEx=query)
    monkeypatch.setitem(sys.modules, "winreg", registry)
    monkeypatch.setattr("sys.platform", "win32")
    return values


def test_every_process_of_this_boot_sees_the_same_boot_id() -> None:
    assert asked_by_another_process() == boot_id() != ""


def test_where_the_system_does_not_tell_the_id_is_this_processs_own() -> None:
    nothing = "system._linux_boot = system._windows_boot = system._macos_boot = lambda: ''"
    first, second = (asked_by_another_process(f"{nothing}; same = system.boot_id()") for _time in range(2))
    assert first != second
    assert first.startswith("process-")


def test_such_an_id_stays_the_same_within_its_process() -> None:
    nothing = "system._linux_boot = system._windows_boot = system._macos_boot = lambda: ''"
    asked_by_another_process(f"{nothing}; sys.exit(system.boot_id() != system.boot_id())")


def test_windows_counts_its_boots(windows: dict[str, object]) -> None:
    assert system._windows_boot() == "windows-41-01dc"


@pytest.mark.parametrize("name", ["BootId", "ShutdownTime"])
def test_a_windows_that_does_not_say_both_says_nothing(windows: dict[str, object], name: str) -> None:
    del windows[name]
    assert system._windows_boot() == ""


def test_macos_is_asked_for_the_id_of_its_boot(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **_how: object) -> subprocess.CompletedProcess[bytes]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, stdout=b"5D0B0D2E-0000-4000-8000-000000000001\n")

    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr(subprocess, "run", run)
    assert system._macos_boot() == "5D0B0D2E-0000-4000-8000-000000000001"
    assert asked == [["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"]]


def test_a_macos_that_cannot_be_asked_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **_how: object) -> subprocess.CompletedProcess[bytes]:
        raise subprocess.TimeoutExpired(command, 5)

    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr(subprocess, "run", run)
    assert system._macos_boot() == ""


def test_a_second_holder_is_refused_until_the_first_is_killed(tmp_path: Path) -> None:
    lock = tmp_path / "state" / "director.lock"
    first = subprocess.Popen([sys.executable, "-c", HOLDER, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert first.stdout is not None and first.stdin is not None
    assert first.stdout.readline() == b"held\n"
    with pytest.raises(LockHeld), exclusive_lock(lock, "A director"):
        pass
    first.kill()
    first.wait()
    first.stdin.close()
    first.stdout.close()
    with exclusive_lock(lock, "A director"):
        pass


def test_the_same_process_may_lock_again_after_it_let_go(tmp_path: Path) -> None:
    for _ in range(2):
        with exclusive_lock(tmp_path / "lock", "A director"):
            pass


def test_a_private_directory_is_made_with_its_parents(tmp_path: Path) -> None:
    assert private_directory(tmp_path / "a" / "b").is_dir()


def test_a_child_ends_when_its_input_is_closed(tmp_path: Path) -> None:
    child = spawn("code", ["-q"], log=tmp_path / "child.log", environment={})
    assert child.stdin is not None and child.stdout is not None
    child.stdin.close()
    assert child.wait(20) == 0
    child.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the order of processes is asked for in another way there")
def test_a_process_that_goes_first_does_so_before_other_sessions_and_its_children_do_not() -> None:
    program = """if True:
        import os, subprocess, sys, studio.system as system
        system.go_first()
        ask = [sys.executable, "-c", "import os; print(os.sched_getscheduler(0))"]
        print(os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK, flush=True)
        subprocess.run(ask, check=True)
    """
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
    allowed = _may_go_first()
    assert list(map(int, said.split())) == [os.SCHED_RR if allowed else os.SCHED_OTHER, os.SCHED_OTHER]


def _may_go_first() -> bool:
    probe = "import os; os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))"
    return subprocess.run([sys.executable, "-c", probe], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a priority is asked for in another way there")
def test_a_process_that_yields_waits_where_others_need_the_processor_also_where_its_parent_goes_first() -> None:
    program = "import os, studio.system as system; system.go_first(); system.yield_to_others(); print(os.nice(0))"
    niceness = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
    assert int(niceness) == max(5, os.nice(0))


def test_a_windows_process_that_yields_takes_a_lower_class(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    kernel = SimpleNamespace(SetPriorityClass=lambda handle, number: asked.append((handle.value, number)))
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    system.yield_to_others()
    assert asked == [(ctypes.c_void_p(-1).value, 0x4000)]
