"""What a person's commands do to a running session, seen in the journals of its virtual studios."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from studio.air.director import Director
from studio.air.floor import close_room, mark, open_room
from studio.air.run import Run
from studio.air.steering import Order, foresee, steer
from studio.asrun.events import CommandWord, Event, Marked, Record
from studio.errors import NotReady, RefusedByRule, StoreFailed
from studio.obs.virtual.server import VirtualObs
from tests.air.stage import cues, house, manual, plan, virtual

pytestmark = pytest.mark.usefixtures("english")

SHEET = manual(cues("opening", "host", "closeup", "host", each_ms=60_000))


@dataclass
class Evening:
    """A manual session on two studios, its first row on air."""

    director: Director
    run: Run
    studios: list[VirtualObs]

    async def order(self, word: CommandWord, studio: str | None = None, **more: Any) -> list[str]:
        return await steer(self.run, Order(word, "导播", studio, **more))

    async def settled(self) -> None:
        for lane in self.run.lanes.values():
            while lane.logged.open:
                await asyncio.sleep(0.02)

    async def lost(self, studio: int = 0) -> None:
        """That OBS is quit, and the director knows."""
        await self.studios[studio].stop()
        while self.run.lanes[f"s{studio}"].reachable:
            await asyncio.sleep(0.02)

    def shown(self, studio: int = 0) -> list[str]:
        return [entry.data["scene"] for entry in self.studios[studio].journal.of("effect", "programme")]

    def verdicts(self, studio: str = "s0") -> dict[str, str]:
        return {cue: ended.verdict for cue, ended in self.run.lanes[studio].logged.verdicts.items()}


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    async with AsyncExitStack() as stack:
        studios = [await stack.enter_async_context(virtual(tmp_path / name)) for name in "ab"]
        director = await stack.enter_async_context(house(tmp_path))
        run = await director.conduct(plan(SHEET, tmp_path, *(obs.port for obs in studios)))
        await director.started(run)
        while not all(lane.logged.verdicts for lane in run.lanes.values()):
            await asyncio.sleep(0.02)
        yield Evening(director, run, studios)


async def test_go_takes_the_next_row_in_every_studio_together(evening: Evening) -> None:
    await evening.order("go")
    await evening.settled()
    assert [evening.shown(studio)[-1] for studio in (0, 1)] == ["主播", "主播"]
    takes = [obs.journal.of("effect", "programme")[-1].monotonic_ns for obs in evening.studios]
    assert abs(takes[0] - takes[1]) < 100_000_000
    assert evening.verdicts() == {"c0": "on_time", "c1": "on_time"}


async def test_go_in_one_studio_leaves_the_other_where_it_is(evening: Evening) -> None:
    await evening.order("go", "s1")
    await evening.settled()
    assert [evening.shown(studio)[-1] for studio in (0, 1)] == ["开场", "主播"]


async def test_go_for_the_session_then_moves_only_the_studio_that_is_behind(evening: Evening) -> None:
    await evening.order("go", "s1")
    await evening.settled()
    await evening.order("go")
    await evening.settled()
    assert [evening.shown(studio)[-1] for studio in (0, 1)] == ["主播", "主播"]


async def test_a_studio_that_is_away_keeps_no_other_waiting_and_comes_on_when_it_is_back(evening: Evening) -> None:
    await evening.lost()
    said = await evening.order("go")
    assert [one.startswith("直播间0: OBS is out of reach; ") for one in said] == [True, False]
    await evening.studios[0].start()
    await evening.settled()
    assert [evening.shown(studio)[-1] for studio in (0, 1)] == ["主播", "主播"]


async def test_a_studio_that_is_away_and_behind_does_not_block_the_session(evening: Evening) -> None:
    await evening.lost()
    await evening.order("go", "s1")
    await evening.order("go")
    await evening.order("go")
    while evening.run.lanes["s1"].logged.open:
        await asyncio.sleep(0.02)
    assert evening.shown(1)[-1] == "产品特写"


async def test_a_studio_that_is_still_looked_at_delays_no_other(evening: Evening) -> None:
    evening.run.lanes["s0"].recovered.clear()
    ordered_ns = evening.run.clock.monotonic_ns()
    await evening.order("go")
    assert evening.studios[1].journal.of("effect", "programme")[-1].monotonic_ns - ordered_ns < 1_000_000_000


async def test_a_studio_that_is_away_is_refused_where_it_alone_is_meant(evening: Evening) -> None:
    await evening.lost()
    with pytest.raises(NotReady, match="the row stays the next one"):
        await evening.order("go", "s0")
    await evening.order("end", "s1")
    with pytest.raises(NotReady, match="the row stays the next one"):
        await evening.order("go")


async def test_back_shows_the_row_before_again_with_a_verdict_of_its_own(evening: Evening) -> None:
    await evening.order("go")
    await evening.settled()
    await evening.order("back")
    await evening.settled()
    assert evening.shown()[-1] == "开场"
    assert evening.run.lanes["s0"].logged.takes == {"c0": 2, "c1": 1}
    assert evening.run.lanes["s0"].logged.verdicts["c0"].take == 2


async def test_jump_skips_the_rows_between(evening: Evening) -> None:
    await evening.order("jump", cue="c3")
    await evening.settled()
    assert evening.verdicts() == {"c0": "on_time", "c1": "skipped", "c2": "skipped", "c3": "on_time"}


async def test_skip_takes_the_next_row_out(evening: Evening) -> None:
    await evening.order("skip")
    await evening.order("go")
    await evening.settled()
    assert evening.shown()[-1] == "产品特写"


async def test_standby_covers_and_resume_goes_back_to_the_row(evening: Evening) -> None:
    await evening.order("standby")
    assert evening.shown()[-1] == "应急画面"
    await evening.order("resume")
    assert evening.shown()[-1] == "开场"


async def test_go_ends_the_standby_slate_with_the_next_row(evening: Evening) -> None:
    await evening.order("standby", "s0")
    await evening.order("go", "s0")
    await evening.settled()
    assert evening.shown()[-1] == "主播"
    assert evening.run.lanes["s0"].logged.standby_ns is None


async def test_a_row_called_while_the_one_before_is_still_proved_is_nobody_elses_doing(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = evening.run.lanes["s0"]
    write = lane.scribe.write

    async def on_a_slow_disk(*events: Event, cue: str = "", at_ns: int | None = None) -> tuple[Record, ...]:
        if cue == "c2":  # what was on before is proved before it is called, and somebody looks before it is proved
            await asyncio.sleep(0.6)
        return await write(*events, cue=cue, at_ns=at_ns)

    monkeypatch.setattr(lane.scribe, "write", on_a_slow_disk)
    await evening.order("go", "s0")
    await evening.order("go", "s0")
    await evening.settled()
    assert evening.shown()[-1] == "产品特写"
    assert lane.logged.overridden is None


async def test_extend_moves_the_expected_end(evening: Evening) -> None:
    before = evening.run.standing.outlook(evening.run.clock.monotonic_ns())["s0"].over_ns
    await evening.order("extend", by_ms=30_000)
    after = evening.run.standing.outlook(evening.run.clock.monotonic_ns())["s0"].over_ns
    assert round((after - before) / 1e9) == 30


async def test_a_refusal_in_one_studio_is_told_beside_what_the_other_did(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_events: Event, **_more: object) -> tuple[Record, ...]:
        raise StoreFailed("The disk is full.", "Free some space.")

    monkeypatch.setattr(evening.run.lanes["s0"].scribe, "write", full)
    refused, done = await evening.order("extend", by_ms=30_000)
    assert refused == "The disk is full. Free some space."
    assert done.startswith("直播间1: ")
    with pytest.raises(StoreFailed):
        await evening.order("extend", "s0", by_ms=30_000)


async def test_end_gives_every_row_a_verdict_and_stops_the_run(evening: Evening) -> None:
    await evening.order("end")
    await asyncio.wait_for(evening.director.outcome(evening.run), 20)
    assert set(evening.verdicts()) == {"c0", "c1", "c2", "c3"}
    assert evening.run.standing.progress.ended is not None
    assert evening.director.runs == {}


@pytest.mark.parametrize("word", ["go", "back", "jump", "standby", "resume", "hold", "skip", "end"])
async def test_a_dry_run_changes_nothing(evening: Evening, word: CommandWord) -> None:
    await evening.order("go")
    await evening.settled()
    seen, shown = evening.run.standing.progress.last_seq, evening.shown()
    await foresee(evening.run, Order(word, "导播", cue="c3"))
    assert (evening.run.standing.progress.last_seq, evening.shown()) == (seen, shown)


async def test_a_dry_run_says_what_would_be_sent(evening: Evening) -> None:
    found = await foresee(evening.run, Order("go", "导播", "s0"))
    scenes = [request.data["sceneName"] for request in found["s0"] if request.type == "SetCurrentProgramScene"]
    assert scenes == ["主播"]


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(Order("back", "导播"), id="nothing before the first row"),
        pytest.param(Order("jump", "导播", cue="nowhere"), id="an unknown row"),
    ],
)
async def test_an_order_without_sense_is_refused_with_a_remedy(evening: Evening, order: Order) -> None:
    with pytest.raises(RefusedByRule) as refused:
        await steer(evening.run, order)
    assert refused.value.remedy


@pytest.mark.parametrize("studio", [None, "s0"])
async def test_back_on_the_first_row_is_refused_for_what_it_is(evening: Evening, studio: str | None) -> None:
    with pytest.raises(RefusedByRule, match="No row stands before this one"):
        await evening.order("back", studio)


@pytest.mark.parametrize("word", ["go", "back", "jump"])
async def test_a_studio_whose_part_is_over_is_told_as_that(evening: Evening, word: str) -> None:
    await evening.order("end", "s0")
    with pytest.raises(RefusedByRule, match="The session is over there"):
        await evening.order(word, "s0", cue="c3")


async def test_a_second_session_in_a_taken_studio_is_refused(evening: Evening, tmp_path: Path) -> None:
    with pytest.raises(RefusedByRule, match="session-1"):
        await evening.director.conduct(plan(SHEET, tmp_path, evening.studios[0].port))


async def test_a_mark_is_logged_with_the_row_on_air(evening: Evening) -> None:
    await mark(evening.run, "售罄", "场控", studio="s0", product="juice")
    records = await evening.director.journal.events("run-1")
    (noted,) = [record for record in records if isinstance(record.event, Marked)]
    assert (noted.event, noted.stamp.cue) == (Marked("sold_out", "场控", product="juice"), "c0")


async def test_a_room_is_opened_once_and_may_be_opened_again_after_it_was_cut_off(evening: Evening) -> None:
    await open_room(evening.run, "抖音", "7301", "运营")
    with pytest.raises(RefusedByRule):
        await open_room(evening.run, "抖音", "7301", "运营")
    await close_room(evening.run, "抖音", "", "运营", "断播")
    await open_room(evening.run, "抖音", "7302", "运营")
    assert [(room.room, room.closed) for room in evening.run.standing.progress.rooms] == [
        ("7301", True),
        ("7302", False),
    ]
