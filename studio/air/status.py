"""What stands where, as facts for a page, a terminal or another process."""

from dataclasses import asdict, astuple
from typing import Any

from studio.air.connection import Connection
from studio.air.director import Director
from studio.air.lane import Lane
from studio.air.run import Run
from studio.asrun.events import AlarmRaised
from studio.clock import NS_PER_MS
from studio.model.runsheet import Cue
from studio.model.scene import Scene
from studio.schedules.rundown import Outlook, begun

LIVE = ("camera", "browser", "media")
"""Kinds of source whose picture moves."""


def status(director: Director) -> dict[str, Any]:
    """Everything; instants called ``…_ns`` are monotonic nanoseconds of the director's boot, ``now_ns`` among them."""
    now_ns = director.clock.monotonic_ns()
    return {
        "now_ns": now_ns,
        "wall_ns": director.clock.wall_ns(),
        "on_air": any(run.standing.progress.started for run in director.runs.values()),
        "limits": asdict(director.limits),
        "sessions": {session: _session(run, now_ns) for session, run in director.runs.items()},
        "studios": {
            studio: _studio(connection, director.busy(studio), now_ns, director.left.get(studio))
            | {"pc": director.pcs.get(studio)}
            for studio, connection in director.connections.items()
        },
    }


def _studio(connection: Connection, run: Run | None, now_ns: int, left: AlarmRaised | None) -> dict[str, Any]:
    studio, change, health = connection.studio, connection.change, connection.health
    found: dict[str, Any] = {
        "name": studio.name,
        "host": studio.host,
        "port": studio.port,
        "secret": studio.secret,
        "connected": connection.connected,
        "link": change.state.value,
        "why": str(change.why or "") if not connection.connected else "",
        "free_mb": health.stats.get("availableDiskSpace") if health else None,
        "session": None,
        "run": None,
        "over": False,
        "scene": None,
        "live": False,
        "speaking": False,
        "standby": False,
        "standby_since_ns": None,
        "recording": False,
        "stream": False,
        "camera": False,
        "alarms": [] if left is None else [asdict(left)],
    }
    if run is None or run.standing.progress.started is None:
        return found
    lane = run.lanes[studio.id]
    logged, row = lane.logged, lane.on_air
    scene = lane.scene_of(row)
    live = scene is not None and row is not None and _moves(scene)
    return found | {
        "session": run.plan.session,
        "run": run.plan.run,
        "over": lane.finished,
        "scene": lane.naming.scene(scene) if scene else None,
        "live": live,
        "speaking": live and row is not None and bool(row.host),
        "standby": row is None and not logged.over,
        "standby_since_ns": logged.standby_ns,
        "recording": run.recorded and logged.parts > 0 and not logged.over,
        "stream": "stream" in logged.outputs and not logged.over,
        "camera": "virtual_camera" in logged.outputs and not logged.over,
        "alarms": [asdict(alarm) for alarm in logged.alarms.values()],
    }


def _moves(scene: Scene) -> bool:
    return any(source.kind in LIVE for source in scene.sources)


def _session(run: Run, now_ns: int) -> dict[str, Any]:
    standing = run.standing
    progress = standing.progress
    outlooks = standing.outlook(now_ns)
    sheet = standing.sheet
    return {
        "run": run.plan.run,
        "title": run.plan.title,
        "state": progress.state,
        "version": standing.version,
        "anchor_ns": progress.anchor.monotonic_ns if progress.anchor else None,
        "start_wall_ns": progress.anchor.wall_ns if progress.anchor else None,
        "session_ms": standing.session_ns(now_ns) // NS_PER_MS,
        "rooms": [asdict(room) for room in progress.rooms],
        "alarms": [asdict(alarm) for alarm in progress.alarms.values()],
        "products": {
            product.id: {"name": product.name, "live_price_fen": product.live_price_fen, "stock": product.stock}
            for product in sheet.products
        },
        "lanes": {studio: _lane(run.lanes[studio], outlooks[studio], now_ns) for studio in standing.lanes},
    }


