"""From the scenes that a technician has in OBS to a scene file that says the same, as far as one can."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from studio.i18n import _
from studio.model.obs import InputState, Item, Picture
from studio.model.plan import AssetFile, Assets
from studio.model.scene import Rect, Scene, SceneFile, Source, SourceKind
from studio.model.settings import contains
from studio.model.studio import Canvas
from studio.scenes.desired import Naming, layers
from studio.scenes.inputs import BROWSER_KINDS, CAPTURE_KINDS, COLOUR_KINDS, FEED_KINDS, TEXT_KINDS
from studio.workspace.paths import RESERVED

GREEN = "#1F4D36"
LONGEST = 200
_NAMING = Naming()


@dataclass(frozen=True, slots=True)
class Note:
    """What the file does not say, or not all of it: about one source of a scene, or a scene, by their names in OBS."""

    scene: str
    source: str
    why: str


def adopt(
    picture: Picture, file_id: str, canvas: Canvas, kinds: Collection[str], asset: Callable[[str], str | None]
) -> tuple[SceneFile, tuple[Note, ...]]:
    """A scene file of every scene in ``picture`` that has sources, and what it could not express.

    ``asset`` gives the path inside the workspace of a file that OBS shows, None where it is not in there. A source is
    taken over as what it is where the file can say all that we would set of it; else as ``existing``, which leaves
    it to OBS: the file never asks for a change of what it was made from.
    """
    frame = Rect(0, 0, canvas.width, canvas.height)
    scenes: list[Scene] = []
    notes: list[Note] = []
    for title, items in [*picture.scenes.items()][::-1]:  # OBS lists from the last to the first
        if not items or not _is_line(title):
            why = _("it has no sources") if not items else _("its name cannot be written on one line")
            notes.append(Note(title, "", why))
            continue
        scene = Scene(_id(title, {scene.id for scene in scenes}), title, ())
        for item in items:
            source, why = _source(scene, item, picture, frame, kinds, asset)
            notes += [Note(title, item.source, why)] if why else []
            scene = replace(scene, sources=(*scene.sources, source)) if source else scene
        if scene.sources:
            scenes.append(scene)
    return SceneFile(file_id, canvas, frame, tuple(scenes)), tuple(notes)


def _source(
    scene: Scene,
    item: Item,
    picture: Picture,
    frame: Rect,
    kinds: Collection[str],
    asset: Callable[[str], str | None],
) -> tuple[Source | None, str]:
    """The source that says what ``item`` is, and why it does not say all; None where it cannot be named."""
    if not _is_line(item.source):
        return None, _("its name cannot be written on one line")
    if sum(other.source == item.source for other in picture.scenes[scene.title]) > 1:
        return None, _("it is in the scene more than once")
    placed = item.rect is not None and _within(item.rect, frame)
    name = _name(scene, item.source)
    base = Source(
        name,
        "existing",
        item.rect if item.rect is not None and placed else frame,
        obs="" if f"{scene.title} · {name}" == item.source else item.source,
        shown=item.shown,
        fit=item.fit if placed else None,
        placed=placed,
    )
    state = picture.inputs.get(item.source)
    if state is None:
        return _existing(base, item), _("it is a group or a scene, and stays as it is in OBS")
    for candidate, path in _candidates(base, item.source, state, asset):
        if _says(scene, candidate, path, item.source, state, kinds):
            return _without_default_fit(candidate), ""
    why = _("it is a {kind} with settings that stay as they are in OBS").format(kind=state.kind)
    return _existing(base, item), why


def _existing(base: Source, item: Item) -> Source:
    return replace(base, obs=item.source, fit=None if base.fit == "stretch" else base.fit)


def _candidates(
    base: Source, name: str, state: InputState, asset: Callable[[str], str | None]
) -> Iterator[tuple[Source, str]]:
    """What the input called ``name`` might be in a file's words, each with the path of the file that it shows."""

    def as_kind(kind: SourceKind, path: str = "", **settings: Any) -> tuple[Source, str]:
        return replace(base, kind=kind, settings=settings), path

    found = state.settings
    slate = {"title": base.name, "subtitle": "", "colour": GREEN}
    if state.kind in COLOUR_KINDS:
        yield as_kind("colour", colour=_colour(found.get("color")))
    elif state.kind in TEXT_KINDS:
        font = found.get("font") or {}
        colour = _colour(found.get("color", found.get("color1")))
        face, size = str(font.get("face", "")).strip(), font.get("size")
        text = str(found.get("text", "")).strip()
        if text and face and isinstance(size, int) and 8 <= size <= 600:
            yield as_kind("text", text=text, size=size, colour=colour, font=face)
    elif state.kind == "image_source" and (inside := asset(str(found.get("file", "")))):
        yield as_kind("image", str(found["file"]), asset=inside)
    elif state.kind in FEED_KINDS and found.get("is_local_file", True):
        if inside := asset(str(found.get("local_file", ""))):
            yield as_kind("media", str(found["local_file"]), asset=inside, loop=bool(found.get("looping")))
    elif state.kind in (*CAPTURE_KINDS, *FEED_KINDS):
        for key in ("video_device_id", "device_id", "device", "input"):
            if _is_line(device := str(found.get(key, ""))):
                camera, path = as_kind("camera", device=device, fallback=slate)
                yield replace(camera, obs=name), path
    elif state.kind in BROWSER_KINDS and re.fullmatch(r"(?:https?|file)://\S+", str(found.get("url", ""))):
        yield as_kind("browser", url=str(found["url"]), fallback={**slate, "text": "", "size": 48})


