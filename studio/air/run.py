"""One run of a session on its studios: the start gate, its lanes, what goes wrong meanwhile, and its end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter

from studio.air.borrow import borrowed
from studio.air.connection import Connection
from studio.air.counting import count
from studio.air.hands import Hands, Scribe
from studio.air.journal import Journal
from studio.air.lane import Lane
from studio.air.preparing import NOT_STOPPED, finish, open_output, prepare, record
from studio.air.recovery import mind_link
from studio.air.standing import Standing, stand
from studio.air.touched import Desk, mind_recording
from studio.asrun.events import (
    AlarmCleared,
    AlarmRaised,
    ClipEnded,
    ClockCompared,
    ClockStepped,
    Commanded,
    CueCalled,
    CueEnded,
    Reanchored,
    Record,
    RunEnded,
    RunPlanned,
    RunResumed,
    RunStarted,
    SheetEdited,
    Stamp,
)
from studio.clock import NS_PER_MS, NS_PER_S, Anchor, Clock
from studio.errors import NotReady, StoreFailed, StudioError
from studio.i18n import _
from studio.model.plan import LanePlan, Plan

log = logging.getLogger(__name__)

PLAN = TypeAdapter(Plan)
LEAD_NS = 1 * NS_PER_S
"""A run without an appointed start begins this long after its last studio was ready."""
GATE_S = 20.0
"""How long the start gate waits for a studio; the others begin without one that is not ready then."""
RECORD_AGAIN_NS = 5 * NS_PER_S
"""How soon a recording that did not start is tried again."""
END_WITHIN_NS = 20 * NS_PER_S
"""How long the end of a session waits for a studio that is away, or that does not stop."""
RECORD_LEAD_NS = 10 * NS_PER_S
"""A recording begins this long before an appointed start."""
STEP_MS = 500
"""A wall clock that is off by this much since the anchor was stepped; NTP's slewing stays far below."""
TURNING = (Commanded, CueCalled, ClipEnded, SheetEdited, Reanchored, RunStarted, RunResumed)
"""Events that change what a lane does next."""


