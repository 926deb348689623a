"""What an OBS should show: scene specs and the cue on air, turned into a wanted picture."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from studio.model.obs import InputState, Item, OutputState, Picture
from studio.model.plan import Assets
from studio.model.runsheet import Cue
from studio.model.scene import Scene, SceneFile, Source

_TEXT_KINDS = ("text_gdiplus_v3", "text_gdiplus_v2", "text_ft2_source_v2")
_COLOUR_KINDS = ("color_source_v3", "color_source_v2")


@dataclass(frozen=True, slots=True)
class Naming:
    """How our scenes and sources are called in that OBS; ``prefix`` tells them from the user's own."""

    prefix: str = ""

    def scene(self, scene: Scene) -> str:
        """The scene's name in OBS."""
        return f"{self.prefix}{scene.title}"

    def source(self, scene: Scene, source: Source) -> str:
        """The source's name in OBS, where input names are unique over all scenes."""
        return f"{self.prefix}{scene.title} · {source.name}"


def collection(spec: SceneFile, assets: Assets, naming: Naming, kinds: Collection[str]) -> Picture:
    """Every scene of the file with its sources in place; ``kinds`` are the input kinds that OBS has."""
    scenes: dict[str, tuple[Item, ...]] = {}
    inputs: dict[str, InputState] = {}
    for scene in spec.scenes:
        scenes[naming.scene(scene)] = tuple(
            Item(naming.source(scene, source), source.rect, fit="inside" if source.kind == "text" else "stretch")
            for source in scene.sources
        )
        for source in scene.sources:
            inputs[naming.source(scene, source)] = _input(scene, source, assets, None, kinds)
    return Picture(scenes=scenes, inputs=inputs)


def overlays(scene: Scene, cue: Cue, assets: Assets, naming: Naming, kinds: Collection[str]) -> Picture:
    """The cue's pictures in its own scene: product card, host strip."""
    changing = [source for source in scene.sources if assets.changes(scene.id, source.name, cue.id)]
    return Picture(
        inputs={naming.source(scene, source): _input(scene, source, assets, cue.id, kinds) for source in changing}
    )


def programme(scene: Scene, cue: Cue, naming: Naming, *, recording: bool | None = None) -> Picture:
    """The take itself: transition, duration, scene, and whether it is recorded (None leaves the recording alone)."""
    return Picture(
        programme=naming.scene(scene),
        transition=cue.transition.name,
        transition_ms=cue.transition.ms or None,
        record=None if recording is None else (OutputState.ON if recording else OutputState.OFF),
    )


def _input(scene: Scene, source: Source, assets: Assets, cue: str | None, kinds: Collection[str]) -> InputState:
    settings: Mapping[str, Any] = source.settings
    match source.kind:
        case "colour":
            size = {"width": source.rect.width, "height": source.rect.height}
            return InputState(_first(_COLOUR_KINDS, kinds), {"color": obs_colour(str(settings["colour"])), **size})
        case "text":
            return InputState(_first(_TEXT_KINDS, kinds), _text(settings, _first(_TEXT_KINDS, kinds)))
        case "media":
            looping = bool(settings.get("loop", True))
            path = assets.file(scene.id, source.name)
            return InputState("ffmpeg_source", {"local_file": path, "is_local_file": True, "looping": looping})
    return InputState("image_source", {"file": assets.file(scene.id, source.name, cue)})


def _text(settings: Mapping[str, Any], kind: str) -> dict[str, Any]:
    colour = obs_colour(str(settings.get("colour", "#FFFFFF")))
    font = {"face": str(settings.get("font", "Noto Sans CJK SC")), "size": int(settings.get("size", 64)), "style": ""}
    colours = {"color": colour} if kind.startswith("text_gdiplus") else {"color1": colour, "color2": colour}
    return {"text": str(settings["text"]), "font": {**font, "flags": 0}, **colours}


def _first(candidates: tuple[str, ...], kinds: Collection[str]) -> str:
    return next((kind for kind in candidates if kind in kinds), candidates[0])


def obs_colour(text: str) -> int:
    """``#RRGGBB`` as OBS's opaque 0xAABBGGRR."""
    red, green, blue = (int(text.lstrip("#")[at : at + 2], 16) for at in (0, 2, 4))
    return 0xFF << 24 | blue << 16 | green << 8 | red
