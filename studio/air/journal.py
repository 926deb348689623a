"""The as-run log as the director writes it: on a thread of its own, so that a slow disk delays no cue."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from studio.asrun.events import Event, Record, Stamp
from studio.errors import StoreFailed
from studio.store.asrun import AsRunLog
from studio.system import go_first

log = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Waiting:
    stamp: Stamp
    events: tuple[Event, ...]
    written: asyncio.Future[tuple[Record, ...]]


class Journal:
    """Appends events in the order of the calls; ``await`` returns once they are on disk.

    Calls that wait for the disk at the same time become one transaction, so that six lanes share one flush. Listeners
    are called with each record, in order, once it is durable and before the call returns.
    """

    def __init__(self, thread: ThreadPoolExecutor, log: AsRunLog) -> None:
        self._thread = thread
        self._log = log
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[Record], None]] = []

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open the log, made where missing. Raises StoreTooNew and what SQLite raises."""
        thread = ThreadPoolExecutor(1, "as-run log", initializer=go_first)
        return cls(thread, await asyncio.get_running_loop().run_in_executor(thread, AsRunLog, path))

    def listen(self, listener: Callable[[Record], None]) -> None:
        """Call ``listener`` with every record from now on; it must not block or raise."""
        self._listeners.append(listener)

    async def append(self, stamp: Stamp, *events: Event) -> tuple[Record, ...]:
        """Write events that share a stamp, all or none, also where the caller is cancelled meanwhile.

        Returns their records; raises StoreFailed where the disk does not take them.
        """
        if not events:
            return ()
        one = _Waiting(stamp, events, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="as-run log")
        return await asyncio.shield(one.written)

    async def settled(self) -> None:
        """Return once nothing waits for the disk: what the listeners know then is all that was said."""
        while self._writing is not None and not self._writing.done():
            await asyncio.wait({self._writing})

    async def events(self, run: str) -> tuple[Record, ...]:
        """The run's events in order."""
        return await self._in_thread(self._log.events, run)

    async def open_runs(self) -> tuple[str, ...]:
        """The runs that were planned and have not ended, the oldest first."""
        return await self._in_thread(self._log.open_runs)

    async def freeze(self, text: str) -> str:
        """Keep ``text`` and return its SHA-256 in hex."""
        return await self._in_thread(self._log.freeze, text)

    async def thaw(self, sha256: str) -> str:
        """The text kept under that hash; raises KeyError where there is none."""
        return await self._in_thread(self._log.thaw, sha256)

    async def close(self) -> None:
        """Finish writing and close the file."""
        if self._writing is not None:
            await self._writing
        await self._in_thread(self._log.close)
        self._thread.shutdown()

    async def _in_thread(self, do: Callable[..., Result], *arguments: object) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, do, *arguments)

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                records = await self._in_thread(self._log.append_all, [(one.stamp, one.events) for one in batch])
            except StoreFailed as error:
                for one in batch:
                    one.written.set_exception(error)
                    one.written.exception()  # whoever was cancelled meanwhile does not ask any more
                continue
            for one, written in zip(batch, records, strict=True):
                for record in written:
                    self._tell(record)
                one.written.set_result(written)

    def _tell(self, record: Record) -> None:
        for listener in self._listeners:
            try:
                listener(record)
            except Exception:  # one listener's mistake must not cost the others their records
                log.exception("a listener failed on record %s", record.seq)
