"""The one place that runs ffmpeg: a graph in, files out, its own words kept for the error."""

import shutil
import subprocess
from typing import Any

from studio.errors import MediaUnreadable, NotReady
from studio.i18n import _


def binary() -> str:
    """The ffmpeg to run: the one installed here, else the one the imageio-ffmpeg package brings; NotReady without."""
    if installed := shutil.which("ffmpeg"):
        return installed
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise NotReady(
            _("There is no ffmpeg on this machine."), _("Install ffmpeg, or the Python package imageio-ffmpeg.")
        ) from error


def run(graph: Any, *, deadline_s: float) -> None:
    """Run a graph of the ffmpeg-python package to its end, overwriting its outputs.

    Raises MediaUnreadable with ffmpeg's last words where it fails, and where it has not ended after ``deadline_s``.
    """
    import ffmpeg

    command = ffmpeg.compile(
        graph.global_args("-hide_banner", "-nostdin", "-loglevel", "error"), cmd=binary(), overwrite_output=True
    )
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=deadline_s, check=False)
    except subprocess.TimeoutExpired as error:
        raise MediaUnreadable(
            _("ffmpeg had not finished after {seconds} s and was stopped.").format(seconds=f"{deadline_s:g}"),
            _("Try again when the machine is less busy, or with a shorter file."),
        ) from error
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines() or [str(done.returncode)]
        raise MediaUnreadable(
            _("ffmpeg failed: {words}.").format(words=words[-1].rstrip(".")),
            _("Check that the input opens in a player and that there is room on the disk."),
        )
