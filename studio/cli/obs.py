"""`studio obs`: look into an OBS, or call one of its requests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from studio.cli.options import json_option
from studio.cli.reach import reach, reach_options
from studio.i18n import _

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from studio.air.reaching import Device


@click.group(
    help=_("Look into an OBS, or call one of its requests."),
    epilog=_("Example: {command}").format(command="studio obs call GetVersion --studio main"),
)
def obs() -> None:
    """The group; its help is the text above."""


@obs.command(
    "dump",
    help=_("Print all that a user owns there: scenes, inputs, transitions, canvas, profile."),
    epilog=_("Example: studio obs dump --studio main --json > before.json"),
)
@reach_options
@json_option
def dump(obs: str | None, studio_id: str | None, workspace: Path | None, as_json: bool) -> None:
    """Print a dump, as JSON or as a list that a person reads."""
    found = _use(reach(obs, studio_id, workspace), lambda device: device.dump())
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else summary(found))


@obs.command(
    "call",
    help=_("Send one request and print its answer as JSON; DATA is a JSON object."),
    epilog=_("Example: studio obs call GetInputSettings {data}").format(data='\'{"inputName": "Mic"}\''),
)
@reach_options
@click.argument("request_type", metavar="REQUEST")
@click.argument("data", required=False, metavar="[DATA]")
def call(obs: str | None, studio_id: str | None, workspace: Path | None, request_type: str, data: str | None) -> None:
    """Call one request; a refusal is an error with the words of OBS."""
    fields = _object(data)
    answer = _use(reach(obs, studio_id, workspace), lambda device: device.call(request_type, fields))
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def summary(found: dict[str, Any]) -> str:
    """A dump as lines of text, one fact each."""
    video, version = found["video"], found["obs"]
    canvas = "{baseWidth}x{baseHeight}".format(**video)
    rate = video["fpsNumerator"] / video["fpsDenominator"]
    transition = found["transition"]
    lines = [
        _("OBS {version} with obs-websocket {plugin} on {platform}").format(
            version=version["obsVersion"], plugin=version["obsWebSocketVersion"], platform=version["platform"]
        ),
        _("canvas {canvas} at {rate:g} frames a second").format(canvas=canvas, rate=rate),
        _("profile {profile}, scene collection {collection}").format(
            profile=found["profile"], collection=found["sceneCollection"]
        ),
        _("records to {folder}").format(folder=found["recordDirectory"]),
        _("transition {name}").format(name=transition["transitionName"]),
        _("studio mode is on") if found["studioMode"] else _("studio mode is off"),
    ]
    for scene in found["scenes"]:
        mark = "▶" if scene["name"] == found["programScene"] else " "
        lines.append(_("{mark} scene {name}").format(mark=mark, name=scene["name"]))
        lines += [
            "    {}{}".format(item["sourceName"], "" if item["sceneItemEnabled"] else " · " + _("hidden"))
            for item in scene["items"]
        ]
    return "\n".join(lines)


def _object(text: str | None) -> dict[str, Any]:
    """The request's data; a usage error where it is no JSON object."""
    try:
        found = json.loads(text or "{}")
    except ValueError as error:
        raise click.UsageError(_("DATA is not JSON: {error}.").format(error=error)) from error
    if not isinstance(found, dict):
        raise click.UsageError(_('DATA must be a JSON object, as {"sceneName": "Scene"}.'))
    return found


def _use(
    opening: AbstractAsyncContextManager[Device], use: Callable[[Device], Awaitable[dict[str, Any]]]
) -> dict[str, Any]:
    """Open the way to an OBS, use it, close it."""
    import asyncio

    async def run() -> dict[str, Any]:
        async with opening as device:
            return await use(device)

    return asyncio.run(run())
