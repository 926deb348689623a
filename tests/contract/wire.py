"""A plain blocking client, so that the contract is read from the socket and from nothing of ours."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import websocket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PREFIX = "contract "
PATIENCE = 8.0
ALL_EVENTS = (1 << 11) - 1
NAMED: set[str] = set()
"""Every name of ours that was ever sent, since OBS may hold on to one that no list shows any more."""


@dataclass(frozen=True)
class Subject:
    """One OBS under test: the virtual one or a real one."""

    kind: str
    host: str
    port: int
    password: str = field(repr=False)
    record_dir: Path
    canvas: tuple[int, int]
    fps: int

    @property
    def url(self) -> str:
        return f"ws://{self.host}:{self.port}"


class Closed(Exception):
    """The server closed the socket."""

    def __init__(self, code: int | None, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Answer:
    """A request's status and data."""

    code: int
    comment: str | None
    data: dict[str, Any]
    raw: dict[str, Any]


class Wire:
    """One socket: packets out, packets in, nothing understood but JSON."""

    def __init__(self, subject: Subject, protocols: list[str] | None = None) -> None:
        self.socket = websocket.create_connection(subject.url, timeout=PATIENCE, subprotocols=protocols)
        self.subject = subject
        self._ids = itertools.count(1)

    def send(self, packet: object) -> None:
        self.socket.send(json.dumps(packet, ensure_ascii=False))

    def receive(self, timeout: float = PATIENCE) -> dict[str, Any]:
        """The next packet; Closed with its code where the server closed instead; TimeoutError."""
        self.socket.settimeout(timeout)
        try:
            op, payload = self.socket.recv_data()
        except websocket.WebSocketTimeoutException as error:
            raise TimeoutError("nothing came") from error
        except (websocket.WebSocketConnectionClosedException, OSError) as error:
            raise Closed(None, str(error)) from error
        if op == websocket.ABNF.OPCODE_CLOSE:
            raise Closed(int.from_bytes(payload[:2], "big") if payload else None, payload[2:].decode())
        packet: dict[str, Any] = json.loads(payload)
        return packet

    def identify(self, events: int = 0, **more: object) -> dict[str, Any]:
        """Do the whole handshake and return Identified."""
        hello = self.receive()
        asked = hello["d"].get("authentication")
        fields: dict[str, object] = {"rpcVersion": 1, "eventSubscriptions": events}
        if asked:
            fields["authentication"] = proof(self.subject.password, asked)
        self.send({"op": 1, "d": fields | more})
        return self.receive()

    def ask(self, request: str, data: object = None) -> Answer:
        """Send one request and wait for the answer of its id; events on the way are skipped."""
        number = f"ask-{next(self._ids)}"
        if isinstance(data, dict):
            NAMED.update(value for value in data.values() if isinstance(value, str) and value.startswith(PREFIX))
        fields = {"requestType": request, "requestId": number}
        self.send({"op": 6, "d": fields if data is None else fields | {"requestData": data}})
        until = time.monotonic() + PATIENCE
        while True:
            packet = self.receive(max(0.01, until - time.monotonic()))
            if packet["op"] == 7 and packet["d"]["requestId"] == number:
                status = packet["d"]["requestStatus"]
                return Answer(status["code"], status.get("comment"), packet["d"].get("responseData") or {}, packet["d"])

    def get(self, request: str, data: object = None) -> dict[str, Any]:
        """Send one request that must succeed and return its data."""
        answer = self.ask(request, data)
        assert answer.code == 100, f"{request} {data}: {answer.code} {answer.comment}"
        return answer.data

    def batch(self, requests: list[dict[str, Any]], **options: object) -> dict[str, Any]:
        """Send a batch and return the ``d`` of its answer; events on the way are skipped."""
        number = f"batch-{next(self._ids)}"
        self.send({"op": 8, "d": {"requestId": number, "requests": requests} | options})
        while True:
            packet = self.receive()
            if packet["op"] == 9 and packet["d"]["requestId"] == number:
                found: dict[str, Any] = packet["d"]
                return found

    def close(self) -> None:
        self.socket.close(timeout=1)
        self.socket.shutdown()  # where the server closed first, close() leaves the file descriptor open


def proof(password: str, asked: dict[str, str]) -> str:
    """The answer to a challenge, written from the protocol's prose."""
    secret = base64.b64encode(hashlib.sha256((password + asked["salt"]).encode()).digest())
    return base64.b64encode(hashlib.sha256(secret + asked["challenge"].encode()).digest()).decode()


class Listener(Wire):
    """A socket that only receives events."""

    def __init__(self, subject: Subject, events: int = ALL_EVENTS) -> None:
        super().__init__(subject)
        self.identify(events)
        self.seen: list[dict[str, Any]] = []
        self.arrived: list[float] = []

    def wait(self, event: str, timeout: float = PATIENCE, **fields: object) -> dict[str, Any]:
        """The data of the first event of that type, seen already or still to come, whose fields are as given."""
        until = time.monotonic() + timeout
        position = 0
        while True:
            while position < len(self.seen):
                found = self.seen[position]
                position += 1
                data: dict[str, Any] = found.get("eventData") or {}
                if found["eventType"] == event and all(data.get(key) == value for key, value in fields.items()):
                    return data
            left = until - time.monotonic()
            if left <= 0:
                raise AssertionError(f"no {event} {fields}; seen: {[one['eventType'] for one in self.seen]}")
            with contextlib.suppress(TimeoutError):
                self.gather(left)

    def gather(self, timeout: float) -> None:
        """Take in the next packet."""
        packet = self.receive(timeout)
        if packet["op"] == 5:
            self.seen.append(packet["d"])
            self.arrived.append(time.monotonic())

    def quiet(self, seconds: float = 0.25) -> list[str]:
        """The types of everything seen, once nothing has come for ``seconds``."""
        with contextlib.suppress(TimeoutError):
            while True:
                self.gather(seconds)
        return [one["eventType"] for one in self.seen]

    def when(self, event: str) -> float:
        """When the first event of that type arrived, in seconds of this process's monotonic clock."""
        return next(at for at, one in zip(self.arrived, self.seen, strict=True) if one["eventType"] == event)


def eventually(holds: Callable[[], bool], seconds: float = 3) -> bool:
    """Whether it holds now or within ``seconds``: OBS lets go of what was removed some frames later."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


@contextlib.contextmanager
def wire(subject: Subject) -> Iterator[Wire]:
    """An identified command socket for the length of the block."""
    peer = Wire(subject)
    try:
        peer.identify()
        yield peer
    finally:
        peer.close()


@contextlib.contextmanager
def listener(subject: Subject, events: int = ALL_EVENTS) -> Iterator[Listener]:
    """A socket for events for the length of the block."""
    peer = Listener(subject, events)
    try:
        yield peer
    finally:
        peer.close()
