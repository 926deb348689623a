"""Draws what the scenes of a run show: slates, cards, strips and camera stand-ins, as files that OBS can open."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

from studio.errors import NotReady
from studio.i18n import _
from studio.media.digest import sha256
from studio.model.person import Person
from studio.model.plan import AssetFile, Assets
from studio.model.runsheet import Cue, RunSheet
from studio.model.scene import Scene, SceneFile, Source
from studio.model.studio import Shelf, View

PER_CUE = frozenset({"card", "strip"})
"""Kinds of source that each cue has pictures of its own for."""
_DRAWN = {"slate", "camera", "card", "strip"}


def make_assets(
    spec: SceneFile, sheet: RunSheet, people: tuple[Person, ...], view: View, workspace: Path, folder: Path
) -> Assets:
    """Draw into ``folder`` and name each file as that OBS sees it.

    Files are named by their content, so the same picture is one file and a changed one never replaces another.
    ``view`` is that of ``Studio.view``. Raises NotReady where it does not cover ``folder``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return Assets(tuple(_files(spec, sheet, people, view, workspace, folder)))


def _files(
    spec: SceneFile, sheet: RunSheet, people: tuple[Person, ...], view: View, workspace: Path, folder: Path
) -> Iterator[AssetFile]:
    for scene in spec.scenes:
        cues = [cue for cue in sheet.cues if cue.scene == scene.id]
        for source in scene.sources:
            if source.kind in ("image", "media"):
                path = workspace / str(source.settings["asset"])
                yield AssetFile(scene.id, source.name, seen_there(path, view, folder))
            elif source.kind in _DRAWN or (source.kind == "browser" and source.settings["fallback"]["title"]):
                yield from _drawn(scene, source, cues, sheet, people, view, folder)


def _drawn(
    scene: Scene,
    source: Source,
    cues: list[Cue],
    sheet: RunSheet,
    people: tuple[Person, ...],
    view: View,
    folder: Path,
) -> Iterator[AssetFile]:
    yield AssetFile(
        scene.id, source.name, seen_there(_save(_picture(source, None, sheet, people), folder), view, folder)
    )
    if source.kind in PER_CUE:
        for cue in cues:
            picture = _picture(source, cue, sheet, people)
            yield AssetFile(scene.id, source.name, seen_there(_save(picture, folder), view, folder), cue.id)


def _picture(source: Source, cue: Cue | None, sheet: RunSheet, people: tuple[Person, ...]) -> bytes:
    """The PNG of a drawn source; without a cue, or without what it would show, an empty (transparent) one."""
    from studio.draw.pictures import blank, card, slate, strip

    size = (source.rect.width, source.rect.height)
    settings = source.settings
    match source.kind:
        case "card":
            product = sheet.product(cue.product) if cue else None
            return card(size, product) if product else blank(size)
        case "strip":
            names = [one.name for one in people if cue and one.id in (cue.host, cue.cohost)]
            return strip(size, names) if names else blank(size)
    words = settings.get("fallback", settings)
    return slate(size, str(words["title"]), str(words.get("subtitle", "")), str(words["colour"]))


def _save(png: bytes, folder: Path) -> Path:
    return _keep(folder / f"{hashlib.sha256(png).hexdigest()}.png", lambda part: part.write_bytes(png))


def _keep(path: Path, write: Callable[[Path], object]) -> Path:
    """Write a file whose name says its content, where it is not there yet."""
    if not path.exists():
        part = path.with_suffix(f".{uuid4().hex}.part")  # another painter may be at the same one
        write(part)
        part.replace(path)
    return path


def seen_there(path: Path, view: View, folder: Path) -> str:
    """A path of ours as that OBS writes it, without a view the same. Raises NotReady where it is not covered.

    What is to lie on a shelf gets a copy in ``folder`` under the name that it has there.
    """
    ours = str(path.absolute())
    if view is None:
        return ours
    if isinstance(view, Shelf):
        if path.parent != folder:
            named = folder / f"{sha256(path)}{path.suffix.lower()}"
            path = _keep(named, lambda part: shutil.copyfile(path, part))
        return view.theirs(path.name)
    theirs = view.theirs(ours)
    if theirs is None:
        raise NotReady(
            _("The OBS PC cannot see {path}: no path of its studio covers it.").format(path=ours),
            _("Add the folder to the studio's paths in studio.toml."),
        )
    return theirs