def _lane(lane: Lane, outlook: Outlook, now_ns: int) -> dict[str, Any]:
    rundown, logged = lane.rundown, lane.logged
    standing = lane.session.standing
    row, following = rundown.row(rundown.position), rundown.next_row
    shown = standing.row_on_air(lane.id)
    end_ns = rundown.end_ns(standing.session_ns(now_ns))
    over_ms = outlook.over_ns // NS_PER_MS
    overridden = logged.overridden
    return {
        "studio": lane.name,
        "state": "over" if rundown.over else "held" if rundown.held_since is not None else "running",
        "standby": logged.standby_ns is not None,
        "now": row.id if row else None,
        "now_title": row.title if row else "",
        "on_air": logged.cue,
        "on_air_title": shown.title if shown else "",
        "next": following.id if following else None,
        "next_title": following.title if following else "",
        "next_in_ms": _in(outlook.begins.get(following.id), standing.session_ns(now_ns)) if following else None,
        "left_ms": None if end_ns is None else (end_ns - standing.session_ns(now_ns)) // NS_PER_MS,
        "advance": row.advance if row else None,
        "over_ms": over_ms,
        "planned_end_ms": (outlook.end_ns - outlook.over_ns) // NS_PER_MS,
        "expected_end_ms": outlook.end_ns // NS_PER_MS,
        "connected": lane.connection.connected,
        "recovered": lane.recovered.is_set(),
        "recording": logged.recording,
        "parts": logged.parts,
        "outputs": {name: output.state for name, output in logged.outputs.items()},
        "overridden": asdict(overridden) if overridden else None,
        "alarms": [asdict(alarm) for alarm in logged.alarms.values()],
        "rows": [_row(lane, one, outlook) for one in rundown.rows],
    }


def _in(begin_ns: int | None, now_ns: int) -> int | None:
    return None if begin_ns is None else (begin_ns - now_ns) // NS_PER_MS


def _row(lane: Lane, row: Cue, outlook: Outlook) -> dict[str, Any]:
    """One row; ``planned_ms``, ``expected_ms`` and ``actual_ms`` are session time, None where there is none.

    ``time`` and ``follows`` are what still ties it. A row that is to come again has no verdict; ``dropped`` is one that
    a person skipped and that will not be called.
    """
    rundown = lane.rundown
    begin_ns, called_ns = outlook.begins.get(row.id), rundown.calls.get(row.id)
    to_come = row in rundown.after
    ended = lane.logged.verdicts.get(row.id)
    again = (row.id, lane.logged.takes.get(row.id)) in lane.logged.open
    if ended is not None and (again or (to_come and ended.take)):
        ended = None
    return {
        "cue": row.id,
        "title": row.title,
        "scene": row.scene,
        "product": row.product,
        "planned_ms": row.start_ms,
        "duration_ms": row.duration_ms,
        "expected_ms": None if begin_ns is None else begin_ns // NS_PER_MS,
        "actual_ms": None if called_ns is None or to_come else called_ns // NS_PER_MS,
        "verdict": None if ended is None else ended.verdict,
        "late_ms": None if ended is None else ended.late_ms,
        "why": "" if ended is None else ended.why,
        "dropped": to_come and row.id in rundown.dropped,
        "time": row.time if rundown.tied_ns(row) is not None else None,
        "follows": _leader(lane, row),
        "advance": row.advance,
    }


def _leader(lane: Lane, row: Cue) -> str | None:
    """The title of the row that this one follows; None where it follows none, or has missed its instant."""
    if row.follows is None:
        return None
    standing, (leader, after_ms) = lane.session.standing, astuple(row.follows)
    began_ns = begun(standing.lanes).get(leader)
    if began_ns is not None and lane.rundown.missed(began_ns + after_ms * NS_PER_MS):
        return None
    return next((one.title for one in standing.sheet.cues if one.id == leader), leader)
