"""Rounds to every paired PC, each at its own pace."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from studio.clock import Clock
from studio.errors import StudioError
from studio.pc.known import Door, doors

log = logging.getLogger(__name__)


async def rounds(
    state: Path,
    call_on: Callable[[str, Door], Coroutine[Any, Any, None]],
    every_ns: int,
    clock: Clock,
    say: Callable[[str], None],
) -> None:
    """Call on each PC paired in ``state`` every ``every_ns``, and on none that is still at it; never returns.

    One that hangs, or has much to give, keeps no other waiting. ``say`` is told where nobody can tell which are paired.
    """

    async def minded(studio: str, door: Door) -> None:
        try:
            await call_on(studio, door)
        except Exception:  # what one PC answers must not cost us the others
            log.exception("%s: calling on its PC failed", studio)

    at_it: dict[str, asyncio.Task[None]] = {}
    async with asyncio.TaskGroup() as tasks:
        while True:
            try:
                known = doors(state)
            except StudioError as error:
                say(str(error))
                known = {}
            for studio, door in known.items():
                if studio not in at_it or at_it[studio].done():
                    at_it[studio] = tasks.create_task(minded(studio, door))
            await clock.sleep_until(clock.monotonic_ns() + every_ns)
