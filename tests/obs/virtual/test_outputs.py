"""Stream, replay buffer and virtual camera."""

import asyncio
from pathlib import Path

from studio.obs.virtual import VirtualObs
from studio.obs.virtual.persona import persona
from tests.obs.virtual.client import GREEN, PASSWORD, RED, Client, client
from tests.obs.virtual.films import watch

STATE = "OBS_WEBSOCKET_OUTPUT_"


async def with_replay_buffer(desk: Client) -> None:
    """Ask for a replay buffer, and load the profile again, which is when OBS makes one."""
    asked = {"parameterCategory": "SimpleOutput", "parameterName": "RecRB", "parameterValue": "true"}
    await desk.get("SetProfileParameter", **asked)
    await desk.get("CreateProfile", profileName="other")
    await desk.get("SetCurrentProfile", profileName="Untitled")


async def test_a_replay_holds_what_was_on_air_before_it_was_asked_for(desk: Client) -> None:
    await desk.scene("red", RED)
    await desk.scene("green", GREEN)
    await desk.show("red")
    await with_replay_buffer(desk)
    await desk.get("StartReplayBuffer")
    await asyncio.sleep(0.3)
    await desk.show("green")
    await asyncio.sleep(0.3)
    await desk.get("SaveReplayBuffer")
    saved = (await desk.event("ReplayBufferSaved"))["savedReplayPath"]
    assert Path(saved).name.startswith("Replay ")
    assert [name for _index, name in watch(Path(saved)).changes()] == ["red", "green"]
    assert (await desk.get("GetLastReplayBufferReplay"))["savedReplayPath"] == saved


async def test_there_is_no_replay_buffer_until_the_profile_is_loaded_with_one(desk: Client) -> None:
    assert await desk.code("GetReplayBufferStatus") == 604
    await with_replay_buffer(desk)
    assert await desk.get("GetReplayBufferStatus") == {"outputActive": False}


async def test_a_stream_without_a_key_stops_by_itself(desk: Client) -> None:
    await desk.get("StartStream")
    await desk.event("StreamStateChanged", outputState=f"{STATE}STARTING")
    await desk.event("StreamStateChanged", outputState=f"{STATE}STOPPED")
    assert not (await desk.get("GetStreamStatus"))["outputActive"]


async def test_a_stream_counts_its_time_and_bytes_and_stops(desk: Client) -> None:
    settings = {"server": "auto", "key": "live_1"}
    await desk.get("SetStreamServiceSettings", streamServiceType="rtmp_common", streamServiceSettings=settings)
    await desk.get("StartStream")
    await desk.event("StreamStateChanged", outputState=f"{STATE}STARTED")
    assert await desk.code("StartStream") == 500
    await asyncio.sleep(0.2)
    first = await desk.get("GetStreamStatus")
    await asyncio.sleep(0.2)
    second = await desk.get("GetStreamStatus")
    assert second["outputDuration"] > first["outputDuration"] >= 200
    assert second["outputBytes"] > first["outputBytes"] > 0
    await desk.get("StopStream")
    await desk.event("StreamStateChanged", outputState=f"{STATE}STOPPED")
    assert await desk.code("StopStream") == 501


async def test_only_windows_has_a_virtual_camera(desk: Client, tmp_path: Path) -> None:
    assert await desk.code("GetVirtualCamStatus") == 604
    windows = persona("29.0.2", "windows")
    async with VirtualObs(port=0, password=PASSWORD, record_dir=tmp_path, persona=windows) as obs, client(obs) as other:
        await other.get("StartVirtualCam")
        assert await other.get("GetVirtualCamStatus") == {"outputActive": True}


async def test_video_settings_cannot_change_under_a_recording(desk: Client) -> None:
    await desk.get("StartRecord")
    await desk.event("RecordStateChanged", outputState=f"{STATE}STARTED")
    assert await desk.code("SetVideoSettings", baseWidth=32, baseHeight=32) == 500
    await desk.get("StopRecord")
    await desk.event("RecordStateChanged", outputState=f"{STATE}STOPPED")
    assert await desk.code("SetVideoSettings", baseWidth=32, baseHeight=32) == 100


async def test_a_recording_has_the_output_size_not_the_canvas(desk: Client) -> None:
    await desk.get("SetVideoSettings", outputWidth=32, outputHeight=48)
    await desk.get("StartRecord")
    await desk.event("RecordStateChanged", outputState=f"{STATE}STARTED")
    await asyncio.sleep(0.2)
    await desk.get("StopRecord")
    path = (await desk.event("RecordStateChanged", outputState=f"{STATE}STOPPED"))["outputPath"]
    assert watch(Path(path)).size == (32, 48)
