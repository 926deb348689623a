"""One studio's lane of a run: prepare its OBS, record, take each cue at its instant, prove it, and finish."""

import asyncio
import itertools
import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol

from studio.asrun.events import (
    ClockStepped,
    Confirmed,
    CueEnded,
    Event,
    Intended,
    LinkChanged,
    Overridden,
    RecordingStarted,
    RecordingStopped,
    Refused,
    Stamp,
    TimedOut,
)
from studio.clock import NS_PER_MS, NS_PER_S, Anchor, Clock
from studio.errors import NotReady, ObsError, StudioError
from studio.i18n import _
from studio.model.obs import Outcome, OutputState, Picture, Request
from studio.model.plan import LanePlan
from studio.model.runsheet import Cue
from studio.obs.sending import TAKE
from studio.scenes.desired import Naming, collection, overlays, programme
from studio.scenes.diff import diff
from studio.schedules.due import decide, due_ns, late_ms, superseded, verdict
from studio.store.asrun import AsRunLog

log = logging.getLogger(__name__)

STANDBY = "standby"
READ_AHEAD_NS = 150 * NS_PER_MS
"""A cue is observed, compared and written down this long before its instant, so that only the bytes are left."""
STEP_MS = 500
"""A wall clock that is off by this much since the start was stepped; NTP's slewing stays far below."""
FINISH_WITHIN_NS = 20 * NS_PER_S
FINISH_AGAIN_NS = 500 * NS_PER_MS
PREPARE_AFTER_NS = 1_500 * NS_PER_MS
"""The next cue's pictures are changed off air this long after a take, when any transition is over."""


class Device(Protocol):
    """What a lane needs of an OBS; ``studio.obs.device`` is one."""

    async def observe(self) -> Picture: ...
    async def apply(self, requests: Sequence[Request]) -> Sequence[Outcome]: ...


