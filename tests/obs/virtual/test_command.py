"""``studio virtual`` as a process: where it listens, how it ends, what it says when it cannot begin."""

import errno
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from studio.obs.virtual.listening import cannot_listen

STUDIO = [sys.executable, "-c", "from studio.cli.__main__ import main; main()", "virtual"]
ENGLISH = {"STUDIO_LANG": "en", "PYTHONIOENCODING": "utf-8"}


def run(*arguments: str, **more: object) -> "subprocess.CompletedProcess[str]":
    import os

    return subprocess.run(
        [*STUDIO, *arguments],
        env={**os.environ, **ENGLISH},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **more,
    )


def test_it_says_its_port_and_ends_with_its_input(tmp_path: Path) -> None:
    done = run("--port", "0", "--json", "--until-input-ends", "--record-dir", str(tmp_path / "new"), input="")
    said = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert said["port"] > 0 and said["canvas"] == [1080, 1920]
    assert (tmp_path / "new").is_dir()


def test_a_port_in_use_is_one_sentence_and_a_remedy(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run("--port", port, "--record-dir", str(tmp_path))
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert port in done.stderr and "--port" in done.stderr


@pytest.mark.parametrize(
    "host", ["192.0.2.7", "no-such-host.invalid", "a" * 70], ids=["elsewhere", "unknown", "no name"]
)
def test_a_host_that_is_not_this_machine_is_mended_by_the_host_option(host: str, tmp_path: Path) -> None:
    done = run("--host", host, "--port", "0", "--record-dir", str(tmp_path))
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert host in done.stderr and "--host" in done.stderr and "--port" not in done.stderr
    assert "Unknown error" not in done.stderr


def test_a_port_that_is_not_allowed_is_not_said_to_be_in_use() -> None:
    error = cannot_listen("127.0.0.1", 80, PermissionError(errno.EACCES, "no"))
    assert "1024" in error.remedy and "close" not in error.remedy


def test_an_address_that_newer_pythons_report_without_a_number_is_mended_by_the_host_option() -> None:
    assert "--host" in cannot_listen("192.0.2.7", 80, OSError("could not bind on any address")).remedy


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["--fault", "explode:All"], 4, "explode"),
        (["--obs-version", "27.2"], 4, "27.2"),
        (["--canvas", "wide"], 2, "1080x1920"),
        (["--platform", "amiga"], 2, "amiga"),
    ],
)
def test_a_bad_option_is_said(arguments: list[str], code: int, part: str, tmp_path: Path) -> None:
    done = run("--port", "0", "--record-dir", str(tmp_path), *arguments)
    assert done.returncode == code
    assert part in done.stderr
    assert "Traceback" not in done.stderr
