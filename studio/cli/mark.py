"""``studio mark``: note what happened on the floor."""

import json
from typing import Any

import click

from studio.cli.asking import ask_director, tell
from studio.cli.options import run_options
from studio.i18n import _
from studio.model.marks import MARKS


@click.command(
    help=_(
        "Note at this instant what happened on the floor. KIND is a word of --list in either language, or one of your "
        "own. 讲解 (explain) also proves a row that OBS could not be asked about."
    ),
    epilog=_("Example: {command}").format(command="studio mark 售罄 --product buckthorn-juice --note 三十件卖完"),
)
@click.argument("kind", metavar="KIND", required=False)
@click.option("--product", metavar="ID", help=_("The product it is about."))
@click.option("--note", metavar="TEXT", help=_("More about it."))
@click.option("--list", "listed", is_flag=True, help=_("List the words that are known."))
@run_options
def mark(kind: str | None, listed: bool, as_json: bool, **fields: Any) -> None:
    """Send the mark, or list the kinds."""
    if listed:
        lines = [json.dumps(dict(MARKS), ensure_ascii=False)] if as_json else [f"{k:<18}{w}" for k, w in MARKS.items()]
        click.echo("\n".join(lines))
        return
    if kind is None:
        raise click.UsageError(_("Say what happened, as in: studio mark sold_out; studio mark --list lists the words."))
    tell(ask_director(fields.pop("workspace"), "mark", kind=kind, **fields), as_json)
