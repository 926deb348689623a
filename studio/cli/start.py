"""``studio start``: make a session's studios ready and let its rows begin."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli.asking import ask_director, tell
from studio.cli.options import dry_run_option, json_option, workspace_option
from studio.cli.values import Length
from studio.i18n import _
from studio.model.problem import printable

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.command(
    help=_(
        "Start a session of the calendar: scenes and pictures go into each OBS, the standby slate is shown, recordings "
        "begin, and all studios begin together at the appointed time, or at once where that is past. It does not open "
        "a room on any platform. Exit code 3 where a studio was not ready; the others begin without it."
    ),
    epilog=_("Example: {command}").format(command="studio start s1204-buckthorn --delay 5m"),
)
@click.argument("session", metavar="SESSION")
@click.option(
    "--delay", "delay_ms", type=Length(), default=0, metavar="LENGTH", help=_("Begin so much later than appointed.")
)
@click.option("--now", is_flag=True, help=_("Begin as soon as the studios are ready, whatever was appointed."))
@click.option("--studio", metavar="ID", help=_("Start in that studio alone; without it, in all of the session."))
@dry_run_option
@workspace_option
@json_option
def start(workspace: Path | None, as_json: bool, dry_run: bool, session: str, **fields: Any) -> None:
    """Ask, wait for the start gate, and say which studios are ready."""
    from rich.console import Console

    if fields["now"] and fields["delay_ms"]:
        raise click.UsageError(_("--now begins at once, so there is nothing to delay: leave one of the two out."))
    console = Console(stderr=True)
    waiting = _("making the studios of {session} ready").format(session=session)
    with console.status(waiting) if console.is_terminal and not as_json else _nothing():
        answer = ask_director(workspace, "start", session=session, dry_run=dry_run or None, **fields)
    tell(answer, as_json)
    if dry_run:
        return
    standing = answer["status"]["sessions"].get(session)
    if standing is not None and not as_json:
        _next(standing, session)
    lanes = standing["lanes"].values() if standing is not None else ()
    ready = all(alarm["kind"] != "not_ready" for lane in lanes for alarm in lane["alarms"])
    sys.exit(0 if ready else 3)


def _nothing() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def _next(standing: Mapping[str, Any], session: str) -> None:
    """When it begins, and what a person does then."""
    wait_s = max(0, -standing["session_ms"] // 1000)
    if wait_s:
        click.echo(_("The first row goes on air by itself in {seconds} s.").format(seconds=wait_s))
    click.echo(_("Next: studio go calls the next row, studio status tells where it stands."))
    words = _("Whether a platform shows it is seen in its app; once its room is open: studio room open PLATFORM ROOM")
    if not standing["rooms"]:
        click.echo(printable(words))
