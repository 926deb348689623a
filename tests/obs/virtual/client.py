"""A bare obs-websocket client for these tests: it knows the wire and nothing of our link."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from studio.obs.protocol import SUBPROTOCOL_JSON, authentication
from studio.obs.virtual import VirtualObs

PASSWORD = "牛羊 sheep"
RED, GREEN, BLUE, WHITE = 0xFF0000FF, 0xFF00FF00, 0xFFFF0000, 0xFFFFFFFF
"""Opaque colours as OBS writes them: 0xAABBGGRR."""


class Client:
    """One identified connection. Events that arrive meanwhile are kept in ``events``."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.events: list[dict[str, Any]] = []

    async def receive(self, op: int, seconds: float = 5) -> dict[str, Any]:
        """The next message of one kind."""
        async with asyncio.timeout(seconds):
            while True:
                message = await self._socket.receive()
                if message.type is not aiohttp.WSMsgType.TEXT:
                    raise ConnectionError(f"{message.type} {message.data}")
                payload = json.loads(message.data)
                if payload["op"] == 5 and op != 5:
                    self.events.append(payload["d"])
                elif payload["op"] == op:
                    return dict(payload["d"])

    async def ask(self, kind: str, **data: Any) -> dict[str, Any]:
        """Send one request and give its whole answer."""
        self._number += 1
        body: dict[str, Any] = {"requestType": kind, "requestId": self._number}
        if data:
            body["requestData"] = data
        await self._socket.send_json({"op": 6, "d": body})
        while True:
            answer = await self.receive(7)
            if answer["requestId"] == self._number:
                return answer

    async def get(self, kind: str, **data: Any) -> dict[str, Any]:
        """Send one request that must succeed and give its data."""
        answer = await self.ask(kind, **data)
        assert answer["requestStatus"]["result"], answer
        return dict(answer.get("responseData") or {})

    async def code(self, kind: str, **data: Any) -> int:
        """Send one request and give its status."""
        return int((await self.ask(kind, **data))["requestStatus"]["code"])

    async def batch(self, *requests: tuple[str, dict[str, Any]], **options: Any) -> list[dict[str, Any]]:
        """Send a batch and give its results."""
        asked = [{"requestType": kind, "requestData": data} for kind, data in requests]
        await self._socket.send_json({"op": 8, "d": {"requestId": "batch", "requests": asked, **options}})
        return list((await self.receive(9, 10))["results"])

    async def event(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The first event of that type with those fields, kept or still to come; it is used up."""
        while True:
            for kept in self.events:
                found = kept.get("eventData", {})
                if kept["eventType"] == kind and all(found.get(name) == value for name, value in fields.items()):
                    self.events.remove(kept)
                    return dict(found)
            self.events.append(await self.receive(5))

    async def quiet(self, seconds: float = 0.15) -> list[str]:
        """The types of all events kept or coming within some time."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    self.events.append(await self.receive(5, 60))
        except TimeoutError:
            pass
        types = [event["eventType"] for event in self.events]
        self.events.clear()
        return types

    async def scene(self, name: str, colour: int, size: tuple[int, int] = (64, 64)) -> None:
        """Make a scene that is filled with one colour."""
        await self.get("CreateScene", sceneName=name)
        settings = {"color": colour, "width": size[0], "height": size[1]}
        await self.get(
            "CreateInput",
            sceneName=name,
            inputName=f"{name} colour",
            inputKind="color_source_v3",
            inputSettings=settings,
        )

    async def show(self, name: str, transition: str = "Cut", duration_ms: int = 300) -> None:
        """Put a scene on air and wait until it is."""
        await self.get("SetCurrentSceneTransition", transitionName=transition)
        await self.get("SetCurrentSceneTransitionDuration", transitionDuration=duration_ms)
        await self.get("SetCurrentProgramScene", sceneName=name)
        await self.event("CurrentProgramSceneChanged", sceneName=name)


@asynccontextmanager
async def raw(obs: VirtualObs, *protocols: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A socket on which nothing was said yet."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(
            f"ws://127.0.0.1:{obs.port}", protocols=protocols or (SUBPROTOCOL_JSON,), max_msg_size=0
        ) as socket,
    ):
        yield socket


@asynccontextmanager
async def client(obs: VirtualObs, subscriptions: int = 2047, password: str = PASSWORD) -> AsyncIterator[Client]:
    """An identified client."""
    async with raw(obs) as socket:
        await identified(socket, subscriptions, password)
        yield Client(socket)


async def identified(
    socket: aiohttp.ClientWebSocketResponse, subscriptions: int = 2047, password: str = PASSWORD
) -> None:
    """Say who we are on a JSON socket, and wait until we are let in."""
    hello = (await socket.receive_json())["d"]
    identify: dict[str, Any] = {"rpcVersion": 1, "eventSubscriptions": subscriptions}
    if "authentication" in hello:
        asked = hello["authentication"]
        identify["authentication"] = authentication(password, asked["salt"], asked["challenge"])
    await socket.send_json({"op": 1, "d": identify})
    await Client(socket).receive(2)
