"""Clips with known cuts and fades, made by ffmpeg."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ffmpeg

from tests.media.running import run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def plain(colour: str, seconds: float, size: str = "270x480", fps: int = 30) -> Any:
    """A picture of one colour."""
    return ffmpeg.input(f"color=c={colour}:s={size}:r={fps}:d={seconds}", f="lavfi")


def moving(seconds: float, source: str = "testsrc2", size: str = "270x480", fps: int = 30) -> Any:
    """A picture that moves as a whole."""
    endless = ffmpeg.input(f"{source}=s={size}:r={fps}", f="lavfi")
    return endless.filter("trim", duration=seconds).filter("format", "yuv420p")


def cuts(parts: Sequence[Any]) -> Any:
    """The parts one after the other, cut hard."""
    return ffmpeg.concat(*parts, v=1, a=0)


def fade(first: Any, second: Any, at: float, seconds: float, kind: str = "fade") -> Any:
    """``first`` becomes ``second`` from second ``at`` on, within ``seconds``; both must last long enough."""
    return ffmpeg.filter([first, second], "xfade", transition=kind, duration=seconds, offset=at)


def with_box(picture: Any, width: int, height: int, speed: int = 90) -> Any:
    """A white box runs over the picture."""
    box = ffmpeg.input(f"color=c=white:s={width}x{height}:r=30", f="lavfi")
    return ffmpeg.overlay(picture, box, x=f"mod(t*{speed},W)", y="H/3", shortest=1)


def with_noise(picture: Any, strength: int = 12) -> Any:
    """Camera noise over the picture, other in every frame."""
    return picture.filter("noise", alls=strength, allf="t")


def write(picture: Any, path: Path, sound: bool = False, **options: Any) -> Path:
    """Encode a picture as H.264, with a tone as AAC where ``sound`` is true."""
    streams = [picture]
    if sound:
        streams.append(ffmpeg.input("sine=frequency=440:sample_rate=48000", f="lavfi"))
        options = {"acodec": "aac", "shortest": None, **options}
    settings = {"vcodec": "libx264", "preset": "veryfast", "pix_fmt": "yuv420p", **options}
    run(ffmpeg.output(*streams, str(path), **settings), deadline_s=120)
    return path
