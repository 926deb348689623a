"""Reads a scene file: the canvas, the area the platform leaves free, and each scene's sources."""

import re
from pathlib import Path
from typing import Any

from studio.i18n import _
from studio.model.problem import Problem
from studio.model.scene import Rect, Scene, SceneFile
from studio.model.scene import Source as SceneSource
from studio.model.studio import Canvas
from studio.scenes.forms import (
    GREEN,
    KINDS,
    READ_BY_PEOPLE,
    BrowserSource,
    CanvasTable,
    RectTable,
    SceneFileForm,
    SceneForm,
    SourceForm,
)
from studio.scenes.inputs import is_feed
from studio.workspace.paths import inside
from studio.workspace.problems import Known, did_you_mean, fill
from studio.workspace.repeats import repeats
from studio.workspace.source import Source, TreePath, shown


def read_scene_file(source: Source, file_id: str, root: Path) -> tuple[SceneFile | None, list[Problem]]:
    """What a scene file says; None where its canvas is wrong. Faulty scenes and sources are left out, as Problems."""
    known = Known()
    problems = fill(SceneFileForm, source, (), known)[1]
    canvas = fill(CanvasTable, source, ("canvas",), known)[0]
    safe = fill(RectTable, source, ("safe",), known)[0]
    frame = _frame(source)
    area = _rect(safe) if safe else frame
    if frame and area and not _within(area, frame):
        problems.append(source.problem(("safe",), _("the safe area leaves the canvas"), _fits(frame)))
    scenes: list[Scene] = []
    for path, _row in source.rows(("scenes",)):
        scene, found = _scene(source, path, frame, area, root)
        problems += found
        scenes += [scene] if scene else []
    problems += repeats((source, (*row, "id")) for row, _row in source.rows(("scenes",)))
    # OBS knows a scene by its title, so titles must differ as well.
    problems += repeats((source, (*row, "title")) for row, _row in source.rows(("scenes",)))
    if canvas is None or area is None:
        return None, problems
    return SceneFile(file_id, Canvas(canvas.width, canvas.height, canvas.fps), area, tuple(scenes)), problems


def _scene(
    source: Source, path: TreePath, frame: Rect | None, safe: Rect | None, root: Path
) -> tuple[Scene | None, list[Problem]]:
    form, problems = fill(SceneForm, source, path, Known())
    rows = [row for row, _row in source.rows((*path, "sources"))]
    sources: list[SceneSource] = []
    for row in rows:
        found, wrong = _source(source, row, frame, safe, root)
        problems += wrong
        sources += [found] if found else []
    problems += repeats((source, (*row, "name")) for row in rows)
    problems += repeats((source, (*row, "obs")) for row in rows)
    # A device can be opened once, so that its scenes share one input, which a scene can hold once.
    shared = [row for row in rows if source.at((*row, "obs")) is None]
    problems += repeats((source, at) for row in shared if not is_feed(source.text(at := (*row, "device")) or ""))
    return (Scene(form.id, form.title, tuple(sources)) if form else None), problems


def _source(
    source: Source, path: TreePath, frame: Rect | None, safe: Rect | None, root: Path
) -> tuple[SceneSource | None, list[Problem]]:
    kind = source.text((*path, "kind"))
    if kind is not None and kind not in KINDS:
        what = _("unknown kind of source “{kind}”").format(kind=shown(kind))
        return None, [source.problem((*path, "kind"), what, did_you_mean(kind, KINDS))]
    known_kind = next((each for each in KINDS if each == kind), None)
    form, problems = fill(KINDS[known_kind] if known_kind else SourceForm, source, path, Known())
    written = source.at((*path, "rect")) is not None
    table = fill(RectTable, source, (*path, "rect"), Known())[0] if written else None
    rect = _rect(table) if table else None if written else frame
    placed = form.placed if form else True
    problems += _place(source, path, rect, frame, safe if known_kind in READ_BY_PEOPLE and placed else None)
    if form is None or known_kind is None or rect is None:
        return None, problems
    if written and not placed:
        what = _("“{name}” has a rectangle, but is left where it is placed in OBS").format(name=shown(form.name))
        problems.append(source.problem((*path, "rect"), what, _("delete either rect or placed")))
    settings = form.model_dump(exclude=set(SourceForm.model_fields))
    if (asset := settings.get("asset")) is not None:
        problems += _missing_asset(source, path, asset, root)
    if isinstance(form, BrowserSource):
        problems += _fallback(source, path, settings["fallback"])
    return SceneSource(form.name, known_kind, rect, settings, form.obs, form.shown, form.fit, placed), problems


def _fallback(source: Source, path: TreePath, said: dict[str, Any]) -> list[Problem]:
    """Complete what a page's fallback says, in place; a Problem where it is neither a slate nor words, or both."""
    said["colour"] = said["colour"] or (GREEN if said["title"] else "#FFFFFF")
    if bool(said["title"]) != bool(said["text"]):
        return []
    what = _("this fallback must be either a slate or words")
    return [source.problem((*path, "fallback"), what, _("write either its title or its text"))]


def _place(source: Source, path: TreePath, rect: Rect | None, frame: Rect | None, safe: Rect | None) -> list[Problem]:
    """What is wrong with a source's place; ``safe`` is None where nobody has to read it."""
    if rect is None:
        return []
    if frame and not _within(rect, frame):
        return [source.problem((*path, "rect"), _("the rectangle leaves the canvas"), _fits(frame))]
    if safe and not _within(rect, safe):
        what = _("“{name}” is to be read, but lies outside the safe area where the platform covers it").format(
            name=shown(source.text((*path, "name")) or "")
        )
        return [source.problem((*path, "rect"), what, _fits(safe))]
    return []


def _missing_asset(source: Source, path: TreePath, asset: str, root: Path) -> list[Problem]:
    file = inside(root, asset)
    if file is not None and file.is_file():
        return []
    what = _("the file “{asset}” is not there").format(asset=shown(asset, 80))
    return [source.problem((*path, "asset"), what, _("put it into the workspace, or correct its name"))]


def _frame(source: Source) -> Rect | None:
    """The canvas as a rectangle, also where something else in it is wrong; None where its size is."""
    width, height = source.text(("canvas", "width")) or "", source.text(("canvas", "height")) or ""
    plain_sizes = all(re.fullmatch("[1-9][0-9]{0,4}", size) for size in (width, height))
    return Rect(0, 0, int(width), int(height)) if plain_sizes else None


def _rect(table: RectTable) -> Rect:
    return Rect(table.x, table.y, table.width, table.height)


def _within(inner: Rect, outer: Rect) -> bool:
    return (
        inner.x >= outer.x
        and inner.y >= outer.y
        and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )


def _fits(outer: Rect) -> str:
    return _("keep it between x {left} and {right}, y {top} and {bottom}").format(
        left=outer.x, right=outer.x + outer.width, top=outer.y, bottom=outer.y + outer.height
    )
