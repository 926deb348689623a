"""An agent as a process of its own, as it runs beside an OBS; and a bad line to it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.pc.client import pair
from studio.timekeeper import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studio.pc.known import Door


@dataclass
class Beside:
    """One agent, on the same port whenever it is started again."""

    state: Path
    films: Path
    settings: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    port: int = 0
    code: str = ""

    def start(self) -> None:
        """Start it and return once it listens."""
        self.state.mkdir(parents=True, exist_ok=True)
        self.films.mkdir(parents=True, exist_ok=True)
        text = f'bind = "127.0.0.1"\nport = {self.port or free_port()}\nfilms = [{json.dumps(str(self.films))}]\n'
        (self.state / "agent.toml").write_text(text + self.settings, encoding="utf-8")
        with (self.state / "stderr.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "studio", "agent", "--state", str(self.state), "--json"],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=os.environ | self.environment,
            )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = json.loads(line)
            self.code = said.get("code", self.code)
            if "port" in said:
                self.port = said["port"]
                return
        raise AssertionError((self.state / "stderr.log").read_text()[-2000:])

    def kill(self) -> None:
        """As a power cut does."""
        assert self.process is not None
        self.process.kill()
        self._reap()

    def end(self) -> None:
        """Politely."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self._reap()

    def _reap(self) -> None:
        assert self.process is not None and self.process.stdout is not None
        self.process.wait(20)
        self.process.stdout.close()

    def door(self) -> Door:
        """Pair with it by the code it shows."""
        return asyncio.run(pair("127.0.0.1", self.port, self.code, SystemClock()))


@contextlib.contextmanager
def beside(folder: Path, **more: Any) -> Iterator[Beside]:
    """An agent for a ``with`` block."""
    made = Beside(folder / "state", folder / "films", **more)
    made.start()
    try:
        yield made
    finally:
        made.end()


def free_port() -> int:
    """A port that nobody listens at."""
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class BadLine:
    """A relay to a port of this machine: ``mbit`` in each direction, pieces held up as lost ones are, and cuts.

    ``loss`` is the share of pieces that come only after ``again_s``, as TCP sends them again; ``cut`` ends every
    connection and refuses new ones until it is mended. ``through`` counts bytes from there to here.
    """

    def __init__(
        self, to: int, *, mbit: float | None = None, loss: float = 0, again_s: float = 0.2, seed: int = 1
    ) -> None:
        self._to = to
        self._byte_s = 8e-6 / mbit if mbit else 0.0
        self._loss, self._again_s = loss, again_s
        self._chance = random.Random(seed)
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_cut = False
        self._free_at = [0.0, 0.0]
        self.port = 0
        self.through = 0
        self.cuts = 0

    async def __aenter__(self) -> BadLine:
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.cut()
        self._server.close()
        await self._server.wait_closed()

    def cut(self) -> None:
        """Pull the cable."""
        self._is_cut = True
        self.cuts += 1
        for writer in tuple(self._writers):
            writer.transport.abort()

    def mend(self) -> None:
        """Plug it in again."""
        self._is_cut = False

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(self._pass(reader, far_writer, 0), self._pass(far_reader, writer, 1))
        finally:
            self._writers -= {writer, far_writer}
            for one in (writer, far_writer):
                one.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: int) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):
            while piece := await reader.read(8192):
                self._free_at[way] = max(self._free_at[way], loop.time()) + len(piece) * self._byte_s
                held = self._again_s if self._chance.random() < self._loss else 0.0
                await asyncio.sleep(max(self._free_at[way] - loop.time(), 0) + held)
                writer.write(piece)
                await writer.drain()
                if way:
                    self.through += len(piece)
        with contextlib.suppress(OSError):
            writer.write_eof() if writer.can_write_eof() else writer.close()
