"""The floor edits a running sheet: what changes on air and in the log, and what is refused."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from studio.air.floor import SHEET, edit, undo
from studio.air.painter import Painter
from studio.air.planning import redraw
from studio.air.run import Run
from studio.air.steering import Order, steer
from studio.asrun.events import CommandWord, CueCalled, SheetEdited
from studio.errors import RefusedByRule
from studio.model.plan import Plan
from studio.model.runsheet import RunSheet, Transition
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.obs.virtual.picture import Input
from studio.obs.virtual.server import VirtualObs
from studio.schedules.edits import Insert, Move, Price, Stock, Swap, to_dict
from studio.timekeeper import SystemClock
from tests.air.stage import BEANS, JUICE, PASSWORD, cues, house, manual, plan, virtual

SHEET_PLAYED = manual(cues("opening", "host", "closeup", "host", each_ms=60_000))


@dataclass
class Floor:
    """A session whose first row, with the juice's card, is on air."""

    run: Run
    obs: VirtualObs
    folder: Path

    async def edit(self, change: Any) -> list[str]:
        return await edit(self.run, to_dict(change), "中控", self.redraw)

    async def redraw(self, made: Plan, sheet: RunSheet) -> Plan:
        return await asyncio.to_thread(redraw, made, sheet, (), self.folder)

    async def order(self, word: CommandWord, **more: Any) -> None:
        await steer(self.run, Order(word, "导播", **more))
        while self.run.lanes["s0"].logged.open:
            await asyncio.sleep(0.02)

    async def by_hand(self, request: str, **data: object) -> None:
        """Somebody does it at the desk, and it was noticed."""
        async with ObsLink(Address("127.0.0.1", self.obs.port, PASSWORD), SystemClock(), subscriptions=0) as hand:
            if "sourceName" in data:
                item = {key: data[key] for key in ("sceneName", "sourceName")}
                data |= await hand.call("GetSceneItemId", item)
            await hand.call(request, data)
            while self.run.lanes["s0"].logged.overridden is None:
                await asyncio.sleep(0.02)

    def card(self, scene: str) -> str:
        """The product card that a scene shows in OBS: the name of its file, which tells its content."""
        found = next(one for one in self.obs.state.collection.sources.values() if one.name == f"{scene} · 商品卡")
        assert isinstance(found, Input)
        return Path(str(found.settings["file"])).name


@pytest.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Floor]:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        run = await director.conduct(plan(SHEET_PLAYED, tmp_path, obs.port))
        await director.started(run)
        while not run.lanes["s0"].logged.verdicts:
            await asyncio.sleep(0.02)
        yield Floor(run, obs, tmp_path)


async def test_a_price_changes_the_card_on_air_at_once(floor: Floor) -> None:
    before = floor.card("开场")
    await floor.edit(Price("juice", 4_990))
    assert floor.card("开场") != before


async def test_undo_brings_the_old_card_back(floor: Floor) -> None:
    before = floor.card("开场")
    await floor.edit(Price("juice", 4_990))
    await undo(floor.run, "中控", floor.redraw)
    assert floor.card("开场") == before


