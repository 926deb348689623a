"""One scene collection: its sources by UUID, the order of its scenes, its transitions, and how to find things in it."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from studio.obs.protocol import Status
from studio.obs.virtual.fields import Fields, refused
from studio.obs.virtual.persona import TRANSITION_KINDS, Persona
from studio.obs.virtual.picture import Filter, Input, Item, Scene, Source

S = TypeVar("S", Scene, Input)


@dataclass(frozen=True, slots=True)
class Transition:
    """A way of going from one scene to the next."""

    uuid: str
    name: str
    kind: str
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def fixed(self) -> bool:
        """Whether its duration cannot be set."""
        return TRANSITION_KINDS[self.kind][0]

    @property
    def configurable(self) -> bool:
        """Whether it takes settings."""
        return TRANSITION_KINDS[self.kind][1]


def new_uuid() -> str:
    """A fresh UUID as OBS writes one."""
    return str(uuid.uuid4())


class Collection:
    """Sources, scenes and transitions; knows nothing of time, events or pictures."""

    def __init__(self, name: str, persona: Persona) -> None:
        self.name = name
        self.sources: dict[str, Source] = {}
        self.scene_order: list[str] = []
        """Scenes from the top of OBS's list to its bottom; the protocol lists them from the bottom."""
        self.special: dict[str, str] = {}
        self.doomed: set[str] = set()
        """Removed sources that scene items still hold."""
        self.transitions = [
            Transition(new_uuid(), "Cut", "cut_transition"),
            Transition(new_uuid(), "Fade", "fade_transition"),
        ]
        self.transition = "Fade"
        self.duration_ms = 300
        self.programme: str | None = None
        self.programme = self.add_scene("Scene").uuid
        for slot, (device, kind) in persona.special_inputs.items():
            self.special[slot] = self.put(Input(new_uuid(), device, kind, {})).uuid

    def put(self, source: S) -> S:
        """Add a source, or put a changed one in its old one's place."""
        self.sources[source.uuid] = source
        return source

    def add_scene(self, name: str) -> Scene:
        """A new empty scene at the bottom of the list."""
        scene = self.put(Scene(new_uuid(), name))
        self.scene_order.append(scene.uuid)
        return scene

    def remove(self, source: Source) -> None:
        """Take a source out of every list.

        Scene items keep it alive, and its name taken, until ``prune`` finds their scene drawn, as in OBS.
        """
        self.doomed.add(source.uuid)
        if source.uuid in self.scene_order:
            self.scene_order.remove(source.uuid)
        self.special = {slot: held for slot, held in self.special.items() if held != source.uuid}
        self._bury()

    def prune(self, drawn: set[str]) -> list[tuple[Scene, Item, Source]]:
        """Drop the items of removed sources from the scenes that are drawn; gives them with their source."""
        gone: list[tuple[Scene, Item, Source]] = []
        for scene in [scene for scene in self._scenes() if scene.uuid in drawn]:
            lost = [item for item in scene.items if item.source in self.doomed]
            if lost:
                gone.extend((scene, item, self.sources[item.source]) for item in lost)
                self.put(replace(scene, items=tuple(item for item in scene.items if item not in lost)))
        self._bury()
        return gone

    def _bury(self) -> None:
        # A scene that goes lets go of its items, which may free what they held: go on until nothing changes.
        while True:
            held = {item.source for scene in self._scenes() for item in scene.items}
            free = self.doomed - held
            if not free:
                return
            self.doomed -= free
            for gone in free:
                del self.sources[gone]

    def _scenes(self) -> Iterator[Scene]:
        return (source for source in self.sources.values() if isinstance(source, Scene))

    def with_new_item(self, scene: Scene, source: Source, *, enabled: bool = True) -> tuple[Scene, Item]:
        """The scene with one more item in front, and that item; ids are never used twice in a scene."""
        item = Item(scene.next_id, source.uuid, enabled)
        return replace(scene, items=(*scene.items, item), next_id=scene.next_id + 1), item

    def all_scenes(self) -> Iterator[Scene]:
        """Scenes and groups that were not removed."""
        return (scene for scene in self._scenes() if scene.uuid not in self.doomed)

    def inputs(self) -> Iterator[Input]:
        """Inputs that were not removed."""
        found = (source for source in self.sources.values() if isinstance(source, Input))
        return (source for source in found if source.uuid not in self.doomed)

    def unused_inputs(self) -> list[Input]:
        """Inputs that no scene shows and that are no sound device of the collection's: OBS lets them go."""
        held = {item.source for scene in self._scenes() for item in scene.items} | set(self.special.values())
        return [source for source in self.inputs() if source.uuid not in held]

    def named(self, name: str) -> Source | None:
        """The source of that name."""
        return next((source for source in self.sources.values() if source.name == name), None)

    def name_of(self, source: str | None) -> str | None:
        """The name of a UUID's source; None where there is none."""
        found = self.sources.get(source) if source else None
        return found.name if found else None

    def contains(self, scene: str, wanted: str) -> bool:
        """Whether a scene shows ``wanted`` at any depth, or is it."""
        if scene == wanted:
            return True
        found = self.sources.get(scene)
        return isinstance(found, Scene) and any(self.contains(item.source, wanted) for item in found.items)

    def shown_inputs(self, scene: str | None) -> set[str]:
        """UUIDs of all sources a scene really shows: enabled, at any depth, itself included."""
        if scene is None:
            return set()
        found = self.sources.get(scene)
        shown = {scene} if found else set()
        if isinstance(found, Scene):
            for item in found.items:
                if item.enabled:
                    shown |= self.shown_inputs(item.source)
        return shown

    def transition_named(self, name: str) -> Transition:
        """The transition of that name; refused with 600 where there is none."""
        for transition in self.transitions:
            if transition.name == name:
                return transition
        raise refused(Status.RESOURCE_NOT_FOUND, "No scene transition was found by that name.")

    def current_transition(self) -> Transition:
        """The transition in use."""
        return self.transition_named(self.transition)


