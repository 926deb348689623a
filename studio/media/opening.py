"""Opens media files with PyAV and turns its errors into ours."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from studio.errors import MediaUnreadable
from studio.i18n import _

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

log = logging.getLogger(__name__)


@contextmanager
def opened(path: Path) -> Iterator["InputContainer"]:
    """The container of ``path``, closed afterwards; MediaUnreadable for whatever fails while it is open."""
    import av

    try:
        size = path.stat().st_size
    except OSError as error:
        raise MediaUnreadable(
            _("The recording {name} cannot be opened: {reason}.").format(
                name=path.name, reason=error.strerror or error
            ),
            _("Check that the file is there and that this account may read it."),
        ) from error
    if size == 0:
        raise MediaUnreadable(
            _("The recording {name} has 0 bytes.").format(name=path.name),
            _("OBS may have been killed before it wrote its first data; look for another file of the same minute."),
        )
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            yield container
    except (av.FFmpegError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MediaUnreadable(
            _("The recording {name} cannot be read: {reason}.").format(name=path.name, reason=reason),
            _("Keep the file as it is; check the disk it was written to, and try to open it in a player."),
        ) from error


def video_of(container: "InputContainer", path: Path) -> "VideoStream":
    """The first video stream, set to decode on all cores; MediaUnreadable where the file holds no picture."""
    if not container.streams.video:
        raise MediaUnreadable(
            _("The file {name} holds no picture.").format(name=path.name),
            _("Choose the recording itself, not a sound file or a sidecar."),
        )
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    return stream


def frames(container: "InputContainer", stream: "VideoStream", path: Path) -> Iterator["VideoFrame"]:
    """Decode from wherever the demuxer stands to the end, in order of presentation.

    Packets that no decoder understands, such as the torn last one after a power cut, are left out and logged once.
    """
    import av

    damaged = 0
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.InvalidDataError:
            damaged += 1
    if damaged:
        log.warning("damaged packets left out file=%s count=%d", path.name, damaged)
