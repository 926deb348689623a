"""The lock, the boot id and child processes."""

import subprocess
import sys
from pathlib import Path

import pytest

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


def test_the_boot_id_stays_the_same() -> None:
    assert boot_id() == boot_id() != ""


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
