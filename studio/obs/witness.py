"""Gathers what an OBS says from now on, and waits for the event that proves something."""

import asyncio
from collections.abc import Callable
from typing import Self

from studio.clock import Clock
from studio.obs.events import ObsEvent
from studio.obs.link import ObsLink


class Witness:
    """Listens for the length of a ``with`` block; opened before a request is sent, it misses no proof of it."""

    def __init__(self, link: ObsLink, clock: Clock) -> None:
        self._link = link
        self._clock = clock
        self._seen: list[ObsEvent] = []
        self._news = asyncio.Event()
        self._stop: Callable[[], None] | None = None

    def __enter__(self) -> Self:
        self._stop = self._link.listen(self._hear)
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._stop is not None:
            self._stop()

    def _hear(self, event: ObsEvent) -> None:
        self._seen.append(event)
        news, self._news = self._news, asyncio.Event()
        news.set()

    def first(self, matches: Callable[[ObsEvent], bool], after_ns: int) -> ObsEvent | None:
        """The first event heard so far that matches and arrived at ``after_ns`` or later."""
        return next((event for event in self._seen if event.arrived_ns >= after_ns and matches(event)), None)

    async def wait(self, matches: Callable[[ObsEvent], bool], after_ns: int, until_ns: int) -> ObsEvent | None:
        """The first such event, heard already or by ``until_ns``; None where none came or the link was lost first."""
        while True:
            news = self._news
            if (event := self.first(matches, after_ns)) is not None:
                return event
            if self._clock.monotonic_ns() >= until_ns or not self._link.connected:
                return None
            await self._until(news, until_ns)

    async def _until(self, news: asyncio.Event, until_ns: int) -> None:
        """Return at the next event, at ``until_ns`` of the clock, or when the link is lost."""
        ends = [
            asyncio.ensure_future(news.wait()),
            asyncio.ensure_future(self._clock.sleep_until(until_ns)),
            asyncio.ensure_future(self._link.wait_lost()),
        ]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
