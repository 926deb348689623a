"""Another project's client runs its own test suite, as published and unmodified, against the virtual OBS."""

import asyncio
import os
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import pytest

from studio.obs.virtual.persona import persona
from studio.obs.virtual.server import VirtualObs

PACKAGE = "obsws-cli==0.24.11"
SHA256 = "2ca3230074ac595c3cacb00b63b7ca62f1b18d6d407d5e343222ad44f4a14120"
PASSWORD = "not their password"
EXPECTED_MODULES = {
    "filter",
    "group",
    "hotkey",
    "input",
    "record",
    "replaybuffer",
    "scene",
    "sceneitem",
    "stream",
    "studiomode",
    "text",
    "version",
}


@contextmanager
def in_a_thread(obs: VirtualObs) -> Iterator[VirtualObs]:
    """The virtual OBS on an event loop of its own, for clients that block."""
    ready, over = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with obs:
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield obs
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(20)
        loop.close()


def downloaded(folder: Path) -> Path:
    """The published source archive, checked by its hash and unpacked."""
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{PACKAGE} --hash=sha256:{SHA256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--no-binary", "obsws-cli", "--require-hashes", "-r", str(wanted), "-d", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # Python 3.11.4 brought it
        archive.extractall(folder, **safely)
    return folder / "obsws_cli-0.24.11"


@pytest.fixture(scope="module")
def their_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ElementTree.Element]:
    folder = tmp_path_factory.mktemp("other-client")
    theirs = downloaded(folder)
    obs = VirtualObs(
        port=0,
        password=PASSWORD,
        record_dir=folder,
        canvas=(360, 640),
        persona=persona("30.2.3", "windows"),
        groups={"Scene": ["test_group"]},
    )
    with in_a_thread(obs):
        environment = {
            **os.environ,
            "OBSWS_CLI_HOST": "127.0.0.1",
            "OBSWS_CLI_PORT": str(obs.port),
            "OBSWS_CLI_PASSWORD": PASSWORD,
            "OBSWS_CLI_TESTS_STREAM_KEY": "no-such-key",
            "OBSWS_CLI_TESTS_PLATFORM": "windows",
            "PYTHONPATH": str(theirs),
        }
        report = folder / "report.xml"
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", f"--junitxml={report}", "tests"]
        done = subprocess.run(
            command, cwd=theirs, env=environment, capture_output=True, text=True, timeout=240, check=False
        )
        assert report.exists(), done.stdout + done.stderr
        print(done.stdout[-4000:])
    suite = ElementTree.parse(report).getroot().find("testsuite")
    assert suite is not None
    yield suite


def test_every_test_of_theirs_passes(their_tests: ElementTree.Element) -> None:
    counts = {name: int(their_tests.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": counts["tests"], "failures": 0, "errors": 0, "skipped": 0}
    assert counts["tests"] == 32


def test_every_module_of_theirs_ran(their_tests: ElementTree.Element) -> None:
    ran = {case.attrib["classname"].rpartition("test_")[2] for case in their_tests.iter("testcase")}
    assert ran == EXPECTED_MODULES
