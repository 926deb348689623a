"""Recording: told, counted, and a file that opens with the right picture, sound, size and length."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from studio.model.studio import PathMap
from tests.contract.conftest import ONCE
from tests.contract.wire import PREFIX, Listener, Subject, Wire, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

SCENE, COLOUR = f"{PREFIX}scene", f"{PREFIX}colour"
STATE = "OBS_WEBSOCKET_OUTPUT_"
FOLDER = {"parameterCategory": "SimpleOutput", "parameterName": "FilePath"}


def start(obs: Wire, events: Listener) -> str:
    """Start recording and return the path OBS tells, once something is being written."""
    obs.get("StartRecord")
    path: str = events.wait("RecordStateChanged", outputState=f"{STATE}STARTED")["outputPath"]
    assert eventually(lambda: obs.get("GetRecordStatus")["outputDuration"] > 0)
    return path


def stop(obs: Wire, events: Listener) -> str:
    path: str = obs.get("StopRecord")["outputPath"]
    events.wait("RecordStateChanged", outputState=f"{STATE}STOPPED")
    return path


@pytest.fixture
def orange(obs: Wire, subject: Subject, events: Listener) -> Iterator[Wire]:
    """Orange is on air."""
    width, height = subject.canvas
    settings = {"color": 0xFF0080FF, "width": width, "height": height}
    obs.get("CreateScene", {"sceneName": SCENE})
    obs.get(
        "CreateInput",
        {"sceneName": SCENE, "inputName": COLOUR, "inputKind": "color_source_v3", "inputSettings": settings},
    )
    obs.get("SetCurrentProgramScene", {"sceneName": SCENE})
    events.wait("CurrentProgramSceneChanged", sceneName=SCENE)
    yield obs


def test_a_recording_from_start_to_file(orange: Wire, events: Listener, subject: Subject) -> None:
    """One recording, looked at from all sides: it takes two seconds, so it is made once."""
    path = Path(start(orange, events))
    began = time.monotonic()
    first = orange.get("GetRecordStatus")
    time.sleep(1.2)
    second = orange.get("GetRecordStatus")
    assert (first["outputActive"], first["outputPaused"]) == (True, False)
    assert second["outputDuration"] > first["outputDuration"]
    assert second["outputBytes"] >= first["outputBytes"]
    assert orange.ask("StartRecord").code == 500
    assert Path(stop(orange, events)) == path
    took = time.monotonic() - began

    states = [one["eventData"] for one in events.seen if one["eventType"] == "RecordStateChanged"]
    assert [(state["outputState"].removeprefix(STATE), state["outputActive"]) for state in states] == [
        ("STARTING", False),
        ("STARTED", True),
        ("STOPPING", False),
        ("STOPPED", False),
    ]
    assert [state["outputPath"] for state in states] == [None, str(path), None, str(path)]
    assert eventually(lambda: not orange.get("GetRecordStatus")["outputActive"])  # some frames after STOPPED
    assert orange.get("GetRecordStatus")["outputDuration"] == 0

    assert path.parent == subject.record_dir
    assert path.suffix == ".mkv"
    time.strptime(path.stem, "%Y-%m-%d %H-%M-%S")
    with av.open(str(path)) as container:
        assert [stream.codec_context.name for stream in container.streams] == ["h264", "aac"]
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.width, video.height) == subject.canvas
        assert video.average_rate == subject.fps
        assert audio.sample_rate in (44_100, 48_000)
        frames = [(float(frame.time or 0), frame.to_ndarray(format="rgb24")) for frame in container.decode(video)]
    assert took - 0.4 <= frames[-1][0] + 1 / subject.fps <= took + 1.2
    steps = np.diff([at for at, _ in frames])
    assert (np.abs(steps - 1 / subject.fps) <= 0.002).mean() > 0.9  # OBS leaves frames out as it stops
    assert abs(sound_ends(path) - frames[-1][0]) < 0.3
    middle = frames[len(frames) // 2][1][subject.canvas[1] // 2, subject.canvas[0] // 2]
    assert np.abs(middle.astype(int) - (255, 128, 0)).max() <= 10


def sound_ends(path: Path) -> float:
    with av.open(str(path)) as container:
        ends = [
            (one.pts + (one.duration or 0)) * one.time_base for one in container.demux(audio=0) if one.pts is not None
        ]
    return float(max(ends))


@pytest.mark.parametrize("subject", ONCE, ids=["virtual", "real"], indirect=True)
def test_a_pause_leaves_the_time_out(orange: Wire, events: Listener) -> None:
    path = start(orange, events)
    orange.get("PauseRecord")
    events.wait("RecordStateChanged", outputState=f"{STATE}PAUSED")
    assert orange.get("GetRecordStatus")["outputPaused"] is True
    held = orange.get("GetRecordStatus")["outputDuration"]
    time.sleep(1.0)
    assert orange.get("GetRecordStatus")["outputDuration"] - held < 300
    assert orange.ask("PauseRecord").code == 502
    orange.get("ResumeRecord")
    events.wait("RecordStateChanged", outputState=f"{STATE}RESUMED")
    assert orange.get("GetRecordStatus")["outputPaused"] is False
    time.sleep(0.2)
    stop(orange, events)
    assert length(path) < 1.6


def length(path: str) -> float:
    with av.open(path) as container:
        return max(
            float(packet.pts * packet.time_base) for packet in container.demux(video=0) if packet.pts is not None
        )


@pytest.mark.parametrize("subject", ONCE, ids=["virtual", "real"], indirect=True)
def test_a_toggle_starts_and_stops(orange: Wire, events: Listener) -> None:
    assert orange.get("ToggleRecord") == {"outputActive": True}
    events.wait("RecordStateChanged", outputState=f"{STATE}STARTED")
    assert orange.get("ToggleRecord") == {"outputActive": False}
    path = events.wait("RecordStateChanged", outputState=f"{STATE}STOPPED")["outputPath"]
    assert eventually(lambda: Path(path).exists())


@pytest.fixture
def folder(obs: Wire, subject: Subject) -> Iterator[Any]:
    """A function that sets the record folder; it is set back afterwards."""

    def put(path: Path) -> None:
        obs.get("SetProfileParameter", FOLDER | {"parameterValue": str(path)})

    yield put
    put(subject.record_dir)


@pytest.mark.parametrize("subject", ONCE, ids=["virtual", "real"], indirect=True)
def test_a_folder_that_does_not_exist_is_answered_with_success_and_nothing_starts(
    orange: Wire, events: Listener, folder: Any
) -> None:
    folder(Path("/no/such/folder"))
    assert orange.ask("StartRecord").code == 100
    assert "RecordStateChanged" not in events.quiet(0.5)
    assert orange.get("GetRecordStatus")["outputActive"] is False


@pytest.mark.parametrize("subject", ONCE, ids=["virtual", "real"], indirect=True)
def test_a_folder_under_another_mount_than_ours(orange: Wire, events: Listener, folder: Any, tmp_path: Path) -> None:
    """OBS writes under the name it knows; we find the file under ours, by the map."""
    ours, theirs = tmp_path / "nas" / "main", tmp_path / "obs-pc"
    ours.mkdir(parents=True)
    theirs.symlink_to(tmp_path / "nas", target_is_directory=True)
    folder(theirs / "main")
    told = start(orange, events)
    time.sleep(0.4)
    assert stop(orange, events) == told
    assert Path(told).parent == theirs / "main"
    mapped = PathMap(((str(theirs), str(tmp_path / "nas")),)).ours(told)
    assert mapped is not None
    assert Path(mapped).parent == ours
    assert length(mapped) > 0.2


@pytest.mark.parametrize("subject", ONCE, ids=["virtual", "real"], indirect=True)
def test_scene_changes_are_in_the_picture_when_they_were_told(orange: Wire, events: Listener, subject: Subject) -> None:
    """Black, orange, black: the changes lie as far apart in the file as they were on the socket."""
    path = start(orange, events)
    told = []
    for scene in ("Scene", SCENE, "Scene"):
        time.sleep(0.35)
        events.seen.clear()
        events.arrived.clear()
        orange.get("SetCurrentProgramScene", {"sceneName": scene})
        events.wait("CurrentProgramSceneChanged", sceneName=scene)
        told.append(events.when("SceneTransitionStarted"))
    time.sleep(0.2)
    stop(orange, events)
    with av.open(path) as container:
        bright = [
            (float(frame.time or 0), frame.to_ndarray(format="gray").mean() > 60) for frame in container.decode(video=0)
        ]
    seen = [at for (at, now), (_, before) in zip(bright[1:], bright, strict=False) if now != before]
    assert len(seen) == 3
    frame = 1 / subject.fps
    assert np.abs(np.diff(seen) - np.diff(told)).max() <= 2 * frame + 0.02
