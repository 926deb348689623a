"""Says what a recording is: length, size, rates and codecs, and whether its end is there."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from studio.clock import format_duration
from studio.errors import MediaUnreadable
from studio.i18n import _
from studio.media.opening import frames, opened, video_of
from studio.media.packets import count

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

TAIL_S = 3
"""How far before the declared end the check begins to read; more than the distance of two key frames is not needed."""
MISSING_S = Fraction(1)
"""A stream may end a little before the container says; more than this is a missing end."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One recording; ``fps`` is frames a second, ``audio_rate`` samples a second."""

    path: Path
    size_bytes: int
    duration_ms: int
    width: int
    height: int
    fps: Fraction
    video_codec: str
    audio_codec: str | None
    audio_rate: int | None
    closed: bool
    """False where the writer never finished the file (OBS killed); what it holds is readable all the same."""


def probe(path: Path) -> Probe:
    """Open ``path``, decode its first picture and read its end.

    Raises MediaUnreadable for a file that does not open, holds no picture, or ends before the length it declares.
    """
    with opened(path) as container:
        video = video_of(container, path)
        first = next(frames(container, video, path), None)
        if first is None:
            raise MediaUnreadable(
                _("Not one picture of {name} can be decoded.").format(name=path.name),
                _("Keep the file as it is; check the disk it was written to."),
            )
        audio = container.streams.audio[0] if container.streams.audio else None
        declared = None if container.duration is None else Fraction(container.duration, 1_000_000)
        found = _end(container, video, declared)
        if declared is not None and found < declared - MISSING_S:
            raise MediaUnreadable(
                _("The recording {name} ends after {found} although it says {declared}: its end is missing.").format(
                    name=path.name, found=_clock(found), declared=_clock(declared)
                ),
                _("Copy it again from the PC that recorded it; if it is short there too, keep it and note the gap."),
            )
        return Probe(
            path=path,
            size_bytes=path.stat().st_size,
            duration_ms=round((declared or found) * 1000),
            width=first.width,
            height=first.height,
            fps=video.average_rate or video.guessed_rate or Fraction(),
            video_codec=video.codec_context.name,
            audio_codec=audio.codec_context.name if audio else None,
            audio_rate=audio.codec_context.sample_rate if audio else None,
            closed=declared is not None,
        )


def _end(container: "InputContainer", video: "VideoStream", declared: Fraction | None) -> Fraction:
    """Seconds from the file's first instant to the end of its last packet; reads only the tail where it can."""
    begin = Fraction(container.start_time or 0, 1_000_000)
    for start in (Fraction(), *(() if declared is None else (declared - TAIL_S,)))[::-1]:
        container.seek(int((begin + max(start, Fraction())) * 1_000_000), backward=True)
        if end := count(container.demux()).end:
            return end - begin
    return Fraction()


def _clock(seconds: Fraction) -> str:
    return format_duration(int(seconds * 1000))
