"""Screenshots: really composed, in the right colours, sizes and formats."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from tests.contract.wire import PREFIX, Listener, Subject, Wire, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCENE, COLOUR, OVER, TEXT = f"{PREFIX}scene", f"{PREFIX}colour", f"{PREFIX}over", f"{PREFIX}text"
Picture = np.ndarray[Any, np.dtype[np.uint8]]
RED, GREEN, BLUE, ORANGE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 128, 0)


def abgr(rgb: tuple[int, int, int]) -> int:
    red, green, blue = rgb
    return 0xFF000000 | blue << 16 | green << 8 | red


def fill(obs: Wire, name: str, rgb: tuple[int, int, int], width: int, height: int) -> int:
    settings = {"color": abgr(rgb), "width": width, "height": height}
    asked = {"sceneName": SCENE, "inputName": name, "inputKind": "color_source_v3", "inputSettings": settings}
    number: int = obs.get("CreateInput", asked)["sceneItemId"]
    return number


def shot(obs: Wire, source: str = SCENE, **more: object) -> Picture:
    asked = {"sourceName": source, "imageFormat": "png"} | more
    text = obs.get("GetSourceScreenshot", asked)["imageData"]
    head, _, body = text.partition(",")
    assert head == f"data:image/{asked['imageFormat']};base64"
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(body), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, np.uint8)


def rgb(picture: Picture, x: int, y: int) -> tuple[int, ...]:
    return tuple(int(value) for value in picture[y, x][::-1])


def near(found: tuple[int, ...], wanted: tuple[int, ...], by: int = 4) -> bool:
    return all(abs(one - other) <= by for one, other in zip(found, wanted, strict=True))


@pytest.fixture
def stage(obs: Wire, subject: Subject) -> Iterator[Wire]:
    """A scene filled with orange."""
    obs.get("CreateScene", {"sceneName": SCENE})
    fill(obs, COLOUR, ORANGE, *subject.canvas)
    assert eventually(lambda: near(rgb(shot(obs), 5, 5), ORANGE))
    yield obs


def test_a_scene_is_as_large_as_the_canvas(stage: Wire, subject: Subject) -> None:
    assert shot(stage).shape == (subject.canvas[1], subject.canvas[0], 3)


@pytest.mark.parametrize("colour", [RED, GREEN, BLUE, ORANGE], ids=["red", "green", "blue", "orange"])
def test_a_colour_is_that_colour(stage: Wire, colour: tuple[int, int, int]) -> None:
    stage.get("SetInputSettings", {"inputName": COLOUR, "inputSettings": {"color": abgr(colour)}})
    assert eventually(lambda: near(rgb(shot(stage), 10, 10), colour))


@pytest.mark.parametrize("kind", ["png", "jpg", "jpeg", "bmp"])
def test_formats(stage: Wire, kind: str) -> None:
    assert near(rgb(shot(stage, imageFormat=kind), 20, 20), ORANGE)


def test_a_smaller_picture_has_the_size_asked_for(stage: Wire) -> None:
    assert shot(stage, imageWidth=64, imageHeight=48).shape == (48, 64, 3)


def test_a_width_alone_keeps_the_shape(stage: Wire, subject: Subject) -> None:
    width, height = subject.canvas
    found = shot(stage, imageWidth=width // 2)
    assert abs(found.shape[0] - height // 2) <= 1
    assert found.shape[1] == width // 2


def test_an_input_alone_has_its_own_size(stage: Wire) -> None:
    stage.get("SetInputSettings", {"inputName": COLOUR, "inputSettings": {"width": 100, "height": 60}})
    assert eventually(lambda: shot(stage, COLOUR).shape == (60, 100, 3))


def test_a_later_item_covers_an_earlier_one(stage: Wire) -> None:
    fill(stage, OVER, BLUE, 100, 100)
    assert eventually(lambda: near(rgb(shot(stage), 50, 50), BLUE))
    assert near(rgb(shot(stage), 150, 150), ORANGE)


def test_a_hidden_item_is_not_seen(stage: Wire) -> None:
    number = fill(stage, OVER, BLUE, 100, 100)
    stage.get("SetSceneItemEnabled", {"sceneName": SCENE, "sceneItemId": number, "sceneItemEnabled": False})
    assert eventually(lambda: near(rgb(shot(stage), 50, 50), ORANGE))


def test_the_order_decides_what_covers(stage: Wire) -> None:
    number = fill(stage, OVER, BLUE, 100, 100)
    stage.get("SetSceneItemIndex", {"sceneName": SCENE, "sceneItemId": number, "sceneItemIndex": 0})
    assert eventually(lambda: near(rgb(shot(stage), 50, 50), ORANGE))


def test_a_stretched_item_fills_its_rectangle_and_no_more(stage: Wire) -> None:
    number = fill(stage, OVER, GREEN, 10, 10)
    place = {
        "positionX": 100.0,
        "positionY": 50.0,
        "alignment": 5,
        "boundsType": "OBS_BOUNDS_STRETCH",
        "boundsWidth": 80.0,
        "boundsHeight": 160.0,
    }
    stage.get("SetSceneItemTransform", {"sceneName": SCENE, "sceneItemId": number, "sceneItemTransform": place})
    assert eventually(lambda: near(rgb(shot(stage), 140, 130), GREEN))
    found = shot(stage)
    assert [near(rgb(found, x, y), GREEN) for x, y in [(103, 53), (177, 53), (103, 206), (177, 206)]] == [True] * 4
    assert [near(rgb(found, x, y), ORANGE) for x, y in [(96, 130), (184, 130), (140, 46), (140, 214)]] == [True] * 4


def test_a_cropped_and_scaled_item_is_seen_so(stage: Wire) -> None:
    number = fill(stage, OVER, GREEN, 40, 40)
    place = {"positionX": 100.0, "positionY": 100.0, "cropLeft": 20, "scaleX": 2.0, "scaleY": 2.0}
    stage.get("SetSceneItemTransform", {"sceneName": SCENE, "sceneItemId": number, "sceneItemTransform": place})
    assert eventually(lambda: near(rgb(shot(stage), 120, 120), GREEN))
    assert near(rgb(shot(stage), 145, 120), ORANGE)
    assert near(rgb(shot(stage), 120, 177), GREEN)


def test_a_scene_within_a_scene_is_seen(stage: Wire) -> None:
    outer = f"{PREFIX}outer"
    stage.get("CreateScene", {"sceneName": outer})
    stage.get("CreateSceneItem", {"sceneName": outer, "sourceName": SCENE})
    assert eventually(lambda: near(rgb(shot(stage, outer), 20, 20), ORANGE))


def test_an_image_file_is_seen(stage: Wire, tmp_path: Path) -> None:
    picture = np.zeros((80, 80, 3), np.uint8)
    picture[:, :40] = BLUE[::-1]
    picture[:, 40:] = RED[::-1]
    assert cv2.imwrite(str(tmp_path / "两色.png"), picture)
    settings = {"file": str(tmp_path / "两色.png")}
    asked = {"sceneName": SCENE, "inputName": OVER, "inputKind": "image_source", "inputSettings": settings}
    stage.get("CreateInput", asked)
    assert eventually(lambda: near(rgb(shot(stage), 20, 40), BLUE))
    assert near(rgb(shot(stage), 60, 40), RED)


def test_chinese_text_is_seen_and_differs(stage: Wire) -> None:
    settings = {"text": "沙棘原浆", "font": {"face": "Noto Sans CJK SC", "size": 40, "style": "Regular", "flags": 0}}
    asked = {"sceneName": SCENE, "inputName": TEXT, "inputKind": "text_ft2_source_v2", "inputSettings": settings}
    stage.get("CreateInput", asked)
    assert eventually(lambda: written(stage) > 200)
    first = shot(stage)
    stage.get("SetInputSettings", {"inputName": TEXT, "inputSettings": {"text": "红芸豆"}})
    assert eventually(lambda: not np.array_equal(first, shot(stage)))
    assert written(stage) > 100


def written(obs: Wire) -> int:
    """How many pixels of the scene are no longer plain orange."""
    return int((np.abs(shot(obs).astype(int) - ORANGE[::-1]).max(axis=2) > 40).sum())


def test_a_fade_is_a_mixture_halfway(stage: Wire, events: Listener) -> None:
    """The programme is not a source: what is faded is measured by asking for the scenes, so only its course is here."""
    stage.get("SetCurrentSceneTransition", {"transitionName": "Fade"})
    stage.get("SetCurrentSceneTransitionDuration", {"transitionDuration": 400})
    stage.get("SetCurrentProgramScene", {"sceneName": SCENE})
    events.wait("SceneTransitionStarted")
    time.sleep(0.15)
    halfway = stage.get("GetCurrentSceneTransitionCursor")["transitionCursor"]
    assert 0.15 < halfway < 0.85
    events.wait("CurrentProgramSceneChanged", sceneName=SCENE)


def test_a_picture_is_saved_to_a_file(stage: Wire, tmp_path: Path) -> None:
    path = tmp_path / "截图.png"
    stage.get("SaveSourceScreenshot", {"sourceName": SCENE, "imageFormat": "png", "imageFilePath": str(path)})
    found = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    assert found is not None
    assert near(rgb(np.asarray(found, np.uint8), 9, 9), ORANGE)
