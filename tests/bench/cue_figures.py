"""Turns what the wire, the log, the recordings and OBS's own counters say into the figures of the cue benchmark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from tests.bench.cue_plan import SCENES
from tests.bench.recorded_frames import Asked, Seen, seen, shown_scenes, spread_frames
from tests.bench.skips import SkipWatch
from tests.bench.wire_log import Change
from tests.real_obs import SIX

EARLY_NS = 20_000_000
"""A change this long before its instant would still be that cue's."""
LATEST_NS = 700_000_000
"""Later than this it is another cue's."""
MS = 1e6


@dataclass(frozen=True, slots=True)
class Planned:
    """One cue in one studio: when, to which scene, and whether all studios change at that instant."""

    studio: str
    ns: int
    scene: str
    together: bool


def on_wire(planned: Sequence[Planned], changes: Iterable[Change], who: str) -> tuple[list[tuple[str, Asked]], int]:
    """Each cue with the instant at which it arrived on the wire, and the number of those that never did."""
    waiting: dict[str, list[Change]] = {name: [] for name in SIX}
    for change in changes:
        sender, studio = change.name.split(":")
        if sender == who:
            waiting[studio].append(change)
    found: list[tuple[str, Asked]] = []
    for cue in sorted(planned, key=lambda cue: cue.ns):
        change = next((one for one in waiting[cue.studio] if _is(cue, one)), None)
        if change is not None:
            waiting[cue.studio].remove(change)
            found.append((cue.studio, Asked(cue.ns, change.ns, cue.scene, who == "ours", cue.together)))
    return found, len(planned) - len(found)


def _is(cue: Planned, change: Change) -> bool:
    return change.scene == cue.scene and -EARLY_NS <= change.ns - cue.ns <= LATEST_NS


def late_ms(asked: Iterable[tuple[str, Asked]]) -> list[float]:
    """How long after its planned instant each cue was on the wire."""
    return [(one.wire_ns - one.planned_ns) / MS for _studio, one in asked]


@dataclass(frozen=True, slots=True)
class InRecording:
    """What one studio's recording shows: how many cues of both were asked for, seen, and seen without a skip near."""

    asked: int
    seen: int
    clean: tuple[Seen, ...]
    fps: int

    def spread(self, *, ours: bool, together: bool) -> float | None:
        """The spread in frames of the cues of one subject, those of all studios at once or the others."""
        cues = [one for one in self.clean if (one.asked.ours, one.asked.together) == (ours, together)]
        return round(spread_frames(cues, Fraction(self.fps)), 3) if len(cues) > 1 else None


def in_recordings(
    asked: Sequence[tuple[str, Asked]], recordings: Mapping[str, Path], skips: SkipWatch
) -> dict[str, InRecording]:
    """What the recordings show, by studio."""
    found = {}
    for name, (_canvas, fps) in SIX.items():
        mine = sorted((one for studio, one in asked if studio == name), key=lambda one: one.wire_ns)
        cues = seen(mine, shown_scenes(recordings[name], Fraction(fps), SCENES), Fraction(fps))
        clean = tuple(cue for cue in cues if not skips.near(name, cue.asked.planned_ns))
        found[name] = InRecording(len(mine), len(cues), clean, fps)
    return found
