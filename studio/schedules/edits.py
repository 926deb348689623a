"""Edits of a running sheet, as values: what floor control changes on air, applied to the sheet and taken back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from studio.errors import RefusedByRule
from studio.i18n import _
from studio.model.runsheet import Cue, Product, RunSheet
from studio.schedules.binding import share_studio
from studio.schedules.products import yuan
from studio.schedules.timing import line_up
from studio.workspace.problems import did_you_mean
from studio.workspace.source import shown


@dataclass(frozen=True, slots=True)
class Swap:
    """换品: the row shows another product."""

    cue: str
    product: Product


@dataclass(frozen=True, slots=True)
class Insert:
    """A row more, behind the row ``after`` or in front of all; its ``start_ms`` is found, not taken from it."""

    after: str | None
    row: Cue
    product: Product | None = None
    """What the row shows, where the sheet has not got it yet."""


@dataclass(frozen=True, slots=True)
class Price:
    """改价: a product's live price, in fen."""

    product: str
    live_price_fen: int


@dataclass(frozen=True, slots=True)
class Stock:
    """A product's stock, in pieces."""

    product: str
    stock: int


@dataclass(frozen=True, slots=True)
class Move:
    """The row comes behind the row ``after``, or in front of all."""

    cue: str
    after: str | None


Edit = Swap | Insert | Price | Stock | Move
KINDS: Mapping[str, type[Edit]] = {kind.__name__.lower(): kind for kind in get_args(Edit)}


def to_dict(edit: Edit) -> dict[str, Any]:
    """The edit as values of JSON; ``kind`` says which it is."""
    kind = type(edit)
    return {"kind": kind.__name__.lower(), **TypeAdapter(kind).dump_python(edit, mode="json")}


def from_dict(values: Mapping[str, Any]) -> Edit:
    """The edit of ``to_dict``'s values. Raises RefusedByRule where they are none."""
    name = str(values.get("kind"))
    kind = KINDS.get(name)
    if kind is None:
        raise RefusedByRule(
            _("There is no edit of the kind “{kind}”.").format(kind=shown(name)), did_you_mean(name, KINDS)
        )
    try:
        edit: Edit = TypeAdapter(kind).validate_python({key: value for key, value in values.items() if key != "kind"})
    except ValidationError as error:
        place = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise RefusedByRule(
            _("The edit “{kind}” is not understood at “{place}”.").format(kind=name, place=place),
            _("Give each of its parts a value: {parts}").format(parts=", ".join(one.name for one in fields(kind))),
        ) from error
    return edit


def replay(sheet: RunSheet, edits: Sequence[tuple[int, Edit]], undone: Collection[int] = ()) -> RunSheet:
    """``sheet`` after its edits, each with its version, in their order and without those that were undone.

    Raises RefusedByRule where one of them makes no sense without an undone one.
    """
    for version, edit in edits:
        if version not in undone:
            sheet = apply_edit(sheet, edit)
    return sheet


def apply_edit(sheet: RunSheet, edit: Edit) -> RunSheet:
    """The edited sheet; rows keep their ids and durations. Raises RefusedByRule where the edit makes no sense."""
    match edit:
        case Swap():
            return _swapped(sheet, edit)
        case Insert():
            return _inserted(sheet, edit)
        case Price(name, live_price_fen):
            return _with_product(sheet, replace(_product(sheet, name), live_price_fen=live_price_fen))
        case Stock(name, stock):
            return _with_product(sheet, replace(_product(sheet, name), stock=stock))
        case Move():
            return _moved(sheet, edit)


def _swapped(sheet: RunSheet, edit: Swap) -> RunSheet:
    row = _row(sheet, edit.cue)
    if row.product == edit.product.id:
        raise RefusedByRule(
            _("Row {cue} shows {product} already.").format(cue=row.id, product=edit.product.id),
            _("Name another product, or another row."),
        )
    _fair(edit.product)
    rows = tuple(replace(cue, product=edit.product.id) if cue is row else cue for cue in sheet.cues)
    return _lined_up(sheet, rows, edit.product)


def _inserted(sheet: RunSheet, edit: Insert) -> RunSheet:
    row, product = edit.row, edit.product
    after = None if edit.after is None else _row(sheet, edit.after)
    if any(cue.id == row.id for cue in sheet.cues):
        raise RefusedByRule(
            _("There is a row {cue} already.").format(cue=row.id), _("Give the new row an id of its own.")
        )
    if row.duration_ms <= 0:
        raise RefusedByRule(_("Row {cue} has no duration.").format(cue=row.id), _("Say how long it lasts, such as: 3m"))
    if row.time is not None:
        raise RefusedByRule(
            _("Row {cue} is tied to a time of day, which is settled before air.").format(cue=row.id),
            _("Insert it without a time, and call it by hand when its time comes."),
        )
    if row.follows is not None:
        _row(sheet, row.follows.cue)
    if product is not None:
        _fair(product)
    if row.product is not None and (product is None or product.id != row.product):
        product = _product(sheet, row.product)
    return _lined_up(sheet, _laid_behind(sheet.cues, after, row), product)


