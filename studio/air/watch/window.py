"""What happened within the last seconds: sums and growth of counters that may start anew."""

from collections import deque
from itertools import pairwise

from studio.clock import NS_PER_MS, NS_PER_S

TEN_SECONDS_NS = 10 * NS_PER_S


class Clips:
    """How much of the last ten seconds was clipping."""

    def __init__(self) -> None:
        self._seen: deque[tuple[int, int]] = deque()
        self.last_ns: int | None = None
        """When the last clipping was heard, however long ago."""

    def add(self, now_ns: int, clipped_ms: int) -> None:
        """Take in what clipped since the last call."""
        if clipped_ms:
            self._seen.append((now_ns, clipped_ms))
            self.last_ns = now_ns
        while self._seen and now_ns - self._seen[0][0] > TEN_SECONDS_NS:
            self._seen.popleft()

    @property
    def total_ms(self) -> int:
        """Milliseconds in all."""
        return sum(clipped_ms for _at, clipped_ms in self._seen)

    @property
    def first_ns(self) -> int | None:
        """When the earliest of them was heard."""
        return self._seen[0][0] - self._seen[0][1] * NS_PER_MS if self._seen else None


class Skips:
    """Which share of the frames of the last ten seconds was skipped.

    Before ten seconds are known the rest counts as whole, so that the hiccup of a start is no alarm.
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[int, int, int]] = deque()
        self.last_ns: int | None = None
        """The first instant after the last skipped frame, however long ago."""

    def add(self, now_ns: int, skipped: int, total: int) -> None:
        """Take in the counters; where they have fallen, OBS counts anew and so do we."""
        if self._seen and (total < self._seen[-1][2] or skipped < self._seen[-1][1]):
            self._seen.clear()
        if self._seen and skipped > self._seen[-1][1]:
            self.last_ns = now_ns
        self._seen.append((now_ns, skipped, total))
        while len(self._seen) > 2 and now_ns - self._seen[1][0] >= TEN_SECONDS_NS:
            self._seen.popleft()

    @property
    def share(self) -> float:
        """From 0 to 1."""
        if len(self._seen) < 2:
            return 0.0
        (began_ns, skipped, total), (now_ns, skipped_now, total_now) = self._seen[0], self._seen[-1]
        frames = (total_now - total) * max(1.0, TEN_SECONDS_NS / (now_ns - began_ns))
        return (skipped_now - skipped) / frames if frames else 0.0

    @property
    def first_ns(self) -> int | None:
        """The last instant before the first skipped frame."""
        return next((before[0] for before, after in pairwise(self._seen) if after[1] > before[1]), None)


class Growth:
    """Bytes a second of a growing recording, over the last minute; a new file does not shrink the old one."""

    SPAN_NS = 60 * NS_PER_S
    LEAST_NS = 10 * NS_PER_S

    def __init__(self) -> None:
        self._seen: deque[tuple[int, int]] = deque()
        self.bytes_a_second: float | None = None
        """None until ten seconds of one file are known; afterwards the last known."""

    def add(self, now_ns: int, size: int) -> None:
        """Take in the size of the file that is being written."""
        if self._seen and size < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now_ns, size))
        while len(self._seen) > 2 and now_ns - self._seen[1][0] >= self.SPAN_NS:
            self._seen.popleft()
        (began_ns, first), span_ns = self._seen[0], now_ns - self._seen[0][0]
        if span_ns >= self.LEAST_NS and size > first:
            self.bytes_a_second = (size - first) * NS_PER_S / (now_ns - began_ns)

    def pause(self) -> None:
        """Nothing is being written: what comes next is not compared with what was."""
        self._seen.clear()
