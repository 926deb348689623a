"""``studio run``: director, watch and desk of one workspace, until Ctrl-C."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import click

from studio.cli.options import workspace_option
from studio.i18n import _


@click.command(
    help=_(
        "Run the director, the watch and the desk of the workspace until Ctrl-C, and start again at once what dies."
        " Sessions that were on air are taken up; what is on air at the end stays on air."
    ),
    epilog=_("Example: {command}").format(command="studio run --workspace my-centre"),
)
@workspace_option
def run(workspace: Path | None) -> None:
    """One line for each process that is up, or fell."""
    from studio.air.client import ask
    from studio.errors import StudioError
    from studio.supervise import Supervisor
    from studio.workspace.root import find_root

    root = find_root(Path.cwd(), workspace)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends us as a service means Ctrl-C
    supervisor = Supervisor(root, _told, _fell)
    on_air: list[str] = []
    try:
        supervisor.start()
        supervisor.watch()
    finally:
        try:
            on_air = list(ask(root, "status")["sessions"])
        except StudioError:
            on_air = []
        supervisor.stop()
        if on_air:
            words = _("Still on air: {sessions}. Run studio run to take it up again, or end it in OBS.")
            click.echo(words.format(sessions=", ".join(on_air)), err=True)


def _told(name: str, said: dict[str, Any]) -> None:
    match name:
        case "director":
            click.echo(_("The director is in control. Ctrl-C leaves what is on air on air."))
            if said.get("sessions"):
                click.echo(_("Taken up: {sessions}").format(sessions=", ".join(said["sessions"])))
        case "watch":
            click.echo(_("The watch looks and listens."))
        case "desk":
            click.echo(_("Status page: {url}").format(url=said.get("url", "")))


def _fell(name: str) -> None:
    click.echo(_("The {name} has ended; it is started again. .studio/{name}.log says why.").format(name=name), err=True)
