"""Probing whole, torn, odd and missing files."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import time
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from studio.errors import MediaUnreadable
from studio.media.digest import sha256
from studio.media.opening import opened
from studio.media.packets import Packets, count
from studio.media.probe import probe
from tests.media.clips import cuts, plain, with_noise, write
from tests.media.running import binary

if TYPE_CHECKING:
    from pathlib import Path


def walk(path: Path) -> Packets:
    with opened(path) as container:
        return count(container.demux())


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pictures = with_noise(cuts([plain("red", 2), plain("blue", 2), plain("green", 2), plain("red", 2)]), 40)
    return write(pictures, tmp_path_factory.mktemp("probe") / "录像 一.mkv", sound=True, g=30)


@pytest.fixture(scope="module")
def mp4(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(plain("red", 3), tmp_path_factory.mktemp("probe") / "clip.mp4")


def test_probe_agrees_with_ffprobe(clip: Path) -> None:
    asked = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(clip)],
        capture_output=True,
        check=True,
    )
    witness = json.loads(asked.stdout)
    video, audio = witness["streams"]
    found = probe(clip)
    assert (found.width, found.height) == (video["width"], video["height"])
    assert found.fps == Fraction(video["avg_frame_rate"])
    assert (found.video_codec, found.audio_codec) == (video["codec_name"], audio["codec_name"])
    assert found.audio_rate == int(audio["sample_rate"])
    assert found.duration_ms == round(float(witness["format"]["duration"]) * 1000)
    assert found.size_bytes == int(witness["format"]["size"])
    assert found.closed


def test_a_clip_without_sound_has_no_sound(mp4: Path) -> None:
    found = probe(mp4)
    assert (found.audio_codec, found.audio_rate) == (None, None)


def test_packets_are_counted_to_the_end(clip: Path) -> None:
    packets = walk(clip)
    assert packets.video == 240
    assert packets.audio > 300
    witness = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v", "-show_packets", "-of", "json", str(clip)],
        capture_output=True,
        check=True,
    )
    told = [float(packet["pts_time"]) for packet in json.loads(witness.stdout)["packets"] if "K" in packet["flags"]]
    assert len(told) > 7
    assert packets.keyframes == pytest.approx(told)
    assert float(packets.end) == pytest.approx(8, abs=0.1)
    assert packets.bytes < clip.stat().st_size


@pytest.mark.parametrize("share", [0.3, 0.6, 0.8])
def test_a_torn_recording_says_where_it_ends(clip: Path, tmp_path: Path, share: float) -> None:
    torn = tmp_path / "torn.mkv"
    torn.write_bytes(clip.read_bytes()[: int(clip.stat().st_size * share)])
    with pytest.raises(MediaUnreadable, match=r"torn\.mkv") as raised:
        probe(torn)
    found, declared = sorted(re.findall(r"0:0\d", raised.value.message))
    assert "0:01" <= found <= "0:06"
    assert declared == "0:08"
    assert raised.value.remedy


@pytest.mark.parametrize("kept", [1, 40, 300])
def test_a_file_that_is_only_a_beginning_is_unreadable(clip: Path, tmp_path: Path, kept: int) -> None:
    torn = tmp_path / "torn.mkv"
    torn.write_bytes(clip.read_bytes()[:kept])
    with pytest.raises(MediaUnreadable, match=r"torn\.mkv"):
        probe(torn)


def test_a_torn_mp4_is_unreadable(mp4: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(mp4.read_bytes()[:1500])
    with pytest.raises(MediaUnreadable, match=r"torn\.mp4"):
        probe(torn)


@pytest.mark.parametrize("content", [b"", b"\x00" * 5000, "不是录像\n".encode() * 200, bytes(range(256)) * 40])
def test_odd_bytes_are_unreadable_and_say_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.mkv").write_bytes(content)
    with pytest.raises(MediaUnreadable, match=r"odd\.mkv") as raised:
        probe(tmp_path / "odd.mkv")
    assert raised.value.remedy


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(MediaUnreadable, match=r"gone\.mkv"):
        probe(tmp_path / "gone.mkv")


def test_a_folder_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(MediaUnreadable):
        probe(tmp_path)


def test_a_recording_whose_writer_was_killed_is_read_and_said_to_be_open(tmp_path: Path) -> None:
    path = tmp_path / "killed.mkv"
    source = ["-re", "-f", "lavfi", "-i", "testsrc2=s=128x128:r=30", "-c:v", "libx264", "-tune", "zerolatency"]
    writer = subprocess.Popen(
        [binary(), "-v", "error", *source, "-g", "15", "-flush_packets", "1", str(path)], stdin=subprocess.DEVNULL
    )
    try:
        while not path.exists() or path.stat().st_size < 30_000:
            assert writer.poll() is None
            time.sleep(0.05)
    finally:
        writer.kill()
        writer.wait()
    assert writer.returncode != 0
    found = probe(path)
    assert not found.closed
    assert found.duration_ms == pytest.approx(float(walk(path).end) * 1000, abs=1)
    assert found.duration_ms > 200


def test_the_checksum_is_that_of_the_bytes(tmp_path: Path) -> None:
    content = bytes(range(256)) * 20_000
    (tmp_path / "a.bin").write_bytes(content)
    assert sha256(tmp_path / "a.bin") == hashlib.sha256(content).hexdigest()


def test_no_checksum_of_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(MediaUnreadable, match=r"gone\.bin"):
        sha256(tmp_path / "gone.bin")
