"""Runs a virtual OBS as a process of its own: until Ctrl-C, or until the parent closes our standard input."""

import asyncio
import sys
import threading
from collections.abc import Callable

from studio.obs.virtual.server import VirtualObs


async def serve(obs: VirtualObs, listening: Callable[[], None], *, until_input_ends: bool) -> None:
    """Start it, call ``listening``, and stop it cleanly when cancelled or when standard input ends."""
    ended = asyncio.Event()
    if until_input_ends:
        _watch_input(asyncio.get_running_loop(), ended)
    async with obs:
        listening()
        await ended.wait()


def _watch_input(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    # A thread, because Windows knows no asyncio pipe for standard input.
    def watch() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        if not loop.is_closed():
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=watch, name="virtual-obs-input", daemon=True).start()
