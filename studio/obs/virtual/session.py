"""One client's connection: the handshake, its messages in and out, and every reason to close it."""

import asyncio
import base64
import logging
import math
import secrets
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

from studio.obs.protocol import RPC_VERSION, BatchExecution, CloseCode, OpCode, Subscription, authentication
from studio.obs.virtual.batch import Batch, run_batch
from studio.obs.virtual.codec import MSGPACK, codec_of
from studio.obs.virtual.dispatch import Asked, Done, response, run
from studio.obs.virtual.machine import Machine, Traffic

log = logging.getLogger(__name__)

_HIGHEST_UNSIGNED = 2**64


@dataclass(frozen=True, slots=True)
class Bye:
    """Why a session is closed."""

    code: CloseCode
    reason: str


_LAST_WORDS_S = 1.0
"""How long a closing session waits until its client has taken what was sent."""


class Session:
    """Talks to one client until either side closes. Every request runs by itself, as in OBS; a batch keeps order."""

    def __init__(
        self,
        machine: Machine,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        number: int,
        password: str,
        salt: str,
    ) -> None:
        self._machine, self._socket, self._transport = machine, socket, transport
        self._codec = codec_of(socket.ws_protocol)
        self._number, self._password = number, password
        self._salt, self._challenge = salt, new_nonce()
        self._outbox: asyncio.Queue[str | bytes] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._identified = False
        self.subscriptions = 0
        self.traffic = Traffic()

    async def talk(self) -> None:
        """Say hello and answer until the socket closes."""
        self._note("opened")
        self._writer = asyncio.create_task(self._write_out())
        hello: dict[str, Any] = {"obsWebSocketVersion": self._machine.persona.plugin_version}
        hello["rpcVersion"] = RPC_VERSION
        if self._password:
            hello["authentication"] = {"challenge": self._challenge, "salt": self._salt}
        self._send(OpCode.HELLO, hello)
        try:
            async for message in self._socket:
                self.traffic.incoming += 1
                bye = self._received(message)
                if bye is not None:
                    await self.close(bye.code, bye.reason)
        finally:
            for task in (*self._tasks, self._writer):
                task.cancel()
            await asyncio.gather(*self._tasks, self._writer, return_exceptions=True)
            self._note("closed", {"code": self._socket.close_code})

    def _note(self, what: str, data: Mapping[str, Any] | None = None) -> None:
        self._machine.state.journal.write("connection", what, connection=self._number, data=data)

    async def close(self, code: int, reason: str) -> None:
        """Close the socket with a code of the protocol, once everything before it is sent."""
        self._note("closing", {"code": int(code), "reason": reason})
        sent = asyncio.ensure_future(self._outbox.join())
        # A client that is gone, or reads no more, would be waited for without end.
        await asyncio.wait({sent, self._writer}, timeout=_LAST_WORDS_S, return_when=asyncio.FIRST_COMPLETED)
        sent.cancel()
        await self._socket.close(code=int(code), message=_fitting(reason))

    def _send(self, op: OpCode, data: Mapping[str, Any]) -> None:
        self._outbox.put_nowait(self._codec.encode({"d": data, "op": int(op)}))

    async def _write_out(self) -> None:
        while True:
            content = await self._outbox.get()
            try:
                if isinstance(content, bytes):
                    await self._socket.send_bytes(content)
                else:
                    await self._socket.send_str(content)
                self.traffic.outgoing += 1
            except (ConnectionError, RuntimeError) as error:
                log.debug("virtual OBS: a client is gone: %s", error)
            finally:
                self._outbox.task_done()

    def event(self, kind: str, intent: int, data: Mapping[str, Any]) -> None:
        """Send an event if this client subscribed to its category."""
        if self._identified and self.subscriptions & intent:
            body: dict[str, Any] = {"eventType": kind, "eventIntent": intent}
            if data:
                body["eventData"] = data
            self._send(OpCode.EVENT, body)

    def _received(self, message: aiohttp.WSMessage) -> Bye | None:
        codec = self._codec
        if message.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            return None  # the socket has broken a rule of its own, and was closed for it
        if message.type is not codec.frame:
            came = "text" if codec is MSGPACK else "binary"
            reason = f"Your session encoding is set to {codec.name}, but a {came} message was received."
            return Bye(CloseCode.MESSAGE_DECODE_ERROR, reason)
        try:
            payload = codec.decode(message.data)
        except ValueError as error:
            return Bye(CloseCode.MESSAGE_DECODE_ERROR, f"Unable to decode {codec.name}: {error}")
        if not isinstance(payload, dict):
            return Bye(CloseCode.MESSAGE_DECODE_ERROR, "You sent a non-object payload.")
        if "op" not in payload:
            return Bye(CloseCode.UNKNOWN_OP_CODE, "Your request is missing an `op`.")
        op, data = payload["op"], payload.get("d")
        if isinstance(op, bool) or not isinstance(op, int | float):
            return Bye(CloseCode.UNKNOWN_OP_CODE, "Your `op` is not a number.")
        if data is None:
            return Bye(CloseCode.MISSING_DATA_FIELD, "Your payload is missing data (`d`).")
        if not isinstance(data, dict):
            return Bye(CloseCode.INVALID_DATA_FIELD_TYPE, "Your payload's data (`d`) is not an object.")
        if not math.isfinite(op):
            return Bye(CloseCode.UNKNOWN_OP_CODE, "Unknown OpCode: 0")
        return self._understood(int(op) & 0xFF, data)  # the plugin keeps eight bits of the number, so that -1 is 255

    def _understood(self, op: int, data: dict[str, Any]) -> Bye | None:
        if not self._identified and op != OpCode.IDENTIFY:
            return Bye(CloseCode.NOT_IDENTIFIED, "You attempted to send a non-Identify message while not identified.")
        match op:
            case OpCode.IDENTIFY:
                return self._identify(data)
            case OpCode.REIDENTIFY:
                return self._resubscribe(data)
            case OpCode.REQUEST:
                return self._request(data)
            case OpCode.REQUEST_BATCH:
                return self._request_batch(data)
        return Bye(CloseCode.UNKNOWN_OP_CODE, f"Unknown OpCode: {op}")

    def _identify(self, data: dict[str, Any]) -> Bye | None:
        if self._identified:
            return Bye(CloseCode.ALREADY_IDENTIFIED, "You are already Identified with the obs-websocket server.")
        if self._password:
            if "authentication" not in data:
                return Bye(
                    CloseCode.AUTHENTICATION_FAILED,
                    "Your payload's data is missing an `authentication` string, however authentication is required.",
                )
            expected = authentication(self._password, self._salt, self._challenge)
            if not secrets.compare_digest(str(data["authentication"]).encode(), expected.encode()):
                return Bye(CloseCode.AUTHENTICATION_FAILED, "Authentication failed.")
        if "rpcVersion" not in data:
            return Bye(CloseCode.MISSING_DATA_FIELD, "Your payload's data is missing an `rpcVersion`.")
        if not _unsigned(data["rpcVersion"]):
            return Bye(CloseCode.INVALID_DATA_FIELD_TYPE, "Your `rpcVersion` is not an unsigned number.")
        if data["rpcVersion"] != RPC_VERSION:
            return Bye(CloseCode.UNSUPPORTED_RPC_VERSION, "Your requested RPC version is not supported by this server.")
        self.subscriptions = int(Subscription.ALL)
        bye = self._subscribe(data)
        if bye is None:
            self._identified = True
            self._note("identified", {"eventSubscriptions": self.subscriptions})
            self._welcome()
        return bye

    def _subscribe(self, data: dict[str, Any]) -> Bye | None:
        if "eventSubscriptions" in data:
            if not _unsigned(data["eventSubscriptions"]):
                return Bye(CloseCode.INVALID_DATA_FIELD_TYPE, "Your `eventSubscriptions` is not an unsigned number.")
            self.subscriptions = data["eventSubscriptions"]
        return None

    def _resubscribe(self, data: dict[str, Any]) -> Bye | None:
        bye = self._subscribe(data)
        if bye is None:
            self._welcome()
        return bye

    def _welcome(self) -> None:
        self._send(OpCode.IDENTIFIED, {"negotiatedRpcVersion": RPC_VERSION})

    def _request(self, data: dict[str, Any]) -> Bye | None:
        if "requestId" not in data:
            return Bye(CloseCode.MISSING_DATA_FIELD, "Your payload data is missing a `requestId`.")
        if "requestType" not in data:
            return Bye(CloseCode.MISSING_DATA_FIELD, "Your payload's data is missing an `requestType`.")
        if not isinstance(data["requestType"], str):
            return Bye(CloseCode.INVALID_DATA_FIELD_TYPE, "Your `requestType` is not a string.")
        self._begin(self._answer(Asked(data["requestType"], data.get("requestData"), data["requestId"])))
        return None

    async def _answer(self, asked: Asked) -> None:
        done = await run(self._machine, asked, self._number, self.traffic)
        if done.cut:
            self._cut()
        else:
            self._send(OpCode.REQUEST_RESPONSE, response(asked, done))

    def _request_batch(self, data: dict[str, Any]) -> Bye | None:
        if "requestId" not in data:
            return Bye(CloseCode.MISSING_DATA_FIELD, "Your payload data is missing a `requestId`.")
        if "requests" not in data:
            return Bye(CloseCode.MISSING_DATA_FIELD, "Your payload data is missing a `requests`.")
        if not isinstance(data["requests"], list):
            return Bye(CloseCode.INVALID_DATA_FIELD_TYPE, "Your `requests` is not an array.")
        execution, halt = data.get("executionType"), data.get("haltOnFailure")
        if execution is not None and not _unsigned(execution):
            return Bye(CloseCode.INVALID_DATA_FIELD_TYPE, "Your `executionType` is not a number.")
        if execution is not None and execution not in list(BatchExecution):
            return Bye(CloseCode.INVALID_DATA_FIELD_VALUE, "Your `executionType` has an invalid value.")
        if halt is not None and not isinstance(halt, bool):
            return Bye(CloseCode.INVALID_DATA_FIELD_TYPE, "Your `haltOnFailure` is not a boolean.")
        variables = data.get("variables")
        if variables is not None and not isinstance(variables, dict):
            return Bye(CloseCode.INVALID_DATA_FIELD_TYPE, "Your `variables` is not an object.")
        batch = Batch(
            data["requestId"],
            tuple(data["requests"]),
            BatchExecution(execution or 0),
            bool(halt),
            variables or {},
        )
        self._begin(self._answer_batch(batch))
        return None

    async def _answer_batch(self, batch: Batch) -> None:
        ended: list[tuple[Asked, Done]] = await run_batch(self._machine, batch, self._number, self.traffic)
        if any(done.cut for _asked, done in ended):
            self._cut()
            return
        results = [response(asked, done) for asked, done in ended]
        self._send(OpCode.REQUEST_BATCH_RESPONSE, {"requestId": batch.id, "results": results})

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("virtual OBS: a request broke down", exc_info=error)

    def _cut(self) -> None:
        # No close frame, no answer: what a pulled cable looks like once the operating system has noticed.
        self._note("cut")
        if self._transport is not None:
            self._transport.abort()


def new_nonce() -> str:
    """Random text for a salt or a challenge."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _fitting(reason: str) -> bytes:
    # A close frame has room for 123 bytes; half a character would make it unreadable.
    return reason.encode()[:123].decode(errors="ignore").encode()


def _unsigned(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _HIGHEST_UNSIGNED
