"""Holds a stream of bytes to a rate."""

from studio.clock import NS_PER_S, Clock


class Throttle:
    """Call ``passed`` after each piece: it returns when the pieces so far may have taken as long as the rate says.

    ``rate`` is in bytes a second, None for no limit; what was not used within the last second is not saved up.
    """

    def __init__(self, rate: int | None, clock: Clock) -> None:
        self.rate = rate
        self._clock = clock
        self._due_ns = 0

    async def passed(self, count: int) -> None:
        """``count`` bytes have passed."""
        if self.rate is None:
            return
        now_ns = self._clock.monotonic_ns()
        self._due_ns = max(self._due_ns, now_ns - NS_PER_S) + count * NS_PER_S // self.rate
        await self._clock.sleep_until(self._due_ns)
