"""Commands by which the floor edits the running sheet: swap, insert, move, price, stock, undo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli.asking import ask_director, tell
from studio.cli.options import run_options
from studio.cli.values import Length, Yuan
from studio.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from studio.model.runsheet import Product
    from studio.model.workspace import Workspace
    from studio.schedules.edits import Edit

ADVANCES = ("manual", "auto", "media_end")
MAX_STOCK = 99_999_999


@click.command(
    help=_("Show PRODUCT of the catalogue in row CUE instead; what is on air changes at once, its file does not."),
    epilog=_("Example: {command}").format(command="studio swap bean-show grain-box"),
)
@click.argument("cue", metavar="CUE")
@click.argument("product", metavar="PRODUCT")
@run_options
def swap(cue: str, product: str, **fields: Any) -> None:
    """Send the edit."""
    from studio.schedules.edits import Swap

    _send(Swap(cue, _product(_workspace(fields["workspace"]), product)), **fields)


@click.command(
    help=_(
        "Put a new row behind row AFTER, or with --first in front of all; what follows comes later by its length. With "
        "--studio, in that studio alone."
    ),
    epilog=_("Example: {command}").format(
        command="studio insert juice-taste --id juice-bag --title 福袋 --scene host --duration 2m"
    ),
)
@click.argument("after", metavar="[AFTER]", required=False)
@click.option("--first", is_flag=True, help=_("In front of all rows, before the first was called."))
@click.option("--id", "cue", metavar="ID", required=True, help=_("The new row's id."))
@click.option("--title", metavar="TEXT", required=True, help=_("Its title."))
@click.option("--scene", metavar="ID", required=True, help=_("The scene it shows, by its id in the scene file."))
@click.option("--duration", type=Length(), required=True, help=_("How long it lasts, such as 2m30s."))
@click.option("--product", metavar="ID", help=_("The product it shows, of the catalogue."))
@click.option("--host", metavar="ID", help=_("Who speaks."))
@click.option("--fade", type=Length(), help=_("Fade into it for so long, such as 300ms; without it, a cut."))
@click.option(
    "--advance",
    type=click.Choice(ADVANCES),
    default="manual",
    show_default=True,
    help=_("What ends it: a person's go, its time, or the end of its clip."),
)
@run_options
def insert(
    after: str | None,
    first: bool,
    cue: str,
    title: str,
    scene: str,
    duration: int,
    product: str | None,
    host: str | None,
    fade: int | None,
    advance: Any,
    **fields: Any,
) -> None:
    """Send the edit."""
    from studio.model.runsheet import Cue, Transition
    from studio.schedules.edits import Insert

    workspace = _workspace(fields["workspace"])
    _known(scene, (one.id for file in workspace.scene_files for one in file.scenes), _("There is no scene {id}."))
    if host is not None:
        _known(host, (one.id for one in workspace.people), _("There is no host {id}."))
    row = Cue(
        cue,
        0,
        duration,
        scene,
        title,
        Transition("Fade", fade) if fade else Transition(),
        product=product,
        host=host,
        studios=(fields["studio"],) if fields["studio"] else (),
        advance=advance,
    )
    _send(Insert(_place(after, first), row, _product(workspace, product) if product else None), **fields)


@click.command(
    help=_("Move row CUE behind another that is still to come, or with --first in front of all."),
    epilog=_("Example: {command}").format(command="studio move box-show --after juice-taste"),
)
@click.argument("cue", metavar="CUE")
@click.option("--after", metavar="CUE", help=_("The row it is to come behind."))
@click.option("--first", is_flag=True, help=_("In front of all rows, before the first was called."))
@run_options
def move(cue: str, after: str | None, first: bool, **fields: Any) -> None:
    """Send the edit."""
    from studio.schedules.edits import Move

    _send(Move(cue, _place(after, first)), **fields)


@click.command(
    help=_("Change PRODUCT's live price to YUAN; what shows it on air changes at once."),
    epilog=_("Example: {command}").format(command="studio price buckthorn-juice 39.90"),
)
@click.argument("product", metavar="PRODUCT")
@click.argument("fen", metavar="YUAN", type=Yuan())
@run_options
def price(product: str, fen: int, **fields: Any) -> None:
    """Send the edit."""
    from studio.schedules.edits import Price

    _send(Price(product, fen), **fields)


@click.command(
    help=_("Change PRODUCT's stock to COUNT pieces; what shows it on air changes at once."),
    epilog=_("Example: {command}").format(command="studio stock buckthorn-juice 0"),
)
@click.argument("product", metavar="PRODUCT")
@click.argument("count", metavar="COUNT", type=click.IntRange(0, MAX_STOCK))
@run_options
def stock(product: str, count: int, **fields: Any) -> None:
    """Send the edit."""
    from studio.schedules.edits import Stock

    _send(Stock(product, count), **fields)


@click.command(
    help=_("Take back the last edit of the running sheet that still holds; again for the one before it."),
    epilog=_("Example: {command}").format(command="studio undo --session s1204-buckthorn"),
)
@run_options
def undo(as_json: bool, **fields: Any) -> None:
    """Send it."""
    tell(ask_director(fields.pop("workspace"), "undo", **fields), as_json)


def _send(edit: Edit, as_json: bool, **fields: Any) -> None:
    from studio.schedules.edits import to_dict

    tell(ask_director(fields.pop("workspace"), "edit", edit=to_dict(edit), **fields), as_json)


def _place(after: str | None, first: bool) -> str | None:
    if (after is None) is not first:
        raise click.UsageError(_("Name the row it comes behind, or give --first, not both."))
    return after


def _workspace(folder: Path | None) -> Workspace:
    """What the files say now; what is wrong in them matters only where something is not found."""
    from studio.jobs.check import read_workspace
    from studio.workspace.root import find_root

    return read_workspace(find_root(Path.cwd(), folder))[0]


def _product(workspace: Workspace, product_id: str) -> Product:
    _known(product_id, (one.id for one in workspace.products), _("There is no product {id} in the catalogue."))
    return next(one for one in workspace.products if one.id == product_id)


def _known(name: str, choices: Iterable[str], words: str) -> None:
    """A usage error that names the likeliest one where there is none of that name."""
    from studio.workspace.problems import did_you_mean

    choices = set(choices)
    if name not in choices:
        raise click.UsageError(f"{words.format(id=name)} {did_you_mean(name, choices)}")
