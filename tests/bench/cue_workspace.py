"""Writes the workspace that the cue benchmark plays: six studios, scenes of one colour, one session over them all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.cue_plan import SCENES, CuePlan, Row
from tests.real_obs import SIX, RealObs

SESSION = "bench"
SECRET = "BENCH"
STANDBY = {"id": "standby", "title": "standby", "colour": "#101418"}
SHORT_MS = 300
"""How long a row says it lasts; it stays on until the next one all the same."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One row in one studio, by its id in the sheet."""

    studio: str
    cue: str
    row: Row


def write_workspace(root: Path, plan: CuePlan, six: Mapping[str, RealObs], ports: Mapping[str, int]) -> list[Cue]:
    """Write it into ``root``, each studio at its port of ``ports``; returns what is to be sent, by studio and row."""
    (root / "schedules" / "runsheets").mkdir(parents=True)
    (root / "scenes").mkdir()
    venue = ['[venue]\nname = "bench"\nzone = "Asia/Shanghai"\n']
    for name, (canvas, fps) in SIX.items():
        folder = json.dumps(str(six[name].record_dir))
        venue.append(f'[studios.{name}]\nname = "{name}"\nscenes = "{name}"\nmain = {str(name == "main").lower()}')
        venue.append(f'obs = {{ host = "127.0.0.1", port = {ports[name]}, secret = "{SECRET}" }}')
        venue.append(f"[[studios.{name}.paths]]\ntheirs = {folder}\nours = {folder}\n")
        _write(root / "scenes" / f"{name}.yaml", _scenes(canvas, fps))
    (root / "studio.toml").write_text("\n".join(venue), encoding="utf-8")
    closing = Row(plan.end_ms, plan.ours[0].scene, tuple(SIX))
    rows = {f"c{at}": row for at, row in enumerate((*plan.ours, closing))}
    cues = [
        {
            "id": cue,
            "title": cue,
            "scene": row.scene,
            "at": f"{row.at_ms}ms",
            "duration": f"{SHORT_MS}ms",
            "studios": list(row.studios),
        }
        for cue, row in rows.items()
    ]
    _write(root / "schedules" / "runsheets" / f"{SESSION}.yaml", {"title": SESSION, "advance": "auto", "cues": cues})
    session = {"id": SESSION, "title": SESSION, "start": "2026-12-04 19:30", "duration": "60m", "runsheet": SESSION}
    _write(root / "schedules" / "2026-12.yaml", {"sessions": [{**session, "studios": list(SIX)}]})
    return [Cue(studio, cue, row) for cue, row in rows.items() for studio in row.studios]


def _scenes(canvas: tuple[int, int], fps: int) -> dict[str, object]:
    size = {"width": canvas[0], "height": canvas[1]}
    scenes = [{"id": name, "title": name, "colour": colour} for name, colour in SCENES.items()]
    return {
        "canvas": {**size, "fps": fps},
        "safe": {"x": 0, "y": 0, **size},
        "scenes": [
            {
                "id": one["id"],
                "title": one["title"],
                "sources": [{"name": "field", "kind": "colour", "colour": one["colour"]}],
            }
            for one in (*scenes, STANDBY)
        ],
    }


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")  # JSON is YAML
