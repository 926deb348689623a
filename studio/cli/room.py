"""``studio room``: a person confirms that a platform's live room was opened or closed in the platform's app."""

from typing import Any

import click

from studio.cli.asking import ask_director, tell
from studio.cli.options import run_options
from studio.i18n import _


@click.group(
    help=_(
        "Confirm that a platform's live room was opened or closed. It is done in the platform's own app; here it is "
        "written down, since no OBS can know it."
    ),
    epilog=_("Example: {command}").format(command="studio room open 抖音 7301234"),
)
def room() -> None:
    """The group; its help is the text above."""


@room.command(
    "open",
    help=_("The live room ROOM on PLATFORM was opened in the platform's app, now. A session may have several."),
    epilog=_("Example: {command}").format(command="studio room open 抖音 7301234 --session s1204-buckthorn"),
)
@click.argument("platform", metavar="PLATFORM")
@click.argument("room_id", metavar="ROOM")
@run_options
def opened(room_id: str, as_json: bool, **fields: Any) -> None:
    """Write down that it is open."""
    tell(ask_director(fields.pop("workspace"), "room", room=room_id, **fields), as_json)


@room.command(
    "close",
    help=_("The live room was closed, by a person or by the platform. Without ROOM, the first open one of PLATFORM."),
    epilog=_("Example: {command}").format(command="studio room close 抖音 --why 断播"),
)
@click.argument("platform", metavar="PLATFORM")
@click.argument("room_id", metavar="[ROOM]", required=False)
@click.option("--why", metavar="TEXT", help=_("Why, where it was not planned."))
@run_options
def closed(room_id: str | None, as_json: bool, **fields: Any) -> None:
    """Write down that it is closed."""
    tell(ask_director(fields.pop("workspace"), "room", room=room_id, close=True, **fields), as_json)
