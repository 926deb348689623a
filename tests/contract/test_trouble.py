"""An OBS that quits, hangs, comes back, has studio mode on or is changed by hand, under our director: both subjects.

Every fault is made from outside: a signal, a process started again, another client's request.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from studio.air.run import Run
from studio.air.steering import Order, steer
from studio.asrun.events import (
    AlarmCleared,
    AlarmRaised,
    Event,
    LinkChanged,
    Overridden,
    RecordingGap,
    RecordingStarted,
    RecordingStopped,
)
from studio.model.runsheet import RunSheet
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.timekeeper import SystemClock
from tests.air.stage import CANVAS, PASSWORD, cues, house, manual, plan
from tests.real_obs import real_obs_again, screen

SHEET = manual(cues("opening", "host", "closeup", "host", each_ms=60_000))
NOTICED_S = 3.0
One = TypeVar("One", bound=Event)


@dataclass
class Subject:
    """An OBS as a process that can be hurt; ``start`` brings it up again on its port."""

    port: int
    start: Callable[[str], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes]

    def send(self, sign: signal.Signals) -> None:
        os.kill(self.process.pid, sign)

    def kill(self, sign: signal.Signals = signal.SIGKILL) -> None:
        self.send(sign)
        self.process.wait()

    async def again(self, password: str = PASSWORD) -> None:
        self.process = await asyncio.to_thread(self.start, password)


@contextlib.contextmanager
def virtual(folder: Path) -> Iterator[Subject]:
    size = f"{CANVAS.width}x{CANVAS.height}"
    running: list[subprocess.Popen[bytes]] = []
    port = 0

    def start(password: str) -> subprocess.Popen[bytes]:
        words = ["virtual", "--port", str(port), "--json", "--canvas", size, "--record-dir", str(folder / "rec")]
        child = subprocess.Popen(
            [sys.executable, "-m", "studio", *words],
            stdout=subprocess.PIPE,
            env=os.environ | {"STUDIO_OBS_PASSWORD": password},
        )
        running.append(child)
        assert child.stdout is not None
        said.append(json.loads(child.stdout.readline()))
        return child

    said: list[dict[str, int]] = []
    first = start(PASSWORD)
    port = said[0]["port"]
    try:
        yield Subject(port, start, first)
    finally:
        for child in running:
            child.kill()
            child.wait()
            assert child.stdout is not None
            child.stdout.close()


@contextlib.contextmanager
def real(folder: Path) -> Iterator[Subject]:
    with real_obs_again(folder, (CANVAS.width, CANVAS.height), 30) as (port, start):
        yield Subject(port, start, start(PASSWORD))


@dataclass
class Evening:
    """A recorded manual session, its first row on air."""

    run: Run
    obs: Subject

    async def heard(self, seen: Callable[[object], bool], seconds: float = 20.0) -> object:
        """The first event of the log that is ``seen``; a failure where none comes in time."""
        async with asyncio.timeout(seconds):
            while True:
                for record in await self.run.journal.events("run-1"):
                    if seen(record.event):
                        return record.event
                await asyncio.sleep(0.05)

    async def alarm(self, kind: str, seconds: float = NOTICED_S + 1.0) -> AlarmRaised:
        found = await self.heard(lambda event: isinstance(event, AlarmRaised) and event.kind == kind, seconds)
        assert isinstance(found, AlarmRaised) and found.what and found.remedy
        return found

    async def go(self) -> None:
        await steer(self.run, Order("go", "导播"))
        while self.run.lanes["s0"].logged.open:
            await asyncio.sleep(0.02)

    async def by_hand(self, request: str, data: dict[str, object]) -> None:
        async with ObsLink(Address("127.0.0.1", self.obs.port, PASSWORD), SystemClock(), subscriptions=0) as hand:
            await hand.call(request, data)

    async def shows(self) -> str:
        async with ObsLink(Address("127.0.0.1", self.obs.port, PASSWORD), SystemClock(), subscriptions=0) as hand:
            return str((await hand.call("GetCurrentProgramScene"))["currentProgramSceneName"])

    async def events(self, kind: type[One]) -> list[One]:
        return [record.event for record in await self.run.journal.events("run-1") if isinstance(record.event, kind)]


Begin = Callable[..., Awaitable[Evening]]


@pytest.fixture(params=["virtual", "real"])
async def begin(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Begin]:
    if request.param == "real":
        screen()  # in this thread, since it lives as long as the one that started it
    async with contextlib.AsyncExitStack() as stack:
        subject = await asyncio.to_thread(
            stack.enter_context, {"virtual": virtual, "real": real}[request.param](tmp_path / "obs")
        )
        director = await stack.enter_async_context(house(tmp_path))

        async def begin(sheet: RunSheet = SHEET) -> Evening:
            run = await director.conduct(plan(sheet, tmp_path, subject.port, record=True))
            await director.started(run)
            while not run.lanes["s0"].logged.verdicts:
                await asyncio.sleep(0.02)
            return Evening(run, subject)

        yield begin


@pytest.mark.parametrize(
    ("begin", "sign"),
    [("virtual", signal.SIGKILL), ("real", signal.SIGKILL), ("real", signal.SIGTERM)],
    ids=["virtual-killed", "real-killed", "real-quit"],
    indirect=["begin"],
)
async def test_an_obs_that_dies_is_said_once_and_taken_up_with_a_new_part_and_its_gap(
    begin: Begin, sign: signal.Signals
) -> None:
    evening = await begin()
    await evening.go()
    await asyncio.to_thread(evening.obs.kill, sign)
    killed_ns = evening.run.clock.monotonic_ns()
    alarm = await evening.alarm("obs_lost")
    assert alarm.began_ns - killed_ns < NOTICED_S * 1e9
    await asyncio.sleep(1.5)
    await evening.obs.again()
    gap = await evening.heard(lambda event: isinstance(event, RecordingGap))
    assert isinstance(gap, RecordingGap)
    back_ns = evening.run.clock.monotonic_ns()
    assert gap.from_ns <= killed_ns + 1e9 and killed_ns - gap.from_ns < 2.5e9 and gap.to_ns <= back_ns
    await evening.heard(lambda event: isinstance(event, AlarmCleared) and event.kind == "obs_lost")
    assert await evening.shows() == "主播"
    assert [part.part for part in await evening.events(RecordingStarted)] == [1, 2]
    assert len([one for one in await evening.events(AlarmRaised) if one.kind == "obs_lost"]) == 1
    (path,) = evening.run.lanes["s0"].logged.recordings
    assert Path(path).is_file()  # that OBS cannot tell it any more
    await evening.go()
    assert evening.run.lanes["s0"].logged.verdicts["c2"].verdict == "on_time"


@pytest.mark.parametrize("begin", ["real"], indirect=True)  # the fault matrix has it on virtual ones
async def test_an_obs_that_comes_back_with_another_password_is_said_and_taken_up_once_it_has_the_right_one(
    begin: Begin,
) -> None:
    evening = await begin()
    evening.obs.kill()
    await evening.obs.again("eine andere")
    await evening.alarm("obs_password", 5)
    evening.obs.kill()
    await evening.obs.again()
    await evening.heard(lambda event: isinstance(event, AlarmCleared) and event.kind == "obs_password")
    await evening.go()
    assert evening.run.lanes["s0"].logged.verdicts["c1"].verdict == "on_time"


async def test_an_obs_that_hangs_is_noticed_and_its_recording_goes_on(begin: Begin) -> None:
    evening = await begin()
    evening.obs.send(signal.SIGSTOP)
    hung_ns = evening.run.clock.monotonic_ns()
    alarm = await evening.alarm("obs_lost")
    assert alarm.began_ns - hung_ns < NOTICED_S * 1e9
    evening.obs.send(signal.SIGCONT)
    await evening.heard(lambda event: isinstance(event, LinkChanged) and event.connected)
    assert len(await evening.events(RecordingStarted)) == 1
    await evening.go()
    assert evening.run.lanes["s0"].logged.verdicts["c1"].verdict == "on_time"


async def test_studio_mode_is_said_and_left_with_the_next_cue(begin: Begin) -> None:
    evening = await begin()
    await evening.by_hand("SetStudioModeEnabled", {"studioModeEnabled": True})
    await evening.alarm("studio_mode")
    await evening.go()
    assert await evening.shows() == "主播"
    assert evening.run.lanes["s0"].logged.verdicts["c1"].verdict in ("on_time", "late")


async def test_a_scene_chosen_by_hand_stays_until_the_next_cue(begin: Begin) -> None:
    evening = await begin()
    await evening.by_hand("SetCurrentProgramScene", {"sceneName": "产品特写"})
    found = await evening.heard(lambda event: isinstance(event, Overridden))
    assert found == Overridden("programme", "开场", "产品特写")
    await asyncio.sleep(0.5)
    assert await evening.shows() == "产品特写"
    await evening.go()
    assert await evening.shows() == "主播"
    assert evening.run.lanes["s0"].logged.overridden is None


async def test_a_recording_stopped_by_hand_is_kept_in_the_log_and_goes_on_with_the_next_cue(begin: Begin) -> None:
    evening = await begin()
    await evening.by_hand("StopRecord", {})
    found = await evening.heard(lambda event: isinstance(event, Overridden))
    assert isinstance(found, Overridden) and found.what == "record"
    await evening.heard(lambda event: isinstance(event, RecordingStopped))
    (path,) = evening.run.lanes["s0"].logged.recordings
    assert Path(path).is_file()
    await evening.go()
    await evening.heard(lambda event: isinstance(event, RecordingStarted) and event.part == 2)


async def test_an_item_hidden_by_hand_is_shown_again_with_the_next_cue_of_its_scene(begin: Begin) -> None:
    evening = await begin()
    async with ObsLink(Address("127.0.0.1", evening.obs.port, PASSWORD), SystemClock(), subscriptions=0) as hand:
        item = {"sceneName": "开场", "sourceName": "开场 · 商品卡"}
        number = (await hand.call("GetSceneItemId", item))["sceneItemId"]
        hidden = {"sceneName": "开场", "sceneItemId": number, "sceneItemEnabled": False}
        await hand.call("SetSceneItemEnabled", hidden)
        found = await evening.heard(lambda event: isinstance(event, Overridden))
        assert isinstance(found, Overridden) and found.what == "visibility"
        await evening.go()
        await steer(evening.run, Order("back", "导播"))
        while evening.run.lanes["s0"].logged.open:
            await asyncio.sleep(0.02)
        assert (await hand.call("GetSceneItemEnabled", {"sceneName": "开场", "sceneItemId": number}))[
            "sceneItemEnabled"
        ]