async def test_a_price_that_changes_while_the_first_row_comes_on_is_shown(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as director:
        first, *others = SHEET_PLAYED.cues
        slow = replace(SHEET_PLAYED, cues=(replace(first, transition=Transition("Fade", 2_000)), *others))
        run = await director.conduct(plan(slow, tmp_path, obs.port))
        floor = Floor(run, obs, tmp_path)
        while not run.lanes["s0"].concluding:
            await asyncio.sleep(0.02)
        before = floor.card("开场")
        await floor.edit(Price("juice", 4_990))
        assert floor.card("开场") != before


async def test_two_edits_at_the_same_moment_both_show_and_are_undone_one_by_one(floor: Floor) -> None:
    await asyncio.gather(floor.edit(Price("juice", 4_990)), floor.edit(Stock("juice", 12)))
    both = replace(JUICE, live_price_fen=4_990, stock=12)
    assert [version for version, _edit in floor.run.standing.edits] == [1, 2]
    assert floor.run.standing.sheet.product("juice") == floor.run.plan.sheet.product("juice") == both
    await undo(floor.run, "中控", floor.redraw)
    assert floor.run.plan.sheet.product("juice") == replace(JUICE, live_price_fen=4_990)


async def test_a_row_that_is_called_while_the_pictures_are_drawn_is_not_moved(floor: Floor) -> None:
    async def slow(made: Plan, sheet: RunSheet) -> Plan:
        await floor.order("go")
        return await floor.redraw(made, sheet)

    with pytest.raises(RefusedByRule):
        await edit(floor.run, to_dict(Move("c1", "c2")), "中控", slow)
    assert (floor.run.standing.version, floor.run.plan.sheet) == (0, SHEET_PLAYED)


async def test_a_row_that_is_called_and_not_on_disk_yet_is_not_moved(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane, freeze = floor.run.lanes["s0"], floor.run.journal.freeze
    calling = []

    async def frozen(text: str) -> str:
        hashed = await freeze(text)
        called = CueCalled(floor.run.clock.monotonic_ns())
        calling.append(asyncio.create_task(lane.scribe.write(called, cue="c1")))
        await asyncio.sleep(0)  # it is in the queue now
        return hashed

    monkeypatch.setattr(floor.run.journal, "freeze", frozen)
    with pytest.raises(RefusedByRule):
        await floor.edit(Move("c1", "c2"))
    assert floor.run.standing.version == 0
    await asyncio.gather(*calling)


async def test_a_row_that_is_being_prepared_for_its_call_is_not_moved(tmp_path: Path) -> None:
    async with virtual(tmp_path, faults=["delay:GetRecordStatus:60ms"]) as obs, house(tmp_path) as director:
        run = await director.conduct(plan(SHEET_PLAYED, tmp_path, obs.port))
        await director.started(run)
        lane, floor = run.lanes["s0"], Floor(run, obs, tmp_path)
        while not lane.logged.verdicts:
            await asyncio.sleep(0.02)
        going = asyncio.create_task(steer(run, Order("go", "导播")))
        while not lane.being_called:
            await asyncio.sleep(0)

        async def drawn(made: Plan, sheet: RunSheet) -> Plan:
            return replace(made, sheet=sheet)

        with pytest.raises(RefusedByRule):
            await edit(floor.run, to_dict(Move("c1", "c2")), "中控", drawn)
        assert "c1" not in lane.rundown.calls
        await going


HIDDEN = {"sceneName": "开场", "sourceName": "开场 · 商品卡", "sceneItemEnabled": False}


@pytest.mark.parametrize(
    ("request_type", "data"),
    [
        pytest.param("SetCurrentProgramScene", {"sceneName": "产品特写"}, id="another scene"),
        pytest.param("SetSceneItemEnabled", HIDDEN, id="the card hidden"),
    ],
)
async def test_an_edit_keeps_what_a_hand_chose_and_says_that_it_may_not_be_seen(
    floor: Floor, request_type: str, data: dict[str, object]
) -> None:
    await floor.by_hand(request_type, **data)
    chosen, before = floor.obs.state.collection.programme, floor.card("开场")
    said = await floor.edit(Price("juice", 4_990))
    assert len(said) == 2 and "studio jump c0 --studio s0" in said[1]
    assert floor.card("开场") != before
    assert floor.obs.state.collection.programme == chosen
    assert floor.run.lanes["s0"].logged.overridden is not None


async def test_an_edit_of_another_row_says_nothing_of_what_a_hand_chose(floor: Floor) -> None:
    await floor.by_hand("SetCurrentProgramScene", sceneName="产品特写")
    assert len(await floor.edit(Price("beans", 1_990))) == 1


async def test_an_edit_says_that_an_obs_is_out_of_reach(floor: Floor) -> None:
    lane = floor.run.lanes["s0"]
    lane.recovered.clear()
    _version, said = await floor.edit(Price("juice", 4_990))
    assert lane.name in said


async def test_each_edit_is_a_version_with_its_author_and_the_whole_sheet(floor: Floor) -> None:
    await floor.edit(Stock("juice", 12))
    await floor.edit(Price("beans", 1_990))
    records = await floor.run.journal.events("run-1")
    edits = [record.event for record in records if isinstance(record.event, SheetEdited)]
    assert [(one.version, one.author) for one in edits] == [(1, "中控"), (2, "中控")]
    kept = SHEET.validate_json(await floor.run.journal.thaw(edits[-1].sheet))
    assert kept == floor.run.standing.sheet
    assert kept.product("beans") == replace(BEANS, live_price_fen=1_990)


async def test_the_planned_sheet_stays_as_it_was(floor: Floor) -> None:
    await floor.edit(Stock("juice", 12))
    assert floor.run.standing.plan.sheet == SHEET_PLAYED


async def test_a_swapped_row_shows_the_other_product(floor: Floor) -> None:
    await floor.edit(Swap("c1", JUICE))
    await floor.order("go")
    assert floor.card("主播") == Path(floor.run.plan.lanes[0].assets.file("host", "商品卡", "c1")).name


async def test_an_inserted_row_is_the_next_one(floor: Floor) -> None:
    row = replace(SHEET_PLAYED.cues[2], id="extra", title="加场")
    await floor.edit(Insert("c0", row))
    await floor.order("go")
    assert floor.run.lanes["s0"].rundown.position == "extra"


async def test_a_moved_row_is_played_in_its_new_place(floor: Floor) -> None:
    await floor.edit(Move("c1", "c2"))
    await floor.order("go")
    assert floor.run.lanes["s0"].rundown.position == "c2"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(Price("juice", 9_990), id="a live price above the daily one"),
        pytest.param(Price("gold", 1), id="a product that is not sold here"),
        pytest.param(Move("c0", "c2"), id="a row that was on air"),
        pytest.param(Move("c2", None), id="a place that is past"),
        pytest.param(Insert(None, replace(SHEET_PLAYED.cues[2], id="extra")), id="a row before the one on air"),
    ],
)
async def test_an_edit_that_makes_no_sense_is_refused_and_changes_nothing(floor: Floor, change: Any) -> None:
    with pytest.raises(RefusedByRule) as refused:
        await floor.edit(change)
    assert refused.value.remedy
    assert floor.run.standing.version == 0


