"""The diff against a small model of what OBS does with each request, written from the protocol's prose."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from studio.model.obs import InputState, Item, OutputState, Picture, Request
from studio.model.scene import Rect
from studio.model.transform import placement
from studio.scenes.diff import diff


class ModelObs:
    """What OBS does with each request, on dicts and lists."""

    def __init__(self, picture: Picture) -> None:
        self.scenes = {name: list(items) for name, items in picture.scenes.items()}
        self.inputs = {name: (state.kind, dict(state.settings)) for name, state in picture.inputs.items()}
        self.picture = picture

    def apply(self, request: Request) -> None:
        getattr(self, request.type)(request, **request.data)

    def CreateScene(self, _: Request, sceneName: str) -> None:
        assert sceneName not in self.scenes
        self.scenes[sceneName] = []

    def CreateInput(self, _: Request, sceneName, inputName, inputKind, inputSettings, sceneItemEnabled) -> None:
        assert inputName not in self.inputs
        self.inputs[inputName] = (inputKind, dict(inputSettings))
        self.scenes[sceneName].append(Item(inputName, None, sceneItemEnabled))

    def RemoveInput(self, _: Request, inputName: str) -> None:
        del self.inputs[inputName]
        for items in self.scenes.values():
            items[:] = [item for item in items if item.source != inputName]

    def SetInputSettings(self, _: Request, inputName, inputSettings, overlay) -> None:
        assert overlay
        self.inputs[inputName][1].update(inputSettings)

    def CreateSceneItem(self, _: Request, sceneName, sourceName, sceneItemEnabled) -> None:
        self.scenes[sceneName].append(Item(sourceName, None, sceneItemEnabled))

    def _change(self, request: Request, **changes) -> None:
        scene, source = request.item
        items = self.scenes[scene]
        at = next(index for index, item in enumerate(items) if item.source == source)
        items[at] = replace(items[at], **changes)

    def SetSceneItemTransform(self, request: Request, sceneName, sceneItemTransform) -> None:
        rect, fit = placement(sceneItemTransform)
        self._change(request, rect=rect, fit=fit)

    def SetSceneItemEnabled(self, request: Request, sceneName, sceneItemEnabled) -> None:
        self._change(request, shown=sceneItemEnabled)

    def SetSceneItemIndex(self, request: Request, sceneName, sceneItemIndex) -> None:
        items = self.scenes[sceneName]
        at = next(index for index, item in enumerate(items) if item.source == request.item[1])
        items.insert(sceneItemIndex, items.pop(at))

    def SetCurrentSceneTransition(self, _: Request, transitionName: str) -> None:
        self.picture = replace(self.picture, transition=transitionName)

    def SetCurrentSceneTransitionDuration(self, _: Request, transitionDuration: int) -> None:
        self.picture = replace(self.picture, transition_ms=transitionDuration)

    def SetStudioModeEnabled(self, _: Request, studioModeEnabled: bool) -> None:
        self.picture = replace(self.picture, studio_mode=studioModeEnabled)

    def SetCurrentProgramScene(self, _: Request, sceneName: str) -> None:
        assert sceneName in self.scenes
        assert not self.picture.studio_mode
        self.picture = replace(self.picture, programme=sceneName)

    def StartRecord(self, _: Request) -> None:
        self.picture = replace(self.picture, record=OutputState.ON)

    def StopRecord(self, _: Request) -> None:
        self.picture = replace(self.picture, record=OutputState.OFF)

    def StartStream(self, _: Request) -> None:
        self.picture = replace(self.picture, stream=OutputState.ON)

    def StopStream(self, _: Request) -> None:
        self.picture = replace(self.picture, stream=OutputState.OFF)

    def StartVirtualCam(self, _: Request) -> None:
        self.picture = replace(self.picture, camera=OutputState.ON)

    def StopVirtualCam(self, _: Request) -> None:
        self.picture = replace(self.picture, camera=OutputState.OFF)

    def observe(self) -> Picture:
        inputs = {name: InputState(kind, settings) for name, (kind, settings) in self.inputs.items()}
        scenes = {name: tuple(items) for name, items in self.scenes.items()}
        return replace(self.picture, scenes=scenes, inputs=inputs)


NAMES = st.sampled_from(["S1 · a", "S2 · b", "c", "d"])
SCENES = st.sampled_from(["S1", "S2", "S3"])
RECTS = st.builds(Rect, st.integers(0, 3), st.integers(0, 3), st.integers(1, 3), st.integers(1, 3))
FONTS = st.dictionaries(st.sampled_from(["face", "size"]), st.integers(0, 2))
SETTINGS = st.dictionaries(st.sampled_from(["file", "text"]), st.integers(0, 2) | FONTS)
INPUTS = st.dictionaries(NAMES, st.builds(InputState, st.sampled_from(["image", "text"]), SETTINGS))
ITEM = st.builds(Item, NAMES, st.none() | RECTS, st.booleans(), st.sampled_from(["stretch", "inside"]))
ITEMS = st.lists(ITEM, unique_by=lambda item: item.source).map(tuple)
FOUND = st.lists(ITEM, max_size=6).map(tuple)
"""A desk where a source may lie in a scene twice."""
OUTPUT = st.sampled_from(OutputState)


@st.composite
def pictures(draw, *, wanted: bool) -> Picture:
    scenes = draw(st.dictionaries(SCENES, ITEMS if wanted else FOUND))
    inputs = draw(INPUTS)
    named = {item.source for items in scenes.values() for item in items}
    inputs |= {name: draw(st.builds(InputState, st.just("image"), SETTINGS)) for name in named - set(inputs)}
    if wanted:
        programme = draw(st.none() | st.sampled_from(sorted(scenes))) if scenes else None
        return Picture(
            programme,
            draw(st.none() | st.sampled_from(["Cut", "Fade"])),
            draw(st.none() | st.integers(50, 52)),
            scenes,
            inputs,
            *(draw(st.none() | st.sampled_from([OutputState.ON, OutputState.OFF])) for _output in range(3)),
            False if programme else draw(st.none() | st.booleans()),  # no scene changes in studio mode
        )
    outputs = (draw(OUTPUT), draw(OUTPUT), draw(st.none() | OUTPUT))
    return Picture("S1", "Cut", 50, {"S1": (), **scenes}, inputs, *outputs, draw(st.booleans()))


@given(pictures(wanted=True), pictures(wanted=False))
def test_applying_the_diff_leaves_nothing_to_do(wanted: Picture, observed: Picture) -> None:
    obs = ModelObs(observed)
    for request in diff(wanted, observed):
        obs.apply(request)
    assert diff(wanted, obs.observe()) == ()


@given(pictures(wanted=True), pictures(wanted=False))
def test_what_the_plan_does_not_mention_is_left_alone(wanted: Picture, observed: Picture) -> None:
    obs = ModelObs(observed)
    for request in diff(wanted, observed):
        obs.apply(request)
    after = obs.observe()
    for name in observed.inputs.keys() - wanted.inputs.keys():
        assert after.inputs[name] == observed.inputs[name]
    for name in observed.inputs.keys() & {"c", "d"}:  # a person's, by its name
        assert after.inputs[name].kind == observed.inputs[name].kind
    for scene in observed.scenes.keys() - wanted.scenes.keys():
        kept = [item for item in observed.scenes[scene] if item.source not in wanted.inputs]
        assert [item for item in after.scenes[scene] if item.source not in wanted.inputs] == kept
    if wanted.programme is None:
        assert after.programme == observed.programme


def test_what_a_person_laid_over_ours_stays_over_them() -> None:
    ours = tuple(Item(name, None) for name in ("S · bg", "S · strip", "S · card"))
    wanted = Picture(scenes={"S": ours}, inputs={item.source: InputState("image") for item in ours})
    there = {name: InputState("image") for name in ("S · bg", "S · card", "logo")}
    for before, after in (
        (("S · bg", "S · card", "logo"), ["S · bg", "S · strip", "S · card", "logo"]),
        (("S · card", "logo", "S · bg"), ["S · bg", "S · strip", "logo", "S · card"]),
        (("logo",), ["logo", "S · bg", "S · strip", "S · card"]),
    ):
        obs = ModelObs(Picture("S", scenes={"S": tuple(Item(name, None) for name in before)}, inputs=there))
        for request in diff(wanted, obs.observe()):
            assert request.item != ("S", "logo")
            obs.apply(request)
        assert [item.source for item in obs.scenes["S"]] == after


def test_an_input_of_another_kind_is_made_anew_only_where_it_bears_the_name_of_one_of_our_scenes() -> None:
    for name, asked in (("S · cam", ["RemoveInput", "CreateInput"]), ("mic", [])):
        wanted = Picture(scenes={"S": (Item(name, None),)}, inputs={name: InputState("image")})
        observed = Picture("S", scenes={"S": (Item(name, None),)}, inputs={name: InputState("wasapi")})
        assert [request.type for request in diff(wanted, observed)] == asked


def test_a_take_is_transition_then_duration_then_scene() -> None:
    wanted = Picture("B", "Fade", 300)
    observed = Picture("A", "Cut", 200, {"A": (), "B": ()})
    assert [request.type for request in diff(wanted, observed)] == [
        "SetCurrentSceneTransition",
        "SetCurrentSceneTransitionDuration",
        "SetCurrentProgramScene",
    ]


def test_studio_mode_is_left_before_anything_else_is_asked() -> None:
    wanted = Picture("B", "Fade", scenes={"B": ()}, studio_mode=False)
    first, *rest = diff(wanted, Picture("A", "Cut", scenes={"A": ()}, studio_mode=True))
    assert (first.type, first.data) == ("SetStudioModeEnabled", {"studioModeEnabled": False})
    assert [request.type for request in rest] == ["CreateScene", "SetCurrentSceneTransition", "SetCurrentProgramScene"]


def test_an_obs_without_a_virtual_camera_is_not_asked_to_start_it() -> None:
    assert diff(Picture(camera=OutputState.ON), Picture("A", camera=None)) == ()


def test_every_request_says_why() -> None:
    wanted = Picture("B", "Fade", 300, {"B": (Item("x", Rect(0, 0, 1, 1)),)}, {"x": InputState("image")})
    requests = diff(wanted, Picture("A", "Cut", 200, {"A": ()}))
    assert requests and all(request.because for request in requests)


def test_changing_a_card_says_which_setting_differs(english: None) -> None:
    wanted = Picture(inputs={"card": InputState("image", {"file": "new.png"})})
    observed = Picture(inputs={"card": InputState("image", {"file": "old.png", "unload": False})})
    assert diff(wanted, observed) == (
        Request(
            "SetInputSettings",
            {"inputName": "card", "inputSettings": {"file": "new.png"}, "overlay": True},
            "card differs in file",
        ),
    )
