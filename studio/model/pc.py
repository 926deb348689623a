"""A studio's PC as its agent tells of it: its clock against ours, its state, its recordings, its OBS."""

from dataclasses import dataclass
from typing import Literal

from studio.clock import NS_PER_MS


@dataclass(frozen=True, slots=True)
class Offset:
    """How far that PC's wall clock is ahead of ours, in nanoseconds; negative where it is behind.

    The truth lies within ``uncertainty_ns`` on either side. ``at_ns`` is when, on our wall clock.
    """

    ahead_ns: int
    uncertainty_ns: int
    at_ns: int

    @property
    def ahead_ms(self) -> float:
        """The same in milliseconds."""
        return self.ahead_ns / NS_PER_MS


Setting = Literal["sleeps", "update_restarts", "restart_pending"]
"""What of that PC's settings would interrupt a show."""


Question = Literal["", "safe_mode", "not_listening", "dies"]
"""What an OBS that runs and does not listen waits for: an answer about Safe Mode, or something nobody can tell.

``dies``: it has ended several times in a row as soon as it was started.
"""


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk of one folder of recordings."""

    folder: str
    free: int
    """Bytes."""
    total: int


@dataclass(frozen=True, slots=True)
class ObsState:
    """OBS on that PC, as its process list tells."""

    running: bool
    since_ns: int | None = None
    """When it was started, on that PC's wall clock."""
    up_ms: int | None = None
    """For how long it has been running."""
    listening: bool = False
    """Whether its WebSocket server answers there."""
    version: str = ""
    wanted: bool = False
    """Whether the agent starts it again where it is not running."""
    starts: int = 0
    """How often the agent has started it since the agent began."""
    question: Question = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """One answer to what that PC is and how it does; None stands for unknown."""

    version: str
    """The release of the agent."""
    system: str
    name: str
    zone: str
    """Its UTC offset now, such as +08:00."""
    booted_ns: int
    disks: tuple[Disk, ...]
    cpu_percent: float | None
    memory_percent: float | None
    encoders: tuple[str, ...] | None
    """GPU encoders that its drivers bring: nvenc, amf, qsv, vaapi."""
    settings: tuple[Setting, ...] | None
    """Those that would interrupt a show."""
    obs: ObsState
    assets: str
    """Its folder of assets, as its own programs write it."""
    recording_rate: float | None = None
    """Bytes a second that are being written to recordings; None where nothing is, or for too short a while."""

    @property
    def minutes_left(self) -> int | None:
        """How long its fullest disk takes what is being recorded; None where nothing is."""
        free = [disk.free for disk in self.disks if disk.total]
        if self.recording_rate is None or self.recording_rate < 1 or not free:
            return None
        return int(min(free) / self.recording_rate / 60)


@dataclass(frozen=True, slots=True)
class Film:
    """One recording on that PC. ``sha256`` is empty until the agent has computed it."""

    id: str
    """What the agent calls it; no path ever comes from outside."""
    name: str
    """Its path below its folder, with forward slashes."""
    folder: str
    """The folder, as that PC writes it; one of those the agent may read."""
    size: int
    modified_ns: int
    stable: bool
    """Nothing was written to it for a while, and no program has it open for writing as far as can be told."""
    sha256: str = ""
    sealed: bool = False
    """The centre has said that it holds a verified copy."""
