"""From the calendar to a plan that the director can run: scenes, pictures and hard instants of one session."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from studio.air.assets import PER_CUE, make_assets
from studio.air.stocking import ASSETS
from studio.clock import wall_ns
from studio.errors import NotReady, RefusedByRule
from studio.i18n import _
from studio.model.person import Person
from studio.model.plan import Assets, LanePlan, Plan
from studio.model.runsheet import Cue, Product, RunSheet
from studio.model.scene import SceneFile
from studio.model.session import Session
from studio.model.studio import Studio, View
from studio.model.workspace import Workspace
from studio.schedules.binding import bound, hard_instants
from studio.schedules.rundown import for_studio
from studio.workspace.problems import did_you_mean


def plan_session(
    workspace: Workspace, session: Session, run: str, *, start_wall_ns: int | None, record: bool = True
) -> Plan:
    """The plan of a session; its pictures are drawn into ``.studio/assets``.

    Hard-timed rows hang on the appointed start, whenever the session really starts; the rows around them are placed for
    ``start_wall_ns``, or where that is None for the appointed start. Raises NotReady where the workspace lacks a part
    or an OBS PC could not see the pictures, RefusedByRule where a row shows a scene that its studio has not got.
    """
    sheet = sheet_of(workspace, session)
    hard = hard_instants(sheet, session.start, ZoneInfo(workspace.venue.zone))
    sheet = bound(sheet, hard, wall_ns(session.start) if start_wall_ns is None else start_wall_ns)
    studios = (studio_of(workspace, session, name) for name in session.studios)
    lanes = tuple(LanePlan(studio, scenes_of(workspace, studio.scenes), Assets()) for studio in studios)
    limits = workspace.venue.limits
    plan = Plan(run, session.id, session.title, sheet, lanes, start_wall_ns, record, hard, limits)
    return redraw(plan, sheet, workspace.people, workspace.root)


def redraw(plan: Plan, sheet: RunSheet, people: Sequence[Person], root: Path) -> Plan:
    """The same plan with another sheet, and pictures of what looks otherwise in it. Raises as ``plan_session`` does."""
    for lane in plan.lanes:
        _refuse_unknown_scenes(lane, sheet)
    shared: dict[tuple[str, View], Assets] = {}
    lanes: list[LanePlan] = []
    for lane in plan.lanes:
        seen = (lane.scenes.id, lane.studio.view)
        if seen not in shared:  # studios with the same scenes that see the same files share their pictures
            alike = [one.studio.id for one in plan.lanes if (one.scenes.id, one.studio.view) == seen]
            before, after = (_played_in(one, alike) for one in (plan.sheet, sheet))
            shared[seen] = _pictures(lane, before, after, tuple(people), root)
        lanes.append(replace(lane, assets=shared[seen]))
    return replace(plan, sheet=sheet, lanes=tuple(lanes))


def sheet_of(workspace: Workspace, session: Session) -> RunSheet:
    """The run-sheet of a session. Raises NotReady where there is none or it has no rows."""
    sheet = workspace.runsheet(session.runsheet)
    if sheet is None or not sheet.cues:
        raise NotReady(
            _("Session {session} has no rows to play.").format(session=session.id),
            _("Give its run-sheet rows, then run: studio check"),
        )
    return sheet


def studio_of(workspace: Workspace, session: Session, studio_id: str) -> Studio:
    """One of the studios a session names. Raises NotReady where studio.toml has not got it."""
    studio = workspace.studio(studio_id)
    if studio is None:
        raise NotReady(
            _("Session {session} is to be played in {studio}, and there is no such studio.").format(
                session=session.id, studio=studio_id
            ),
            _("Run: studio check"),
        )
    return studio


def scenes_of(workspace: Workspace, file_id: str) -> SceneFile:
    """A scene file by its id. Raises NotReady where there is none."""
    spec = workspace.scene_file(file_id)
    if spec is None:
        raise NotReady(_("There is no scene file {file}.").format(file=file_id), _("Run: studio check"))
    return spec


def _refuse_unknown_scenes(lane: LanePlan, sheet: RunSheet) -> None:
    for row in for_studio(sheet, lane.studio.id):
        if lane.scenes.scene(row.scene) is None:
            raise RefusedByRule(
                _("Row {cue} shows scene {scene}, which {studio} has not got.").format(
                    cue=row.id, scene=row.scene, studio=lane.studio.name
                ),
                did_you_mean(row.scene, [scene.id for scene in lane.scenes.scenes]),
            )


def _played_in(sheet: RunSheet, studios: Collection[str]) -> RunSheet:
    return replace(
        sheet, cues=tuple(row for row in sheet.cues if not row.studios or not set(row.studios).isdisjoint(studios))
    )


def _pictures(lane: LanePlan, before: RunSheet, after: RunSheet, people: tuple[Person, ...], root: Path) -> Assets:
    """The pictures of ``after``; where the lane has those of ``before``, what looks the same is not drawn again."""
    if not lane.assets.files:
        return make_assets(lane.scenes, after, people, lane.studio.view, root, root / ASSETS)
    known = {_look(before, row): row.id for row in before.cues}
    twins = {row.id: known.get(_look(after, row)) for row in after.cues}
    files = [file for file in lane.assets.files if file.cue is None]
    for row_id, twin in twins.items():
        files += [replace(file, cue=row_id) for file in lane.assets.files if twin is not None and file.cue == twin]
    changing = tuple(
        replace(scene, sources=tuple(source for source in scene.sources if source.kind in PER_CUE))
        for scene in lane.scenes.scenes
    )
    new = replace(after, cues=tuple(row for row in after.cues if twins[row.id] is None))
    drawn = make_assets(replace(lane.scenes, scenes=changing), new, people, lane.studio.view, root, root / ASSETS)
    return Assets((*files, *(file for file in drawn.files if file.cue is not None)))


def _look(sheet: RunSheet, row: Cue) -> tuple[str, Product | None, str | None, str | None]:
    """All that a row's pictures depend on."""
    return row.scene, sheet.product(row.product), row.host, row.cohost
