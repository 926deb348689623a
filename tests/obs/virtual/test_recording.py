"""Recordings: every frame shows its instant, on real and on simulated time, and nothing ends silently."""

import asyncio
import itertools
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest

from studio.clock import NS_PER_MS, NS_PER_S
from studio.obs.virtual import VirtualObs
from studio.obs.virtual.encoder import Encoder
from studio.obs.virtual.persona import persona
from studio.timekeeper import SimulatedClock
from tests.obs.virtual.client import BLUE, GREEN, PASSWORD, RED, Client, client
from tests.obs.virtual.films import watch

STATE = "OBS_WEBSOCKET_OUTPUT_"
NOON = 1_700_000_000 * NS_PER_S


async def started(desk: Client) -> Path:
    """Begin to record; gives the file."""
    await desk.get("StartRecord")
    return Path((await desk.event("RecordStateChanged", outputState=f"{STATE}STARTED"))["outputPath"])


async def stopped(desk: Client) -> Path:
    """End the recording and wait for its file."""
    answer = await desk.get("StopRecord")
    event = await desk.event("RecordStateChanged", outputState=f"{STATE}STOPPED")
    assert event["outputPath"] == answer["outputPath"]
    return Path(answer["outputPath"])


async def test_each_take_is_a_picture_change_in_the_frame_the_journal_names(obs: VirtualObs, desk: Client) -> None:
    for name, colour in (("red", RED), ("green", GREEN), ("blue", BLUE)):
        await desk.scene(name, colour)
    await desk.show("red")
    await started(desk)
    for name in ("green", "blue", "red", "blue"):
        await asyncio.sleep(0.237)
        await desk.show(name)
    film = watch(await stopped(desk))
    takes = obs.journal.of("effect", "programme")[-4:]
    assert film.changes() == [(0, "red"), *((take.data["frame"], take.data["scene"]) for take in takes)]


async def test_a_take_is_in_the_file_at_its_own_time(obs: VirtualObs, desk: Client) -> None:
    await desk.scene("red", RED)
    await desk.scene("green", GREEN)
    await desk.show("red")
    await started(desk)
    await asyncio.sleep(0.5)
    await desk.show("green")
    film = watch(await stopped(desk))
    began = obs.journal.of("effect", "record_started")[0].monotonic_ns
    taken = obs.journal.of("event", "SceneTransitionStarted")[-1].monotonic_ns
    in_file = film.times[film.changes()[1][0]]
    assert 0 <= in_file - (taken - began) / NS_PER_S < 1 / 30 + 0.005


async def test_a_fade_goes_from_one_colour_to_the_other_in_its_duration(desk: Client) -> None:
    await desk.scene("red", RED)
    await desk.scene("green", GREEN)
    await desk.show("red")
    await started(desk)
    await asyncio.sleep(0.1)
    await desk.show("green", "Fade", 500)
    film = watch(await stopped(desk))
    greens = [green for _blue, green, _red in film.colours]
    rising = [index for index, green in enumerate(greens) if 12 < green < 240]
    assert 12 <= len(rising) <= 16
    assert all(later >= earlier for earlier, later in itertools.pairwise(greens))


async def test_the_file_holds_h264_and_aac_at_a_constant_rate(desk: Client) -> None:
    await started(desk)
    await asyncio.sleep(0.6)
    film = watch(await stopped(desk))
    assert (film.codecs, film.size) == (("h264", "aac"), (64, 64))
    assert np.allclose(np.diff(film.times), 1 / 30, atol=0.0011)
    assert abs(len(film.sound) / 48_000 - len(film.times) / 30) < 0.05


async def test_the_status_grows_and_ends(desk: Client) -> None:
    time = asyncio.get_running_loop().time
    began = time()
    await started(desk)
    await asyncio.sleep(0.6)
    first = await desk.get("GetRecordStatus")
    await asyncio.sleep(0.7)
    second = await desk.get("GetRecordStatus")
    assert first["outputActive"]
    assert 0 < first["outputDuration"] < second["outputDuration"] <= (time() - began) * 1000 + 34
    assert second["outputDuration"] >= 1000
    assert second["outputBytes"] > first["outputBytes"] > 0
    path = await stopped(desk)
    after = await desk.get("GetRecordStatus")
    assert (after["outputActive"], after["outputDuration"]) == (False, 0)
    assert after["outputBytes"] == path.stat().st_size


async def test_a_pause_is_left_out(desk: Client) -> None:
    await desk.scene("red", RED)
    await desk.scene("green", GREEN)
    await desk.scene("blue", BLUE)
    await desk.show("red")
    await started(desk)
    await asyncio.sleep(0.3)
    await desk.get("PauseRecord")
    assert await desk.code("PauseRecord") == 502
    await desk.show("green")
    await asyncio.sleep(0.3)
    await desk.show("blue")
    await desk.get("ResumeRecord")
    assert await desk.code("ResumeRecord") == 503
    await asyncio.sleep(0.3)
    film = watch(await stopped(desk))
    assert [name for _index, name in film.changes()] == ["red", "blue"]
    assert len(film.times) / 30 < 0.85


async def test_two_recordings_within_a_second_get_two_names(desk: Client) -> None:
    await started(desk)
    first = await stopped(desk)
    await started(desk)
    second = await stopped(desk)
    assert first != second and first.exists() and second.exists()


