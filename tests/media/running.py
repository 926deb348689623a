"""Runs graphs of ffmpeg-python, to make the clips that tests look at."""

import shutil
from typing import Any

import ffmpeg


def binary() -> str:
    """The installed ffmpeg; without one the tests fail."""
    found = shutil.which("ffmpeg")
    assert found, "ffmpeg is not installed: apt-get install ffmpeg"
    return found


def run(graph: Any, *, deadline_s: float) -> None:
    """Run a graph to its end, overwriting its outputs; a failure is ffmpeg's own words."""
    graph = graph.global_args("-hide_banner", "-nostdin", "-loglevel", "error")
    process = ffmpeg.run_async(graph, cmd=binary(), overwrite_output=True, pipe_stderr=True)
    _out, words = process.communicate(timeout=deadline_s)
    assert process.returncode == 0, words.decode("utf-8", "replace")
