"""Which sources get a file, and that drawing can be sent to another process."""

from __future__ import annotations

import pickle
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from studio.air.assets import make_assets
from studio.air.painter import Painter
from studio.errors import NotReady
from studio.model.runsheet import Cue, Product, RunSheet
from studio.model.scene import Rect, Scene, SceneFile, Source, SourceKind
from studio.model.studio import Canvas, PathMap, Studio

if TYPE_CHECKING:
    from pathlib import Path

RECT = Rect(0, 0, 64, 36)
SLATE = {"title": "主播", "subtitle": "", "colour": "#1F4D36"}
WORDS = {"title": "", "subtitle": "", "text": "榜单", "size": 40, "colour": "#FFFFFF"}
SHEET = RunSheet("s", "试播", (Cue("c1", 0, 1000, "host", "开场", product="p"),), (Product("p", "沙棘汁", 100),))


def one(kind: SourceKind, **settings: Any) -> SceneFile:
    scene = Scene("host", "主播", (Source("源", kind, RECT, settings),))
    return SceneFile("f", Canvas(64, 36, Fraction(30)), RECT, (scene,))


@pytest.mark.parametrize(
    ("spec", "cues"),
    [
        pytest.param(one("slate", **SLATE), [None], id="slate"),
        pytest.param(one("camera", device="HDMI 1", fallback=SLATE), [None], id="camera"),
        pytest.param(one("browser", url="https://a", fallback={**SLATE, "text": ""}), [None], id="page with a slate"),
        pytest.param(one("browser", url="https://a", fallback=WORDS), [], id="page with words"),
        pytest.param(one("card"), [None, "c1"], id="card, blank and by row"),
        pytest.param(one("countdown", to="offer", label="", size=40, colour="#FFFFFF", font=""), [], id="countdown"),
        pytest.param(one("existing"), [], id="made by a technician"),
    ],
)
def test_a_source_has_the_files_that_it_shows(spec: SceneFile, cues: list[str | None], tmp_path: Path) -> None:
    made = make_assets(spec, SHEET, (), None, tmp_path, tmp_path / "drawn")
    assert [file.cue for file in made.files] == cues


def test_drawing_can_be_sent_to_another_process(tmp_path: Path) -> None:
    arguments = (one("slate", **SLATE), SHEET, (), PathMap((("D:\\a", str(tmp_path)),)), tmp_path, tmp_path / "drawn")
    draw, sent = pickle.loads(pickle.dumps((make_assets, arguments)))
    (file,) = pickle.loads(pickle.dumps(draw(*sent))).files
    assert file.path.startswith("D:\\a\\drawn\\")


def test_two_painters_at_the_same_picture_do_not_disturb_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = (one("slate", **SLATE), SHEET, (), None, tmp_path, tmp_path / "drawn")

    def overtaken(part: Path, target: Path) -> None:
        monkeypatch.undo()
        make_assets(*arguments)
        part.replace(target)

    monkeypatch.setattr("pathlib.Path.replace", overtaken)
    (file,) = make_assets(*arguments).files
    assert [str(path) for path in (tmp_path / "drawn").iterdir()] == [file.path]


@pytest.mark.usefixtures("english")
def test_a_folder_that_the_other_pc_is_not_known_to_see_is_refused(tmp_path: Path) -> None:
    away = Studio("aux1", "辅直播间一", "192.0.2.7", 4455, "OBS_AUX1", "portrait")
    with pytest.raises(NotReady, match="The OBS PC cannot see"):
        make_assets(one("slate", **SLATE), SHEET, (), away.view, tmp_path, tmp_path / "drawn")


def test_an_obs_on_this_machine_sees_our_files_whatever_is_mapped(tmp_path: Path) -> None:
    here = Studio("main", "主直播间", "127.0.0.1", 4455, "OBS_MAIN", "portrait", PathMap((("D:\\录像", "/srv/main"),)))
    (file,) = make_assets(one("slate", **SLATE), SHEET, (), here.view, tmp_path, tmp_path / "drawn").files
    assert file.path.startswith(str(tmp_path))


@pytest.mark.usefixtures("english")
async def test_a_computer_that_starts_no_more_processes_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "gone"))
    with pytest.raises(NotReady, match="Drawing the pictures failed: No such file or directory"):
        await Painter(tmp_path).venue()
