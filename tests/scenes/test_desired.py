"""How the sources of a file become items and inputs of an OBS, and what a row's own scene shows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from studio.model.obs import InputState, Item
from studio.model.plan import AssetFile, Assets
from studio.model.runsheet import Cue
from studio.model.scene import Rect, Scene, SceneFile, Source, SourceKind
from studio.model.studio import Canvas
from studio.scenes.desired import Naming, StandIn, collection, levels, stand_ins

RECT = Rect(10, 20, 300, 200)
LINUX = {"image_source", "color_source_v3", "text_ft2_source_v2", "ffmpeg_source", "v4l2_input"}
WINDOWS = {"image_source", "color_source_v3", "text_gdiplus_v3", "ffmpeg_source", "dshow_input", "browser_source"}
FALLBACK = {"title": "主播机位", "subtitle": "", "colour": "#1F4D36"}
PAGE = {"url": "https://example.com/榜", "fallback": {**FALLBACK, "text": "", "size": 48}}


def source(kind: SourceKind, name: str = "源", **settings: Any) -> Source:
    return Source(name, kind, RECT, settings)


def spec(*sources: Source, title: str = "主播") -> SceneFile:
    return SceneFile("f", Canvas(1080, 1920, Fraction(30)), RECT, (Scene("host", title, sources),))


def assets(*names: str) -> Assets:
    return Assets(tuple(AssetFile("host", name, f"/{name}.png") for name in names or ("源",)))


def camera(device: str = "HDMI 1", **more: Any) -> Source:
    return replace(source("camera", device=device, fallback=FALLBACK), **more)


@pytest.mark.parametrize(
    ("kinds", "kind", "settings"),
    [
        (LINUX, "v4l2_input", {"device_id": "HDMI 1"}),
        (WINDOWS, "dshow_input", {"video_device_id": "HDMI 1:"}),
        ({"av_capture_input"}, "av_capture_input", {"device": "HDMI 1"}),
    ],
)
def test_a_camera_lies_on_its_slate(kinds: set[str], kind: str, settings: dict[str, str]) -> None:
    found = collection(spec(camera()), assets(), Naming(), kinds)
    assert found.scenes["主播"] == (Item("主播 · 源", RECT), Item("HDMI 1", RECT, fit="inside"))
    assert found.inputs["主播 · 源"] == InputState("image_source", {"file": "/源.png"})
    assert found.inputs["HDMI 1"] == InputState(kind, settings)


@pytest.mark.parametrize(
    ("kinds", "cameras"), [({"image_source"}, True), (LINUX, False)], ids=["no such kind", "a rehearsal"]
)
def test_without_a_camera_the_slate_is_all_there_is(kinds: set[str], cameras: bool) -> None:
    found = collection(spec(camera()), assets(), Naming(), kinds, cameras=cameras)
    assert found.scenes["主播"] == (Item("主播 · 源", RECT),)


def test_scenes_that_show_one_device_share_its_input() -> None:
    two = replace(spec(camera()), scenes=(Scene("host", "主播", (camera(),)), Scene("wide", "全景", (camera(),))))
    both = Assets((AssetFile("host", "源", "/a"), AssetFile("wide", "源", "/b")))
    found = collection(two, both, Naming("d·"), LINUX)
    assert [items[-1].source for items in found.scenes.values()] == ["d·HDMI 1"] * 2
    assert len(found.inputs) == 3


def test_a_feed_is_a_media_source_that_stays_connected() -> None:
    found = collection(spec(camera("srt://0.0.0.0:9000?mode=listener")), assets(), Naming(), LINUX)
    assert found.inputs["主播 · 源 · live"] == InputState(
        "ffmpeg_source",
        {"is_local_file": False, "input": "srt://0.0.0.0:9000?mode=listener", "restart_on_activate": False},
    )


def test_a_camera_that_a_technician_made_has_nothing_of_ours_beneath_it() -> None:
    found = collection(spec(camera(obs="摄像头")), assets(), Naming(), LINUX)
    assert [item.source for item in found.scenes["主播"]] == ["摄像头"]


def test_a_page_is_a_browser_where_obs_has_one() -> None:
    found = collection(spec(source("browser", **PAGE)), assets(), Naming(), WINDOWS)
    page = {"url": "https://example.com/榜", "width": 300, "height": 200}
    assert found.inputs["主播 · 源"] == InputState("browser_source", page)


def test_a_page_without_a_browser_is_its_slate() -> None:
    found = collection(spec(source("browser", **PAGE)), assets(), Naming(), LINUX)
    assert found.inputs["主播 · 源"] == InputState("image_source", {"file": "/源.png"})


def test_a_page_without_a_browser_is_its_words_where_it_has_some() -> None:
    words = {"title": "", "subtitle": "", "text": "今日榜单", "size": 40, "colour": "#FFFFFF"}
    found = collection(spec(source("browser", url="https://a", fallback=words)), Assets(), Naming(), LINUX)
    state = found.inputs["主播 · 源"]
    assert (state.kind, state.settings["text"], state.settings["font"]["size"]) == (
        "text_ft2_source_v2", "今日榜单", 40
    )  # fmt: skip


def test_what_an_obs_cannot_show_is_listed_with_the_kinds_it_lacks() -> None:
    found = spec(camera(), source("browser", "页", **PAGE), source("colour", "底", colour="#000000"))
    assert stand_ins(found, LINUX) == (StandIn("主播", "页", ("browser_source",)),)
    assert [one.source for one in stand_ins(found, {"image_source"})] == ["源", "页"]
    assert stand_ins(found, WINDOWS) == ()


def test_what_a_technician_made_is_placed_but_never_set() -> None:
    found = collection(spec(replace(source("existing"), obs="游戏", shown=False)), Assets(), Naming(), LINUX)
    assert found.scenes["主播"] == (Item("游戏", RECT, shown=False),)
    assert found.inputs == {}


def test_what_is_not_placed_keeps_its_place() -> None:
    found = collection(spec(replace(source("existing"), obs="游戏", placed=False)), Assets(), Naming(), LINUX)
    assert found.scenes["主播"][0].rect is None


def test_a_countdown_begins_empty() -> None:
    counting = source("countdown", to="offer", label="优惠剩余", size=40, colour="#FFFFFF", font="")
    found = collection(spec(counting), Assets(), Naming(), LINUX)
    assert found.inputs["主播 · 源"].settings["text"] == ""


CUE = Cue("c1", 0, 1000, "host", "开场")


def test_the_levels_of_a_row_are_its_pictures_and_what_is_shown() -> None:
    card, hidden = source("card", "卡"), replace(source("slate", "备用"), shown=False)
    drawn = Assets((*assets("卡", "备用").files, AssetFile("host", "卡", "/卡-c1.png", "c1")))
    found = levels(spec(card, hidden).scenes[0], CUE, drawn, Naming(), LINUX)
    assert found.scenes == {"主播": (Item("主播 · 卡", None), Item("主播 · 备用", None, shown=False))}
    assert found.inputs == {"主播 · 卡": InputState("image_source", {"file": "/卡-c1.png"})}


def test_the_levels_of_a_row_leave_places_and_outputs_alone() -> None:
    found = levels(spec(camera()).scenes[0], CUE, assets(), Naming(), LINUX)
    assert [item.rect for item in found.scenes["主播"]] == [None, None]
    assert (found.programme, found.record, found.inputs) == (None, None, {})
