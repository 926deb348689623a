"""Watches one studio: connects to its OBS, looks and listens twice a second, and hands on what changes."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable
from dataclasses import replace

from studio.air.watch import facts
from studio.air.watch.judge import Judge
from studio.air.watch.office import Room
from studio.air.watch.picture import QUALITY, WIDTH, Eye
from studio.air.watch.sample import Change, Facts, Look, Sample
from studio.air.watch.sound import Ear
from studio.clock import NS_PER_MS, Clock
from studio.errors import ObsError
from studio.model.obs import Request
from studio.model.studio import Limits
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.obs.protocol import Subscription
from studio.obs.reconnect import BackOff, LinkChange, LinkState, Reconnector

log = logging.getLogger(__name__)

EVERY_MS = 500
FACTS_EVERY = 2
"""Every second sample brings the facts too."""
_DEADLINE_MS = 3_000
_CONNECT_MS = 2_000
_BACK_OFF = BackOff(first_ms=250, longest_ms=2_000, refused_ms=10_000)
_PROGRAMME = Request("GetCurrentProgramScene")
_SHOT = "GetSourceScreenshot"


class Post:
    """The watch over one studio. Its OBS is only ever asked: nothing is set, started or stopped there."""

    def __init__(
        self,
        room: Room,
        limits: Limits,
        password: Callable[[], str],
        clock: Clock,
        tell: Callable[[Room, Change], None],
    ) -> None:
        """``tell`` is called with every change of an alarm; ``password`` is asked before each attempt to connect."""
        self.room, self.limits = room, limits
        self._password, self._clock, self._tell = password, clock, tell
        self._judge, self._eye, self._ear = Judge(room.alarms), Eye(), Ear()
        self._scene: str | None = None
        self._turn = 0
        address = Address(room.host, room.port, password())
        self._link = ObsLink(address, clock, subscriptions=Subscription.INPUT_VOLUME_METERS)
        self._link.listen(self._ear.hear)
        self._reconnector = Reconnector(self._link, clock, random.random, _BACK_OFF, connect_ms=_CONNECT_MS)
        self._reconnector.listen(self._changed)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; returns at once."""
        self._reconnector.start()
        self._task = asyncio.create_task(self._keep(), name=f"watch {self.room.id}")

    async def stop(self) -> None:
        """Stop, and close the link; alarms stand as they are."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._reconnector.stop()

    def end(self) -> None:
        """The session is over: so are its alarms."""
        self._hand_on(self._judge.end(self._clock.monotonic_ns()))

    async def watch(self) -> None:
        """Take one sample and judge it."""
        sample = await self._sample()
        self._hand_on(self._judge.judge(sample, self.limits))

    def _hand_on(self, changes: tuple[Change, ...]) -> None:
        for change in changes:
            self._tell(self.room, change)

    def _changed(self, change: LinkChange) -> None:
        if change.state is LinkState.CONNECTING:
            self._link.address = replace(self._link.address, password=self._password())

    async def _keep(self) -> None:
        due_ns = self._clock.monotonic_ns()
        while True:
            await self.watch()
            due_ns = max(due_ns + EVERY_MS * NS_PER_MS, self._clock.monotonic_ns())
            await self._clock.sleep_until(due_ns)

    async def _sample(self) -> Sample:
        heard = self._ear.take(self.limits.clip_db)
        look, told = None, None
        if self._link.connected:
            try:
                look, told = await self._asked()
            except ObsError as error:
                log.warning("%s: %s", self.room.id, error)
                self._link.drop(error)  # one that hangs is let go, so that the link is made anew
            except Exception:  # an answer of any unexpected shape must not end the watch
                log.exception("%s: an answer of OBS cannot be read", self.room.id)
        now_ns = self._clock.monotonic_ns()
        return Sample(now_ns, self.room.expected, self._scene, look, heard, told)

    async def _asked(self) -> tuple[Look | None, Facts | None]:
        """One batch: a picture of the scene that was on air, whether it still is, and every other time the facts."""
        scene, self._turn = self._scene, self._turn + 1
        requests = [_PROGRAMME] if scene is None else [_shot(scene), _PROGRAMME]
        with_facts = self._turn % FACTS_EVERY == 0
        requests += facts.QUESTIONS if with_facts else ()
        answers = {one.type: one for one in await self._link.batch(requests, deadline_ms=_DEADLINE_MS)}
        self._scene = answers[_PROGRAMME.type].data.get("currentProgramSceneName", scene)
        look = None
        if scene is not None and scene == self._scene and answers[_SHOT].ok:
            look = self._eye.look(scene, answers[_SHOT].data["imageData"])
        return look, facts.read(answers) if with_facts else None


def _shot(scene: str) -> Request:
    size = {"imageWidth": WIDTH, "imageFormat": "jpg", "imageCompressionQuality": QUALITY}
    return Request(_SHOT, {"sourceName": scene, **size})
