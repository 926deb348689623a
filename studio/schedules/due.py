"""When each cue is due, and what becomes of one whose instant has passed: pure figures, no clock."""

from collections.abc import Iterable
from typing import Literal

from studio.clock import NS_PER_MS, Anchor
from studio.model.runsheet import Cue, Late, RunSheet

ON_TIME_MS = 50
"""A take that starts within this of its planned instant is on time: a frame and a half at 30 frames a second."""


def due_ns(cue: Cue, anchor: Anchor) -> int:
    """The monotonic instant of ``cue``, where the session starts at the anchor."""
    return anchor.monotonic_ns + cue.start_ms * NS_PER_MS


def for_studio(sheet: RunSheet, studio: str) -> tuple[Cue, ...]:
    """The rows of one studio's lane, in the order of their start; rows that name no studio are everybody's."""
    rows = (cue for cue in sheet.cues if not cue.studios or studio in cue.studios)
    return tuple(sorted(rows, key=lambda cue: cue.start_ms))


def decide(late: Late, late_ns: int) -> Literal["fire", "skip", "hold"]:
    """What becomes of a cue that is ``late_ns`` behind its instant (negative is ahead); on time, it always fires."""
    if late_ns <= ON_TIME_MS * NS_PER_MS:
        return "fire"
    match late.policy:
        case "hold":
            return "hold"
        case "skip_after" if late_ns > late.after_ms * NS_PER_MS:
            return "skip"
    return "fire"


def superseded(cues: Iterable[Cue], cue: Cue, anchor: Anchor, now_ns: int) -> bool:
    """True where a later row is already due too: catching up shows the last of them, not each in turn."""
    later = (other for other in cues if other.start_ms > cue.start_ms)
    return any(due_ns(other, anchor) <= now_ns for other in later)


def verdict(late_ns: int) -> Literal["on_time", "late"]:
    """The verdict on a take that started ``late_ns`` after its planned instant; being early is being on time."""
    return "late" if late_ns > ON_TIME_MS * NS_PER_MS else "on_time"


def late_ms(planned_ns: int, started_ns: int) -> float:
    """Milliseconds from the planned to the actual start, positive where late, to the microsecond."""
    return round((started_ns - planned_ns) / NS_PER_MS, 3)
