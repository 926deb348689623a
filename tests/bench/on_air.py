"""Starts the product as a person would, director, watch, desk and a page that looks at it, and waits for a session."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.asrun.events import CueEnded, Record, RunEnded, RunStarted
from studio.store.asrun import ASRUN_FILE, AsRunReader
from studio.workspace.secrets import variable
from tests.bench.cue_workspace import SECRET, SESSION

STUDIO = Path(sys.executable).parent / "studio"
UP_S = 30.0
PAGE_EVERY_S = 0.5
ENDS_WITHIN_S = 40.0


@contextlib.contextmanager
def studio_run(root: Path, password: str) -> Iterator[str]:
    """``studio run`` for a ``with`` block; gives the address of the desk."""
    environment = os.environ | {variable(SECRET): password}
    command = [str(STUDIO), "run", "--workspace", str(root), "--json"]
    with (root / "run.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True
        )
    try:
        yield _desk(process, root)
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(UP_S)
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _desk(process: subprocess.Popen[str], root: Path) -> str:
    """The desk's address, once all processes have said that they are up."""
    assert process.stdout is not None
    up: dict[str, dict[str, Any]] = {}
    while len(up) < 4:
        line = process.stdout.readline()
        if not line:
            raise AssertionError((root / "run.log").read_text(encoding="utf-8"))
        said = json.loads(line)
        up[said["process"]] = said
    return str(up["desk"]["url"])


def start_session(root: Path) -> None:
    """``studio start``, at once; raises what it says where a studio is not ready."""
    command = [str(STUDIO), "start", SESSION, "--now", "--workspace", str(root)]
    asked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)
    if asked.returncode:
        raise AssertionError(asked.stdout + asked.stderr)


@contextlib.contextmanager
def page(desk: str) -> Iterator[None]:
    """A page that is open for a ``with`` block: it hears the news, and is loaded anew twice a second besides."""
    closing = threading.Event()

    def hear() -> None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{desk}events", timeout=5) as news:
            while not closing.is_set():
                news.readline()

    def look() -> None:
        while not closing.wait(PAGE_EVERY_S):
            for what in ("", "api/status"):
                with urllib.request.urlopen(desk + what, timeout=5) as answer:
                    answer.read()

    threads = [threading.Thread(target=hear), threading.Thread(target=look)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        closing.set()
        for thread in threads:
            thread.join()


class Session:
    """What the as-run log says of the session that runs."""

    def __init__(self, root: Path) -> None:
        self._reader = AsRunReader(root / ".studio" / ASRUN_FILE)
        (self._run,) = self._reader.runs()

    @property
    def records(self) -> tuple[Record, ...]:
        """Everything so far."""
        return self._reader.events(self._run)

    @property
    def anchor_ns(self) -> int:
        """The monotonic instant of the session's start."""
        (started,) = (one.event for one in self.records if isinstance(one.event, RunStarted))
        return started.anchor_monotonic_ns

    def wait_for_end(self, end_ns: int) -> None:
        """Return once it is over, which must be soon after ``end_ns``."""
        while not any(isinstance(one.event, RunEnded) for one in self.records):
            left_s = (end_ns - time.monotonic_ns()) / 1e9
            if left_s < -ENDS_WITHIN_S:
                raise AssertionError(f"the session did not end: {self.records[-5:]}")
            time.sleep(max(0.5, left_s))

    def ended(self) -> dict[tuple[str, str], CueEnded]:
        """The verdicts by studio and row."""
        return {(one.stamp.studio, one.stamp.cue): one.event for one in self.records if isinstance(one.event, CueEnded)}

    def close(self) -> None:
        """Close the log."""
        self._reader.close()
