"""Two pictures of an OBS to the requests that turn the observed one into the wanted one."""

from collections.abc import Collection, Iterator, Mapping

from studio.i18n import _
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
    because = _("studio mode must be on") if wanted.studio_mode else _("studio mode must be off")
    return (Request("SetStudioModeEnabled", {"studioModeEnabled": wanted.studio_mode}, because),)


def _scenes(wanted: Picture, observed: Picture) -> Iterator[Request]:
    for scene in wanted.scenes:
        if scene not in observed.scenes:
            yield Request("CreateScene", {"sceneName": scene}, _("scene {scene} is missing").format(scene=scene))
    there = set(observed.inputs)
    for name, state in wanted.inputs.items():
        found = observed.inputs.get(name)
        if found is not None and found.kind != state.kind:
            if not made_by_us(name, wanted.scenes):
                continue
            because = _("{name} is a {found}, wanted a {wanted}").format(name=name, found=found.kind, wanted=state.kind)
            yield Request("RemoveInput", {"inputName": name}, because)
            there.remove(name)
        elif found is not None and (changed := _changed(state.settings, found.settings)):
            data = {"inputName": name, "inputSettings": changed, "overlay": True}
            because = _("{name} differs in {settings}").format(name=name, settings=", ".join(sorted(changed)))
            yield Request("SetInputSettings", data, because)
    removed = set(observed.inputs) - there
    for scene, items in wanted.scenes.items():
        found_items = [item for item in observed.scenes.get(scene, ()) if item.source not in removed]
        yield from _items(scene, items, found_items, wanted.inputs, there)


def made_by_us(name: str, scenes: Collection[str]) -> bool:
    """Whether an input bears one of these scenes' names: any other was made by a person, and is never taken out."""
    return any(name.startswith(f"{scene} · ") for scene in scenes)


def _changed(wanted: Mapping[str, object], found: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in wanted.items() if key not in found or not contains(found[key], value)}


def _items(
    scene: str, wanted: tuple[Item, ...], found: list[Item], inputs: Mapping[str, InputState], there: set[str]
) -> Iterator[Request]:
    """``there`` holds the inputs that exist, and gains those created here."""
    before = [item.source for item in found]
    order = list(before)
    here = {item.source: item for item in reversed(found)}  # of a source that is there twice the lower item is ours
    for item in wanted:
        if item.source not in here:
            yield _add(scene, item.source, inputs, there)
            here[item.source] = Item(item.source, None)
            order.append(item.source)
        yield from _place(scene, item, here[item.source])
    names = [item.source for item in wanted]
    ours = [source for source in order if source in names]
    if len(ours) != len(names):  # whoever put one in twice has an order of his own
        return
    for source, index in _moves(order, _ordered(before, names), set(names)):
        data = {"sceneName": scene, "sceneItemIndex": index}
        because = _("{source} is not in its place in {scene}").format(source=source, scene=scene)
        yield Request("SetSceneItemIndex", data, because, (scene, source))


def _ordered(before: list[str], names: list[str]) -> list[str]:
    """The order from the back to the front: ours in the places they hold, a new one right over the one below it."""
    kept = iter([source for source in names if source in before])
    order = [next(kept) if source in names else source for source in before]
    for place, source in enumerate(names):
        if source not in before:
            order.insert(order.index(names[place - 1]) + 1 if place else _bottom(order, names), source)
    return order


def _bottom(order: list[str], names: list[str]) -> int:
    """Where the lowest of ours belongs: under the others of ours, over everything where there is none yet."""
    return next((at for at, source in enumerate(order) if source in names), len(order))


def _moves(order: list[str], target: list[str], ours: set[str]) -> Iterator[tuple[str, int]]:
    """Moves of ours alone, each to an index, that make ``target`` of ``order``."""
    order = list(order)
    for at, source in enumerate(target):
        while order[at] != source:
            moved, index = (source, at) if source in ours else (order[at], len(order) - 1)
            order.remove(moved)
            order.insert(index, moved)
            yield moved, index


def _add(scene: str, source: str, inputs: Mapping[str, InputState], there: set[str]) -> Request:
    if source in there or source not in inputs:
        data: dict[str, object] = {"sceneName": scene, "sourceName": source, "sceneItemEnabled": True}
        return Request("CreateSceneItem", data, _("{source} is not in {scene}").format(source=source, scene=scene))
    there.add(source)
    state = inputs[source]
    data = {"sceneName": scene, "inputName": source, "inputKind": state.kind, "sceneItemEnabled": True}
    because = _("source {source} is missing").format(source=source)
    return Request("CreateInput", {**data, "inputSettings": dict(state.settings)}, because)


def _place(scene: str, wanted: Item, found: Item) -> Iterator[Request]:
    item = (scene, wanted.source)
    if wanted.rect is not None and (wanted.rect, wanted.fit) != (found.rect, found.fit):
        because = _("{source} is not in its rectangle in {scene}").format(source=wanted.source, scene=scene)
        data = {"sceneName": scene, "sceneItemTransform": transform(wanted.rect, wanted.fit)}
        yield Request("SetSceneItemTransform", data, because, item)
    if wanted.shown != found.shown:
        words = _("{source} should be shown in {scene}") if wanted.shown else _("{source} should be hidden in {scene}")
        because = words.format(source=wanted.source, scene=scene)
        yield Request("SetSceneItemEnabled", {"sceneName": scene, "sceneItemEnabled": wanted.shown}, because, item)


def _transition(wanted: Picture, observed: Picture) -> Iterator[Request]:
    if wanted.transition is not None and wanted.transition != observed.transition:
        because = _from_to(_("transition from {found} to {wanted}"), observed.transition, wanted.transition)
        yield Request("SetCurrentSceneTransition", {"transitionName": wanted.transition}, because)
    if wanted.transition_ms is not None and wanted.transition_ms != observed.transition_ms:
        because = _from_to(_("duration from {found} to {wanted} ms"), observed.transition_ms, wanted.transition_ms)
        yield Request("SetCurrentSceneTransitionDuration", {"transitionDuration": wanted.transition_ms}, because)


def _programme(wanted: Picture, observed: Picture) -> Iterator[Request]:
    if wanted.programme is not None and wanted.programme != observed.programme:
        because = _from_to(_("programme from {found} to {wanted}"), observed.programme, wanted.programme)
        yield Request("SetCurrentProgramScene", {"sceneName": wanted.programme}, because)


def _outputs(wanted: Picture, observed: Picture) -> Iterator[Request]:
    for output, words, target, found in (
        ("Record", _("recording from {found} to {wanted}"), wanted.record, observed.record),
        ("Stream", _("stream from {found} to {wanted}"), wanted.stream, observed.stream),
        ("VirtualCam", _("virtual camera from {found} to {wanted}"), wanted.camera, observed.camera),
    ):
        if target is None or found is None or (target in _RUNNING) == (found in _RUNNING):
            continue
        verb = "Start" if target in _RUNNING else "Stop"
        yield Request(f"{verb}{output}", {}, _from_to(words, found, target))


def _from_to(words: str, found: object, wanted: object) -> str:
    return words.format(found=found, wanted=wanted)
