"""Reads a scene file: the canvas, the area the platform leaves free, and each scene's sources."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from studio.i18n import _
from studio.model.problem import Problem
from studio.model.scene import Rect, Scene, SceneFile, SourceKind
from studio.model.scene import Source as SceneSource
from studio.model.studio import Canvas
from studio.workspace.fields import Colour, FrameRate, Id, Line, Text, Yes, plain, refused, whole
from studio.workspace.paths import inside
from studio.workspace.problems import Form, Known, did_you_mean, fill
from studio.workspace.repeats import repeats
from studio.workspace.source import Source, TreePath, shown

READ_BY_PEOPLE = frozenset({"text", "card", "strip"})
"""Kinds that say something to the buyer, so the platform's own controls must not cover them."""
GREEN = "#1F4D36"


def _pixels(value: Any) -> int:
    return whole(0, 16384)(value)


def _edge(value: Any) -> int:
    found = whole(16, 8192)(value)
    if found % 2:
        raise refused(
            _("{value} is odd, and H.264 records even edges only").format(value=found), _("write an even number")
        )
    return found


def _asset(value: Any) -> str:
    plain(value)
    text: str = value.text.strip()
    if "\\" in text or ":" in text or text.startswith("/") or ".." in text.split("/"):
        raise refused(
            _("“{value}” is not a path inside the workspace").format(value=shown(text)),
            _("write it from the workspace's folder on, with forward slashes, such as: scenes/logo.png"),
        )
    return text


class CanvasTable(Form):
    """``canvas:``."""

    width: Annotated[int, PlainValidator(_edge)] = Field(examples=["1080"])
    height: Annotated[int, PlainValidator(_edge)] = Field(examples=["1920"])
    fps: FrameRate = Field(examples=["30"])


class RectTable(Form):
    """``rect:`` and ``safe:``."""

    x: Annotated[int, PlainValidator(_pixels)] = Field(examples=["0"])
    y: Annotated[int, PlainValidator(_pixels)] = Field(examples=["0"])
    width: Annotated[int, PlainValidator(whole(1, 16384))] = Field(examples=["1080"])
    height: Annotated[int, PlainValidator(whole(1, 16384))] = Field(examples=["1920"])


_RECT = "{x: 0, y: 0, width: 1080, height: 1920}"


class SceneFileForm(Form):
    """The whole of ``scenes/ID.yaml``."""

    canvas: CanvasTable = Field(examples=["{width: 1080, height: 1920, fps: 30}"])
    safe: RectTable = Field(examples=[_RECT])
    scenes: tuple[Any, ...] = Field(min_length=1, examples=["[]"])


class SceneForm(Form):
    """One entry of ``scenes:``."""

    id: Id = Field(examples=["host"])
    title: Line = Field(examples=["主播"])
    sources: tuple[Any, ...] = Field(min_length=1, examples=["[]"])


class SourceForm(Form):
    """What every source says; the rest depends on its kind."""

    name: Line = Field(examples=["主播机位"])
    kind: Line = Field(examples=["camera"])
    rect: RectTable | None = None


class ColourSource(SourceForm):
    """A plain field of colour."""

    colour: Colour = Field(examples=['"#1F4D36"'])


class ImageSource(SourceForm):
    """A picture file."""

    asset: Annotated[str, PlainValidator(_asset)] = Field(examples=["scenes/logo.png"])


class TextSource(SourceForm):
    """Words on the picture; ``size`` in pixels of the canvas."""

    text: Text = Field(examples=["岢岚好物"])
    size: Annotated[int, PlainValidator(whole(8, 600))] = Field(examples=["48"])
    colour: Colour = "#FFFFFF"


class MediaSource(SourceForm):
    """A clip with sound."""

    asset: Annotated[str, PlainValidator(_asset)] = Field(examples=["scenes/opening.mp4"])
    loop: Yes = False


class Slate(Form):
    """A titled full picture."""

    title: Line = Field(examples=["岢岚好物"])
    subtitle: Line = ""
    colour: Colour = GREEN


class CameraSource(SourceForm):
    """A capture device or a feed; ``fallback`` is shown where it is missing, as in a demo or a rehearsal."""

    device: Line = Field(examples=["HDMI 1"])
    fallback: Slate = Field(examples=["{title: 主播机位}"])


class CardSource(SourceForm):
    """The product card of the present cue; its words are the product's."""


class StripSource(SourceForm):
    """The name strip of who speaks in the present cue."""


class SlateSource(SourceForm):
    """A slate drawn to fill its rectangle."""

    title: Line = Field(examples=["岢岚好物"])
    subtitle: Line = ""
    colour: Colour = GREEN


KINDS: Mapping[SourceKind, type[SourceForm]] = {
    "colour": ColourSource,
    "image": ImageSource,
    "text": TextSource,
    "media": MediaSource,
    "camera": CameraSource,
    "card": CardSource,
    "strip": StripSource,
    "slate": SlateSource,
}


def scene_ids(source: Source) -> frozenset[str]:
    """The ids of every scene the file names, faulty ones included."""
    return frozenset(text for row, _row in source.rows(("scenes",)) if (text := source.text((*row, "id"))))


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
    problems += _place(source, path, rect, frame, safe if known_kind in READ_BY_PEOPLE else None)
    if form is None or known_kind is None:
        return None, problems
    if rect is None:
        return None, problems
    settings = form.model_dump(exclude={"name", "kind", "rect"})
    asset = settings.get("asset")
    if asset is not None:
        problems += _missing_asset(source, path, asset, root)
    return SceneSource(form.name, known_kind, rect, settings), problems


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
