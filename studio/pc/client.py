"""Asks the agent of one studio's PC: over TLS, with nobody but the holder of the pinned certificate.

That PC stands in a room where anybody may sit down at it. What it answers is therefore bounded and looked at before it
is used: it is never a path of ours, never more than was asked for, and never ends anything but the request.
"""

import asyncio
import io
import json
import math
import os
import re
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
from pydantic import TypeAdapter, ValidationError

from studio.clock import Anchor, Clock
from studio.errors import AgentError, AgentMistaken, AgentRefused, AgentUnreachable
from studio.i18n import _
from studio.model.pc import Facts, Film, ObsState, Offset
from studio.model.problem import printable
from studio.pc.films import SUFFIXES
from studio.pc.identity import fingerprint
from studio.pc.known import Door
from studio.pc.offset import Exchange, estimate
from studio.pc.pairing import Applicant, Granted
from studio.pc.throttle import Throttle

Told = TypeVar("Told")
FACTS, FILMS, OBS = TypeAdapter(Facts), TypeAdapter(tuple[Film, ...]), TypeAdapter(ObsState)
ANSWER_S, START_S, SILENT_S = 10.0, 40.0, 20.0
"""Within how many seconds an agent answers, has OBS started anew, and sends the next bytes of a file."""
EXCHANGES = 8
PIECE = 256 * 1024
MAX_ANSWER = 16 * 1024 * 1024
"""Bytes of one answer in JSON: some ten thousand recordings."""
MANY = 500
"""Names of assets in one question."""
SAID = 300
"""Signs of the other side's own words that are shown."""
_ID, _HASH = re.compile(r"[0-9a-f]{32}"), re.compile(r"([0-9a-f]{64})?")


