"""A real OBS that dies on air is started by the agent beside it, and the director goes on, without a hand."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from studio.air.steering import Order, steer
from studio.asrun.events import AlarmCleared, RecordingGap, RecordingStarted
from studio.clock import NS_PER_S
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.pc.client import AgentClient
from studio.timekeeper import SystemClock
from tests.air.stage import CANVAS, PASSWORD, cues, house, manual, plan, until
from tests.pc.beside import Beside, free_port
from tests.real_obs import COLLECTION, PROFILE, obs_home, program, screen

if TYPE_CHECKING:
    from collections.abc import Iterator

WITHIN_S = 15.0


@pytest.fixture
def pc(tmp_path: Path) -> Iterator[tuple[Beside, int]]:
    """An agent that keeps a real OBS running, and the port of that OBS."""
    screen()
    home, port = tmp_path / "obs", free_port()
    environment = obs_home(home, (CANVAS.width, CANVAS.height), 30, PASSWORD, port)
    settings = (
        f'[obs]\nprogram = "{program("obs")}"\nport = {port}\nprofile = "{PROFILE}"\ncollection = "{COLLECTION}"\n'
        "keep_running = true\n"
    )
    agent = Beside(tmp_path / "state", home / "recordings", settings, environment)
    agent.start()
    try:
        yield agent, port
    finally:
        agent.end()  # OBS outlives it, as it should
        for process in running(home):
            process.kill()
            process.wait(20)


def running(home: Path) -> list[psutil.Process]:
    """The OBS of that account."""
    found = []
    for process in psutil.process_iter(["name"]):
        with contextlib.suppress(psutil.Error):
            if process.info["name"] == "obs" and process.environ().get("HOME") == str(home):
                found.append(process)
    return found


async def shows(port: int) -> str:
    async with ObsLink(Address("127.0.0.1", port, PASSWORD), SystemClock(), subscriptions=0) as hand:
        return str((await hand.call("GetCurrentProgramScene"))["currentProgramSceneName"])


@pytest.mark.usefixtures("english")
async def test_the_agent_starts_it_again_and_the_director_resumes_the_row_with_a_new_part(
    pc: tuple[Beside, int], tmp_path: Path
) -> None:
    agent, port = pc
    door = await asyncio.to_thread(agent.door)
    async with AgentClient(door, SystemClock()) as client:
        async with asyncio.timeout(40):
            while not (state := (await client.facts()).obs).listening:
                await asyncio.sleep(0.2)
        assert (state.running, state.starts, state.question) == (True, 1, "")
        async with house(tmp_path) as director:
            sheet = manual(cues("opening", "host", each_ms=60_000))
            run = await director.conduct(plan(sheet, tmp_path, port, record=True))
            await director.started(run)
            lane = run.lanes["s0"]
            await until(lambda: lane.logged.verdicts)
            await steer(run, Order("go", "导播"))
            await until(lambda: "c1" in lane.logged.verdicts)
            (process,) = running(tmp_path / "obs")
            process.kill()
            killed_ns = director.clock.monotonic_ns()

            def of(kind: type) -> list[object]:
                return [one for one in events if isinstance(one, kind)]

            async with asyncio.timeout(60):
                while True:
                    events = [one.event for one in await director.journal.events("run-1")]
                    back = [one for one in events if isinstance(one, AlarmCleared) and one.kind == "obs_lost"]
                    if back and len(of(RecordingStarted)) == 2:
                        break
                    await asyncio.sleep(0.05)
            took_s = (director.clock.monotonic_ns() - killed_ns) / NS_PER_S
            assert await shows(port) == "主播"
            (gap,) = of(RecordingGap)
            assert isinstance(gap, RecordingGap)
            assert gap.from_ns <= killed_ns + NS_PER_S < gap.to_ns
            assert [part.part for part in of(RecordingStarted) if isinstance(part, RecordingStarted)] == [1, 2]
            assert (await client.facts()).obs.starts == 2
            run.stop()
            await director.outcome(run)
        assert took_s < WITHIN_S
        async with asyncio.timeout(40):  # both parts are finished and hashed where they lie
            while len([film for film in await client.films() if film.sha256]) != 2:
                await asyncio.sleep(0.2)
    print(f"on air again {took_s:.1f} s after it died")
