"""The director: one run of a plan on its studios, from connecting to the last event; it does nothing else."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter

from studio.air.borrow import Borrowed, borrowed
from studio.air.lane import Lane
from studio.asrun.events import Event, LinkChanged, RunEnded, RunStarted, Stamp
from studio.clock import NS_PER_MS, NS_PER_S, Anchor, Clock
from studio.errors import StudioError
from studio.model.plan import LanePlan, Plan
from studio.obs.device import ObsDevice
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.obs.reconnect import LinkChange, LinkState, Reconnector
from studio.schedules.due import for_studio
from studio.store.asrun import AsRunLog

log = logging.getLogger(__name__)

PLAN = TypeAdapter(Plan)
LEAD_NS = 1 * NS_PER_S
"""A run without an appointed start begins this long after its last studio was ready."""


class Director:
    """Conducts one plan; ``passwords`` by the studio's secret name, never written anywhere."""

    def __init__(
        self, plan: Plan, journal: AsRunLog, clock: Clock, boot: str, passwords: Mapping[str, str], keep: Path
    ) -> None:
        self.plan = plan
        self._journal = journal
        self._clock = clock
        self._boot = boot
        self._passwords = passwords
        self._keep = keep
        self._stopping = asyncio.Event()
        self._lanes: list[Lane] = []
        self._loans: list[Borrowed] = []

    def stop(self) -> None:
        """End the run soon and cleanly: no further cue, recordings closed, borrowed OBS given back."""
        self._stopping.set()
        for lane in self._lanes:
            lane.stop.set()

    async def conduct(self) -> None:
        """Run the plan to its end. Raises StudioError where it could not; the log says so too."""
        try:
            async with AsyncExitStack() as studios:
                for lane in self.plan.lanes:
                    self._lanes.append(await self._open(studios, lane))
                if self._stopping.is_set():
                    self.stop()
                await self._air()
        except StudioError as error:
            self._write(RunEnded("failed", str(error)))
            raise
        except BaseException as error:
            self._write(RunEnded("failed", type(error).__name__))
            raise
        self._write(RunEnded("stopped" if self._stopping.is_set() else "finished"))

    async def _open(self, studios: AsyncExitStack, lane: LanePlan) -> Lane:
        address = Address(lane.studio.host, lane.studio.port, self._passwords.get(lane.studio.secret, ""))
        link = ObsLink(address, self._clock)
        await self._connect(studios, link, lane)
        device = ObsDevice(link, self._clock)
        if lane.borrowed:
            self._loans.append(await studios.enter_async_context(borrowed(device, lane, self._keep)))
        kinds = (await link.call("GetInputKindList"))["inputKinds"]
        cues = for_studio(self.plan.sheet, lane.studio.id)
        return Lane(lane, cues, device, kinds, self._journal, self._clock, self._stamp())

    async def _connect(self, studios: AsyncExitStack, link: ObsLink, lane: LanePlan) -> None:
        """Connect and stay connected; raises where the first attempt fails, later losses are events of the log."""
        reconnector = Reconnector(link, self._clock, random.random)
        studios.push_async_callback(reconnector.stop)
        first: asyncio.Future[LinkChange] = asyncio.get_running_loop().create_future()

        connected = True

        def hear(change: LinkChange) -> None:
            nonlocal connected
            if change.state not in (LinkState.CONNECTED, LinkState.WAITING, LinkState.REFUSED):
                return
            if not first.done():
                first.set_result(change)
            elif connected != (change.state is LinkState.CONNECTED):  # every further failed attempt is the same news
                connected = not connected
                self._write(LinkChanged(connected, str(change.why or "")), lane.studio.id)

        reconnector.listen(hear)
        reconnector.start()
        if (why := (await first).why) is not None:
            raise why

    async def _air(self) -> None:
        try:
            await asyncio.gather(*(lane.prepare() for lane in self._lanes))
            if self.plan.record:
                for loan in self._loans:
                    loan.will_record()
                await asyncio.gather(*(lane.record() for lane in self._lanes))
            anchor = self._anchor()
            self._write(
                RunStarted(
                    self._journal.freeze(PLAN.dump_json(self.plan, indent=1).decode()),
                    self.plan.title,
                    anchor.monotonic_ns,
                    anchor.wall_ns,
                )
            )
            end_ns = anchor.monotonic_ns + self.plan.sheet.duration_ms * NS_PER_MS
            await asyncio.gather(*(lane.play(anchor, end_ns) for lane in self._lanes))
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*(lane.finish() for lane in self._lanes))

    def _anchor(self) -> Anchor:
        """The start of the session on both clocks, the appointed one or the next moment."""
        now = Anchor(self._clock.monotonic_ns(), self._clock.wall_ns())
        wall = now.wall_ns + LEAD_NS if self.plan.start_wall_ns is None else self.plan.start_wall_ns
        return Anchor(now.monotonic_at(wall), wall)

    def _stamp(self) -> Stamp:
        now = (self._clock.monotonic_ns(), self._clock.wall_ns())
        return Stamp(self.plan.run, self._boot, *now, session=self.plan.session)

    def _write(self, event: Event, studio: str = "") -> None:
        self._journal.append(replace(self._stamp(), studio=studio), event)
