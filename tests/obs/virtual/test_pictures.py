"""What the programme and single sources look like, seen in screenshots."""

import base64
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from studio.obs.virtual import VirtualObs
from studio.obs.virtual.compose import Frame
from studio.obs.virtual.encoder import Encoder
from tests.obs.virtual.client import BLUE, GREEN, RED, WHITE, Client
from tests.obs.virtual.films import named

Image = np.ndarray[Any, np.dtype[np.uint8]]


async def shot(desk: Client, source: str, **options: Any) -> Image:
    """A screenshot as BGR or BGRA."""
    options = {"imageFormat": "png", **options}
    data = (await desk.get("GetSourceScreenshot", sourceName=source, **options))["imageData"]
    head, _comma, body = data.partition(",")
    assert head == f"data:image/{options['imageFormat']};base64"
    image = cv2.imdecode(np.frombuffer(base64.b64decode(body), np.uint8), cv2.IMREAD_UNCHANGED)
    assert image is not None
    return np.asarray(image, np.uint8)


def at(image: Image, x: int, y: int) -> str:
    """The name of the colour at a place."""
    blue, green, red = (float(value) for value in image[y, x, :3])
    return named((blue, green, red))


async def add(desk: Client, scene: str, name: str, kind: str, settings: dict[str, Any], **transform: Any) -> int:
    """Put a new input into a scene and place it."""
    made = await desk.get("CreateInput", sceneName=scene, inputName=name, inputKind=kind, inputSettings=settings)
    if transform:
        await desk.get(
            "SetSceneItemTransform",
            sceneName=scene,
            sceneItemId=made["sceneItemId"],
            sceneItemTransform=transform,
        )
    return int(made["sceneItemId"])


def colour(value: int, width: int = 20, height: int = 10) -> dict[str, int]:
    return {"color": value, "width": width, "height": height}


@pytest.mark.parametrize(
    ("transform", "inside", "outside"),
    [
        pytest.param({}, (19, 9), (21, 11), id="where it is put"),
        pytest.param({"positionX": 30, "positionY": 40}, (31, 41), (29, 39), id="position"),
        pytest.param({"scaleX": 2, "scaleY": 3}, (39, 29), (41, 31), id="scale"),
        pytest.param({"cropLeft": 10}, (9, 9), (11, 5), id="crop"),
        pytest.param({"positionX": 32, "positionY": 32, "alignment": 0}, (23, 28), (43, 32), id="centred"),
        pytest.param({"positionX": 64, "positionY": 64, "alignment": 10}, (45, 55), (43, 53), id="lower right"),
        pytest.param(
            {"boundsType": "OBS_BOUNDS_STRETCH", "boundsWidth": 60, "boundsHeight": 50},
            (59, 49),
            (61, 51),
            id="stretch",
        ),
        pytest.param(
            {"boundsType": "OBS_BOUNDS_SCALE_INNER", "boundsWidth": 60, "boundsHeight": 60},
            (1, 16),
            (1, 13),
            id="inner",
        ),
        pytest.param(
            {"boundsType": "OBS_BOUNDS_MAX_ONLY", "boundsWidth": 60, "boundsHeight": 60},
            (21, 26),
            (19, 24),
            id="max only",
        ),
        pytest.param({"positionX": 32, "positionY": 10, "rotation": 90}, (23, 28), (31, 31), id="turned right"),
        pytest.param({"positionX": -10, "positionY": -5}, (9, 4), (11, 6), id="half outside"),
        pytest.param({"scaleX": -1, "positionX": 30}, (11, 9), (31, 5), id="mirrored"),
    ],
)
async def test_an_item_lies_where_its_transform_says(
    desk: Client, transform: dict[str, Any], inside: tuple[int, int], outside: tuple[int, int]
) -> None:
    await add(desk, "Scene", "box", "color_source_v3", colour(RED), **transform)
    picture = await shot(desk, "Scene")
    assert (at(picture, *inside), at(picture, *outside)) == ("red", "black")


