"""One studio's lane of a session: each row called at its instant, sent, and proved."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Coroutine, Iterator, Sequence
from dataclasses import replace
from typing import Any

from studio.air.connection import Connection
from studio.air.hands import Hands, Scribe
from studio.air.showing import Session, Showing
from studio.air.verdicts import EDGE, TAKE, judge, read_back
from studio.asrun.events import Commanded, CueCalled, CueEnded, RecordingGap, RecordingStarted, RecordingStopped
from studio.clock import NS_PER_MS, Clock
from studio.errors import ObsError, ObsRequestFailed, StoreFailed, StudioError
from studio.i18n import _
from studio.model.obs import Outcome, Picture, Request
from studio.model.runsheet import Cue
from studio.scenes.diff import diff
from studio.schedules.rundown import Due, decide, due, superseded

log = logging.getLogger(__name__)

READ_AHEAD_NS = 150 * NS_PER_MS
"""A row is observed, compared and written down this long before its instant, so that only the bytes are left."""
BLIND_NS = 25 * NS_PER_MS
"""An observation that is not there so long before the instant is not waited for: the take alone goes out."""
AHEAD_AFTER_NS = 1_500 * NS_PER_MS
"""The next row's pictures are changed off air this long after a take, when any transition is over."""
RESTART = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_RESTART"


