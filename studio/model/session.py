"""What the calendar holds: a session is one broadcast of a run-sheet, a shoot is one day in field or factory."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Session:
    """One broadcast; ``start`` is aware."""

    id: str
    title: str
    start: datetime
    duration_ms: int
    runsheet: str
    studios: tuple[str, ...]
    hosts: tuple[str, ...] = ()
    cohosts: tuple[str, ...] = ()
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Shoot:
    """One shoot into the field or factory, numbered within its campaign (期); ``start`` is aware."""

    id: str
    title: str
    start: datetime
    duration_ms: int
    place: str
    number: int
    campaign: str = ""
    hosts: tuple[str, ...] = ()
    runsheet: str | None = None
    """None where the shoot follows no sheet."""
