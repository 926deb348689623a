"""The pictures of single inputs: colour, image file, text and media, each drawn once for each content."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from studio.clock import NS_PER_S
from studio.draw.text import put_text, text_size
from studio.obs.virtual.mediafile import MediaFile
from studio.obs.virtual.persona import Persona, unversioned
from studio.obs.virtual.picture import Input
from studio.obs.virtual.position import ENDED, NONE, local_file, position_ms

log = logging.getLogger(__name__)

Image = np.ndarray[Any, np.dtype[np.uint8]]
Key = tuple[Hashable, ...]
_BUDGET = 160_000_000
_LARGEST = 8192
_MEDIA_OPEN = 8
_REREAD_NS = NS_PER_S  # OBS looks once a second whether an image file has changed


class Store:
    """Keeps drawn pictures by what is on them, up to a number of bytes, the least used going first."""

    def __init__(self, budget: int = _BUDGET) -> None:
        self._budget = budget
        self._held: OrderedDict[Key, Image | None] = OrderedDict()
        self.bytes = 0

    def get(self, key: Key, draw: Callable[[], Image | None]) -> Image | None:
        """The picture of that key, drawn now where it is not held."""
        if key in self._held:
            self._held.move_to_end(key)
            return self._held[key]
        image = self._held[key] = draw()
        self.bytes += 0 if image is None else image.nbytes
        while self.bytes > self._budget and len(self._held) > 1:
            dropped = self._held.popitem(last=False)[1]
            self.bytes -= 0 if dropped is None else dropped.nbytes
        return image


class Rasters:
    """Draws inputs. Pictures are BGR where opaque, BGRA (alpha not multiplied in) where not; not thread-safe."""

    def __init__(self, persona: Persona, store: Store) -> None:
        self._persona = persona
        self._store = store
        self._media: OrderedDict[tuple[str, int], MediaFile | None] = OrderedDict()
        self._stamps: dict[str, tuple[int, int]] = {}

    def key(self, source: Input, now_ns: int) -> Key | None:
        """What the input shows at that instant, as a value that is equal when the picture is; None for nothing."""
        settings = {**self._persona.input_kinds[source.kind].defaults, **source.settings}
        match unversioned(source.kind):
            case "color_source":
                return ("colour", _whole(settings["color"]), *_size(settings))
            case "image_source":
                path = str(settings.get("file") or "")
                return ("image", path, self._stamp(path, now_ns)) if path else None
            case "text_ft2_source" | "text_gdiplus":
                return _text_key(settings)
            case "ffmpeg_source":
                return self._media_key(source, settings, now_ns)
        return None

    def image(self, key: Key) -> Image | None:
        """The picture of a key that ``key`` gave; None where its file does not open."""
        return self._store.get(key, lambda: self._draw(key))

    def size(self, key: Key | None) -> tuple[int, int]:
        """Width and height of that picture; 0 by 0 where there is none."""
        if key is None:
            return 0, 0
        if key[0] == "colour":
            return int(str(key[2])), int(str(key[3]))
        if key[0] == "media":
            media = self._opened(str(key[1]), int(str(key[2])))
            return (media.width, media.height) if media else (0, 0)
        image = self.image(key)
        return (0, 0) if image is None else (image.shape[1], image.shape[0])

    def media_duration_ms(self, path: str, now_ns: int) -> int:
        """Milliseconds of a media file; 0 where it does not open."""
        media = self._opened(path, self._stamp(path, now_ns)) if path else None
        return media.duration_ms if media else 0

    def close(self) -> None:
        """Close the media files."""
        for media in self._media.values():
            if media:
                media.close()
        self._media.clear()

    def _draw(self, key: Key) -> Image | None:
        match key:
            case ("colour", int(colour), int(width), int(height)):
                return _filled(colour, width, height)
            case ("image", str(path), _):
                return _read_image(path)
            case ("text", str(text), int(size), int(weight), int(top), int(bottom)):
                return _text(text, size, weight, top, bottom)
            case ("media", str(path), int(stamp), int(index)):
                media = self._opened(path, stamp)
                return media.frame(index) if media else None
        raise ValueError(key)

    def _media_key(self, source: Input, settings: Mapping[str, Any], now_ns: int) -> Key | None:
        path = local_file(settings)
        if not path or source.playback.state == NONE:
            return None
        if source.playback.state == ENDED and settings.get("clear_on_media_end", True):
            return None
        stamp = self._stamp(path, now_ns)
        media = self._opened(path, stamp)
        if media is None:
            return None
        at = media.duration_ms - 1.0 if source.playback.state == ENDED else None
        position = position_ms(source.playback, settings, media.duration_ms, now_ns) if at is None else at
        return ("media", path, stamp, media.index_at(position))

    def _opened(self, path: str, stamp: int) -> MediaFile | None:
        key = (path, stamp)
        if key not in self._media:
            try:
                self._media[key] = MediaFile(Path(path))
            except (OSError, av.FFmpegError) as error:
                log.warning("virtual OBS: the media file %s does not open: %s", path, error)
                self._media[key] = None
            while len(self._media) > _MEDIA_OPEN:
                dropped = self._media.popitem(last=False)[1]
                if dropped:
                    dropped.close()
        self._media.move_to_end(key)
        return self._media[key]

    def _stamp(self, path: str, now_ns: int) -> int:
        looked_at, stamp = self._stamps.get(path, (-_REREAD_NS, 0))
        if not 0 <= now_ns - looked_at < _REREAD_NS:
            try:
                stamp = Path(path).stat().st_mtime_ns
            except OSError:
                stamp = 0
            self._stamps[path] = (now_ns, stamp)
        return stamp


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _size(settings: Mapping[str, Any]) -> tuple[int, int]:
    width, height = (min(_LARGEST, max(0, _whole(settings.get(name)))) for name in ("width", "height"))
    return width, height


def _bgra(colour: int) -> tuple[int, int, int, int]:
    """Blue, green, red, alpha of a colour as OBS writes it: 0xAABBGGRR."""
    return colour >> 16 & 255, colour >> 8 & 255, colour & 255, colour >> 24 & 255


def _filled(colour: int, width: int, height: int) -> Image | None:
    if not width or not height:
        return None
    channels = _bgra(colour)
    opaque = channels[3] == 255
    return np.full((height, width, 3 if opaque else 4), channels[: 3 if opaque else 4], np.uint8)


def _read_image(path: str) -> Image | None:
    try:
        packed = np.fromfile(path, np.uint8)  # cv2.imread takes no Chinese file names on Windows
    except OSError as error:
        log.warning("virtual OBS: the image %s does not open: %s", path, error)
        return None
    image = cv2.imdecode(packed, cv2.IMREAD_UNCHANGED) if packed.size else None
    if image is None:
        log.warning("virtual OBS: the image %s is in no known format", path)
        return None
    if image.dtype == np.uint16:
        image = (image // 256).astype(np.uint8)
    if image.ndim == 2:
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    return np.ascontiguousarray(image, np.uint8)


def _text_key(settings: Mapping[str, Any]) -> Key | None:
    text = settings.get("text")
    if not isinstance(text, str) or not text.strip():
        return None
    chosen = settings.get("font")
    font = chosen if isinstance(chosen, dict) else {}
    size = min(512, max(4, _whole(font.get("size", 256)) or 256))
    weight = 700 if _whole(font.get("flags")) & 1 else 400
    if "color1" in settings:
        top, bottom = _whole(settings["color1"]), _whole(settings["color2"])
    else:
        alpha = min(100, max(0, _whole(settings["opacity"]))) * 255 // 100
        top = bottom = _whole(settings["color"]) & 0xFFFFFF | alpha << 24
    return ("text", text, size, weight, top, bottom)


def _text(text: str, size: int, weight: int, top: int, bottom: int) -> Image:
    width, height = text_size(text, size)
    width = min(_LARGEST, max(1, width + size // 8))
    height = min(_LARGEST, height)
    cover = np.zeros((height, width, 3), np.uint8)
    put_text(cover, text, (0, 0), size, (255, 255, 255), weight)
    shade = np.linspace(0.0, 1.0, height, dtype=np.float32)[:, None]
    colours = (1 - shade) * np.array(_bgra(top), np.float32) + shade * np.array(_bgra(bottom), np.float32)
    image = np.repeat(colours[:, None, :], width, axis=1)
    image[..., 3] *= cover[..., 0] / np.float32(255)
    return image.astype(np.uint8)
