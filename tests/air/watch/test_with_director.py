"""The watch and the director together: what the log holds of a trouble."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from studio.air.api import open_door
from studio.air.watch.process import Watch
from studio.asrun.events import AlarmCleared, AlarmRaised
from studio.model.studio import Limits
from studio.timekeeper import SystemClock
from studio.workspace.secrets import variable
from tests.air.stage import PASSWORD, Log, cues, house, manual, plan, virtual
from tests.air.watch.studio_set import BLACK, until
from tests.obs.virtual.client import client


async def test_a_trouble_is_in_the_log_with_its_beginning_and_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable("obs"), PASSWORD)
    state = tmp_path / ".studio"
    watch, log = Watch(tmp_path, SystemClock()), Log(state / "asrun.db")
    async with virtual(tmp_path) as obs, house(state) as director, open_door(director, state):
        director.limits = Limits(black_ms=300)
        watching = asyncio.create_task(watch.run())
        run = await director.conduct(plan(manual(cues("opening")), tmp_path, obs.port))
        await director.started(run)
        lane = run.lanes["s0"]
        await until(lambda: bool(lane.logged.verdicts))
        async with client(obs, password=PASSWORD) as desk:
            cover = {"color": BLACK, "width": 180, "height": 320}
            fields = {"inputName": "罩", "inputKind": "color_source_v3", "inputSettings": cover}
            item = (await desk.get("CreateInput", sceneName="开场", **fields))["sceneItemId"]
            covered_ns = director.clock.monotonic_ns()
            await until(lambda: "black" in lane.logged.alarms)
            await desk.get("SetSceneItemEnabled", sceneName="开场", sceneItemId=item, sceneItemEnabled=False)
            uncovered_ns = director.clock.monotonic_ns()
            await until(lambda: "black" not in lane.logged.alarms)
        watch.stop()
        await watching
    events = [record.event for record in log.events("run-1")]
    (raised,) = [one for one in events if isinstance(one, AlarmRaised) and one.kind == "black"]
    (cleared,) = [one for one in events if isinstance(one, AlarmCleared) and one.kind == "black"]
    assert abs(raised.began_ns - covered_ns) < 1.2e9
    assert cleared.lasted_ms == pytest.approx((uncovered_ns - covered_ns) / 1e6, abs=1_200)
