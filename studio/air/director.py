"""The director: every studio's connection, the runs on air, and what a person asks of them; it does nothing else."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.air.connection import Connection
from studio.air.journal import Journal
from studio.air.painter import Painter
from studio.air.preparing import NOT_STOPPED
from studio.air.run import PLAN, Run
from studio.air.standing import Standing, stand
from studio.asrun.events import AlarmRaised, Record, SheetEdited
from studio.asrun.progress import fold
from studio.clock import NS_PER_MS, NS_PER_S, Clock
from studio.errors import RefusedByRule, StudioError
from studio.i18n import _
from studio.model.plan import LanePlan, Plan
from studio.model.studio import Limits, Studio

log = logging.getLogger(__name__)

QUIET_NS = 30 * NS_PER_MS
"""Longer than the longest piece of work that waits for quiet."""
NOT_STOCKED = "not_stocked"
STOCK_EVERY_NS = 5 * NS_PER_S


class Director:
    """Conducts sessions over ``journal``; ``password`` gives that of a studio's secret, asked anew at each connection.

    ``keep`` is the folder for notes on borrowed OBS.
    """

    def __init__(
        self, journal: Journal, clock: Clock, boot: str, password: Callable[[str], str], keep: Path, painter: Painter
    ) -> None:
        self.journal = journal
        self.clock = clock
        self.painter = painter
        self.connections: dict[str, Connection] = {}
        self.runs: dict[str, Run] = {}
        """Those that have not ended, by session."""
        self.pcs: dict[str, dict[str, Any]] = {}
        """How each studio's PC does, as the watch has told last."""
        self.left: dict[str, AlarmRaised] = {}
        """By studio, what the session that ended there last could not stop."""
        self.limits = Limits()
        self._boot = boot
        self._password = password
        self._keep = keep
        self._conducting: dict[str, asyncio.Task[None]] = {}

    async def take_up(self) -> None:
        """Go on with every run that the log holds as not ended."""
        await asyncio.gather(*(self._take_up(number) for number in await self.journal.open_runs()))

    async def _take_up(self, number: str) -> None:
        records = await self.journal.events(number)
        planned = fold(records).planned
        assert planned is not None
        try:
            plan = PLAN.validate_json(await self.journal.thaw(planned.plan))
        except (StudioError, ValueError, KeyError) as error:
            log.error("run %s cannot be taken up: %s", number, error)
            return
        try:
            self._begin(await self._as_edited(plan, records), records, plan)
        except (StudioError, OSError, ValueError) as error:  # on air all the same, with the pictures as planned
            log.error("run %s: the edited pictures could not be made again: %s", number, error)
            run = self._begin(plan, records, plan)
            what = _("The pictures of the edited sheet could not be made again ({why}): cards show what was planned.")
            remedy = _("Edit any row once more, such as its stock, and they are drawn anew.")
            await run.raised("", "not_redrawn", what.format(why=error), remedy)

    async def _as_edited(self, plan: Plan, records: Sequence[Record]) -> Plan:
        """The plan with the pictures of its sheet as edited: those drawn then, so that no row waits for the painter."""
        sheet = stand(Standing(plan), records).sheet
        if sheet == plan.sheet:
            return plan
        edited = next(one.event for one in reversed(records) if isinstance(one.event, SheetEdited))
        with contextlib.suppress(KeyError, ValueError):
            drawn = PLAN.validate_json(await self.journal.thaw(edited.drawn))
            if drawn.sheet == sheet:
                return drawn
        return await self.painter.redraw(plan, sheet)

    async def know_studios(self) -> None:
        """Connect to every studio of the workspace that no run has connected already; read again at each start."""
        venue = await self.painter.venue()
        self.limits = venue.limits
        for studio in venue.studios:
            await self._connect(studio)

    async def plan(self, session: str, *, delay_ms: int = 0, now: bool = False, studio: str | None = None) -> Plan:
        """The plan of a session of the calendar, for all of its studios or for one alone; each is being connected to.

        Raises RefusedByRule where it runs already or is not played in that studio, and what planning raised.
        """
        self._refuse_second(session)
        await self.know_studios()
        plan = await self.painter.plan(session, delay_ms=delay_ms, now=now)
        lanes = tuple(lane for lane in plan.lanes if studio in (None, lane.studio.id))
        if not lanes:
            names = ", ".join(lane.studio.id for lane in plan.lanes)
            raise RefusedByRule(
                _("{session} is not played in {studio}.").format(session=session, studio=studio),
                _("It is played in: {names}").format(names=names),
            )
        return replace(plan, lanes=lanes)

    async def conduct(self, plan: Plan) -> Run:
        """Begin to run a plan; its studios must be free."""
        for lane in plan.lanes:
            if (other := self.busy(lane.studio.id)) is not None:
                raise RefusedByRule(
                    _("{studio} is taken by {session}.").format(studio=lane.studio.name, session=other.plan.session),
                    _("End that one first with: studio end --session {session}").format(session=other.plan.session),
                )
            await self._connect(lane.studio)
        self._refuse_second(plan.session)  # another start may have come while this one was planned
        return self._begin(plan)

    def _refuse_second(self, session: str) -> None:
        if session in self.runs:
            raise RefusedByRule(
                _("{session} is running already.").format(session=session), _("See where it stands: studio status")
            )

    def _begin(self, plan: Plan, before: Sequence[Record] = (), planned: Plan | None = None) -> Run:
        for lane in plan.lanes:
            self.left.pop(lane.studio.id, None)
            if lane.studio.id not in self.connections:
                self._open(lane.studio)
        run = Run(planned or plan, self.journal, self.clock, self._boot, self.connections, self._keep, before)
        run.plan = plan
        self.runs[plan.session] = run
        task = asyncio.create_task(run.conduct(), name=f"run {plan.run}")
        stocking = asyncio.create_task(self._stock(run), name=f"stock {plan.run}")
        task.add_done_callback(lambda _done: stocking.cancel())
        task.add_done_callback(lambda done: self._ended(plan.session, done))
        self._conducting[plan.session] = task
        return run

    async def _stock(self, run: Run) -> None:
        """Try again and again to bring each studio's PC what it has not got; it is an alarm until it has."""
        at_it: dict[str, tuple[LanePlan, asyncio.Task[None]]] = {}
        async with asyncio.TaskGroup() as tasks:
            while True:
                with contextlib.suppress(StudioError):  # the log could not be written: again
                    await self._say_unstocked(run)
                for lane in run.plan.lanes:
                    sent, task = at_it.get(lane.studio.id, (None, None))
                    if sent is not None and task is not None and not task.done():
                        if sent.assets == lane.assets:
                            continue
                        task.cancel()  # an edit has brought others
                    if lane.unstocked:
                        at_it[lane.studio.id] = lane, tasks.create_task(self._stock_lane(run, lane))
                await self.clock.sleep_until(self.clock.monotonic_ns() + STOCK_EVERY_NS)

    async def _stock_lane(self, run: Run, lane: LanePlan) -> None:
        with contextlib.suppress(StudioError):  # the painter failed: again
            (stocked,) = (await self.painter.stock(replace(run.plan, lanes=(lane,)))).lanes
            lanes = tuple(
                replace(one, unstocked=stocked.unstocked)
                if one.studio.id == lane.studio.id and one.assets == lane.assets
                else one
                for one in run.plan.lanes
            )
            run.plan = replace(run.plan, lanes=lanes)

    async def _say_unstocked(self, run: Run) -> None:
        for lane in run.plan.lanes:
            if not lane.unstocked:
                await run.cleared(lane.studio.id, NOT_STOCKED)
                continue
            what = _("{studio}: not all pictures are on its PC ({why}).")
            what = what.format(studio=lane.studio.name, why=lane.unstocked.rstrip(".。"))
            remedy = _("Look at the agent there; they are sent as soon as it answers.")
            await run.raised(lane.studio.id, NOT_STOCKED, what, remedy)

    def _ended(self, session: str, task: asyncio.Task[None]) -> None:
        run = self.runs.pop(session, None)
        if run is not None:
            lanes = run.standing.progress.lanes.items()
            self.left |= {studio: lane.alarms[NOT_STOPPED] for studio, lane in lanes if NOT_STOPPED in lane.alarms}
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("session %s failed: %s", session, error)

    async def outcome(self, run: Run) -> None:
        """Return once the run is over; raises what ended it."""
        await asyncio.shield(self._conducting[run.plan.session])

    async def started(self, run: Run) -> None:
        """Return once the start gate has opened; raises what kept it shut."""
        conducting = self._conducting[run.plan.session]
        while run.standing.progress.started is None and not conducting.done():
            await self.clock.sleep_until(self.clock.monotonic_ns() + 50 * NS_PER_MS)
        if run.standing.progress.started is None:
            await conducting

    async def quiet(self) -> None:
        """Return when no cue is about to leave: what keeps the processor for some milliseconds is done then."""
        while True:
            now_ns = self.clock.monotonic_ns()
            leaving = [lane.hands.leaving_ns for run in self.runs.values() for lane in run.lanes.values()]
            if not any(now_ns < at_ns < now_ns + QUIET_NS for at_ns in leaving):
                return
            await self.clock.sleep_until(now_ns + 5 * NS_PER_MS)

    def busy(self, studio: str) -> Run | None:
        """The run that has the studio, or None."""
        return next((run for run in self.runs.values() if studio in run.lanes), None)

    def run_of(self, session: str | None, studio: str | None) -> Run:
        """The run that a command means; the only one where it names neither. Raises RefusedByRule."""
        if studio is not None and session is None:
            found = self.busy(studio)
        elif session is not None:
            found = self.runs.get(session)
        else:
            found = next(iter(self.runs.values())) if len(self.runs) == 1 else None
        if found is None and not self.runs:
            raise RefusedByRule(_("No session is running."), _("Start one with: studio start SESSION"))
        if found is None or (studio is not None and studio not in found.lanes):
            running = ", ".join(f"{name} ({', '.join(run.lanes)})" for name, run in self.runs.items())
            raise RefusedByRule(
                _("It is not clear which session is meant."),
                _("Name it with --session or --studio; running: {running}").format(running=running),
            )
        return found

    def connection(self, studio: str) -> Connection:
        """The studio's connection; raises RefusedByRule where there is no such studio."""
        if studio not in self.connections:
            names = ", ".join(self.connections)
            raise RefusedByRule(
                _("There is no studio {studio}.").format(studio=studio), _("Those known: {names}").format(names=names)
            )
        return self.connections[studio]

    async def close(self) -> None:
        """Leave everything as it is: runs stay open in the log, OBS goes on with what is on air."""
        for task in self._conducting.values():
            task.cancel()
        await asyncio.gather(*self._conducting.values(), return_exceptions=True)
        await asyncio.gather(*(connection.stop() for connection in self.connections.values()))

    async def _connect(self, studio: Studio) -> None:
        known = self.connections.get(studio.id)
        if known is not None and known.studio != studio and self.busy(studio.id) is None:
            await self.connections.pop(studio.id).stop()
        if studio.id not in self.connections:
            self._open(studio)

    def _open(self, studio: Studio) -> None:
        self.connections[studio.id] = Connection(studio, lambda: self._password(studio.secret), self.clock)
        self.connections[studio.id].start()


async def conduct(
    plan: Plan,
    journal: Journal,
    clock: Clock,
    boot: str,
    password: Callable[[str], str],
    keep: Path,
    stopping: asyncio.Event,
) -> None:
    """Run one plan alone, to its end or until ``stopping`` is set. Raises StudioError where it could not."""
    director = Director(journal, clock, boot, password, keep, Painter(keep.parent))
    try:
        run = await director.conduct(plan)
        ending = asyncio.ensure_future(stopping.wait())
        ending.add_done_callback(lambda done: None if done.cancelled() else run.stop())
        try:
            await director.outcome(run)
        finally:
            ending.cancel()
    finally:
        await director.close()
