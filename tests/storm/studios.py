"""Virtual studios as processes of their own, and what their journals say they were asked and did."""

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.storm.ground import CANVAS, FPS, PASSWORD

Line = dict[str, Any]
ENDING_S = 15.0


@dataclass
class VirtualStudio:
    """One ``studio virtual``; ``journal`` is the witness of all that it was asked and did."""

    name: str
    folder: Path
    faults: Sequence[str] = ()
    port: int = 0
    lines: list[Line] = field(default_factory=list)
    _read: int = 0

    def start(self) -> Self:
        """Start it and wait until it listens; on the port that it had before, where it had one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "studio", "virtual", "--port", str(self.port), "--json", "--until-input-ends"]
        command += ["--record-dir", str(self.folder / "recordings"), "--journal", str(self.journal)]
        command += ["--canvas", f"{CANVAS[0]}x{CANVAS[1]}", "--fps", str(FPS), "--password", PASSWORD]
        command += ["--platform", "windows"]  # whose OBS always has a virtual camera
        command += [part for fault in self.faults for part in ("--fault", fault)]
        with (self.folder / "virtual.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        return self

    def listening(self) -> Self:
        """Return once it listens."""
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        assert said, (self.folder / "virtual.log").read_text()[-2000:]
        self.port = json.loads(said)["port"]
        return self

    @property
    def journal(self) -> Path:
        """The file of its journal, one JSON object a line."""
        return self.folder / "journal.jsonl"

    def read(self) -> list[Line]:
        """All lines so far."""
        with self.journal.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self.lines.append(json.loads(line))
                self._read += len(line)
        return self.lines

    def effects(self, *types: str, since: int = 0) -> list[Line]:
        """What it really did, from its line ``since`` on."""
        return [line for line in self.read()[since:] if line["kind"] == "effect" and line["type"] in types]

    def programme(self) -> str:
        """The scene that is on air, or coming on."""
        shown = self.effects("programme")
        return str(shown[-1]["data"]["scene"]) if shown else ""

    def stop(self) -> None:
        """Let it close its recording and end."""
        with suppress(OSError):
            self.process.communicate(timeout=ENDING_S)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