def find_source(collection: Collection, persona: Persona, fields: Fields, prefix: str = "source") -> Source:
    """The source that ``<prefix>Name`` or ``<prefix>Uuid`` names; refused as the plugin refuses."""
    by_name, by_uuid = f"{prefix}Name", f"{prefix}Uuid"
    if persona.has_uuids and fields.data is not None:
        if fields.has(by_uuid) and not fields.has(by_name):
            wanted = fields.text(by_uuid)
            if wanted not in collection.sources:
                raise refused(Status.RESOURCE_NOT_FOUND, f"No source was found by the UUID of `{wanted}`.")
            return collection.sources[wanted]
        if not fields.has(by_name):
            raise refused(
                Status.MISSING_REQUEST_FIELD,
                f"Your request must contain at least one of the following fields: `{by_name}` or `{by_uuid}`.",
            )
    name = fields.text(by_name)
    source = collection.named(name)
    if source is None:
        raise refused(Status.RESOURCE_NOT_FOUND, f"No source was found by the name of `{name}`.")
    return source


def as_scene(source: Source, *, scenes: bool = True, groups: bool = False) -> Scene:
    """The source as a scene or group; refused with 602 where it is not one of those wanted."""
    if not isinstance(source, Scene):
        raise refused(Status.INVALID_RESOURCE_TYPE, "The specified source is not a scene.")
    if source.is_group and not groups:
        raise refused(Status.INVALID_RESOURCE_TYPE, "The specified source is not a scene. (Is group)")
    if not source.is_group and not scenes:
        raise refused(Status.INVALID_RESOURCE_TYPE, "The specified source is not a group. (Is scene)")
    return source


def as_input(source: Source) -> Input:
    """The source as an input; refused with 602 where it is none."""
    if not isinstance(source, Input):
        raise refused(Status.INVALID_RESOURCE_TYPE, "The specified source is not an input.")
    return source


def find_item(scene: Scene, fields: Fields) -> Item:
    """The scene item that ``sceneItemId`` names; refused with 600 where there is none."""
    wanted = fields.whole("sceneItemId", 0)
    for item in scene.items:
        if item.id == wanted:
            return item
    raise refused(
        Status.RESOURCE_NOT_FOUND, f"No scene items were found in scene `{scene.name}` with the ID `{wanted}`."
    )


def with_item(scene: Scene, changed: Item) -> Scene:
    """The scene with one item replaced by its changed self."""
    return replace(scene, items=tuple(changed if item.id == changed.id else item for item in scene.items))


def find_filter(source: Source, fields: Fields) -> Filter:
    """The filter that ``filterName`` names; refused with 600 where there is none."""
    name = fields.text("filterName")
    for found in source.filters:
        if found.name == name:
            return found
    raise refused(
        Status.RESOURCE_NOT_FOUND, f"No filter was found in the source `{source.name}` with the name `{name}`."
    )
