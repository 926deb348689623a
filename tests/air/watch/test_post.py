"""The watch over one virtual studio: real sockets, simulated time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from studio.air.watch.sample import Expected
from studio.draw.pictures import slate
from studio.model.studio import Limits
from studio.obs.virtual.persona import persona
from tests.air.watch.studio_set import (
    BLACK,
    CANVAS,
    GREY,
    LIVE,
    METERS,
    MICROPHONE,
    clip,
    colour,
    studio,
    subscriptions,
)
from tests.media import clips

SLATE = Expected(scene="商品")


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host who holds still, with the noise of a clean camera, and a tone."""
    picture = clips.with_noise(clips.plain("gray", 4, f"{CANVAS[0]}x{CANVAS[1]}"), 6)
    return clips.write(picture, tmp_path_factory.mktemp("clips") / "camera.mp4", sound=True, crf="12")


async def test_a_black_picture_is_one_alarm_with_beginning_and_end(tmp_path: Path) -> None:
    async with studio(tmp_path, SLATE) as house:
        await house.scene("商品", colour("底", GREY))
        await house.passes(5)
        await house.desk.get("SetInputSettings", inputName="底", inputSettings={"color": BLACK})
        await house.passes(60)
        await house.desk.get("SetInputSettings", inputName="底", inputSettings={"color": GREY})
        await house.passes(5)
        raised, over = house.changes
        assert house.alarms == ["black raised", "black over"]
        assert raised.began_ns == over.began_ns == pytest.approx(6e9, abs=1.1e9)
        assert over.lasted_ms == pytest.approx(60_000, abs=1_100)


async def test_a_still_slate_with_words_is_no_trouble(tmp_path: Path) -> None:
    picture = tmp_path / "slate.png"
    picture.write_bytes(slate(CANVAS, "沙棘原浆", "岢岚县", "#000000"))
    async with studio(tmp_path, SLATE) as house:
        await house.scene("商品", ("底", "image_source", {"file": str(picture)}))
        await house.passes(45)
        assert house.alarms == []


async def test_a_host_who_holds_still_is_no_trouble_but_a_camera_that_does_is(tmp_path: Path, camera: Path) -> None:
    async with studio(tmp_path) as house:
        await house.scene("主播", clip(camera), MICROPHONE)
        await house.passes(45)
        assert house.alarms == []
        pause = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_PAUSE"
        await house.desk.get("TriggerMediaInputAction", inputName="机位", mediaAction=pause)
        await house.passes(12)
        assert house.alarms == ["frozen raised"]
        play = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_PLAY"
        await house.desk.get("TriggerMediaInputAction", inputName="机位", mediaAction=play)
        await house.passes(3)
        assert house.alarms == ["frozen raised", "frozen over"]


async def test_a_frozen_camera_without_any_sound_is_found_later(tmp_path: Path, camera: Path) -> None:
    async with studio(tmp_path, Expected(scene="主播", live=True)) as house:
        await house.scene("主播", clip(camera))
        await house.passes(3)
        pause = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_PAUSE"
        await house.desk.get("TriggerMediaInputAction", inputName="机位", mediaAction=pause)
        await house.passes(25)
        assert house.alarms == []
        await house.passes(8)
        assert house.alarms == ["frozen raised"]


async def test_a_muted_microphone_is_silence_until_it_is_heard_again(tmp_path: Path, camera: Path) -> None:
    async with studio(tmp_path) as house:
        await house.scene("主播", colour("底", GREY), MICROPHONE)
        house.expect(Expected(scene="主播", speaking=True))
        await house.passes(20)
        await house.desk.get("SetInputMute", inputName="话筒", inputMuted=True)
        await house.passes(18)
        await house.desk.get("SetInputMute", inputName="话筒", inputMuted=False)
        await house.passes(3)
        assert house.alarms == ["silent raised", "silent over"]
        assert house.changes[0].value == "-100 dB"


async def test_nobody_needs_to_speak_over_a_slate(tmp_path: Path) -> None:
    async with studio(tmp_path, SLATE) as house:
        await house.scene("商品", colour("底", GREY))
        await house.passes(30)
        assert house.alarms == []


async def test_a_fader_too_far_up_is_clipping(tmp_path: Path) -> None:
    async with studio(tmp_path, Expected(scene="主播", speaking=True)) as house:
        await house.scene("主播", colour("底", GREY), MICROPHONE)
        await house.passes(3)
        await house.desk.get("SetInputVolume", inputName="话筒", inputVolumeDb=26)
        await house.passes(4)
        await house.desk.get("SetInputVolume", inputName="话筒", inputVolumeDb=0)
        await house.passes(12)
        assert house.alarms == ["clipping raised", "clipping over"]


