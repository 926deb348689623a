"""Draws what OBS would show: scenes from their items, and the programme through its transition."""

import threading
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from studio.clock import NS_PER_MS, Clock
from studio.obs.virtual.layers import draw_layer
from studio.obs.virtual.persona import Persona
from studio.obs.virtual.picture import Input, Picture, Scene, Source, Take, Transform
from studio.obs.virtual.rasters import Image, Key, Rasters, Store

_BLACK: Key = ("black",)


@dataclass(frozen=True, slots=True)
class Frame:
    """One programme frame: BGR at output size; two frames with equal keys are the same picture."""

    key: Key
    image: Image


class Composer:
    """Draws pictures for any thread; what does not change is drawn once.

    Drawn are colour, image, text and media inputs, nested scenes, transforms with crop, bounds and rotation, blend
    modes, Cut and Fade (every other transition is drawn as a Fade). Filters, cameras and screens are not.
    """

    def __init__(self, persona: Persona, clock: Clock) -> None:
        self._clock = clock
        self._draws, self._draw_ns = 0, 0
        self._lock = threading.RLock()
        self._store = Store()
        self._rasters = Rasters(persona, self._store)

    @property
    def bytes_held(self) -> int:
        """Bytes of pictures kept."""
        return self._store.bytes

    @property
    def average_draw_ms(self) -> float:
        """Milliseconds it took to draw a programme frame, on average; 0 before the first."""
        return self._draw_ns / self._draws / NS_PER_MS if self._draws else 0.0

    def programme(self, picture: Picture, now_ns: int) -> Frame:
        """The programme at a monotonic instant."""
        began_ns = self._clock.monotonic_ns()
        frame = self._programme(picture, now_ns)
        self._draws, self._draw_ns = self._draws + 1, self._draw_ns + self._clock.monotonic_ns() - began_ns
        return frame

    def _programme(self, picture: Picture, now_ns: int) -> Frame:
        with self._lock:
            size = (picture.output_width, picture.output_height)
            take = picture.take
            if take is None:
                return self._scene_frame(picture, picture.programme, now_ns, size)
            progress = take.progress(now_ns)
            if progress >= 1:
                return self._scene_frame(picture, take.target, now_ns, size)
            if progress <= 0 or take.kind == "cut_transition":
                return self._scene_frame(picture, take.source, now_ns, size)
            return self._fade(picture, take, progress, now_ns, size)

    def source(self, picture: Picture, uuid: str, now_ns: int) -> Image | None:
        """One source by itself, BGR or BGRA at its own size; None where it has no picture."""
        with self._lock:
            source = picture.sources.get(uuid)
            if isinstance(source, Input):
                key = self._rasters.key(source, now_ns)
                return None if key is None else self._rasters.image(key)
            if isinstance(source, Scene):
                return self._scene(self._scene_key(picture, source, now_ns), 4)
            return None

    def size(self, picture: Picture, source: Source | None, now_ns: int) -> tuple[int, int]:
        """Width and height of a source; 0 by 0 where it has no picture. A scene is as large as the canvas."""
        with self._lock:
            if isinstance(source, Input):
                return self._rasters.size(self._rasters.key(source, now_ns))
            return (picture.width, picture.height) if source else (0, 0)

    def media_duration_ms(self, path: str, now_ns: int = 0) -> int:
        """Milliseconds of a media file; 0 where it does not open."""
        with self._lock:
            return self._rasters.media_duration_ms(path, now_ns)

    def close(self) -> None:
        """Close media files."""
        with self._lock:
            self._rasters.close()

    def _fade(self, picture: Picture, take: Take, progress: float, now_ns: int, size: tuple[int, int]) -> Frame:
        before = self._scene_frame(picture, take.source, now_ns, size)
        after = self._scene_frame(picture, take.target, now_ns, size)
        mixed = cv2.addWeighted(before.image, 1 - progress, after.image, progress, 0)
        return Frame(("fade", before.key, after.key, round(progress, 6)), np.asarray(mixed, np.uint8))

    def _scene_frame(self, picture: Picture, uuid: str | None, now_ns: int, size: tuple[int, int]) -> Frame:
        scene = picture.sources.get(uuid) if uuid else None
        if not isinstance(scene, Scene):
            key: Key = (*_BLACK, size)
            blank = self._store.get(key, lambda: np.zeros((size[1], size[0], 3), np.uint8))
            return Frame(key, _held(blank))
        key = self._scene_key(picture, scene, now_ns)
        if size == (picture.width, picture.height):
            return Frame(key, self._scene(key, 3))
        scaled: Key = ("scaled", key, size)
        image = self._store.get(scaled, lambda: _resized(self._scene(key, 3), size))
        return Frame(scaled, _held(image))

    def _scene_key(self, picture: Picture, scene: Scene, now_ns: int) -> Key:
        layers = []
        for item in scene.items:
            if not item.enabled:
                continue
            source = picture.sources.get(item.source)
            key = self._rasters.key(source, now_ns) if isinstance(source, Input) else None
            if isinstance(source, Scene):
                key = self._scene_key(picture, source, now_ns)
            if key is not None:
                layers.append((item.transform, item.blend, key))
        return ("scene", picture.width, picture.height, tuple(layers))

    def _scene(self, key: Key, channels: int) -> Image:
        return _held(self._store.get(("drawn", channels, key), lambda: self._draw_scene(key, channels)))

    def _draw_scene(self, key: Key, channels: int) -> Image:
        _, width, height, layers = cast("tuple[str, int, int, tuple[tuple[Transform, str, Key], ...]]", key)
        canvas = np.zeros((height, width, channels), np.uint8)
        for transform, blend, layer in layers:
            image = self._scene(layer, 4) if layer[0] == "scene" else self._rasters.image(layer)
            if image is not None:
                draw_layer(canvas, image, transform, blend)
        return canvas


def _held(image: Image | None) -> Image:
    if image is None:
        raise ValueError("a scene is always drawn")
    return image


def _resized(image: Image, size: tuple[int, int]) -> Image:
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
