"""The pictures of the recent past, each with the instant from which it holds, for the threads that draw frames."""

import threading
from collections import deque
from collections.abc import Callable

from studio.clock import Clock
from studio.obs.virtual.picture import Picture


class Timeline:
    """Written by the event loop, read by the frame threads.

    A picture is stamped and published under one lock, so a reader that comes after an instant has passed sees
    every picture that holds at that instant.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._pictures: deque[Picture] = deque()
        self._horizons: dict[object, Callable[[], int]] = {}

    def publish(self, make: Callable[[int], Picture]) -> Picture:
        """Stamp and publish the picture that ``make`` gives for the present instant."""
        with self._lock:
            picture = make(self._clock.monotonic_ns())
            self._pictures.append(picture)
            oldest_needed = min((horizon() for horizon in self._horizons.values()), default=picture.since_ns)
            while len(self._pictures) > 1 and self._pictures[1].since_ns <= oldest_needed:
                self._pictures.popleft()
            return picture

    def at(self, monotonic_ns: int) -> Picture:
        """The picture that holds at an instant; the oldest one still kept where it lies before that."""
        with self._lock:
            found = self._pictures[0]
            for picture in reversed(self._pictures):
                if picture.since_ns <= monotonic_ns:
                    found = picture
                    break
            return found

    def latest(self) -> Picture:
        """The newest picture."""
        with self._lock:
            return self._pictures[-1]

    def keep_from(self, owner: object, horizon: Callable[[], int]) -> None:
        """Keep every picture that holds at ``horizon()`` (monotonic ns) or later, until ``release(owner)``."""
        with self._lock:
            self._horizons[owner] = horizon

    def release(self, owner: object) -> None:
        """Forget what ``owner`` wanted kept."""
        with self._lock:
            self._horizons.pop(owner, None)
