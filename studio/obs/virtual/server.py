"""The virtual OBS as a server: an obs-websocket v5 endpoint on a real socket, to run by itself or inside a test."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from studio.clock import Clock
from studio.errors import NotReady
from studio.i18n import _
from studio.obs.protocol import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK, CloseCode, Subscription, description
from studio.obs.virtual.faults import Fault, Faults, parse_fault
from studio.obs.virtual.journal import Journal
from studio.obs.virtual.listening import cannot_listen
from studio.obs.virtual.machine import Machine
from studio.obs.virtual.meters import send_meters
from studio.obs.virtual.persona import Persona, persona
from studio.obs.virtual.session import Session, new_nonce
from studio.obs.virtual.settings import VideoSettings
from studio.obs.virtual.state import State, without_uuids
from studio.timekeeper import SimulatedClock, SystemClock

log = logging.getLogger(__name__)

_LARGEST_MESSAGE = 32 * 1024 * 1024
_GOING_AWAY = 1001
_BITS = {bit.name.replace("_", "").lower(): int(bit) for bit in Subscription if bit.name}


class VirtualObs:
    """One virtual OBS: ``async with VirtualObs(port=0, password="...") as obs: obs.port``.

    On a SimulatedClock everything, recordings included, happens in step with the clock and on the event loop; on any
    other clock a recording has a thread of its own.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 4455,
        password: str = "",
        record_dir: Path | str = ".",
        canvas: tuple[int, int] = (1080, 1920),
        fps: int = 30,
        clock: Clock | None = None,
        persona: Persona | None = None,
        faults: Sequence[Fault | str] = (),
        journal_path: Path | None = None,
        groups: Mapping[str, Sequence[str]] | None = None,
        transitions: Mapping[str, str] | None = None,
    ) -> None:
        """Set it up; nothing listens yet.

        ``record_dir`` is made where it is missing; ``canvas`` is width and height in pixels. ``groups``
        (scene -> names) and ``transitions`` (name -> kind) are there from the beginning, since no request can make
        them. Faults may be given as specs; a bad one raises RefusedByRule.
        """
        self._host, self._port, self._password, self._salt = host, port, password, new_nonce()
        self._clock: Clock = clock or SystemClock()
        self._persona = persona or _default_persona()
        self._faults = Faults(tuple(parse_fault(fault) if isinstance(fault, str) else fault for fault in faults))
        self._video = VideoSettings(*canvas, *canvas, fps)
        self._record_dir, self._journal_path = Path(record_dir).absolute(), journal_path
        self._groups = {scene: list(names) for scene, names in (groups or {}).items()}
        self._transitions = dict(transitions or {})
        self._sessions: dict[Session, web.WebSocketResponse] = {}
        self._count = 0
        self._machine: Machine | None = None
        self._runner: web.AppRunner | None = None
        self._journal: Journal | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port

    @property
    def host(self) -> str:
        """The address it listens on."""
        return self._host

    @property
    def machine(self) -> Machine:
        """Its parts; raises NotReady before it was started."""
        if self._machine is None:
            raise NotReady(_("This virtual OBS was not started."), _("Start it first."))
        return self._machine

    @property
    def state(self) -> State:
        """What it holds and shows."""
        return self.machine.state

    @property
    def journal(self) -> Journal:
        """The witness; readable after the end too."""
        if self._journal is None:
            raise NotReady(_("This virtual OBS was not started."), _("Start it first."))
        return self._journal

    async def start(self) -> None:
        """Begin to listen; raises NotReady where the port is taken or the address is not this machine's."""
        self._record_dir.mkdir(parents=True, exist_ok=True)
        self._journal = Journal(self._clock, self._journal_path)
        self._machine = Machine(
            self._clock,
            self._persona,
            VideoSettings(**vars(self._video)),
            self._record_dir,
            self._journal,
            self._faults,
            threaded=not isinstance(self._clock, SimulatedClock),
        )
        self._machine.begin_with(self._groups, self._transitions)
        self._machine.state.sinks.append(self._broadcast)
        application = web.Application()
        application.router.add_get("/{tail:.*}", self._connected)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except (OSError, UnicodeError) as error:
            await self._release()
            raise cannot_listen(self._host, self._port, error) from error
        self._port = self._runner.addresses[0][1]
        self._machine.state.spawn(send_meters(self._machine, self._broadcast, self._wanted))

    async def stop(self) -> None:
        """Finish a running recording, say goodbye to every client, and stop listening."""
        if self._machine is None:
            return
        self._machine.state.emit("ExitStarted")
        await self._machine.record.close()
        await self.close_sessions(_GOING_AWAY, "Server stopping.")
        await self._release()

    async def _release(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._machine is not None:
            await self._machine.close()

    async def close_sessions(self, code: int = CloseCode.SESSION_INVALIDATED, reason: str = "") -> None:
        """Close every connection, as OBS does when its password changes or somebody kicks a client."""
        goodbyes = (session.close(code, reason or "Your session has been invalidated.") for session in self._sessions)
        await asyncio.gather(*goodbyes, return_exceptions=True)

    async def __aenter__(self) -> Self:
        """Start it."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        await self.stop()

    async def _connected(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return web.Response(status=426)
        protocols = (SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK)
        socket = web.WebSocketResponse(protocols=protocols, max_msg_size=_LARGEST_MESSAGE)
        await socket.prepare(request)
        self._count += 1
        session = Session(self.machine, socket, request.transport, self._count, self._password, self._salt)
        self._sessions[session] = socket
        try:
            await session.talk()
        finally:
            del self._sessions[session]
        return socket

    def _broadcast(self, event: str, data: Mapping[str, Any]) -> None:
        entry = description()["events"].get(event)
        if entry is None or not self._persona.knows(entry["since"]):
            return
        shown = data if self._persona.has_uuids else without_uuids(data)
        intent = _intent(event)
        if intent != Subscription.INPUT_VOLUME_METERS:
            self.journal.write("event", event, data=shown)
        for session in tuple(self._sessions):
            session.event(event, intent, shown)

    def _wanted(self, intent: int) -> bool:
        return any(session.subscriptions & intent for session in self._sessions)


@cache
def _intent(event: str) -> int:
    return _BITS[description()["events"][event]["subscription"].lower()]


def _default_persona() -> Persona:
    return persona()
