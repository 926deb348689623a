"""Studio mode: preview apart from programme, and the trap for whoever sends a scene while it is on."""

from __future__ import annotations

from tests.contract.wire import PREFIX, Listener, Wire

A = f"{PREFIX}A"


def turn(obs: Wire, on: bool) -> None:
    obs.get("SetStudioModeEnabled", {"studioModeEnabled": on})


def test_turning_it_on_and_off_is_told_and_read_back(obs: Wire, events: Listener) -> None:
    turn(obs, True)
    assert events.wait("StudioModeStateChanged") == {"studioModeEnabled": True}
    assert obs.get("GetStudioModeEnabled") == {"studioModeEnabled": True}
    turn(obs, False)
    events.wait("StudioModeStateChanged", studioModeEnabled=False)
    assert obs.get("GetStudioModeEnabled") == {"studioModeEnabled": False}


def test_the_preview_starts_with_the_programme(obs: Wire) -> None:
    turn(obs, True)
    assert obs.get("GetCurrentPreviewScene") == {"currentPreviewSceneName": "Scene"}


def test_the_preview_changes_alone(obs: Wire, events: Listener) -> None:
    obs.get("CreateScene", {"sceneName": A})
    turn(obs, True)
    obs.get("SetCurrentPreviewScene", {"sceneName": A})
    assert events.wait("CurrentPreviewSceneChanged", sceneName=A) == {"sceneName": A}
    found = obs.get("GetSceneList")
    assert (found["currentPreviewSceneName"], found["currentProgramSceneName"]) == (A, "Scene")


def test_the_transition_takes_the_preview_on_air(obs: Wire, events: Listener) -> None:
    obs.get("CreateScene", {"sceneName": A})
    turn(obs, True)
    obs.get("SetCurrentPreviewScene", {"sceneName": A})
    events.wait("CurrentPreviewSceneChanged", sceneName=A)
    obs.get("TriggerStudioModeTransition")
    events.wait("CurrentProgramSceneChanged", sceneName=A)
    assert obs.get("GetCurrentProgramScene")["currentProgramSceneName"] == A


def test_a_program_scene_can_be_set_in_studio_mode(obs: Wire, events: Listener) -> None:
    obs.get("CreateScene", {"sceneName": A})
    turn(obs, True)
    obs.get("SetCurrentProgramScene", {"sceneName": A})
    events.wait("CurrentProgramSceneChanged", sceneName=A)
