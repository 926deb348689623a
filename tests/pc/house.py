"""One studio PC for a test: a real agent's service on loopback, over real files, with the clock it is given."""

import asyncio
import hashlib
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from studio.clock import Clock
from studio.model.pc import ObsState
from studio.pc.desk import Desk
from studio.pc.facts import gather
from studio.pc.films import Films
from studio.pc.identity import Identity, identity
from studio.pc.known import Door, Token
from studio.pc.pairing import Pairing
from studio.pc.service import Service, served
from studio.pc.shelf import Shelf
from studio.timekeeper import SystemClock

TOKEN = "the-director-s-token"


class Shifted(SystemClock):
    """The clocks of a PC whose wall clock is ahead of this machine's."""

    def __init__(self, ahead_ns: int) -> None:
        self.ahead_ns = ahead_ns

    def wall_ns(self) -> int:
        """See ``studio.clock.Clock``."""
        return super().wall_ns() + self.ahead_ns


@dataclass
class Pc:
    """A PC whose agent runs."""

    who: Identity
    port: int
    folder: Path
    """Of its recordings."""
    state: Path
    token: Token
    films: Films
    shelf: Shelf
    pairing: Pairing
    service: Service
    codes: list[str]
    """What its screen has shown; an empty text stands for no code."""

    @property
    def door(self) -> Door:
        """How its director reaches it."""
        return Door("127.0.0.1", self.port, self.who.fingerprint, TOKEN)


@asynccontextmanager
async def pc(place: Path, *, clock: Clock | None = None, paired: bool = True, desk: Desk | None = None, port: int = 0,
             grain_ns: int = 1) -> AsyncIterator[Pc]:  # fmt: skip
    """A PC with its folders below ``place``; without ``paired`` it obeys nobody and shows no code yet."""
    clock = clock or SystemClock()
    folder, state = place / "录像", place / "agent"
    folder.mkdir(exist_ok=True)
    who, codes = identity(state), list[str]()
    token, shelf = Token(state), Shelf(state / "assets")
    if paired:
        token.keep(TOKEN)
    films = Films([folder], state, clock, 30)
    pairing = Pairing(who.fingerprint, clock, codes.append)
    service = Service(
        clock, grain_ns, token, pairing, films, shelf, desk, lambda: gather([folder], shelf.folder, ObsState(False))
    )
    async with served(service, who, "127.0.0.1", port) as at:
        yield Pc(who, at, folder, state, token, films, shelf, pairing, service, codes)


@dataclass
class Heard:
    """One answer, as it came over the wire."""

    status: int
    head: bytes
    body: bytes


async def say(port: int, method: str, target: str, *, token: str | bytes | None = TOKEN, body: bytes = b"",
              more: tuple[bytes, ...] = ()) -> Heard:  # fmt: skip
    """Send one request byte for byte as it is written here: no library has tidied up its path before."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=blind())
    lines = [f"{method} {target} HTTP/1.1".encode(), b"Host: agent", b"Connection: close", *more]
    if token is not None:
        lines.append(b"Authorization: Bearer " + (token.encode() if isinstance(token, str) else token))
    if not any(line.lower().startswith((b"content-length", b"transfer-encoding")) for line in more):
        lines.append(b"Content-Length: %d" % len(body))
    try:
        writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        await writer.drain()
        async with asyncio.timeout(20):
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head.lower())
            said = b"" if method == "HEAD" else await (reader.readexactly(int(length[1])) if length else reader.read())
    finally:
        writer.close()
    return Heard(int(head.split(b" ", 2)[1]), head, said)


def blind() -> ssl.SSLContext:
    """A client that takes any certificate, as a stranger's may."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Line:
    """A line to ``port`` that holds up every piece for as long as ``there`` and ``back`` say, in seconds.

    With ``who`` it is a go-between: it ends the TLS of whoever calls, with a certificate of its own, and opens another.
    """

    def __init__(self, port: int, there: Callable[[], float], back: Callable[[], float], who: Identity | None = None):
        self._far, self._there, self._back, self._who = port, there, back, who
        self.passed = b""
        """What went from the caller to the agent."""
        self._carrying: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[int]:
        """Where it is called, for a ``with`` block."""
        server = await asyncio.start_server(
            self._carry, "127.0.0.1", 0, ssl=self._who.server_context() if self._who else None
        )
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for task in tuple(self._carrying):
                task.cancel()
            await asyncio.gather(*self._carrying, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        far = None
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", self._far, ssl=blind() if self._who else None)
            ways = (self._way(reader, far, self._there, note=True), self._way(far_reader, writer, self._back))
            both = [asyncio.create_task(way) for way in ways]
            _done, left = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for way in left:
                way.cancel()
            await asyncio.gather(*both, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._carrying.discard(task)
            for end in (writer, far):
                if end is not None:
                    end.close()

    async def _way(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait: Callable[[], float], note: bool = False
    ) -> None:
        while piece := await reader.read(65536):
            if note:
                self.passed += piece
            await asyncio.sleep(wait())
            writer.write(piece)
            await writer.drain()


def at_once() -> float:
    """No delay."""
    return 0.0


def sha256(content: bytes) -> str:
    """The hash of those bytes."""
    return hashlib.sha256(content).hexdigest()
