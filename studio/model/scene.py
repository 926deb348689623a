"""Scenes as files say them: sources in rectangles of a canvas, and the area the platform's own controls cover."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from studio.model.studio import Canvas

SourceKind = Literal[
    "colour", "image", "text", "media", "camera", "browser", "card", "strip", "slate", "countdown", "existing"
]
"""``card`` product card, ``strip`` host name strip, ``slate`` titled full picture: drawn by us, shown as images.

``existing`` is a source that a technician made in OBS: its place in the scene is ours, what it is and says is not.
"""


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
    obs: str = ""
    """Its name in OBS where that is not made from the scene's title and ``name``."""
    shown: bool = True
    fit: Fit | None = None
    """None for what its kind does by itself."""
    placed: bool = True
    """False where it stays as it is placed in OBS; ``rect`` is the whole canvas then."""


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
