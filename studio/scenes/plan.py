"""What a scene file would change in an OBS, change by change, in words that a technician reads before saying yes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from studio.i18n import _
from studio.model.obs import Item, Picture, Request
from studio.model.settings import contains
from studio.scenes.diff import diff

Kind = Literal["scene", "source", "item", "anew", "setting", "place", "shown", "order"]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a plan: what is created (``scene``, ``source``, ``item``), or what of it becomes another."""

    kind: Kind
    scene: str = ""
    source: str = ""
    key: str = ""
    """Of a setting: its name in OBS, nested ones with a dot."""
    old: Any = None
    new: Any = None

    @property
    def creates(self) -> bool:
        """True where it adds something, False where it changes what is there."""
        return self.kind in ("scene", "source", "item")


def changes(wanted: Picture, observed: Picture) -> tuple[Change, ...]:
    """Every change that the requests of ``diff`` make to scenes and inputs, in their order; empty where it is so.

    What is made anew or created is one change, its place and settings included.
    """
    fresh: set[tuple[str, str]] = set()
    anew: set[str] = set()
    found: list[Change] = []
    for request in diff(wanted, observed):
        for change in _changes(request, wanted, observed):
            item = (change.scene, change.source)
            if change.kind == "anew":
                anew.add(change.source)
            elif change.kind in ("source", "item"):
                fresh.add(item)
                if change.source in anew:
                    continue
            elif item in fresh or change in found:
                continue
            found.append(change)
    return tuple(found)


def _changes(request: Request, wanted: Picture, observed: Picture) -> Iterator[Change]:
    data = request.data
    scene, source = str(data.get("sceneName", "")), str(data.get("inputName", data.get("sourceName", "")))
    match request.type:
        case "CreateScene":
            yield Change("scene", scene)
        case "CreateInput":
            yield Change("source", scene, source, new=data["inputKind"])
        case "CreateSceneItem":
            yield Change("item", scene, source)
        case "RemoveInput":
            kinds = observed.inputs[source].kind, wanted.inputs[source].kind
            yield Change("anew", "", source, old=kinds[0], new=kinds[1])
        case "SetInputSettings":
            for key, old, new in _leaves("", observed.inputs[source].settings, data["inputSettings"]):
                yield Change("setting", "", source, key, old, new)
        case "SetSceneItemIndex":
            yield Change("order", scene)
        case "SetSceneItemTransform" | "SetSceneItemEnabled" if request.item is not None:
            before, after = (_item(picture, *request.item) for picture in (observed, wanted))
            if request.type == "SetSceneItemEnabled":
                yield Change("shown", *request.item, old=before.shown, new=after.shown)
            else:
                yield Change("place", *request.item, old=_place(before), new=_place(after))


def _item(picture: Picture, scene: str, source: str) -> Item:
    return next((item for item in picture.scenes.get(scene, ()) if item.source == source), Item(source, None))


def _place(item: Item) -> str | None:
    rect = item.rect
    return None if rect is None else f"{rect.x},{rect.y} {rect.width}x{rect.height} {item.fit}"


def _leaves(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(new, Mapping) and new and isinstance(old, Mapping | None):
        for key, value in new.items():
            yield from _leaves(f"{path}.{key}" if path else key, (old or {}).get(key), value)
    elif not contains(old, new):
        yield path, old, new


def line(change: Change) -> str:
    """The change in one line: ``+`` creates, ``~`` changes."""
    said = {
        "scene": _("scene {scene}"),
        "source": _("source {source} ({new}) in scene {scene}"),
        "item": _("source {source}, which is there already, in scene {scene} too"),
        "anew": _("source {source}: made anew, {new} instead of {old}"),
        "setting": _("source {source}: {key} from {old} to {new}"),
        "place": _("source {source} in scene {scene}: its place from {old} to {new}"),
        "shown": _("source {source} in scene {scene}: {old}, then {new}"),
        "order": _("scene {scene}: the order of its sources"),
    }[change.kind]
    old, new = (_word(change, value) for value in (change.old, change.new))
    sign = "+" if change.creates else "~"
    return f"{sign} " + said.format(scene=change.scene, source=change.source, key=change.key, old=old, new=new)


def _word(change: Change, value: Any) -> str:
    if change.kind == "shown":
        return _("shown") if value else _("hidden")
    if value is None:
        return _("one of its own") if change.kind == "place" else _("nothing")
    if change.kind == "setting" and isinstance(value, str):
        return f"“{value}”"
    if change.key in ("color", "color1", "color2") and isinstance(value, int):
        return f"#{value & 0xFF:02X}{value >> 8 & 0xFF:02X}{value >> 16 & 0xFF:02X}"
    return str(value)


def summary(found: tuple[Change, ...]) -> str:
    """The last line: how many, and that nothing else is touched."""
    if not found:
        return _("Nothing to change: that OBS is as the file says.")
    created = sum(change.creates for change in found)
    return _("{created} to create, {changed} to change. Nothing else in that OBS is touched.").format(
        created=created, changed=len(found) - created
    )
