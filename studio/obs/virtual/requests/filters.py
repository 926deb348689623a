"""Filters of sources: kept, ordered and reported as OBS does; the picture does not apply them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from studio.obs.protocol import Status
from studio.obs.virtual.collection import find_filter, find_source
from studio.obs.virtual.fields import refused
from studio.obs.virtual.persona import FILTER_KINDS
from studio.obs.virtual.picture import Filter, Source
from studio.obs.virtual.requests.table import Answer, Call, Handler


def _asked(call: Call) -> Source:
    return find_source(call.machine.state.collection, call.machine.persona, call.fields)


def _put(call: Call, source: Source, filters: Sequence[Filter]) -> None:
    call.machine.state.put(replace(source, filters=tuple(filters)))


def _swap(call: Call, source: Source, old: Filter, new: Filter) -> None:
    _put(call, source, [new if held == old else held for held in source.filters])


def _described(index: int, held: Filter) -> dict[str, Any]:
    return {
        "filterName": held.name,
        "filterKind": held.kind,
        "filterIndex": index,
        "filterEnabled": held.enabled,
        "filterSettings": dict(held.settings),
    }


def get_source_filter_kind_list(call: Call) -> Answer:
    """The kinds of filter there are."""
    return {"sourceFilterKinds": list(FILTER_KINDS)}


def get_source_filter_list(call: Call) -> Answer:
    """The filters of a source in the order they work."""
    return {"filters": [_described(index, held) for index, held in enumerate(_asked(call).filters)]}


def get_source_filter_default_settings(call: Call) -> Answer:
    """The settings a new filter of that kind begins with."""
    defaults = FILTER_KINDS.get(call.fields.text("filterKind"))
    if defaults is None:
        raise refused(Status.INVALID_FILTER_KIND)
    return {"defaultFilterSettings": dict(defaults)}


def create_source_filter(call: Call) -> Answer:
    """A new filter behind the others."""
    source, fields = _asked(call), call.fields
    name, kind = fields.text("filterName"), fields.text("filterKind")
    if any(held.name == name for held in source.filters):
        raise refused(Status.RESOURCE_ALREADY_EXISTS, "A filter already exists by that name.")
    if kind not in FILTER_KINDS:
        raise refused(
            Status.INVALID_FILTER_KIND,
            "Your specified filter kind is not supported by OBS. Check that any necessary plugins are loaded.",
        )
    settings = fields.optional_settings("filterSettings")
    _put(call, source, [*source.filters, Filter(name, kind, settings)])
    call.machine.state.emit(
        "SourceFilterCreated",
        {
            "sourceName": source.name,
            "filterName": name,
            "filterKind": kind,
            "filterIndex": len(source.filters),
            "filterSettings": settings,
            "defaultFilterSettings": dict(FILTER_KINDS[kind]),
        },
    )
    return None


def remove_source_filter(call: Call) -> Answer:
    """Remove a filter."""
    source = _asked(call)
    gone = find_filter(source, call.fields)
    _put(call, source, [held for held in source.filters if held != gone])
    call.machine.state.emit("SourceFilterRemoved", {"sourceName": source.name, "filterName": gone.name})
    return None


def get_source_filter(call: Call) -> Answer:
    """One filter."""
    source = _asked(call)
    held = find_filter(source, call.fields)
    described = _described(source.filters.index(held), held)
    del described["filterName"]
    return described


def set_source_filter_name(call: Call) -> Answer:
    """Rename a filter."""
    source = _asked(call)
    held, name = find_filter(source, call.fields), call.fields.text("newFilterName")
    if any(other.name == name for other in source.filters):
        raise refused(Status.RESOURCE_ALREADY_EXISTS, "A filter already exists by that new name.")
    _swap(call, source, held, replace(held, name=name))
    renamed = {"sourceName": source.name, "oldFilterName": held.name, "filterName": name}
    call.machine.state.emit("SourceFilterNameChanged", renamed)
    return None


def set_source_filter_index(call: Call) -> Answer:
    """Move a filter; beyond the end means the end."""
    source = _asked(call)
    held = find_filter(source, call.fields)
    index = call.fields.whole("filterIndex", 0, 8192)
    others = [other for other in source.filters if other != held]
    others.insert(index, held)
    _put(call, source, others)
    order = [_described(place, other) for place, other in enumerate(others)]
    call.machine.state.emit("SourceFilterListReindexed", {"sourceName": source.name, "filters": order})
    return None


def set_source_filter_settings(call: Call) -> Answer:
    """Lay settings over those there are, or replace them all."""
    source = _asked(call)
    held, settings = find_filter(source, call.fields), call.fields.settings("filterSettings")
    kept = held.settings if call.fields.optional_flag("overlay", True) else {}
    changed = replace(held, settings={**kept, **settings})
    _swap(call, source, held, changed)
    if call.machine.persona.knows("5.4.0"):
        said = {"sourceName": source.name, "filterName": held.name, "filterSettings": dict(changed.settings)}
        call.machine.state.emit("SourceFilterSettingsChanged", said)
    return None


def set_source_filter_enabled(call: Call) -> Answer:
    """Switch a filter; OBS tells of it even where nothing changes."""
    source = _asked(call)
    held, enabled = find_filter(source, call.fields), call.fields.flag("filterEnabled")
    _swap(call, source, held, replace(held, enabled=enabled))
    said = {"sourceName": source.name, "filterName": held.name, "filterEnabled": enabled}
    call.machine.state.emit("SourceFilterEnableStateChanged", said)
    return None


HANDLERS: dict[str, Handler] = {
    "GetSourceFilterKindList": get_source_filter_kind_list,
    "GetSourceFilterList": get_source_filter_list,
    "GetSourceFilterDefaultSettings": get_source_filter_default_settings,
    "CreateSourceFilter": create_source_filter,
    "RemoveSourceFilter": remove_source_filter,
    "GetSourceFilter": get_source_filter,
    "SetSourceFilterName": set_source_filter_name,
    "SetSourceFilterIndex": set_source_filter_index,
    "SetSourceFilterSettings": set_source_filter_settings,
    "SetSourceFilterEnabled": set_source_filter_enabled,
}
