"""Slates, cards and strips: size, legibility, honesty, and the same bytes every time."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest

from studio.draw.pictures import blank, card, slate, strip
from studio.draw.shapes import colour, luminance, readable_on
from studio.model.runsheet import Product

JUICE = Product(
    "juice", "岢岚沙棘原浆 200ml×10瓶 礼盒装", 12900, 16800, price_basis="旗舰店 2026-11 售价", stock=300, link=1
)
NAMES = [
    "",
    "沙棘",
    "<b>&amp;",
    "第一行\n第二行\t\x00\u202e\x07",
    "🌶🌶🌶",
    "\ud800",
    "very long " * 60,
    "没有空格的很长名字" * 40,
]


def opened(png: bytes) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return picture


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (640, 360), (64, 64), (9, 5), (1, 1)])
@pytest.mark.parametrize("what", ["slate", "card", "strip", "blank"])
def test_a_picture_has_the_size_it_was_asked_for(size: tuple[int, int], what: str) -> None:
    made = {
        "slate": lambda: slate(size, "马上回来", "请稍候", "#17402E"),
        "card": lambda: card(size, JUICE),
        "strip": lambda: strip(size, ["李秀兰", "王建国"]),
        "blank": lambda: blank(size),
    }[what]()
    assert opened(made).shape[:2] == size[::-1]


@pytest.mark.parametrize("name", NAMES)
def test_any_text_can_be_drawn(name: str) -> None:
    assert opened(slate((270, 480), name, name, "#E86C12")).shape == (480, 270, 3)
    assert opened(card((460, 160), replace(JUICE, name=name))).shape == (160, 460, 4)
    assert opened(strip((350, 48), [name, name])).shape == (48, 350, 4)


def test_the_same_input_gives_the_same_bytes() -> None:
    assert card((460, 160), JUICE) == card((460, 160), JUICE)
    assert slate((270, 480), "沙棘", "专场", "#17402E") == slate((270, 480), "沙棘", "专场", "#17402E")
    assert strip((350, 48), ["李秀兰"]) == strip((350, 48), ["李秀兰"])


def test_a_blank_picture_is_transparent() -> None:
    assert not opened(blank((20, 10))).any()


def test_a_slate_is_opaque_and_of_its_colour() -> None:
    picture = opened(slate((270, 480), "沙棘", "", "#17402E"))
    assert picture.shape[2] == 3
    assert picture[0, 0].tolist() == [0x2E, 0x40, 0x17]


def test_title_and_subtitle_are_in_the_middle_and_inside() -> None:
    picture = opened(slate((270, 480), "岢岚沙棘专场", "今晚 20:00", "#17402E")).astype(int)
    letters = (picture.min(axis=2) > 120).nonzero()
    assert letters[0].size > 500
    assert 120 < letters[0].min() < letters[0].max() < 360
    assert letters[1].min() >= 20
    assert letters[1].max() < 250
    assert abs((letters[1].min() + letters[1].max()) / 2 - 135) < 8


@pytest.mark.parametrize("code", ["#17402E", "#E86C12", "#FFFFFF", "#000000", "#808080", "#C8202F", "#F5D90A"])
def test_letters_stand_out_from_any_colour(code: str) -> None:
    light, dark = sorted((luminance(colour(code)), luminance(readable_on(colour(code)))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3.8


@pytest.mark.parametrize("code", ["17402E", "#17402", "#17402E0", "red", "#GGGGGG", ""])
def test_what_is_no_colour_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        colour(code)


def test_a_card_has_round_transparent_corners_and_an_opaque_middle() -> None:
    picture = opened(card((460, 160), JUICE))
    assert picture[0, 0, 3] == picture[-1, -1, 3] == 0
    assert (picture[20:-20, 20:-20, 3] == 255).all()


@pytest.mark.parametrize(
    "change",
    [{"name": "红芸豆"}, {"live_price_fen": 12800}, {"daily_price_fen": 16900}, {"stock": 299}, {"link": 2}],
    ids=str,
)
def test_everything_a_card_says_can_be_seen(change: dict[str, object]) -> None:
    other = replace(JUICE, **change)
    before, after = opened(card((460, 160), JUICE)).astype(int), opened(card((460, 160), other)).astype(int)
    assert (abs(before - after).max(axis=2) > 60).sum() > 5


TRACED = replace(JUICE, trace="https://trace.example.cn/p/沙棘?batch=20261101&field=7")


def scanned(png: bytes) -> str:
    """What a reader finds on a card that lies on a dark picture."""
    picture = opened(png).astype(float)
    seen = picture[..., :3] * picture[..., 3:] / 255
    text: str = cv2.QRCodeDetector().detectAndDecode(cv2.copyMakeBorder(seen.astype(np.uint8), *(40,) * 4, 0))[0]
    return text


@pytest.mark.parametrize("size", [(984, 300), (984, 290), (960, 240), (660, 222)])
def test_a_trace_code_can_be_scanned_off_every_card_of_the_shipped_scenes(size: tuple[int, int]) -> None:
    assert scanned(card(size, TRACED)) == TRACED.trace


def test_a_trace_code_survives_a_phone_sized_picture_with_coarse_compression() -> None:
    small = cv2.resize(
        opened(card((984, 300), TRACED))[..., :3], None, fx=0.667, fy=0.667, interpolation=cv2.INTER_AREA
    )
    _done, squeezed = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 40])
    assert cv2.QRCodeDetector().detectAndDecode(cv2.imdecode(squeezed, cv2.IMREAD_COLOR))[0] == TRACED.trace


@pytest.mark.parametrize(
    ("size", "trace"),
    [
        pytest.param((460, 160), TRACED.trace, id="a small card"),
        pytest.param((640, 640), TRACED.trace, id="no room beside the words"),
        pytest.param((984, 300), "x" * 400, id="a long text"),
        pytest.param((984, 300), "x" * 5000, id="longer than any code"),
    ],
)
def test_a_code_too_small_to_be_read_is_not_drawn(size: tuple[int, int], trace: str) -> None:
    assert card(size, replace(JUICE, trace=trace)) == card(size, JUICE)


def test_the_words_of_a_card_keep_clear_of_its_code() -> None:
    long = replace(TRACED, name="没有空格的很长名字" * 20, stock=123456789)
    assert scanned(card((984, 300), long)) == TRACED.trace


@pytest.mark.parametrize(
    "change", [{"price_basis": ""}, {"daily_price_fen": 12900}, {"daily_price_fen": 9900}], ids=["no basis", "=", "<"]
)
def test_a_daily_price_without_basis_or_not_above_the_live_one_is_not_shown(change: dict[str, object]) -> None:
    without = replace(JUICE, daily_price_fen=None)
    assert card((460, 160), replace(JUICE, **change)) == card((460, 160), without)
    assert card((460, 160), JUICE) != card((460, 160), without)


def test_a_strip_is_as_long_as_its_names() -> None:
    widths = [
        int(opened(strip((600, 60), ["李秀兰", "王建国", "张"][:count]))[30, :, 3].nonzero()[0].max())
        for count in (1, 2, 3)
    ]
    assert all(shorter < longer for shorter, longer in pairwise(widths))
    assert widths[-1] < 600