class Run:
    """Conducts one plan over ``connections`` (by studio); ``keep`` is the folder for notes on borrowed OBS."""

    def __init__(
        self,
        plan: Plan,
        journal: Journal,
        clock: Clock,
        boot: str,
        connections: Mapping[str, Connection],
        keep: Path,
        before: Sequence[Record] = (),
    ) -> None:
        self._standing = stand(Standing(plan), before)
        self.plan = plan
        """The plan with its pictures made again for the edited sheet."""
        self.clock = clock
        self.journal = journal
        self.scribe = Scribe(journal, clock, Stamp(plan.run, boot, 0, 0, plan.session))
        self._boot = boot
        self._keep = keep
        self._steps_ms = 0
        self._compared: dict[str, ClockCompared] = {}
        self._left_ns = 0
        self._stopped = asyncio.Event()
        self.editing = asyncio.Lock()
        """Held from reading the sheet until its edit is written down: one edit at a time."""
        first = self._standing.progress.last_seq + 1
        self.lanes: dict[str, Lane] = {}
        for one in plan.lanes:
            connection = connections[one.studio.id]
            scribe = Scribe(journal, clock, Stamp(plan.run, boot, 0, 0, plan.session, one.studio.id))
            self.lanes[one.studio.id] = Lane(self, connection, scribe, Hands(connection, scribe, clock, first), clock)
        journal.listen(self._hear)

    @property
    def standing(self) -> Standing:
        """Where the session stands, as of the last event on disk."""
        return self._standing

    @property
    def recorded(self) -> bool:
        """Whether the studios are to be recorded."""
        return self.plan.record

    def lane_plan(self, studio: str) -> LanePlan:
        """The studio's plan, with the pictures of the sheet as edited."""
        return next(lane for lane in self.plan.lanes if lane.studio.id == studio)

    def redrawn(self, plan: Plan) -> None:
        """The pictures were made again after an edit: the next row's are changed off air."""
        self.plan = plan
        for lane in self.lanes.values():
            lane.spawn(lane.ahead())

    def stop(self) -> None:
        """End the run soon and cleanly: no further cue, recordings closed, borrowed OBS given back."""
        self._stopped.set()

    def _hear(self, event: Record) -> None:
        if event.stamp.run != self.plan.run:
            return
        self._standing = stand(self._standing, (event,))
        if isinstance(event.event, TURNING) or (isinstance(event.event, CueEnded) and not event.event.take):
            for lane in self.lanes.values():
                lane.changed.set()

    # the course of a run

    async def conduct(self) -> None:
        """Run the plan to its end, from wherever the log stands; raises StudioError where it could not, and logs that.

        Cancelled, it leaves everything as it is, for the next director to take up.
        """
        try:
            async with AsyncExitStack() as studios:
                fresh = self._standing.progress.started is not None
                if fresh:
                    await self._resume()
                    absent = set(self.lanes)
                else:
                    absent = await self._gate(studios)
                await self._air(absent)
        except StudioError as error:
            await self.scribe.write(RunEnded("failed", str(error)))
            raise
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            await self.scribe.write(RunEnded("failed", type(error).__name__))
            raise
        finally:
            await asyncio.gather(*(lane.stop() for lane in self.lanes.values()))
        await self.scribe.write(RunEnded("stopped" if self._standing.cut_short else "finished"))

    async def _gate(self, studios: AsyncExitStack) -> set[str]:
        """Make every studio ready and set the start; returns those that were not ready in time, or are no more."""
        if self._standing.progress.planned is None:
            frozen = await self.journal.freeze(PLAN.dump_json(self.plan, indent=1).decode())
            await self.scribe.write(RunPlanned(frozen, self.plan.title))
        soon = self.plan.start_wall_ns is None or self.plan.start_wall_ns < self.clock.wall_ns() + RECORD_LEAD_NS
        made = await asyncio.gather(
            *(self._make_ready(lane, studios, soon) for lane in self.lanes.values()), return_exceptions=True
        )
        failed: dict[str, StudioError] = {}
        ready: dict[str, int | None] = {}
        for lane, result in zip(self.lanes.values(), made, strict=True):
            if isinstance(result, StudioError):
                failed[lane.id] = result
            elif isinstance(result, BaseException):
                raise result
            else:
                ready[lane.id] = result
        lent = any(lane.borrowed for lane in self.plan.lanes)
        if failed and (lent or len(failed) == len(self.lanes)):
            raise next(iter(failed.values()))
        anchor = self._anchor()
        planned = self._standing.progress.planned
        sheet = planned.plan if planned else ""
        for studio, error in failed.items():  # before the start, so that whoever waits for it hears of them
            await self.raised(studio, "not_ready", error.message, error.remedy)
        await self.scribe.write(RunStarted(sheet, self.plan.title, anchor.monotonic_ns, anchor.wall_ns))
        return set(failed) | {studio for studio, at in ready.items() if self.lanes[studio].connection.present != at}

    async def _make_ready(self, lane: Lane, studios: AsyncExitStack, soon: bool) -> int | None:
        """The connection by which it was made ready: one that was lost while others were waited for is no longer so."""
        try:
            async with asyncio.timeout(GATE_S):
                if (why := await lane.connection.ready(int(GATE_S * 1000))) is not None:
                    raise why
                plan = self.lane_plan(lane.id)
                loan = None
                if plan.borrowed:
                    loan = await studios.enter_async_context(borrowed(lane.connection.device, plan, self._keep))
                await prepare(lane)
                if loan is not None:
                    await loan.still_free()
                await open_output(lane)
                if self.recorded and soon:
                    if loan is not None:
                        loan.will_record()
                    await record(lane)
                return lane.connection.present
        except TimeoutError as error:
            raise NotReady(
                _("{studio} was not ready within {seconds} s.").format(studio=lane.name, seconds=int(GATE_S)),
                _("Run studio doctor {studio}, and look at that OBS.").format(studio=lane.id),
            ) from error

    def _anchor(self) -> Anchor:
        """The start of the session on both clocks, the appointed one or the next moment."""
        now = Anchor(self.clock.monotonic_ns(), self.clock.wall_ns())
        wall = max(now.wall_ns + LEAD_NS, self.plan.start_wall_ns or 0)
        return Anchor(now.monotonic_at(wall), wall)

    async def _resume(self) -> None:
        """Take the run up: in the same boot the monotonic clock went on, after a reboot the wall clock anchors."""
        progress = self._standing.progress
        assert progress.anchor is not None
        anchor, away_ns = progress.anchor, self.clock.monotonic_ns() - progress.last_monotonic_ns
        if progress.boot != self._boot:
            now = Anchor(self.clock.monotonic_ns(), self.clock.wall_ns())
            anchor = Anchor(now.monotonic_at(anchor.wall_ns), anchor.wall_ns)
            away_ns = now.wall_ns - progress.last_wall_ns
        self._left_ns = self.clock.monotonic_ns() - away_ns
        await self.scribe.write(RunResumed(anchor.monotonic_ns, anchor.wall_ns, away_ns // NS_PER_MS))

    async def _air(self, absent: set[str]) -> None:
        """Let every lane play to its end; ``absent`` are those that must be looked at first."""
        known = "clock_stepped" in self._standing.progress.alarms
        self._steps_ms = self._step_ms() if known else 0
        desks = [Desk(lane) for lane in self.lanes.values()]
        minding = [
            asyncio.create_task(mind_link(lane, self._left_ns, absent=lane.id in absent))
            for lane in self.lanes.values()
        ]
        minding += [asyncio.create_task(count(lane)) for lane in self.lanes.values()]
        minding += [asyncio.create_task(self._minded(partial(mind_recording, lane))) for lane in self.lanes.values()]
        minding.append(asyncio.create_task(self._minded(self._mind_clock)))
        minding.append(asyncio.create_task(self._minded(self._mind_stop)))
        try:
            await asyncio.gather(*(self._lane(lane) for lane in self.lanes.values()))
            for lane in self.lanes.values():  # an edit may have brought rows to one that had ended before the others
                await self._minded(partial(self._skip_rest, lane))
        finally:
            for desk in desks:
                desk.close()
            for task in minding:
                task.cancel()
            await asyncio.gather(*minding, return_exceptions=True)

    async def _lane(self, lane: Lane) -> None:
        if self.recorded and not lane.logged.parts:
            lane.spawn(self._minded(partial(self._record_later, lane)))
        while not lane.finished:
            try:
                await lane.play()
                await self._end_lane(lane)
            except StudioError as error:  # a full disk: the lane goes on as soon as the log can be written again
                log.error("%s: %s", lane.id, error)
                await self.clock.sleep_until(self.clock.monotonic_ns() + NS_PER_S)

    async def _record_later(self, lane: Lane) -> None:
        """Start the recording shortly before the start, or as soon as the studio is there after it."""
        await self.clock.sleep_until(self._standing.monotonic_ns(-RECORD_LEAD_NS))
        while not lane.logged.parts and not lane.logged.over:
            try:
                await record(lane)
            except StudioError as error:
                await self.raised(lane.id, "recording_lost", error.message, error.remedy)
                await self.clock.sleep_until(self.clock.monotonic_ns() + RECORD_AGAIN_NS)

    async def _end_lane(self, lane: Lane) -> None:
        """Nothing more is called: rows that never were get their verdict, and the studio is left tidy."""
        until_ns = self.clock.monotonic_ns() + END_WITHIN_NS
        with suppress(TimeoutError):
            async with asyncio.timeout(END_WITHIN_NS / NS_PER_S):
                await lane.recovered.wait()
        async with lane.connection.desk:
            pass  # whoever makes a call good has sent it by now, or left it
        await lane.still()
        for cue, take in lane.logged.open:
            called_ns = self._standing.monotonic_ns(lane.rundown.calls[cue])
            gone = _("OBS did not come back before the session ended")
            await lane.scribe.write(CueEnded("unconfirmed", called_ns, why=gone, take=take), cue=cue)
        await self._skip_rest(lane)
        sure = await finish(lane, until_ns)
        lane.finished = True
        for kind in tuple(lane.logged.alarms):
            if sure or kind != NOT_STOPPED:
                await self.cleared(lane.id, kind)
        if not sure:
            what = _("{studio}: the session is over, and OBS was not seen to stop what it records or sends.")
            remedy = _("Look at that OBS, and stop its recording, stream and virtual camera there.")
            await self.raised(lane.id, NOT_STOPPED, what.format(studio=lane.name), remedy)

    async def _skip_rest(self, lane: Lane) -> None:
        """Rows that were never called get their verdict."""
        why = _("stopped by a person") if self._stopped.is_set() else _("the session ended before it")
        for row in lane.rundown.rows:
            if row.id not in lane.logged.verdicts and row.id not in lane.logged.takes:
                due_ns = self._standing.monotonic_ns(row.start_ms * NS_PER_MS)
                await lane.scribe.write(CueEnded("skipped", due_ns, why=why, take=0), cue=row.id)

    # what goes on beside it

    async def _minded(self, mind: Callable[[], Awaitable[None]]) -> None:
        """Let it go on for as long as it does, also where the log could not be written for a while."""
        while True:
            try:
                return await mind()
            except StoreFailed as error:
                log.error("%s: %s", self.plan.session, error)
                await self.clock.sleep_until(self.clock.monotonic_ns() + NS_PER_S)

    async def _mind_stop(self) -> None:
        await self._stopped.wait()
        for lane in self.lanes.values():
            if not lane.logged.over:
                await lane.scribe.write(Commanded("end", "stop"))

    async def _mind_clock(self) -> None:
        """Say so once where the wall clock was stepped; rows run on the monotonic one and do not move."""
        while True:
            await self.clock.sleep_until(self.clock.monotonic_ns() + NS_PER_S)
            step_ms = self._step_ms()
            if abs(step_ms - self._steps_ms) >= STEP_MS:
                moved, self._steps_ms = step_ms - self._steps_ms, step_ms
                await self.scribe.write(ClockStepped(moved))
            if abs(step_ms) < STEP_MS:
                await self.cleared("", "clock_stepped")
                continue
            what = _("The clock of this computer was set {seconds:+.0f} s during the session; no cue moves.")
            remedy = _("Set it right again, or, where it is right now, run: studio reanchor")
            await self.raised("", "clock_stepped", what.format(seconds=step_ms / 1000), remedy)

    def _step_ms(self) -> int:
        anchor = self._standing.progress.anchor
        return anchor.step_ns(self.clock.monotonic_ns(), self.clock.wall_ns()) // NS_PER_MS if anchor else 0

    async def reanchor(self, author: str) -> None:
        """The wall clock is right now: hard-timed rows follow it."""
        anchor = self._standing.progress.anchor
        if anchor is not None:
            step_ns = anchor.step_ns(self.clock.monotonic_ns(), self.clock.wall_ns())
            await self.scribe.write(Reanchored(anchor.monotonic_ns, anchor.wall_ns + step_ns, author))
            self._steps_ms = 0
            await self.cleared("", "clock_stepped")

    async def compared(self, studio: str, clock: ClockCompared) -> None:
        """Write down how that PC's clock stands, the first time and whenever it can no longer be as it was."""
        before = self._compared.get(studio)
        if before is None or abs(clock.ahead_ns - before.ahead_ns) > clock.uncertainty_ns + before.uncertainty_ns:
            self._compared[studio] = clock
            await self._scribe(studio).write(clock)

    async def raised(
        self, studio: str, kind: str, what: str, remedy: str, began_ns: int | None = None, value: str = ""
    ) -> None:
        """Write down that a trouble began, unless it is known; no studio is the session itself."""
        if kind not in self._alarms(studio):
            began_ns = self.clock.monotonic_ns() if began_ns is None else began_ns
            await self._scribe(studio).write(AlarmRaised(kind, what, remedy, began_ns, value))

    async def cleared(self, studio: str, kind: str, lasted_ms: int | None = None) -> None:
        """Write down that a known trouble is over; without ``lasted_ms`` it has lasted until now."""
        if (alarm := self._alarms(studio).get(kind)) is not None:
            if lasted_ms is None:
                lasted_ms = (self.clock.monotonic_ns() - alarm.began_ns) // NS_PER_MS
            await self._scribe(studio).write(AlarmCleared(kind, max(0, lasted_ms)))

    def _alarms(self, studio: str) -> Mapping[str, AlarmRaised]:
        progress = self._standing.progress
        return progress.lane(studio).alarms if studio else progress.alarms

    def _scribe(self, studio: str) -> Scribe:
        return self.lanes[studio].scribe if studio else self.scribe
