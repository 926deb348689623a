"""Turns what the wire, the log, the recordings and OBS's own counters say into the figures of the cue benchmark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.bench.cue_plan import SCENES
from tests.bench.recorded_frames import Asked, seen, shown_scenes, spread_frames
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
    """One cue in one studio: when, and to which scene."""

    studio: str
    ns: int
    scene: str


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
            found.append((cue.studio, Asked(cue.ns, change.ns, cue.scene, who == "ours")))
    return found, len(planned) - len(found)


def _is(cue: Planned, change: Change) -> bool:
    return change.scene == cue.scene and -EARLY_NS <= change.ns - cue.ns <= LATEST_NS


def late_ms(asked: Iterable[tuple[str, Asked]]) -> list[float]:
    """How long after its planned instant each cue was on the wire."""
    return [(one.wire_ns - one.planned_ns) / MS for _studio, one in asked]


def in_recordings(
    asked: Sequence[tuple[str, Asked]], recordings: Mapping[str, Path], skips: SkipWatch
) -> dict[str, dict[str, Any]]:
    """By studio: the spread of our cues and of the peer's, in frames, and how many cues of both count for it."""
    found: dict[str, dict[str, Any]] = {}
    for name, (_canvas, fps) in SIX.items():
        mine = sorted((one for studio, one in asked if studio == name), key=lambda one: one.wire_ns)
        shown = shown_scenes(recordings[name], Fraction(fps), SCENES)
        cues = seen(mine, shown, Fraction(fps))
        clean = [cue for cue in cues if not skips.near(name, cue.asked.planned_ns)]
        spreads = {
            key: _rounded(spread_frames([cue for cue in clean if cue.asked.ours is ours], Fraction(fps)))
            for key, ours in (("ours", True), ("peer", False))
        }
        found[name] = {**spreads, "asked": len(mine), "seen": len(cues), "counted": len(clean)}
    return found


def _rounded(value: float) -> float | None:
    return None if value != value else round(value, 3)
