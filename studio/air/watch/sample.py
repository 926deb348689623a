"""What the watch takes of one studio at one instant: what is expected there, seen, heard, and told by OBS."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "black",
    "frozen",
    "standby_too_long",
    "silent",
    "clipping",
    "frames_skipped",
    "recording_stalled",
    "disk_low",
    "stream_reconnecting",
    "camera_off",
]


@dataclass(frozen=True, slots=True)
class Expected:
    """What the director wants of the studio now."""

    scene: str | None = None
    """The scene on air as OBS names it; None before the first cue."""
    live: bool = False
    """That scene holds a camera or a feed."""
    speaking: bool = False
    """Somebody should speak in it."""
    standby: bool = False
    standby_since_ns: int | None = None
    recording: bool = False
    stream: bool = False
    camera: bool = False
    """The virtual camera should be on."""


@dataclass(frozen=True, slots=True)
class Look:
    """Measures of one screenshot of the scene that is on air."""

    luma: float
    """Mean brightness from 0 to 1."""
    dark: float
    """Share of the picture that is nearly black, from 0 to 1."""
    moved: float | None
    """Share of the picture that differs from the look before; None for the first of a scene."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The meters since the last sample: the loudest peak in dB of full scale, and how long peaks were clipping."""

    peak_db: float
    clipped_ms: int = 0


@dataclass(frozen=True, slots=True)
class Recording:
    """GetRecordStatus: a paused recording is active."""

    active: bool
    paused: bool
    duration_ms: int
    size: int
    """Bytes written so far."""


Counter = tuple[int, int]
"""Frames skipped, and frames in all, since some beginning."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What OBS tells of itself; None where it did not say."""

    rendered: Counter | None = None
    encoded: Counter | None = None
    sent: Counter | None = None
    """Those of the stream: skipped ones were dropped by the network."""
    free: int | None = None
    """Bytes free on the disk that is recorded to."""
    recording: Recording | None = None
    stream: Literal["off", "on", "reconnecting"] | None = None
    camera: bool | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """All of one instant; None where nothing new is known."""

    at_ns: int
    expected: Expected
    scene: str | None = None
    """What OBS has on air."""
    look: Look | None = None
    heard: Heard | None = None
    facts: Facts | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """An alarm is raised, or is over."""

    kind: Kind
    raised: bool
    at_ns: int
    began_ns: int
    """When the trouble began, which is before it was raised."""
    ended_ns: int | None
    """When it was over; None where it is being raised."""
    value: str
    """What was measured, in a word or two."""

    @property
    def lasted_ms(self) -> int | None:
        """How long the trouble lasted; None while it does."""
        return None if self.ended_ns is None else (self.ended_ns - self.began_ns) // 1_000_000
