"""Scripted trouble: how it is written, and that each kind does just that."""

from pathlib import Path

import pytest

from studio.clock import NS_PER_MS, NS_PER_S
from studio.errors import RefusedByRule
from studio.obs.virtual import VirtualObs
from studio.obs.virtual.faults import Fault, Faults, parse_fault
from studio.timekeeper import SimulatedClock
from tests.obs.virtual.client import GREEN, PASSWORD, RED, client


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ("refuse:SetCurrentProgramScene:702", Fault("refuse", "SetCurrentProgramScene", 702)),
        ("refuse:StartRecord", Fault("refuse", "StartRecord", 702)),
        ("delay:StartRecord:1500ms", Fault("delay", "StartRecord", delay_ms=1500)),
        ("delay:StartRecord:2s:after=1", Fault("delay", "StartRecord", delay_ms=2000, after=1)),
        ("drop:SetCurrentProgramScene:times=2", Fault("drop", "SetCurrentProgramScene", times=2)),
        ("drop-after:*", Fault("drop-after", "*")),
        ("ignore:StartRecord", Fault("ignore", "StartRecord")),
        ("no-stopped:times=1", Fault("no-stopped", times=1)),
        ("skip-frames:20:after=1", Fault("skip-frames", "GetStats", after=1, percent=20)),
    ],
)
def test_a_spec_is_read(spec: str, fault: Fault) -> None:
    assert parse_fault(spec) == fault


@pytest.mark.parametrize(
    ("spec", "part"),
    [
        ("", ""),
        ("explode:StartRecord", "explode"),
        ("refuse", ""),
        ("refuse:StartRecord:999", "999"),
        ("refuse:StartRecord:100", "100"),
        ("refuse:Start Record", "Start Record"),
        ("delay:StartRecord", ""),
        ("delay:StartRecord:soon", "soon"),
        ("drop:StartRecord:5", "5"),
        ("ignore:StartRecord:times=x", "times=x"),
        ("ignore:StartRecord:often=2", "often=2"),
        ("no-stopped:StartRecord", "StartRecord"),
        ("skip-frames", ""),
        ("skip-frames:0", "0"),
        ("skip-frames:GetStats:5", "5"),
    ],
)
def test_a_bad_spec_says_where_it_cannot_be_read(spec: str, part: str, english: None) -> None:
    with pytest.raises(RefusedByRule, match="cannot be read") as caught:
        parse_fault(spec)
    assert f"“{part}”" in caught.value.message
    assert "refuse:SetCurrentProgramScene:702" in caught.value.remedy


@pytest.mark.parametrize(
    "spec", ["refuse:StartRecord:702:times=1", "delay:A:20ms:after=3", "no-stopped", "skip-frames:5"]
)
def test_a_fault_can_be_written_as_its_spec(spec: str) -> None:
    assert parse_fault(spec).spec == spec


def test_after_and_times_count_calls_of_that_request_alone() -> None:
    faults = Faults((parse_fault("ignore:A:after=1:times=2"),))
    struck = [bool(faults.strike(name)) for name in ("A", "B", "A", "B", "A", "A")]
    assert struck == [False, False, True, False, True, False]
    assert faults.armed == ()


def virtual(folder: Path, *faults: str) -> VirtualObs:
    return VirtualObs(port=0, password=PASSWORD, record_dir=folder, canvas=(64, 64), faults=faults)


async def test_refuse_answers_with_its_status_and_does_nothing(tmp_path: Path) -> None:
    async with virtual(tmp_path, "refuse:CreateScene:703:times=1") as obs, client(obs) as desk:
        assert await desk.code("CreateScene", sceneName="a") == 703
        assert await desk.code("CreateScene", sceneName="a") == 100


async def test_delay_acts_only_after_its_time(tmp_path: Path) -> None:
    async with virtual(tmp_path, "delay:CreateScene:150ms") as obs, client(obs) as desk:
        await desk.get("CreateScene", sceneName="a")
        asked = obs.journal.of("request", "CreateScene")[0].monotonic_ns
        done = obs.journal.of("event", "SceneCreated")[0].monotonic_ns
        assert 150 <= (done - asked) / NS_PER_MS < 400


