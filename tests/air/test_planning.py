"""A session of the calendar made into a plan: scenes, pictures, hard instants, and what is refused."""

import pickle
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from studio.air.assets import PER_CUE
from studio.air.planning import plan_session, redraw
from studio.clock import NS_PER_MS, wall_ns
from studio.errors import NotReady, RefusedByRule, StudioError
from studio.jobs.check import read_workspace
from studio.model.plan import Assets, Plan
from studio.model.runsheet import Cue, RunSheet
from studio.model.session import Session
from studio.model.studio import Canvas, PathMap, Venue
from studio.model.workspace import Workspace
from studio.scenes.fit import fit
from studio.schedules.edits import Insert, Move, Price, apply_edit
from studio.schedules.rundown import for_studio
from studio.workspace.template import write_workspace

MINUTE = 60_000


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The shipped workspace with a few rows of each sheet on a small canvas, so that little is drawn."""
    root = tmp_path_factory.mktemp("house")
    write_workspace(root)
    workspace, problems = read_workspace(root)
    assert problems == ()
    small = tuple(
        fit(file, Canvas(file.canvas.width // 6, file.canvas.height // 6, file.canvas.fps))
        for file in workspace.scene_files
    )
    return replace(workspace, runsheets=tuple(map(short, workspace.runsheets)), scene_files=small)


def short(sheet: RunSheet) -> RunSheet:
    names = {"jam-taste", "juice-offer", "factory", "change", "leg-show", "leg-pack"}
    cues = tuple(cue for cue in sheet.cues if cue.id in names)
    products = tuple(product for product in sheet.products if product.id in {cue.product for cue in cues})
    return replace(sheet, cues=cues, products=products)


def session(house: Workspace, name: str) -> Session:
    found = house.session(name)
    assert found is not None
    return found


def without_pictures(plan: Plan) -> Plan:
    return replace(plan, lanes=tuple(replace(lane, assets=Assets()) for lane in plan.lanes))


@pytest.fixture(scope="module")
def evening(house: Workspace) -> Plan:
    return plan_session(house, session(house, "s1204-buckthorn"), "run-1", start_wall_ns=None)


@pytest.fixture(scope="module")
def fair(house: Workspace) -> Plan:
    return plan_session(house, session(house, "s1226-winter-fair"), "run-2", start_wall_ns=None, record=False)


def pictures(plan: Plan, root: Path) -> set[str]:
    return {file.path for lane in plan.lanes for file in lane.assets.files if str(root) in file.path}


def test_a_plan_says_what_is_played_where(evening: Plan, house: Workspace) -> None:
    assert (evening.run, evening.session, evening.title) == ("run-1", "s1204-buckthorn", "沙棘专场")
    assert (evening.start_wall_ns, evening.record) == (None, True)
    (lane,) = evening.lanes
    assert (lane.studio, lane.scenes, lane.borrowed) == (house.studio("main"), house.scene_file("portrait"), False)


def test_a_session_in_two_studios_has_two_lanes(fair: Plan) -> None:
    assert [lane.studio.id for lane in fair.lanes] == ["main", "aux3"]
    assert fair.record is False


def test_the_pictures_are_files_below_the_workspace(evening: Plan, house: Workspace) -> None:
    found = pictures(evening, house.root)
    assert len(found) > 5
    assert all(Path(path).is_relative_to(house.root / ".studio" / "assets") for path in found)
    assert all(Path(path).read_bytes().startswith(b"\x89PNG") for path in found)


def test_a_studio_has_pictures_of_all_its_rows(fair: Plan) -> None:
    for lane in fair.lanes:
        for row in for_studio(fair.sheet, lane.studio.id):
            scene = lane.scenes.scene(row.scene)
            assert scene is not None
            assert all(lane.assets.changes(row.scene, one.name, row.id) for one in scene.sources if one.kind == "card")


def test_limits_are_the_venues(house: Workspace) -> None:
    strict = replace(house.venue.limits, black_ms=7)
    venue = replace(house, venue=replace(house.venue, limits=strict))
    assert plan_session(venue, session(house, "s1204-buckthorn"), "r", start_wall_ns=None).limits == strict


OFFER = datetime.fromisoformat("2026-12-04T20:00:00+08:00")


def test_a_hard_timed_row_is_tied_to_the_appointed_day(evening: Plan) -> None:
    assert evening.hard == {"juice-offer": wall_ns(OFFER)}


@pytest.mark.parametrize(
    ("start", "offer_ms"),
    [
        pytest.param(None, 30 * MINUTE, id="as appointed"),
        pytest.param("2026-12-04T19:30:00+08:00", 30 * MINUTE, id="at that instant"),
        pytest.param("2026-12-04T19:34:00+08:00", 26 * MINUTE, id="four minutes late"),
    ],
)
def test_the_rows_are_placed_around_it(house: Workspace, start: str | None, offer_ms: int) -> None:
    start_ns = wall_ns(datetime.fromisoformat(start)) if start else None
    plan = plan_session(house, session(house, "s1204-buckthorn"), "r", start_wall_ns=start_ns)
    starts = {cue.id: cue.start_ms for cue in plan.sheet.cues}
    assert starts == {"jam-taste": 25 * MINUTE, "juice-offer": offer_ms, "factory": offer_ms + 3 * MINUTE}
    assert plan.hard == {"juice-offer": wall_ns(OFFER)}
    assert plan.start_wall_ns == start_ns


def test_after_an_edit_the_pictures_are_those_of_a_new_plan(evening: Plan, house: Workspace) -> None:
    sheet = apply_edit(apply_edit(evening.sheet, Price("buckthorn-juice", 39_90)), Move("jam-taste", "juice-offer"))
    found = redraw(evening, sheet, house.people, house.root)
    fresh = redraw(without_pictures(evening), sheet, house.people, house.root)
    assert found.sheet == sheet
    assert [set(lane.assets.files) for lane in found.lanes] == [set(lane.assets.files) for lane in fresh.lanes]
    assert replace(found, sheet=evening.sheet, lanes=evening.lanes) == evening


def test_only_what_an_edit_changes_is_drawn_again(evening: Plan, house: Workspace, tmp_path: Path) -> None:
    sheet = apply_edit(evening.sheet, Price("buckthorn-juice", 39_90))
    found = redraw(evening, sheet, house.people, tmp_path)
    (card,) = (file for lane in found.lanes for file in lane.assets.files if file.cue == "juice-offer")
    drawn = {path.name for path in (tmp_path / ".studio" / "assets").iterdir()}
    assert drawn - blanks(evening) == {Path(card.path).name}


def blanks(plan: Plan) -> set[str]:
    """The pictures of cards and strips that nobody's cue fills."""
    (lane,) = plan.lanes
    sources = {(scene.id, one.name) for scene in lane.scenes.scenes for one in scene.sources if one.kind in PER_CUE}
    return {
        Path(file.path).name for file in lane.assets.files if file.cue is None and (file.scene, file.source) in sources
    }


