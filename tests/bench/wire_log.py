"""Reads what the recording proxy wrote: at which instant which scene change arrived from whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHANGE = "SetCurrentProgramScene"
CONTINUATION, TEXT = 0, 1


@dataclass(frozen=True, slots=True)
class Change:
    """A scene change on the wire; ``ns`` is when the last byte of its message arrived."""

    name: str
    ns: int
    scene: str
    by_kernel: bool


def scene_changes(log: Path) -> list[Change]:
    """Every scene change in the order of arrival. Raises AssertionError for what is not plain WebSocket."""
    streams: dict[int, Stream] = {}
    found: list[Change] = []
    for line in log.read_text(encoding="ascii").splitlines():
        piece = json.loads(line)
        stream = streams.setdefault(piece["connection"], Stream())
        for text in stream.feed(bytes.fromhex(piece["payload"])):
            scenes = _scenes(json.loads(text))
            found += [Change(piece["name"], piece["ns"], scene, piece["kernel"]) for scene in scenes]
    return sorted(found, key=lambda change: change.ns)


def _scenes(packet: dict[str, Any]) -> Iterator[str]:
    """The scenes that a packet changes to, alone or in a batch."""
    fields = packet["d"]
    for request in (fields, *fields.get("requests", ())):
        if request.get("requestType") == CHANGE:
            yield request["requestData"]["sceneName"]


@dataclass(slots=True)
class Stream:
    """What one client sends: an HTTP request, then masked frames, in pieces of any size."""

    _left: bytearray = field(default_factory=bytearray)
    _upgraded: bool = False
    _message: bytearray = field(default_factory=bytearray)
    _text: bool = False

    def feed(self, piece: bytes) -> Iterator[str]:
        """The text messages that are complete with this piece."""
        self._left += piece
        if not self._upgraded:
            _head, end, rest = self._left.partition(b"\r\n\r\n")
            if not end:
                return
            self._left, self._upgraded = rest, True
        while (frame := self._frame()) is not None:
            final, opcode, payload = frame
            if opcode > TEXT:  # a ping, a pong, a close, or binary
                continue
            if opcode == TEXT:
                self._message.clear()
            self._message += payload
            if final:
                yield self._message.decode()

    def _frame(self) -> tuple[bool, int, bytes] | None:
        """The next whole frame, taken off what is left; None where it is not whole yet."""
        data = self._left
        if len(data) < 2:
            return None
        assert not data[0] & 0x70, "the frame is compressed or of an extension"
        assert data[1] & 0x80, "a client's frame is masked"
        size, at = data[1] & 0x7F, 2
        if size >= 126:
            at = 4 if size == 126 else 10
            size = int.from_bytes(data[2:at], "big") if len(data) >= at else 1 << 62
        end = at + 4 + size
        if len(data) < end:
            return None
        mask = bytes(data[at : at + 4]) * (size // 4 + 1)
        masked = int.from_bytes(data[at + 4 : end], "big")
        payload = (masked ^ int.from_bytes(mask[:size], "big")).to_bytes(size, "big")
        final, opcode = bool(data[0] & 0x80), data[0] & 0x0F
        del data[:end]
        return final, opcode, payload
