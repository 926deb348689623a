"""The rounds to the paired PCs: each at its own pace, whatever the others do."""

import asyncio
from pathlib import Path

from studio.clock import NS_PER_MS
from studio.pc.known import AGENTS, Door, remember
from studio.pc.rounds import rounds
from studio.timekeeper import SystemClock

DOOR = Door("127.0.0.1", 1, "00", "token")


async def test_one_that_hangs_is_not_asked_again_and_keeps_no_other_waiting(tmp_path: Path) -> None:
    asked: list[str] = []
    remember(tmp_path, {"main": DOOR, "side": DOOR})

    async def call_on(studio: str, _door: Door) -> None:
        asked.append(studio)
        if studio == "main":
            await asyncio.Event().wait()

    going = asyncio.create_task(rounds(tmp_path, call_on, NS_PER_MS, SystemClock(), print))
    async with asyncio.timeout(10):
        while asked.count("side") < 5:
            await asyncio.sleep(0.001)
    going.cancel()
    await asyncio.wait([going])
    assert going.cancelled()
    assert asked.count("main") == 1


async def test_what_cannot_be_read_is_said_and_read_again(tmp_path: Path) -> None:
    said: list[str] = []
    asked = asyncio.Event()

    async def call_on(_studio: str, _door: Door) -> None:
        asked.set()

    (tmp_path / AGENTS).write_text("{")
    going = asyncio.create_task(rounds(tmp_path, call_on, NS_PER_MS, SystemClock(), said.append))
    async with asyncio.timeout(10):
        while not said:
            await asyncio.sleep(0.001)
        remember(tmp_path, {"main": DOOR})
        await asked.wait()
    going.cancel()
    await asyncio.wait([going])
    assert AGENTS in said[0]


async def test_one_whose_answer_breaks_us_costs_no_other_its_round(tmp_path: Path) -> None:
    asked: list[str] = []
    remember(tmp_path, {"main": DOOR, "side": DOOR})

    async def call_on(studio: str, _door: Door) -> None:
        asked.append(studio)
        if studio == "main":
            raise OverflowError

    going = asyncio.create_task(rounds(tmp_path, call_on, NS_PER_MS, SystemClock(), print))
    async with asyncio.timeout(10):
        while min(asked.count("main"), asked.count("side")) < 3:
            await asyncio.sleep(0.001)
    going.cancel()
    await asyncio.wait([going])
    assert going.cancelled()
