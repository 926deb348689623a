"""Scenes made, renamed, removed and switched, and what is said about it."""

from __future__ import annotations

import pytest

from tests.contract.wire import PREFIX, Listener, Subject, Wire, listener

A, B = f"{PREFIX}A", f"{PREFIX}B"


def names(obs: Wire) -> list[str]:
    return [scene["sceneName"] for scene in obs.get("GetSceneList")["scenes"]]


def on_air(obs: Wire) -> str:
    found: str = obs.get("GetCurrentProgramScene")["currentProgramSceneName"]
    return found


def take(obs: Wire, events: Listener, scene: str) -> None:
    obs.get("SetCurrentProgramScene", {"sceneName": scene})
    events.wait("CurrentProgramSceneChanged", sceneName=scene)


def test_a_created_scene_is_listed(obs: Wire) -> None:
    obs.get("CreateScene", {"sceneName": A})
    assert sorted(names(obs)) == ["Scene", A]


def test_a_scene_list_counts_from_zero_and_names_what_is_on_air(obs: Wire) -> None:
    obs.get("CreateScene", {"sceneName": A})
    found = obs.get("GetSceneList")
    assert [scene["sceneIndex"] for scene in found["scenes"]] == [0, 1]
    assert (found["currentProgramSceneName"], found["currentPreviewSceneName"]) == ("Scene", None)


def test_creating_a_scene_is_told(obs: Wire, events: Listener) -> None:
    obs.get("CreateScene", {"sceneName": A})
    assert events.wait("SceneCreated") == {"sceneName": A, "isGroup": False}
    listed = events.wait("SceneListChanged")["scenes"]
    assert sorted(scene["sceneName"] for scene in listed) == ["Scene", A]


def test_creating_a_scene_does_not_put_it_on_air(obs: Wire) -> None:
    obs.get("CreateScene", {"sceneName": A})
    assert on_air(obs) == "Scene"


def test_a_renamed_scene_has_only_its_new_name(obs: Wire, events: Listener) -> None:
    obs.get("CreateScene", {"sceneName": A})
    obs.get("SetSceneName", {"sceneName": A, "newSceneName": B})
    assert events.wait("SceneNameChanged") == {"oldSceneName": A, "sceneName": B}
    assert sorted(names(obs)) == ["Scene", B]


def test_a_removed_scene_is_gone(obs: Wire, events: Listener) -> None:
    obs.get("CreateScene", {"sceneName": A})
    obs.get("RemoveScene", {"sceneName": A})
    assert events.wait("SceneRemoved") == {"sceneName": A, "isGroup": False}
    assert names(obs) == ["Scene"]


def test_removing_the_scene_on_air_puts_another_on(obs: Wire, events: Listener) -> None:
    obs.get("CreateScene", {"sceneName": A})
    take(obs, events, A)
    obs.get("RemoveScene", {"sceneName": A})
    events.wait("CurrentProgramSceneChanged", sceneName="Scene")
    assert on_air(obs) == "Scene"


def test_a_scene_name_may_be_chinese(obs: Wire) -> None:
    name = f"{PREFIX}沙棘 · 开场"
    obs.get("CreateScene", {"sceneName": name})
    assert name in names(obs)


def test_a_switch_is_told_from_start_to_end(obs: Wire, events: Listener) -> None:
    obs.get("CreateScene", {"sceneName": A})
    obs.get("SetCurrentProgramScene", {"sceneName": A})
    assert events.wait("SceneTransitionStarted") == {"transitionName": "Cut"}
    assert events.wait("SceneTransitionVideoEnded") == {"transitionName": "Cut"}
    assert events.wait("SceneTransitionEnded") == {"transitionName": "Cut"}
    assert events.wait("CurrentProgramSceneChanged") == {"sceneName": A}


def test_the_new_scene_is_named_at_once_even_while_it_fades_in(obs: Wire) -> None:
    obs.get("CreateScene", {"sceneName": A})
    obs.get("SetCurrentSceneTransition", {"transitionName": "Fade"})
    obs.get("SetCurrentSceneTransitionDuration", {"transitionDuration": 200})
    obs.get("SetCurrentProgramScene", {"sceneName": A})
    assert on_air(obs) == A


def test_the_scene_already_on_air_answers_success_and_tells_nothing(obs: Wire, events: Listener) -> None:
    obs.get("SetCurrentProgramScene", {"sceneName": "Scene"})
    assert events.quiet(0.4) == []


@pytest.mark.parametrize("duration", [150, 400])
def test_the_program_scene_is_told_at_the_end_of_a_fade(obs: Wire, events: Listener, duration: int) -> None:
    obs.get("CreateScene", {"sceneName": A})
    obs.get("SetCurrentSceneTransition", {"transitionName": "Fade"})
    obs.get("SetCurrentSceneTransitionDuration", {"transitionDuration": duration})
    obs.get("SetCurrentProgramScene", {"sceneName": A})
    events.wait("SceneTransitionStarted", transitionName="Fade")
    began = events.when("SceneTransitionStarted")
    events.wait("CurrentProgramSceneChanged", sceneName=A)
    took = events.when("CurrentProgramSceneChanged") - began
    assert duration / 1000 - 0.06 <= took <= duration / 1000 + 0.25


def test_a_hidden_event_category_stays_silent(subject: Subject, obs: Wire) -> None:
    with listener(subject, 1 << 2) as scenes_only:
        obs.get("CreateScene", {"sceneName": A})
        obs.get("SetCurrentProgramScene", {"sceneName": A})
        scenes_only.wait("CurrentProgramSceneChanged", sceneName=A)
        assert {"SceneTransitionStarted", "SceneTransitionEnded"}.isdisjoint(scenes_only.quiet())


def test_no_bits_no_events(subject: Subject, obs: Wire) -> None:
    with listener(subject, 0) as deaf:
        obs.get("CreateScene", {"sceneName": A})
        assert deaf.quiet() == []


def test_reidentify_changes_what_is_told(subject: Subject, obs: Wire) -> None:
    with listener(subject, 0) as peer:
        peer.send({"op": 3, "d": {"eventSubscriptions": 1 << 2}})
        assert peer.receive()["op"] == 2
        obs.get("CreateScene", {"sceneName": A})
        assert peer.wait("SceneCreated") == {"sceneName": A, "isGroup": False}


@pytest.mark.parametrize(
    ("event", "bit"),
    [("SceneCreated", 2), ("SceneTransitionStarted", 4), ("SceneItemCreated", 7), ("InputCreated", 3)],
)
def test_an_event_carries_its_category(obs: Wire, events: Listener, event: str, bit: int) -> None:
    obs.get("CreateScene", {"sceneName": A})
    obs.get("CreateInput", {"sceneName": A, "inputName": B, "inputKind": "color_source_v3"})
    obs.get("SetCurrentProgramScene", {"sceneName": A})
    events.wait(event)
    assert [one["eventIntent"] for one in events.seen if one["eventType"] == event] == [1 << bit]


def test_a_custom_event_reaches_everybody(obs: Wire, events: Listener) -> None:
    obs.get("BroadcastCustomEvent", {"eventData": {"场记": [1, None, "x"]}})
    assert events.wait("CustomEvent") == {"场记": [1, None, "x"]}
