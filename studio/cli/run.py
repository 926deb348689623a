"""``studio run``: director, watch, desk and copier of one workspace, until Ctrl-C."""

import json
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli.options import json_option, workspace_option
from studio.i18n import _
from studio.model.problem import printable

if TYPE_CHECKING:
    from studio.errors import StudioError


@click.command(
    help=_(
        "Run the director, the watch, the desk and the copier of the workspace until Ctrl-C, and start again what dies."
        " Sessions that were on air are taken up; what is on air at the end stays on air."
    ),
    epilog=_("Example: {command}").format(command="studio run --workspace my-centre"),
)
@workspace_option
@json_option
def run(workspace: Path | None, as_json: bool) -> None:
    """Start the processes, say what each says, and keep them alive."""
    from studio.air.client import ask
    from studio.errors import StudioError
    from studio.supervise import Supervisor
    from studio.workspace.root import find_root

    def told(name: str, said: dict[str, Any]) -> None:
        click.echo(json.dumps({"process": name, **said}, ensure_ascii=False) if as_json else _up(name, said))

    root = find_root(Path.cwd(), workspace)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends us as a service means Ctrl-C
    supervisor = Supervisor(root, told, _fell)
    on_air: Sequence[str] = ()
    try:
        supervisor.start()
        try:
            supervisor.watch()
        finally:
            with suppress(StudioError):
                on_air = list(ask(root, "status", within_s=3)["sessions"])
    finally:
        supervisor.stop()
        if on_air:
            words = _("Still on air: {sessions}. Leave it on air, or run studio run and then studio end.")
            click.echo(printable(words.format(sessions=", ".join(on_air))), err=True)


def _up(name: str, said: dict[str, Any]) -> str:
    """What a person reads once a process is up."""
    match name:
        case "director":
            lines = [_("The director is in control. Ctrl-C leaves what is on air on air.")]
            if said["sessions"]:
                lines.append(_("Taken up: {sessions}").format(sessions=", ".join(said["sessions"])))
            return "\n".join(printable(line) for line in lines)
        case "desk":
            return _("Status page: {url}").format(url=said["url"])
        case "copier":
            return _("Recordings of paired PCs are copied to {folder}.").format(folder=said["copying"])
    return _("The watch looks and listens.")


def _fell(name: str, why: "StudioError | None") -> None:
    words = _("The {name} has ended; it is started again. .studio/{name}.log says why.").format(name=name)
    click.echo(printable(str(why)) if why else words, err=True)
