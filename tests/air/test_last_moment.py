"""Orders typed while a row that goes out by itself is about to leave: it leaves, and the answer says so."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from studio.air.lane import Lane
from studio.air.run import Run
from studio.air.steering import Order, steer
from studio.asrun.events import CommandWord
from studio.clock import NS_PER_MS
from studio.errors import RefusedByRule
from tests.air.stage import cues, house, plan, virtual

pytestmark = pytest.mark.usefixtures("english")

EACH_MS = 1_500


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[Run]:
    """A session of three rows that go on by themselves, the first one on air."""
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        made = await director.conduct(plan(cues("opening", "host", "closeup", each_ms=EACH_MS), tmp_path, obs.port))
        await director.started(made)
        yield made


async def before_the_second(run: Run, ms: int) -> Lane:
    """So long before the second row's instant."""
    await run.clock.sleep_until(run.standing.monotonic_ns((EACH_MS - ms) * NS_PER_MS))
    return run.lanes["s0"]


async def ended(lane: Lane, cue: str) -> str:
    async with asyncio.timeout(5):
        while cue not in lane.logged.verdicts:
            await asyncio.sleep(0.01)
    return lane.logged.verdicts[cue].verdict


@pytest.mark.parametrize("ms", [145, 75])
async def test_a_hold_comes_behind_the_row_and_says_so(run: Run, ms: int) -> None:
    lane = await before_the_second(run, ms)
    (said,) = await steer(run, Order("hold", "导播"))
    assert "held, behind “host”, which went on air at that moment" in said
    assert await ended(lane, "c1") == "on_time"
    await asyncio.sleep(EACH_MS / 1000)
    assert lane.rundown.position == "c1"


@pytest.mark.parametrize(("word", "ms"), [("go", 75), ("back", 75), ("skip", 145), ("skip", 75), ("extend", 75)])
async def test_what_may_have_been_meant_for_another_row_is_refused_with_the_row_that_went(
    run: Run, word: CommandWord, ms: int
) -> None:
    lane = await before_the_second(run, ms)
    with pytest.raises(RefusedByRule, match="“host” went on air at that moment, and nothing else was done"):
        await steer(run, Order(word, "导播", by_ms=60_000))
    assert await ended(lane, "c1") == "on_time"
    assert lane.rundown.position == "c1"
    assert await ended(lane, "c2") == "on_time"


async def test_a_hold_in_time_keeps_the_row(run: Run) -> None:
    lane = await before_the_second(run, 400)
    (said,) = await steer(run, Order("hold", "导播"))
    assert "held; nothing goes on by itself" in said
    await asyncio.sleep(0.8)
    assert lane.rundown.position == "c0"


async def test_a_row_called_as_the_last_one_ends_keeps_the_session_on_air(tmp_path: Path) -> None:
    async with virtual(tmp_path, faults=["delay:GetRecordStatus:60ms"]) as obs, house(tmp_path) as director:
        run = await director.conduct(plan(cues("opening", "host", each_ms=EACH_MS), tmp_path, obs.port))
        await director.started(run)
        await run.clock.sleep_until(run.standing.monotonic_ns((2 * EACH_MS - 30) * NS_PER_MS))
        await steer(run, Order("back", "导播"))
        await asyncio.sleep(0.5)
        assert (run.lanes["s0"].rundown.over, run.lanes["s0"].rundown.position) == (False, "c0")
