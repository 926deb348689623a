"""Changes and stills are read from clips whose cuts ffmpeg was told."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import cv2
import ffmpeg
import numpy as np
import pytest

from studio.errors import MediaUnreadable
from studio.media.pictures import jpeg, picture_changes, still
from tests.media.clips import cuts, fade, moving, plain, with_box, with_noise, write
from tests.media.running import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GREEN, LEAF, GREY, SKY, EARTH = "0x104020", "0x184828", "0x808080", "0x3070c0", "0x604020"

CASES: dict[str, tuple[Callable[[], Any], list[int], dict[str, Any]]] = {
    "cuts": (lambda: cuts([plain("red", 1), plain("blue", 1), plain("black", 0.5), plain(GREEN, 1)]), [30, 60, 75], {}),
    "dark neighbours": (lambda: cuts([plain(GREEN, 1), plain("0x205030", 1)]), [30], {}),
    "same brightness, other colour": (lambda: cuts([plain("0xB05020", 1), plain("0x2070C8", 1)]), [30], {}),
    "0.1 s apart": (lambda: cuts([plain(c, 0.1) for c in ("red", "blue", "green", "white")]), [3, 6, 9], {}),
    "15 fps": (lambda: cuts([plain("red", 0.8, fps=15), plain("blue", 0.8, fps=15)]), [12], {}),
    "landscape": (lambda: cuts([plain("red", 1, "480x270"), plain("blue", 1, "480x270")]), [30], {}),
    "odd size": (lambda: cuts([plain("red", 1, "258x474"), plain("blue", 1, "258x474")]), [30], {}),
    "noise, strongly compressed": (
        lambda: with_noise(cuts([plain(EARTH, 1), plain("0x405828", 1), plain(GREY, 1)]), 30),
        [30, 60],
        {"crf": 35},
    ),
    "only a small box moves": (lambda: with_box(plain("gray", 4), 60, 90), [], {}),
    "a small box moves over cuts": (
        lambda: with_box(cuts([plain(EARTH, 1), plain("0x405828", 1), plain(GREY, 1)]), 60, 90),
        [30, 60],
        {},
    ),
    "fade of 0.3 s": (lambda: fade(plain(EARTH, 5), plain(SKY, 5), 2, 0.3), [61], {}),
    "fade of 1 s": (lambda: fade(plain(EARTH, 5), plain(SKY, 5), 2, 1), [61], {}),
    "fade of 2 s under a moving box, compressed": (
        lambda: with_noise(with_box(fade(plain(EARTH, 5), plain(SKY, 5), 2, 2), 60, 90)),
        [61],
        {"crf": 30},
    ),
    "everything moves": (lambda: moving(3), [], {}),
    "cuts between moving pictures": (lambda: cuts([moving(1.5), moving(1, "smptehdbars"), moving(1)]), [45, 75], {}),
    "fade from a moving picture": (lambda: fade(moving(4), moving(4, "rgbtestsrc"), 2, 1), [61], {}),
}


@pytest.mark.parametrize("case", CASES)
def test_changes_of_a_known_clip(case: str, tmp_path: Path) -> None:
    make, wanted, options = CASES[case]
    changes = picture_changes(write(make(), tmp_path / "clip.mkv", **options))
    assert len(changes) == len(wanted)
    for change, frame in zip(changes, wanted, strict=True):
        assert abs(change.frame - frame) <= 2


def test_seconds_are_those_of_the_file_not_frames_by_rate(tmp_path: Path) -> None:
    clip = cuts([plain("red", 1), plain("blue", 1)])
    change = picture_changes(write(clip, tmp_path / "later.mkv", output_ts_offset=7))[0]
    assert float(change.seconds) == pytest.approx(8, abs=0.01)


def test_a_clip_in_another_pixel_format_is_read(tmp_path: Path) -> None:
    clip = cuts([plain("red", 1), plain("blue", 1)])
    path = write(clip, tmp_path / "clip.mkv", vcodec="libx264rgb", pix_fmt="rgb24")
    assert [change.frame for change in picture_changes(path)] == [30]


@pytest.fixture(scope="module")
def red_then_blue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(cuts([plain("red", 1), plain("blue", 1)]), tmp_path_factory.mktemp("clip") / "红蓝.mkv")


@pytest.mark.parametrize(
    ("seconds", "channel"), [(-1, 2), (0, 2), (Fraction(29, 30), 2), (0.99, 2), (1, 0), (1.5, 0), (99, 0)]
)
def test_a_still_is_the_picture_on_air_at_that_time(red_then_blue: Path, seconds: float, channel: int) -> None:
    picture = still(red_then_blue, seconds)
    assert picture.shape == (480, 270, 3)
    assert int(picture.mean(axis=(0, 1)).argmax()) == channel


def test_a_still_is_never_made_larger() -> None:
    small = np.zeros((20, 10, 3), np.uint8)
    picture = cv2.imdecode(np.frombuffer(jpeg(small, 160), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (20, 10, 3)


def test_a_sound_file_has_no_pictures(tmp_path: Path) -> None:
    run(ffmpeg.input("sine=d=1", f="lavfi").output(str(tmp_path / "a.wav")), deadline_s=60)
    with pytest.raises(MediaUnreadable, match=r"a\.wav"):
        picture_changes(tmp_path / "a.wav")