class Lane(Showing):
    """One studio during one run, as it goes on. ``changed`` is set whenever something changes what it should do."""

    def __init__(self, session: Session, connection: Connection, scribe: Scribe, hands: Hands, clock: Clock) -> None:
        super().__init__(session, connection, scribe, hands, clock)
        self.changed = asyncio.Event()
        self.finished = False
        """True once it has ended and its studio was left tidy."""
        self.concluding: set[tuple[str, int]] = set()
        """Calls, as (cue, take), that were sent and whose proof is being waited for."""
        self.being_called = ""
        """The row that is being prepared for its call, which is not in the log yet; no edit may take it away."""
        self._recording = asyncio.Lock()
        """A recording that two have seen to grow is said once."""
        self._tasks: set[asyncio.Task[Any]] = set()

    # the session's course

    async def play(self) -> None:
        """Call every row at its instant until the lane is over; what was called has its verdict then, or soon will."""
        while not self.rundown.over:
            self.changed.clear()
            call = due(self.session.standing.lanes, self.id)
            if call is None:
                await self._nothing_due()
                continue
            at_ns = self.session.standing.monotonic_ns(call.at_ns)
            if await self.until(at_ns - READ_AHEAD_NS):
                continue
            async with self.connection.desk:
                if due(self.session.standing.lanes, self.id) == call:
                    with self.calling(call.row):
                        await self._fall_due(call, at_ns)

    @contextlib.contextmanager
    def calling(self, row: Cue) -> Iterator[None]:
        """For a ``with`` block under the desk's lock, the row is being called."""
        self.being_called = row.id
        try:
            yield
        finally:
            self.being_called = ""

    async def _nothing_due(self) -> None:
        """Wait for a change; a lane that ends by itself does so when its time has come."""
        end_ns = self.rundown.closing_ns
        if end_ns is None:
            await self.changed.wait()
        elif not await self.until(self.session.standing.monotonic_ns(end_ns)):
            async with self.connection.desk:  # a row may have been called at that moment
                if self.rundown.closing_ns == end_ns and due(self.session.standing.lanes, self.id) is None:
                    await self.scribe.write(Commanded("end", "rule"))

    async def _fall_due(self, call: Due, at_ns: int) -> None:
        """Call a row that is due by itself, late or not, by its policy; under the desk's lock."""
        row, now_ns = call.row, self.clock.monotonic_ns()
        passed = [CueEnded("skipped", at_ns, why=_("passed over for a hard-timed row"), take=0)] * len(call.over)
        for cue_id, ended in zip(call.over, passed, strict=True):
            await self.scribe.write(ended, cue=cue_id)
        late = now_ns - at_ns
        if superseded(self.session.standing.lanes, self.id, call, self.session.standing.session_ns(now_ns)):
            await self._skip(row, at_ns, _("a later row was already due"))
        elif (fate := decide(row.late, late)) == "hold" or (row.late.policy == "hold" and not self.reachable):
            await self.scribe.write(Commanded("hold", "late"))
        elif fate == "skip":
            await self._skip(row, at_ns, _("{ms} ms late, more than its limit").format(ms=late // NS_PER_MS))
        else:
            await self.call(row, at_ns, "rule")

    async def _skip(self, row: Cue, at_ns: int, why: str) -> None:
        take = self.logged.takes.get(row.id, 0) + 1
        await self.scribe.write(CueCalled(at_ns, take), CueEnded("skipped", at_ns, why=why, take=take), cue=row.id)

    async def call(
        self, row: Cue, call_ns: int, by: str, *, edges: bool = True, again: bool = False, doubt: str = ""
    ) -> None:
        """Put ``row`` on air for ``call_ns``; returns once it is sent, the verdict follows. Under the desk's lock.

        With OBS out of reach the call stands, and is made good by the recovery. ``again`` makes good such a call;
        ``doubt`` says why it can be no more than unconfirmed.
        """
        take = self.logged.takes.get(row.id, 0) + (not again)
        called = () if again else (CueCalled(call_ns, take, by),)
        if not self.reachable:
            await self.scribe.write(*called, cue=row.id)
            return
        try:
            wanted = await self.picture(row)
            if again:  # the recording is the recovery's own concern, and no part of the proof
                wanted = replace(wanted, record=None)
            if wanted.programme is None:
                why = _("scene {scene} is not in the file").format(scene=row.scene)
                await self.scribe.write(*called, CueEnded("refused", call_ns, why=why, take=take), cue=row.id)
                return
            requests, blind = await self._requests(row, wanted, call_ns, edges)
        except ObsError as error:
            log.warning("%s: %s could not be prepared: %s", self.id, row.id, error)
            await self.scribe.write(*called, cue=row.id)
            return
        self.concluding.add((row.id, take))
        change = self.changing()
        try:
            proof = await self.hands.begin(requests, row.id, first=called, at_ns=call_ns)
        except BaseException:  # it could not be written down, and was not sent
            self.concluding.discard((row.id, take))
            raise
        self.spawn(self._conclude(row, call_ns, take, wanted, proof, doubt, blind, change))

    async def _requests(self, row: Cue, wanted: Picture, call_ns: int, edges: bool) -> tuple[list[Request], bool]:
        """What makes ``wanted`` so, the clips of the row behind the take; True where OBS did not say what is on."""
        blind = False
        patience_ns = max(call_ns - BLIND_NS - self.clock.monotonic_ns(), READ_AHEAD_NS)
        try:
            async with asyncio.timeout(patience_ns / 1e9):
                requests = list(diff(wanted, await self.observe(wanted)))
        except (TimeoutError, ObsRequestFailed):
            log.warning("%s: OBS did not say in time what is on; %s goes out unseen", self.id, row.id)
            blind = True
            least = Picture(wanted.programme, wanted.transition, wanted.transition_ms, studio_mode=False)
            requests = list(diff(least, Picture(studio_mode=True)))
        return requests + (self._clips(row) if edges else []), blind

    def _clips(self, row: Cue) -> list[Request]:
        """What sends the clips of a row on their way."""
        scene, because = self.scene_of(row), _("{row} plays {clip}")
        if scene is None:
            return []
        names = [self.naming.source(scene, source) for source in scene.sources if source.name in row.play]
        return [
            Request(EDGE, {"inputName": name, "mediaAction": RESTART}, because.format(row=row.id, clip=name))
            for name in names
        ]

    async def foreseen(self, row: Cue | None) -> list[Request]:
        """What putting a row on air would send as OBS stands, its clips included; None is the standby slate."""
        wanted = await self.picture(row)
        return [*diff(wanted, await self.observe(wanted)), *(self._clips(row) if row is not None else ())]

    async def _conclude(
        self,
        row: Cue,
        call_ns: int,
        take: int,
        wanted: Picture,
        proof: Awaitable[Sequence[Outcome]],
        doubt: str,
        blind: bool,
        change: int,
    ) -> None:
        """Say how a call went; a take that OBS swallowed is sent once more, what a blind one left out is sent now."""
        try:
            ended = await self._ended(row, call_ns, take, wanted, proof, blind)
            if ended.verdict in ("on_time", "late"):
                self.seen(change, replace(wanted, record=self.outputs().record))
            if doubt and ended.verdict in ("on_time", "late"):
                ended = replace(ended, verdict="unconfirmed", why=doubt)
            await self.scribe.persist(ended, cue=row.id)
        finally:  # not sooner: until its verdict is on disk, nobody else may give it one
            self.concluding.discard((row.id, take))
        await self.tell(row, ended)
        await self.ahead()

    async def _ended(
        self, row: Cue, call_ns: int, take: int, wanted: Picture, proof: Awaitable[Sequence[Outcome]], blind: bool
    ) -> CueEnded:
        try:
            outcomes = [*await proof, *(await self._left_out(row, wanted) if blind else ())]
            await self._recording_begun(outcomes)
            return await self._proved(row, call_ns, take, wanted, outcomes)
        except StudioError as error:
            return CueEnded("unconfirmed", call_ns, why=str(error), take=take)

    async def _left_out(self, row: Cue, wanted: Picture) -> Sequence[Outcome]:
        """Send what a take that went out unseen did not bring along; nothing where another call came meanwhile."""
        with contextlib.suppress(ObsError):
            async with self.connection.desk:
                if self.reachable and self.rundown.position == row.id and self.logged.standby_ns is None:
                    wanted = replace(wanted, programme=None, record=None)
                    return await self.hands.send(diff(wanted, await self.observe(wanted)), row.id)
        return ()

    async def tell(self, row: Cue, ended: CueEnded) -> None:
        """Raise the alarm where a row was not seen on air, and clear it with the next that was."""
        if ended.verdict in ("unconfirmed", "refused"):
            what = _("{studio}: “{title}” was not seen to go on air ({why}).")
            remedy = _("Look at the picture; studio jump {cue} --studio {studio} sends it again.")
            await self.session.raised(
                self.id,
                "cue_failed",
                what.format(studio=self.name, title=row.title, why=ended.why or ended.verdict),
                remedy.format(cue=row.id, studio=self.id),
            )
        else:
            await self.session.cleared(self.id, "cue_failed")
            await self.session.cleared(self.id, "not_shown")

    async def _proved(
        self, row: Cue, call_ns: int, take: int, wanted: Picture, outcomes: Sequence[Outcome]
    ) -> CueEnded:
        ended = judge(call_ns, outcomes, take)
        if ended is None:
            asked_ns = self.clock.monotonic_ns()
            return read_back(call_ns, asked_ns, outcomes, diff(wanted, await self.observe(wanted)), take)
        swallowed = ended.verdict == "unconfirmed" and any(one.request.type == TAKE for one in outcomes)
        if not swallowed or not self.connection.connected:
            return ended
        async with self.connection.desk:
            if self.rundown.position != row.id or self.logged.standby_ns is not None:
                return ended
            left = [one for one in diff(wanted, await self.observe(wanted)) if not one.type.startswith("Start")]
            if not any(request.type == TAKE for request in left):
                return ended
            second = judge(call_ns, await self.hands.send(left, row.id), take)
        if second is None or second.verdict not in ("on_time", "late"):
            return ended
        return replace(second, why=_("OBS answered and did nothing; sent a second time"))

    async def ahead(self) -> None:
        """Change the next row's pictures while they are off air; without time for it they go with the take."""
        position = self.rundown.position
        await self.clock.sleep_until(self.clock.monotonic_ns() + AHEAD_AFTER_NS)
        row = self.rundown.next_row
        if row is None or self.rundown.position != position or not self.reachable:
            return
        call = due(self.session.standing.lanes, self.id)
        soon_ns = self.clock.monotonic_ns() + 3 * READ_AHEAD_NS
        if call is not None and self.session.standing.monotonic_ns(call.at_ns) < soon_ns:
            return
        try:
            async with self.connection.desk:
                if self.rundown.next_row != row:
                    return
                proof = await self.hands.begin(await self.off_air(row), row.id)
            await proof
        except ObsError as error:
            log.warning("%s: could not prepare %s: %s", self.id, row.id, error)

    async def recording_stopped(self, path: str, since_ns: int | None = None) -> None:
        """The recording was seen to have stopped, by us or by somebody else; said once, with the path it began with."""
        if self.logged.recording:
            await self.scribe.persist(RecordingStopped(path or self.logged.recording_path, since_ns))

    async def recording_seen(self, grown_ns: int, *, adopted: bool = False) -> None:
        """The recording was seen to grow, or found running; with its file, which an OBS that dies cannot tell.

        Where one had stopped before it, what is missing in between is said too.
        """
        path = ""
        with contextlib.suppress(ObsError):
            path = await self.connection.device.recording_path()
        async with self._recording:
            logged = self.logged
            gap = () if logged.unrecorded_ns is None else (RecordingGap(logged.unrecorded_ns, grown_ns),)
            if not logged.recording:
                await self.scribe.persist(RecordingStarted(logged.parts + 1, adopted, path), *gap)
        await self.session.cleared(self.id, "recording_lost")

    async def _recording_begun(self, outcomes: Sequence[Outcome]) -> None:
        """A recording that somebody had stopped goes on with the cue, as another part."""
        started = next((one for one in outcomes if one.request.type == "StartRecord"), None)
        if started is not None and started.result == "confirmed":
            await self.recording_seen(started.changed_ns or self.clock.monotonic_ns())

    async def until(self, at_ns: int) -> bool:
        """Sleep until an instant or until something changes; True where it did."""
        if self.changed.is_set():
            return True
        sleeping = asyncio.ensure_future(self.clock.sleep_until(at_ns))
        changing = asyncio.ensure_future(self.changed.wait())
        try:
            done, _waiting = await asyncio.wait({sleeping, changing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            changing.cancel()
        return changing in done

    def spawn(self, doing: Coroutine[Any, Any, None]) -> None:
        """Let something go on beside the lane; ``still`` waits for it, ``stop`` ends it."""
        task = asyncio.create_task(self._minded(doing))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _minded(self, doing: Coroutine[Any, Any, None]) -> None:
        try:
            await doing
        except StoreFailed as error:
            log.error("%s: %s", self.id, error)
        except Exception:  # one task's mistake must not cost the lane its others, nor be lost unseen
            log.exception("%s: a task of the lane failed", self.id)

    async def still(self) -> None:
        """Return once every call has its verdict."""
        while self.concluding and self._tasks:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    async def stop(self) -> None:
        """End what goes on beside the lane."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
