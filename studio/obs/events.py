"""Events of one OBS as they arrive, stamped with the local monotonic instant."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from studio.errors import ObsError


@dataclass(frozen=True, slots=True)
class ObsEvent:
    """One event: its type and fields as OBS sent them, and when it arrived (monotonic ns of this process's clock)."""

    type: str
    fields: Mapping[str, Any]
    arrived_ns: int


class EventStream:
    """Events from the moment it was opened, in the order of arrival; an ``async for`` that ends with the link.

    The loop raises the link's ObsError where the link was lost, and simply ends once ``close`` was called.
    """

    def __init__(self, leave: Callable[["EventStream"], None]) -> None:
        self._arrived: asyncio.Queue[ObsEvent | None] = asyncio.Queue()
        self._leave = leave
        self._why: ObsError | None = None
        self._ended = False

    def feed(self, event: ObsEvent) -> None:
        """Add one event; called by the link."""
        self._arrived.put_nowait(event)

    def end(self, why: ObsError | None) -> None:
        """No more events will come; ``why`` is raised to the reader after those that did."""
        if not self._ended:
            self._ended, self._why = True, why
            self._arrived.put_nowait(None)

    def close(self) -> None:
        """Stop listening."""
        self._leave(self)
        self.end(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ObsEvent:
        event = await self._arrived.get()
        if event is not None:
            return event
        self._arrived.put_nowait(None)  # whoever asks again gets the same end
        if self._why is not None:
            raise self._why
        raise StopAsyncIteration
