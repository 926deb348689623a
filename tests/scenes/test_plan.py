"""A plan's lines say what the requests would do, and nothing more."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from studio.model.obs import InputState, Item, Picture
from studio.model.scene import Rect
from studio.scenes.diff import diff
from studio.scenes.plan import Change, changes, line, summary
from tests.scenes.test_diff import pictures

pytestmark = pytest.mark.usefixtures("english")

RECT, MOVED = Rect(0, 0, 100, 50), Rect(8, 9, 100, 50)
TEXT = InputState("text", {"text": "旧", "font": {"face": "Arial", "size": 48}, "color": 0xFF0000FF})
NOW = Picture(scenes={"A": (Item("字", RECT), Item("底", RECT))}, inputs={"字": TEXT, "底": InputState("image")})


def wanted(*items: Item, **inputs: InputState) -> Picture:
    return Picture(scenes={"A": items} if items else {}, inputs=inputs)


@pytest.mark.parametrize(
    ("picture", "says"),
    [
        pytest.param(Picture(scenes={"B": ()}), ["+ scene B"], id="a scene"),
        pytest.param(
            wanted(Item("新", RECT), 新=InputState("image", {"file": "a"})),
            ["+ source 新 (image) in scene A"],
            id="a source with its place is one line",
        ),
        pytest.param(
            Picture(scenes={"B": (Item("字", RECT),)}),
            ["+ scene B", "+ source 字, which is there already, in scene B too"],
            id="a source in another scene",
        ),
        pytest.param(
            wanted(字=InputState("text", {"text": "新", "font": {"face": "Arial", "size": 60}})),
            ["~ source 字: text from “旧” to “新”", "~ source 字: font.size from 48 to 60"],
            id="settings, one line each",
        ),
        pytest.param(
            wanted(字=InputState("text", {"color": 0xFF00FF00})),
            ["~ source 字: color from #FF0000 to #00FF00"],
            id="a colour",
        ),
        pytest.param(
            wanted(Item("字", MOVED, fit="inside")),
            ["~ source 字 in scene A: its place from 0,0 100x50 stretch to 8,9 100x50 inside"],
            id="a place",
        ),
        pytest.param(
            wanted(Item("字", None, shown=False)), ["~ source 字 in scene A: shown, then hidden"], id="hidden"
        ),
        pytest.param(wanted(Item("底", None), Item("字", None)), ["~ scene A: the order of its sources"], id="order"),
        pytest.param(
            wanted(Item("底", RECT), 底=InputState("media", {"file": "x"})),
            [],
            id="of another kind, and a person's own",
        ),
        pytest.param(wanted(Item("字", RECT), 字=InputState("text", {"text": "旧"})), [], id="nothing"),
    ],
)
def test_a_plan_says_each_change_in_a_line(picture: Picture, says: list[str]) -> None:
    assert [line(change) for change in changes(picture, NOW)] == says


def test_an_input_of_ours_of_another_kind_is_made_anew() -> None:
    item = (Item("A · 图", RECT),)
    there = Picture(scenes={"A": item}, inputs={"A · 图": InputState("image")})
    picture = Picture(scenes={"A": item}, inputs={"A · 图": InputState("media", {"file": "x"})})
    (change,) = changes(picture, there)
    assert line(change) == "~ source A · 图: made anew, media instead of image"


def test_the_last_line_counts() -> None:
    found = (Change("scene", "A"), Change("source", "A", "x"), Change("order", "A"))
    assert summary(found) == "2 to create, 1 to change. Nothing else in that OBS is touched."


def test_nothing_to_do_is_said() -> None:
    assert summary(()) == "Nothing to change: that OBS is as the file says."


@settings(max_examples=60, deadline=None)
@given(pictures(wanted=True), pictures(wanted=False))
def test_there_are_lines_exactly_where_there_are_requests(picture: Picture, observed: Picture) -> None:
    scenes_only = Picture(scenes=picture.scenes, inputs=picture.inputs)
    assert bool(changes(scenes_only, observed)) == bool(diff(scenes_only, observed))
