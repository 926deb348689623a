"""Running ffmpeg: its words are kept, it never runs on, its output is there."""

from __future__ import annotations

import time
from pathlib import Path

import ffmpeg
import imageio_ffmpeg
import pytest

from studio.errors import MediaUnreadable
from studio.media.ffmpeg import binary, run


def test_the_output_is_written_over_an_older_one(tmp_path: Path) -> None:
    target = tmp_path / "新 片.wav"
    target.write_bytes(b"old")
    run(ffmpeg.input("sine=d=1", f="lavfi").output(str(target)), deadline_s=60)
    assert target.read_bytes().startswith(b"RIFF")


def test_the_error_is_in_ffmpegs_own_words(tmp_path: Path) -> None:
    with pytest.raises(MediaUnreadable, match="No such file or directory") as raised:
        run(ffmpeg.input(str(tmp_path / "gone.mkv")).output(str(tmp_path / "a.mkv")), deadline_s=60)
    assert raised.value.remedy


def test_a_graph_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    endless = ffmpeg.input("sine", f="lavfi", re=None).output(str(tmp_path / "a.wav"))
    begun = time.monotonic()
    with pytest.raises(MediaUnreadable, match=r"0\.5"):
        run(endless, deadline_s=0.5)
    assert time.monotonic() - begun < 10


def test_the_packaged_binary_serves_where_none_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Path(binary()) == Path(imageio_ffmpeg.get_ffmpeg_exe())
    run(ffmpeg.input("sine=d=1", f="lavfi").output(str(tmp_path / "a.wav")), deadline_s=60)
    assert (tmp_path / "a.wav").stat().st_size > 80_000
