"""Scene files as people write them."""

from fractions import Fraction
from pathlib import Path

import pytest

from studio.model.problem import Problem
from studio.model.scene import Rect, SceneFile
from studio.model.studio import Canvas
from studio.scenes.spec import read_scene_file
from studio.workspace.reading import parse

pytestmark = pytest.mark.usefixtures("english")

FILE = """canvas: {width: 1080, height: 1920, fps: 30}
safe: {x: 48, y: 220, width: 984, height: 1020}
scenes:
  - id: host
    title: 主播
    sources:
      - name: 机位
        kind: camera
        device: HDMI 1
        fallback: {title: 主播机位}
      - {name: 名条, kind: strip, rect: {x: 48, y: 1080, width: 640, height: 140}}
      - {name: 角标, kind: image, asset: scenes/logo.png, rect: {x: 0, y: 0, width: 90, height: 90}}
  - id: closeup
    title: 特写
    sources:
      - {name: 底色, kind: colour, colour: "#1f4d36"}
      - {name: 商品卡, kind: card, rect: {x: 48, y: 940, width: 984, height: 290}}
      - {name: 字, kind: text, text: 岢岚, size: 48, rect: {x: 48, y: 240, width: 400, height: 60}}
"""
MORE = """  - id: more
    title: 更多
    sources:
      - {name: 榜单, kind: browser, url: "https://example.com/a", fallback: {title: 今日榜单}}
      - {name: 剩余, kind: countdown, to: offer, size: 40, rect: {x: 48, y: 240, width: 400, height: 60}}
      - {name: 游戏, kind: existing, obs: 游戏采集, placed: false, shown: false}
      - {name: 副机, kind: camera, device: HDMI 2, fit: stretch, fallback: {title: 副机位}}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes" / "logo.png").write_bytes(b"png")
    return tmp_path


def read(text: str, root: Path) -> tuple[SceneFile | None, list[Problem]]:
    source, problems = parse("scenes/portrait.yaml", text.encode())
    assert source is not None
    found, more = read_scene_file(source, "portrait", root)
    return found, [*problems, *more]


def test_a_scene_file_is_read_whole(root: Path) -> None:
    found, problems = read(FILE, root)
    assert problems == []
    assert found is not None
    assert found.canvas == Canvas(1080, 1920, Fraction(30))
    assert [scene.id for scene in found.scenes] == ["host", "closeup"]


def test_sources_are_from_the_back_to_the_front(root: Path) -> None:
    found, _problems = read(FILE, root)
    assert found is not None
    assert [source.kind for source in found.scenes[1].sources] == ["colour", "card", "text"]


def test_a_source_without_a_rectangle_fills_the_canvas(root: Path) -> None:
    found, _problems = read(FILE, root)
    assert found is not None
    assert found.scenes[0].sources[0].rect == Rect(0, 0, 1080, 1920)


def test_the_kinds_that_depend_on_an_obs_or_a_row_are_read(root: Path) -> None:
    found, problems = read(FILE + MORE, root)
    assert problems == []
    assert found is not None
    page, counting, game, camera = found.scenes[2].sources
    assert page.settings["fallback"] == {
        "title": "今日榜单", "subtitle": "", "text": "", "size": 48, "colour": "#1F4D36"
    }  # fmt: skip
    assert counting.settings == {"to": "offer", "label": "", "size": 40, "colour": "#FFFFFF", "font": ""}
    assert (game.obs, game.placed, game.shown, game.settings) == ("游戏采集", False, False, {})
    assert camera.fit == "stretch"


def test_settings_are_complete_with_their_defaults(root: Path) -> None:
    found, _problems = read(FILE, root)
    assert found is not None
    fallback = {"title": "主播机位", "subtitle": "", "colour": "#1F4D36"}
    assert found.scenes[0].sources[0].settings == {"device": "HDMI 1", "fallback": fallback}
    assert found.scenes[1].sources[0].settings == {"colour": "#1F4D36"}


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        pytest.param("fps: 30", "fps: 300", 1, "no usable frame rate", id="frame rate"),
        pytest.param("width: 1080, height: 1920", "width: 1080, height: 1921", 1, "is odd", id="odd edge"),
        pytest.param(
            "width: 984, height: 1020",
            "width: 1984, height: 1020",
            2,
            "the safe area leaves the canvas",
            id="safe area",
        ),
        pytest.param("kind: strip", "kind: strap", 11, "unknown kind of source “strap”", id="kind"),
        pytest.param("y: 1080,", "y: 1180,", 11, "outside the safe area", id="strip under the comments"),
        pytest.param("y: 940,", "y: 100,", 17, "outside the safe area", id="card under the title"),
        pytest.param("x: 48, y: 240", "x: 8, y: 240", 18, "outside the safe area", id="text at the edge"),
        pytest.param("width: 90,", "width: 1090,", 12, "leaves the canvas", id="off the canvas"),
        pytest.param("width: 90,", "width: 0,", 12, "out of range", id="no width"),
        pytest.param("scenes/logo.png", "scenes/logo.jpg", 12, "“scenes/logo.jpg” is not there", id="missing asset"),
        pytest.param("scenes/logo.png", "../logo.png", 12, "not a path inside the workspace", id="asset outside"),
        pytest.param('"#1f4d36"', "green", 16, "not a colour", id="colour"),
        pytest.param("        fallback: {title: 主播机位}\n", "", 7, "“fallback” is missing", id="no fallback"),
        pytest.param(
            "{title: 主播机位}", "{titel: 主播机位, title: x}", 10, "unknown key “titel”", id="in the fallback"
        ),
        pytest.param("{title: 主播机位}", "主播机位", 10, "must hold keys and values", id="fallback a word"),
        pytest.param("size: 48", "size: 48, loop: true", 18, "unknown key “loop”", id="another kind's key"),
        pytest.param("id: closeup", "id: host", 13, "“host” is given twice, first in line 4", id="scene twice"),
        pytest.param("title: 特写", "title: 主播", 14, "“主播” is given twice", id="title twice"),
        pytest.param("name: 字", "name: 底色", 18, "“底色” is given twice", id="source twice"),
    ],
)
def test_a_mistake_is_one_problem_at_its_line(root: Path, old: str, new: str, line: int, says: str) -> None:
    (problem,) = read(FILE.replace(old, new, 1), root)[1]
    assert problem.line == line
    assert says in problem.what


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        pytest.param("https://example.com/a", "example.com", 22, "not the address of a page", id="address"),
        pytest.param("{title: 今日榜单}", "{subtitle: 榜}", 22, "either a slate or words", id="neither"),
        pytest.param("{title: 今日榜单}", "{title: 榜, text: 榜}", 22, "either a slate or words", id="both"),
        pytest.param("to: offer", "to: end", 23, "unknown word “end”", id="another end"),
        pytest.param("y: 240, width: 400", "y: 100, width: 400", 23, "outside the safe area", id="countdown covered"),
        pytest.param("obs: 游戏采集, ", "", 24, "“obs” is missing", id="nothing of a technician's"),
        pytest.param("placed: false", "placed: false, rect: {x: 0, y: 0, width: 9, height: 9}", 24,
                     "is left where it is placed", id="placed and not"),
        pytest.param("fit: stretch", "fit: cover", 25, "unknown word “cover”", id="fit"),
        pytest.param("name: 剩余", "name: 剩余, obs: 游戏采集", 24, "given twice", id="one input twice"),
        pytest.param("kind: existing, obs: 游戏采集, placed: false",
                     "kind: camera, device: HDMI 2, fallback: {title: a}", 25, "given twice", id="one device twice"),
    ],
)  # fmt: skip
def test_a_mistake_in_these_is_one_problem_at_its_line(root: Path, old: str, new: str, line: int, says: str) -> None:
    (problem,) = read(FILE + MORE.replace(old, new, 1), root)[1]
    assert problem.line == line
    assert says in problem.what


def test_a_place_is_checked_although_the_canvas_has_another_mistake(root: Path) -> None:
    problems = read(FILE.replace("fps: 30", "fps: 0").replace("width: 90,", "width: 1090,"), root)[1]
    assert [problem.line for problem in problems] == [1, 12]


def test_an_asset_behind_a_link_that_leads_out_is_not_there(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "logo.png"
    elsewhere.write_bytes(b"png")
    (root / "scenes" / "logo.png").unlink()
    (root / "scenes" / "logo.png").symlink_to(elsewhere)
    (problem,) = read(FILE, root)[1]
    assert "is not there" in problem.what
