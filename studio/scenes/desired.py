"""What an OBS should show: scene specs and the cue on air, turned into a wanted picture."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from studio.model.obs import InputState, Item, OutputState, Picture
from studio.model.plan import Assets
from studio.model.runsheet import Cue
from studio.model.scene import Fit, Scene, SceneFile, Source
from studio.scenes.inputs import browser, capture, drawn, found_kind, is_feed, plain, text, wanted_kinds


@dataclass(frozen=True, slots=True)
class Naming:
    """How our scenes and sources are called in that OBS; ``prefix`` tells them from the user's own."""

    prefix: str = ""

    def scene(self, scene: Scene) -> str:
        """The scene's name in OBS."""
        return f"{self.prefix}{scene.title}"

    def source(self, scene: Scene, source: Source) -> str:
        """The source's name in OBS, where input names are unique over all scenes; of a camera its stand-in's."""
        if source.obs and source.kind != "camera":
            return f"{self.prefix}{source.obs}"
        return f"{self.prefix}{scene.title} · {source.name}"

    def camera(self, scene: Scene, source: Source) -> str:
        """The name of the camera itself: one for all scenes that show a device, since it can be opened only once."""
        if source.obs:
            return f"{self.prefix}{source.obs}"
        device = str(source.settings["device"])
        return f"{self.source(scene, source)} · live" if is_feed(device) else f"{self.prefix}{device}"


@dataclass(frozen=True, slots=True)
class Layer:
    """One item by which OBS shows a source, or a part of it; ``state`` is None where the input is not ours."""

    name: str
    state: InputState | None
    fit: Fit


def layers(
    scene: Scene, source: Source, assets: Assets, naming: Naming, kinds: Collection[str], *, cameras: bool = True
) -> Iterator[Layer]:
    """The items that show one source, from the back to the front.

    A camera lies on its fallback slate, which is seen while no picture comes; without ``cameras``, or where OBS has
    none of its kinds, the slate is all there is. One that a technician made (``obs``) has nothing of ours beneath it.
    """
    name = naming.source(scene, source)
    match source.kind:
        case "existing":
            yield Layer(name, None, source.fit or "stretch")
        case "camera":
            kind = found_kind(source, kinds) if cameras else None
            if kind is None or not source.obs:
                yield Layer(name, drawn(scene, source, assets), "stretch")
            if kind is not None:
                state = capture(kind, str(source.settings["device"]))
                yield Layer(naming.camera(scene, source), state, source.fit or "inside")
        case "browser":
            words = source.settings["fallback"]
            if found_kind(source, kinds):
                yield Layer(name, browser(source), source.fit or "stretch")
            elif words["title"]:
                yield Layer(name, drawn(scene, source, assets), "stretch")
            else:
                yield Layer(name, text(words, str(words["text"]), kinds), source.fit or "inside")
        case kind:
            fit: Fit = "inside" if kind in ("text", "countdown") else "stretch"
            yield Layer(name, plain(scene, source, assets, kinds), source.fit or fit)


@dataclass(frozen=True, slots=True)
class StandIn:
    """A source that is shown by its fallback, and the input kinds of which that OBS has none."""

    scene: str
    source: str
    kinds: tuple[str, ...]


def stand_ins(spec: SceneFile, kinds: Collection[str]) -> tuple[StandIn, ...]:
    """Every camera and browser of the file that this OBS cannot show."""
    return tuple(
        StandIn(scene.title, source.name, wanted_kinds(source))
        for scene in spec.scenes
        for source in scene.sources
        if wanted_kinds(source) and found_kind(source, kinds) is None
    )


def collection(
    spec: SceneFile, assets: Assets, naming: Naming, kinds: Collection[str], *, cameras: bool = True
) -> Picture:
    """Every scene of the file with its sources in place; ``kinds`` are the input kinds that OBS has.

    Without ``cameras``, as in a demo or a rehearsal, every camera is its fallback slate.
    """
    scenes: dict[str, tuple[Item, ...]] = {}
    inputs: dict[str, InputState] = {}
    for scene in spec.scenes:
        items = []
        for source in scene.sources:
            for layer in layers(scene, source, assets, naming, kinds, cameras=cameras):
                items.append(Item(layer.name, source.rect if source.placed else None, source.shown, layer.fit))
                if layer.state is not None:
                    inputs[layer.name] = layer.state
        scenes[naming.scene(scene)] = tuple(items)
    return Picture(scenes=scenes, inputs=inputs)


def overlays(scene: Scene, cue: Cue, assets: Assets, naming: Naming) -> Picture:
    """The cue's pictures in its own scene: product card, host strip."""
    changing = [source for source in scene.sources if assets.changes(scene.id, source.name, cue.id)]
    return Picture(inputs={naming.source(scene, source): drawn(scene, source, assets, cue.id) for source in changing})


def levels(
    scene: Scene, cue: Cue, assets: Assets, naming: Naming, kinds: Collection[str], *, cameras: bool = True
) -> Picture:
    """What the cue's scene shows before it is taken: its overlays, and every source of it shown or hidden as it says.

    Where the sources lie is left as it is. A countdown is not told here: see ``countdown_inputs``.
    """
    items = tuple(
        Item(layer.name, None, source.shown)
        for source in scene.sources
        for layer in layers(scene, source, assets, naming, kinds, cameras=cameras)
    )
    return Picture(scenes={naming.scene(scene): items}, inputs=overlays(scene, cue, assets, naming).inputs)


def programme(scene: Scene, cue: Cue, naming: Naming, *, recording: bool | None = None) -> Picture:
    """The take itself: transition, duration, scene, and whether it is recorded (None leaves the recording alone)."""
    return Picture(
        programme=naming.scene(scene),
        transition=cue.transition.name,
        transition_ms=cue.transition.ms or None,
        record=None if recording is None else (OutputState.ON if recording else OutputState.OFF),
    )
