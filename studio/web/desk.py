"""The desk: one look a second at the director, however many pages are open, and each of them told."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from studio.air.client import ask
from studio.air.telling import tell
from studio.errors import StudioError
from studio.system import when_told_to_stop
from studio.timekeeper import now
from studio.web.pages import application
from studio.workspace.venue import signboard

PORTS = (*range(8765, 8775), 0)
"""The first free one is taken: a desk that is started again is found where it was."""
EVERY_S = 1.0
ANSWER_S = 3.0
"""A director that does not answer within this is away."""


class Desk:
    """What was seen last, for the pages of the workspace ``root``."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._news = asyncio.Event()
        self._name, self._zone = signboard(root)
        self._away_since: datetime | None = now(self._zone)
        self._why = ""
        self._told: dict[str, Any] = {}
        self._facts: dict[str, Any] = {}

    @property
    def seen(self) -> dict[str, Any]:
        """The last look: while the director is away, what was known last, and since when; ``told`` is empty before."""
        moment = now(self._zone)
        offset = moment.utcoffset()
        return {
            "name": self._name,
            "local_ms": int((moment.timestamp() + (offset.total_seconds() if offset else 0)) * 1000),
            "away_since": f"{self._away_since:%H:%M:%S}" if self._away_since else None,
            "why": self._why,
            "told": self._told,
        }

    @property
    def facts(self) -> dict[str, Any]:
        """What the director said last, without the names of secrets."""
        return self._facts

    async def look(self) -> None:
        """Keep looking, until cancelled."""
        while True:
            await self._look()
            news, self._news = self._news, asyncio.Event()
            news.set()
            await asyncio.sleep(EVERY_S)

    async def _look(self) -> None:
        try:
            facts = await asyncio.to_thread(ask, self._root, "status", within_s=ANSWER_S)
        except (StudioError, OSError) as error:
            self._away_since, self._why = self._away_since or now(self._zone), str(error)
            return
        for studio in facts["studios"].values():
            studio.pop("secret", None)
        self._away_since, self._why = None, ""
        self._told, self._facts = tell(facts, self._zone), facts

    async def news(self) -> AsyncIterator[dict[str, Any]]:
        """What is seen, now and after each look."""
        while True:
            news = self._news
            yield self.seen
            await news.wait()


async def serve(root: Path) -> None:
    """Serve on loopback until told to stop; the first line of standard output says where."""
    leaving = asyncio.Event()
    when_told_to_stop(asyncio.get_running_loop(), leaving.set)
    desk = Desk(root)
    looking = asyncio.create_task(desk.look())
    runner = web.AppRunner(application(desk), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        port = await _listen(runner)
        sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{port}/"}) + "\n")
        sys.stdout.flush()
        await leaving.wait()
    finally:
        looking.cancel()
        await runner.cleanup()


async def _listen(runner: web.AppRunner) -> int:
    for port in PORTS:
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
        except OSError:  # taken, by another workspace's desk perhaps
            continue
        break
    return int(runner.addresses[0][1])
