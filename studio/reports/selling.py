"""The sections on what was sold: over time, and by product."""

from collections.abc import Iterator

from studio.i18n import _, ngettext
from studio.model.figures import SessionFigures, Totals
from studio.reports.charts import NARROW, curve_chart
from studio.reports.document import Block, Cell, Column, Figure, Heading, Kind, Note, Paragraph, Table, Value
from studio.reports.sources import orders_known


def curve_section(figures: SessionFigures) -> Iterator[Block]:
    """Section 4: the sales over time."""
    yield Heading(_("4 Sales over time"), "curve")
    if not orders_known(figures) or not figures.curve:
        yield Note(_("Order data: not obtained. No curve can be drawn."))
        return
    best = max(figures.curve, key=lambda bucket: bucket.paid_fen)
    seconds = figures.curve_step_ms // 1000
    step = _("{count} min").format(count=seconds // 60) if seconds % 60 == 0 else _("{count} s").format(count=seconds)
    yield Figure(
        curve_chart(figures),
        curve_chart(figures, NARROW),
        _("Steps of {step} by the time of ordering; dotted lines: a cue begins, numbered as above.").format(step=step),
        ngettext(
            "Bars of the paid amount and of the order lines, {count} step of {step}; highest at {at}.",
            "Bars of the paid amount and of the order lines, {count} steps of {step}; highest at {at}.",
            len(figures.curve),
        ).format(count=len(figures.curve), step=step, at=f"{best.start:%H:%M:%S}"),
    )
    rows = [
        (
            Cell(bucket.start, "clock", f"curve.{number}.start"),
            Cell(bucket.lines, "number", f"curve.{number}.lines"),
            Cell(bucket.paid_fen, "money", f"curve.{number}.paid_fen"),
        )
        for number, bucket in enumerate(figures.curve)
    ]

    def rest(name: str, totals: Totals, path: str) -> tuple[Cell, ...]:
        paid = Cell(totals.paid_fen, "money", f"{path}.paid_fen")
        return Cell(name), Cell(totals.lines, "number", f"{path}.lines"), paid

    yield Table(
        _("The curve in numbers"),
        (Column(_("From")), Column(_("Lines"), numeric=True), Column(_("Paid, yuan"), numeric=True)),
        tuple(rows),
        (
            rest(_("Before the curve"), figures.before, "before"),
            rest(_("After the curve"), figures.after, "after"),
            rest(_("Total"), figures.totals, "totals"),
        ),
        folded=True,
    )


def products_section(figures: SessionFigures) -> Iterator[Block]:
    """Section 5: the products of the line-up, and what was sold beside it."""
    yield Heading(_("5 Products"), "products")
    if not figures.products:
        yield Note(_("The run-sheet names no product."))
        return
    known = orders_known(figures)
    rows = []
    for number, product in enumerate(figures.products):
        at, sales = f"products.{number}", product.sales

        def sold(value: Value, name: str, kind: Kind = "number", at: str = at) -> Cell:
            return Cell(value if known else None, kind, f"{at}.sales.{name}")

        price = Cell(product.live_price_fen, "money", f"{at}.live_price_fen")
        rows.append(
            (
                Cell(product.name, figure=f"{at}.name"),
                Cell(_("in the line-up") if product.planned else _("not in it"), "word"),
                price if product.planned else Cell(_("not in it")),
                Cell(product.times, "number", f"{at}.times"),
                Cell(product.on_air_ms, "length", f"{at}.on_air_ms"),
                sold(sales.orders, "orders"),
                sold(sales.units, "units"),
                sold(sales.paid_fen, "paid_fen", "money"),
            )
        )
    yield Table(
        _("Products: how long they were on air, and what was sold"),
        (
            Column(_("Product")),
            Column(_("Line-up")),
            Column(_("Live price, yuan"), numeric=True),
            Column(_("Times on air"), numeric=True),
            Column(_("Time on air"), numeric=True),
            Column(_("Orders"), numeric=True),
            Column(_("Pieces"), numeric=True),
            Column(_("Paid, yuan"), numeric=True),
        ),
        tuple(rows),
    )
    yield Paragraph(_("An order with several products counts for each of them, so orders here may exceed the total."))
