"""Text is made to fit its box."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.draw.fitting import fit

MIXED = st.text(alphabet="沙棘红芸豆羊肚菌，。！ABCxyz 019.,-¥×\n", max_size=60)


@settings(max_examples=60, deadline=None)
@given(text=MIXED, width=st.integers(120, 900), height=st.integers(30, 300), lines=st.integers(1, 3))
def test_text_stays_inside_its_box(text: str, width: int, height: int, lines: int) -> None:
    found = fit(text, width, height, largest=90, smallest=10, lines=lines)
    assert found.width <= width
    assert found.height <= height
    assert found.text.count("\n") < lines


@settings(max_examples=60, deadline=None)
@given(text=MIXED)
def test_nothing_is_lost_where_there_is_room(text: str) -> None:
    found = fit(text, 2000, 400, largest=40, smallest=10, lines=3)
    assert found.text.replace("\n", "").replace(" ", "") == "".join(text.split())


def test_one_line_is_preferred_to_larger_letters() -> None:
    assert "\n" not in fit("岢岚沙棘专场", 900, 700, largest=162, lines=3).text


def test_a_long_title_is_broken() -> None:
    assert fit("岢岚县乡村e镇年货节沙棘羊肚菌红芸豆专场", 900, 700, largest=162, lines=3).text.count("\n") >= 1


def test_a_word_is_not_torn() -> None:
    rows = fit("Kelan sea-buckthorn juice", 300, 300, largest=60, lines=3).text.split("\n")
    assert " ".join(rows) == "Kelan sea-buckthorn juice"


def test_no_line_begins_with_a_comma() -> None:
    for width in range(100, 400, 7):
        rows = fit("沙棘，红芸豆，羊肚菌，柏籽羊肉。", width, 400, largest=40, smallest=40, lines=6).text.split("\n")
        assert not any(row.startswith(("，", "。")) for row in rows)


def test_the_last_resort_is_an_ellipsis() -> None:
    found = fit("很长的名字" * 30, 200, 40, largest=30, smallest=20, lines=1)
    assert found.text.endswith("…")
    assert found.size == 20


@pytest.mark.parametrize("text", ["a\nb", "a\t b", " a  b ", "a\x00b", "a\u2028b"])
def test_white_space_and_control_characters_become_one_space(text: str) -> None:
    assert fit(text, 500, 100, largest=20).text == "a b"
