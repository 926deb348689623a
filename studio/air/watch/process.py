"""The watch as a process: asks the director which studios are on air, watches each, and reports every alarm."""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from studio.air.watch.office import Office, Orders, Room
from studio.air.watch.pcs import watch_pcs
from studio.air.watch.post import Post
from studio.air.watch.sample import Change
from studio.air.watch.words import words
from studio.clock import NS_PER_S, Clock
from studio.errors import StudioError
from studio.workspace.secrets import secret

log = logging.getLogger(__name__)

ASK_EVERY_NS = NS_PER_S
UNSENT = 1_000
"""Transitions kept for a director that is away; the oldest are forgotten first."""


class Watch:
    """Watches the studios of one workspace until stopped."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self._state = root / ".studio"
        self._clock = clock
        self._posts: dict[str, Post] = {}
        self.unsent: deque[Mapping[str, Any]] = deque(maxlen=UNSENT)
        self.rooms: Mapping[str, Room] = {}
        """The studios that are on air, as the director said last."""
        self._something = asyncio.Event()
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """Let ``run`` end."""
        self._stopped.set()

    async def run(self) -> None:
        """Watch until ``stop``. A director that is away changes nothing: what it wanted last goes on."""
        office = Office(self._state)
        pcs = watch_pcs(self._state, office, lambda: self.rooms, self._say, self._clock)
        work = [asyncio.create_task(one) for one in (self._follow(office), self._report(office), pcs)]
        stopped = asyncio.create_task(self._stopped.wait())
        try:
            done, _pending = await asyncio.wait([*work, stopped], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # neither piece of work ends by itself but by a mistake of ours
        finally:
            for task in (*work, stopped):
                task.cancel()
            await asyncio.gather(*work, stopped, return_exceptions=True)
            await asyncio.gather(*(post.stop() for post in self._posts.values()))
            await office.close()

    async def _follow(self, office: Office) -> None:
        while True:
            orders = await office.orders()
            if orders is not None:
                await self._obey(orders)
            await self._clock.sleep_until(self._clock.monotonic_ns() + ASK_EVERY_NS)

    async def _obey(self, orders: Orders) -> None:
        wanted = self.rooms = {room.id: room for room in orders.rooms}
        for studio_id, post in tuple(self._posts.items()):
            if wanted.get(studio_id) != post.room:  # no session any more, or another one, or another address
                del self._posts[studio_id]
                await post.stop()
                post.end()
        for room in orders.rooms:
            if room.id in self._posts:
                post = self._posts[room.id]
                post.room, post.limits = room, orders.limits
            else:
                password = partial(self._password, room.secret)
                self._posts[room.id] = Post(room, orders.limits, password, self._clock, self._changed)
                self._posts[room.id].start()

    def _password(self, name: str) -> str:
        try:
            return secret(name, self._state)
        except StudioError as error:
            log.warning("%s", error)
            return ""

    def _changed(self, room: Room, change: Change) -> None:
        what, remedy = words(change, room.id, room.name)
        log.log(logging.WARNING if change.raised else logging.INFO, "%s", what)
        self._say(
            {
                "studio": room.id,
                "kind": change.kind,
                "raised": change.raised,
                "what": what,
                "remedy": remedy,
                "began_ns": change.began_ns,
                "lasted_ms": change.lasted_ms,
                "value": change.value,
            }
        )

    def _say(self, alarm: Mapping[str, Any]) -> None:
        self.unsent.append(alarm)
        self._something.set()

    async def _report(self, office: Office) -> None:
        """Send each transition, in order, until a director has taken it."""
        while True:
            await self._something.wait()
            self._something.clear()
            while self.unsent:
                alarm = self.unsent[0]
                if not await office.report(alarm):
                    await self._clock.sleep_until(self._clock.monotonic_ns() + ASK_EVERY_NS)
                elif self.unsent and self.unsent[0] is alarm:  # not pushed out meanwhile
                    self.unsent.popleft()
