"""``studio check``: read every file of the workspace and list all problems at once."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from studio.cli.options import json_option, workspace_option
from studio.i18n import _
from studio.model.problem import unseen


@click.command(
    help=_("Read every file of the workspace and list all problems at once, each with file, line and remedy."),
    epilog=_("Example: studio check --workspace my-centre --json"),
)
@workspace_option
@json_option
def check(workspace: Path | None, as_json: bool) -> None:
    """Print the problems and what was read; exit with 1 where there is a problem."""
    from studio.jobs.check import counts, read_workspace
    from studio.workspace.root import find_root

    found, problems = read_workspace(find_root(Path.cwd(), workspace))
    read = counts(found)
    if as_json:
        listed = [asdict(problem) for problem in problems]
        click.echo(readable_json({"problems": listed, "counts": read}))
    else:
        for problem in problems:
            click.echo(str(problem))
        click.echo(
            _(
                "Read: studios {studios}, people {people}, scene files {scene_files}, scenes {scenes}, "
                "products {products}, things {kit}, run-sheets {runsheets}, rows {cues}, "
                "sessions {sessions}, shoots {shoots}, rehearsals {rehearsals}, trainings {trainings}."
            ).format(**read)
        )
        click.echo(_("Problems: {count}.").format(count=len(problems)) if problems else _("No problems."))
    click.get_current_context().exit(1 if problems else 0)


def readable_json(said: object) -> str:
    r"""Readable JSON; what a terminal would obey, or cannot encode, stands in it as ``\u009b``."""
    text = json.dumps(said, ensure_ascii=False, indent=2)
    return "".join(json.dumps(sign)[1:-1] if sign != "\n" and unseen(sign) else sign for sign in text)
