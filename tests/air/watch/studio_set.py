"""A virtual studio on simulated time, and the watch at its post: half a second takes some milliseconds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.air.watch.office import Room
from studio.air.watch.post import EVERY_MS, Post
from studio.air.watch.sample import Change, Expected
from studio.clock import NS_PER_MS
from studio.model.studio import Limits
from studio.obs.protocol import Subscription
from studio.obs.virtual import VirtualObs
from studio.timekeeper import SimulatedClock
from tests.obs.virtual.client import PASSWORD, Client, client

CANVAS = (180, 320)
METERS = int(Subscription.INPUT_VOLUME_METERS)
LIVE = Expected(scene="主播", live=True, speaking=True)
BLACK, GREY = 0xFF000000, 0xFF808080


async def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Wait, in real time, until it holds."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.001)


class Set:
    """One studio: its OBS, a hand on the desk, and every change of an alarm so far."""

    def __init__(self, obs: VirtualObs, clock: SimulatedClock, desk: Client, post: Post, changes: list[Change]) -> None:
        self.obs, self.clock, self.desk, self.post, self.changes = obs, clock, desk, post, changes

    async def passes(self, seconds: float) -> None:
        """Let time pass, with a sample each half second."""
        for _half in range(round(seconds * 1000 / EVERY_MS)):
            asked = len(self.obs.journal.of("answer", "GetCurrentProgramScene"))
            await self.clock.advance(EVERY_MS * NS_PER_MS)
            await until(lambda asked=asked: len(self.obs.journal.of("answer", "GetCurrentProgramScene")) > asked)
            await asyncio.sleep(0.003)  # the answer's way back

    async def passes_unseen(self, seconds: float) -> None:
        """Let time pass, whether or not the OBS answers."""
        for _half in range(round(seconds * 1000 / EVERY_MS)):
            await self.clock.advance(EVERY_MS * NS_PER_MS)
            await asyncio.sleep(0.02)

    def expect(self, expected: Expected) -> None:
        """What the director wants from now on."""
        self.post.room = replace(self.post.room, expected=expected)

    @property
    def alarms(self) -> list[str]:
        """The changes so far, such as ``black raised``."""
        return [f"{change.kind} {'raised' if change.raised else 'over'}" for change in self.changes]

    async def scene(self, name: str, *inputs: tuple[str, str, dict[str, Any]]) -> None:
        """Make a scene of inputs (name, kind, settings) and put it on air."""
        await self.desk.get("CreateScene", sceneName=name)
        for input_name, kind, settings in inputs:
            fields = {"inputName": input_name, "inputKind": kind, "inputSettings": settings}
            await self.desk.get("CreateInput", sceneName=name, **fields)
        await self.desk.get("SetCurrentProgramScene", sceneName=name)


def colour(name: str, code: int) -> tuple[str, str, dict[str, Any]]:
    """A full picture of one colour."""
    return name, "color_source_v3", {"color": code, "width": CANVAS[0], "height": CANVAS[1]}


def clip(path: Path) -> tuple[str, str, dict[str, Any]]:
    """A clip that plays without end, in place of a camera."""
    return "机位", "ffmpeg_source", {"local_file": str(path), "looping": True}


MICROPHONE: tuple[str, str, dict[str, Any]] = ("话筒", "pulse_input_capture", {})


@asynccontextmanager
async def studio(
    folder: Path, expected: Expected = LIVE, limits: Limits | None = None, **options: Any
) -> AsyncIterator[Set]:
    """A studio that is watched."""
    clock = SimulatedClock(0, 1_000_000_000)
    obs = VirtualObs(port=0, password=PASSWORD, record_dir=folder, canvas=CANVAS, clock=clock, **options)
    async with obs, client(obs) as desk:
        room = Room("main", "主直播间", obs.host, obs.port, "OBS_MAIN", "s-1", expected)
        changes: list[Change] = []
        post = Post(room, limits or Limits(), lambda: PASSWORD, clock, lambda _room, change: changes.append(change))
        post.start()
        try:
            await until(lambda: METERS in subscriptions(obs))
            await asyncio.sleep(0.01)
            yield Set(obs, clock, desk, post, changes)
        finally:
            await post.stop()


def subscriptions(obs: VirtualObs) -> list[int]:
    """What each client that was let in has asked to be told."""
    return [entry.data["eventSubscriptions"] for entry in obs.journal.of("connection", "identified")]
