"""Keeps one link connected: when to try again, how long to wait, and what state that is in."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from studio.clock import NS_PER_MS, Clock
from studio.errors import ObsAuthenticationFailed, ObsDisconnected, ObsError
from studio.obs.link import CONNECT_MS, ObsLink
from studio.obs.protocol import CloseCode

log = logging.getLogger(__name__)


class LinkState(StrEnum):
    """What the reconnection is about; ``refused`` waits long, since a person must act first."""

    IDLE = "idle"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    WAITING = "waiting"
    REFUSED = "refused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A change of state, at a monotonic instant of the clock; ``retry_ns`` is when the next attempt is due."""

    state: LinkState
    at_ns: int
    why: ObsError | None = None
    retry_ns: int | None = None


@dataclass(frozen=True, slots=True)
class BackOff:
    """Waits that double from ``first_ms`` up to ``longest_ms``; ``refused_ms`` after a wrong password or a kick."""

    first_ms: int = 250
    longest_ms: int = 10_000
    refused_ms: int = 60_000

    def wait_ms(self, failures: int, refused: bool, jitter: float) -> int:
        """Milliseconds to wait after the ``failures``-th failure in a row (1 is the first).

        ``jitter`` from 0 to 1 takes up to half of the wait off, so that five studios do not knock at the same instant.
        A refusal is waited for in full.
        """
        if refused:
            return self.refused_ms
        doubled = min(self.first_ms << min(failures - 1, 30), self.longest_ms)
        return round(doubled * (1 - jitter / 2))


def is_refusal(why: ObsError) -> bool:
    """True for a wrong password (4009) and a kick (4011): knocking again soon would only disturb."""
    if isinstance(why, ObsAuthenticationFailed):
        return True
    return isinstance(why, ObsDisconnected) and why.close_code == CloseCode.SESSION_INVALIDATED


class Reconnector:
    """Connects ``link`` and connects it again whenever it is lost, until stopped.

    ``jitter`` returns a number from 0 to 1 each time it is called. The first failure in a row is logged as WARNING,
    the others as DEBUG. ``listen`` tells every change of state; ``state`` is the present one.
    """

    def __init__(
        self,
        link: ObsLink,
        clock: Clock,
        jitter: Callable[[], float],
        back_off: BackOff | None = None,
        *,
        connect_ms: int = CONNECT_MS,
    ) -> None:
        self._link = link
        self._clock = clock
        self._jitter = jitter
        self._back_off = back_off or BackOff()
        self._connect_ms = connect_ms
        self._listeners: list[Callable[[LinkChange], None]] = []
        self._task: asyncio.Task[None] | None = None
        self.change = LinkChange(LinkState.IDLE, clock.monotonic_ns())

    @property
    def state(self) -> LinkState:
        """The present state."""
        return self.change.state

    def listen(self, listener: Callable[[LinkChange], None]) -> Callable[[], None]:
        """Call ``listener`` at each change of state; returns what stops it. It must not block or raise."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def start(self) -> None:
        """Begin; returns at once. A second start while running changes nothing."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name=f"reconnect {self._link.address}")

    async def stop(self) -> None:
        """Stop trying and close the link."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._link.close()
        self._enter(LinkState.STOPPED)

    async def _run(self) -> None:
        failures = 0
        while True:
            self._enter(LinkState.CONNECTING)
            try:
                await self._link.connect(deadline_ms=self._connect_ms)
            except ObsError as error:
                why = error
            else:
                if failures:
                    log.info("OBS %s is connected again", self._link.address)
                failures = 0
                self._enter(LinkState.CONNECTED)
                why = await self._link.wait_lost()
            failures += 1
            log.log(logging.WARNING if failures == 1 else logging.DEBUG, "%s", why)
            await self._wait(why, failures)

    async def _wait(self, why: ObsError, failures: int) -> None:
        refused = is_refusal(why)
        wait_ms = self._back_off.wait_ms(failures, refused, self._jitter())
        retry_ns = self._clock.monotonic_ns() + wait_ms * NS_PER_MS
        self._enter(LinkState.REFUSED if refused else LinkState.WAITING, why, retry_ns)
        await self._clock.sleep_until(retry_ns)

    def _enter(self, state: LinkState, why: ObsError | None = None, retry_ns: int | None = None) -> None:
        self.change = LinkChange(state, self._clock.monotonic_ns(), why, retry_ns)
        for listener in tuple(self._listeners):
            listener(self.change)
