"""The witnesses of the cue benchmark, held against what is known to have been sent and filmed."""

from __future__ import annotations

import json
import time
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from studio.model.obs import Request
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.obs.virtual.server import VirtualObs
from studio.timekeeper import SystemClock
from tests.bench.bench_cues import child, first_line
from tests.bench.cue_plan import SCENES, cue_plan
from tests.bench.recorded_frames import Asked, Shown, seen, shown_scenes, spread_frames
from tests.bench.wire_log import Stream, scene_changes

if TYPE_CHECKING:
    from pathlib import Path

FPS = Fraction(15)
MS = 1_000_000


async def test_the_proxy_stamps_a_scene_change_between_its_sending_and_its_answer(tmp_path: Path) -> None:
    log = tmp_path / "wire.jsonl"
    async with VirtualObs(port=0, password="secret", record_dir=tmp_path / "rec", canvas=(320, 180), fps=30) as obs:
        with child("wire_proxy.py", str(log), f"ours:main={obs.port}") as proxy:
            port = json.loads(first_line(proxy))["ours:main"]
            async with ObsLink(Address("127.0.0.1", port, "secret"), SystemClock()) as link:
                await link.call("CreateScene", {"sceneName": "红"})
                before = time.monotonic_ns()
                await link.batch([Request("GetStats"), Request("SetCurrentProgramScene", {"sceneName": "红"})])
                after = time.monotonic_ns()
    (change,) = scene_changes(log)
    assert (change.name, change.scene) == ("ours:main", "红")
    assert before < change.ns < after


@pytest.mark.parametrize("size", [1, 3, 70_000])
def test_messages_are_read_whole_from_pieces_of_any_size(size: int) -> None:
    texts = ["{}", "x" * 200, "岢岚" * 12_000]
    sent = b"GET / HTTP/1.1\r\n\r\n" + b"".join(_masked(text.encode()) for text in texts)
    stream = Stream()
    pieces = (sent[at : at + size] for at in range(0, len(sent), size))
    assert [text for piece in pieces for text in stream.feed(piece)] == texts


def _masked(payload: bytes) -> bytes:
    size = len(payload)
    head = bytes([0x81]) + (
        bytes([0x80 | size])
        if size < 126
        else bytes([0xFE]) + size.to_bytes(2, "big")
        if size < 65_536
        else bytes([0xFF]) + size.to_bytes(8, "big")
    )
    mask = b"\x12\x9a\x00\xff"
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def test_a_clip_shows_each_scene_from_its_first_frame_on(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mkv"
    _film(clip, [("", 7), ("red", 20), ("cyan", 1), ("blue", 12)])
    assert shown_scenes(clip, FPS, SCENES) == [Shown(0, ""), Shown(7, "red"), Shown(27, "cyan"), Shown(28, "blue")]


def _film(path: Path, scenes: list[tuple[str, int]]) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt = 96, 160, "yuv420p"
        stream.codec_context.colorspace = 1  # BT.709, as OBS records
        for name, frames in scenes:
            colour = SCENES.get(name, "#101418")
            picture = np.full((160, 96, 3), [int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format="yuv420p", dst_colorspace="ITU709")
            for _number in range(frames):
                frame.pts = None
                container.mux(stream.encode(frame))
        container.mux(stream.encode())


def test_a_cue_that_comes_a_frame_later_than_the_others_is_a_frame_of_spread() -> None:
    asked = [Asked(at * 1_000 * MS, 0, scene, True, False) for at, scene in enumerate(("red", "cyan", "blue"))]
    shown = [Shown(0, ""), Shown(30, "red"), Shown(46, "cyan"), Shown(60, "blue")]
    assert spread_frames(seen(asked, shown, FPS), FPS) == pytest.approx(1, abs=1e-6)


def test_a_cue_that_the_recording_does_not_show_shifts_no_other() -> None:
    asked = [Asked(at * 1_000 * MS, 0, scene, True, False) for at, scene in enumerate(("red", "cyan", "blue", "green"))]
    shown = [Shown(15, "red"), Shown(45, "blue"), Shown(60, "green")]
    assert [one.asked.scene for one in seen(asked, shown, FPS)] == ["red", "blue", "green"]


def test_no_studio_is_asked_for_the_scene_that_is_on_already() -> None:
    plan = cue_plan(["main", "aux1"], 5, 4, 9)
    for studio in ("main", "aux1"):
        rows = sorted((row.at_ms, row.scene) for row in (*plan.ours, *plan.peers) if studio in row.studios)
        assert all(one[1] != other[1] for one, other in pairwise(rows))