class AgentClient:
    """One agent; an async context. Every method raises AgentError where the agent does not do its part."""

    def __init__(self, door: Door, clock: Clock) -> None:
        self.door = door
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            f"https://{_bracketed(self.door.host)}:{self.door.port}",
            connector=aiohttp.TCPConnector(ssl=aiohttp.Fingerprint(bytes.fromhex(self.door.fingerprint)), limit=4),
            headers={"Authorization": f"Bearer {self.door.token}", "Accept-Encoding": "identity"},
            auto_decompress=False,  # a few bytes may stand for gigabytes
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._session is not None
        await self._session.close()

    async def offset(self) -> Offset:
        """How far that PC's clock is ahead of ours, by several exchanges over one connection."""
        anchor = Anchor(self._clock.monotonic_ns(), self._clock.wall_ns())
        exchanges = []
        for _each in range(EXCHANGES):
            sent_ns = self._clock.monotonic_ns()
            said = await self.ask("GET", "/clock")
            got_ns = self._clock.monotonic_ns()
            with _readable():
                theirs_ns, grain_ns = int(said["now_ns"]), int(said["grain_ns"])
            exchanges.append(Exchange(anchor.wall_at(sent_ns), theirs_ns, anchor.wall_at(got_ns), grain_ns))
        return estimate(exchanges)

    async def facts(self) -> Facts:
        """What that PC is and how it does."""
        return _read(FACTS, await self.ask("GET", "/facts"))

    async def speed(self, size: int = 4 * 1024 * 1024) -> tuple[float, float]:
        """Megabits a second from there to here and from here to there, measured with ``size`` bytes each."""
        began_ns = self._clock.monotonic_ns()
        async with self._open("GET", "/speed", params={"bytes": str(size)}) as answer:
            got = len(await _body(answer, size))
        half_ns = self._clock.monotonic_ns()
        await self.ask("POST", "/speed", data=io.BytesIO(os.urandom(size)))
        end_ns = self._clock.monotonic_ns()
        return got * 8000 / (half_ns - began_ns), size * 8000 / (end_ns - half_ns)

    async def missing_assets(self, names: Collection[str]) -> list[str]:
        """Those that are not there yet."""
        wanted, missing = sorted(names), set[str]()
        for at in range(0, len(wanted), MANY):
            said = await self.ask("POST", "/assets/missing", json=wanted[at : at + MANY])
            with _readable():
                missing |= {str(name) for name in said["missing"]}
        return [name for name in wanted if name in missing]

    async def put_asset(self, name: str, path: Path) -> None:
        """Send one; the agent keeps it only whole."""
        with path.open("rb") as file, _told(self.door):
            async with asyncio.timeout(SILENT_S) as silence:  # for as long as none of it leaves

                async def pieces() -> AsyncIterator[bytes]:
                    while piece := file.read(PIECE):
                        silence.reschedule(asyncio.get_running_loop().time() + SILENT_S)
                        yield piece

                size = {"Content-Length": str(os.fstat(file.fileno()).st_size)}
                await self.ask("PUT", f"/assets/{name}", data=pieces(), headers=size, within_s=None)

    async def films(self) -> tuple[Film, ...]:
        """The recordings there, oldest first."""
        films = _read(FILMS, await self.ask("GET", "/films"))
        with _readable():
            for film in films:
                _check(film)
        return films

    async def film(self, film: Film, start: int, throttle: Throttle) -> AsyncGenerator[bytes, None]:
        """The bytes of a recording from ``start`` on, in pieces, as fast as ``throttle`` lets them pass."""
        headers = {"Range": f"bytes={start}-"} if start else {}  # a recording without any byte has no range
        left = film.size - start
        async with self._open("GET", f"/films/{film.id}", headers=headers, within_s=None) as answer:
            if answer.status == 206 or start == 0:
                async for piece in answer.content.iter_chunked(PIECE):
                    left -= len(piece)
                    if left < 0:
                        raise AgentRefused(
                            _("{name} has grown since it was finished.").format(name=printable(film.name)),
                            _("It is copied once it is finished again."),
                        )
                    yield piece
                    await throttle.passed(len(piece))

    async def seal(self, film: Film) -> None:
        """Say that a verified copy is here."""
        await self.ask("POST", f"/films/{film.id}/sealed", json={"sha256": film.sha256})

    async def obs(self, what: str) -> ObsState:
        """``start`` OBS there, ``restart`` it, or ``leave`` it alone from now on."""
        return _read(OBS, await self.ask("POST", f"/obs/{what}", within_s=START_S))

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        """One request of the agent's and the JSON of its answer."""
        async with self._open(method, path, **more) as answer:
            text = await _body(answer, MAX_ANSWER)
            with _readable():
                return _parsed(text)

    @asynccontextmanager
    async def _open(
        self, method: str, path: str, *, within_s: float | None = ANSWER_S, **more: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        assert self._session is not None
        timeout = aiohttp.ClientTimeout(total=within_s, connect=ANSWER_S, sock_read=SILENT_S)
        with _told(self.door):
            async with self._session.request(method, path, timeout=timeout, allow_redirects=False, **more) as answer:
                if answer.status not in (200, 206):
                    raise await _refusal(answer)
                yield answer


async def pair(host: str, port: int, code: str, clock: Clock) -> Door:
    """Pair with the agent at that address by the code it shows. Raises AgentError; RefusedByRule where that is none."""
    applicant = Applicant(code)
    with _told(Door(host, port, "", "")):
        pem = await asyncio.to_thread(ssl.get_server_certificate, (host, port), timeout=ANSWER_S)
    door = Door(host, port, fingerprint(ssl.PEM_cert_to_DER_cert(pem)), "")  # who shows it, the code tells
    async with AgentClient(door, clock) as agent:
        begun = await agent.ask("POST", "/pair/begin", json={"message": applicant.message.hex()})
        with _readable():
            try_id, message = str(begun["id"]), bytes.fromhex(begun["message"])
        proof = applicant.proof(message, door.fingerprint)
        said = await agent.ask("POST", "/pair/finish", json={"id": try_id, "proof": proof.hex()})
    with _readable():
        granted, assets = Granted(str(said["token"]), bytes.fromhex(said["proof"])), str(said["assets"])
    return replace(door, token=applicant.accept(granted, door.fingerprint), assets=assets)


async def _refusal(answer: aiohttp.ClientResponse) -> AgentError:
    if answer.status == 401:
        return AgentMistaken(
            _("The agent does not know our token any more."), _("Pair that PC again: studio agent pair STUDIO")
        )
    try:
        with _readable():
            said: Mapping[str, Any] = _parsed(await _body(answer, MAX_ANSWER))
            refused = AgentRefused(_words(said["error"]), _words(said.get("remedy", "")))
            refused.exit_code = code if (code := said.get("exit_code")) in (1, 3, 4) else AgentRefused.exit_code
    except AgentMistaken:
        return AgentMistaken(
            _("The agent refused a request with status {status}.").format(status=answer.status),
            _("Install the same release on both sides."),
        )
    return refused


def _words(said: Any) -> str:
    """The other side's own words, as far as a screen of ours may show them."""
    return printable(str(said)[:SAID])


def _check(film: Film) -> None:
    """Raises ValueError where it is not what an agent tells: its hash becomes a name of ours, and so does its name."""
    known = _ID.fullmatch(film.id) and _HASH.fullmatch(film.sha256) and film.size >= 0
    film.name.encode()  # half a surrogate can be no name
    if not known or "\0" in film.name or PurePosixPath(film.name).suffix.lower() not in SUFFIXES:
        raise ValueError(film.id)


async def _body(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    """All of an answer. Raises AgentMistaken where it is longer than ``limit`` bytes."""
    found = bytearray()
    async for piece in answer.content.iter_chunked(PIECE):
        found += piece
        if len(found) > limit:
            raise _unreadable()
    return bytes(found)


def _parsed(text: bytes) -> Any:
    """JSON with numbers that fit into 64 bits. Raises ValueError and RecursionError."""
    return json.loads(text, parse_int=_whole, parse_float=_finite, parse_constant=_finite)


def _whole(text: str) -> int:
    if abs(number := int(text)) >= 2**63:
        raise ValueError(text)
    return number


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(text)
    return number


def _read(form: TypeAdapter[Told], said: Any) -> Told:
    with _readable():
        return form.validate_python(said)


@contextmanager
def _readable() -> Iterator[None]:
    """An answer that is not what it should be, as AgentMistaken."""
    try:
        yield
    except (ValidationError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable() from error


def _unreadable() -> AgentMistaken:
    return AgentMistaken(_("The agent sent an answer nobody can read."), _("Install the same release on both sides."))


@contextmanager
def _told(door: Door) -> Iterator[None]:
    """What goes wrong with the network, as ours."""
    try:
        yield
    except aiohttp.ServerFingerprintMismatch as error:
        raise AgentMistaken(
            _("What answers at {host}:{port} shows another certificate than the agent we were paired with.").format(
                host=door.host, port=door.port
            ),
            _("Do not go on before you know why; where the agent was installed anew, pair again."),
        ) from error
    except (aiohttp.ClientError, TimeoutError, OSError, UnicodeError) as error:
        raise AgentUnreachable(
            _("No agent answers at {host}:{port} ({why}).").format(
                host=door.host, port=door.port, why=str(error) or type(error).__name__
            ),
            _("Start studio agent on that PC, and check address, port and firewall."),
        ) from error


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
