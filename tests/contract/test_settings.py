"""What belongs to the whole OBS: version, canvas, profile, persistent slots, record folder, statistics."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from studio.obs.protocol import description
from tests.contract.conftest import real, virtual
from tests.contract.wire import Listener, Subject, Wire, wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    Begin = Callable[[Path, tuple[int, int]], AbstractContextManager[Subject]]

GLOBAL = "OBS_WEBSOCKET_DATA_REALM_GLOBAL"
PROFILE = "OBS_WEBSOCKET_DATA_REALM_PROFILE"


def test_the_version_names_obs_plugin_and_rpc(obs: Wire) -> None:
    found = obs.get("GetVersion")
    assert (found["obsVersion"], found["obsWebSocketVersion"], found["rpcVersion"]) == ("29.0.2", "5.1.0", 1)
    assert {"png", "jpg"} <= set(found["supportedImageFormats"])
    assert found["platform"]
    assert found["platformDescription"]


def test_only_what_the_version_knows_is_offered(obs: Wire) -> None:
    """Each offered request is one of the protocol up to this version, or one OBS keeps to itself."""
    offered = set(obs.get("GetVersion")["availableRequests"])
    later = {
        name
        for name, request in description()["requests"].items()
        if tuple(int(part) for part in request["since"].split(".")) > (5, 1, 0)
    }
    assert offered & later == set()
    assert {"GetVersion", "SetCurrentProgramScene", "StartRecord", "GetSourceScreenshot", "Sleep"} <= offered


def test_the_canvas_is_the_one_asked_for(obs: Wire, subject: Subject) -> None:
    width, height = subject.canvas
    assert obs.get("GetVideoSettings") == {
        "baseWidth": width,
        "baseHeight": height,
        "outputWidth": width,
        "outputHeight": height,
        "fpsNumerator": subject.fps,
        "fpsDenominator": 1,
    }


@pytest.mark.parametrize("begin", [virtual, real], ids=["virtual", "real"])
def test_the_canvas_changes_in_pairs(begin: Begin, tmp_path: Path) -> None:
    """On one of its own: after such a change OBS 29 tells false durations of recordings until it is started anew."""
    with begin(tmp_path, (640, 360)) as running, wire(running) as obs:
        obs.get("SetVideoSettings", {"outputWidth": 320, "outputHeight": 180})
        found = obs.get("GetVideoSettings")
        assert [found[key] for key in ("outputWidth", "outputHeight", "baseWidth", "baseHeight")] == [
            320,
            180,
            640,
            360,
        ]


def test_the_record_folder_is_the_profiles(obs: Wire, subject: Subject) -> None:
    assert obs.get("GetRecordDirectory") == {"recordDirectory": str(subject.record_dir)}
    asked = {"parameterCategory": "SimpleOutput", "parameterName": "FilePath"}
    assert obs.get("GetProfileParameter", asked)["parameterValue"] == str(subject.record_dir)


def test_the_profile_decides_the_record_folder(obs: Wire, subject: Subject) -> None:
    asked = {"parameterCategory": "SimpleOutput", "parameterName": "FilePath"}
    obs.get("SetProfileParameter", asked | {"parameterValue": str(subject.record_dir / "elsewhere")})
    try:
        assert obs.get("GetRecordDirectory") == {"recordDirectory": str(subject.record_dir / "elsewhere")}
    finally:
        obs.get("SetProfileParameter", asked | {"parameterValue": str(subject.record_dir)})


def test_a_profile_parameter_is_set_and_deleted(obs: Wire) -> None:
    asked = {"parameterCategory": "Contract", "parameterName": "word"}
    obs.get("SetProfileParameter", asked | {"parameterValue": "柏籽"})
    assert obs.get("GetProfileParameter", asked) == {"parameterValue": "柏籽", "defaultParameterValue": None}
    obs.get("SetProfileParameter", asked | {"parameterValue": None})
    assert obs.get("GetProfileParameter", asked) == {"parameterValue": None, "defaultParameterValue": None}


@pytest.mark.parametrize("realm", [GLOBAL, PROFILE])
@pytest.mark.parametrize(
    "value", [{"x": [1, "y", None]}, "text", 3.5, False], ids=["object", "text", "number", "false"]
)
def test_a_persistent_slot_keeps_any_value(obs: Wire, realm: str, value: object) -> None:
    """ASCII only: OBS 29 gives other letters back mangled."""
    slot = {"realm": realm, "slotName": "contract"}
    obs.get("SetPersistentData", slot | {"slotValue": value})
    assert obs.get("GetPersistentData", slot) == {"slotValue": value}


def test_an_empty_persistent_slot_is_null(obs: Wire) -> None:
    assert obs.get("GetPersistentData", {"realm": GLOBAL, "slotName": "never set"}) == {"slotValue": None}


def test_the_present_profile_and_collection_are_listed(obs: Wire) -> None:
    profiles, collections = obs.get("GetProfileList"), obs.get("GetSceneCollectionList")
    assert profiles["currentProfileName"] in profiles["profiles"]
    assert collections["currentSceneCollectionName"] in collections["sceneCollections"]


def test_a_profile_is_made_chosen_and_removed(obs: Wire, events: Listener) -> None:
    first = obs.get("GetProfileList")["currentProfileName"]
    obs.get("CreateProfile", {"profileName": "contract second"})
    try:
        events.wait("CurrentProfileChanged", profileName="contract second")
        assert obs.ask("CreateProfile", {"profileName": "contract second"}).code == 601
        found = obs.get("GetProfileList")
        assert found["currentProfileName"] == "contract second"
        assert sorted(found["profiles"]) == sorted([first, "contract second"])
    finally:
        obs.get("SetCurrentProfile", {"profileName": first})
        obs.get("RemoveProfile", {"profileName": "contract second"})
    assert obs.get("GetProfileList") == {"currentProfileName": first, "profiles": [first]}


def test_stream_settings_are_read_back(obs: Wire) -> None:
    wanted = {
        "streamServiceType": "rtmp_custom",
        "streamServiceSettings": {"server": "rtmp://127.0.0.1/live", "key": "contract"},
    }
    obs.get("SetStreamServiceSettings", wanted)
    assert obs.get("GetStreamServiceSettings") == wanted


def test_nothing_streams_by_itself(obs: Wire) -> None:
    found = obs.get("GetStreamStatus")
    assert (found["outputActive"], found["outputReconnecting"], found["outputDuration"]) == (False, False, 0)
    assert found["outputTimecode"] == "00:00:00.000"


def test_statistics_count_frames_and_messages(obs: Wire) -> None:
    first = obs.get("GetStats")
    time.sleep(0.3)
    second = obs.get("GetStats")
    assert second["renderTotalFrames"] > first["renderTotalFrames"]
    assert second["webSocketSessionIncomingMessages"] == first["webSocketSessionIncomingMessages"] + 1
    assert second["webSocketSessionOutgoingMessages"] == first["webSocketSessionOutgoingMessages"] + 1
    assert set(first) == {
        "activeFps",
        "availableDiskSpace",
        "averageFrameRenderTime",
        "cpuUsage",
        "memoryUsage",
        "outputSkippedFrames",
        "outputTotalFrames",
        "renderSkippedFrames",
        "renderTotalFrames",
        "webSocketSessionIncomingMessages",
        "webSocketSessionOutgoingMessages",
    }


def test_special_inputs_are_named_or_null(obs: Wire) -> None:
    assert set(obs.get("GetSpecialInputs")) == {"desktop1", "desktop2", "mic1", "mic2", "mic3", "mic4"}


def test_hotkeys_of_obs_are_listed(obs: Wire) -> None:
    found = obs.get("GetHotkeyList")["hotkeys"]
    assert {"OBSBasic.StartRecording", "OBSBasic.StopRecording", "OBSBasic.Transition"} <= set(found)


def test_the_file_output_is_listed(obs: Wire) -> None:
    assert "simple_file_output" in [output["outputName"] for output in obs.get("GetOutputList")["outputs"]]