class Lane:
    """One studio during one run; ``stop`` set from outside ends it at once and cleanly."""

    def __init__(
        self,
        plan: LanePlan,
        cues: Sequence[Cue],
        device: Device,
        kinds: Collection[str],
        journal: AsRunLog,
        clock: Clock,
        stamp: Stamp,
    ) -> None:
        self.plan = plan
        self.cues = tuple(cues)
        self.stop = asyncio.Event()
        self._device = device
        self._journal = journal
        self._clock = clock
        self._stamp = stamp
        self._naming = Naming(plan.prefix)
        self._kinds = kinds
        self._numbers = itertools.count(1)
        self._recording = False
        self._shown: str | None = None
        self._stepped_ms = 0

    async def prepare(self) -> None:
        """Bring every scene into that OBS and show the standby slate; raises where the studio is not ready."""
        observed = await self._device.observe()
        if observed.studio_mode:
            raise NotReady(
                _("{studio}: OBS is in studio mode, which swallows scene changes.").format(
                    studio=self.plan.studio.name
                ),
                _("Switch studio mode off there and start again."),
            )
        wanted = collection(self.plan.scenes, self.plan.assets, self._naming, self._kinds)
        await self._must(diff(wanted, observed))
        if (slate := self.plan.scenes.scene(STANDBY)) is not None:
            show = Picture(programme=self._naming.scene(slate), transition="Cut")
            await self._must(diff(show, await self._device.observe()))
        if self.cues:
            await self._must(await self._off_air(self.cues[0]))

    async def record(self) -> None:
        """Start the recording; raises where it was not seen to grow."""
        self._recording = True  # from the request on: one whose proof fails may have begun all the same
        wanted = Picture(record=OutputState.ON)
        remedy = _("Check OBS's recording folder and the free space on its disk, and start again.")
        await self._must(diff(wanted, await self._device.observe()), remedy)
        self._write(RecordingStarted())

    async def play(self, anchor: Anchor, end_ns: int) -> None:
        """Take every cue at its instant and wait for ``end_ns``; every cue ends with a verdict, whatever happens."""
        for at, cue in enumerate(self.cues):
            due = due_ns(cue, anchor)
            if await self._wait(due - READ_AHEAD_NS):
                self._write(CueEnded("skipped", due, why=_("stopped by a person")), cue=cue)
                continue
            self._check_clock(anchor)
            await self._cue(cue, due, anchor)
            if at + 1 < len(self.cues):
                await self._ahead(self.cues[at + 1], due_ns(self.cues[at + 1], anchor))
        await self._wait(end_ns)

    async def finish(self) -> None:
        """Show the standby slate and stop the recording; a lost link is waited for, but not without end."""
        deadline = self._clock.monotonic_ns() + FINISH_WITHIN_NS
        while True:
            why = _("nobody knows whether the recording was stopped")
            try:
                if await self._finish():
                    return
            except ObsError as error:
                why = str(error)
            if self._clock.monotonic_ns() >= deadline:
                self._write(LinkChanged(False, why))
                return
            await self._clock.sleep_until(self._clock.monotonic_ns() + FINISH_AGAIN_NS)

    async def _finish(self) -> bool:
        """One attempt; False where an answer did not come."""
        observed = await self._device.observe()
        slate = self.plan.scenes.scene(STANDBY)
        if slate is not None:
            await self._send(diff(Picture(programme=self._naming.scene(slate), transition="Cut"), observed))
        if not self._recording or observed.record is OutputState.OFF:
            return True
        (stopped,) = await self._send([Request("StopRecord", {}, "the session is over")])
        if stopped.result == "confirmed":
            self._recording = False
            self._write(RecordingStopped(str(stopped.data.get("outputPath", ""))))
        return stopped.result != "timed_out"

    def _check_clock(self, anchor: Anchor) -> None:
        """Say so once where the wall clock was stepped; cues run on the monotonic one and do not move."""
        step_ms = anchor.step_ns(self._clock.monotonic_ns(), self._clock.wall_ns()) // NS_PER_MS
        if abs(step_ms - self._stepped_ms) >= STEP_MS:
            self._write(ClockStepped(step_ms - self._stepped_ms))
            self._stepped_ms = step_ms

    def _check_desk(self, observed: Picture) -> None:
        """Say so where somebody has changed at the desk what the last cue had shown."""
        if self._shown is not None and observed.programme not in (None, self._shown):
            self._write(Overridden("programme", self._shown, observed.programme or ""))
        self._shown = None

    async def _cue(self, cue: Cue, due: int, anchor: Anchor) -> None:
        late_by = self._clock.monotonic_ns() - due
        if superseded(self.cues, cue, anchor, self._clock.monotonic_ns()):
            self._write(CueEnded("skipped", due, why=_("a later cue was already due")), cue=cue)
            return
        if (fate := decide(cue.late, late_by)) != "fire":
            why = (
                _("{ms} ms late, more than its limit") if fate == "skip" else _("{ms} ms late, to be held for a person")
            )
            self._write(CueEnded("skipped", due, why=why.format(ms=late_by // NS_PER_MS)), cue=cue)
            return
        try:
            ended = await self._take(cue, due)
        except ObsError as error:
            ended = CueEnded("unconfirmed", due, why=str(error))
        self._write(ended, cue=cue)

    async def _take(self, cue: Cue, due: int) -> CueEnded:
        """Send the cue at ``due`` and say how it went."""
        scene = self.plan.scenes.scene(cue.scene)
        if scene is None:
            return CueEnded("refused", due, why=_("scene {scene} is not in the file").format(scene=cue.scene))
        wanted = programme(scene, cue, self._naming)
        pictures = overlays(scene, cue, self.plan.assets, self._naming, self._kinds)
        observed = await self._device.observe()
        self._check_desk(observed)
        outcomes = await self._send(diff(replace(wanted, inputs=pictures.inputs), observed), cue, due)
        ended = _judge(due, outcomes) or await self._read_back(due, wanted, outcomes)
        if ended.verdict in ("on_time", "late"):
            self._shown = wanted.programme
        return ended

    async def _read_back(self, due: int, wanted: Picture, outcomes: Sequence[Outcome]) -> CueEnded:
        """Prove a cue that changed no scene by looking: is what it wants there?"""
        asked_ns = self._clock.monotonic_ns()
        left = diff(wanted, await self._device.observe())
        if left:
            return CueEnded("unconfirmed", due, why="; ".join(request.because for request in left))
        started = max([asked_ns, *(outcome.answered_ns or 0 for outcome in outcomes)])
        sent = min((outcome.sent_ns for outcome in outcomes if outcome.sent_ns is not None), default=None)
        return CueEnded(
            verdict(started - due), due, late_ms(due, started), sent, started, why=_("seen by reading back")
        )

    async def _ahead(self, cue: Cue, due: int) -> None:
        """Change the next cue's pictures while they are off air; without time for it they go with the take."""
        now = self._clock.monotonic_ns()
        begin = min(now + PREPARE_AFTER_NS, due - 2 * READ_AHEAD_NS)
        if begin < now or await self._wait(begin):
            return
        try:
            await self._send(await self._off_air(cue), cue)
        except ObsError as error:
            log.warning("could not prepare %s: %s", cue.id, error)

    async def _off_air(self, cue: Cue) -> tuple[Request, ...]:
        scene = self.plan.scenes.scene(cue.scene)
        observed = await self._device.observe()
        if scene is None or observed.programme == self._naming.scene(scene):
            return ()
        return diff(overlays(scene, cue, self.plan.assets, self._naming, self._kinds), observed)

    async def _must(self, requests: Sequence[Request], remedy: str = "") -> None:
        for outcome in await self._send(requests):
            if outcome.result != "confirmed":
                raise NotReady(
                    _("{studio} is not ready: {request} did not succeed ({comment}).").format(
                        studio=self.plan.studio.name,
                        request=outcome.request.type,
                        comment=outcome.comment or outcome.request.because,
                    ),
                    remedy or _("Look at that OBS, put right what it names, and start again."),
                )

    async def _send(
        self, requests: Sequence[Request], cue: Cue | None = None, at_ns: int | None = None
    ) -> list[Outcome]:
        """Write down what is about to be sent, wait for ``at_ns``, send it, and write down what became of it."""
        if not requests:
            if at_ns is not None:
                await self._wait(at_ns)
            return []
        ids = [str(next(self._numbers)) for _request in requests]
        intents = (
            Intended(number, request.type, dict(request.data), request.because, at_ns)
            for number, request in zip(ids, requests, strict=True)
        )
        self._write(*intents, cue=cue)
        if at_ns is not None:
            await self._clock.sleep_until(at_ns)
        try:
            outcomes = list(await self._device.apply(requests))
        except StudioError as error:
            self._write(*(TimedOut(number, str(error)) for number in ids), cue=cue)
            raise
        self._write(*(_answer(number, outcome) for number, outcome in zip(ids, outcomes, strict=True)), cue=cue)
        return outcomes

    async def _wait(self, until_ns: int) -> bool:
        """Sleep until an instant or until somebody stops the lane; True where it was stopped."""
        if self.stop.is_set():
            return True
        sleeping = asyncio.ensure_future(self._clock.sleep_until(until_ns))
        stopping = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait({sleeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            stopping.cancel()
        return self.stop.is_set()

    def _write(self, *events: Event, cue: Cue | None = None) -> None:
        now = replace(
            self._stamp,
            monotonic_ns=self._clock.monotonic_ns(),
            wall_ns=self._clock.wall_ns(),
            studio=self.plan.studio.id,
            cue=cue.id if cue else "",
        )
        self._journal.append(now, *events)


def _judge(due: int, outcomes: Sequence[Outcome]) -> CueEnded | None:
    """The verdict that OBS's answers give; None where nothing failed and no scene change was asked for.

    The scene change decides; what else failed, a picture or a transition, is said in ``why``.
    """
    failed = [outcome for outcome in outcomes if outcome.result != "confirmed"]
    why = "; ".join(f"{one.request.type}: {one.code or ''} {one.comment}".replace("  ", " ") for one in failed)
    take = next((outcome for outcome in outcomes if outcome.request.type == TAKE), None)
    decisive = take or next(iter(failed), None)
    if decisive is None:
        return None
    if decisive.result == "refused":
        return CueEnded("refused", due, sent_ns=decisive.sent_ns, why=why)
    if decisive.result == "timed_out" or decisive.started_ns is None:
        return CueEnded("unconfirmed", due, sent_ns=decisive.sent_ns, why=why)
    started = decisive.started_ns
    late = late_ms(due, started)
    return CueEnded(verdict(started - due), due, late, decisive.sent_ns, started, decisive.changed_ns, why)


def _answer(number: str, outcome: Outcome) -> Confirmed | Refused | TimedOut:
    match outcome.result:
        case "confirmed":
            sent, answered = outcome.sent_ns or 0, outcome.answered_ns or 0
            return Confirmed(number, sent, answered, outcome.started_ns, outcome.changed_ns)
        case "refused":
            return Refused(number, outcome.code or 0, outcome.comment)
    return TimedOut(number, outcome.comment)
