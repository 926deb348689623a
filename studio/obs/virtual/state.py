"""The state of one virtual OBS: what it holds, what it shows since when, and the events its changes give rise to."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.clock import Clock
from studio.obs.virtual.collection import Collection
from studio.obs.virtual.compose import Composer
from studio.obs.virtual.journal import Journal
from studio.obs.virtual.persona import Persona
from studio.obs.virtual.picture import Input, Picture, Scene, Source, Take
from studio.obs.virtual.playback import Playhead
from studio.obs.virtual.settings import Profile, VideoSettings
from studio.obs.virtual.timeline import Timeline

log = logging.getLogger(__name__)

EventSink = Callable[[str, Mapping[str, Any]], None]


class State:
    """Everything that requests read and change. Lives on one event loop; only the timeline is read by threads."""

    def __init__(
        self, clock: Clock, persona: Persona, video: VideoSettings, record_dir: Path, journal: Journal
    ) -> None:
        self.clock = clock
        self.persona = persona
        self.journal = journal
        self.composer = Composer(persona, clock)
        self.timeline = Timeline(clock)
        self.started_ns = clock.monotonic_ns()
        self.profiles = [
            Profile("Untitled", video, str(record_dir), default_record_dir=str(record_dir)),
        ]
        self.profile = self.profiles[0]
        self.collections = [Collection("Untitled", persona)]
        self.collection = self.collections[0]
        self.persistent: dict[str, Any] = {}
        self.studio_mode = False
        self.preview: str | None = None
        self.take: Take | None = None
        self.shown: str | None = self.collection.programme
        """The scene on air; ``collection.programme`` is what OBS says it is, which studio mode can make wrong."""
        self.sinks: list[EventSink] = []
        self.frame_of: Callable[[int], int | None] = lambda monotonic_ns: None
        """Set by the outputs: the frame of the running recording that first shows an instant."""
        self.playhead = Playhead(self)
        self._tasks: set[asyncio.Task[None]] = set()
        self._active: dict[str, Source] = {}
        self._showing: dict[str, Source] = {}
        self._was: tuple[Any, ...] = ()
        self.publish()

    @property
    def video(self) -> VideoSettings:
        """The video settings in force."""
        return self.profile.video

    def emit(self, event: str, data: Mapping[str, Any] | None = None) -> None:
        """Send an event to whoever subscribed to it."""
        for sink in self.sinks:
            sink(event, data or {})

    def put(self, source: Source) -> None:
        """Put a new or changed source into the collection, and show the change."""
        if isinstance(source, Scene):
            self.collection.put(source)
        else:
            self.collection.put(source)
        self.publish()

    def publish(self) -> Picture:
        """Make the present state the picture from now on, and tell who became visible by it."""
        picture = self.publish_silently()
        self.tell_visibility()
        return picture

    def publish_silently(self) -> Picture:
        """The same, where the caller has events of its own to send before ``tell_visibility``."""
        picture = self.timeline.publish(self._picture)
        now = (picture.programme, picture.take, picture.sources, picture.width, picture.height)
        if self._was and now != self._was:
            self._witness(picture)
        self._was = now
        return picture

    def _picture(self, now_ns: int) -> Picture:
        if self.take and self.take.start_ns < 0:
            self.take = replace(self.take, start_ns=now_ns)
        audible = tuple(
            (source.name, 0.0 if source.muted else source.volume)
            for source in self.collection.inputs()
            if self.persona.input_kinds[source.kind].capture
        )
        video = self.video
        return Picture(
            now_ns,
            video.base_width,
            video.base_height,
            video.output_width,
            video.output_height,
            dict(self.collection.sources),
            self.shown,
            self.take,
            audible,
        )

    def _witness(self, picture: Picture) -> None:
        frame = self.frame_of(picture.since_ns)
        data: dict[str, Any] = {} if frame is None else {"frame": frame}
        was_shown, was_take = self._was[0], self._was[1]
        if picture.take != was_take and picture.take is not None:
            take = picture.take
            data |= {"scene": self.collection.name_of(take.target), "transition": take.name}
            data["duration_ms"] = 0 if take.kind == "cut_transition" else take.duration_ns // 1_000_000
            self.journal.write("effect", "programme", data=data, at_ns=picture.since_ns)
        elif picture.programme != was_shown:
            data["scene"] = self.collection.name_of(picture.programme)
            kind = "programme" if was_take is None else "settled"
            self.journal.write("effect", kind, data=data, at_ns=picture.since_ns)
        elif frame is not None:
            self.journal.write("effect", "picture", data=data, at_ns=picture.since_ns)

    def tell_visibility(self) -> None:
        """Send the events of sources that came into view or left it, and start and stop media accordingly."""
        self.prune(self._drawn())
        active = self.collection.shown_inputs(self.shown)
        if self.take:
            active |= self.collection.shown_inputs(self.take.target)
        active |= set(self.collection.special.values())
        showing = active | (self.collection.shown_inputs(self.preview) if self.studio_mode else set())
        were_active, were_showing = self._active, self._showing
        sources = self.collection.sources
        self._active = {uuid: sources[uuid] for uuid in active}
        self._showing = {uuid: sources[uuid] for uuid in showing}
        self._tell("InputShowStateChanged", "videoShowing", were_showing, self._showing)
        self._tell("InputActiveStateChanged", "videoActive", were_active, self._active)
        for source in list(self.collection.inputs()):
            if (source.uuid in active) != (source.uuid in were_active):
                self.playhead.visibility_changed(source, source.uuid in active)

    def _drawn(self) -> set[str]:
        scenes = [self.shown, self.take.target if self.take else None, self.preview if self.studio_mode else None]
        return set().union(*(self.collection.shown_inputs(scene) for scene in scenes))

    def prune(self, drawn: set[str]) -> None:
        """Let go of removed sources in scenes that are drawn (UUIDs), and tell of the items that go with them."""
        if not self.collection.doomed:
            return
        gone = self.collection.prune(drawn)
        for scene, item, source in gone:
            self.emit("SceneItemRemoved", {**names(scene), **names(source, "source"), "sceneItemId": item.id})
        if gone:
            self.publish_silently()

    def prune_soon(self) -> None:
        """Do that at the next frame, which is when OBS does."""

        async def at_next_frame() -> None:
            await self.clock.sleep_until(self.next_tick(self.clock.monotonic_ns()))
            self.publish()

        self.spawn(at_next_frame())

    def _tell(self, event: str, field: str, before: dict[str, Source], after: dict[str, Source]) -> None:
        for uuid in before.keys() ^ after.keys():
            source = self.collection.sources.get(uuid, before.get(uuid))
            if isinstance(source, Input):
                self.emit(event, {**names(source), field: uuid in after})

    def is_active(self, source: Source) -> bool:
        """Whether the source is part of what is on air."""
        return source.uuid in self._active

    def is_showing(self, source: Source) -> bool:
        """Whether the source is seen anywhere, the preview included."""
        return source.uuid in self._showing

    def next_tick(self, monotonic_ns: int) -> int:
        """The first frame instant after a moment, on the grid that began when this OBS started."""
        frames = self.video.frames_in(monotonic_ns - self.started_ns)
        tick = self.started_ns + self.video.tick_ns(frames)
        while tick <= monotonic_ns:
            frames += 1
            tick = self.started_ns + self.video.tick_ns(frames)
        return tick

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run ``work`` beside everything else; what goes wrong in it is logged, and it ends when this OBS does."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("virtual OBS: background work failed", exc_info=error)

    async def close(self) -> None:
        """End everything that ``spawn`` started and let go of open media."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.composer.close()


def names(source: Source, prefix: str | None = None) -> dict[str, str]:
    """A source's name and UUID as messages carry them; the UUID is dropped later where the plugin has none."""
    prefix = prefix or ("scene" if isinstance(source, Scene) else "input")
    return {f"{prefix}Name": source.name, f"{prefix}Uuid": source.uuid}


def without_uuids(data: Any) -> Any:
    """The same message without the UUIDs that plugins before 5.4 do not know."""
    if isinstance(data, Mapping):
        return {
            name: without_uuids(value) if name in _LISTS else value
            for name, value in data.items()
            if not name.endswith("Uuid")
        }
    if isinstance(data, list):
        return [without_uuids(value) for value in data]
    return data


_LISTS = frozenset({"scenes", "inputs", "sceneItems", "transitions"})
