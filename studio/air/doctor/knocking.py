"""Is an OBS to be reached? Tells a firewall's drop from a closed OBS, a wrong name, a foreign server, a password."""

import asyncio
import socket
from typing import Any, Literal

from studio.air.doctor.finding import Finding
from studio.errors import ObsAuthenticationFailed, ObsDisconnected, ObsError
from studio.i18n import _
from studio.model.studio import Studio, is_loopback
from studio.obs.handshake import Address
from studio.workspace.secrets import variable

KNOCK_MS = 5_000
"""Longer than a system takes to say that no such PC is in its own network: about three seconds."""

Ending = Literal["open", "dropped", "refused", "no_route"]


async def knock(studio: Studio, deadline_ms: int = KNOCK_MS) -> Finding:
    """Open a plain TCP connection to that OBS and close it again; ``bad`` says why none came about."""
    address = Address(studio.host, studio.port)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(deadline_ms / 1000):
            found = await loop.getaddrinfo(studio.host, studio.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # a timeout is an OSError too
        return _unknown_name(studio)
    endings = await asyncio.gather(*(_connect(family, where, deadline_ms) for family, *_kind, where in found))
    if "open" in endings:
        return Finding("reachable", "ok", _("Something listens at {address}.").format(address=address))
    if "dropped" in endings:
        return _dropped(studio, address, deadline_ms)
    if "refused" in endings:
        return _refused(studio, address)
    return Finding(
        "reachable",
        "bad",
        _("No PC answers at {host}: it is off, or in another network.").format(host=studio.host),
        _("Switch it on, check its network cable, and compare its address with the one in studio.toml."),
        "no_route",
    )


async def _connect(family: int, where: Any, deadline_ms: int) -> Ending:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as plain:
            plain.setblocking(False)
            async with asyncio.timeout(deadline_ms / 1000):
                await asyncio.get_running_loop().sock_connect(plain, where)
    except TimeoutError:
        return "dropped"
    except ConnectionRefusedError:
        return "refused"
    except OSError:
        return "no_route"
    return "open"


def _unknown_name(studio: Studio) -> Finding:
    return Finding(
        "reachable",
        "bad",
        _("No PC is known by the name {host}.").format(host=studio.host),
        _("Correct obs.host of {studio} in studio.toml, or write that PC's IP address there.").format(studio=studio.id),
        "unknown_name",
    )


def _dropped(studio: Studio, address: Address, deadline_ms: int) -> Finding:
    what = _("{address} does not answer within {seconds:g} s: a firewall drops our packets, or that PC is off.")
    remedy = _(
        "Open the port there, on Windows as administrator: {windows}; on Linux: {linux}; "
        "if that does not help, check that the PC is on."
    )
    return Finding(
        "reachable",
        "bad",
        what.format(address=address, seconds=deadline_ms / 1000),
        remedy.format(windows=windows_rule(studio.port), linux=ufw_rule(studio.port)),
        "dropped",
    )


def _refused(studio: Studio, address: Address) -> Finding:
    return Finding(
        "reachable",
        "bad",
        _("The PC {host} is there, but nothing listens on its port {port}: OBS is closed or its server is off.").format(
            host=studio.host, port=studio.port
        ),
        _("Start OBS there and enable the server under Tools, WebSocket Server Settings, with port {port}.").format(
            port=studio.port
        ),
        "refused",
    )


def windows_rule(port: int) -> str:
    """The line that opens a port in the firewall of Windows."""
    return f'netsh advfirewall firewall add rule name="OBS WebSocket" dir=in action=allow protocol=TCP localport={port}'


def ufw_rule(port: int) -> str:
    """The line that opens a port in the firewall of Ubuntu and its kin."""
    return f"sudo ufw allow {port}/tcp"


def let_in(studio: Studio, password: str) -> Finding:
    """What to say of the password once OBS has accepted us; without one, it asks for none."""
    if password or is_loopback(studio.host):
        return Finding("password", "ok", _("OBS accepts our connection."))
    return Finding(
        "password",
        "warn",
        _("OBS asks for no password, so that anybody in the network can switch its scenes."),
        _("Enable authentication there under Tools, WebSocket Server Settings, and {keep}.").format(
            keep=_keep(studio.secret)
        ),
    )


def shut_out(studio: Studio, password: str, error: ObsError) -> Finding:
    """What to say where something listens but no connection to an OBS came about."""
    if isinstance(error, ObsAuthenticationFailed):
        what = _("OBS refuses the password.") if password else _("OBS asks for a password, and none is known here.")
        remedy = _("Take the password that OBS shows under Tools, WebSocket Server Settings, and {keep}.")
        return Finding(
            "password", "bad", what, remedy.format(keep=_keep(studio.secret)), "wrong" if password else "missing"
        )
    if isinstance(error, ObsDisconnected):
        return Finding("obs", "bad", error.message, error.remedy, "closed")
    what = _("What listens at {address} is no obs-websocket 5: another program, or an OBS that hangs.")
    return Finding(
        "obs",
        "bad",
        what.format(address=Address(studio.host, studio.port)),
        _(
            "Look there which program has port {port} ({command}), and choose another port for OBS and studio.toml."
        ).format(port=studio.port, command=f"netstat -ano | findstr :{studio.port}"),
        "foreign",
    )


def _keep(secret: str) -> str:
    """Where a password belongs, as the end of a sentence."""
    if not secret:
        return _("give it a name in studio.toml with obs.secret and set it in .studio/secrets.toml")
    return _('write it into .studio/secrets.toml as {secret} = "…", or set {variable}').format(
        secret=secret, variable=variable(secret)
    )
