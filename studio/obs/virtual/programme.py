"""Taking scenes: transitions and their events, studio mode with its traps, and what happens when a scene goes."""

from dataclasses import replace

from studio.clock import NS_PER_MS
from studio.obs.virtual.picture import Scene, Take
from studio.obs.virtual.state import State, names

STAMP_LATER = -1


class Programme:
    """Moves what is on air. Behaves as OBS does, down to studio mode ignoring a take during a transition."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._swap: str | None = None

    @property
    def position(self) -> float:
        """How far the transition has come; 1 where none is under way."""
        take = self._state.take
        return take.progress(self._state.clock.monotonic_ns()) if take else 1.0

    def set_scene(self, scene: Scene) -> None:
        """Put a scene on air with the transition in use, or with the scene's own.

        Success means "started". The scene that is already on: nothing happens. In studio mode, during a transition:
        nothing happens either, but OBS then says that scene is the programme.
        """
        state = self._state
        if state.studio_mode:
            previous = state.collection.programme
            state.collection.programme = scene.uuid
            if previous != scene.uuid:
                self._swap = previous if previous != state.preview else None
            if state.take:
                return
        state.collection.programme = scene.uuid
        self._start(scene)

    def _start(self, scene: Scene) -> None:
        state = self._state
        if state.take is None and state.shown == scene.uuid:
            return
        if state.take and state.take.target == scene.uuid:
            return
        transition = state.collection.current_transition()
        if scene.override_transition is not None:
            transition = state.collection.transition_named(scene.override_transition)
        duration_ms = scene.override_ms if scene.override_ms is not None else state.collection.duration_ms
        going_back = state.take is not None and scene.uuid == state.shown
        state.take = Take(
            state.shown,
            scene.uuid,
            transition.kind,
            transition.name,
            state.take.start_ns if state.take and going_back else STAMP_LATER,
            0 if transition.fixed else duration_ms * NS_PER_MS,
        )
        picture = state.publish_silently()
        state.emit("SceneTransitionStarted", {"transitionName": transition.name, "transitionUuid": transition.uuid})
        state.tell_visibility()
        if picture.take:
            state.spawn(self._await_end(picture.take))

    async def _await_end(self, take: Take) -> None:
        # OBS notices the end of a transition at the next frame it draws.
        due_ns = take.start_ns + (0 if take.kind == "cut_transition" else take.duration_ns)
        await self._state.clock.sleep_until(self._state.next_tick(due_ns))
        if self._state.take == take:
            self._end(take)

    def _end(self, take: Take) -> None:
        state = self._state
        state.take, state.shown = None, take.target
        state.publish_silently()
        transition = next((known for known in state.collection.transitions if known.name == take.name), None)
        named = {"transitionName": take.name, "transitionUuid": transition.uuid if transition else ""}
        state.emit("SceneTransitionVideoEnded", named)
        if self._swap is not None and state.studio_mode:
            swapped, self._swap = state.collection.sources.get(self._swap), None
            if isinstance(swapped, Scene) and state.preview != swapped.uuid:
                state.preview = swapped.uuid
                state.emit("CurrentPreviewSceneChanged", names(swapped))
                state.publish()
        self._tell_programme()
        state.emit("SceneTransitionEnded", named)
        state.tell_visibility()

    def _tell_programme(self, uuid: str | None = None) -> None:
        scene = self._state.collection.sources.get(uuid or self._state.collection.programme or "")
        if isinstance(scene, Scene):
            self._state.emit("CurrentProgramSceneChanged", names(scene))

    def show_at_once(self, uuid: str | None) -> None:
        """Put a scene on air without a transition: at a change of collection, and when studio mode ends."""
        state = self._state
        state.take, state.shown, state.collection.programme = None, uuid, uuid
        state.publish()

    def set_studio_mode(self, enabled: bool) -> None:
        """Switch studio mode; leaving it forces the programme OBS believes in onto the air."""
        state = self._state
        if enabled == state.studio_mode:
            return
        state.studio_mode = enabled
        if enabled:
            state.preview = state.collection.programme
            state.publish()
        else:
            preview, state.preview, self._swap = state.preview, None, None
            if preview != state.collection.programme:
                self._tell_programme(preview)
                self.show_at_once(state.collection.programme)
                self._tell_programme()
            else:
                self.show_at_once(state.collection.programme)
        state.emit("StudioModeStateChanged", {"studioModeEnabled": enabled})

    def set_preview(self, scene: Scene) -> None:
        """Choose the preview of studio mode."""
        if self._state.preview != scene.uuid:
            self._state.preview = scene.uuid
            self._state.publish()
            self._state.emit("CurrentPreviewSceneChanged", names(scene))

    def trigger(self) -> None:
        """Take the preview to the programme."""
        scene = self._state.collection.sources.get(self._state.preview or "")
        if isinstance(scene, Scene):
            self.set_scene(scene)

    def hold_at(self, position: float, release: bool) -> None:
        """Move the T-bar: 0 is the old programme, 1 completes the take."""
        state = self._state
        take = state.take
        if take is None and position > 0:
            self.trigger()
            take = state.take
        if take is None:
            return
        if position >= 1 and release:
            self._end(take)
        elif position <= 0 and release:
            state.collection.programme = take.source
            state.take = None
            state.publish()
        else:
            state.take = replace(take, manual=position)
            state.publish()

    def scene_removed(self, scene: Scene, successor: Scene | None) -> None:
        """Go on with ``successor`` where the scene that was removed was on air or in preview."""
        state = self._state
        if state.preview == scene.uuid:
            state.preview = successor.uuid if successor else None
            if successor:
                state.emit("CurrentPreviewSceneChanged", names(successor))
        if scene.uuid not in (state.shown, state.take.target if state.take else None):
            return
        if successor is None:
            self.show_at_once(None)
        else:
            state.collection.programme = successor.uuid
            if state.take and state.take.target == scene.uuid:
                state.take = None
            self._start(successor)
