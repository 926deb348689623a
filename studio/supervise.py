"""Keeps the processes of ``studio run`` alive: director, watch and desk; one that dies is started again at once."""

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
PROCESSES = {"director": "studio.daemon", "watch": "studio.air.watch", "desk": "studio.web"}
"""The module of each, by its name; the director is the first to come and the last to go."""


@dataclass
class _Child:
    process: "subprocess.Popen[bytes]"
    since: float = field(default_factory=time.monotonic)


class Supervisor:
    """The processes of one workspace; ``told`` is called with each one's first line, as JSON, whenever it starts."""

    def __init__(self, root: Path, told: Callable[[str, dict[str, Any]], None], fell: Callable[[str], None]) -> None:
        self._root = root
        self._told = told
        self._fell = fell
        self._children: dict[str, _Child] = {}

    def start(self) -> None:
        """Start all. Raises what the director says where it cannot start, NotReady where it says nothing."""
        private_directory(self._root / ".studio")
        for name in PROCESSES:
            self._start(name)
            if name == "director":
                self._told(name, self._first_word(name))
            else:
                self._listen(name)

    def watch(self) -> None:
        """Return never: start again whatever dies, until interrupted."""
        while True:
            time.sleep(POLL_S)
            for name, child in tuple(self._children.items()):
                if child.process.poll() is None:
                    continue
                self._fell(name)
                if time.monotonic() - child.since < CALM_S:
                    time.sleep(1.0)
                self._start(name)
                self._listen(name)

    def stop(self) -> None:
        """End all, the director last; what is on air stays on air."""
        for name in reversed(tuple(self._children)):
            child = self._children.pop(name).process
            with contextlib.suppress(OSError):
                if child.stdin is not None:
                    child.stdin.close()
            try:
                child.wait(ENDING_WITHIN_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _start(self, name: str) -> None:
        log = self._root / ".studio" / f"{name}.log"
        self._children[name] = _Child(spawn(PROCESSES[name], [str(self._root)], log=log, environment={}))

    def _listen(self, name: str) -> None:
        def hear() -> None:
            with contextlib.suppress(StudioError):
                self._told(name, self._first_word(name))

        threading.Thread(target=hear, daemon=True).start()

    def _first_word(self, name: str) -> dict[str, Any]:
        process = self._children[name].process
        assert process.stdout is not None
        try:
            said = json.loads(process.stdout.readline())
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
