"""``studio reanchor``: hard-timed rows follow a clock that was set right on air."""

from __future__ import annotations

from typing import Any

import click

from studio.cli.asking import ask_and_say, asking_options
from studio.i18n import _


@click.command(
    help=_("The clock of this computer is right now: hard-timed rows follow it from here on."),
    epilog=_("Example: {command}").format(command="studio reanchor"),
)
@asking_options
def reanchor(**common: Any) -> None:
    """After the alarm that the clock was set."""
    ask_and_say("reanchor", {}, common)
