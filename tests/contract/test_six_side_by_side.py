"""Six real OBS side by side under one run-sheet: each plays its own rows and those of all, as another client saw it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import obswebsocket
import pytest
from obswebsocket import events

from studio.asrun.events import CueEnded, RunStarted
from studio.clock import NS_PER_MS
from studio.model.plan import Assets, LanePlan, Plan
from studio.model.runsheet import Cue, RunSheet
from studio.model.scene import Rect, Scene, SceneFile, Source
from studio.model.studio import Canvas, Studio
from tests.air.stage import director
from tests.real_obs import SIX, RealObs, six_real_obs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COLOURS = {"standby": "#101418", "red": "#C83232", "green": "#28A046", "blue": "#3246C8"}
STAGGER_MS = 130
"""Between the studios' own rows: the lanes interleave."""
NEAR_NS = 500 * NS_PER_MS
"""Far more than a cue takes on a busy machine, far less than to the next row."""


@dataclass(frozen=True)
class Played:
    """What was planned in each studio, at which monotonic instants, what the witness saw there, and the verdicts."""

    planned: dict[str, list[tuple[int, str]]]
    seen: dict[str, list[tuple[int, str]]]
    verdicts: dict[str, list[str]]


def spec(canvas: tuple[int, int], fps: int) -> SceneFile:
    """A file of plain scenes for one of the canvases."""
    full = Rect(0, 0, *canvas)
    scenes = (Scene(name, name, (Source("field", "colour", full, {"colour": COLOURS[name]}),)) for name in COLOURS)
    return SceneFile("plain", Canvas(*canvas, Fraction(fps)), full, tuple(scenes))


def sheet() -> RunSheet:
    """Two rows for all, one for each studio alone, and one for all again."""
    rows = [(0, "red", ()), (1_000, "green", ())]
    rows += [(2_000 + STAGGER_MS * at, "blue", (name,)) for at, name in enumerate(SIX)]
    rows += [(3_500, "red", ())]
    cues = (
        Cue(f"c{at}", start, 500, scene, scene, studios=on, advance="auto")
        for at, (start, scene, on) in enumerate(rows)
    )
    return RunSheet("six", "six", tuple(cues))


@contextlib.contextmanager
def witness(obs: RealObs, seen: list[tuple[int, str]]) -> Iterator[None]:
    """Note each change of scene that the other client is told of, and when."""

    def hear(event: Any) -> None:
        seen.append((time.monotonic_ns(), event.getSceneName()))

    client = obswebsocket.obsws(obs.host, obs.port, obs.password)
    client.connect()
    client.register(hear, events.CurrentProgramSceneChanged)
    raw = client.ws.sock
    try:
        yield
    finally:
        client.disconnect()
        raw.close()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """One session over all six, to its end."""
    tmp: Path = tmp_path_factory.mktemp("six")
    seen: dict[str, list[tuple[int, str]]] = {name: [] for name in SIX}
    with contextlib.ExitStack() as stage:
        six = stage.enter_context(six_real_obs(tmp))
        for name, obs in six.items():
            stage.enter_context(witness(obs, seen[name]))
        lanes = tuple(
            LanePlan(Studio(name, name, obs.host, obs.port, "obs", "plain"), spec(obs.canvas, obs.fps), Assets())
            for name, obs in six.items()
        )
        plan = Plan("run", "session", "six", sheet(), lanes, record=False)
        made, log = director(plan, tmp / "state", six["main"].password)
        asyncio.run(made.conduct())
    records = log.events("run")
    (started,) = (one.event for one in records if isinstance(one.event, RunStarted))
    ended = {(one.stamp.studio, one.stamp.cue): one.event for one in records if isinstance(one.event, CueEnded)}
    planned: dict[str, list[tuple[int, str]]] = {}
    verdicts: dict[str, list[str]] = {}
    for name in SIX:
        rows = [cue for cue in plan.sheet.cues if not cue.studios or name in cue.studios]
        planned[name] = [(started.anchor_monotonic_ns + cue.start_ms * NS_PER_MS, cue.scene) for cue in rows]
        verdicts[name] = [ended[name, cue.id].verdict for cue in rows]
    return Played(planned, seen, verdicts)


@pytest.mark.parametrize("studio", SIX)
def test_a_studio_shows_its_own_rows_and_those_of_all_in_order(played: Played, studio: str) -> None:
    assert [scene for _ns, scene in played.seen[studio]] == ["standby", "red", "green", "blue", "red", "standby"]


@pytest.mark.parametrize("studio", SIX)
def test_every_cue_of_a_studio_was_seen_to_start(played: Played, studio: str) -> None:
    assert set(played.verdicts[studio]) <= {"on_time", "late"} and len(played.verdicts[studio]) == 4


@pytest.mark.parametrize("studio", SIX)
def test_a_studio_changes_when_its_own_row_is_due_whatever_the_others_do(played: Played, studio: str) -> None:
    off = [seen - due for (due, _), (seen, _) in zip(played.planned[studio], played.seen[studio][1:5], strict=True)]
    assert all(0 <= one < NEAR_NS for one in off)