async def test_the_front_item_covers_the_others(desk: Client) -> None:
    await add(desk, "Scene", "back", "color_source_v3", colour(RED))
    front = await add(desk, "Scene", "front", "color_source_v3", colour(BLUE))
    assert at(await shot(desk, "Scene"), 5, 5) == "blue"
    await desk.get("SetSceneItemIndex", sceneName="Scene", sceneItemId=front, sceneItemIndex=0)
    assert at(await shot(desk, "Scene"), 5, 5) == "red"


async def test_a_hidden_item_is_not_drawn(desk: Client) -> None:
    item = await add(desk, "Scene", "box", "color_source_v3", colour(RED))
    await desk.get("SetSceneItemEnabled", sceneName="Scene", sceneItemId=item, sceneItemEnabled=False)
    assert at(await shot(desk, "Scene"), 5, 5) == "black"


async def test_half_transparent_red_on_white_is_pink(desk: Client) -> None:
    await add(desk, "Scene", "white", "color_source_v3", colour(WHITE))
    await add(desk, "Scene", "red", "color_source_v3", colour(0x800000FF))
    blue, green, red = (int(value) for value in (await shot(desk, "Scene"))[5, 5, :3])
    assert (red, abs(green - 127) <= 1, abs(blue - 127) <= 1) == (255, True, True)


async def test_red_multiplied_with_white_stays_red(desk: Client) -> None:
    await add(desk, "Scene", "red", "color_source_v3", colour(RED))
    item = await add(desk, "Scene", "white", "color_source_v3", colour(WHITE))
    await desk.get(
        "SetSceneItemBlendMode", sceneName="Scene", sceneItemId=item, sceneItemBlendMode="OBS_BLEND_MULTIPLY"
    )
    assert at(await shot(desk, "Scene"), 5, 5) == "red"


async def test_a_scene_in_a_scene_is_drawn(desk: Client) -> None:
    await desk.scene("inner", GREEN)
    await desk.get("CreateSceneItem", sceneName="Scene", sourceName="inner")
    assert at(await shot(desk, "Scene"), 60, 60) == "green"


async def test_a_changed_colour_is_seen_at_once(desk: Client) -> None:
    await add(desk, "Scene", "box", "color_source_v3", colour(RED))
    await shot(desk, "Scene")
    await desk.get("SetInputSettings", inputName="box", inputSettings={"color": GREEN})
    assert at(await shot(desk, "Scene"), 5, 5) == "green"


@pytest.mark.parametrize("kind", ["text_ft2_source_v2"])
async def test_chinese_text_is_drawn_and_differs_from_other_text(desk: Client, kind: str) -> None:
    font = {"font": {"size": 40}}
    await add(desk, "Scene", "title", kind, {"text": "沙棘", **font})
    first = await shot(desk, "title")
    inked = float((first[..., 3] > 128).mean())
    assert 0.08 < inked < 0.6
    assert 70 < first.shape[1] < 100
    await desk.get("SetInputSettings", inputName="title", inputSettings={"text": "羊肉"})
    second = await shot(desk, "title")
    assert first.shape != second.shape or (first != second).any()


async def test_a_longer_text_is_a_wider_source(desk: Client) -> None:
    item = await add(desk, "Scene", "title", "text_ft2_source_v2", {"text": "红", "font": {"size": 40}})

    async def width() -> float:
        found = await desk.get("GetSceneItemTransform", sceneName="Scene", sceneItemId=item)
        return float(found["sceneItemTransform"]["sourceWidth"])

    short = await width()
    await desk.get("SetInputSettings", inputName="title", inputSettings={"text": "红芸豆"})
    assert await width() > 2 * short


async def test_an_image_file_with_a_chinese_name_is_drawn(desk: Client, tmp_path: Path) -> None:
    path = tmp_path / "柏籽羊肉.png"
    path.write_bytes(cv2.imencode(".png", np.full((12, 12, 3), (0, 255, 0), np.uint8))[1].tobytes())
    await add(desk, "Scene", "picture", "image_source", {"file": str(path)})
    assert at(await shot(desk, "Scene"), 5, 5) == "green"


