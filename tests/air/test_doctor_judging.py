"""What the doctor says of an answer of OBS, each from a real socket."""

from collections.abc import AsyncIterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from studio.air.doctor import desk, storage
from studio.air.doctor.outputs import stream_service, virtual_camera
from studio.air.doctor.signals import frames_held
from studio.air.doctor.subject import Subject, subjects
from studio.air.doctor.version import version_findings
from studio.jobs.check import read_workspace
from studio.model.studio import Limits, PathMap
from studio.obs.device import ObsDevice
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.obs.virtual import VirtualObs
from studio.obs.virtual.persona import persona
from studio.timekeeper import SystemClock
from studio.workspace.template import write_workspace
from tests.air.doctor import CANVAS, PASSWORD, TITLES, subject

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
async def device(tmp_path: Path) -> AsyncIterator[ObsDevice]:
    size = (CANVAS.width, CANVAS.height)
    async with (
        VirtualObs(port=0, password=PASSWORD, canvas=size, record_dir=tmp_path) as obs,
        ObsLink(Address("127.0.0.1", obs.port, PASSWORD), SystemClock()) as link,
    ):
        yield ObsDevice(link, SystemClock())


async def versions(obs_version: str, platform: str = "linux") -> list[Any]:
    async with (
        VirtualObs(port=0, canvas=(64, 64), persona=persona(obs_version, platform)) as obs,
        ObsLink(Address("127.0.0.1", obs.port), SystemClock()) as link,
    ):
        return version_findings(await link.call("GetVersion"))


async def test_an_old_obs_does_its_work_and_what_it_lacks_is_said() -> None:
    version, safe_mode = await versions("28.0.0")
    assert version.level == "warn"
    assert "28.0.0" in version.what and "by hand only (before OBS 30.0)" in version.what
    assert version.value["missing"] == ["SetRecordDirectory"]
    assert safe_mode.level == "ok"


@pytest.mark.parametrize(
    ("version", "words"),
    [("30.1.0", "Add --disable-shutdown-check to the shortcut"), ("32.0.1", "--disable-shutdown-check is gone")],
)
async def test_safe_mode_is_a_risk_and_the_remedy_depends_on_the_version(version: str, words: str) -> None:
    safe_mode = (await versions(version))[1]
    assert (safe_mode.level, words in safe_mode.remedy) == ("warn", True)


def test_a_request_that_cannot_be_done_without() -> None:
    said = {"obsVersion": "28.0.0", "obsWebSocketVersion": "5.0.0", "availableRequests": ["StartRecord"]}
    found = version_findings(said)[0]
    assert found.level == "bad"
    assert "SetCurrentProgramScene" in found.what
    assert "StartRecord" not in found.value["missing"]


async def test_studio_mode(device: ObsDevice) -> None:
    assert desk.studio_mode(await device.call("GetStudioModeEnabled")).level == "ok"
    await device.call("SetStudioModeEnabled", {"studioModeEnabled": True})
    found = desk.studio_mode(await device.call("GetStudioModeEnabled"))
    assert (found.level, found.remedy) == ("bad", "Switch studio mode off in that OBS.")


async def test_scenes_that_were_not_applied(device: ObsDevice) -> None:
    await device.call("CreateScene", {"sceneName": TITLES["opening"]})
    found = desk.scenes(subject(1), await device.call("GetSceneList"))
    assert (found.level, found.value) == ("bad", {"missing": ["主播"]})
    assert found.remedy == "Run: studio scenes apply main"


async def test_a_scene_that_the_file_does_not_have(device: ObsDevice) -> None:
    found = desk.scenes(subject(1, scene="hots"), await device.call("GetSceneList"))
    assert (found.level, found.value) == ("bad", {"unknown": ["hots"]})
    assert found.remedy == "Run: studio check"


async def test_without_a_session_no_scene_is_missing(device: ObsDevice) -> None:
    idle = replace(subject(1), coming=())
    assert desk.scenes(idle, await device.call("GetSceneList")).level == "ok"
    assert desk.transitions(idle, await device.call("GetSceneTransitionList")).level == "ok"


@pytest.mark.parametrize(("name", "near"), [("Fadee", "Fade"), ("Cutt", "Cut")])
async def test_a_transition_that_obs_lacks_and_the_nearest_one(device: ObsDevice, name: str, near: str) -> None:
    found = desk.transitions(subject(1, transition=name), await device.call("GetSceneTransitionList"))
    assert (found.level, found.value["missing"]) == ("bad", [name])
    assert f"{name}: did you mean “{near}”?" in found.remedy


