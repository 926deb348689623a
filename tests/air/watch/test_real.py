"""The watch over a real OBS: its pictures and its volume meters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from studio.air.watch.office import Room
from studio.air.watch.post import Post
from studio.air.watch.sample import Change, Expected
from studio.model.studio import Limits
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.timekeeper import SystemClock
from tests.air.watch.studio_set import until
from tests.media import clips
from tests.real_obs import RealObs, real_obs

CANVAS = (360, 640)
LIMITS = Limits(black_ms=500, silent_ms=1_000, frozen_ms=700)
BLACK = {"color": 0xFF000000, "width": CANVAS[0], "height": CANVAS[1]}


@pytest.fixture(scope="module")
def obs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealObs]:
    with real_obs(tmp_path_factory.mktemp("obs"), CANVAS, 15) as running:
        yield running


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host who holds still, with the noise of a clean camera, and a tone."""
    picture = clips.with_noise(clips.plain("gray", 6, f"{CANVAS[0]}x{CANVAS[1]}"), 3)
    return clips.write(picture, tmp_path_factory.mktemp("clips") / "camera.mp4", sound=True, crf="10")


class OnAir:
    """A scene with a camera on air, under watch, with a voice; ``alarms`` are the changes so far."""

    def __init__(self, desk: ObsLink, scene: str, changes: list[Change]) -> None:
        self.desk, self.scene, self.source, self._changes = desk, scene, f"{scene} 机位", changes

    @property
    def alarms(self) -> list[tuple[str, bool]]:
        return [(change.kind, change.raised) for change in self._changes]


@asynccontextmanager
async def on_air(obs: RealObs, camera: Path, scene: str) -> AsyncIterator[OnAir]:
    address, changes = Address(obs.host, obs.port, obs.password), list[Change]()
    expected = Expected(scene=scene, live=True, speaking=True)
    room = Room("main", "主直播间", obs.host, obs.port, "", "s-1", expected)
    post = Post(room, LIMITS, lambda: obs.password, SystemClock(), lambda _room, change: changes.append(change))
    async with ObsLink(address, SystemClock()) as desk:
        made = OnAir(desk, scene, changes)
        await desk.call("CreateScene", {"sceneName": scene})
        settings = {"local_file": str(camera), "looping": True}
        clip = {"inputName": made.source, "inputKind": "ffmpeg_source", "inputSettings": settings}
        await desk.call("CreateInput", {"sceneName": scene, **clip})
        await desk.call("SetCurrentProgramScene", {"sceneName": scene})
        post.start()
        try:
            await asyncio.sleep(2.5)  # long enough for each trouble, were there one
            assert changes == []
            yield made
        finally:
            await post.stop()


async def test_a_covered_camera_is_black_and_a_muted_voice_silent_until_neither_is(obs: RealObs, camera: Path) -> None:
    async with on_air(obs, camera, "a") as air:
        cover = {"inputName": "cover", "inputKind": "color_source_v3", "inputSettings": BLACK}
        item = (await air.desk.call("CreateInput", {"sceneName": air.scene, **cover}))["sceneItemId"]
        await air.desk.call("SetInputMute", {"inputName": air.source, "inputMuted": True})
        await until(lambda: sorted(air.alarms) == [("black", True), ("silent", True)], 10)
        hidden = {"sceneName": air.scene, "sceneItemId": item, "sceneItemEnabled": False}
        await air.desk.call("SetSceneItemEnabled", hidden)
        await air.desk.call("SetInputMute", {"inputName": air.source, "inputMuted": False})
        await until(lambda: sorted(air.alarms[2:]) == [("black", False), ("silent", False)], 10)


async def test_clipping_and_then_a_frozen_camera_without_a_sound(obs: RealObs, camera: Path) -> None:
    async with on_air(obs, camera, "b") as air:
        await air.desk.call("SetInputVolume", {"inputName": air.source, "inputVolumeDb": 20})
        await until(lambda: air.alarms == [("clipping", True)], 10)
        pause = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_PAUSE"
        await air.desk.call("TriggerMediaInputAction", {"inputName": air.source, "mediaAction": pause})
        await until(lambda: {("frozen", True), ("silent", True)} <= set(air.alarms), 10)
