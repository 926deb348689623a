"""What should be on in one studio of a session, and the hands that put it there."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from studio.air.connection import Connection
from studio.air.hands import Hands, Scribe
from studio.air.standing import Standing
from studio.asrun.events import Commanded
from studio.asrun.progress import Lane as Logged
from studio.clock import NS_PER_MS, Clock
from studio.errors import NotReady
from studio.i18n import _
from studio.model.obs import Outcome, OutputState, Picture, Request
from studio.model.plan import LanePlan
from studio.model.runsheet import Cue
from studio.model.scene import Scene
from studio.scenes.countdown import To, countdown_inputs
from studio.scenes.desired import Naming, levels, programme
from studio.scenes.diff import diff
from studio.schedules.rundown import Rundown

STANDBY = "standby"


class Session(Protocol):
    """What a lane needs of the run it belongs to."""

    @property
    def standing(self) -> Standing:
        """The present standing, kept up with the log."""

    @property
    def recorded(self) -> bool:
        """Whether the studios are to be recorded."""

    def lane_plan(self, studio: str) -> LanePlan:
        """The studio's plan, with the pictures of the sheet as edited."""

    async def raised(self, studio: str, kind: str, what: str, remedy: str) -> None:
        """Write down that a trouble began in the studio, unless it is known."""

    async def cleared(self, studio: str, kind: str) -> None:
        """Write down that a known trouble is over."""


