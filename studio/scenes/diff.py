"""Two pictures of an OBS to the requests that turn the observed one into the wanted one."""

from collections.abc import Iterator, Mapping

from studio.model.obs import InputState, Item, OutputState, Picture, Request
from studio.model.settings import contains
from studio.model.transform import transform

_RUNNING = {OutputState.ON, OutputState.STARTING, OutputState.RECONNECTING}


def diff(wanted: Picture, observed: Picture) -> tuple[Request, ...]:
    """The requests, in the order to send them: what is off air first, then transition, duration, scene, outputs.

    Studio mode is left before all that, since OBS obeys no scene change in it, and entered after all that.

    What ``wanted`` does not mention is left alone. ``diff(w, apply(o, diff(w, o))) == ()`` for every w and o.
    """
    mode = _studio_mode(wanted, observed)
    return (
        *(mode if not wanted.studio_mode else ()),
        *_scenes(wanted, observed),
        *_transition(wanted, observed),
        *_programme(wanted, observed),
        *_outputs(wanted, observed),
        *(mode if wanted.studio_mode else ()),
    )


def _studio_mode(wanted: Picture, observed: Picture) -> tuple[Request, ...]:
    if None in (wanted.studio_mode, observed.studio_mode) or wanted.studio_mode == observed.studio_mode:
        return ()
    because = f"studio mode from {_on(observed.studio_mode)} to {_on(wanted.studio_mode)}"
    return (Request("SetStudioModeEnabled", {"studioModeEnabled": wanted.studio_mode}, because),)


def _on(state: bool | None) -> str:
    return "on" if state else "off"


def _scenes(wanted: Picture, observed: Picture) -> Iterator[Request]:
    for scene in wanted.scenes:
        if scene not in observed.scenes:
            yield Request("CreateScene", {"sceneName": scene}, f"scene {scene} is missing")
    there = set(observed.inputs)
    for name, state in wanted.inputs.items():
        found = observed.inputs.get(name)
        if found is not None and found.kind != state.kind:
            yield Request("RemoveInput", {"inputName": name}, f"{name} is a {found.kind}, wanted a {state.kind}")
            there.remove(name)
        elif found is not None and (changed := _changed(state.settings, found.settings)):
            data = {"inputName": name, "inputSettings": changed, "overlay": True}
            yield Request("SetInputSettings", data, f"{name} differs in {', '.join(sorted(changed))}")
    removed = set(observed.inputs) - there
    for scene, items in wanted.scenes.items():
        found_items = [item for item in observed.scenes.get(scene, ()) if item.source not in removed]
        yield from _items(scene, items, found_items, wanted.inputs, there)


def _changed(wanted: Mapping[str, object], found: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in wanted.items() if key not in found or not contains(found[key], value)}


def _items(
    scene: str, wanted: tuple[Item, ...], found: list[Item], inputs: Mapping[str, InputState], there: set[str]
) -> Iterator[Request]:
    """``there`` holds the inputs that exist, and gains those created here."""
    order = [item.source for item in found]
    here = {item.source: item for item in reversed(found)}  # of a source that is there twice the lower item is ours
    for item in wanted:
        if item.source not in here:
            yield _add(scene, item.source, inputs, there)
            here[item.source] = Item(item.source, None)
            order.append(item.source)
        yield from _place(scene, item, here[item.source])
    names = [item.source for item in wanted]
    ours = [source for source in order if source in names]
    if ours != names and len(ours) == len(names):  # whoever put one in twice has an order of his own
        for source in names:
            data = {"sceneName": scene, "sceneItemIndex": len(order) - 1}
            yield Request("SetSceneItemIndex", data, f"{source} is not in its place in {scene}", (scene, source))


def _add(scene: str, source: str, inputs: Mapping[str, InputState], there: set[str]) -> Request:
    if source in there or source not in inputs:
        data: dict[str, object] = {"sceneName": scene, "sourceName": source, "sceneItemEnabled": True}
        return Request("CreateSceneItem", data, f"{source} is not in {scene}")
    there.add(source)
    state = inputs[source]
    data = {"sceneName": scene, "inputName": source, "inputKind": state.kind, "sceneItemEnabled": True}
    return Request("CreateInput", {**data, "inputSettings": dict(state.settings)}, f"source {source} is missing")


def _place(scene: str, wanted: Item, found: Item) -> Iterator[Request]:
    item = (scene, wanted.source)
    if wanted.rect is not None and (wanted.rect, wanted.fit) != (found.rect, found.fit):
        because = f"{wanted.source} is not in its rectangle in {scene}"
        data = {"sceneName": scene, "sceneItemTransform": transform(wanted.rect, wanted.fit)}
        yield Request("SetSceneItemTransform", data, because, item)
    if wanted.shown != found.shown:
        because = f"{wanted.source} should be {'shown' if wanted.shown else 'hidden'} in {scene}"
        yield Request("SetSceneItemEnabled", {"sceneName": scene, "sceneItemEnabled": wanted.shown}, because, item)


def _transition(wanted: Picture, observed: Picture) -> Iterator[Request]:
    if wanted.transition is not None and wanted.transition != observed.transition:
        because = f"transition from {observed.transition} to {wanted.transition}"
        yield Request("SetCurrentSceneTransition", {"transitionName": wanted.transition}, because)
    if wanted.transition_ms is not None and wanted.transition_ms != observed.transition_ms:
        because = f"duration from {observed.transition_ms} to {wanted.transition_ms} ms"
        yield Request("SetCurrentSceneTransitionDuration", {"transitionDuration": wanted.transition_ms}, because)


def _programme(wanted: Picture, observed: Picture) -> Iterator[Request]:
    if wanted.programme is not None and wanted.programme != observed.programme:
        because = f"programme from {observed.programme} to {wanted.programme}"
        yield Request("SetCurrentProgramScene", {"sceneName": wanted.programme}, because)


def _outputs(wanted: Picture, observed: Picture) -> Iterator[Request]:
    for output, what, target, found in (
        ("Record", "record", wanted.record, observed.record),
        ("Stream", "stream", wanted.stream, observed.stream),
        ("VirtualCam", "virtual camera", wanted.camera, observed.camera),
    ):
        if target is None or found is None or (target in _RUNNING) == (found in _RUNNING):
            continue
        verb = "Start" if target in _RUNNING else "Stop"
        yield Request(f"{verb}{output}", {}, f"{what} from {found} to {target}")
