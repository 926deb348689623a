"""``studio mark``: note at this instant what happened on the floor."""

from __future__ import annotations

from typing import Any

import click

from studio.cli.asking import ask_and_say, asking_options
from studio.i18n import _


@click.command(
    help=_(
        "Note what happened on the floor: 上链接, 售罄, 改价, 福袋, 连麦, 违规, 断播, 主播迟到 … or your own words."
    ),
    epilog=_("Example: {command}").format(command="studio mark 售罄 --product buckthorn-juice"),
)
@click.argument("kind", metavar="KIND", required=False)
@click.option("--product", metavar="PRODUCT", help=_("The product it is about."))
@click.option("--note", metavar="TEXT", help=_("More about it."))
@click.option("--list", "listed", is_flag=True, help=_("List the words that are known."))
@asking_options
def mark(kind: str | None, product: str | None, note: str | None, listed: bool, **common: Any) -> None:
    """Both the trade's word and the log's are understood."""
    from studio.model.marks import MARKS

    if listed:
        for word, chinese in MARKS.items():
            click.echo(f"{chinese}  {word}")
        return
    if not kind:
        raise click.UsageError(_("Say what happened, as in: studio mark sold_out; studio mark --list lists the words."))
    ask_and_say("mark", {"kind": kind, "product": product, "note": note}, common)