class Showing:
    """One studio during one run: what the log, the sheet and the clock say should be on there now."""

    def __init__(self, session: Session, connection: Connection, scribe: Scribe, hands: Hands, clock: Clock) -> None:
        self.id = connection.studio.id
        self.name = connection.studio.name
        self.session = session
        self.connection = connection
        self.scribe = scribe
        self.hands = hands
        self.clock = clock
        self.wanted: Picture | None = None
        """What was last put on air here and seen to be on; a difference from it is somebody else's doing."""
        self._change = 0
        self.recovered = asyncio.Event()
        """Set once the lane knows how its OBS stands: after the start gate, or after a look where it was not there."""

    @property
    def rundown(self) -> Rundown:
        """Where the lane stands in its sheet."""
        return self.session.standing.lanes[self.id]

    @property
    def logged(self) -> Logged:
        """What the log says of the lane."""
        return self.session.standing.lane(self.id)

    @property
    def reachable(self) -> bool:
        """Whether its OBS is there and was looked at since it came: before, nothing may be sent by a call."""
        return self.connection.connected and self.recovered.is_set()

    @property
    def plan(self) -> LanePlan:
        """The plan, with the pictures of the sheet as edited."""
        return self.session.lane_plan(self.id)

    @property
    def naming(self) -> Naming:
        """How scenes and sources are called in this OBS."""
        return Naming(self.plan.prefix)

    def scene_of(self, row: Cue | None) -> Scene | None:
        """The scene that should be on: the row's, or the standby slate without a row."""
        return self.plan.scenes.scene(row.scene if row is not None else STANDBY)

    @property
    def on_air(self) -> Cue | None:
        """The row whose picture should be on; None for the standby slate, which also ends a session."""
        slate = self.logged.standby_ns is not None or self.logged.over
        return None if slate else self.session.standing.row_on_air(self.id)

    def changing(self) -> int:
        """Something else is about to be put on: what was seen before is not wanted any more. Returns its number."""
        self.wanted = None
        self._change += 1
        return self._change

    def seen(self, change: int, wanted: Picture) -> None:
        """A change was seen to be on; nothing where another one has begun meanwhile."""
        if change == self._change:
            self.wanted = wanted

    async def picture(self, row: Cue | None) -> Picture:
        """All that should be so while ``row`` (None: the standby slate) is on: scene, items, pictures, outputs."""
        scene = self.scene_of(row)
        outputs = self.outputs()
        if scene is None:
            return outputs
        kinds = await self.connection.kinds()
        to: To = "standby" if row is None else "offer"
        counted = countdown_inputs(scene, self.naming, kinds, self.left_ms(row), to=to)
        if row is None:
            cut = await self.connection.transition("Cut")
            return replace(outputs, programme=self.naming.scene(scene), transition=cut, inputs=counted)
        taken = programme(scene, row, self.naming)
        shown = levels(scene, row, self.plan.assets, self.naming, kinds, cameras=self.plan.cameras)
        return replace(
            outputs,
            programme=taken.programme,
            transition=await self.connection.transition(row.transition.name),
            transition_ms=taken.transition_ms,
            scenes=shown.scenes,
            inputs={**shown.inputs, **counted},
        )

    def left_ms(self, row: Cue | None) -> int | None:
        """What a countdown shows: to the end of the row's offer, or of the time the standby slate may last."""
        now_ns, standing = self.clock.monotonic_ns(), self.session.standing
        if row is None:
            since_ns = self.logged.standby_ns
            return None if since_ns is None else standing.plan.limits.standby_ms - (now_ns - since_ns) // NS_PER_MS
        if row.offer_ms is None or self.id not in standing.lanes or self.rundown.position != row.id:
            return row.offer_ms
        return max(0, row.offer_ms - (now_ns - standing.monotonic_ns(self.rundown.calls[row.id])) // NS_PER_MS)

    def outputs(self) -> Picture:
        """The outputs that should be on, and studio mode off; an output that was never started is left alone."""
        output = self.plan.studio.output
        return Picture(
            record=OutputState.ON if self.session.recorded and self.logged.parts else None,
            stream=OutputState.ON if output == "stream" and "stream" in self.logged.outputs else None,
            camera=OutputState.ON if output == "virtual_camera" and output in self.logged.outputs else None,
            studio_mode=False,
        )

    async def observe(self, wanted: Picture) -> Picture:
        """What is there of what ``wanted`` mentions."""
        return await self.connection.device.observe(scenes=tuple(wanted.scenes), inputs=tuple(wanted.inputs))

    async def off_air(self, row: Cue) -> tuple[Request, ...]:
        """What brings the pictures of a row into its scene; nothing while that scene is on."""
        wanted = replace(await self.picture(row), programme=None, transition=None, transition_ms=None)
        scene = self.scene_of(row)
        observed = await self.observe(wanted)
        if scene is None or observed.programme == self.naming.scene(scene):
            return ()
        return diff(Picture(scenes=wanted.scenes, inputs=wanted.inputs), observed)

    async def show(self, because: str, *said: Commanded) -> None:
        """Put on what should be on now, outside of any call: the standby slate, or the row on air after it.

        What that is, is asked once the desk is free, since a row may have been called meanwhile; ``said`` is written
        down then too, so that of two orders the later one holds.
        """
        async with self.connection.desk:
            await self.scribe.write(*said)
            if self.logged.over:
                return
            row, position = self.on_air, self.rundown.position
            if row is not None and any(cue == position for cue, _take in self.logged.open):
                row = self.rundown.row(position)  # sent, and proved in a moment
            change = self.changing()
            wanted = await self.picture(row)
            requests = [
                replace(request, because=f"{because}: {request.because}")
                for request in diff(wanted, await self.observe(wanted))
            ]
            proof = await self.hands.begin(requests)
        self._insist(await proof)  # which takes a while where an output is started too
        self.seen(change, wanted)

    async def must(self, requests: Sequence[Request], remedy: str = "") -> None:
        """Send and insist; raises NotReady where one of them did not succeed. Under the desk's lock."""
        self._insist(await self.hands.send(requests), remedy)

    async def start(self, request: Request, remedy: str) -> None:
        """Start an output, and leave the desk to others while OBS makes it so; raises NotReady where it did not."""
        async with self.connection.desk:
            proof = await self.hands.begin([request])
        self._insist(await proof, remedy)

    def _insist(self, outcomes: Sequence[Outcome], remedy: str = "") -> None:
        for outcome in outcomes:
            if outcome.result != "confirmed":
                raise NotReady(
                    _("{studio} is not ready: {request} did not succeed ({comment}).").format(
                        studio=self.name,
                        request=outcome.request.type,
                        comment=outcome.comment or outcome.request.because,
                    ),
                    remedy or _("Look at that OBS, put right what it names, and start again."),
                )
