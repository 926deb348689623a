"""Scenes as files say them: sources in rectangles of a canvas, and the area the platform's own controls cover."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from studio.model.studio import Canvas

SourceKind = Literal["colour", "image", "text", "media", "camera", "card", "strip", "slate"]
"""``card`` product card, ``strip`` host name strip, ``slate`` titled full picture: drawn by us, shown as images."""


Fit = Literal["stretch", "inside"]
"""How a source fills its rectangle: stretched to all of it, or as large as fits inside with its own proportions."""


@dataclass(frozen=True, slots=True)
class Rect:
    """Pixels of the canvas; ``x`` and ``y`` are the upper left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Source:
    """One thing in a scene; ``settings`` are the kind's own words, checked when the file is read."""

    name: str
    kind: SourceKind
    rect: Rect
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scene:
    """What OBS shows; sources from the back to the front."""

    id: str
    title: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class SceneFile:
    """One file of ``scenes/``: the scenes of one type of studio."""

    id: str
    canvas: Canvas
    safe: Rect
    """The part of the canvas that neither comments nor cart nor title of the platform cover."""
    scenes: tuple[Scene, ...]

    def scene(self, scene_id: str) -> Scene | None:
        """The scene of that id, or None."""
        return next((scene for scene in self.scenes if scene.id == scene_id), None)