async def test_a_missing_image_draws_nothing_and_has_no_screenshot(desk: Client, tmp_path: Path) -> None:
    await add(desk, "Scene", "picture", "image_source", {"file": str(tmp_path / "none.png")})
    assert await desk.code("GetSourceScreenshot", sourceName="picture", imageFormat="png") == 702
    assert at(await shot(desk, "Scene"), 5, 5) == "black"


def clip(path: Path, seconds: int = 2) -> Path:
    """A film that is red for a second and green from then on."""
    from fractions import Fraction

    film = Encoder(path, 32, 32, Fraction(10))
    for index in range(seconds * 10):
        bgr = (0, 0, 255) if index < 10 else (0, 255, 0)
        film.add(Frame((bgr,), np.full((32, 32, 3), bgr, np.uint8)), ())
    film.close()
    return path


async def test_media_plays_pauses_seeks_and_ends(desk: Client, tmp_path: Path) -> None:
    path = clip(tmp_path / "clip.mkv")
    await add(desk, "Scene", "film", "ffmpeg_source", {"local_file": str(path)})
    await desk.event("MediaInputPlaybackStarted")
    action = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_"
    await desk.get("TriggerMediaInputAction", inputName="film", mediaAction=f"{action}PAUSE")
    assert at(await shot(desk, "film"), 5, 5) == "red"
    await desk.get("SetMediaInputCursor", inputName="film", mediaCursor=1700)
    assert at(await shot(desk, "film"), 5, 5) == "green"
    status = await desk.get("GetMediaInputStatus", inputName="film")
    assert (status["mediaState"], status["mediaCursor"]) == ("OBS_MEDIA_STATE_PAUSED", 1700)
    assert abs(status["mediaDuration"] - 2000) <= 100
    await desk.get("TriggerMediaInputAction", inputName="film", mediaAction=f"{action}PLAY")
    await desk.event("MediaInputPlaybackEnded")
    assert (await desk.get("GetMediaInputStatus", inputName="film"))["mediaState"] == "OBS_MEDIA_STATE_ENDED"


async def test_the_programme_in_a_fade_is_between_its_scenes(obs: VirtualObs, desk: Client) -> None:
    await desk.scene("red", RED)
    await desk.scene("green", GREEN)
    await desk.show("red")
    await desk.get("SetCurrentSceneTransition", transitionName="Fade")
    await desk.get("SetCurrentSceneTransitionDuration", transitionDuration=2000)
    await desk.get("SetCurrentProgramScene", sceneName="green")
    picture = obs.state.timeline.latest()
    assert picture.take is not None
    frame = obs.state.composer.programme(picture, picture.take.start_ns + 500_000_000)
    blue, green, red = (int(value) for value in frame.image[5, 5])
    assert (blue, abs(green - 64) <= 1, abs(red - 191) <= 1) == (0, True, True)


async def test_one_size_given_keeps_the_proportions(desk: Client) -> None:
    await add(desk, "Scene", "wide", "color_source_v3", colour(RED, 100, 50))
    assert (await shot(desk, "wide", imageWidth=20)).shape[:2] == (10, 20)


@pytest.mark.parametrize("packed", ["png", "jpg", "jpeg", "webp", "bmp"])
async def test_every_format_it_names_can_be_opened(desk: Client, packed: str) -> None:
    await desk.scene("red", RED)
    assert at(await shot(desk, "red", imageFormat=packed), 30, 30) == "red"


async def test_a_screenshot_is_saved_to_a_file(desk: Client, tmp_path: Path) -> None:
    await desk.scene("red", RED)
    path = tmp_path / "bild.png"
    await desk.get("SaveSourceScreenshot", sourceName="red", imageFormat="png", imageFilePath=str(path))
    image = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    assert image is not None and at(np.asarray(image, np.uint8), 5, 5) == "red"
