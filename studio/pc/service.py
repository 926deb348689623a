"""What the agent answers, and to whom: TLS with its own certificate, and on every route but pairing the token."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from aiohttp import web

from studio.clock import Clock
from studio.errors import NotReady, RefusedByRule, StudioError
from studio.i18n import _
from studio.model.pc import Facts
from studio.pc.desk import Desk
from studio.pc.films import Films
from studio.pc.identity import Identity
from studio.pc.known import Token
from studio.pc.pairing import Pairing
from studio.pc.shelf import Shelf

MAX_ASSET = 4 * 1024**3
MAX_SPEED = 64 * 1024**2
"""Bytes of one measurement of the network."""
PIECE = 64 * 1024
PAIRING = frozenset({"/pair/begin", "/pair/finish"})
"""What is answered without the token."""
STRANGER_S = 10.0
"""Within so many seconds one without the token has said all of what he has to say."""
IDLE_S = 15.0
"""A connection on which nothing is asked for so long is closed: each takes up one of the files we may open."""
BACKLOG = 16
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Service:
    """The agent's routes over its parts. ``facts`` gathers the facts; ``desk`` is None where no OBS is its own."""

    def __init__(
        self,
        clock: Clock,
        grain_ns: int,
        token: Token,
        pairing: Pairing,
        films: Films,
        shelf: Shelf,
        desk: Desk | None,
        facts: Callable[[], Facts],
    ) -> None:
        self._clock = clock
        self._grain_ns = grain_ns
        self._token = token
        self._pairing = pairing
        self._films = films
        self._shelf = shelf
        self._desk = desk
        self._facts = facts

    def application(self) -> web.Application:
        """The application that serves it."""
        application = web.Application(middlewares=[self._guard], client_max_size=64 * 1024)
        routes = application.router
        routes.add_post("/pair/begin", self._begin)
        routes.add_post("/pair/finish", self._finish)
        routes.add_get("/clock", self._tell_time)
        routes.add_get("/facts", self._tell_facts)
        routes.add_get("/speed", self._send)
        routes.add_post("/speed", self._take)
        routes.add_post("/assets/missing", self._missing)
        routes.add_put("/assets/{name}", self._put)
        routes.add_get("/films", self._tell_films)
        routes.add_get("/films/{id}", self._film)
        routes.add_post("/films/{id}/sealed", self._seal)
        routes.add_post("/obs/{what}", self._obs)
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        stranger = request.path in PAIRING
        if not stranger and not self._token.opens(given):
            return web.json_response({"error": "unauthorized"}, status=401)
        try:
            async with asyncio.timeout(STRANGER_S if stranger else None):
                return await handler(request)
        except StudioError as error:
            return _refusal(error)
        except TimeoutError:
            return web.json_response({"error": "timeout"}, status=408)
        except ConnectionError:
            raise  # nobody is there any more who could be told
        except OSError as error:
            return _refusal(
                NotReady(
                    _("That PC's disk does not do what it should ({why}).").format(why=error.strerror or error),
                    _("Make room on it, and give the agent's account the right to write there."),
                )
            )
        except (LookupError, TypeError, ValueError, RecursionError, web.RequestPayloadError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}", "exit_code": 3}, status=400)

    async def _begin(self, request: web.Request) -> web.Response:
        answer = self._pairing.begin(bytes.fromhex((await request.json())["message"]))
        return web.json_response({"id": answer.id, "message": answer.message.hex()})

    async def _finish(self, request: web.Request) -> web.Response:
        asked = await request.json()
        granted = self._pairing.finish(str(asked["id"]), bytes.fromhex(asked["proof"]))
        self._token.keep(granted.token)
        said = {"token": granted.token, "proof": granted.proof.hex(), "assets": str(self._shelf.folder)}
        return web.json_response(said)

    async def _tell_time(self, _request: web.Request) -> web.Response:
        return web.json_response({"now_ns": self._clock.wall_ns(), "grain_ns": self._grain_ns})

    async def _tell_facts(self, _request: web.Request) -> web.Response:
        return web.json_response(asdict(await _apart(self._facts)))

    async def _send(self, request: web.Request) -> web.StreamResponse:
        left = min(int(request.query["bytes"]), MAX_SPEED)
        answer = web.StreamResponse()
        await answer.prepare(request)
        piece = os.urandom(PIECE)
        while left > 0:
            await answer.write(piece[:left])
            left -= PIECE
        return answer

    async def _take(self, request: web.Request) -> web.Response:
        return web.json_response({"bytes": sum([len(piece) async for piece in _within(MAX_SPEED, request)])})

    async def _missing(self, request: web.Request) -> web.Response:
        return web.json_response({"missing": self._shelf.missing([str(name) for name in await request.json()])})

    async def _put(self, request: web.Request) -> web.Response:
        await self._shelf.put(request.match_info["name"], _within(MAX_ASSET, request))
        return web.json_response({})

    async def _tell_films(self, _request: web.Request) -> web.Response:
        return web.json_response([asdict(film) for film in await _apart(self._films.look)])

    async def _film(self, request: web.Request) -> web.StreamResponse:
        path = self._films.path(request.match_info["id"])
        if path is None:
            raise RefusedByRule(_("That recording is not there any more."), _("Ask what is there now."))
        return web.FileResponse(path, chunk_size=PIECE)

    async def _seal(self, request: web.Request) -> web.Response:
        sha256 = str((await request.json())["sha256"])
        await _apart(lambda: self._films.seal(request.match_info["id"], sha256))
        return web.json_response({})

    async def _obs(self, request: web.Request) -> web.Response:
        if self._desk is None:
            raise NotReady(
                _("The agent of that PC was told of no OBS."),
                _("Write a table [obs] into its agent.toml, and start it again."),
            )
        match request.match_info["what"]:
            case "start":
                self._desk.wanted = True
                await _apart(self._desk.start)
            case "restart":
                await _apart(self._desk.stop)
                self._desk.wanted = True
                await _apart(self._desk.start)
            case "leave":
                self._desk.wanted = False
            case what:
                raise RefusedByRule(_("An agent cannot {what} OBS.").format(what=what), _("Use the same release."))
        return web.json_response(asdict(await _apart(self._desk.state)))


