"""Pictures of a recording: where they change, and single stills."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.errors import MediaUnreadable
from studio.i18n import _
from studio.media.changes import Change, Small, find_changes
from studio.media.opening import frames, opened, video_of

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

LONG_SIDE = 32
"""Cells along the longer side of the small picture that changes are looked for in."""
ROWS_A_CELL = 8
"""Rows of the frame that are enough for the mean of a cell; the rest is not read."""


def picture_changes(path: Path) -> list[Change]:
    """Every hard cut and every start of a fade in ``path``, in order; MediaUnreadable where it cannot be read.

    ``seconds`` of a change are those of the file's own presentation times.
    """
    return list(find_changes(_small_pictures(path)))


def still(path: Path, seconds: Fraction | float) -> "NDArray[Any]":
    """The picture shown at ``seconds`` of the file's presentation time, as (height, width, 3) bytes in BGR.

    Before the first picture it is the first, after the last the last; MediaUnreadable where there is none.
    """
    with opened(path) as container:
        video = video_of(container, path)
        container.seek(max(0, int(seconds * 1_000_000)), backward=True)
        shown = None
        for frame in frames(container, video, path):
            if shown is not None and _seconds(frame) > seconds:
                break
            shown = frame
        if shown is None:
            raise MediaUnreadable(
                _("Not one picture of {name} can be decoded.").format(name=path.name),
                _("Keep the file as it is; check the disk it was written to."),
            )
        return shown.to_ndarray(format="bgr24")


def jpeg(picture: "NDArray[Any]", long_side: int, quality: int = 82) -> bytes:
    """A BGR picture as JPEG, made smaller so that its longer side is ``long_side`` pixels at most."""
    import cv2

    height, width = picture.shape[:2]
    scale = min(1.0, long_side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    smaller = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    _done, encoded = cv2.imencode(".jpg", smaller, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return encoded.tobytes()


def _small_pictures(path: Path) -> Iterator[Small]:
    with opened(path) as container:
        video = video_of(container, path)
        for number, frame in enumerate(frames(container, video, path)):
            yield Small(number, _seconds(frame), _cells(frame))


def _seconds(frame: "VideoFrame") -> Fraction:
    if frame.pts is None or frame.time_base is None:
        raise MediaUnreadable(
            _("The recording holds pictures without a presentation time."),
            _("Copy it into a new MKV file with ffmpeg and try again."),
        )
    return frame.pts * frame.time_base


def _cells(frame: "VideoFrame") -> "NDArray[Any]":
    """Luma and both chroma planes averaged over the cells of a grid: (cells, 3) of float32."""
    import cv2
    import numpy as np

    if frame.format.name not in ("yuv420p", "yuvj420p", "yuv422p", "yuv444p"):
        frame = frame.reformat(format="yuv420p")
    scale = LONG_SIDE / max(frame.width, frame.height)
    size = (max(2, round(frame.width * scale)), max(2, round(frame.height * scale)))
    channels = []
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        every = max(1, plane.height // (size[1] * ROWS_A_CELL))
        fewer = rows[: plane.height : every, : plane.width].astype(np.float32)
        channels.append(cv2.resize(fewer, size, interpolation=cv2.INTER_AREA).ravel())
    return np.stack(channels, axis=1)
