"""What each kind of source is in OBS: its input kind there, its settings, and what stands in where OBS lacks it."""

from collections.abc import Collection, Mapping
from typing import Any

from studio.model.obs import InputState
from studio.model.plan import Assets
from studio.model.scene import Scene, Source

TEXT_KINDS = ("text_gdiplus_v3", "text_gdiplus_v2", "text_ft2_source_v2")
COLOUR_KINDS = ("color_source_v3", "color_source_v2")
CAPTURE_KINDS = ("dshow_input", "v4l2_input", "av_capture_input_v2", "av_capture_input")
"""A device by the systems that OBS runs on: Windows, Linux, macOS."""
FEED_KINDS = ("ffmpeg_source",)
BROWSER_KINDS = ("browser_source",)

_DEVICE_KEYS = {"dshow_input": "video_device_id", "v4l2_input": "device_id"}
_FACES = {"text_ft2_source_v2": "Noto Sans CJK SC"}
"""A face with Chinese letters where the file names none; on Windows the system's own."""


def is_feed(device: str) -> bool:
    """Whether a camera's ``device`` is the address of a network feed."""
    return "://" in device


def wanted_kinds(source: Source) -> tuple[str, ...]:
    """The input kinds that may show a camera or a browser; empty where every OBS can show the source."""
    if source.kind == "camera":
        return FEED_KINDS if is_feed(str(source.settings["device"])) else CAPTURE_KINDS
    return BROWSER_KINDS if source.kind == "browser" else ()


def found_kind(source: Source, kinds: Collection[str]) -> str | None:
    """The first of ``wanted_kinds`` among the ``kinds`` that OBS has; None where it has none."""
    return next((kind for kind in wanted_kinds(source) if kind in kinds), None)


def capture(kind: str, device: str) -> InputState:
    """The input of a camera; only what says which one it is, so that a technician's settings of it stay."""
    if kind in FEED_KINDS:
        # A feed stays connected while its scene is off air, or the take would show nothing until it is.
        return InputState(kind, {"is_local_file": False, "input": device, "restart_on_activate": False})
    if kind == "dshow_input" and ":" not in device:
        # "name:path", each with signs of its own; a device is found by its name where no path matches (OBS sources).
        device = device.replace("#", "#22") + ":"
    return InputState(kind, {_DEVICE_KEYS.get(kind, "device"): device})


def drawn(scene: Scene, source: Source, assets: Assets, cue: str | None = None) -> InputState:
    """A picture file of ours, the cue's own where it has one."""
    return InputState("image_source", {"file": assets.file(scene.id, source.name, cue)})


def browser(source: Source) -> InputState:
    """A page, as large as its place."""
    size = {"width": source.rect.width, "height": source.rect.height}
    return InputState("browser_source", {"url": str(source.settings["url"]), **size})


def text(settings: Mapping[str, Any], words: str, kinds: Collection[str]) -> InputState:
    """Words as an OBS text source; ``settings`` give size in pixels, colour and perhaps the font's face."""
    kind = text_kind(kinds)
    colour = obs_colour(str(settings.get("colour") or "#FFFFFF"))
    face = str(settings.get("font") or _FACES.get(kind, "Microsoft YaHei"))
    colours = {"color": colour} if kind.startswith("text_gdiplus") else {"color1": colour, "color2": colour}
    return InputState(kind, {"text": words, "font": {"face": face, "size": int(settings.get("size", 64))}, **colours})


def text_kind(kinds: Collection[str]) -> str:
    """The kind of text source that OBS has."""
    return _first(TEXT_KINDS, kinds)


def plain(scene: Scene, source: Source, assets: Assets, kinds: Collection[str]) -> InputState:
    """A source that every OBS has: colour, text, countdown, media, and what we draw. It says nothing of a cue yet."""
    settings = source.settings
    match source.kind:
        case "colour":
            size = {"width": source.rect.width, "height": source.rect.height}
            return InputState(_first(COLOUR_KINDS, kinds), {"color": obs_colour(str(settings["colour"])), **size})
        case "text":
            return text(settings, str(settings["text"]), kinds)
        case "countdown":
            return text(settings, "", kinds)
        case "media":
            path, looping = assets.file(scene.id, source.name), bool(settings.get("loop", True))
            return InputState("ffmpeg_source", {"local_file": path, "is_local_file": True, "looping": looping})
    return drawn(scene, source, assets)


def _first(candidates: tuple[str, ...], kinds: Collection[str]) -> str:
    return next((kind for kind in candidates if kind in kinds), candidates[0])


def obs_colour(text: str) -> int:
    """``#RRGGBB`` as OBS's opaque 0xAABBGGRR."""
    red, green, blue = (int(text.lstrip("#")[at : at + 2], 16) for at in (0, 2, 4))
    return 0xFF << 24 | blue << 16 | green << 8 | red