def test_a_transition_that_a_chinese_obs_calls_otherwise_is_there() -> None:
    named = {"淡出": "fade_transition", "直接切换": "cut_transition"}
    listed = [{"transitionName": name, "transitionKind": kind} for name, kind in named.items()]
    assert desk.transitions(subject(1), {"transitions": listed}).level == "ok"
    assert desk.transitions(subject(1), {"transitions": listed[:1]}).value["missing"] == ["Cut"]


@pytest.mark.parametrize(
    ("change", "level", "words"),
    [
        ({}, "ok", "180x320 at 30"),
        ({"baseWidth": 320, "baseHeight": 180}, "bad", "320x180 at 30"),
        ({"fpsNumerator": 30000, "fpsDenominator": 1001}, "bad", "29.97"),
        ({"outputWidth": 90, "outputHeight": 160}, "warn", "90x160"),
        ({"outputWidth": 160, "outputHeight": 160}, "bad", "160x160"),
    ],
    ids=["as it should be", "another size", "another rate", "scaled", "squeezed"],
)
async def test_the_canvas(device: ObsDevice, change: dict[str, int], level: str, words: str) -> None:
    if change:
        await device.call("SetVideoSettings", change)
    found = desk.canvas(subject(1), await device.call("GetVideoSettings"))
    assert (found.level, words in found.what) == (level, True)
    assert bool(found.remedy) == (level != "ok")


async def test_a_record_folder_of_another_pc_is_looked_at_where_we_see_it(tmp_path: Path) -> None:
    paths = PathMap((("D:\\录像", str(tmp_path / "main")),))
    elsewhere = subject(1, host="192.0.2.7", paths=paths)
    missing = storage.record_folder(elsewhere, {"recordDirectory": "D:\\录像\\12"})
    assert (missing.level, missing.value["ours"]) == ("bad", str(tmp_path / "main" / "12"))
    assert "mount the share" in missing.remedy
    (tmp_path / "main" / "12").mkdir(parents=True)
    assert storage.record_folder(elsewhere, {"recordDirectory": "d:\\录像\\12"}).level == "ok"


def test_a_record_folder_of_another_pc_that_nothing_maps() -> None:
    found = storage.record_folder(subject(1, host="192.0.2.7"), {"recordDirectory": "D:\\it's here"})
    assert found.level == "bad"
    assert 'theirs = "D:\\\\it\'s here"' in found.remedy


@pytest.mark.parametrize(
    ("settings", "level", "words"),
    [
        ({}, "ok", "MKV"),
        ({("SimpleOutput", "RecFormat"): "mp4"}, "warn", "index is written last"),
        ({("SimpleOutput", "RecFormat2"): "hybrid_mp4"}, "warn", "hybrid_mp4, which is not proved"),
        ({("Output", "Mode"): "Advanced", ("AdvOut", "RecFormat2"): "mkv"}, "ok", "MKV"),
        (
            {("Output", "Mode"): "Advanced", ("AdvOut", "RecType"): "FFmpeg", ("AdvOut", "FFExtension"): "mov"},
            "warn",
            "records mov",
        ),
    ],
    ids=["as installed", "mp4", "newer name first", "advanced", "custom"],
)
async def test_the_format(device: ObsDevice, settings: dict[tuple[str, str], str], level: str, words: str) -> None:
    for (category, name), value in settings.items():
        asked = {"parameterCategory": category, "parameterName": name, "parameterValue": value}
        await device.call("SetProfileParameter", asked)
    found = storage.record_format(await storage.encoding(device))
    assert (found.level, words in found.what) == (level, True)
    assert bool(found.remedy) == (level != "ok")


async def test_a_profile_of_the_streams_quality_has_a_configured_rate(device: ObsDevice) -> None:
    assert (await storage.encoding(device)).kbit_s == 2500 + 160
    small = {"parameterCategory": "SimpleOutput", "parameterName": "RecQuality", "parameterValue": "Small"}
    await device.call("SetProfileParameter", small)
    assert (await storage.encoding(device)).kbit_s is None


