"""The doctor on virtual OBS: a ready studio is ready, and each trouble is named with what to do."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.model.studio import Limits, PathMap
from studio.obs.virtual import VirtualObs
from studio.obs.virtual.persona import persona
from tests.air.doctor import CANVAS, PASSWORD, TITLES, finding, spec, subject, visit
from tests.obs.virtual.client import Client, client

pytestmark = pytest.mark.usefixtures("english")

Opened = Callable[..., AbstractAsyncContextManager[tuple[VirtualObs, Client]]]
WINDOWS = persona("32.1.0", "windows")
"""It has a microphone that is heard, and a virtual camera."""


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Runs a virtual OBS with the scenes of the sheet, and a client of it."""

    @asynccontextmanager
    async def opening(**more: Any) -> AsyncIterator[tuple[VirtualObs, Client]]:
        settings = {"record_dir": tmp_path, "canvas": (CANVAS.width, CANVAS.height), **more}
        async with VirtualObs(port=0, password=PASSWORD, **settings) as obs, client(obs, password=PASSWORD) as desk:
            for title in TITLES.values():
                await desk.get("CreateScene", sceneName=title)
            yield obs, desk

    return opening


async def test_a_ready_studio_is_ready_and_its_test_recording_is_gone_again(opened: Opened, tmp_path: Path) -> None:
    async with opened(persona=WINDOWS) as (obs, _desk):
        diagnosis = await visit(subject(obs.port, output="virtual_camera"), seconds=0.8)
        (stopped,) = obs.journal.of("effect", "record_stopped")
    assert diagnosis.ready
    assert {one.check: one.level for one in diagnosis.findings} == {
        **dict.fromkeys(("reachable", "password", "version", "studio_mode", "scenes", "transitions", "canvas"), "ok"),
        **dict.fromkeys(("record_folder", "record_format", "test_recording", "disk"), "ok"),
        **dict.fromkeys(("frame_rate", "audio", "virtual_camera"), "ok"),
        "safe_mode": "warn",
    }
    recording = finding(diagnosis, "test_recording")
    assert recording.value["path"] == stopped.data["path"]
    assert stopped.data["path"] in recording.what
    assert (recording.value["size"], recording.value["deleted"]) == ([180, 320], True)
    assert recording.value["duration_ms"] >= 800
    assert list(tmp_path.iterdir()) == []
    assert "Mic/Aux" in finding(diagnosis, "audio").value


async def test_several_troubles_are_told_at_once_and_each_with_a_remedy(opened: Opened, tmp_path: Path) -> None:
    async with opened(record_dir=tmp_path / "gone") as (obs, desk):
        (tmp_path / "gone").rmdir()
        await desk.get("SetStudioModeEnabled", studioModeEnabled=True)
        wanted = subject(obs.port, scene="opening", transition="Fadee", output="virtual_camera")
        diagnosis = await visit(replace(wanted, scenes=spec(replace(CANVAS, width=320, height=180))))
        assert obs.journal.of("request", "StartRecord") == ()  # OBS would open a dialog
    bad = [one for one in diagnosis.findings if one.level == "bad"]
    assert [one.check for one in bad] == [
        *("studio_mode", "transitions", "canvas", "record_folder", "disk", "virtual_camera"),
    ]
    assert all(one.remedy.endswith((".", "?")) for one in bad)
    recording = finding(diagnosis, "test_recording")
    assert (recording.level, "record folder is not there or cannot be written" in recording.what) == ("unknown", True)


async def test_nothing_is_touched_in_a_studio_that_records(opened: Opened) -> None:
    async with opened() as (obs, desk):
        await desk.get("StartRecord")
        await desk.event("RecordStateChanged", outputState="OBS_WEBSOCKET_OUTPUT_STARTED")
        before = len(obs.journal.of("request"))
        diagnosis = await visit(subject(obs.port))
        asked = {entry.type for entry in obs.journal.of("request")[before:]}
        assert (await desk.get("GetRecordStatus"))["outputActive"]
        await desk.get("StopRecord")
    assert {name for name in asked if not name.startswith("Get")} == set()
    recording = finding(diagnosis, "test_recording")
    assert recording.level == "unknown"
    assert "On air (it is recording)" in recording.what


@pytest.mark.parametrize(
    ("start", "words"),
    [("StartStream", "it is streaming"), ("StartVirtualCam", "its virtual camera is on")],
)
async def test_a_stream_or_a_virtual_camera_counts_as_on_air(opened: Opened, start: str, words: str) -> None:
    async with opened(persona=WINDOWS) as (obs, desk):
        settings = {"server": "rtmp://127.0.0.1/live", "key": "k"}
        await desk.get("SetStreamServiceSettings", streamServiceType="rtmp_custom", streamServiceSettings=settings)
        await desk.get(start)
        await desk.event(start.removeprefix("Start").replace("Cam", "cam") + "StateChanged", outputActive=True)
        diagnosis = await visit(subject(obs.port), seconds=0.1)
        assert obs.journal.of("request", "StartRecord") == ()
    assert words in finding(diagnosis, "test_recording").what


