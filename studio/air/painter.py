"""Reads the workspace and draws pictures for the director, in a process of its own: one job a process.

``python -m studio.air.painter ROOT`` reads one JSON request, a line, on standard input and writes one JSON answer.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from studio.clock import NS_PER_MS, wall_ns
from studio.errors import NotReady, ProblemsFound, RefusedByRule, StudioError
from studio.i18n import _
from studio.model.plan import Plan
from studio.model.runsheet import RunSheet
from studio.model.session import Session
from studio.model.studio import Venue

PLAN, SHEET, VENUE = TypeAdapter(Plan), TypeAdapter(RunSheet), TypeAdapter(Venue)
PAINT_S = 60.0
STOCK_S, STOCK_EDIT_S, STOCK_LONG_S = 20.0, 3.0, 3600.0
"""For so long a start and an edit wait for what they send to the studios' PCs; for so long it is sent beside them."""
EARLY = timedelta(hours=3)
"""A session may be started so long before its appointed time; it waits on its standby slate then."""


class Painter:
    """Asks for jobs on one workspace."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def venue(self) -> Venue:
        """The studios and limits of studio.toml. Raises what reading it raised."""
        return VENUE.validate_json(await self._ask({"do": "venue"}))

    async def plan(self, session: str, *, delay_ms: int, now: bool) -> Plan:
        """The plan of a session of the calendar, ``delay_ms`` later than appointed, or as soon as it is ready."""
        return PLAN.validate_json(await self._ask({"do": "plan", "session": session, "delay_ms": delay_ms, "now": now}))

    async def redraw(self, plan: Plan, sheet: RunSheet) -> Plan:
        """``plan`` with another sheet and its pictures."""
        asked = {
            "do": "redraw",
            "plan": PLAN.dump_python(plan, mode="json"),
            "sheet": SHEET.dump_python(sheet, mode="json"),
        }
        return PLAN.validate_json(await self._ask(asked))

    async def stock(self, plan: Plan) -> Plan:
        """``plan`` after another attempt to bring its assets to the studios' PCs, which may take an hour."""
        asked = {"do": "stock", "plan": PLAN.dump_python(plan, mode="json")}
        return PLAN.validate_json(await self._ask(asked, STOCK_LONG_S + PAINT_S))

    async def _ask(self, request: Mapping[str, Any], within_s: float = PAINT_S + STOCK_S) -> bytes:
        pipe = asyncio.subprocess.PIPE
        try:
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "studio.air.painter", str(self._root)), stdin=pipe, stdout=pipe
            )
        except OSError as error:
            raise NotReady(
                _("Drawing the pictures failed: {why}.").format(why=error.strerror),
                _("Close what is not needed on this computer and try again."),
            ) from error
        try:
            async with asyncio.timeout(within_s):
                said = await _told(child, json.dumps(request).encode() + b"\n")
        except TimeoutError as error:
            raise NotReady(_("Drawing the pictures took too long."), _("Try again; this computer is busy.")) from error
        finally:
            if child.returncode is None:  # nobody waits for it any more
                child.kill()
        if child.returncode == 0:
            return said
        try:
            told = json.loads(said)
            failure = StudioError(told["error"], told["remedy"])
            failure.exit_code = told["exit_code"]
        except (ValueError, KeyError) as error:
            raise NotReady(_("Drawing the pictures failed."), _("Read the director's log to see why.")) from error
        raise failure


async def _told(child: asyncio.subprocess.Process, request: bytes) -> bytes:
    """What it answers; its input stays open, since it ends with that, and so with us."""
    assert child.stdin is not None and child.stdout is not None
    with contextlib.suppress(ConnectionError):  # it has died, and its exit code tells
        child.stdin.write(request)
        await child.stdin.drain()
    said = await child.stdout.read()
    await child.wait()
    return said


def paint(root: Path, request: Mapping[str, Any]) -> bytes:
    """Do one job here. Raises StudioError."""
    from studio.air.stocking import ASSETS, shelved, stock
    from studio.pc.known import doors
    from studio.timekeeper import SystemClock, now

    agents = doors(root / ".studio")

    def stocked(plan: Plan, within_s: float, *, again: bool = True) -> bytes:
        return PLAN.dump_json(asyncio.run(stock(plan, agents, root / ASSETS, SystemClock(), within_s, again)))

    if request["do"] == "stock":
        return stocked(PLAN.validate_python(request["plan"]), STOCK_LONG_S)

    from studio.air.planning import plan_session, redraw
    from studio.jobs.check import read_workspace
    from studio.workspace.problems import did_you_mean

    workspace, problems = read_workspace(root)
    studios = tuple(shelved(studio, agents) for studio in workspace.venue.studios)
    workspace = replace(workspace, venue=replace(workspace.venue, studios=studios))
    if request["do"] == "venue":
        return VENUE.dump_json(workspace.venue)
    if request["do"] == "redraw":
        plan, sheet = PLAN.validate_python(request["plan"]), SHEET.validate_python(request["sheet"])
        return stocked(redraw(plan, sheet, workspace.people, root), STOCK_EDIT_S, again=False)
    if problems:
        raise ProblemsFound(problems, remedy=_("Run studio check, correct what it lists, and start again."))
    zone = ZoneInfo(workspace.venue.zone)
    session = workspace.session(str(request["session"]))
    if session is None:
        raise RefusedByRule(
            _("There is no session {session} in the calendar.").format(session=request["session"]),
            did_you_mean(str(request["session"]), [one.id for one in workspace.sessions]),
        )
    today = now(zone)
    start = None if request["now"] else _start(session, today, int(request["delay_ms"]))
    run = f"{session.id}-{today:%Y%m%d-%H%M%S}"
    return stocked(plan_session(workspace, session, run, start_wall_ns=start), STOCK_S)


def _start(session: Session, today: datetime, delay_ms: int) -> int:
    """The wall instant of the start: the appointed one where it is ahead, else this moment; later by the delay."""
    if session.start - today > EARLY:
        raise RefusedByRule(
            _("{session} is appointed for {start:%Y-%m-%d %H:%M}, hours from now.").format(
                session=session.id, start=session.start
            ),
            _("Start it nearer to that time, or at once with --now."),
        )
    return wall_ns(max(session.start, today)) + delay_ms * NS_PER_MS


def main() -> int:
    """One job from standard input to standard output; the error's exit code where it could not be done."""
    from studio.system import end_with_input, yield_to_others

    yield_to_others()
    request = json.loads(sys.stdin.readline())
    end_with_input()
    try:
        answer = paint(Path(sys.argv[1]), request)
    except StudioError as error:
        said = {"error": error.message, "remedy": error.remedy, "exit_code": error.exit_code}
        sys.stdout.write(json.dumps(said))
        return error.exit_code
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
