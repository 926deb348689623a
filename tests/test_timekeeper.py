"""The machine's clock sleeps to the instant; the simulated one wakes its sleepers in order."""

import asyncio

from studio.clock import NS_PER_MS, NS_PER_S
from studio.timekeeper import SimulatedClock, SystemClock


async def test_the_system_clock_never_wakes_early() -> None:
    clock = SystemClock()
    due = clock.monotonic_ns() + 30 * NS_PER_MS
    await clock.sleep_until(due)
    assert due <= clock.monotonic_ns() < due + NS_PER_S


async def test_a_past_instant_returns_at_once() -> None:
    clock = SystemClock()
    before = clock.monotonic_ns()
    await clock.sleep_until(before - NS_PER_S)
    assert clock.monotonic_ns() - before < NS_PER_S


async def test_sleepers_wake_in_the_order_of_their_instants_and_see_them() -> None:
    clock = SimulatedClock(wall_ns=1_000 * NS_PER_S)
    woken: list[tuple[int, int]] = []

    async def sleeper(second: int) -> None:
        await clock.sleep_until(second * NS_PER_S)
        woken.append((second, clock.monotonic_ns()))

    tasks = [asyncio.create_task(sleeper(second)) for second in (3, 1, 2, 9)]
    await clock.advance(5 * NS_PER_S)
    assert woken == [(1, NS_PER_S), (2, 2 * NS_PER_S), (3, 3 * NS_PER_S)]
    assert clock.monotonic_ns() == 5 * NS_PER_S
    tasks[-1].cancel()


async def test_a_sleeper_may_sleep_again_within_one_advance() -> None:
    clock = SimulatedClock(wall_ns=0)
    ticks: list[int] = []

    async def ticker() -> None:
        for second in range(1, 4):
            await clock.sleep_until(second * NS_PER_S)
            ticks.append(clock.monotonic_ns() // NS_PER_S)

    task = asyncio.create_task(ticker())
    await clock.advance(10 * NS_PER_S)
    assert ticks == [1, 2, 3]
    await task


async def test_stepping_the_wall_clock_leaves_the_monotonic_one_alone() -> None:
    clock = SimulatedClock(wall_ns=1_000)
    clock.step_wall(3_600 * NS_PER_S)
    assert (clock.monotonic_ns(), clock.wall_ns()) == (0, 3_600 * NS_PER_S + 1_000)
