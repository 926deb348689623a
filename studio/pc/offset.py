"""How far another clock is ahead of ours, from timed exchanges: what cause and effect allow, nothing assumed.

A reading that was taken after our question left and before its answer came bounds the offset from both sides,
however slow either way was. Several exchanges narrow it; the truth is always within what is stated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from studio.model.pc import Offset

DRIFT_PPM = 200
"""Two cheap quartz clocks drift apart by less than this many millionths."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer on our clock, and what theirs read in between; nanoseconds of wall time.

    ``grain_ns`` is how coarsely their clock counts: the instant lies up to so much behind the reading.
    """

    sent_ns: int
    theirs_ns: int
    received_ns: int
    grain_ns: int = 0


def estimate(exchanges: Sequence[Exchange]) -> Offset:
    """The offset that agrees with the last exchange and with as many before it as agree with one another.

    Older ones contradict where a clock was set in between. Raises ValueError without any exchange.
    """
    if not exchanges:
        raise ValueError("an offset needs an exchange")
    newest = exchanges[-1]
    low, high = _bounds(newest, newest.received_ns)
    for one in reversed(exchanges[:-1]):
        below, above = _bounds(one, newest.received_ns)
        if max(low, below) > min(high, above):
            break
        low, high = max(low, below), min(high, above)
    return Offset((low + high) // 2, (high - low + 1) // 2, newest.received_ns)


def _bounds(one: Exchange, at_ns: int) -> tuple[int, int]:
    """What the exchange allows at ``at_ns``: they may have read their clock at once, or when the answer came."""
    low = one.theirs_ns - one.received_ns - _drift(at_ns - one.received_ns)
    return low, one.theirs_ns + one.grain_ns - one.sent_ns + _drift(at_ns - one.sent_ns)


def _drift(age_ns: int) -> int:
    """The most by which two clocks drift apart in that time, rounded up."""
    return -(-age_ns * DRIFT_PPM // 1_000_000)
