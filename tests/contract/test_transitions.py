"""Transitions: which there are, which is chosen, for how long, and in one batch with the scene."""

from __future__ import annotations

from tests.contract.wire import PREFIX, Listener, Wire, eventually

A = f"{PREFIX}A"


def test_cut_and_fade_are_there(obs: Wire) -> None:
    found = obs.get("GetSceneTransitionList")
    assert found["transitions"] == [
        {
            "transitionName": "Cut",
            "transitionKind": "cut_transition",
            "transitionFixed": True,
            "transitionConfigurable": False,
        },
        {
            "transitionName": "Fade",
            "transitionKind": "fade_transition",
            "transitionFixed": False,
            "transitionConfigurable": False,
        },
    ]


def test_the_list_names_the_chosen_one(obs: Wire) -> None:
    obs.get("SetCurrentSceneTransition", {"transitionName": "Fade"})
    assert eventually(lambda: obs.get("GetSceneTransitionList")["currentSceneTransitionName"] == "Fade")
    assert obs.get("GetSceneTransitionList")["currentSceneTransitionKind"] == "fade_transition"


def test_a_cut_has_no_duration(obs: Wire) -> None:
    assert obs.get("GetCurrentSceneTransition") == {
        "transitionName": "Cut",
        "transitionKind": "cut_transition",
        "transitionFixed": True,
        "transitionDuration": None,
        "transitionConfigurable": False,
        "transitionSettings": None,
    }


def test_the_chosen_transition_and_its_duration_are_told_and_read_back(obs: Wire, events: Listener) -> None:
    obs.get("SetCurrentSceneTransition", {"transitionName": "Fade"})
    obs.get("SetCurrentSceneTransitionDuration", {"transitionDuration": 450})
    assert events.wait("CurrentSceneTransitionChanged") == {"transitionName": "Fade"}
    assert events.wait("CurrentSceneTransitionDurationChanged", transitionDuration=450)
    found = obs.get("GetCurrentSceneTransition")
    assert (found["transitionName"], found["transitionDuration"]) == ("Fade", 450)


def test_a_duration_set_during_a_cut_is_kept_for_the_next_fade(obs: Wire) -> None:
    obs.get("SetCurrentSceneTransitionDuration", {"transitionDuration": 470})
    obs.get("SetCurrentSceneTransition", {"transitionName": "Fade"})
    assert eventually(lambda: obs.get("GetCurrentSceneTransition")["transitionDuration"] == 470)


def test_a_whole_cue_in_one_batch_uses_the_transition_it_names(obs: Wire, events: Listener) -> None:
    """The order in the batch is the order of effect: the Fade of this batch carries the scene, for its duration."""
    obs.get("CreateScene", {"sceneName": A})
    answer = obs.batch(
        [
            {"requestType": "SetCurrentSceneTransition", "requestData": {"transitionName": "Fade"}},
            {"requestType": "SetCurrentSceneTransitionDuration", "requestData": {"transitionDuration": 300}},
            {"requestType": "SetCurrentProgramScene", "requestData": {"sceneName": A}},
        ],
        executionType=0,
    )
    assert [result["requestStatus"]["code"] for result in answer["results"]] == [100, 100, 100]
    assert events.wait("SceneTransitionStarted") == {"transitionName": "Fade"}
    events.wait("CurrentProgramSceneChanged", sceneName=A)
    took = events.when("CurrentProgramSceneChanged") - events.when("SceneTransitionStarted")
    assert 0.24 <= took <= 0.55


def test_a_cut_after_a_fade_in_one_batch_is_a_cut(obs: Wire, events: Listener) -> None:
    obs.get("CreateScene", {"sceneName": A})
    obs.get("SetCurrentSceneTransition", {"transitionName": "Fade"})
    obs.batch(
        [
            {"requestType": "SetCurrentSceneTransition", "requestData": {"transitionName": "Cut"}},
            {"requestType": "SetCurrentProgramScene", "requestData": {"sceneName": A}},
        ]
    )
    assert events.wait("SceneTransitionStarted") == {"transitionName": "Cut"}


def test_a_scenes_own_transition_wins(obs: Wire, events: Listener) -> None:
    obs.get("CreateScene", {"sceneName": A})
    own = {"transitionName": "Fade", "transitionDuration": 200}
    obs.get("SetSceneSceneTransitionOverride", {"sceneName": A} | own)
    assert obs.get("GetSceneSceneTransitionOverride", {"sceneName": A}) == own
    obs.get("SetCurrentProgramScene", {"sceneName": A})
    assert events.wait("SceneTransitionStarted") == {"transitionName": "Fade"}
    events.wait("CurrentProgramSceneChanged", sceneName=A)
    assert obs.get("GetCurrentSceneTransition")["transitionName"] == "Cut"


def test_a_scenes_own_transition_is_taken_away_by_null(obs: Wire) -> None:
    obs.get("CreateScene", {"sceneName": A})
    obs.get("SetSceneSceneTransitionOverride", {"sceneName": A, "transitionName": "Fade", "transitionDuration": 200})
    none = {"transitionName": None, "transitionDuration": None}
    obs.get("SetSceneSceneTransitionOverride", {"sceneName": A} | none)
    assert obs.get("GetSceneSceneTransitionOverride", {"sceneName": A}) == none


def test_the_cursor_moves_during_a_fade_and_rests_at_one(obs: Wire, events: Listener) -> None:
    obs.get("CreateScene", {"sceneName": A})
    obs.get("SetCurrentSceneTransition", {"transitionName": "Fade"})
    obs.get("SetCurrentSceneTransitionDuration", {"transitionDuration": 600})
    obs.get("SetCurrentProgramScene", {"sceneName": A})
    events.wait("SceneTransitionStarted")
    cursors = [obs.get("GetCurrentSceneTransitionCursor")["transitionCursor"]]
    obs.batch([{"requestType": "Sleep", "requestData": {"sleepMillis": 200}}])
    cursors.append(obs.get("GetCurrentSceneTransitionCursor")["transitionCursor"])
    assert 0 <= cursors[0] < cursors[1] < 1
    events.wait("CurrentProgramSceneChanged", sceneName=A)
    assert obs.get("GetCurrentSceneTransitionCursor") == {"transitionCursor": 1.0}
