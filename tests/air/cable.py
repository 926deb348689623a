"""A network cable between the director and one OBS, which can be pulled out for a while."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self


class Cable:
    """Passes TCP on to ``port`` of this machine; nothing passes while ``pulled``, and nobody is told.

    What was sent meanwhile comes through later, as TCP's own repetition would bring it, unless its sender has taken
    it back by resetting the connection.
    """

    def __init__(self, port: int) -> None:
        self.port = 0
        """Where the director connects."""
        self._obs = port
        self._whole = asyncio.Event()
        self._whole.set()
        self._server: asyncio.Server | None = None
        self._carrying: set[asyncio.Task[None]] = set()

    def pull(self) -> None:
        """Nothing passes from now on."""
        self._whole.clear()

    def mend(self) -> None:
        """Everything passes again."""
        self._whole.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in tuple(self._carrying):
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        far: asyncio.StreamWriter | None = None
        try:
            await self._whole.wait()
            far_reader, far = await asyncio.open_connection("127.0.0.1", self._obs)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._one_way(reader, far))
                both.create_task(self._one_way(far_reader, writer))
        except* (OSError, asyncio.CancelledError):
            pass
        finally:
            self._carrying.discard(task)
            for end in (writer, far):
                if end is not None:
                    end.close()
                    with contextlib.suppress(OSError):
                        await end.wait_closed()

    async def _one_way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Bytes as they come; a reset loses those that were on their way, an orderly end does not."""
        waiting: asyncio.Queue[bytes] = asyncio.Queue()
        passing = asyncio.create_task(self._pass(waiting, writer))
        try:
            while data := await reader.read(65536):
                waiting.put_nowait(data)
            waiting.put_nowait(b"")
            await passing
        finally:
            passing.cancel()
        raise ConnectionResetError  # either end takes the other one along

    async def _pass(self, waiting: asyncio.Queue[bytes], writer: asyncio.StreamWriter) -> None:
        while data := await waiting.get():
            await self._whole.wait()
            writer.write(data)
            await writer.drain()
