"""From the calendar to a plan that the director can run: scenes, pictures and hard instants of one session."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from studio.air.assets import make_assets
from studio.errors import NotReady
from studio.i18n import _
from studio.model.plan import Assets, LanePlan, Plan
from studio.model.runsheet import RunSheet
from studio.model.scene import SceneFile
from studio.model.session import Session
from studio.model.studio import Host, PathMap, Studio, is_loopback
from studio.model.workspace import Workspace
from studio.schedules.binding import hard_instants

ASSETS = Path(".studio") / "assets"


def plan_session(
    workspace: Workspace, session: Session, run: str, *, start_wall_ns: int | None, record: bool = True
) -> Plan:
    """The plan of a session; its pictures are drawn into ``.studio/assets``.

    Hard-timed rows hang on the appointed start, whenever the session really starts. Raises NotReady where the
    workspace lacks a part, or an OBS PC could not see the pictures.
    """
    sheet = workspace.runsheet(session.runsheet)
    if sheet is None or not sheet.cues:
        raise NotReady(
            _("Session {session} has no rows to play.").format(session=session.id),
            _("Give its run-sheet rows, then run: studio check"),
        )
    studios = [studio for one in session.studios if (studio := workspace.studio(one)) is not None]
    if not studios:
        raise NotReady(_("Session {session} has no studio.").format(session=session.id), _("Run: studio check"))
    lanes = tuple(_lane(workspace, studio, sheet) for studio in studios)
    hard = hard_instants(sheet, session.start, ZoneInfo(workspace.venue.zone))
    limits = workspace.venue.limits
    return Plan(run, session.id, session.title, sheet, lanes, start_wall_ns, record, hard, limits)


def redraw(plan: Plan, sheet: RunSheet, hosts: Sequence[Host], root: Path) -> Plan:
    """The same plan with another sheet; pictures are named by content, so only what changed is drawn anew."""
    lanes = (replace(lane, assets=_assets(lane.scenes, sheet, hosts, lane.studio, root)) for lane in plan.lanes)
    return replace(plan, sheet=sheet, lanes=tuple(lanes))


def _lane(workspace: Workspace, studio: Studio, sheet: RunSheet) -> LanePlan:
    spec = workspace.scene_file(studio.scenes)
    if spec is None:
        raise NotReady(_("There is no scene file {file}.").format(file=studio.scenes), _("Run: studio check"))
    return LanePlan(studio, spec, _assets(spec, sheet, workspace.venue.hosts, studio, workspace.root))


def _assets(spec: SceneFile, sheet: RunSheet, hosts: Sequence[Host], studio: Studio, root: Path) -> Assets:
    """An OBS on this PC sees our files as we do, whatever its studio maps."""
    paths = PathMap() if is_loopback(studio.host) else studio.paths
    return make_assets(spec, sheet, tuple(hosts), paths, root, root / ASSETS)