async def test_a_row_that_was_on_air_is_not_undone(floor: Floor) -> None:
    await floor.edit(Insert("c0", replace(SHEET_PLAYED.cues[2], id="extra")))
    await floor.order("go")
    with pytest.raises(RefusedByRule):
        await undo(floor.run, "中控", floor.redraw)


async def test_a_move_is_not_undone_once_its_row_would_lie_in_the_past(floor: Floor) -> None:
    await floor.edit(Move("c1", "c2"))
    await floor.order("go")
    with pytest.raises(RefusedByRule) as refused:
        await undo(floor.run, "中控", floor.redraw)
    assert refused.value.remedy
    await floor.order("go")
    assert floor.run.lanes["s0"].rundown.position == "c1"


async def test_an_inserted_row_that_was_called_and_gone_back_over_is_not_undone(floor: Floor) -> None:
    await floor.edit(Insert("c0", replace(SHEET_PLAYED.cues[2], id="extra")))
    await floor.order("go")
    await floor.order("back")
    with pytest.raises(RefusedByRule):
        await undo(floor.run, "中控", floor.redraw)


async def test_nothing_to_undo_is_said(floor: Floor) -> None:
    with pytest.raises(RefusedByRule):
        await undo(floor.run, "中控", floor.redraw)


async def test_a_row_that_comes_to_a_studio_whose_part_is_over_has_its_verdict(tmp_path: Path) -> None:
    async with virtual(tmp_path / "a") as one, virtual(tmp_path / "b") as other, house(tmp_path) as director:
        run = await director.conduct(plan(SHEET_PLAYED, tmp_path, one.port, other.port))
        await director.started(run)
        await steer(run, Order("end", "导播", "s1"))
        while not run.lanes["s1"].finished:
            await asyncio.sleep(0.02)
        await Floor(run, one, tmp_path).edit(Insert("c0", replace(SHEET_PLAYED.cues[2], id="extra")))
        await steer(run, Order("end", "导播"))
        await director.outcome(run)
        assert run.lanes["s1"].logged.verdicts["extra"].verdict == "skipped"


async def test_the_sheet_of_a_session_that_is_over_is_not_edited(floor: Floor) -> None:
    await steer(floor.run, Order("end", "导播"))
    with pytest.raises(RefusedByRule) as refused:
        await floor.edit(Stock("juice", 12))
    assert refused.value.remedy
    assert floor.run.standing.version == 0


async def test_the_next_director_has_the_edited_sheet_and_its_pictures_without_drawing_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with virtual(tmp_path) as obs:
        async with house(tmp_path) as killed:
            run = await killed.conduct(plan(SHEET_PLAYED, tmp_path, obs.port))
            await killed.started(run)
            await Floor(run, obs, tmp_path).edit(Stock("juice", 12))
        async with house(tmp_path) as director:
            monkeypatch.setattr(Painter, "redraw", None)
            await director.take_up()
            taken_up = director.runs["session-1"]
            assert taken_up.plan == run.plan
            assert taken_up.standing.sheet.product("juice") == replace(JUICE, stock=12)
