"""Recordings come from a studio's PC whole and once, whatever is cut, killed or full on the way."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from studio.errors import AgentError, AgentMistaken, MediaUnreadable, NotReady
from studio.jobs import copying
from studio.jobs.copying import SEAL, STEP, copy_films, seals
from studio.pc.client import AgentClient
from studio.pc.throttle import Throttle
from studio.timekeeper import SystemClock
from tests.pc.beside import BadLine, Beside, beside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from studio.model.pc import Film
    from studio.pc.known import Door

CLOCK = SystemClock()


@pytest.fixture
def pc(tmp_path: Path) -> Iterator[Beside]:
    with beside(tmp_path / "pc") as agent:
        yield agent


def record(pc: Beside, name: str, size: int, seed: int = 0) -> Path:
    """A recording that was finished a minute ago."""
    path = pc.films / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(random.Random(f"{name}{seed}").randbytes(size))
    os.utime(path, (path.stat().st_mtime - 60,) * 2)
    return path


async def hashed(door: Door, count: int) -> tuple[Film, ...]:
    """The films there, once ``count`` of them are finished and hashed."""
    async with asyncio.timeout(20), AgentClient(door, CLOCK) as agent:
        while True:
            films = await agent.films()
            if sum(bool(film.sha256) for film in films) >= count:
                return films
            await asyncio.sleep(0.05)


async def copied(door: Door, store: Path, *, progress: object = None) -> tuple[list[Path], int]:
    async with AgentClient(door, CLOCK) as agent:
        return await copy_films(agent, "main", store, CLOCK, Throttle(None, CLOCK), progress or (lambda *_: None))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def test_a_finished_recording_comes_whole_with_its_seal_and_only_once(pc: Beside, tmp_path: Path) -> None:
    there = record(pc, "十二月/2026-11-26 20-00-00.mkv", 3_000_000)
    door = await asyncio.to_thread(pc.door)
    await hashed(door, 1)
    (here,), left = await copied(door, tmp_path / "store")
    assert (here.name, digest(here), left) == (there.name, digest(there), 0)
    seal = json.loads(here.with_name(here.name + SEAL).read_text(encoding="utf-8"))
    assert (seal["name"], seal["size"], seal["studio"]) == ("十二月/2026-11-26 20-00-00.mkv", 3_000_000, "main")
    assert abs(seal["ahead_ns"]) <= seal["uncertainty_ns"]  # the same clock, so the truth is 0
    assert [film.sealed for film in await hashed(door, 1)] == [True]
    assert await copied(door, tmp_path / "store") == ([], 0)
    assert there.exists()


async def test_one_that_still_grows_waits_and_its_finished_segments_come(pc: Beside, tmp_path: Path) -> None:
    record(pc, "part 1.mkv", 100_000)
    growing = record(pc, "part 2.mkv", 100_000)
    door = await asyncio.to_thread(pc.door)

    async def grow() -> None:
        while True:
            with growing.open("ab") as file:
                file.write(b"more")
            await asyncio.sleep(0.2)

    obs = asyncio.create_task(grow())
    await hashed(door, 1)
    new, left = await copied(door, tmp_path / "store")
    obs.cancel()
    assert ([path.name for path in new], left) == (["part 1.mkv"], 1)


async def test_two_recordings_of_one_name_both_come(pc: Beside, tmp_path: Path) -> None:
    first = record(pc, "a.mkv", 1_000)
    door = await asyncio.to_thread(pc.door)
    await hashed(door, 1)
    before = digest(first)
    await copied(door, tmp_path / "store")
    second = record(pc, "a.mkv", 2_000, seed=1)
    async with asyncio.timeout(20):
        while [film.size for film in await hashed(door, 1)] != [2_000]:
            await asyncio.sleep(0.05)
    await hashed(door, 1)
    await copied(door, tmp_path / "store")
    assert {path.name: digest(path) for path in (tmp_path / "store").glob("*.mkv")} == {
        "a.mkv": before,
        f"a-{digest(second)[:12]}.mkv": digest(second),
    }


async def test_what_was_verified_and_not_sealed_is_sealed_and_not_fetched_again(pc: Beside, tmp_path: Path) -> None:
    record(pc, "a.mkv", 500_000)
    door = await asyncio.to_thread(pc.door)
    await hashed(door, 1)
    (here,), _left = await copied(door, tmp_path / "store")
    here.with_name(here.name + SEAL).unlink()
    async with BadLine(pc.port) as line:
        await copied(replace(door, port=line.port), tmp_path / "store")
        assert line.through < 100_000
    assert len(seals(tmp_path / "store")) == 1


async def test_it_goes_on_from_the_last_step_on_the_disk(pc: Beside, tmp_path: Path) -> None:
    size = 2 * STEP + 5_000_000
    there = record(pc, "long.mkv", size)
    door = await asyncio.to_thread(pc.door)
    await hashed(door, 1)
    async with BadLine(pc.port) as line:

        def cut(_film: Film, have: int) -> None:
            if have > STEP + 1_000_000:
                line.cut()

        with pytest.raises(AgentError):
            await copied(replace(door, port=line.port), tmp_path / "store", progress=cut)
        (part,) = (tmp_path / "store").glob("*.part")
        last = part.stat().st_size // STEP * STEP
        assert last >= STEP
        with part.open("r+b") as file:  # what a power cut leaves behind the last step is anybody's guess
            file.seek(last)
            file.write(b"\0" * 1000)
        line.mend()
        line.through = 0
        (here,), _left = await copied(replace(door, port=line.port), tmp_path / "store")
        assert size - last <= line.through < size
    assert digest(here) == digest(there)
    assert not list((tmp_path / "store").glob("*.part"))


async def test_what_came_damaged_is_fetched_again(pc: Beside, tmp_path: Path) -> None:
    there = record(pc, "a.mkv", STEP + 1_000_000)
    door = await asyncio.to_thread(pc.door)
    (film,) = await hashed(door, 1)
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / f"{film.sha256}.part").write_bytes(b"\xff" * (STEP + 10))
    (here,), _left = await copied(door, tmp_path / "store")
    assert digest(here) == digest(there)


@pytest.mark.usefixtures("english")
async def test_a_store_that_takes_nothing_is_said_so_and_nothing_is_sealed(pc: Beside, tmp_path: Path) -> None:
    record(pc, "a.mkv", 1_000)
    door = await asyncio.to_thread(pc.door)
    await hashed(door, 1)
    (tmp_path / "store").write_text("a file where the folder should be")
    with pytest.raises(NotReady, match=r"a\.mkv cannot be kept in .*store"):
        await copied(door, tmp_path / "store")
    assert [film.sealed for film in await hashed(door, 1)] == [False]


async def test_over_a_slow_line_that_loses_and_is_cut_it_comes_whole_and_nearly_once(
    pc: Beside, tmp_path: Path
) -> None:
    size = 9_000_000
    there = record(pc, "D 盘 'x' & y.mkv", size)
    door = await asyncio.to_thread(pc.door)
    await hashed(door, 1)
    async with BadLine(pc.port, mbit=20, loss=0.02) as line:
        far = replace(door, port=line.port)

        def cut(_film: Film, have: int) -> None:
            if have > STEP + 1_000_000 and line.cuts == 0:
                line.cut()
                asyncio.get_running_loop().call_later(10, line.mend)

        async with asyncio.timeout(60):
            while True:
                try:
                    (here,), _left = await copied(far, tmp_path / "store", progress=cut)
                    break
                except AgentError:
                    await asyncio.sleep(0.2)
        assert (digest(here), line.cuts) == (digest(there), 1)
        assert line.through < size + STEP


async def test_a_pc_in_another_time_zone_has_the_same_clock(tmp_path: Path) -> None:
    with beside(tmp_path / "pc", environment={"TZ": "America/New_York"}) as far:
        door = await asyncio.to_thread(far.door)
        async with AgentClient(door, CLOCK) as agent:
            facts, offset = await agent.facts(), await agent.offset()
    assert facts.zone in ("-05:00", "-04:00")
    assert abs(offset.ahead_ns) <= offset.uncertainty_ns < 5_000_000


@pytest.mark.usefixtures("english")
async def test_one_that_does_not_arrive_as_it_is_there_keeps_no_other_waiting(pc: Beside, tmp_path: Path) -> None:
    rotten = record(pc, "a.mkv", 1_000)
    record(pc, "b.mkv", 2_000, seed=1)
    door = await asyncio.to_thread(pc.door)
    await hashed(door, 2)
    stat = rotten.stat()
    rotten.write_bytes(bytes(stat.st_size))
    os.utime(rotten, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with pytest.raises(AgentMistaken, match=r"a\.mkv does not arrive as it is there"):
        await copied(door, tmp_path / "store")
    assert [path.name for path in (tmp_path / "store").glob("*.mkv")] == ["b.mkv"]


@pytest.mark.usefixtures("english")
async def test_one_that_has_no_place_here_keeps_no_other_waiting(pc: Beside, tmp_path: Path) -> None:
    (pc.films / "x").mkdir()
    record(pc, "x/a.mkv", 1_000)
    record(pc, "b.mkv", 2_000, seed=1)
    door = await asyncio.to_thread(pc.door)
    await hashed(door, 2)
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "x").write_text("a file where its folder must go")
    with pytest.raises(NotReady, match="cannot be kept"):
        await copied(door, tmp_path / "store")
    assert [path.name for path in (tmp_path / "store").glob("*.mkv")] == ["b.mkv"]


async def test_what_our_own_disk_cannot_read_again_is_fetched_anew(
    pc: Beside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(pc, "a.mkv", 1_000)
    door = await asyncio.to_thread(pc.door)
    await hashed(door, 1)
    real, tried = copying.sha256, []

    def bad_place(path: Path) -> str:
        tried.append(path)
        if len(tried) == 1:
            raise MediaUnreadable("bad", "place")
        return real(path)

    monkeypatch.setattr(copying, "sha256", bad_place)
    (here,), _left = await copied(door, tmp_path / "store")
    assert (len(tried), here.name) == (2, "a.mkv")