async def test_a_recording_that_obs_says_it_starts_and_does_not_is_found(tmp_path: Path) -> None:
    expected = Expected(scene="Scene", recording=True)
    async with studio(tmp_path, expected, Limits(black_ms=3_600_000), faults=["ignore:StartRecord:times=1"]) as house:
        await house.desk.get("StartRecord")
        await house.passes(5)
        assert [(change.kind, change.value) for change in house.changes] == [("recording_stalled", "off")]
        await house.desk.get("StartRecord")
        await house.passes(4)
        assert house.alarms == ["recording_stalled raised", "recording_stalled over"]


async def test_a_disk_too_small_for_what_is_recorded_is_found(tmp_path: Path) -> None:
    limits = Limits(black_ms=3_600_000, disk_minutes=10**9)
    async with studio(tmp_path, Expected(scene="Scene", recording=True), limits) as house:
        await house.desk.get("StartRecord")
        await house.passes(15)
        assert house.alarms == ["disk_low raised"]


async def test_skipped_frames_are_found(tmp_path: Path) -> None:
    limits = Limits(black_ms=3_600_000)
    async with studio(tmp_path, Expected(scene="Scene"), limits, faults=["skip-frames:10:after=5:times=5"]) as house:
        await house.passes(40)
        assert house.alarms == ["frames_skipped raised", "frames_skipped over"]


async def test_a_stream_and_a_virtual_camera_that_should_be_on_are_missed(tmp_path: Path) -> None:
    expected = Expected(scene="Scene", stream=True, camera=True)
    windows = persona("29.0.2", "windows")
    async with studio(tmp_path, expected, Limits(black_ms=3_600_000), persona=windows) as house:
        await house.passes(8)
        assert house.alarms == ["camera_off raised", "stream_reconnecting raised"]
        await house.desk.get("StartVirtualCam")
        await house.passes(3)
        assert house.alarms[2:] == ["camera_off over"]


async def test_a_scene_that_changes_while_it_is_looked_at_is_not_taken_for_the_other(tmp_path: Path) -> None:
    async with studio(tmp_path, SLATE) as house:
        await house.scene("商品", colour("底", GREY))
        await house.scene("黑", colour("黑底", BLACK))
        for _turn in range(20):  # neither is on air for as long as a black picture must last
            for name in ("黑", "商品"):
                await house.desk.get("SetCurrentProgramScene", sceneName=name)
                await house.passes(1)
        assert house.alarms == []


async def test_a_lost_link_is_made_anew_and_what_was_under_way_goes_on(tmp_path: Path) -> None:
    async with studio(tmp_path, Expected(scene="主播", speaking=True)) as house:
        await house.scene("主播", colour("底", GREY), MICROPHONE)
        await house.desk.get("SetInputMute", inputName="话筒", inputMuted=True)
        await house.passes(10)
        await house.obs.close_sessions(1001, "The network is gone.")
        await house.passes_unseen(8)
        assert house.alarms == ["silent raised"]
        assert house.changes[0].began_ns < 3e9


async def test_obs_is_only_asked(tmp_path: Path) -> None:
    everything = Expected("Scene", True, True, False, None, True, True, True)
    async with studio(tmp_path, everything) as house:
        await house.passes(10)
        asked = {entry.type for entry in house.obs.journal.of("request")}
        assert asked == {
            "GetCurrentProgramScene",
            "GetSourceScreenshot",
            "GetStats",
            "GetRecordStatus",
            "GetStreamStatus",
            "GetVirtualCamStatus",
        }


async def test_the_meters_have_a_socket_of_their_own(tmp_path: Path) -> None:
    async with studio(tmp_path, LIVE) as house:
        assert sorted(subscriptions(house.obs)) == [0, 2047, METERS]


async def test_an_obs_that_hangs_is_let_go_and_asked_again(tmp_path: Path) -> None:
    async with studio(tmp_path, SLATE, faults=["delay:GetSourceScreenshot:3600s:times=1"]) as house:
        await house.passes(0.5)
        async with asyncio.timeout(10):
            while subscriptions(house.obs).count(METERS) < 2:
                await house.passes_unseen(0.5)
        await house.passes(2)
        assert house.alarms == []
