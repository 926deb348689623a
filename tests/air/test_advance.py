"""How rows give way by themselves: when their time is up, their clip has ended, their hour has come, another began."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from studio.air.assets import make_assets
from studio.air.run import Run
from studio.air.steering import Order, steer
from studio.asrun.events import ClipEnded, Intended
from studio.clock import NS_PER_MS
from studio.model.plan import LanePlan, Plan
from studio.model.runsheet import Cue, Follows, RunSheet
from studio.model.scene import Scene, Source
from studio.model.studio import Studio
from tests.air.stage import FULL, SPEC, cues, house, manual, plan, virtual
from tests.media.clips import moving, write

CLIP_S = 1.0
COUNTDOWN = {"to": "offer", "label": "剩余", "size": 24, "colour": "#FFFFFF", "font": ""}


def began_ms(run: Run, studio: str, cue: str) -> float:
    """When a row was called, in milliseconds of session time."""
    return run.standing.lanes[studio].calls[cue] / NS_PER_MS


async def over(run: Run) -> None:
    while run.standing.progress.ended is None:
        await asyncio.sleep(0.02)


def sheet_of(rows: Sequence[Cue]) -> RunSheet:
    return RunSheet("sheet", "试播", tuple(rows), cues("host").products)


async def test_a_row_whose_time_is_up_gives_way(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        run = await director.conduct(plan(cues("opening", "host", each_ms=600), tmp_path, obs.port))
        await over(run)
    assert began_ms(run, "s0", "c1") == 600


async def test_a_hard_timed_row_comes_at_its_hour_whatever_is_on(tmp_path: Path) -> None:
    rows = manual(cues("opening", "host", "closeup", each_ms=60_000)).cues
    rows = (*rows[:2], replace(rows[2], time="20:00:00", advance="auto", duration_ms=300))
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        made = plan(sheet_of(rows), tmp_path, obs.port)
        hour_ns = director.clock.wall_ns() + 3_000 * NS_PER_MS
        run = await director.conduct(replace(made, hard={"c2": hour_ns}))
        await over(run)
        takes = obs.journal.of("effect", "programme")
        taken = next(entry.wall_ns for entry in takes if entry.data["scene"] == "产品特写")
    assert abs(taken - hour_ns) < 100 * NS_PER_MS
    assert run.lanes["s0"].logged.verdicts["c1"].verdict == "skipped"


async def test_a_linked_row_follows_the_other_studios(tmp_path: Path) -> None:
    first, second = manual(cues("opening", "host", each_ms=60_000)).cues
    rows = (
        replace(first, studios=("s0",)),
        replace(second, studios=("s0",)),
        replace(first, id="aux", studios=("s1",)),
        replace(second, id="linked", studios=("s1",), follows=Follows("c1", 400)),
    )
    async with virtual(tmp_path / "a") as one, virtual(tmp_path / "b") as two, house(tmp_path) as director:
        run = await director.conduct(plan(sheet_of(rows), tmp_path, one.port, two.port))
        await director.started(run)
        while not all(lane.logged.verdicts for lane in run.lanes.values()):
            await asyncio.sleep(0.02)
        await steer(run, Order("go", "导播", "s0"))
        while "linked" not in run.lanes["s1"].logged.verdicts:
            await asyncio.sleep(0.02)
    assert began_ms(run, "s1", "linked") == pytest.approx(began_ms(run, "s0", "c1") + 400)
    assert run.lanes["s1"].logged.verdicts["linked"].verdict == "on_time"


async def test_a_held_lane_calls_nothing_until_it_goes_on(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        run = await director.conduct(plan(cues("opening", "host", each_ms=1_200), tmp_path, obs.port))
        await director.started(run)
        while not run.lanes["s0"].logged.verdicts:
            await asyncio.sleep(0.02)
        await steer(run, Order("hold", "导播"))
        await asyncio.sleep(1.5)
        assert "c1" not in run.lanes["s0"].logged.takes
        await steer(run, Order("resume", "导播"))
        await over(run)
    assert began_ms(run, "s0", "c1") > 2_500


def clip_plan(folder: Path, port: int, *, advance: str) -> Plan:
    """Two rows: one with a clip that it plays, and one behind it."""
    (folder / "clips").mkdir()
    write(moving(CLIP_S), folder / "clips" / "opening.mkv")
    media = Source("片头", "media", FULL, {"asset": "clips/opening.mkv", "loop": False})
    spec = replace(SPEC, scenes=(*SPEC.scenes, Scene("film", "片头", (media,))))
    rows = cues("film", "host", each_ms=5_000).cues
    sheet = sheet_of(
        (replace(rows[0], advance=advance, play=("片头",), product=None), replace(rows[1], duration_ms=300))
    )
    studio = Studio("s0", "直播间", "127.0.0.1", port, "obs", "portrait")
    assets = make_assets(spec, sheet, (), None, folder, folder / "assets")
    return Plan("run-1", "session-1", "试播", sheet, (LanePlan(studio, spec, assets),), record=False)


async def test_a_row_gives_way_when_its_clip_has_ended(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        run = await director.conduct(clip_plan(tmp_path, obs.port, advance="media_end"))
        await over(run)
    records = run.standing.progress
    assert 900 < began_ms(run, "s0", "c1") < 1_600
    assert records.lane("s0").verdicts["c0"].verdict == "on_time"


async def test_a_clip_is_started_once_with_its_take(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        run = await director.conduct(clip_plan(tmp_path, obs.port, advance="media_end"))
        await over(run)
        records = await director.journal.events("run-1")
        triggers = [entry for entry in obs.journal.of("request") if entry.type == "TriggerMediaInputAction"]
    asked = [record.event for record in records if isinstance(record.event, Intended)]
    assert len(triggers) == 1
    assert sum(one.type == "TriggerMediaInputAction" for one in asked) == 1
    assert sum(isinstance(record.event, ClipEnded) for record in records) == 1


async def test_an_offer_counts_down_on_air_and_is_gone_with_the_next_row(tmp_path: Path) -> None:
    counter = Source("倒计时", "countdown", FULL, COUNTDOWN)
    spec = replace(SPEC, scenes=(*SPEC.scenes, Scene("offer", "优惠", (counter,))))
    rows = cues("offer", "host", "offer", each_ms=2_600).cues
    sheet = sheet_of((replace(rows[0], offer_ms=60_000), rows[1], rows[2]))
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        studio = Studio("s0", "直播间", "127.0.0.1", obs.port, "obs", "portrait")
        assets = make_assets(spec, sheet, (), None, tmp_path, tmp_path / "assets")
        lane = LanePlan(studio, spec, assets)
        run = await director.conduct(Plan("run-1", "session-1", "试播", sheet, (lane,), record=False))
        await over(run)
        texts = [
            entry.data["inputSettings"]["text"]
            for entry in obs.journal.of("request", "SetInputSettings")
            if "text" in entry.data.get("inputSettings", {})
        ]
    assert [text for text, _again in groupby(texts)] == ["剩余 01:00", "剩余 00:59", "剩余 00:58", ""]
