"""Where a scene item lies: its transform read, checked and changed."""

from dataclasses import replace
from typing import Any

from studio.obs.protocol import Status
from studio.obs.virtual.collection import as_scene, find_item, find_source, with_item
from studio.obs.virtual.fields import Fields, refused
from studio.obs.virtual.machine import Machine
from studio.obs.virtual.picture import Item, Scene
from studio.obs.virtual.requests.table import Answer, Call, Handler
from studio.obs.virtual.state import names

_BOUNDS = (
    "OBS_BOUNDS_NONE",
    "OBS_BOUNDS_STRETCH",
    "OBS_BOUNDS_SCALE_INNER",
    "OBS_BOUNDS_SCALE_OUTER",
    "OBS_BOUNDS_SCALE_TO_WIDTH",
    "OBS_BOUNDS_SCALE_TO_HEIGHT",
    "OBS_BOUNDS_MAX_ONLY",
)
_ANY = (float("-inf"), float("inf"))
_PLACE, _CROP = (-90001.0, 90001.0), (0, 100000)
# Field -> attribute, bounds, whether it is a whole number; in the order the plugin checks them.
_FIELDS: tuple[tuple[str, str, tuple[float, float], bool], ...] = (
    ("positionX", "position_x", _PLACE, False),
    ("positionY", "position_y", _PLACE, False),
    ("rotation", "rotation", (-360, 360), False),
    ("scaleX", "scale_x", _ANY, False),
    ("scaleY", "scale_y", _ANY, False),
    ("alignment", "alignment", (0, float("inf")), True),
    ("boundsType", "bounds_type", _ANY, False),
    ("boundsAlignment", "bounds_alignment", (0, float("inf")), True),
    ("boundsWidth", "bounds_width", (1, 90001), False),
    ("boundsHeight", "bounds_height", (1, 90001), False),
    ("cropLeft", "crop_left", _CROP, True),
    ("cropRight", "crop_right", _CROP, True),
    ("cropTop", "crop_top", _CROP, True),
    ("cropBottom", "crop_bottom", _CROP, True),
)


def asked_item(call: Call) -> tuple[Scene, Item]:
    """The scene or group, and the item in it, that the request names."""
    source = find_source(call.machine.state.collection, call.machine.persona, call.fields, "scene")
    scene = as_scene(source, groups=True)
    return scene, find_item(scene, call.fields)


def described(machine: Machine, item: Item) -> dict[str, Any]:
    """A transform as messages carry it, with the sizes that follow from the source's."""
    state = machine.state
    source = state.collection.sources.get(item.source)
    width, height = state.composer.size(state.timeline.latest(), source, state.clock.monotonic_ns())
    transform = item.transform
    fields: dict[str, Any] = {name: getattr(transform, attribute) for name, attribute, _bounds, _whole in _FIELDS}
    return {
        **fields,
        "sourceWidth": float(width),
        "sourceHeight": float(height),
        "width": transform.scale_x * width,
        "height": transform.scale_y * height,
    }


def get_scene_item_transform(call: Call) -> Answer:
    """A scene item's transform."""
    return {"sceneItemTransform": described(call.machine, asked_item(call)[1])}


def set_scene_item_transform(call: Call) -> Answer:
    """Change parts of a transform; nothing is changed where one part is refused."""
    scene, item = asked_item(call)
    machine = call.machine
    given = Fields(call.fields.object("sceneItemTransform"))
    source = machine.state.collection.sources.get(item.source)
    size = machine.state.composer.size(machine.state.timeline.latest(), source, machine.state.clock.monotonic_ns())
    changes = _changes(given, size)
    if not changes:
        raise refused(Status.CANNOT_ACT, "You have not provided any valid transform changes.")
    changed = replace(item, transform=replace(item.transform, **changes))
    machine.state.put(with_item(scene, changed))
    tell(machine, scene, changed)
    return None


def _changes(given: Fields, size: tuple[int, int]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name, attribute, (low, high), whole in _FIELDS:
        if not given.has(name):
            continue
        if name == "boundsType":
            kind = given.text(name)
            if kind not in _BOUNDS:
                raise refused(Status.INVALID_REQUEST_FIELD, f"The field `{name}` has an invalid value.")
            changes[attribute] = kind
            continue
        number = given.number(name, low, high)
        if name in {"scaleX", "scaleY"} and abs(number * size[name == "scaleY"]) > _PLACE[1]:
            raise refused(
                Status.REQUEST_FIELD_OUT_OF_RANGE,
                f"The field `{name}` is too small or large for the current source resolution.",
            )
        changes[attribute] = int(number) if whole else float(number)
    return changes


def tell(machine: Machine, scene: Scene, item: Item) -> None:
    """Say that a transform has changed."""
    transform = described(machine, item)
    about = {**names(scene), "sceneItemId": item.id, "sceneItemTransform": transform}
    machine.state.emit("SceneItemTransformChanged", about)


def transforms_showing(machine: Machine, source: str) -> dict[tuple[str, int], Any]:
    """The transforms of all items that show a source, by scene and item."""
    return {
        (scene.uuid, item.id): described(machine, item)
        for scene in machine.state.collection.all_scenes()
        for item in scene.items
        if item.source == source
    }


def transform_events(machine: Machine, source: str, before: dict[tuple[str, int], Any]) -> None:
    """Say which of those differ from ``before``, because their source has another size now."""
    for scene in list(machine.state.collection.all_scenes()):
        for item in scene.items:
            if item.source == source and before.get((scene.uuid, item.id)) != described(machine, item):
                tell(machine, scene, item)


HANDLERS: dict[str, Handler] = {
    "GetSceneItemTransform": get_scene_item_transform,
    "SetSceneItemTransform": set_scene_item_transform,
}
