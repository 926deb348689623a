"""What leaves a studio and what is recorded there: begun, changed by hand, lost, and stopped at the end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from studio.air.director import Director
from studio.air.lane import Lane
from studio.air.run import Run
from studio.air.status import status
from studio.air.steering import Order, steer
from studio.air.watch.office import read_orders
from studio.asrun.events import Overridden, RecordingGap, RecordingStarted
from studio.clock import NS_PER_S
from studio.errors import ObsError, ObsRequestFailed
from studio.model.plan import Plan
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.obs.virtual.persona import persona
from studio.obs.virtual.server import VirtualObs
from studio.timekeeper import SystemClock
from tests.air.stage import PASSWORD, by_hand, cues, house, manual, plan, until, virtual

WINDOWS = persona("30.2.2", "windows")
"""An OBS that has a virtual camera."""
SHEET = manual(cues("opening", "host", "closeup", each_ms=60_000))


def on_camera(made: Plan) -> Plan:
    """The same plan, with pictures that leave by the virtual camera."""
    lanes = (replace(lane, studio=replace(lane.studio, output="virtual_camera")) for lane in made.lanes)
    return replace(made, lanes=tuple(lanes))


@contextlib.asynccontextmanager
async def recorded(folder: Path, *faults: str) -> AsyncIterator[tuple[VirtualObs, Director, Run, Lane]]:
    """A session that is recorded, its first row on air."""
    async with virtual(folder, faults=list(faults)) as obs, house(folder) as director:
        run = await director.conduct(plan(SHEET, folder, obs.port, record=True))
        lane = run.lanes["s0"]
        await until(lambda: lane.logged.cue == "c0")
        yield obs, director, run, lane


async def events(run: Run, kind: type) -> list[object]:
    return [one.event for one in await run.journal.events("run-1") if isinstance(one.event, kind)]


async def test_a_recording_that_does_not_start_holds_no_row_up(tmp_path: Path) -> None:
    sheet = cues(*("opening", "host") * 5, each_ms=900)
    async with virtual(tmp_path, faults=["ignore:StartRecord"]) as obs, house(tmp_path) as director:
        start_ns = director.clock.wall_ns() + 12 * NS_PER_S  # the gate is open before it is to record
        run = await director.conduct(replace(plan(sheet, tmp_path, obs.port, record=True), start_wall_ns=start_ns))
        await director.outcome(run)
    lane = run.standing.lane("s0")
    assert {ended.verdict for ended in lane.verdicts.values()} == {"on_time"}
    assert not lane.parts


async def test_a_studio_that_comes_after_the_start_gets_its_output(tmp_path: Path) -> None:
    async with virtual(tmp_path / "a", persona=WINDOWS) as first, house(tmp_path) as director:
        async with virtual(tmp_path / "b") as gone:
            port = gone.port
        run = await director.conduct(on_camera(plan(SHEET, tmp_path, first.port, port)))
        await until(lambda: run.standing.progress.started, 30)
        async with virtual(tmp_path / "b", persona=WINDOWS, port=port) as late:
            await until(lambda: "virtual_camera" in run.lanes["s1"].logged.outputs)
            assert late.journal.of("request", "StartVirtualCam")
            assert not run.lanes["s1"].logged.alarms


async def test_a_camera_switched_off_by_hand_is_told_as_off_and_still_expected(tmp_path: Path) -> None:
    async with virtual(tmp_path, persona=WINDOWS) as obs, house(tmp_path) as director:
        run = await director.conduct(on_camera(plan(SHEET, tmp_path, obs.port)))
        await director.started(run)
        await until(lambda: run.lanes["s0"].logged.cue == "c0" and run.lanes["s0"].wanted)
        await by_hand(obs, "StopVirtualCam")
        await until(lambda: run.lanes["s0"].logged.outputs["virtual_camera"].state == "off")
        assert status(director)["studios"]["s0"]["camera"]
        await until(lambda: run.lanes["s0"].logged.overridden)
        assert await events(run, Overridden) == [Overridden("virtual_camera", "on", "off")]


async def test_what_a_hand_has_put_back_is_not_overridden_any_more(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        run = await director.conduct(plan(SHEET, tmp_path, obs.port))
        lane = run.lanes["s0"]
        await until(lambda: lane.logged.cue == "c0")
        await by_hand(obs, "SetCurrentProgramScene", sceneName="产品特写")
        await until(lambda: lane.logged.overridden)
        await by_hand(obs, "SetCurrentProgramScene", sceneName="开场")
        await until(lambda: not lane.logged.overridden)


async def test_a_recording_that_a_hand_stops_and_starts_is_two_parts_and_a_gap(tmp_path: Path) -> None:
    async with recorded(tmp_path) as (obs, director, run, lane):
        await by_hand(obs, "StopRecord")
        await until(lambda: not lane.logged.recording)
        assert status(director)["studios"]["s0"]["recording"]
        await by_hand(obs, "StartRecord")
        await until(lambda: lane.logged.recording)
        assert [part.part for part in await events(run, RecordingStarted)] == [1, 2]
        assert len(await events(run, RecordingGap)) == 1


async def test_a_recording_that_ends_without_a_word_of_obs_is_noticed(tmp_path: Path) -> None:
    async with recorded(tmp_path, "no-stopped") as (obs, _director, run, lane):
        await by_hand(obs, "StopRecord")
        stopped_ns = run.clock.monotonic_ns()
        await until(lambda: not lane.logged.recording)
        await steer(run, Order("go", "导播"))
        await until(lambda: lane.logged.recording)
        (gap,) = await events(run, RecordingGap)
    assert isinstance(gap, RecordingGap)
    assert 0 <= stopped_ns - gap.from_ns < 2 * NS_PER_S
    assert len(lane.logged.recordings) == 1


async def as_soon_as_it_may(obs: VirtualObs, request: str) -> None:
    """By hand, again and again while the recorder is still beginning or ending."""
    async with asyncio.timeout(10):
        while True:
            with contextlib.suppress(ObsRequestFailed):
                return await by_hand(obs, request)


async def test_a_recording_that_begins_and_writes_nothing_is_none(tmp_path: Path) -> None:
    async with recorded(tmp_path) as (obs, _director, run, lane):
        for request in ("StopRecord", "StartRecord", "StopRecord"):
            await as_soon_as_it_may(obs, request)
        await until(lambda: not lane.logged.recording)
        await asyncio.sleep(3)
        assert [part.part for part in await events(run, RecordingStarted)] == [1]
        await as_soon_as_it_may(obs, "StartRecord")
        await until(lambda: lane.logged.recording)
        assert lane.logged.parts == 2


async def test_a_studio_lost_while_another_is_made_ready_is_taken_up(tmp_path: Path) -> None:
    async with (
        virtual(tmp_path / "b", faults=["delay:StartRecord:4000ms:times=1"]) as slow,
        house(tmp_path) as director,
    ):
        async with virtual(tmp_path / "a") as killed:
            sheet = manual(cues("opening", "host", each_ms=60_000))
            run = await director.conduct(plan(sheet, tmp_path, killed.port, slow.port, record=True))
            lane = run.lanes["s0"]
            await until(lambda: lane.logged.recording)
        async with virtual(tmp_path / "a", port=killed.port):
            await until(lambda: lane.connection.connected)
            assert run.standing.progress.started is None
            await until(lambda: lane.logged.parts == 2, 20)
            await until(lambda: lane.logged.cue == "c0" and lane.logged.recording)
            assert len(await events(run, RecordingGap)) == 1


async def test_a_studio_whose_part_is_over_is_not_watched_any_more(tmp_path: Path) -> None:
    async with virtual(tmp_path / "a") as one, virtual(tmp_path / "b") as two, house(tmp_path) as director:
        run = await director.conduct(plan(SHEET, tmp_path, one.port, two.port))
        await until(lambda: all(lane.logged.cue == "c0" for lane in run.lanes.values()))
        await steer(run, Order("standby", "导播", "s1"))
        await steer(run, Order("end", "导播", "s1"))
        await until(lambda: run.lanes["s1"].finished)
        assert [room.id for room in read_orders(status(director)).rooms] == ["s0"]


async def test_since_when_a_hand_has_it_stopped_is_known_to_the_next_director(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs:
        async with house(tmp_path) as killed:
            run = await killed.conduct(plan(SHEET, tmp_path, obs.port, record=True))
            await until(lambda: run.lanes["s0"].logged.cue == "c0")
            await by_hand(obs, "StopRecord")
            await until(lambda: run.lanes["s0"].logged.overridden)
            stopped_ns = run.lanes["s0"].logged.unrecorded_ns
        async with house(tmp_path) as director:
            await director.take_up()
            run = director.runs["session-1"]
            await until(lambda: run.lanes["s0"].recovered.is_set())
            await by_hand(obs, "StartRecord")
            await until(lambda: run.lanes["s0"].logged.recording)
            (gap,) = await events(run, RecordingGap)
    assert isinstance(gap, RecordingGap)
    assert gap.from_ns == stopped_ns
    assert gap.to_ns > gap.from_ns


async def test_the_doctors_test_recording_is_waited_for_and_not_taken_over(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        await by_hand(obs, "StartRecord")
        run = await director.conduct(plan(SHEET, tmp_path, obs.port, record=True))
        connection = run.lanes["s0"].connection
        connection.tried_until_ns = run.clock.monotonic_ns() + 15 * NS_PER_S
        await until(lambda: connection.connected)
        await asyncio.sleep(1)
        await by_hand(obs, "StopRecord")
        connection.tried_until_ns = 0
        await until(lambda: run.lanes["s0"].logged.cue == "c0")
        (begun,) = await events(run, RecordingStarted)
    assert isinstance(begun, RecordingStarted)
    assert not begun.adopted


async def test_a_lost_link_before_the_start_begins_no_recording(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        start_ns = director.clock.wall_ns() + 3_600 * NS_PER_S
        run = await director.conduct(replace(plan(SHEET, tmp_path, obs.port, record=True), start_wall_ns=start_ns))
        await director.started(run)
        lane = run.lanes["s0"]
        await until(lambda: lane.recovered.is_set())
        lane.connection.link.drop(await _lost())
        await until(lambda: lane.logged.alarms)
        await until(lambda: not lane.logged.alarms)
        await asyncio.sleep(0.5)
        assert not await events(run, RecordingStarted)


async def _lost() -> ObsError:
    try:
        async with ObsLink(Address("127.0.0.1", 1, PASSWORD), SystemClock(), subscriptions=0):
            raise AssertionError("nobody listens there")
    except ObsError as error:
        return error


async def test_an_output_that_does_not_stop_is_said_also_after_the_session(tmp_path: Path) -> None:
    async with (
        virtual(tmp_path, faults=["refuse:StopVirtualCam:702"], persona=WINDOWS) as obs,
        house(tmp_path) as director,
    ):
        run = await director.conduct(on_camera(plan(SHEET, tmp_path, obs.port)))
        await director.started(run)
        await steer(run, Order("end", "导播"))
        await asyncio.wait_for(director.outcome(run), 40)
        (alarm,) = status(director)["studios"]["s0"]["alarms"]
        assert alarm["kind"] == "not_stopped"


async def test_a_session_whose_rows_were_skipped_by_a_person_has_finished(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        run = await director.conduct(plan(SHEET, tmp_path, obs.port))
        await until(lambda: run.lanes["s0"].logged.cue == "c0")
        await steer(run, Order("skip", "导播"))
        await steer(run, Order("go", "导播"))
        await steer(run, Order("end", "导播"))
        await director.outcome(run)
        assert run.standing.progress.ended.reason == "finished"
