"""Reads a recording back with PyAV: the colour of each frame, and the loudness of its sound."""

from pathlib import Path
from typing import NamedTuple

import av
import numpy as np

NAMES = {"red": (0, 0, 255), "green": (0, 255, 0), "blue": (255, 0, 0), "black": (0, 0, 0), "white": (255, 255, 255)}
NEAR = 40


class Film(NamedTuple):
    """One file: seconds of each frame, its mean colour as (blue, green, red), its sound as float samples."""

    times: list[float]
    colours: list[tuple[float, float, float]]
    sound: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"
    codecs: tuple[str, str]
    size: tuple[int, int]

    def names(self) -> list[str]:
        """The name of each frame's colour; ``mixed`` where it is none of the plain ones."""
        return [named(colour) for colour in self.colours]

    def changes(self) -> list[tuple[int, str]]:
        """Index and colour of each frame that differs from the one before it, the first one included."""
        found = self.names()
        return [(index, name) for index, name in enumerate(found) if index == 0 or name != found[index - 1]]


def named(colour: tuple[float, float, float]) -> str:
    for name, plain in NAMES.items():
        if max(abs(one - other) for one, other in zip(colour, plain, strict=True)) < NEAR:
            return name
    return "mixed"


def watch(path: Path) -> Film:
    """Decode all of a file."""
    times, colours, sound = [], [], []
    with av.open(str(path)) as film:
        picture, voice = film.streams.video[0], film.streams.audio[0]
        codecs = (picture.codec_context.name, voice.codec_context.name)
        size = (picture.codec_context.width, picture.codec_context.height)
        for frame in film.decode(picture, voice):
            if isinstance(frame, av.VideoFrame):
                times.append(float(frame.time or 0))
                mean = frame.to_ndarray(format="bgr24").mean(axis=(0, 1))
                colours.append((float(mean[0]), float(mean[1]), float(mean[2])))
            else:
                sound.append(frame.to_ndarray()[0])
    samples = np.concatenate(sound) if sound else np.zeros(0, np.float32)
    return Film(times, colours, samples, codecs, size)
