"""Keeps the processes of ``studio run`` alive: director, watch, desk, copier; one that dies is started again."""

import contextlib
import json
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.errors import NotReady, StudioError
from studio.i18n import _
from studio.system import private_directory, spawn

ENDING_WITHIN_S = 10.0
POLL_S = 0.05
CALM_S = 10.0
"""A process that ran for so long before it died is started again at once; one that dies sooner waits a second."""
AGAIN_AFTER_S = 1.0
PROCESSES = {
    "director": "studio.daemon",
    "watch": "studio.air.watch",
    "desk": "studio.web",
    "copier": "studio.jobs.copier",
}
"""The module of each, by its name; the director is the first to come and the last to go."""


@dataclass
class _Child:
    process: "subprocess.Popen[bytes]"
    since: float = field(default_factory=time.monotonic)
    listener: threading.Thread | None = None
    why: StudioError | None = None
    """Why it did not come up."""
    again: float | None = None
    """When to start it again; None while it lives."""

    def close(self) -> None:
        """Close our ends of the pipes of one that has ended."""
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()


class Supervisor:
    """The processes of one workspace; ``told`` is called with each one's first line, as JSON, whenever it starts.

    ``fell`` is called whenever one has ended; with the reason, once for each, where it did not come up at all.
    """

    def __init__(
        self,
        root: Path,
        told: Callable[[str, dict[str, Any]], None],
        fell: Callable[[str, StudioError | None], None],
    ) -> None:
        self._root = root
        self._told = told
        self._fell = fell
        self._children: dict[str, _Child] = {}
        self._reasons: dict[str, str] = {}

    def start(self) -> None:
        """Start all. Raises what the director says where it cannot start, NotReady where it says nothing."""
        private_directory(self._root / ".studio")
        for name in PROCESSES:
            child = self._start(name)
            if name == "director":
                self._told(name, self._first_word(name, child))
            else:
                self._listen(name, child)

    def watch(self) -> None:
        """Return never: start again whatever dies, until interrupted."""
        while True:
            time.sleep(POLL_S)
            for name, child in tuple(self._children.items()):
                if child.process.poll() is None:
                    continue
                now = time.monotonic()
                if child.again is None:
                    self._say_fall(name, child)
                    child.close()
                    child.again = now if now - child.since >= CALM_S else now + AGAIN_AFTER_S
                if now >= child.again:
                    self._listen(name, self._start(name))

    def stop(self) -> None:
        """End all, the director last; what is on air stays on air."""
        for name in reversed(tuple(self._children)):
            child = self._children.pop(name)
            with contextlib.suppress(OSError):
                if child.process.stdin is not None:
                    child.process.stdin.close()
            try:
                child.process.wait(ENDING_WITHIN_S)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            child.close()

    def _start(self, name: str) -> _Child:
        log = self._root / ".studio" / f"{name}.log"
        self._children[name] = _Child(spawn(PROCESSES[name], [str(self._root)], log=log, environment={}))
        return self._children[name]

    def _listen(self, name: str, child: _Child) -> None:
        def hear() -> None:
            try:
                self._told(name, self._first_word(name, child))
            except StudioError as error:
                child.why = error

        child.listener = threading.Thread(target=hear, daemon=True)
        child.listener.start()

    def _say_fall(self, name: str, child: _Child) -> None:
        if child.listener is not None:
            child.listener.join()
        reason = str(child.why or "")
        if not reason or reason != self._reasons.get(name):
            self._fell(name, child.why)
        self._reasons[name] = reason

    def _first_word(self, name: str, child: _Child) -> dict[str, Any]:
        assert child.process.stdout is not None
        try:
            said = json.loads(child.process.stdout.readline())
        except ValueError as error:
            raise NotReady(
                _("The {name} did not start.").format(name=name),
                _("Read {log} to see why.").format(log=f".studio/{name}.log"),
            ) from error
        if "error" in said:
            failure = StudioError(said["error"], said["remedy"])
            failure.exit_code = said["exit_code"]
            raise failure
        return dict(said)
