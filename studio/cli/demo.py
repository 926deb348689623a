"""``studio demo``: asks the job to play a session, shows where it is, and says where everything lies."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli.options import json_option, workspace_option
from studio.cli.reach import obs_option, typed_address
from studio.i18n import _

if TYPE_CHECKING:
    from studio.jobs.demo import Shown
    from studio.model.session import Session
    from studio.model.workspace import Workspace


@click.command(
    help=_(
        "Play a short session from calendar to report: six cues on a virtual OBS, recorded, sold and reported, in about"
        " a minute. With --obs it plays on an OBS of yours and leaves it as it was."
    ),
    epilog=_("Example: studio demo --obs 127.0.0.1:4455 (the password in STUDIO_OBS_PASSWORD)"),
)
@obs_option(_("Play on this OBS instead; refused while it streams or records."))
@click.option(
    "--session",
    "session_id",
    metavar="ID",
    help=_("The session of the calendar to shorten; without it, the first one."),
)
@click.option(
    "--seconds",
    type=click.IntRange(2, 60),
    default=8,
    show_default=True,
    help=_("How long each of the six cues lasts."),
)
@workspace_option
@json_option
def demo(obs: str | None, session_id: str | None, seconds: int, workspace: Path | None, as_json: bool) -> None:
    """Parse, call, print."""
    from studio.cli.board import Board
    from studio.errors import ProblemsFound
    from studio.jobs.check import read_workspace
    from studio.jobs.demo import Watch
    from studio.jobs.demo import demo as play
    from studio.workspace.root import find_root

    root = find_root(Path.cwd(), workspace)
    found, problems = read_workspace(root)
    if problems:
        raise ProblemsFound(problems)
    session = _session(found, session_id)
    lent = typed_address(obs) if obs else None
    with Board(quiet=as_json) as board:
        watch = Watch(planned=board.planned, event=board.event, step=board.step)
        shown = play(found, session, watch, lent, seconds * 1000)
    _print(shown, root, as_json)


def _session(workspace: "Workspace", session_id: str | None) -> "Session":
    if session_id is None and workspace.sessions:
        return workspace.sessions[0]
    session = workspace.session(session_id) if session_id else None
    if session is None:
        names = ", ".join(session.id for session in workspace.sessions) or _("none")
        raise click.UsageError(
            _("There is no session {session}. Those in the calendar: {names}").format(
                session=session_id or "", names=names
            )
        )
    return session


def _print(shown: "Shown", root: Path, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_facts(shown, root), ensure_ascii=False, indent=1))
        return
    click.echo(_("Report: {path}").format(path=_from(Path.cwd(), shown.report)))
    for path in shown.recordings:
        click.echo(_("Recording: {path}").format(path=_from(Path.cwd(), path)))
        if shown.takes_in_picture is None:
            click.echo(_("  too few takes to lay the log over it; two different scenes are needed"))
        else:
            found = _("  {found} of {takes} takes are a picture change in it, within two frames of the log")
            click.echo(found.format(found=shown.takes_in_picture, takes=shown.takes))
    if not shown.recordings and not shown.unseen:
        click.echo(_("No recording: OBS did not say where it lies; look into its recording folder and the log."))
    for theirs in shown.unseen:
        click.echo(_("Recording on the OBS PC, not visible from here: {path}").format(path=theirs))
    click.echo(_("Orders (made up for the demo): {path}").format(path=_from(Path.cwd(), shown.orders)))
    click.echo(_("As-run log: {path}").format(path=_from(Path.cwd(), shown.log)))


def _facts(shown: "Shown", root: Path) -> dict[str, object]:
    """The facts of a demo; paths below the workspace are told from it."""
    totals = shown.figures.totals
    return {
        "workspace": str(root),
        "run": shown.figures.run,
        "session": shown.figures.session,
        "report": _from(root, shown.report),
        "recordings": [_from(root, path) for path in shown.recordings],
        "recordings_on_obs_pc": list(shown.unseen),
        "orders": _from(root, shown.orders),
        "log": _from(root, shown.log),
        "verdicts": {cue.cue: cue.verdict for cue in shown.figures.cues},
        "takes": shown.takes,
        "takes_in_picture": shown.takes_in_picture,
        "totals": {"orders": totals.orders, "lines": totals.lines, "units": totals.units, "paid_fen": totals.paid_fen},
        "totals_equal_order_file": totals == shown.figures.order_file,
    }


def _from(folder: Path, path: Path) -> str:
    """A path as seen from a folder, whole where it lies elsewhere."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