def test_a_plan_and_what_makes_it_travel_between_processes(evening: Plan, house: Workspace) -> None:
    sent = (plan_session, redraw, house, session(house, "s1204-buckthorn"), evening)
    assert pickle.loads(pickle.dumps(sent)) == sent


@pytest.mark.usefixtures("english")
def test_a_refusal_travels_with_its_remedy(house: Workspace, evening: Plan) -> None:
    with pytest.raises(RefusedByRule) as refused:
        redraw(evening, replace(evening.sheet, cues=(Cue("x", 0, 9, "hots", "x"),)), (), house.root)
    come = pickle.loads(pickle.dumps(refused.value))
    assert (come.message, come.remedy) == (refused.value.message, "did you mean “host”?")


def on_another_pc(venue: Venue) -> Venue:
    """The main studio's OBS elsewhere, seeing its recordings' folder only."""
    return replace(venue, studios=tuple(replace(studio, host="192.0.2.7") for studio in venue.studios))


@pytest.mark.parametrize(
    ("spoilt", "kind", "says"),
    [
        pytest.param(lambda house: replace(house, runsheets=()), NotReady, "has no rows to play", id="no sheet"),
        pytest.param(
            lambda house: replace(house, runsheets=tuple(replace(one, cues=()) for one in house.runsheets)),
            NotReady,
            "has no rows to play",
            id="no rows",
        ),
        pytest.param(lambda house: replace(house, scene_files=()), NotReady, "no scene file portrait", id="no scenes"),
        pytest.param(
            lambda house: replace(house, venue=replace(house.venue, studios=house.venue.studios[1:])),
            NotReady,
            "played in main, and there is no such studio",
            id="no studio",
        ),
        pytest.param(
            lambda house: replace(house, venue=on_another_pc(house.venue)),
            NotReady,
            "The OBS PC cannot see",
            id="another PC that sees no pictures",
        ),
        pytest.param(
            lambda house: replace(
                house, scene_files=tuple(replace(one, scenes=one.scenes[3:]) for one in house.scene_files)
            ),
            RefusedByRule,
            "shows scene closeup, which 主直播间 has not got",
            id="no scene",
        ),
    ],
)
@pytest.mark.usefixtures("english")
def test_what_is_missing_is_said(house: Workspace, spoilt: object, kind: type[StudioError], says: str) -> None:
    assert callable(spoilt)
    with pytest.raises(kind, match=says) as refused:
        plan_session(spoilt(house), session(house, "s1204-buckthorn"), "r", start_wall_ns=None)
    assert refused.value.remedy


def test_another_pc_gets_its_own_paths(house: Workspace) -> None:
    mapped = PathMap((("Z:\\岢岚", str(house.root)),))
    far = replace(house.venue.studios[0], host="192.0.2.7", paths=mapped)
    venue = replace(house, venue=replace(house.venue, studios=(far, *house.venue.studios[1:])))
    plan = plan_session(venue, session(house, "s1204-buckthorn"), "r", start_wall_ns=None)
    assert {file.path.rpartition("\\")[0] for file in plan.lanes[0].assets.files} == {"Z:\\岢岚\\.studio\\assets"}


def test_an_inserted_row_gets_its_pictures(evening: Plan, house: Workspace) -> None:
    row = Cue("again", 0, 3 * MINUTE, "closeup", "返场", product="buckthorn-juice")
    found = redraw(evening, apply_edit(evening.sheet, Insert("factory", row)), house.people, house.root)
    assert found.lanes[0].assets.file("closeup", "商品卡", "again")


def test_a_start_is_kept_to_the_millisecond(house: Workspace) -> None:
    start = wall_ns(datetime.fromisoformat("2026-12-04T19:30:00+08:00")) + 1
    plan = plan_session(house, session(house, "s1204-buckthorn"), "r", start_wall_ns=start)
    assert plan.sheet.cues[1].start_ms == (plan.hard["juice-offer"] - start) // NS_PER_MS
