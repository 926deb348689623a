"""What a session shows lies on the studio's PC under its agent before it is needed; what keeps it away is said."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from studio.air.assets import make_assets
from studio.air.director import NOT_STOCKED, Director
from studio.air.painter import PLAN, Painter
from studio.air.stocking import shelved, stock
from studio.asrun.events import AlarmCleared, AlarmRaised
from studio.model.plan import LanePlan, Plan
from studio.model.scene import Scene, Source
from studio.model.studio import PathMap, Studio
from studio.pc.known import Door, remember
from studio.timekeeper import SystemClock
from tests.air.stage import FULL, SPEC, cues, house, manual, virtual
from tests.pc.beside import Beside, beside

if TYPE_CHECKING:
    from collections.abc import Iterator
CLIP = Scene("clip", "短片", (Source("片", "media", FULL, {"asset": "clips/片头.MP4", "loop": False}),))
AWAY = Studio("main", "主直播间", "192.0.2.7", 4455, "obs", "main", PathMap((("D:\\录像", "/srv/main"),)))


@pytest.fixture
def pc(tmp_path: Path) -> Iterator[Beside]:
    with beside(tmp_path / "pc") as agent:
        yield agent


def planned(folder: Path, studio: Studio) -> Plan:
    clip = folder / "clips" / "片头.MP4"
    clip.parent.mkdir(exist_ok=True)
    clip.write_bytes(b"a clip")
    sheet = manual(cues("opening"))
    spec = replace(SPEC, scenes=(*SPEC.scenes, CLIP))
    assets = make_assets(spec, sheet, (), studio.view, folder, folder / ".studio" / "assets")
    return Plan("run-1", "s1", "场次", sheet, (LanePlan(studio, spec, assets),), record=False)


async def test_every_file_lies_there_under_the_hash_of_its_bytes_and_is_sent_once(pc: Beside, tmp_path: Path) -> None:
    doors = {"main": await asyncio.to_thread(pc.door)}
    plan = planned(tmp_path, shelved(AWAY, doors))
    paths = [Path(file.path) for file in plan.lanes[0].assets.files]
    assert {path.parent for path in paths} == {pc.state / "assets"}
    assert not any(path.exists() for path in paths)
    folder = tmp_path / ".studio" / "assets"
    assert (await stock(plan, doors, folder, SystemClock(), 20)).lanes[0].unstocked == ""
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.stem for path in paths)
    assert (pc.state / "assets" / f"{hashlib.sha256(b'a clip').hexdigest()}.mp4").read_bytes() == b"a clip"
    dates = {path: path.stat().st_mtime_ns for path in paths}
    await stock(plan, doors, folder, SystemClock(), 20)
    assert {path: path.stat().st_mtime_ns for path in paths} == dates


def test_a_pc_with_windows_paths_gets_windows_paths(tmp_path: Path) -> None:
    there = replace(AWAY, shelf="C:\\Users\\导播\\AppData\\Roaming\\kelan-studio\\assets")
    (path,) = {file.path for file in planned(tmp_path, there).lanes[0].assets.files if file.scene == "clip"}
    assert path == f"{there.shelf}\\{hashlib.sha256(b'a clip').hexdigest()}.mp4"


def test_without_an_agent_the_studios_paths_say_how_it_sees_our_files() -> None:
    assert shelved(AWAY, {}).view == AWAY.paths


@pytest.mark.usefixtures("english")
async def test_one_pc_that_is_away_is_said_and_the_others_have_theirs(pc: Beside, tmp_path: Path) -> None:
    door = await asyncio.to_thread(pc.door)
    doors = {"main": door, "aux1": replace(door, port=1, assets="/elsewhere")}
    both = planned(tmp_path, shelved(AWAY, doors))
    other = planned(tmp_path, shelved(replace(AWAY, id="aux1"), doors))
    plan = replace(both, lanes=(*both.lanes, *other.lanes))
    main, aux1 = (await stock(plan, doors, tmp_path / ".studio" / "assets", SystemClock(), 20)).lanes
    assert main.unstocked == ""
    assert "No agent answers at 127.0.0.1:1" in aux1.unstocked


@pytest.mark.alone
async def test_the_director_says_what_is_missing_and_sends_it_when_the_agent_is_back(
    pc: Beside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.air.director.STOCK_EVERY_NS", 500_000_000)
    door: Door = await asyncio.to_thread(pc.door)
    remember(tmp_path / ".studio", {"main": door})
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        director.painter = Painter(tmp_path)
        here = replace(shelved(AWAY, {"main": door}), host="127.0.0.1", port=obs.port)
        pc.kill()
        plan = planned(tmp_path, here)
        plan = await stock(plan, {"main": door}, tmp_path / ".studio" / "assets", director.clock, 20)
        run = await director.conduct(plan)
        await director.started(run)
        await _said(director, AlarmRaised, NOT_STOCKED)
        await asyncio.to_thread(pc.start)
        await _said(director, AlarmCleared, NOT_STOCKED)
        assert all(Path(file.path).exists() for file in plan.lanes[0].assets.files)
        run.stop()
        await director.outcome(run)


async def _said(director: Director, event: type, kind: str) -> None:
    async with asyncio.timeout(20):
        while not any(
            isinstance(one.event, event) and one.event.kind == kind for one in await director.journal.events("run-1")
        ):
            await asyncio.sleep(0.05)


@pytest.mark.usefixtures("english")
async def test_a_pc_that_hangs_keeps_a_start_waiting_no_longer_than_it_may(tmp_path: Path) -> None:
    server = socket.create_server(("127.0.0.1", 0))  # takes the call and never answers
    door = Door("127.0.0.1", server.getsockname()[1], "ab" * 32, "token", "C:\\assets")
    plan = planned(tmp_path, shelved(AWAY, {"main": door}))
    with server:
        async with asyncio.timeout(5):
            (lane,) = (await stock(plan, {"main": door}, tmp_path / ".studio" / "assets", SystemClock(), 0.5)).lanes
    assert lane.unstocked == "they are still being sent"


@pytest.mark.usefixtures("english")
async def test_a_picture_that_cannot_be_read_is_that_lane_s_trouble_alone(pc: Beside, tmp_path: Path) -> None:
    doors = {"main": await asyncio.to_thread(pc.door)}
    plan = planned(tmp_path, shelved(AWAY, doors))
    folder = tmp_path / ".studio" / "assets"
    clip = next(folder.glob("*.mp4"))
    clip.unlink()
    clip.mkdir()
    (lane,) = (await stock(plan, doors, folder, SystemClock(), 20)).lanes
    assert f"{clip} cannot be read" in lane.unstocked


async def test_an_edit_does_not_try_again_where_that_goes_on_already(tmp_path: Path) -> None:
    door = Door("192.0.2.7", 4460, "ab" * 32, "token", "C:\\assets")
    plan = planned(tmp_path, shelved(AWAY, {"main": door}))
    plan = replace(plan, lanes=tuple(replace(lane, unstocked="away") for lane in plan.lanes))
    async with asyncio.timeout(1):
        assert await stock(plan, {"main": door}, tmp_path, SystemClock(), 20, again=False) == plan


async def test_a_painter_ends_with_whoever_asked_it(tmp_path: Path) -> None:
    server = socket.create_server(("127.0.0.1", 0))  # takes the call and never answers
    door = Door("127.0.0.1", server.getsockname()[1], "ab" * 32, "token", "C:\\assets")
    remember(tmp_path / ".studio", {"main": door})
    plan = planned(tmp_path, shelved(AWAY, {"main": door}))
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "studio.air.painter", str(tmp_path)]
    with server, subprocess.Popen(command, stdin=pipe, stdout=pipe) as painter:
        assert painter.stdin is not None
        painter.stdin.write(json.dumps({"do": "stock", "plan": PLAN.dump_python(plan, mode="json")}).encode() + b"\n")
        painter.stdin.flush()
        taken, _peer = await asyncio.to_thread(server.accept)
        with taken:
            assert painter.poll() is None
            painter.stdin.close()
            assert await asyncio.to_thread(painter.wait, 5) == 1
