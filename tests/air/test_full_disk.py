"""The disk that holds the log is full for a while: what happened meanwhile is in it afterwards, and all goes on."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from studio.air.director import Director
from studio.asrun.events import AlarmCleared, AlarmRaised
from studio.errors import StoreFailed
from studio.store.asrun import AsRunLog
from tests.air.stage import cues, house, manual, plan, until, virtual

ROWS = manual(cues("opening", "host", "closeup", each_ms=60_000))


@contextmanager
def full_disk(director: Director, refused: list[str]) -> Iterator[None]:
    """Nothing can be written for a ``with`` block; what was to be is in ``refused``."""

    def append_all(_self: AsRunLog, batches: list[Any]) -> None:
        refused.extend(type(event).__name__ for _stamp, events in batches for event in events)
        raise StoreFailed("The disk is full.", "Free some space.")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(AsRunLog, "append_all", append_all)
        yield


async def test_a_verdict_waits_for_the_disk(tmp_path: Path) -> None:
    refused: list[str] = []
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        run = await director.conduct(plan(ROWS, tmp_path, obs.port))
        lane = run.lanes["s0"]
        await until(lambda: lane.concluding)
        with full_disk(director, refused):
            await until(lambda: refused)
            await asyncio.sleep(0.5)
        await until(lambda: "c0" in lane.logged.verdicts)
    assert lane.logged.verdicts["c0"].verdict == "on_time"


async def test_a_studio_lost_meanwhile_is_taken_up(tmp_path: Path) -> None:
    refused: list[str] = []
    async with house(tmp_path) as director:
        async with virtual(tmp_path) as obs:
            run = await director.conduct(plan(ROWS, tmp_path, obs.port, record=True))
            lane = run.lanes["s0"]
            await until(lambda: lane.logged.cue == "c0")
            with full_disk(director, refused):
                await obs.stop()
                await until(lambda: "LinkChanged" in refused)
        async with virtual(tmp_path, port=obs.port):
            await until(lambda: lane.reachable and lane.logged.recording and not lane.logged.alarms)
            assert lane.logged.parts == 2
            events = [one.event for one in await director.journal.events("run-1")]
    raised, cleared = (sum(isinstance(one, kind) for one in events) for kind in (AlarmRaised, AlarmCleared))
    assert raised == cleared
