"""``studio start``: make the studios of a session ready and let them begin together."""

from __future__ import annotations

from typing import Any

import click

from studio.cli.asking import ask_and_say, asking_options, duration_ms
from studio.i18n import _


@click.command(
    help=_(
        "Start SESSION of the calendar: its studios are made ready and recorded, and begin together when appointed,"
        " or as soon as they are ready where that is past. It says nothing of a platform: rooms are opened by people."
    ),
    epilog=_("Example: {command}").format(command="studio start s1204-buckthorn --delay 5m"),
)
@click.argument("session_id", metavar="SESSION")
@click.option("--delay", metavar="TIME", default="0s", help=_("Begin so much later than appointed."))
@click.option("--now", is_flag=True, help=_("Begin as soon as the studios are ready, whatever was appointed."))
@asking_options
def start(session_id: str, delay: str, now: bool, **common: Any) -> None:
    """Wait for the start gate, then say which studios are ready and what is next."""
    from rich.console import Console

    console = Console(stderr=True, quiet=common["as_json"])
    fields = {"session": session_id, "delay_ms": duration_ms(delay), "now": now}
    with console.status(_("making the studios ready")):
        ask_and_say("start", fields, {**common, "session": session_id})
    if not common["as_json"]:
        click.echo(_("Next: studio go calls the next row, studio status tells where it stands."))
