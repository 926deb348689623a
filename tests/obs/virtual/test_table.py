"""The table of requests, held against the protocol."""

import inspect

from studio.obs.protocol import description
from studio.obs.virtual.requests import HANDLERS
from tests.obs.virtual.client import Client

NOT_ANSWERED = {
    "GetCanvasList",
    "GetMonitorList",
    "GetInputPropertiesListPropertyItems",
    "PressInputPropertiesButton",
    "GetInputDeinterlaceMode",
    "SetInputDeinterlaceMode",
    "GetInputDeinterlaceFieldOrder",
    "SetInputDeinterlaceFieldOrder",
    "OpenInputPropertiesDialog",
    "OpenInputFiltersDialog",
    "OpenInputInteractDialog",
    "OpenVideoMixProjector",
    "OpenSourceProjector",
    "CreateRecordChapter",
    "SplitRecordFile",
}
"""What needs a window, a monitor or a device, or came after the OBS versions that are measured: status 204."""


def test_every_request_of_the_protocol_is_answered_or_named_here() -> None:
    assert set(HANDLERS) | NOT_ANSWERED == set(description()["requests"])
    assert not set(HANDLERS) & NOT_ANSWERED


def test_every_handler_says_what_it_does() -> None:
    assert [name for name, handler in HANDLERS.items() if not inspect.getdoc(handler)] == []


async def test_what_is_not_in_the_table_is_unknown(desk: Client) -> None:
    assert {await desk.code(name) for name in sorted(NOT_ANSWERED)} == {204}


async def test_the_available_requests_are_those_of_the_table(desk: Client) -> None:
    listed = set((await desk.get("GetVersion"))["availableRequests"])
    since = {name: entry["since"] for name, entry in description()["requests"].items()}
    assert listed == {name for name in HANDLERS if since[name] in ("5.0.0", "5.1.0")}
