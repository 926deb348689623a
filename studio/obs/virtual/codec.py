"""How one session's messages are written on the wire: JSON in text frames, or MessagePack in binary ones."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgpack
from aiohttp import WSMsgType

from studio.obs.protocol import SUBPROTOCOL_MSGPACK

DEEPEST = 256
"""Levels a message may nest: far beyond any request, and within what Python can walk recursively afterwards."""

_LONGEST_INTEGER = 20  # characters of 2**64 - 1, and of -2**63


@dataclass(frozen=True, slots=True)
class Codec:
    """One encoding. ``decode`` takes a frame's content and raises ValueError where nobody can read it."""

    name: str
    frame: WSMsgType
    encode: Callable[[Any], str | bytes]
    decode: Callable[[Any], Any]


def codec_of(subprotocol: str | None) -> Codec:
    """The encoding of a session by its negotiated subprotocol; JSON where none was."""
    return MSGPACK if subprotocol == SUBPROTOCOL_MSGPACK else JSON


def binary_as_object(value: Any) -> dict[str, Any]:
    """Bytes, which only MessagePack can carry, as the real plugin shows them to a client that reads JSON."""
    return {"bytes": list(value if isinstance(value, bytes) else value.to_bytes()), "subtype": None}


def _to_json(message: Any) -> str:
    return json.dumps(message, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=binary_as_object)


def _from_json(text: str) -> Any:
    try:
        return _sound(json.loads(text, parse_int=_integer, parse_constant=_no_constant))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _to_msgpack(message: Any) -> bytes:
    packed: bytes = msgpack.packb(message)
    return packed


def _from_msgpack(packed: bytes) -> Any:
    return _sound(msgpack.unpackb(packed))


def _integer(digits: str) -> int | float:
    # As in the real plugin, what does not fit into 64 bits is a float; 400 digits of them are infinite.
    value = int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)
    return value if -(2**63) <= value < 2**64 else float(digits)


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _sound(message: Any) -> Any:
    """The message, if everything in it can be written down again in either encoding.

    An ``op`` that is no finite number is let through: it has a close code of its own.
    """
    if not isinstance(message, dict):
        return message
    level = [message[key] for key in message if key != "op"]
    _check_keys(message)
    for _depth in range(DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return message
    raise ValueError("it is nested too deeply")


def _inside(value: Any) -> list[Any]:
    match value:
        case dict():
            _check_keys(value)
            return list(value.values())
        case list():
            return value
        case str():
            value.encode()  # a lone surrogate is refused here, by a ValueError
        case float() if not math.isfinite(value):
            raise ValueError("a number is out of range")
    return []


def _check_keys(mapping: dict[Any, Any]) -> None:
    for key in mapping:
        if not isinstance(key, str):
            raise ValueError("a key is not a string")
        key.encode()


JSON = Codec("Json", WSMsgType.TEXT, _to_json, _from_json)
MSGPACK = Codec("MsgPack", WSMsgType.BINARY, _to_msgpack, _from_msgpack)