@asynccontextmanager
async def served(service: Service, who: Identity, host: str, port: int) -> AsyncIterator[int]:
    """Serve for a ``with`` block; gives the port, a free one where 0 was asked. Raises NotReady where it is taken."""
    context = who.server_context()
    patience: Any = {"keepalive_timeout": IDLE_S, "lingering_time": STRANGER_S}
    runner = web.AppRunner(service.application(), access_log=None, shutdown_timeout=1, **patience)
    await runner.setup()
    assert runner.server is not None
    try:
        try:
            server = await asyncio.get_running_loop().create_server(
                runner.server, host, port, ssl=context, ssl_handshake_timeout=STRANGER_S, backlog=BACKLOG
            )
        except OSError as error:
            raise NotReady(
                _("The agent cannot listen at {host}:{port} ({why}).").format(
                    host=host, port=port, why=error.strerror or error
                ),
                _("End the other program there, or write another bind or port into agent.toml."),
            ) from error
        async with server:
            yield int(server.sockets[0].getsockname()[1])
            server.close()
            await runner.cleanup()  # or it would wait for those who are connected
    finally:
        await runner.cleanup()


def _refusal(error: StudioError) -> web.Response:
    said = {"error": error.message, "remedy": error.remedy, "exit_code": error.exit_code}
    return web.json_response(said, status=409)


async def _within(limit: int, request: web.Request) -> AsyncIterator[bytes]:
    """The pieces of a request's body. Raises HTTPRequestEntityTooLarge where they are more than ``limit`` bytes."""
    count = request.content_length or 0
    if count <= limit:
        count = 0
        async for piece in request.content.iter_chunked(PIECE):
            count += len(piece)
            if count > limit:
                break
            yield piece
    if count > limit:
        raise web.HTTPRequestEntityTooLarge(limit, count)


async def _apart(work: Callable[[], Any]) -> Any:
    """In a thread, since it reads disks and process lists, and the clock must answer meanwhile."""
    return await asyncio.to_thread(work)
