"""Several virtual OBS in one process of their own, so that one signal hits them all: ``python -m tests.air.rack``.

It is asked by one line, a JSON object; it says that it listens by another, and ends its recordings at SIGTERM.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.obs.virtual.server import VirtualObs

CANVAS, FPS = (48, 80), 10


@dataclass
class Rack:
    """One virtual OBS for each of ``names``; on the same ports whenever it is started again."""

    folder: Path
    names: list[str]
    ports: dict[str, int] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    spare: subprocess.Popen[bytes] | None = None

    def warm(self) -> None:
        """Load what the next ``start`` runs: a slow machine's time for that is none of the director's."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "rack.log").open("ab") as log:
            self.spare = subprocess.Popen(
                [sys.executable, "-m", "tests.air.rack"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )

    async def start(self, password: str, *faults: str) -> None:
        """Start it and return once all of them listen."""
        await asyncio.to_thread(self._start, password, faults)

    def _start(self, password: str, faults: Sequence[str]) -> None:
        if self.spare is None:
            self.warm()
        self.process, self.spare = self.spare, None
        assert self.process is not None and self.process.stdin is not None and self.process.stdout is not None
        asked = {"folder": str(self.folder), "names": list(self.names), "ports": self.ports, "faults": faults}
        with self.process.stdin as line:
            line.write(json.dumps(asked | {"password": password}).encode() + b"\n")
        said = self.process.stdout.readline()
        assert said, (self.folder / "rack.log").read_text()[-2000:]
        self.ports = json.loads(said)

    def send(self, sign: signal.Signals) -> None:
        """A signal to all of them."""
        assert self.process is not None
        self.process.send_signal(sign)

    async def end(self, sign: signal.Signals = signal.SIGTERM) -> None:
        """End it by a signal, and return when it is gone."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(sign)
            await asyncio.to_thread(self.process.wait, 30)
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()

    def journal(self, name: str, kind: str, *types: str) -> list[dict[str, Any]]:
        """What one of them was asked, or did."""
        lines = (self.folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        found = (json.loads(line) for line in lines if line.endswith("}"))
        return [one for one in found if one["kind"] == kind and one["type"] in types]


async def serve(asked: Mapping[str, Any]) -> None:
    """Run them until SIGTERM."""
    folder, ending = Path(asked["folder"]), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ending.set)
    async with contextlib.AsyncExitStack() as stack:
        ports = {}
        for name in asked["names"]:
            obs = VirtualObs(
                port=asked["ports"].get(name, 0),
                password=asked["password"],
                record_dir=folder / f"{name}-rec",
                canvas=CANVAS,
                fps=FPS,
                faults=asked["faults"],
                journal_path=folder / f"{name}.jsonl",
            )
            await stack.enter_async_context(obs)
            ports[name] = obs.port
        print(json.dumps(ports), flush=True)
        await ending.wait()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.stdin.readline())))
