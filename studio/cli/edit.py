"""Commands by which the floor edits the running sheet: swap, insert, move, price, stock, undo."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli.asking import ask_and_say, asking_options, duration_ms
from studio.i18n import _

if TYPE_CHECKING:
    from studio.model.runsheet import Product
    from studio.schedules.edits import Edit


def _edit(change: Edit, common: Mapping[str, Any]) -> None:
    from studio.schedules.edits import to_dict

    ask_and_say("edit", {"edit": to_dict(change)}, common)


def _product(product_id: str, common: Mapping[str, Any]) -> Product:
    """A product of the workspace's catalogue; a usage error with a near name where there is none."""
    from studio.jobs.check import read_workspace
    from studio.workspace.problems import did_you_mean
    from studio.workspace.root import find_root

    workspace, _problems = read_workspace(find_root(Path.cwd(), common["workspace"]))
    found = workspace.product(product_id)
    if found is None:
        near = did_you_mean(product_id, [one.id for one in workspace.products])
        raise click.UsageError(_("There is no product {product}: {near}").format(product=product_id, near=near))
    return found


@click.command(
    help=_("Show PRODUCT of the catalogue in row CUE instead (换品)."),
    epilog=_("Example: {command}").format(command="studio swap juice-again buckthorn-jam"),
)
@click.argument("cue", metavar="CUE")
@click.argument("product", metavar="PRODUCT")
@asking_options
def swap(cue: str, product: str, **common: Any) -> None:
    """The row keeps its time and scene."""
    from studio.schedules.edits import Swap

    _edit(Swap(cue, _product(product, common)), common)


@click.command(
    help=_("Put a new row behind row AFTER; rows behind it move by its length."),
    epilog=_("Example: {command}").format(
        command="studio insert questions --id extra --title 加场 --scene closeup --duration 3m --product buckthorn-jam"
    ),
)
@click.argument("after", metavar="AFTER")
@click.option("--id", "row_id", required=True, metavar="ID", help=_("The new row's id."))
@click.option("--title", required=True, metavar="TEXT", help=_("What it is about."))
@click.option("--scene", required=True, metavar="SCENE", help=_("The scene it shows."))
@click.option("--duration", required=True, metavar="TIME", help=_("How long it lasts."))
@click.option("--product", metavar="PRODUCT", help=_("A product of the catalogue."))
@click.option("--advance", type=click.Choice(["manual", "auto", "media_end"]), default="manual", show_default=True)
@asking_options
def insert(
    after: str, row_id: str, title: str, scene: str, duration: str, product: str | None, advance: Any, **common: Any
) -> None:
    """A row nobody planned."""
    from studio.model.runsheet import Cue
    from studio.schedules.edits import Insert

    shown = _product(product, common) if product else None
    row = Cue(row_id, 0, duration_ms(duration), scene, title, product=product, advance=advance)
    _edit(Insert(after, row, shown), common)


@click.command(
    help=_("Move row CUE behind another row that is still to come."),
    epilog=_("Example: {command}").format(command="studio move factory --after questions"),
)
@click.argument("cue", metavar="CUE")
@click.option("--after", required=True, metavar="CUE", help=_("The row it comes behind."))
@asking_options
def move(cue: str, after: str, **common: Any) -> None:
    """Both must be still to come."""
    from studio.schedules.edits import Move

    _edit(Move(cue, after), common)


@click.command(
    help=_("Change PRODUCT's live price to YUAN; its card changes at once (改价)."),
    epilog=_("Example: {command}").format(command="studio price buckthorn-jam 29.80"),
)
@click.argument("product", metavar="PRODUCT")
@click.argument("yuan", metavar="YUAN")
@asking_options
def price(product: str, yuan: str, **common: Any) -> None:
    """At most two decimals."""
    from studio.schedules.edits import Price

    _edit(Price(product, _fen(yuan)), common)


def _fen(yuan: str) -> int:
    """Fen of yuan as typed; a usage error where it is no price."""
    from decimal import Decimal, InvalidOperation

    try:
        fen = Decimal(yuan.strip().removeprefix("¥")) * 100
        if fen != fen.to_integral_value() or fen <= 0:
            raise InvalidOperation
    except InvalidOperation as error:
        raise click.UsageError(
            _("“{text}” is not a price; write yuan with at most two decimals, as 29.80.").format(text=yuan)
        ) from error
    return int(fen)


@click.command(
    help=_("Change PRODUCT's stock to COUNT pieces; its card changes at once."),
    epilog=_("Example: {command}").format(command="studio stock buckthorn-jam 120"),
)
@click.argument("product", metavar="PRODUCT")
@click.argument("count", metavar="COUNT", type=click.IntRange(0))
@asking_options
def stock(product: str, count: int, **common: Any) -> None:
    """What is left, or was added."""
    from studio.schedules.edits import Stock

    _edit(Stock(product, count), common)


@click.command(
    help=_("Take back the last edit that still holds; the stored file was never touched."),
    epilog=_("Example: {command}").format(command="studio undo"),
)
@asking_options
def undo(**common: Any) -> None:
    """One edit at a time."""
    ask_and_say("undo", {}, common)
