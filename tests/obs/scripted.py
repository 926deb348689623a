"""A WebSocket server on a real socket that answers as each test says, where no OBS would misbehave on demand."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from studio.obs.protocol import SUBPROTOCOL_JSON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Script = Callable[["Peer", dict[str, Any]], Awaitable[None]]

HELLO: dict[str, Any] = {"obsWebSocketVersion": "5.1.0", "rpcVersion": 1}
IDENTIFIED: dict[str, Any] = {"op": 2, "d": {"negotiatedRpcVersion": 1}}


class Peer:
    """The server's side of one connection."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self.subscriptions = -1

    async def send(self, packet: object) -> None:
        await self.socket.send_str(json.dumps(packet))

    async def answer(self, request: dict[str, Any], data: object = None, code: int = 100, comment: str = "") -> None:
        status: dict[str, Any] = {"result": code == 100, "code": code} | ({"comment": comment} if comment else {})
        fields = {"requestType": request["requestType"], "requestId": request["requestId"], "requestStatus": status}
        await self.send({"op": 7, "d": fields | ({"responseData": data} if data is not None else {})})


class Scripted:
    """The server: its port, what it was asked, and whom it serves."""

    def __init__(self, script: Script, hello: object) -> None:
        self.port = 0
        self.hello = hello
        self.asked: list[dict[str, Any]] = []
        self.peers: list[Peer] = []
        self._script = script

    async def serve(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=(SUBPROTOCOL_JSON,), timeout=0.2)
        await socket.prepare(request)
        peer = Peer(socket)
        self.peers.append(peer)
        await peer.send({"op": 0, "d": self.hello})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            packet = json.loads(message.data)
            self.asked.append(packet)
            if packet["op"] == 1:
                peer.subscriptions = packet["d"]["eventSubscriptions"]
            await self._script(peer, packet)
        return socket


async def obedient(peer: Peer, packet: dict[str, Any]) -> None:
    """Identifies whoever asks, and answers each request with its own type and data."""
    if packet["op"] == 1:
        await peer.send(IDENTIFIED)
    elif packet["op"] == 6:
        await peer.answer(packet["d"], {"echo": packet["d"].get("requestData")})


@contextlib.asynccontextmanager
async def scripted(script: Script = obedient, hello: object = HELLO) -> AsyncIterator[Scripted]:
    """A server on a free port of 127.0.0.1, for the length of the block."""
    server = Scripted(script, hello)
    application = web.Application()
    application.router.add_get("/", server.serve)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server.port = runner.addresses[0][1]
        yield server
    finally:
        for peer in server.peers:
            await peer.socket.close()
        await runner.cleanup()
