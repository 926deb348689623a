"""What OBS shows, as frozen values: sources, scene items, filters, the transition under way, and one whole picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of a source. Its settings are kept and reported; the picture does not apply them."""

    name: str
    kind: str
    settings: Mapping[str, Any]
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Transform:
    """Where a scene item lies: pixels of the canvas, degrees clockwise, alignments in OBS's bits."""

    alignment: int = 5
    bounds_alignment: int = 0
    bounds_type: str = "OBS_BOUNDS_NONE"
    bounds_width: float = 0.0
    bounds_height: float = 0.0
    crop_left: int = 0
    crop_top: int = 0
    crop_right: int = 0
    crop_bottom: int = 0
    position_x: float = 0.0
    position_y: float = 0.0
    rotation: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0


@dataclass(frozen=True, slots=True)
class Item:
    """One source's place in a scene; ``source`` is its UUID."""

    id: int
    source: str
    enabled: bool = True
    locked: bool = False
    blend: str = "OBS_BLEND_NORMAL"
    transform: Transform = field(default_factory=Transform)


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene, or a group in one; items from the back to the front."""

    uuid: str
    name: str
    items: tuple[Item, ...] = ()
    filters: tuple[Filter, ...] = ()
    is_group: bool = False
    next_id: int = 1
    override_transition: str | None = None
    override_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Playback:
    """Where a media input stands: at ``cursor_ms`` when the monotonic clock said ``at_ns``, going on if playing."""

    state: str = "OBS_MEDIA_STATE_NONE"
    cursor_ms: float = 0.0
    at_ns: int = 0


@dataclass(frozen=True, slots=True)
class Input:
    """One input; ``volume`` is a factor, ``sync_ms`` positive when the sound comes later."""

    uuid: str
    name: str
    kind: str
    settings: Mapping[str, Any]
    filters: tuple[Filter, ...] = ()
    muted: bool = False
    volume: float = 1.0
    balance: float = 0.5
    sync_ms: int = 0
    monitor: str = "OBS_MONITORING_TYPE_NONE"
    tracks: tuple[bool, ...] = (True,) * 6
    deinterlace_mode: str = "OBS_DEINTERLACE_MODE_DISABLE"
    deinterlace_order: str = "OBS_DEINTERLACE_FIELD_ORDER_TOP"
    playback: Playback = field(default_factory=Playback)


Source = Scene | Input


@dataclass(frozen=True, slots=True)
class Take:
    """A transition under way: from one scene (UUID, or None for black) to another.

    ``manual`` is the position of a transition held by the T-bar, 0 to 1; None where the clock drives it.
    """

    source: str | None
    target: str | None
    kind: str
    name: str
    start_ns: int
    duration_ns: int
    manual: float | None = None

    def progress(self, now_ns: int) -> float:
        """How far it has come at that monotonic instant: 0 at the start, 1 at the end."""
        if self.manual is not None:
            return self.manual
        if self.kind == "cut_transition" or self.duration_ns <= 0:
            return 1.0 if now_ns >= self.start_ns else 0.0
        return min(1.0, max(0.0, (now_ns - self.start_ns) / self.duration_ns))


@dataclass(frozen=True, slots=True)
class Picture:
    """All that a frame is drawn from; ``since_ns`` is the monotonic instant from which it holds."""

    since_ns: int
    width: int
    height: int
    output_width: int
    output_height: int
    sources: Mapping[str, Source]
    programme: str | None
    take: Take | None = None
    sounds: tuple[tuple[str, float], ...] = ()
    """Audible capture inputs: name and volume factor."""
