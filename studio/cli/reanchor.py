"""``studio reanchor``: a person says that the wall clock is right after it was set during a session."""

from typing import Any

import click

from studio.cli.asking import ask_director, tell
from studio.cli.options import run_options
from studio.i18n import _


@click.command(
    help=_(
        "Say that this computer's clock is right now, after it was set during the session: rows that are tied to a "
        "time of day follow it from now on. Without this, a clock that is set moves no row."
    ),
    epilog=_("Example: {command}").format(command="studio reanchor --session s1204-buckthorn"),
)
@run_options
def reanchor(as_json: bool, **fields: Any) -> None:
    """Send it."""
    tell(ask_director(fields.pop("workspace"), "reanchor", **fields), as_json)
