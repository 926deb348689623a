"""The link to one OBS: a socket for commands, another for events, a deadline on every call."""

import asyncio
import contextlib
import copy
import itertools
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp

from studio.clock import Clock
from studio.errors import ObsDisconnected, ObsError, ObsProtocolError, ObsRequestFailed, ObsTimeout
from studio.i18n import _
from studio.model.obs import Request
from studio.obs.events import EventStream, ObsEvent
from studio.obs.handshake import Address, acknowledge_at_once, closed, open_socket, take_back, unreachable
from studio.obs.protocol import BatchExecution, OpCode, Status, Subscription

log = logging.getLogger(__name__)

CONNECT_MS = 5_000
CALL_MS = 3_000
HEARTBEAT_MS = 4_000

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=dict).encode  # any Mapping is an object


@dataclass(frozen=True, slots=True)
class RequestResult:
    """How OBS answered one request of a batch; ``code`` is a ``protocol.Status``."""

    type: str
    ok: bool
    code: int
    comment: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


class ObsLink:
    """Two sockets to one OBS, so that an answer never waits behind an event packet's delayed acknowledgement.

    The same link may be connected again after it was lost; listeners stay, event streams end. Every method raises
    only classes of ``studio.errors``. Deadlines are milliseconds of real time, whatever ``clock`` says; ``clock``
    stamps the events.
    """

    def __init__(
        self,
        address: Address,
        clock: Clock,
        *,
        subscriptions: int = Subscription.ALL,
        heartbeat_ms: int = HEARTBEAT_MS,
    ) -> None:
        self.address = address
        self._clock = clock
        self._subscriptions = int(subscriptions)
        self._heartbeat_ms = heartbeat_ms
        self._ids = itertools.count(1)  # never starts again: a late answer can meet no other call's id
        self._pending: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._listeners: list[Callable[[ObsEvent], None]] = []
        self._streams: list[EventStream] = []
        self._session: aiohttp.ClientSession | None = None
        self._sockets: tuple[aiohttp.ClientWebSocketResponse, ...] = ()
        self._readers: list[asyncio.Task[None]] = []
        self._lost: asyncio.Future[ObsError] | None = None
        self.connections = 0
        """How often ``connect`` has succeeded: what was learnt from an earlier connection may be stale."""

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    @property
    def connected(self) -> bool:
        """True from a successful ``connect`` until the link is lost or closed."""
        return self._lost is not None and not self._lost.done()

    async def connect(self, *, deadline_ms: int = CONNECT_MS) -> None:
        """Open both sockets within ``deadline_ms``; what was open before is closed first.

        Raises ObsUnreachable (nobody, or no answer in time), ObsAuthenticationFailed, ObsProtocolError, or
        ObsDisconnected where OBS closed the socket for another reason.
        """
        await self.close()
        session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        try:
            async with asyncio.timeout(deadline_ms / 1000):
                commands = await open_socket(session, self.address, Subscription.NONE, self._heartbeat_ms)
                events = await open_socket(session, self.address, self._subscriptions, self._heartbeat_ms)
        except TimeoutError as error:
            await session.close()
            raise unreachable(self.address) from error
        except BaseException:
            await session.close()
            raise
        self._session, self._sockets = session, (commands, events)
        self._lost = asyncio.get_running_loop().create_future()
        self.connections += 1
        self._readers = [
            asyncio.create_task(self._read(commands, events, self._answered), name=f"obs commands {self.address}"),
            asyncio.create_task(self._read(events, commands, self._happened), name=f"obs events {self.address}"),
        ]

    async def close(self) -> None:
        """Close both sockets and end every pending call and stream; no error where it is closed already."""
        self._end(
            ObsDisconnected(
                _("The connection to OBS at {address} was closed.").format(address=self.address),
                _("Connect again before the next call."),
                close_code=1000,
            )
        )
        readers, self._readers = self._readers, []
        for reader in readers:
            reader.cancel()
        for reader in readers:
            with contextlib.suppress(asyncio.CancelledError):
                await reader
        session, self._session = self._session, None
        sockets, self._sockets = self._sockets, ()
        if session is not None:
            await asyncio.gather(*(socket.close() for socket in sockets))
            await session.close()

    def drop(self, why: ObsError) -> None:
        """Give up an OBS that does not answer any more: the link counts as lost at once, ``connect`` makes it anew.

        What the network holds back is taken back: a scene change must not come true minutes later.
        """
        if self.connected:
            for socket in self._sockets:
                take_back(socket)
        self._end(why)

    async def wait_lost(self) -> ObsError:
        """Return why the link was lost, once it is; raises ObsDisconnected where it was never connected."""
        if self._lost is None:
            raise self._not_connected()
        return await asyncio.shield(self._lost)

    def listen(self, listener: Callable[[ObsEvent], None]) -> Callable[[], None]:
        """Call ``listener`` with each event in the order of arrival; returns what stops it. It must not block."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def events(self) -> EventStream:
        """A stream of the events that arrive from now on."""
        stream = EventStream(lambda left: self._streams.remove(left) if left in self._streams else None)
        if self.connected:
            self._streams.append(stream)
        else:
            stream.end(self._not_connected())
        return stream

    async def call(
        self, request_type: str, data: Mapping[str, Any] | None = None, *, deadline_ms: int = CALL_MS
    ) -> dict[str, Any]:
        """Send one request and return its ``responseData``, an empty dict where there is none.

        Raises ObsRequestFailed with OBS's status, ObsTimeout where no answer came within ``deadline_ms`` (OBS may
        have acted all the same), ObsDisconnected, ObsProtocolError.
        """
        fields: dict[str, Any] = {"requestType": request_type}
        if data:
            fields["requestData"] = data
        answer = await self._ask(OpCode.REQUEST, fields, request_type, deadline_ms)
        result = self._result(answer, request_type)
        if not result.ok:
            raise ObsRequestFailed(request_type, result.code, result.comment, remedy(result.code))
        return dict(result.data)

    async def batch(
        self, requests: Sequence[Request], *, deadline_ms: int = CALL_MS, halt_on_failure: bool = False
    ) -> list[RequestResult]:
        """Send requests as one SerialRealtime batch, run in their order; returns one result for each that was run.

        With ``halt_on_failure`` the list ends with the first refused one. A refusal is a result, never an exception;
        raises ObsTimeout, ObsDisconnected, ObsProtocolError for the batch as a whole.
        """
        fields = {
            "haltOnFailure": halt_on_failure,
            "executionType": BatchExecution.SERIAL_REALTIME,
            "requests": [
                {"requestType": request.type, "requestData": request.data}
                if request.data
                else {"requestType": request.type}
                for request in requests
            ],
        }
        answer = await self._ask(OpCode.REQUEST_BATCH, fields, _("a batch of requests"), deadline_ms)
        results = answer.get("results")
        if not isinstance(results, list) or len(results) > len(requests):
            raise self._unreadable()
        if len(results) < len(requests) and not halt_on_failure:
            raise self._unreadable()
        return [self._result(found, asked.type) for found, asked in zip(results, requests, strict=False)]

    async def _ask(self, op: OpCode, fields: dict[str, Any], what: str, deadline_ms: int) -> dict[str, Any]:
        """Send and wait for the answer of the same id; the pending entry goes whatever happens."""
        if not self.connected:
            raise self._not_connected()
        number = str(next(self._ids))
        fields["requestId"] = number
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._pending[number] = answer
        try:
            async with asyncio.timeout(deadline_ms / 1000):
                await self._sockets[0].send_str(_encode({"op": op, "d": fields}))
                return await answer
        except TimeoutError as error:
            raise ObsTimeout(
                _("OBS at {address} did not answer {request} within {ms} ms.").format(
                    address=self.address, request=what, ms=deadline_ms
                ),
                _("Look at that OBS: whether it acted is unknown."),
            ) from error
        except (aiohttp.ClientError, OSError) as error:  # the socket died between our check and the send
            raise self._not_connected() from error
        finally:
            del self._pending[number]
            if not answer.cancel() and not answer.cancelled():
                answer.exception()  # a loss that came together with the deadline or a cancellation has been seen

    async def _read(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        other: aiohttp.ClientWebSocketResponse,
        take: Callable[[dict[str, Any]], None],
    ) -> None:
        """Take every message of one socket until it ends; then the whole link is lost, the other socket with it."""
        why: ObsError | None = None
        try:
            while True:
                acknowledge_at_once(socket)
                message = await socket.receive()
                if message.type is not aiohttp.WSMsgType.TEXT:
                    break
                take(json.loads(message.data))
        except Exception as error:  # a packet of any unexpected shape
            log.warning("OBS %s sent an unreadable packet: %s", self.address, type(error).__name__)
            why = self._unreadable()
        finally:
            self.drop(why or closed(self.address, socket.close_code))
        await asyncio.gather(socket.close(), other.close())

    def _answered(self, packet: dict[str, Any]) -> None:
        """Hand an answer to the call of its id; one that comes after its deadline finds nobody and is dropped."""
        if packet["op"] in (OpCode.REQUEST_RESPONSE, OpCode.REQUEST_BATCH_RESPONSE):
            answer = self._pending.get(packet["d"]["requestId"])
            if answer is None:
                log.info("dropped a late answer of OBS %s: request id %s", self.address, packet["d"]["requestId"])
            elif not answer.done():
                answer.set_result(packet["d"])

    def _happened(self, packet: dict[str, Any]) -> None:
        """Stamp an event and give it to everybody who listens."""
        arrived_ns = self._clock.monotonic_ns()
        if packet["op"] != OpCode.EVENT:
            return
        event = ObsEvent(packet["d"]["eventType"], packet["d"].get("eventData") or {}, arrived_ns)
        for stream in self._streams:
            stream.feed(event)
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:  # one listener's mistake must not cost the others the link
                log.exception("a listener failed on %s of OBS %s", event.type, self.address)

    def _end(self, why: ObsError) -> None:
        """Fail everything that waits, once."""
        if self._lost is not None and not self._lost.done():
            self._lost.set_result(why)
            for answer in self._pending.values():
                if not answer.done():
                    answer.set_exception(copy.copy(why))
            streams, self._streams = self._streams, []
            for stream in streams:
                stream.end(copy.copy(why))

    def _result(self, found: Any, asked: str) -> RequestResult:
        """Read one answer; ``asked`` guards against answers in another order than the requests."""
        try:
            status = found["requestStatus"]
            if found["requestType"] != asked:
                raise self._unreadable()
            return RequestResult(
                asked, bool(status["result"]), int(status["code"]), status.get("comment", ""),
                found.get("responseData") or {},
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self._unreadable() from error

    def _not_connected(self) -> ObsError:
        if self._lost is not None and self._lost.done():
            return copy.copy(self._lost.result())  # each caller raises its own, with its own traceback
        return ObsDisconnected(
            _("There is no connection to OBS at {address}.").format(address=self.address),
            _("Check that OBS runs; the next call works once it is connected."),
        )

    def _unreadable(self) -> ObsProtocolError:
        return ObsProtocolError(
            _("OBS at {address} sent an answer nobody can read.").format(address=self.address),
            _("Check the version of OBS there, and that the port is that of obs-websocket 5."),
        )


def remedy(code: int) -> str:
    """What a person does about a refused request, by its status."""
    if code == Status.UNKNOWN_REQUEST_TYPE:
        return _("Update OBS: this version does not know the request.")
    if code == Status.NOT_READY:
        return _("Wait until OBS has finished loading and try again.")
    if code in (Status.RESOURCE_NOT_FOUND, Status.RESOURCE_ALREADY_EXISTS, Status.INVALID_INPUT_KIND):
        return _("Compare the names with those in OBS.")
    return _("Look at that OBS and its log.")
