"""A technician's scenes as a file: read back and held against the OBS they come from, it asks for nothing."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.model.obs import InputState, Item, Picture
from studio.model.plan import AssetFile, Assets
from studio.model.scene import Rect, SceneFile
from studio.model.studio import Canvas
from studio.scenes.adopt import Note, adopt
from studio.scenes.desired import Naming, collection
from studio.scenes.diff import diff
from studio.scenes.spec import read_scene_file
from studio.scenes.writing import write
from studio.workspace.reading import parse

CANVAS = Canvas(1080, 1920, Fraction(30000, 1001))
KINDS = {"color_source_v3", "text_gdiplus_v3", "image_source", "ffmpeg_source", "dshow_input", "browser_source"}
LOGO, CLIP = "D:\\素材\\logo.png", "D:\\素材\\opening.mp4"
INSIDE = {LOGO: "scenes/logo.png", CLIP: "scenes/opening.mp4"}
FULL = Rect(0, 0, 1080, 1920)


def adopted(picture: Picture) -> tuple[SceneFile, tuple[Note, ...]]:
    return adopt(picture, "own", CANVAS, KINDS, INSIDE.get)


def read_back(text: str, root: Path) -> SceneFile:
    source, problems = parse("scenes/own.yaml", text.encode())
    assert source is not None, problems
    found, more = read_scene_file(source, "own", root)
    assert [*problems, *more] == [], text
    assert found is not None
    return found


def files(spec: SceneFile) -> Assets:
    theirs = {ours: there for there, ours in INSIDE.items()}
    return Assets(
        tuple(
            AssetFile(scene.id, source.name, theirs[source.settings["asset"]])
            for scene in spec.scenes
            for source in scene.sources
            if "asset" in source.settings
        )
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "scenes").mkdir()
    for name in INSIDE.values():
        (folder / name).write_bytes(b"x")
    return folder


FONT = {"face": "Microsoft YaHei", "size": 48, "style": "Bold", "flags": 1}
DEVICE = "USB Video:\\\\?\\usb#22vid_534d"
WHAT = {
    "colour": InputState("color_source_v3", {"color": 0xFF364D1F, "width": 1080, "height": 1920}),
    "colour of another size": InputState("color_source_v3", {"color": 0xFF364D1F, "width": 400, "height": 300}),
    "see-through colour": InputState("color_source_v3", {"color": 0x80364D1F, "width": 1080, "height": 1920}),
    "text": InputState("text_gdiplus_v3", {"text": "今晚 20:00\n不见不散", "font": FONT, "color": 0xFF00FFFF}),
    "text of an old kind": InputState("text_gdiplus_v2", {"text": "旧", "font": FONT, "color": 0xFF00FFFF}),
    "text with an edge of blanks": InputState("text_gdiplus_v3", {"text": " a ", "font": FONT, "color": 0xFF00FFFF}),
    "logo": InputState("image_source", {"file": LOGO, "unload": False}),
    "picture elsewhere": InputState("image_source", {"file": "C:\\其他.png"}),
    "clip": InputState("ffmpeg_source", {"local_file": CLIP, "is_local_file": True, "looping": True}),
    "camera": InputState("dshow_input", {"video_device_id": DEVICE, "res_type": 1, "active": True}),
    "camera without a device": InputState("dshow_input", {"active": True}),
    "feed": InputState("ffmpeg_source", {"is_local_file": False, "input": "srt://0.0.0.0:9000"}),
    "page": InputState("browser_source", {"url": "https://example.com/榜", "width": 1080, "height": 1920}),
    "game": InputState("game_capture", {"capture_mode": "any_fullscreen"}),
    "group": None,
}
AS = {
    "colour": "colour", "text": "text", "logo": "image", "clip": "media", "camera": "camera", "page": "browser"
}  # fmt: skip


@pytest.mark.parametrize("what", WHAT)
def test_a_source_becomes_what_it_is_or_stays_as_it_is(what: str) -> None:
    state = WHAT[what]
    picture = Picture(scenes={"开场": (Item("源", FULL),)}, inputs={"源": state} if state else {})
    spec, notes = adopted(picture)
    (source,) = spec.scenes[0].sources
    assert source.kind == AS.get(what, "existing")
    assert bool(notes) == (source.kind == "existing")


def test_what_is_placed_by_scale_keeps_its_place() -> None:
    spec, _notes = adopted(Picture(scenes={"开场": (Item("游戏", None),)}))
    assert spec.scenes[0].sources[0].placed is False


def test_a_name_of_ours_needs_no_name_in_obs(root: Path) -> None:
    spec, _notes = adopted(Picture(scenes={"开场": (Item("开场 · 底", FULL),)}, inputs={"开场 · 底": WHAT["colour"]}))
    (source,) = read_back(write(spec), root).scenes[0].sources
    assert (source.name, source.obs) == ("底", "")


def test_scenes_are_in_the_order_of_the_technicians_list() -> None:
    item = (Item("a", FULL),)
    spec, _notes = adopted(Picture(scenes={"second": item, "Scene 主": item, "first": item}))
    assert [(scene.id, scene.title) for scene in spec.scenes] == [
        ("first", "first"),
        ("scene-1", "Scene 主"),
        ("second", "second"),
    ]


@pytest.mark.parametrize(
    ("scenes", "about"),
    [
        pytest.param({"空": ()}, ("空", ""), id="no sources"),
        pytest.param({" 开场": (Item("a", FULL),)}, (" 开场", ""), id="a blank in front of the scene"),
        pytest.param({"开场": (Item("a\nb", FULL),)}, ("开场", "a\nb"), id="a name of two lines"),
        pytest.param({"开场": (Item("a", FULL), Item("a", FULL))}, ("开场", "a"), id="there twice"),
    ],
)
def test_what_cannot_be_said_is_left_out_and_noted(scenes: dict[str, tuple[Item, ...]], about: tuple[str, str]) -> None:
    kept = {"其他": (Item("b", FULL),)}
    spec, notes = adopted(Picture(scenes=scenes | kept))
    assert [source.obs for scene in spec.scenes for source in scene.sources] == ["b"]
    assert about in [(note.scene, note.source) for note in notes]
    assert "# " in write(spec, notes)


NAMES = st.sampled_from(
    ["a", "镜头 · 主", "S1 · 底", 'quo"ted', "x: #y", "yes", "12", "🎬\u200d", "\x07", " edge", "a\nb"]
)
SCENES = st.sampled_from(["S1", "开场", "- {x}", "true", "\u202e倒", "con"])
RECTS = st.builds(Rect, st.integers(-5, 900), st.integers(0, 1900), st.integers(0, 1080), st.integers(1, 1920))
ITEMS = st.lists(
    st.builds(Item, NAMES, st.none() | st.just(FULL) | RECTS, st.booleans(), st.sampled_from(["stretch", "inside"])),
    max_size=5,
).map(tuple)
PICTURES = st.builds(
    lambda scenes, inputs: Picture(scenes=scenes, inputs={name: state for name, state in inputs.items() if state}),
    st.dictionaries(SCENES, ITEMS, max_size=3),
    st.dictionaries(NAMES, st.sampled_from([*WHAT.values()])),
)


@settings(max_examples=80, deadline=None)
@given(PICTURES)
def test_the_file_asks_for_no_change_of_what_it_was_made_from(root: Path, picture: Picture) -> None:
    spec, notes = adopted(picture)
    if not spec.scenes:
        return
    found = read_back(write(spec, notes), root)
    wanted = collection(found, files(found), Naming(), KINDS)
    assert diff(wanted, picture) == ()


@settings(max_examples=50, deadline=None)
@given(PICTURES)
def test_every_item_is_in_the_file_or_noted(picture: Picture) -> None:
    spec, notes = adopted(picture)
    said = {(scene.title, Naming().source(scene, source)) for scene in spec.scenes for source in scene.sources}
    said |= {(scene.title, source.obs) for scene in spec.scenes for source in scene.sources}
    told = said | {(note.scene, note.source) for note in notes}
    whole = {note.scene for note in notes if not note.source}
    missing = {(scene, item.source) for scene, items in picture.scenes.items() for item in items} - told
    assert all(scene in whole for scene, _source in missing)
