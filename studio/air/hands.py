"""The director's hands in one studio: every request is written down before it leaves, and what became of it after."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from studio.air.connection import Connection
from studio.air.journal import Journal
from studio.air.verdicts import answer
from studio.asrun.events import Event, Intended, Record, Stamp, TimedOut
from studio.clock import NS_PER_S, Clock
from studio.errors import StoreFailed, StudioError
from studio.model.obs import Outcome, Request

log = logging.getLogger(__name__)

AGAIN_NS = 1 * NS_PER_S
"""How soon the disk is tried again."""


class Scribe:
    """Writes the events of one run and studio, each with its stamp; an empty studio is the run itself."""

    def __init__(self, journal: Journal, clock: Clock, stamp: Stamp) -> None:
        self._journal = journal
        self._clock = clock
        self._stamp = stamp

    async def write(self, *events: Event, cue: str = "", at_ns: int | None = None) -> tuple[Record, ...]:
        """Return once they are on disk; they happened now, or at the monotonic instant ``at_ns``."""
        now_ns = self._clock.monotonic_ns()
        stamp = replace(
            self._stamp,
            monotonic_ns=now_ns if at_ns is None else at_ns,
            wall_ns=self._clock.wall_ns() - (0 if at_ns is None else now_ns - at_ns),
            cue=cue,
        )
        return await self._journal.append(stamp, *events)

    async def persist(self, *events: Event, cue: str = "") -> None:
        """Write down what has happened, however long the disk refuses it; it happened when this was called."""
        at_ns = self._clock.monotonic_ns()
        while True:
            try:
                await self.write(*events, cue=cue, at_ns=at_ns)
                return
            except StoreFailed as error:
                log.error("%s: %s", self._stamp.studio, error)
                await self._clock.sleep_until(self._clock.monotonic_ns() + AGAIN_NS)


class Hands:
    """Sends requests to one OBS; ``first_number`` is above every number this run has used before."""

    def __init__(self, connection: Connection, scribe: Scribe, clock: Clock, first_number: int) -> None:
        self.connection = connection
        self._scribe = scribe
        self._clock = clock
        self._numbers = itertools.count(first_number)
        self.leaving_ns = 0
        """The monotonic instant for which something was last prepared: while it is to come, a cue is about to leave."""
        self.busy = 0
        """How many sendings are not proved yet: what OBS reports meanwhile may be our own doing."""

    async def send(self, requests: Sequence[Request], cue: str = "") -> list[Outcome]:
        """Send at once and return how each request ended. Raises StudioError where the log could not be written."""
        return list(await (await self.begin(requests, cue)))

    async def begin(
        self,
        requests: Sequence[Request],
        cue: str = "",
        *,
        first: Sequence[Event] = (),
        at_ns: int | None = None,
    ) -> Awaitable[Sequence[Outcome]]:
        """Write down ``first`` and what is about to be sent, wait for ``at_ns``, and send it.

        What is returned, once everything is sent, gives the outcomes when they are proved and written down.
        """
        numbers = [str(next(self._numbers)) for _request in requests]
        intents = (
            Intended(number, request.type, dict(request.data), request.because, at_ns)
            for number, request in zip(numbers, requests, strict=True)
        )
        self.leaving_ns = at_ns or 0
        await self._scribe.write(*first, *intents, cue=cue)
        if not requests:
            if at_ns is not None:
                await self._clock.sleep_until(at_ns)
            return _nothing()
        gone = asyncio.get_running_loop().create_future()
        self.busy += 1
        proving = asyncio.ensure_future(self._apply(requests, numbers, cue, at_ns, lambda: gone.set_result(None)))
        await asyncio.wait({gone, proving}, return_when=asyncio.FIRST_COMPLETED)
        return asyncio.shield(proving)

    async def _apply(
        self, requests: Sequence[Request], numbers: Sequence[str], cue: str, at_ns: int | None, sent: Callable[[], None]
    ) -> Sequence[Outcome]:
        try:
            outcomes = await self.connection.device.apply(requests, at_ns=at_ns, sent=sent)
        except StudioError as error:
            await self._scribe.persist(*(TimedOut(number, str(error)) for number in numbers), cue=cue)
            raise
        finally:
            self.busy -= 1
        await self._scribe.persist(*map(answer, numbers, outcomes), cue=cue)
        return outcomes


async def _nothing() -> Sequence[Outcome]:
    return ()