@pytest.mark.parametrize(
    ("fault", "what", "remedy"),
    [
        ("ignore:StartRecord", "was told to record and does not", "dialog"),
        ("refuse:StartRecord:702", "refuses to record: status 702", "Look at that OBS and its log."),
    ],
)
async def test_a_recording_that_does_not_come_about(opened: Opened, fault: str, what: str, remedy: str) -> None:
    async with opened(faults=[fault]) as (obs, _desk):
        diagnosis = await visit(subject(obs.port))
        assert obs.journal.of("request", "StopRecord") == ()
    found = finding(diagnosis, "test_recording")
    assert (found.level, diagnosis.ready) == ("bad", False)
    assert what in found.what
    assert remedy in found.remedy


async def test_a_recording_begun_by_another_is_left_alone(opened: Opened) -> None:
    async with opened(faults=["refuse:StartRecord:500"]) as (obs, _desk):
        found = finding(await visit(subject(obs.port), seconds=0.1), "test_recording")
        assert obs.journal.of("request", "StopRecord") == ()
    assert (found.level, "started meanwhile" in found.what) == ("unknown", True)


async def test_a_recording_that_cannot_be_seen_is_named_and_not_claimed(opened: Opened, tmp_path: Path) -> None:
    paths = PathMap((("D:\\录像", "/mnt/recordings"),))
    async with opened() as (obs, _desk):
        diagnosis = await visit(subject(obs.port, paths=paths))
    (kept,) = tmp_path.iterdir()
    folder, recording = finding(diagnosis, "record_folder"), finding(diagnosis, "test_recording")
    assert folder.level == "bad"
    assert f"[[studios.main.paths]] with theirs = '{tmp_path}'" in folder.remedy
    assert recording.level == "unknown"
    assert "Not visible from here" in recording.what
    assert recording.value["path"] == str(kept)


async def test_a_studio_lost_on_the_way_keeps_what_was_found(opened: Opened) -> None:
    async with opened(faults=["drop:GetStats:after=1"]) as (obs, _desk):
        diagnosis = await visit(subject(obs.port))
    assert finding(diagnosis, "canvas").level == "ok"
    last = diagnosis.findings[-1]
    assert (last.check, last.level) == ("obs", "bad")
    assert "may still run" in last.what


async def test_an_interrupted_visit_stops_what_it_started(opened: Opened) -> None:
    async with opened() as (obs, desk):
        visiting = asyncio.create_task(visit(subject(obs.port), seconds=30))
        await desk.event("RecordStateChanged", outputState="OBS_WEBSOCKET_OUTPUT_STARTING")
        visiting.cancel()  # while the start is still being proved
        with pytest.raises(asyncio.CancelledError):
            await visiting
        assert (await desk.get("GetRecordStatus"))["outputActive"] is False
        assert len(obs.journal.of("effect", "record_stopped")) == 1


async def test_a_refused_question_claims_nothing(opened: Opened) -> None:
    async with opened(faults=["refuse:GetSceneList:702", "refuse:GetProfileParameter:702"]) as (obs, _desk):
        diagnosis = await visit(subject(obs.port), seconds=0.1)
    assert finding(diagnosis, "scenes").level == "unknown"
    assert finding(diagnosis, "record_format").level == "unknown"


async def test_an_obs_that_still_loads_is_not_ready(opened: Opened) -> None:
    async with opened(faults=["refuse:GetVersion:207"]) as (obs, _desk):
        diagnosis = await visit(subject(obs.port))
    assert not diagnosis.ready
    assert "finished loading" in diagnosis.findings[-1].remedy


async def test_no_sound_is_told(opened: Opened) -> None:
    async with opened(persona=WINDOWS) as (obs, desk):
        for name in ("Mic/Aux", "Desktop Audio"):
            await desk.get("SetInputMute", inputName=name, inputMuted=True)
        muted = finding(await visit(subject(obs.port), seconds=0.8), "audio")
    assert muted.level == "warn"
    assert "Mic/Aux" in muted.what and "muted" in muted.what
    assert "Unmute" in muted.remedy


async def test_an_obs_without_any_sound_is_told(opened: Opened) -> None:
    async with opened() as (obs, _desk):
        found = finding(await visit(subject(obs.port), seconds=0.1), "audio")
    assert (found.level, "no active input" in found.what) == ("warn", True)
    assert "microphone" in found.remedy


async def test_more_minutes_asked_for_than_the_disk_has(opened: Opened) -> None:
    async with opened() as (obs, _desk):
        limits = Limits(disk_minutes=10**12)
        found = finding(await visit(subject(obs.port, limits=limits), seconds=0.1), "disk")
    assert found.level == "bad"
    assert f"{10**12} min are needed" in found.what
    assert "Make room" in found.remedy


async def test_a_full_disk_is_not_recorded_to(opened: Opened) -> None:
    async with opened(record_dir="/proc") as (obs, _desk):  # nothing is free there, and nobody can write
        diagnosis = await visit(subject(obs.port), seconds=0.1)
        assert obs.journal.of("request", "StartRecord") == ()
    assert (finding(diagnosis, "disk").level, finding(diagnosis, "disk").value["minutes"]) == ("bad", 0)
    assert "disk is full" in finding(diagnosis, "test_recording").what
