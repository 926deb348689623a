"""Writes a scene file as YAML that ``spec`` reads back, with a comment for all that it does not say."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from studio.i18n import _
from studio.model.scene import Rect, Scene, SceneFile, Source
from studio.scenes.adopt import Note


def write(spec: SceneFile, notes: Iterable[Note] = ()) -> str:
    """The text of the file: one line a source, ``notes`` as comments above the sources they are about."""
    notes = tuple(notes)
    canvas = spec.canvas
    frame = Rect(0, 0, canvas.width, canvas.height)
    size = {"width": canvas.width, "height": canvas.height}
    rate = str(canvas.fps) if canvas.fps.denominator > 1 else int(canvas.fps)
    origin = _("Taken from the scenes of an OBS. What says “existing” is left to OBS but for its place.")
    advice = _("Narrow “safe” to the area that the platform does not cover: words must stay inside it.")
    lines = [
        f"# {origin}",
        f"# {advice}",
        "",
        f"canvas: {_flow({**size, 'fps': _Bare(rate)})}",
        f"safe: {_flow(_rect(spec.safe))}",
        "",
        "scenes:",
    ]
    written = {scene.title for scene in spec.scenes}
    lines += [f"  # {_quoted(note.scene)}: {note.why}" for note in notes if note.scene not in written]
    for scene in spec.scenes:
        lines += _scene(scene, frame, [note for note in notes if note.scene == scene.title])
    return "\n".join(lines) + "\n"


def _scene(scene: Scene, frame: Rect, notes: list[Note]) -> list[str]:
    lines = [f"  - id: {_quoted(scene.id)}", f"    title: {_quoted(scene.title)}", "    sources:"]
    told = {f"{scene.title} · {source.name}" if not source.obs else source.obs for source in scene.sources}
    lines += [f"      # {_quoted(note.source)}: {note.why}" for note in notes if note.source not in told]
    for source in scene.sources:
        name = source.obs or f"{scene.title} · {source.name}"
        lines += [f"      # {note.why}" for note in notes if note.source == name]
        lines.append(f"      - {_flow(_source(source, frame))}")
    return lines


def _source(source: Source, frame: Rect) -> dict[str, Any]:
    said: dict[str, Any] = {"name": source.name, "kind": _Bare(source.kind)}
    said |= {"obs": source.obs} if source.obs else {}
    said |= {key: value for key, value in source.settings.items() if value != ""}
    if not source.placed:
        said["placed"] = False
    elif source.rect != frame:
        said["rect"] = _rect(source.rect)
    said |= {"fit": _Bare(source.fit)} if source.fit else {}
    return said if source.shown else {**said, "shown": False}


class _Bare(str):
    """A word that needs no quotes."""

    def __new__(cls, value: object) -> "_Bare":
        return super().__new__(cls, str(value))


def _rect(rect: Rect) -> dict[str, int]:
    return {"x": rect.x, "y": rect.y, "width": rect.width, "height": rect.height}


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key}: {_flow(one)}" for key, one in value.items() if one != "")
        return f"{{{inner}}}"
    if isinstance(value, _Bare):
        return str(value)
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    r"""``text`` as YAML's double-quoted scalar; what no file shows stands in it as ``\u009b``."""
    said = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else _escaped(sign) for sign in said)


def _escaped(sign: str) -> str:
    return f"\\u{ord(sign):04X}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08X}"
