"""The director's connection to one studio's OBS: kept up, looked after once a second, changed by one hand at a time."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from studio.clock import NS_PER_MS, Clock
from studio.errors import ObsError, StudioError
from studio.model.obs import Request
from studio.model.studio import Studio
from studio.obs.device import ObsDevice
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.obs.reconnect import BackOff, LinkChange, LinkState, Reconnector
from studio.obs.transitions import kinds_of, own_name

log = logging.getLogger(__name__)

LOOK_EVERY_MS = 1_000
"""Looks this often, so that an OBS that hangs is noticed within three seconds."""
LOOK_WITHIN_MS = 1_500
"""How long a look may take; an OBS that draws on two busy cores answers within some tens of milliseconds."""
CONNECT_MS = 2_000
BACK_OFF = BackOff(first_ms=200, longest_ms=1_000, refused_ms=3_000)
"""Short, since everybody waits; a wrong password is tried again every three seconds with what the secrets say then."""
LOOK = (Request("GetStats"), Request("GetRecordStatus"))


@dataclass(frozen=True, slots=True)
class Health:
    """What the last look found, at a monotonic instant: OBS's answers to GetStats and GetRecordStatus."""

    at_ns: int
    stats: Mapping[str, Any]
    record: Mapping[str, Any]

    @property
    def frames(self) -> int:
        """Frames drawn since that OBS was started: a smaller number than before means that it was started again."""
        return int(self.stats.get("renderTotalFrames", 0))


class Connection:
    """One studio's OBS; ``desk`` is held by whoever is about to send it something that changes it."""

    def __init__(self, studio: Studio, password: Callable[[], str], clock: Clock) -> None:
        self.studio = studio
        self.desk = asyncio.Lock()
        self.health: Health | None = None
        self.restarted = False
        """True where, since this was last set to False, the OBS was found to have been started anew."""
        self.tried_until_ns = 0
        """Until when (monotonic), at most, a recording that runs there is the doctor's test."""
        self._password = password
        self._clock = clock
        self.link = ObsLink(self._address(), clock)
        self.device = ObsDevice(self.link, clock)
        self._reconnector = Reconnector(self.link, clock, random.random, BACK_OFF, connect_ms=CONNECT_MS)
        self._kinds: tuple[int, frozenset[str]] = (0, frozenset())
        self._transitions: tuple[int, Mapping[str, str]] = (0, {})
        self._watching: asyncio.Task[None] | None = None

    @property
    def change(self) -> LinkChange:
        """The last change of the link's state."""
        return self._reconnector.change

    @property
    def connected(self) -> bool:
        """True while OBS can be asked."""
        return self.link.connected

    @property
    def present(self) -> int | None:
        """The number of the present connection, None while there is none: another one was made after a loss."""
        return self.link.connections if self.link.connected else None

    def listen(self, listener: Callable[[LinkChange], None]) -> Callable[[], None]:
        """Call ``listener`` at each change of the link; returns what stops it."""
        return self._reconnector.listen(listener)

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._reconnector.listen(self._changed)
        self._reconnector.start()
        self._watching = asyncio.create_task(self._look_after(), name=f"look after {self.studio.id}")

    async def stop(self) -> None:
        """Stop, and close the link."""
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
        await self._reconnector.stop()

    async def ready(self, deadline_ms: int) -> ObsError | None:
        """Wait until connected; None then, else why not, once an attempt has failed or the time is up."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(deadline_ms / 1000):
                while not self.connected:
                    state = await self._settled()
                    if state.why is not None:
                        return state.why
        return None if self.connected else self.change.why

    async def kinds(self) -> Collection[str]:
        """The input kinds that this OBS has; asked once a connection."""
        if self._kinds[0] != self.link.connections:
            found = await self.link.call("GetInputKindList")
            self._kinds = (self.link.connections, frozenset(found["inputKinds"]))
        return self._kinds[1]

    async def transition(self, name: str) -> str:
        """What this OBS calls a transition: one of that name, else the one of its kind, since names are translated."""
        if self._transitions[0] != self.link.connections:
            listed = (await self.link.call("GetSceneTransitionList"))["transitions"]
            self._transitions = (self.link.connections, kinds_of(listed))
        return own_name(name, self._transitions[1]) or name

    async def _settled(self) -> LinkChange:
        """The next state that is neither idle nor connecting."""
        settled: asyncio.Future[LinkChange] = asyncio.get_running_loop().create_future()

        def hear(change: LinkChange) -> None:
            if change.state in (LinkState.CONNECTED, LinkState.WAITING, LinkState.REFUSED) and not settled.done():
                settled.set_result(change)

        stop = self.listen(hear)
        try:
            hear(self.change)
            return await settled
        finally:
            stop()

    def _address(self) -> Address:
        return Address(self.studio.host, self.studio.port, self._secret())

    def _secret(self) -> str:
        """The password as the secrets say now; none where they cannot be read, which OBS refuses and is said so."""
        try:
            return self._password()
        except StudioError as error:
            log.warning("%s: %s", self.studio.id, error)
            return ""

    def _changed(self, change: LinkChange) -> None:
        if change.state is LinkState.CONNECTING:
            self.link.address = replace(self.link.address, password=self._secret())

    async def look(self) -> Health | None:
        """Look now; None where OBS did not answer in time: it is let go then, so that the link is made anew."""
        try:
            stats, record = await self.link.batch(LOOK, deadline_ms=LOOK_WITHIN_MS)
        except ObsError as error:
            log.warning("%s: %s", self.studio.id, error)
            self.link.drop(error)
            return None
        seen = Health(self._clock.monotonic_ns(), stats.data, record.data)
        if self.health is not None and seen.frames < self.health.frames:
            self.restarted = True
        self.health = seen
        return seen

    async def _look_after(self) -> None:
        while True:
            await self._clock.sleep_until(self._clock.monotonic_ns() + LOOK_EVERY_MS * NS_PER_MS)
            if self.connected:
                await self.look()
