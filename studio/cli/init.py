"""``studio init``: make a new workspace."""

import json
import os
import re
import shlex
from pathlib import Path

import click

from studio.cli.options import json_option
from studio.i18n import _


@click.command(
    help=_("Make a new workspace in DIR: studios, scenes, a month of sessions with run-sheets and products."),
    epilog=_("Example: studio init my-centre && studio check --workspace my-centre"),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
def init(folder: Path, as_json: bool) -> None:
    """Write the files and say what was made."""
    from studio.workspace.template import write_workspace

    made = write_workspace(folder.absolute())
    root = folder.absolute()
    if as_json:
        names = [path.relative_to(root).as_posix() for path in made]
        click.echo(json.dumps({"workspace": str(root), "files": names}, ensure_ascii=False))
        return
    for path in made:
        click.echo(path.relative_to(root).as_posix())
    click.echo(_("A workspace of {count} files is made in {folder}.").format(count=len(made), folder=root))
    click.echo(_("Next: studio check --workspace {folder}").format(folder=quoted(str(folder), windows=os.name == "nt")))


def quoted(argument: str, *, windows: bool) -> str:
    """``argument`` as a person pastes it into a shell of that system; a Windows name cannot hold a double quote."""
    if not windows:
        return shlex.quote(argument)
    return argument if re.fullmatch(r"[\w.:/\\-]+", argument) else f'"{argument}"'
