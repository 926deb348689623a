"""Takes and studio mode, with the traps that a real OBS has."""

from studio.obs.virtual import VirtualObs
from tests.obs.virtual.client import BLUE, GREEN, RED, Client


async def three_scenes(desk: Client) -> None:
    for name, colour in (("red", RED), ("green", GREEN), ("blue", BLUE)):
        await desk.scene(name, colour)
    await desk.show("red")
    await desk.get("SetCurrentSceneTransition", transitionName="Fade")
    await desk.get("SetCurrentSceneTransitionDuration", transitionDuration=200)
    await desk.quiet(0.05)


async def programme(desk: Client) -> str:
    return str((await desk.get("GetCurrentProgramScene"))["currentProgramSceneName"])


async def test_the_scene_already_on_gives_success_and_no_event(desk: Client) -> None:
    await three_scenes(desk)
    await desk.get("SetCurrentProgramScene", sceneName="red")
    assert await desk.quiet(0.3) == []


async def test_the_programme_event_comes_at_the_end_of_a_fade(obs: VirtualObs, desk: Client) -> None:
    await three_scenes(desk)
    await desk.get("SetCurrentProgramScene", sceneName="green")
    await desk.event("CurrentProgramSceneChanged", sceneName="green")
    began = obs.journal.of("event", "SceneTransitionStarted")[-1].monotonic_ns
    ended = obs.journal.of("event", "CurrentProgramSceneChanged")[-1].monotonic_ns
    assert 200 <= (ended - began) / 1e6 < 300


async def test_during_a_fade_the_new_scene_is_already_named(desk: Client) -> None:
    await three_scenes(desk)
    await desk.get("SetCurrentProgramScene", sceneName="green")
    assert await programme(desk) == "green"
    assert 0 < (await desk.get("GetCurrentSceneTransitionCursor"))["transitionCursor"] < 1


async def test_a_take_during_a_fade_starts_anew_and_ends_once(desk: Client) -> None:
    await three_scenes(desk)
    await desk.get("SetCurrentProgramScene", sceneName="green")
    await desk.get("SetCurrentProgramScene", sceneName="blue")
    await desk.event("CurrentProgramSceneChanged", sceneName="blue")
    assert (await desk.quiet(0.3)).count("CurrentProgramSceneChanged") == 0


async def test_a_scenes_own_transition_is_used_for_it_alone(desk: Client) -> None:
    await three_scenes(desk)
    await desk.get("SetSceneSceneTransitionOverride", sceneName="green", transitionName="Cut")
    await desk.get("SetCurrentProgramScene", sceneName="green")
    assert (await desk.event("SceneTransitionStarted"))["transitionName"] == "Cut"
    assert (await desk.get("GetCurrentSceneTransition"))["transitionName"] == "Fade"


async def test_in_studio_mode_a_take_during_a_fade_is_ignored_but_believed(obs: VirtualObs, desk: Client) -> None:
    await three_scenes(desk)
    await desk.get("SetStudioModeEnabled", studioModeEnabled=True)
    await desk.get("SetCurrentProgramScene", sceneName="green")
    assert await desk.code("SetCurrentProgramScene", sceneName="blue") == 100
    await desk.event("SceneTransitionEnded")
    assert await programme(desk) == "blue"
    assert obs.state.collection.name_of(obs.state.shown) == "green"


async def test_leaving_studio_mode_puts_the_believed_scene_on_air(obs: VirtualObs, desk: Client) -> None:
    await three_scenes(desk)
    await desk.get("SetStudioModeEnabled", studioModeEnabled=True)
    await desk.get("SetCurrentProgramScene", sceneName="green")
    await desk.get("SetCurrentProgramScene", sceneName="blue")
    await desk.event("SceneTransitionEnded")
    await desk.get("SetStudioModeEnabled", studioModeEnabled=False)
    assert obs.state.collection.name_of(obs.state.shown) == "blue"


async def test_the_studio_transition_swaps_preview_and_programme(desk: Client) -> None:
    await three_scenes(desk)
    await desk.get("SetStudioModeEnabled", studioModeEnabled=True)
    await desk.get("SetCurrentPreviewScene", sceneName="green")
    await desk.get("TriggerStudioModeTransition")
    await desk.event("CurrentProgramSceneChanged", sceneName="green")
    assert (await desk.get("GetCurrentPreviewScene"))["currentPreviewSceneName"] == "red"


async def test_the_t_bar_holds_a_transition_half_way(obs: VirtualObs, desk: Client) -> None:
    await three_scenes(desk)
    await desk.get("SetStudioModeEnabled", studioModeEnabled=True)
    await desk.get("SetCurrentPreviewScene", sceneName="green")
    await desk.get("SetTBarPosition", position=0.5, release=False)
    assert (await desk.get("GetCurrentSceneTransitionCursor"))["transitionCursor"] == 0.5
    await desk.get("SetTBarPosition", position=1)
    await desk.event("CurrentProgramSceneChanged", sceneName="green")
    assert obs.state.take is None


async def test_removing_the_scene_on_air_goes_to_its_neighbour(desk: Client) -> None:
    await three_scenes(desk)
    await desk.get("RemoveScene", sceneName="red")
    await desk.event("CurrentProgramSceneChanged", sceneName="green")


async def test_removing_the_last_scene_leaves_black(obs: VirtualObs, desk: Client) -> None:
    await desk.get("RemoveScene", sceneName="Scene")
    assert (await desk.get("GetSceneList"))["scenes"] == []
    frame = obs.state.composer.programme(obs.state.timeline.latest(), 0)
    assert frame.image.max() == 0
