"""What one run was started from: sheet, scenes and pictures, frozen before air so that an edit cannot reach it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from studio.model.runsheet import RunSheet
from studio.model.scene import SceneFile
from studio.model.studio import Limits, Studio


@dataclass(frozen=True, slots=True)
class AssetFile:
    """A picture or clip that a source shows, where that OBS finds it; ``cue`` is None where it never changes."""

    scene: str
    source: str
    path: str
    cue: str | None = None


@dataclass(frozen=True)
class Assets:
    """The files of one studio's scenes."""

    files: tuple[AssetFile, ...] = field(default=())

    @cached_property
    def _by_place(self) -> dict[tuple[str, str, str | None], str]:
        return {(file.scene, file.source, file.cue): file.path for file in self.files}

    def file(self, scene: str, source: str, cue: str | None = None) -> str:
        """The path on the OBS PC; raises KeyError where nothing was made for it."""
        return self._by_place.get((scene, source, cue)) or self._by_place[scene, source, None]

    def changes(self, scene: str, source: str, cue: str) -> bool:
        """True where the cue has a picture of its own for that source."""
        return (scene, source, cue) in self._by_place


@dataclass(frozen=True, slots=True)
class LanePlan:
    """One studio's part: the scenes its OBS needs and what they are called there."""

    studio: Studio
    scenes: SceneFile
    assets: Assets
    prefix: str = ""
    borrowed: bool = False
    """The OBS is lent: afterwards it must be as it was before."""
    cameras: bool = True
    """False in a demo or a rehearsal: every camera is its fallback slate."""
    unstocked: str = ""
    """Why not all of its assets are on its PC yet; empty where they are."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One run of a session."""

    run: str
    session: str
    title: str
    sheet: RunSheet
    lanes: tuple[LanePlan, ...]
    start_wall_ns: int | None = None
    """When the session starts; None as soon as every studio is ready."""
    record: bool = True
    hard: Mapping[str, int] = field(default_factory=dict)
    """The wall instants (ns since 1970 UTC) of the rows that are tied to a time of day, by cue id."""
    limits: Limits = field(default_factory=Limits)