async def test_a_missing_folder_answers_success_and_records_nothing(
    obs: VirtualObs, desk: Client, tmp_path: Path
) -> None:
    missing = str(tmp_path / "gone")
    await desk.get(
        "SetProfileParameter", parameterCategory="SimpleOutput", parameterName="FilePath", parameterValue=missing
    )
    assert await desk.code("StartRecord") == 100
    assert "RecordStateChanged" not in await desk.quiet()
    assert not (await desk.get("GetRecordStatus"))["outputActive"]
    assert obs.journal.of("effect", "record_refused")[0].data["folder"] == missing


async def test_an_encoding_error_ends_the_recording_with_a_word(
    obs: VirtualObs, desk: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await started(desk)

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Encoder, "_add_sound", full)
    await desk.event("RecordStateChanged", outputState=f"{STATE}STOPPED")
    assert "No space left" in obs.journal.of("effect", "record_stopped")[0].data["failure"]
    assert "fails" in caplog.text
    assert not (await desk.get("GetRecordStatus"))["outputActive"]


async def test_stopping_the_obs_completes_its_recording(tmp_path: Path) -> None:
    async with VirtualObs(port=0, password=PASSWORD, record_dir=tmp_path, canvas=(64, 64)) as obs, client(obs) as desk:
        path = await started(desk)
        await asyncio.sleep(0.3)
    assert len(watch(path).times) >= 8


async def test_stopping_the_obs_right_after_the_start_completes_the_file_too(tmp_path: Path) -> None:
    async with (
        VirtualObs(port=0, password=PASSWORD, record_dir=tmp_path, canvas=(64, 64)) as obs,
        client(obs) as desk,
    ):
        await desk.get("StartRecord")
    stopped_at = obs.journal.of("effect", "record_stopped")
    assert len(watch(Path(stopped_at[0].data["path"])).times) >= 1


async def test_a_muted_microphone_is_not_heard(tmp_path: Path) -> None:
    windows = persona("29.0.2", "windows")
    async with (
        VirtualObs(port=0, password=PASSWORD, record_dir=tmp_path, canvas=(64, 64), persona=windows) as obs,
        client(obs) as desk,
    ):
        await desk.get("SetInputMute", inputName="Desktop Audio", inputMuted=True)
        await started(desk)
        await asyncio.sleep(0.6)
        asked_ns = time.monotonic_ns()
        await desk.get("SetInputMute", inputName="Mic/Aux", inputMuted=True)
        done_ns = time.monotonic_ns()
        await asyncio.sleep(0.6)
        film = watch(await stopped(desk))
    began_ns = obs.journal.of("effect", "record_started")[0].monotonic_ns
    before, after = ((at_ns - began_ns) * 48_000 // NS_PER_S for at_ns in (asked_ns, done_ns))
    parts = film.sound[9_600 : before - 4_800], film.sound[after + 9_600 : after + 24_000]
    loud, quiet = (float(np.sqrt(np.mean(part**2))) for part in parts)
    assert loud > 0.02
    assert 0 < quiet < 0.005


async def test_two_simulated_minutes_are_recorded_frame_by_frame(tmp_path: Path) -> None:
    clock = SimulatedClock(NOON)
    async with (
        VirtualObs(port=0, password=PASSWORD, record_dir=tmp_path, canvas=(16, 16), fps=10, clock=clock) as obs,
        client(obs) as desk,
    ):
        await desk.scene("red", RED)
        await desk.scene("green", GREEN)
        await desk.get("SetCurrentSceneTransition", transitionName="Cut")
        await desk.get("SetCurrentProgramScene", sceneName="red")
        await clock.advance(NS_PER_S)
        await desk.get("StartRecord")
        await clock.advance(60 * NS_PER_S + 30 * NS_PER_MS)
        await desk.get("SetCurrentProgramScene", sceneName="green")
        await clock.advance(60 * NS_PER_S)
        assert (await desk.get("GetRecordStatus"))["outputDuration"] == pytest.approx(120_000, abs=200)
        path = Path((await desk.get("StopRecord"))["outputPath"])
    film = watch(path)
    assert film.changes() == [(0, "red"), (600, "green")]
    assert len(film.times) == 1200


@contextmanager
def child_process(folder: Path) -> "Iterator[tuple[subprocess.Popen[str], int]]":
    """``studio virtual`` as a process of its own, and its port."""
    command = [sys.executable, "-c", "from studio.cli.__main__ import main; main()", "virtual", "--port", "0", "--json"]
    command += ["--record-dir", str(folder), "--canvas", "64x64"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert child.stdout is not None
        yield child, json.loads(child.stdout.readline())["port"]
        child.stdout.close()
    finally:
        child.kill()
        child.wait()


async def test_a_killed_obs_leaves_a_file_that_plays(tmp_path: Path) -> None:
    with child_process(tmp_path) as (child, port):
        async with client(VirtualObs(port=port), password="") as desk:
            path = await started(desk)
            await asyncio.sleep(2.5)
            child.kill()
    assert len(watch(path).times) >= 45


async def test_ctrl_c_completes_the_recording(tmp_path: Path) -> None:
    with child_process(tmp_path) as (child, port):
        async with client(VirtualObs(port=port), password="") as desk:
            path = await started(desk)
            await asyncio.sleep(0.5)
            child.send_signal(signal.SIGINT)
            await desk.event("RecordStateChanged", outputState=f"{STATE}STOPPED")
        assert await asyncio.to_thread(child.wait, 10) == 130
    with av.open(str(path)) as film:
        assert film.duration is not None and film.duration > 300_000
