"""A recording proxy: forwards TCP and writes down when each payload of a client arrived, as the kernel stamped it.

It is a process of its own and knows nothing of WebSocket; ``wire_log`` reads afterwards what it wrote. The kernel's
receive stamps are of the wall clock and are turned into monotonic nanoseconds by an offset measured with each payload.
Both ways are sent without delay, and what OBS says is acknowledged at once: a client that suffers from OBS waiting for
acknowledgements suffers less behind this proxy, never more.

wire_proxy.py LOG NAME=PORT...    says {NAME: listening port} on standard output and ends when its input is closed
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import socket
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path

STAMP = getattr(socket, "SO_TIMESTAMPNS", 35)  # Python 3.11 has no name for it
STAMP_FIELDS = struct.Struct("qq")
SAME_INSTANT_NS = 3_000
"""Two readings of the monotonic clock around one of the wall clock may be no further apart."""


@dataclass(slots=True)
class End:
    """One side of a forwarded connection; ``heard`` is None on OBS's side, whose words are not kept."""

    own: socket.socket
    other: socket.socket
    heard: int | None


@dataclass(slots=True)
class Heard:
    """A payload as it arrived: the number of its connection, its instant, whether the kernel stamped it."""

    connection: int
    ns: int
    by_kernel: bool
    payload: bytes


class Proxy:
    """All pairs in one thread; the log stays in memory until ``write``."""

    def __init__(self, targets: dict[str, int]) -> None:
        self._selector = selectors.DefaultSelector()
        self._names: list[str] = []
        self._heard: list[Heard] = []
        self.ports: dict[str, int] = {}
        for name, port in targets.items():
            listener = socket.create_server(("127.0.0.1", 0))
            self.ports[name] = listener.getsockname()[1]
            self._selector.register(listener, selectors.EVENT_READ, (name, port))

    def run(self, until: int) -> None:
        """Forward until there is something to read, or an end, on the descriptor ``until``."""
        self._selector.register(until, selectors.EVENT_READ, None)
        while True:
            for key, _events in self._selector.select():
                if key.data is None:
                    return
                if isinstance(key.data, End):
                    self._forward(key.data)
                else:
                    self._accept(key.fileobj, *key.data)  # type: ignore[arg-type]  # a selector knows its file only as something with a descriptor

    def write(self, log: Path) -> None:
        """One JSON object a line: whose, which connection, instant, stamped by the kernel, payload in hex."""
        with log.open("w", encoding="ascii") as out:
            for one in self._heard:
                name = self._names[one.connection]
                line = {"name": name, "connection": one.connection, "ns": one.ns, "kernel": one.by_kernel}
                out.write(json.dumps({**line, "payload": one.payload.hex()}) + "\n")

    def _accept(self, listener: socket.socket, name: str, port: int) -> None:
        client = listener.accept()[0]
        try:
            obs = socket.create_connection(("127.0.0.1", port), timeout=5)
        except OSError:
            client.close()
            return
        obs.settimeout(None)
        client.setsockopt(socket.SOL_SOCKET, STAMP, 1)
        for one in (client, obs):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(client, selectors.EVENT_READ, End(client, obs, len(self._names)))
        self._selector.register(obs, selectors.EVENT_READ, End(obs, client, None))
        self._names.append(name)

    def _forward(self, end: End) -> None:
        try:
            if end.heard is None:
                payload, stamp = end.own.recv(1 << 18), None
                end.own.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            else:
                payload, extra, _flags, _address = end.own.recvmsg(1 << 18, socket.CMSG_SPACE(STAMP_FIELDS.size))
                stamp = _stamp(extra)
            end.other.sendall(payload)
        except OSError:
            payload, stamp = b"", None
        if not payload:
            self._close(end)
        elif end.heard is not None:
            mono, wall = _both_clocks()
            ns = mono if stamp is None else stamp - wall + mono
            self._heard.append(Heard(end.heard, ns, stamp is not None, payload))

    def _close(self, end: End) -> None:
        for one in (end.own, end.other):
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(one)
            one.close()


def _stamp(extra: list[tuple[int, int, bytes]]) -> int | None:
    """The kernel's stamp in wall nanoseconds; None where it gave none."""
    for level, kind, data in extra:
        if (level, kind) == (socket.SOL_SOCKET, STAMP):
            seconds, nanoseconds = STAMP_FIELDS.unpack(data[: STAMP_FIELDS.size])
            return int(seconds) * 1_000_000_000 + int(nanoseconds)
    return None


def _both_clocks() -> tuple[int, int]:
    """Monotonic and wall nanoseconds of one instant."""
    while True:
        before, wall, after = time.monotonic_ns(), time.time_ns(), time.monotonic_ns()
        if after - before <= SAME_INSTANT_NS:
            return (before + after) // 2, wall


def main(arguments: list[str]) -> int:
    log, *pairs = arguments
    with contextlib.suppress(OSError):  # only a privileged user may; then what passes is hardly delayed
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    gc.disable()
    proxy = Proxy({name: int(port) for name, port in (pair.rsplit("=", 1) for pair in pairs)})
    print(json.dumps(proxy.ports), flush=True)
    proxy.run(sys.stdin.fileno())
    proxy.write(Path(log))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
