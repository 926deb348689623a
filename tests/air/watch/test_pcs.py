"""What the watch makes of an agent's answers: one alarm a trouble of a studio on air, and a line in the log."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from studio.air.api import open_door
from studio.air.doctor.finding import Finding
from studio.air.status import status
from studio.air.watch.office import PC_ALARMS, Room
from studio.air.watch.pcs import alarms
from studio.air.watch.process import Watch
from studio.air.watch.sample import Expected
from studio.asrun.events import AlarmCleared, AlarmRaised, ClockCompared
from studio.pc.known import remember
from studio.timekeeper import SystemClock
from studio.workspace.secrets import variable
from tests.air.stage import PASSWORD, Log, cues, house, manual, plan, until, virtual
from tests.pc.beside import beside

CLOCK = Finding("clock", "warn", "That PC's clock is 40.000 s behind ours.", "Turn on automatic time there.")
GOOD = Finding("clock", "ok", "near ours")
AWAY = Finding("agent", "bad", "No agent answers.", "Start it.")
DISK = Finding("films", "bad", "gone", "plug it in")


def room(*standing: str) -> Room:
    return Room("main", "主直播间", "127.0.0.1", 4455, "obs", "s1", Expected(None), pc_alarms=frozenset(standing))


@pytest.mark.parametrize(
    ("standing", "found", "expected"),
    [
        pytest.param((), [], [], id="nothing wrong"),
        pytest.param((), [CLOCK], [("pc_clock", True)], id="it begins"),
        pytest.param(("pc_clock",), [CLOCK], [], id="it is known"),
        pytest.param(("pc_clock",), [GOOD], [("pc_clock", False)], id="it is over"),
        pytest.param(("pc_clock",), [AWAY], [("pc_agent", True)], id="nobody can say whether it is over"),
        pytest.param(
            ("pc_agent",),
            [Finding("agent", "ok", "runs"), CLOCK],
            [("pc_clock", True), ("pc_agent", False)],
            id="one goes another comes",
        ),
        pytest.param((), [DISK], [], id="not worth an alarm on air"),
        pytest.param((), [GOOD], [], id="good"),
    ],
)
def test_an_alarm_begins_and_ends_once(
    standing: tuple[str, ...], found: list[Finding], expected: list[tuple[str, bool]]
) -> None:
    assert [(one["kind"], one["raised"]) for one in alarms(room(*standing), found, 7)] == expected


def test_an_alarm_says_where_what_and_what_to_do() -> None:
    (alarm,) = alarms(room(), [CLOCK], 7)
    assert (alarm["what"], alarm["remedy"], alarm["began_ns"]) == (f"主直播间: {CLOCK.what}", CLOCK.remedy, 7)
    assert alarm["kind"] in PC_ALARMS.values()


@pytest.mark.usefixtures("english")
async def test_the_log_and_the_status_know_how_a_studios_pc_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable("obs"), PASSWORD)
    monkeypatch.setattr("studio.air.watch.pcs.EVERY_NS", 300_000_000)
    state = tmp_path / ".studio"
    watch, log = Watch(tmp_path, SystemClock()), Log(state / "asrun.db")
    with beside(tmp_path / "pc", settings='[obs]\nprogram = "/nowhere/obs"\n') as agent:
        remember(state, {"s0": await asyncio.to_thread(agent.door)})
        async with virtual(tmp_path) as obs, house(state) as director, open_door(director, state):
            watching = asyncio.create_task(watch.run())
            run = await director.conduct(plan(manual(cues("opening")), tmp_path, obs.port))
            await director.started(run)
            lane = run.lanes["s0"]
            await until(lambda: "pc_obs" in lane.logged.alarms)
            assert status(director)["studios"]["s0"]["pc"]["obs"]["running"] is False
            await asyncio.to_thread(agent.kill)
            await until(lambda: "pc_agent" in lane.logged.alarms)
            assert "pc_obs" in lane.logged.alarms
            assert "No agent answers" in status(director)["studios"]["s0"]["pc"]["why"]
            await asyncio.to_thread(agent.start)
            await until(lambda: "pc_agent" not in lane.logged.alarms)
            watch.stop()
            await watching
    events = [record.event for record in log.events("run-1")]
    (compared,) = [one for one in events if isinstance(one, ClockCompared)]
    assert abs(compared.ahead_ns) <= compared.uncertainty_ns
    raised = [one.kind for one in events if isinstance(one, AlarmRaised)]
    cleared = [one.kind for one in events if isinstance(one, AlarmCleared)]
    assert raised.count("pc_agent") == cleared.count("pc_agent") == 1