@pytest.mark.parametrize(
    ("configured", "measured", "origin", "kbit_s"),
    [(None, None, "estimated", 86), (8_000, 5_000.0, "configured", 8_000), (8_000, 9_000.0, "measured", 9_000)],
)
def test_the_highest_rate_counts(configured: int | None, measured: float | None, origin: str, kbit_s: int) -> None:
    free = {"availableDiskSpace": 1024.0}
    found = storage.disk(subject(1), free, Fraction(180 * 320 * 30), configured, measured)
    assert (found.value["kbit_s_from"], found.value["kbit_s"]) == (origin, kbit_s)


def test_the_disk_must_hold_the_longest_coming_session() -> None:
    free = {"availableDiskSpace": 3_000.0}  # 3000 MB = 25 165 824 kbit: 52 minutes at 8 Mbit/s
    enough = storage.disk(subject(1, minutes=52), free, Fraction(1), 8_000, None)
    short = storage.disk(subject(1, minutes=53), free, Fraction(1), 8_000, None)
    assert (enough.level, short.level) == ("ok", "bad")
    assert short.value["minutes"] == 52


@pytest.mark.parametrize(
    ("fps", "skipped", "level"),
    [(30.0, 0, "ok"), (29.0, 1, "ok"), (28.0, 0, "warn"), (30.0, 3, "warn"), (26.0, 0, "bad"), (30.0, 7, "bad")],
)
def test_the_frame_rate(fps: float, skipped: int, level: str) -> None:
    before = {"renderTotalFrames": 1000, "renderSkippedFrames": 5, "outputSkippedFrames": 7}
    after = {"activeFps": fps, "renderTotalFrames": 1060, "renderSkippedFrames": 5, "outputSkippedFrames": 7 + skipped}
    found = frames_held(before, after, 30.0, Limits())
    assert (found.level, found.value["skipped"]) == (level, skipped)


def test_an_obs_that_draws_nothing_is_not_holding_its_rate() -> None:
    still = {"activeFps": 30.0, "renderTotalFrames": 1000}
    assert frames_held(still, still, 30.0, Limits()).level == "bad"


async def test_a_pc_without_a_virtual_camera(device: ObsDevice) -> None:
    linux = await virtual_camera(device, "debian")
    assert (linux.level, "v4l2loopback" in linux.remedy) == ("bad", True)
    assert "Install OBS again" in (await virtual_camera(device, "windows")).remedy


@pytest.mark.parametrize(
    ("kind", "settings", "level"),
    [
        ("rtmp_common", {}, "bad"),
        ("rtmp_common", {"service": "Twitch"}, "bad"),
        ("rtmp_common", {"service": "Twitch", "key": "s3cret"}, "ok"),
        ("rtmp_custom", {"server": "rtmp://push.example/live?token=s3cret"}, "ok"),
        ("whip_custom", {"server": "https://s3cret@whip.example/in", "bearer_token": "s3cret"}, "ok"),
        ("whip_custom", {"server": "https://whip.example/in"}, "bad"),
    ],
)
async def test_the_stream_service_without_its_secrets(
    device: ObsDevice, kind: str, settings: dict[str, str], level: str
) -> None:
    asked = {"streamServiceType": kind, "streamServiceSettings": settings}
    await device.call("SetStreamServiceSettings", asked)
    found = stream_service(await device.call("GetStreamServiceSettings"))
    assert found.level == level
    assert "s3cret" not in str(found)


def centre(folder: Path) -> dict[str, Subject]:
    write_workspace(folder)
    workspace, _problems = read_workspace(folder)
    found = subjects(workspace, workspace.sessions[0].start, workspace.venue.studios)
    return {one.studio.id: one for one in found}


def test_a_studio_must_be_ready_for_its_own_coming_sessions(tmp_path: Path) -> None:
    found = centre(tmp_path / "centre")
    assert [session.id for session, _sheet in found["main"].coming] == [
        *("s1204-buckthorn", "s1216-lamb", "s1226-winter-fair"),
    ]
    assert found["aux4"].coming == ()
    assert found["main"].longest_ms == 90 * 60_000


def test_a_session_that_is_over_asks_for_nothing(tmp_path: Path) -> None:
    write_workspace(tmp_path / "centre")
    workspace, _problems = read_workspace(tmp_path / "centre")
    main = [studio for studio in workspace.venue.studios if studio.main]
    after = workspace.sessions[1].start
    (found,) = subjects(workspace, after, main)
    assert [session.id for session, _sheet in found.coming] == ["s1216-lamb", "s1226-winter-fair"]
    (named,) = subjects(workspace, after, main, "s1204-buckthorn")
    assert [session.id for session, _sheet in named.coming] == ["s1204-buckthorn"]
