"""A studio: a real room with one OBS, where that OBS listens, and whose paths its files have."""

from dataclasses import dataclass
from datetime import time
from fractions import Fraction
from ipaddress import ip_address
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Literal


def is_loopback(host: str) -> bool:
    """True where ``host`` is this very machine by name or address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class Canvas:
    """The picture OBS composes: pixels, and frames a second."""

    width: int
    height: int
    fps: Fraction

    @property
    def portrait(self) -> bool:
        """True where the picture is taller than wide, the trade's default."""
        return self.height > self.width


@dataclass(frozen=True, slots=True)
class PathMap:
    """Where folders of the OBS PC are seen from here: pairs of (their prefix, our prefix).

    Their side may be Windows or POSIX; a prefix with a drive or a backslash is Windows and compares without case.
    """

    pairs: tuple[tuple[str, str], ...] = ()

    def ours(self, theirs: str) -> str | None:
        """Our path of one of theirs; None where no prefix covers it. The longest prefix wins."""
        return _translate(theirs, self.pairs)

    def theirs(self, ours: str) -> str | None:
        """Their path of one of ours; None where no prefix covers it. The longest prefix wins."""
        return _translate(ours, tuple((there, here) for here, there in self.pairs))


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder where the agent of a studio's PC keeps assets by the names of their content, as that PC writes it."""

    folder: str

    def theirs(self, name: str) -> str:
        """The path there of an asset."""
        return str(_pure(self.folder) / name)

    def ours(self, _theirs: str) -> None:
        """Nothing there is a file of ours: it is a copy under another name."""


View = PathMap | Shelf | None
"""How an OBS sees our files: through paths, as copies on a shelf, or, on this machine, as they are."""


def _pure(path: str) -> PurePath:
    windows = "\\" in path or (len(path) > 1 and path[1] == ":")
    return PureWindowsPath(path) if windows else PurePosixPath(path)


def _translate(path: str, pairs: tuple[tuple[str, str], ...]) -> str | None:
    for source, target in sorted(pairs, key=lambda pair: len(pair[0]), reverse=True):
        prefix = _pure(source)
        candidate = type(prefix)(path)
        if candidate.is_relative_to(prefix) and ".." not in candidate.parts:
            return str(_pure(target).joinpath(*candidate.relative_to(prefix).parts))
    return None


Output = Literal["record_only", "stream", "virtual_camera"]
"""How a studio's picture leaves its OBS: not at all, by OBS's stream, or into the platform's own app."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When the watch raises an alarm; each in milliseconds, decibels (full scale is 0) or shares of one."""

    black_ms: int = 2_000
    """A picture darker than ``black_luma`` for so long is black."""
    black_luma: float = 0.06
    """Mean brightness from 0 (black) to 1."""
    frozen_ms: int = 10_000
    """A camera picture without any change for so long is frozen."""
    standby_ms: int = 180_000
    """How long the standby slate may cover trouble."""
    silent_ms: int = 15_000
    silent_db: float = -55.0
    clip_ms: int = 1_500
    clip_db: float = -0.5
    """Peaks above this for ``clip_ms`` within ten seconds are clipping."""
    skipped_share: float = 0.02
    """Share of frames skipped by the renderer or the encoder within ten seconds."""
    disk_minutes: int = 30
    """Minutes of recording that must be left on the OBS PC's disk."""


@dataclass(frozen=True, slots=True)
class Studio:
    """One room; ``secret`` is the name of its OBS password in the environment or ``.studio/secrets.toml``."""

    id: str
    name: str
    host: str
    port: int
    secret: str
    scenes: str
    """The scene file its OBS follows, by id: ``portrait`` is ``scenes/portrait.yaml``."""
    paths: PathMap = PathMap()
    main: bool = False
    output: Output = "record_only"
    shelf: str = ""
    """The folder of assets of the agent beside its OBS, as that PC writes it; empty where none is paired."""

    @property
    def view(self) -> View:
        """How its OBS sees our files; None where it is on this machine and sees them as we do, whatever is mapped."""
        if self.shelf:
            return Shelf(self.shelf)
        return None if is_loopback(self.host) else self.paths


@dataclass(frozen=True, slots=True)
class Work:
    """What the centre allows its people; nothing is checked of what is left out."""

    opens: time | None = None
    closes: time | None = None
    """Local working hours, both or neither; closing before opening is after midnight."""
    on_air_ms: int | None = None
    """How long somebody may be on air without a break."""
    rest_ms: int = 600_000
    """How long a break is at least."""
    travel: tuple[tuple[str, int], ...] = ()
    """Places outside, and milliseconds from the centre to each."""
    elsewhere_ms: int = 0
    """The same for every other place."""

    def way_ms(self, one: str, other: str) -> int:
        """Milliseconds from one place to another, by way of the centre, which is called by an empty name."""
        known = {"": 0, **dict(self.travel)}
        return 0 if one == other else known.get(one, self.elsewhere_ms) + known.get(other, self.elsewhere_ms)


@dataclass(frozen=True, slots=True)
class Venue:
    """What ``studio.toml`` says: the centre, its time zone and its studios."""

    name: str
    zone: str
    """An IANA name, ``Asia/Shanghai``."""
    studios: tuple[Studio, ...]
    limits: Limits = Limits()
    work: Work = Work()
    copy_mbit: int = 20
    """Megabits a second that all copies of recordings together may take while a session is on air."""
