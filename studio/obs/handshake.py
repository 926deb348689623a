"""Opens one obs-websocket connection: TCP, WebSocket, Hello, password, Identified."""

import asyncio
import contextlib
import json
import socket as tcp
import struct
import sys
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from studio.errors import (
    ObsAuthenticationFailed,
    ObsDisconnected,
    ObsError,
    ObsProtocolError,
    ObsUnreachable,
)
from studio.i18n import _
from studio.obs.protocol import RPC_VERSION, SUBPROTOCOL_JSON, CloseCode, OpCode, authentication

LARGEST_MESSAGE = 64 * 1024 * 1024  # a 4096x4096 PNG screenshot in base64 fits
_QUICKACK = getattr(tcp, "TCP_QUICKACK", None)  # Linux has it
CLOSE_SECONDS = 1.0  # a stopped OBS never answers a close frame


@dataclass(frozen=True, slots=True)
class Address:
    """Where an OBS listens; the password never shows in a repr."""

    host: str
    port: int
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str, password: str = "", port: int = 4455) -> Address:
    """The address in ``HOST``, ``HOST:PORT`` or ``[IPV6]:PORT``; raises ValueError where it is none of them."""
    host, colon, number = text.strip().rpartition(":")
    if not colon or text.endswith("]"):
        host, number = text.strip(), str(port)
    if not number.isascii() or not number.isdigit() or not 0 < int(number) < 65536:
        raise ValueError(f"not a port: {number}")
    host = host.removeprefix("[").removesuffix("]")
    if not host or any(letter in host for letter in "[]/@ "):
        raise ValueError(f"not a host: {host}")
    return Address(host, int(number), password)


async def open_socket(
    session: aiohttp.ClientSession, address: Address, subscriptions: int, heartbeat_ms: int
) -> aiohttp.ClientWebSocketResponse:
    """Return an identified socket that receives the event categories ``subscriptions`` (0: none).

    Has no deadline of its own. Raises ObsUnreachable, ObsAuthenticationFailed, ObsProtocolError or ObsDisconnected;
    the socket is closed then, and on cancellation.
    """
    socket = await _upgrade(session, address, heartbeat_ms)
    try:
        await _identify(socket, address, subscriptions)
    except BaseException:
        await _close_quietly(socket)
        raise
    return socket


def acknowledge_at_once(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Ask the kernel not to delay the next acknowledgement: OBS holds its next packet back until the last is acked.

    Measured on OBS 29: one event in forty came 40 ms late without this, none with it; answers to calls sent together
    wait likewise. The kernel forgets the wish, so it is renewed with each packet. Does nothing where the system has no
    such option.
    """
    raw = socket.get_extra_info("socket")
    if _QUICKACK is not None and raw is not None:
        with contextlib.suppress(OSError):  # the socket may be gone already
            raw.setsockopt(tcp.IPPROTO_TCP, _QUICKACK, 1)


def take_back(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Let the kernel forget, when the socket is closed, what it has not delivered yet, instead of trying on."""
    raw = socket.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):  # the socket may be gone already
            raw.setsockopt(tcp.SOL_SOCKET, tcp.SO_LINGER, struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0))


async def _upgrade(
    session: aiohttp.ClientSession, address: Address, heartbeat_ms: int
) -> aiohttp.ClientWebSocketResponse:
    try:
        return await session.ws_connect(
            URL.build(scheme="ws", host=address.host, port=address.port, path="/"),
            protocols=(SUBPROTOCOL_JSON,),
            heartbeat=heartbeat_ms / 1000,
            max_msg_size=LARGEST_MESSAGE,
            timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS),
        )
    except aiohttp.ClientResponseError as error:  # whoever listens there does not speak WebSocket
        raise not_obs(address) from error
    except (aiohttp.ClientError, OSError, ValueError, OverflowError) as error:
        raise unreachable(address) from error


async def _identify(socket: aiohttp.ClientWebSocketResponse, address: Address, subscriptions: int) -> None:
    hello = await _expect(socket, address, OpCode.HELLO)
    identify: dict[str, Any] = {"rpcVersion": RPC_VERSION, "eventSubscriptions": subscriptions}
    if asked := hello.get("authentication"):
        if not address.password:
            raise ObsAuthenticationFailed(
                _("OBS at {address} asks for a password and none was given.").format(address=address),
                _("Give the password shown in OBS under Tools, WebSocket Server Settings."),
            )
        try:
            answer = authentication(address.password, str(asked["salt"]), str(asked["challenge"]))
        except (KeyError, TypeError) as error:
            raise not_obs(address) from error
        identify["authentication"] = answer
    try:
        await socket.send_str(json.dumps({"op": OpCode.IDENTIFY, "d": identify}))
    except (aiohttp.ClientError, OSError) as error:
        raise closed(address, socket.close_code) from error
    identified = await _expect(socket, address, OpCode.IDENTIFIED)
    if identified.get("negotiatedRpcVersion") != RPC_VERSION:
        raise closed(address, CloseCode.UNSUPPORTED_RPC_VERSION)


async def _expect(socket: aiohttp.ClientWebSocketResponse, address: Address, op: OpCode) -> dict[str, Any]:
    """The ``d`` of the next message, which must be of kind ``op``."""
    message = await socket.receive()
    if message.type is not aiohttp.WSMsgType.TEXT:
        if message.type is aiohttp.WSMsgType.BINARY:
            raise not_obs(address)
        raise closed(address, socket.close_code)
    try:
        packet = json.loads(message.data)
        if packet["op"] != op:
            raise not_obs(address)
        fields = packet["d"]
    except (ValueError, KeyError, TypeError) as error:
        raise not_obs(address) from error
    if not isinstance(fields, dict):
        raise not_obs(address)
    return fields


async def _close_quietly(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Close without waiting longer than a moment, also while this task is being cancelled."""
    await asyncio.shield(asyncio.ensure_future(socket.close()))


def unreachable(address: Address) -> ObsUnreachable:
    """Nobody answers at that address."""
    return ObsUnreachable(
        _("No OBS answers at {address}.").format(address=address),
        _("Start OBS there, enable its WebSocket server, and check address, port and firewall."),
    )


def not_obs(address: Address) -> ObsProtocolError:
    """Somebody answers at that address, in another language."""
    return ObsProtocolError(
        _("What answers at {address} does not speak obs-websocket 5.").format(address=address),
        _("Check the port, and use OBS 28 or later, which brings obs-websocket 5."),
    )


def closed(address: Address, code: int | None) -> ObsError:
    """What a close code means for the caller: each kind of refusal has its own class."""
    if code == CloseCode.AUTHENTICATION_FAILED:
        return ObsAuthenticationFailed(
            _("OBS at {address} refused the password.").format(address=address),
            _("Correct the password; OBS shows its own under Tools, WebSocket Server Settings."),
        )
    if code == CloseCode.UNSUPPORTED_RPC_VERSION:
        return ObsProtocolError(
            _("OBS at {address} speaks another version of the protocol.").format(address=address),
            _("Use OBS 28 or later, which brings obs-websocket 5."),
        )
    if code == CloseCode.SESSION_INVALIDATED:
        return ObsDisconnected(
            _("Somebody at OBS {address} ended this connection.").format(address=address),
            _("Ask at that PC; the connection is tried again after a while."),
            close_code=code,
        )
    return ObsDisconnected(
        _("The connection to OBS at {address} was lost (close code {code}).").format(
            address=address, code=_("none") if code is None else code
        ),
        _("Check that OBS still runs and that the network is up."),
        close_code=code,
    )