async def test_drop_cuts_the_socket_and_does_nothing(tmp_path: Path) -> None:
    async with virtual(tmp_path, "drop:CreateScene:times=1") as obs:
        async with client(obs) as desk:
            with pytest.raises(ConnectionError):
                await desk.ask("CreateScene", sceneName="a")
        async with client(obs) as desk:
            assert await desk.code("CreateScene", sceneName="a") == 100


async def test_drop_after_acts_before_it_cuts(tmp_path: Path) -> None:
    async with virtual(tmp_path, "drop-after:CreateScene:times=1") as obs:
        async with client(obs) as desk:
            with pytest.raises(ConnectionError):
                await desk.ask("CreateScene", sceneName="a")
        async with client(obs) as desk:
            assert await desk.code("CreateScene", sceneName="a") == 601


async def test_drop_in_a_batch_leaves_what_came_before_done(tmp_path: Path) -> None:
    async with virtual(tmp_path, "drop:SetCurrentProgramScene") as obs:
        async with client(obs) as desk:
            with pytest.raises(ConnectionError):
                await desk.batch(("CreateScene", {"sceneName": "a"}), ("SetCurrentProgramScene", {"sceneName": "a"}))
        async with client(obs) as desk:
            listed = await desk.get("GetSceneList")
        assert ([one["sceneName"] for one in listed["scenes"]], listed["currentProgramSceneName"]) == (
            ["a", "Scene"],
            "Scene",
        )


async def test_ignore_answers_success_and_does_nothing(tmp_path: Path) -> None:
    async with virtual(tmp_path, "ignore:StartRecord") as obs, client(obs) as desk:
        assert await desk.code("StartRecord") == 100
        assert "RecordStateChanged" not in await desk.quiet()
        assert not (await desk.get("GetRecordStatus"))["outputActive"]


async def test_no_stopped_withholds_the_event_but_completes_the_file(tmp_path: Path) -> None:
    async with virtual(tmp_path, "no-stopped") as obs, client(obs) as desk:
        await desk.get("StartRecord")
        await desk.event("RecordStateChanged", outputState="OBS_WEBSOCKET_OUTPUT_STARTED")
        desk.events.clear()
        path = Path((await desk.get("StopRecord"))["outputPath"])
        await desk.event("RecordStateChanged", outputState="OBS_WEBSOCKET_OUTPUT_STOPPING")
        assert "RecordStateChanged" not in await desk.quiet(0.5)
        assert path.stat().st_size > 0
        assert obs.journal.of("fault", "no-stopped")


async def test_skip_frames_counts_that_part_of_the_frames_since_the_last_look(tmp_path: Path) -> None:
    clock = SimulatedClock(0)
    async with (
        VirtualObs(
            port=0,
            password=PASSWORD,
            record_dir=tmp_path,
            canvas=(64, 64),
            clock=clock,
            faults=["skip-frames:20:times=1"],
        ) as obs,
        client(obs) as desk,
    ):
        skipped = []
        for _look in range(2):
            await clock.advance(2 * NS_PER_S)
            stats = await desk.get("GetStats")
            skipped.append((stats["renderSkippedFrames"], stats["renderTotalFrames"]))
    assert skipped == [(12, 60), (12, 120)]


async def test_faults_are_scripted_at_run_time_by_a_vendor_request(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, client(obs) as desk:
        asked = {"vendorName": "kelan-virtual", "requestType": "AddFaults"}
        answer = await desk.get("CallVendorRequest", **asked, requestData={"faults": ["refuse:CreateScene:702"]})
        assert answer["responseData"] == {"faults": ["refuse:CreateScene:702"]}
        assert await desk.code("CreateScene", sceneName="a") == 702
        await desk.get("CallVendorRequest", vendorName="kelan-virtual", requestType="ClearFaults")
        assert await desk.code("CreateScene", sceneName="a") == 100


async def test_a_fault_of_one_request_leaves_the_others_alone(tmp_path: Path) -> None:
    async with virtual(tmp_path, "refuse:SetCurrentProgramScene") as obs, client(obs) as desk:
        await desk.scene("one", RED)
        await desk.scene("two", GREEN)
        assert await desk.code("SetCurrentProgramScene", sceneName="one") == 702
        assert (await desk.get("GetCurrentProgramScene"))["currentProgramSceneName"] == "Scene"