def _says(scene: Scene, source: Source, path: str, name: str, state: InputState, kinds: Collection[str]) -> bool:
    """Whether that source, brought into OBS, asks for exactly the input that is there."""
    assets = Assets((AssetFile(scene.id, source.name, path),))
    shown = list(layers(scene, source, assets, _NAMING, kinds))
    if len(shown) != 1 or shown[0].name != name or shown[0].state is None:
        return False
    wanted = shown[0].state
    return wanted.kind == state.kind and contains(state.settings, wanted.settings)


def _without_default_fit(source: Source) -> Source:
    default = "inside" if source.kind in ("text", "camera") else "stretch"
    return replace(source, fit=None) if source.fit == default else source


def _colour(value: object) -> str:
    """OBS's 0xAABBGGRR as ``#RRGGBB``; where it is not opaque, one that will not match."""
    number = value if isinstance(value, int) else 0
    return f"#{number & 0xFF:02X}{number >> 8 & 0xFF:02X}{number >> 16 & 0xFF:02X}"


def _name(scene: Scene, source: str) -> str:
    """The source's name in the file: without its scene's title in front, where nobody else in the scene has that."""
    short = source.removeprefix(f"{scene.title} · ")
    taken = {other.name for other in scene.sources}
    names = (short, source, *(f"{source[: LONGEST - 4]} {number}" for number in range(2, 999)))
    return next(name for name in names if _is_line(name) and name not in taken)


def _id(title: str, taken: Collection[str]) -> str:
    """An id from the title's own letters where it has enough of them, else a number."""
    plain = "-".join(re.findall("[a-z0-9]+", title.lower()))[:30].strip("-")
    if len(plain) < 3 or not title.isascii():
        plain = ""
    names = (plain, *(f"{plain or 'scene'}-{number}" for number in range(1, 999)))
    return next(name for name in names if name and name not in {*taken, *RESERVED})


def _is_line(text: str) -> bool:
    return text == text.strip() and 0 < len(text) <= LONGEST and not {"\n", "\t"} & set(text)


def _within(rect: Rect, frame: Rect) -> bool:
    return (
        min(rect.x, rect.y) >= 0
        and min(rect.width, rect.height) >= 1
        and rect.x + rect.width <= frame.width
        and rect.y + rect.height <= frame.height
    )
