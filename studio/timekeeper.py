"""The one module that asks the time: the machine's clocks, and simulated ones that a test or rehearsal turns."""

import asyncio
import heapq
import itertools
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from studio.clock import NS_PER_S, instant

_SPIN_NS = 1_200_000  # asyncio waits in whole milliseconds, rounded up: be earlier than that, then yield


class SystemClock:
    """The clocks of this machine."""

    def monotonic_ns(self) -> int:
        """See ``studio.clock.Clock``."""
        return time.monotonic_ns()

    def wall_ns(self) -> int:
        """See ``studio.clock.Clock``."""
        return time.time_ns()

    async def sleep_until(self, monotonic_ns: int) -> None:
        """See ``studio.clock.Clock``."""
        while (left := monotonic_ns - time.monotonic_ns()) > 0:
            await asyncio.sleep(0 if left < _SPIN_NS else (left - _SPIN_NS) / NS_PER_S)


class SimulatedClock:
    """Clocks that stand still until ``advance`` turns them; sleepers wake in the order of their instants."""

    def __init__(self, wall_ns: int, monotonic_ns: int = 0) -> None:
        self._monotonic_ns = monotonic_ns
        self._offset_ns = wall_ns - monotonic_ns
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def monotonic_ns(self) -> int:
        """See ``studio.clock.Clock``."""
        return self._monotonic_ns

    def wall_ns(self) -> int:
        """See ``studio.clock.Clock``."""
        return self._monotonic_ns + self._offset_ns

    async def sleep_until(self, monotonic_ns: int) -> None:
        """See ``studio.clock.Clock``; returns only when somebody else advances the clock that far."""
        if monotonic_ns <= self._monotonic_ns:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (monotonic_ns, next(self._order), woken))
        await woken

    def step_wall(self, nanoseconds: int) -> None:
        """Step the wall clock, forward where positive, as a person or NTP does; the monotonic one is untouched."""
        self._offset_ns += nanoseconds

    async def advance(self, nanoseconds: int) -> None:
        """Turn both clocks forward, stopping at each sleeper's instant and letting it run before going on."""
        target = self._monotonic_ns + nanoseconds
        await _let_others_run()
        while self._sleepers and self._sleepers[0][0] <= target:
            due, _, woken = heapq.heappop(self._sleepers)
            self._monotonic_ns = max(self._monotonic_ns, due)
            if not woken.done():
                woken.set_result(None)
            await _let_others_run()
        self._monotonic_ns = target
        await _let_others_run()


def now(zone: ZoneInfo) -> datetime:
    """This machine's wall clock as an aware instant in ``zone``."""
    return instant(time.time_ns(), zone)


def wall_grain_ns() -> int:
    """How coarsely this machine's wall clock counts: an instant lies up to so much behind its reading."""
    return round(time.get_clock_info("time").resolution * NS_PER_S)


def utc_offset() -> str:
    """This machine's own time zone as an offset now, such as ``+08:00``."""
    return datetime.now().astimezone().isoformat()[-6:]


async def _let_others_run() -> None:
    for _ in range(10):
        await asyncio.sleep(0)