def _moved(sheet: RunSheet, edit: Move) -> RunSheet:
    row = _row(sheet, edit.cue)
    after = None if edit.after is None else _row(sheet, edit.after)
    if row.time is not None or row.follows is not None:
        tie = row.time if row.follows is None else row.follows.cue
        raise RefusedByRule(
            _("Row {cue} is tied to {tie} and comes with it, wherever it stands.").format(cue=row.id, tie=tie),
            _("Move the rows around it, or call it by hand."),
        )
    linked = _linked(sheet, row)
    if after is row or after in linked:
        raise RefusedByRule(
            _("Row {cue} cannot come behind {after}, which comes with it.").format(cue=row.id, after=edit.after),
            _("Name the row that is to come before it."),
        )
    rows = _laid_behind(_taken_out([cue for cue in sheet.cues if cue not in linked], row), after, row)
    starts = {cue.id: cue.start_ms for cue in rows}
    for cue in linked:
        if cue.follows is not None:
            starts[cue.id] = starts[cue.follows.cue] + cue.follows.after_ms
    with_linked = [*rows, *(replace(cue, start_ms=starts[cue.id]) for cue in linked)]
    return _lined_up(sheet, sorted(with_linked, key=lambda cue: cue.start_ms))


def _linked(sheet: RunSheet, row: Cue) -> list[Cue]:
    """The rows that follow ``row``, or one that follows it, leaders first."""
    found = [row]
    for leader in found:  # grows as it goes
        found += [cue for cue in sheet.cues if cue.follows and cue.follows.cue == leader.id and cue not in found]
    return found[1:]


def _laid_behind(rows: Sequence[Cue], after: Cue | None, row: Cue) -> list[Cue]:
    """``row`` where ``after`` ends or is cut off, and what comes from there on later by its duration."""
    at = 0 if after is None else [cue.id for cue in rows].index(after.id) + 1
    before = rows[at - 1] if after is not None else None
    following = next((cue for cue in rows[at:] if before is None or share_studio(cue, before)), None)
    places = [*([before.end_ms] if before else []), *([following.start_ms] if following else [])]
    start = min(places, default=0)
    later = [cue for cue in rows[at:] if cue.start_ms >= start]
    earlier = [*rows[:at], *(cue for cue in rows[at:] if cue.start_ms < start)]
    return [*earlier, replace(row, start_ms=start), *_shifted(later, row.duration_ms)]


def _taken_out(rows: Sequence[Cue], row: Cue) -> list[Cue]:
    """The rows without ``row``, and what comes after it earlier by the place it took, or as far as there is room."""
    at = rows.index(row)
    following = next((cue for cue in rows[at + 1 :] if share_studio(cue, row)), None)
    end = min([row.end_ms, *([following.start_ms] if following else [])])
    later = [cue for cue in rows[at + 1 :] if cue.start_ms >= end]
    earlier = [*rows[:at], *(cue for cue in rows[at + 1 :] if cue.start_ms < end)]
    moving = [cue for cue in later if cue not in _staying(later)]
    room = [cue.start_ms - one.end_ms for cue in moving for one in earlier if share_studio(cue, one)]
    moved = _shifted(later, -max(0, min([end - row.start_ms, *room])))
    return sorted([*earlier, *moved], key=lambda cue: cue.start_ms)


def _shifted(rows: Sequence[Cue], by_ms: int) -> list[Cue]:
    """The rows moved, but for those that stay; one that is pushed onto the next of its studio starts with that."""
    staying = _staying(rows)
    placed: list[Cue] = []
    for cue in reversed(rows):
        limits = [later.start_ms for later in placed if share_studio(later, cue)]
        start = cue.start_ms if cue in staying else cue.start_ms + by_ms
        placed.append(replace(cue, start_ms=min([start, *limits])))
    placed.reverse()  # those of one start keep their order
    return sorted(placed, key=lambda cue: cue.start_ms)


def _staying(rows: Iterable[Cue]) -> list[Cue]:
    """Hard-timed rows, and what comes after one in its studio."""
    found: list[Cue] = []
    for cue in rows:
        if cue.time is not None or any(share_studio(cue, one) for one in found):
            found.append(cue)
    return found


def _lined_up(sheet: RunSheet, rows: Iterable[Cue], product: Product | None = None) -> RunSheet:
    """The sheet with these rows and the products they show; one it has already keeps this run's price and stock."""
    rows = tuple(rows)
    known = {one.id: one for one in (*([product] if product else []), *sheet.products)}
    products = tuple(known[name] for name in line_up(cue.product for cue in rows) if name in known)
    return replace(sheet, cues=rows, products=products)


def _with_product(sheet: RunSheet, changed: Product) -> RunSheet:
    _fair(changed)
    products = tuple(changed if product.id == changed.id else product for product in sheet.products)
    return replace(sheet, products=products)


def _fair(product: Product) -> None:
    """Refuse a product that could not stand in a workspace either."""
    live, daily = product.live_price_fen, product.daily_price_fen
    if live <= 0:
        raise RefusedByRule(
            _("The live price of {product} would be zero or less.").format(product=product.id),
            _("Name a price of more than zero."),
        )
    if daily is not None and live > daily:
        raise RefusedByRule(
            _("The live price {live} of {product} would be above its daily price {daily}.").format(
                product=product.id, live=yuan(live), daily=yuan(daily)
            ),
            _("Name a price of at most {daily}.").format(daily=yuan(daily)),
        )
    if product.stock is not None and product.stock < 0:
        raise RefusedByRule(
            _("{product} would have a stock of {stock}.").format(product=product.id, stock=product.stock),
            _("Give the pieces that are left, 0 where it is sold out."),
        )


def _row(sheet: RunSheet, cue_id: str) -> Cue:
    found = next((cue for cue in sheet.cues if cue.id == cue_id), None)
    if found is None:
        raise RefusedByRule(
            _("There is no row {cue} in this sheet.").format(cue=cue_id),
            did_you_mean(cue_id, [cue.id for cue in sheet.cues]),
        )
    return found


def _product(sheet: RunSheet, product_id: str) -> Product:
    found = sheet.product(product_id)
    if found is None:
        raise RefusedByRule(
            _("There is no product {product} in this sheet.").format(product=product_id),
            did_you_mean(product_id, [product.id for product in sheet.products]),
        )
    return found
