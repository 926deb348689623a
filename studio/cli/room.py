"""``studio room``: a person opened or closed a live room in a platform's app and confirms it here."""

from __future__ import annotations

from typing import Any

import click

from studio.cli.asking import ask_and_say, asking_options
from studio.i18n import _


@click.group(help=_("Confirm that a platform's live room was opened or closed; people do that in the platform's app."))
def room() -> None:
    """The group; its help is the text above."""


@room.command(
    "open",
    help=_("Room ID on PLATFORM is open since now; a session may have several."),
    epilog=_("Example: {command}").format(command="studio room open 抖音 7301234567"),
)
@click.argument("platform", metavar="PLATFORM")
@click.argument("room_id", metavar="ID")
@asking_options
def open_room(platform: str, room_id: str, **common: Any) -> None:
    """Nothing is opened by it."""
    ask_and_say("room", {"platform": platform, "room": room_id}, common)


@room.command(
    "close",
    help=_("The room on PLATFORM is closed since now, by a person or by the platform."),
    epilog=_("Example: {command}").format(command="studio room close 抖音 --why 断播"),
)
@click.argument("platform", metavar="PLATFORM")
@click.argument("room_id", metavar="[ID]", required=False)
@click.option("--why", metavar="TEXT", help=_("Why, such as 断播."))
@asking_options
def close_room(platform: str, room_id: str | None, why: str | None, **common: Any) -> None:
    """Without an id, the one that is open there."""
    ask_and_say("room", {"platform": platform, "room": room_id, "why": why, "close": True}, common)
