"""A director takes up what a killed one left: each log here ends where the other one died."""

import asyncio
from pathlib import Path

import pytest

from studio.air.director import Director
from studio.air.run import PLAN
from studio.air.steering import Order, steer
from studio.air.verdicts import EDGE, TAKE
from studio.asrun.events import (
    Commanded,
    CommandWord,
    Confirmed,
    CueCalled,
    CueEnded,
    Event,
    Intended,
    RecordingStarted,
    RecordingStopped,
    RunEnded,
    RunPlanned,
    RunStarted,
    Stamp,
)
from studio.clock import NS_PER_S
from studio.errors import RefusedByRule
from studio.model.plan import Plan
from studio.obs.virtual.faults import parse_fault
from tests.air.stage import cues, house, manual, plan, virtual


async def leave(director: Director, made: Plan, ago_s: float, *entries: tuple[str, Event]) -> None:
    """A log as it was when the director before this one died: begun ``ago_s`` ago, then ``entries`` with their rows."""
    now_ns, wall_ns = director.clock.monotonic_ns(), director.clock.wall_ns()
    begun_ns = now_ns - round(ago_s * NS_PER_S)
    frozen = await director.journal.freeze(PLAN.dump_json(made).decode())
    whole = Stamp(made.run, "boot-1", begun_ns, wall_ns - (now_ns - begun_ns), made.session)
    started = RunStarted(frozen, made.title, begun_ns, whole.wall_ns)
    await director.journal.append(whole, RunPlanned(frozen, made.title), started)
    for cue, event in entries:
        stamp = Stamp(made.run, "boot-1", begun_ns, whole.wall_ns, made.session, "s0", cue)
        await director.journal.append(stamp, event)


async def ended(director: Director) -> list[tuple[str, CueEnded]]:
    """Take it up, wait until it is over, and return its verdicts with their rows."""
    await director.take_up()
    async with asyncio.timeout(20):
        await director.outcome(director.runs["session-1"])
    records = await director.journal.events("run-1")
    return [(one.stamp.cue, one.event) for one in records if isinstance(one.event, CueEnded)]


def called(director: Director, ago_s: float) -> CueCalled:
    return CueCalled(director.clock.monotonic_ns() - round(ago_s * NS_PER_S))


async def test_a_session_that_was_cut_short_ends_as_such_after_a_restart_too(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        made = plan(cues("opening"), tmp_path, obs.port)
        never = CueEnded("skipped", 0, why="the session ended before it", take=0)
        await leave(director, made, 1, ("", Commanded("end", "导播")), ("c0", never))
        await ended(director)
        assert (await director.journal.events("run-1"))[-1].event == RunEnded("stopped")


async def test_a_call_made_when_the_time_of_the_session_is_up_has_one_verdict(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        made = plan(cues("opening"), tmp_path, obs.port)
        await leave(director, made, 10, ("c0", called(director, 10)))
        found = await ended(director)
    assert [(cue, one.verdict, one.take) for cue, one in found] == [("c0", "skipped", 1)]


async def test_nothing_is_shown_any_more_of_a_session_that_was_over(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        made = plan(cues("opening"), tmp_path, obs.port)
        await leave(director, made, 1, ("c0", called(director, 1)), ("", Commanded("end", "导播")))
        await ended(director)
        assert "开场" not in [one.data["scene"] for one in obs.journal.of("effect", "programme")]


async def test_a_slate_that_was_ordered_and_never_shown_is_shown_and_nobody_is_said_to_have_touched_the_desk(
    tmp_path: Path,
) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        made = plan(manual(cues("opening")), tmp_path, obs.port)
        row = (called(director, 1), Intended("1", TAKE, {"sceneName": "开场"}, ""), Confirmed("1", 1, 2))
        await leave(
            director, made, 1, *(("c0", one) for one in row), ("c0", CueEnded("on_time", 1)),
            ("", Commanded("standby", "导播")),
        )  # fmt: skip
        await director.take_up()
        run = director.runs["session-1"]
        async with asyncio.timeout(10):
            await run.lanes["s0"].recovered.wait()
            while "应急画面" not in [one.data["scene"] for one in obs.journal.of("effect", "programme")]:
                await asyncio.sleep(0.05)
        assert run.lanes["s0"].logged.overridden is None


async def test_a_clip_that_may_have_been_sent_with_a_call_before_the_last_makes_that_unconfirmed(
    tmp_path: Path,
) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        made = plan(cues("opening", "host", each_ms=2_000), tmp_path, obs.port)
        edge = Intended("1", EDGE, {"inputName": "片"}, "")
        await leave(director, made, 3, ("c0", called(director, 3)), ("c0", edge), ("c1", called(director, 1)))
        found = await ended(director)
    assert [(cue, one.verdict) for cue, one in found] == [("c0", "unconfirmed"), ("c1", "late")]


async def test_a_recording_that_was_stopped_before_anybody_said_so_is_in_the_log_with_its_file(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        made = plan(cues("opening"), tmp_path, obs.port, record=True)
        begun = RecordingStarted(1, path="/rec/a.mkv")
        await leave(director, made, 10, ("", begun), ("", Commanded("end", "导播")))
        await ended(director)
        records = await director.journal.events("run-1")
    assert [one.event for one in records if isinstance(one.event, RecordingStopped)] == [RecordingStopped("/rec/a.mkv")]


async def test_a_recording_is_known_by_its_file_from_its_beginning_on(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        run = await director.conduct(plan(cues("opening"), tmp_path, obs.port, record=True))
        await director.started(run)
        (begun,) = obs.journal.of("effect", "record_started")
        assert run.lanes["s0"].logged.recording_path == begun.data["path"]


async def test_of_two_orders_at_once_for_the_same_row_one_is_refused(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        run = await director.conduct(plan(manual(cues("opening", "host", "closeup")), tmp_path, obs.port))
        await director.started(run)
        while not run.lanes["s0"].logged.verdicts:
            await asyncio.sleep(0.02)
        both = await asyncio.gather(*(steer(run, Order("go", who)) for who in "甲乙"), return_exceptions=True)
        assert [type(one) for one in both] == [list, RefusedByRule]
        assert run.lanes["s0"].logged.takes == {"c0": 1, "c1": 1}


@pytest.mark.parametrize("studio", [None, "s0"], ids=["session", "studio"])
async def test_an_order_for_a_session_that_is_over_is_refused(tmp_path: Path, studio: str | None) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        run = await director.conduct(plan(manual(cues("opening")), tmp_path, obs.port))
        await director.started(run)
        await steer(run, Order("end", "导播"))
        with pytest.raises(RefusedByRule):
            await steer(run, Order("go", "导播", studio))


async def test_a_slate_ordered_behind_a_row_covers_it_whoever_has_the_desk(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        run = await director.conduct(plan(manual(cues("opening", "host")), tmp_path, obs.port))
        await director.started(run)
        lane = run.lanes["s0"]
        while not lane.logged.verdicts:
            await asyncio.sleep(0.02)
        async with lane.connection.desk:
            orders = [asyncio.create_task(steer(run, Order("go", "甲")))]
            await asyncio.sleep(0.05)
            orders.append(asyncio.create_task(steer(run, Order("standby", "乙"))))
            await asyncio.sleep(0.05)
        await asyncio.gather(*orders)
        await lane.still()
        shown = [one.data["scene"] for one in obs.journal.of("effect", "programme")]
        assert shown[-2:] == ["主播", "应急画面"]
        assert lane.on_air is None


async def test_a_row_covered_by_the_slate_before_it_was_proved_comes_back(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        run = await director.conduct(plan(manual(cues("opening", "host")), tmp_path, obs.port))
        await director.started(run)
        while not run.lanes["s0"].logged.verdicts:
            await asyncio.sleep(0.02)
        orders: tuple[CommandWord, ...] = ("go", "standby", "resume")
        for word in orders:
            await steer(run, Order(word, "导播"))
        shown = [one.data["scene"] for one in obs.journal.of("effect", "programme")]
    assert shown[-2:] == ["应急画面", "主播"]


@pytest.mark.parametrize("scene", ["host", "opening"], ids=["another scene", "the scene that is on"])
async def test_the_card_of_a_row_that_went_out_unseen_comes_behind_it(tmp_path: Path, scene: str) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        run = await director.conduct(plan(manual(cues("opening", scene)), tmp_path, obs.port))
        await director.started(run)
        lane = run.lanes["s0"]
        while not lane.logged.verdicts:
            await asyncio.sleep(0.02)
        card = lane.plan.assets.file(scene, "商品卡", "c1")
        obs.machine.faults.add(parse_fault("delay:GetInputList:500ms:times=1"))
        await steer(run, Order("go", "导播"))
        await lane.still()
        asked = [one.data for one in obs.journal.of("request", "SetInputSettings")]
        assert card in [one["inputSettings"].get("file") for one in asked]
        assert lane.logged.verdicts["c1"].verdict in ("on_time", "late")
