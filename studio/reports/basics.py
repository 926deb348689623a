"""The first two sections of a session's report: what it was, and what it came to."""

from collections.abc import Iterator
from datetime import datetime

from studio.i18n import _, ngettext
from studio.model.figures import SessionFigures
from studio.reports.document import Block, Cell, Facts, Heading, Highlights, Kind, Note
from studio.reports.sources import orders_known
from studio.reports.wording import listed

FEW_ORDERS = 30
"""Below this many orders a rate or a ranking says little."""


def basics_section(figures: SessionFigures) -> Iterator[Block]:
    """Section 1: what, where, when and who."""
    yield Heading(_("1 Basics"), "basics")
    start, end = figures.actual_start, figures.actual_end
    lasted = round((end - start).total_seconds() * 1000) if start and end else None
    appointed = figures.planned_start
    yield Facts(
        _("What, where, when, who"),
        (
            (_("Session"), Cell(figures.title, figure="title")),
            (_("Session id"), Cell(figures.session, "code", "session")),
            (_("Run id"), Cell(figures.run, "code", "run")),
            (_("Venue"), Cell(figures.venue, figure="venue")),
            (_("Studios"), Cell(listed(figures.studios) or _("none named"))),
            (_("Hosts and co-hosts"), Cell(listed(figures.hosts) or _("none named"))),
            (_("Planned start"), _appointed(appointed)),
            (_("Actual start"), Cell(start, "moment", "actual_start")),
            (_("Actual end"), Cell(end, "moment", "actual_end")),
            (_("Length on air"), Cell(lasted, "length")),
            *(((_("Start against plan"), Cell(_late_ms(appointed, start), "late")),) if appointed else ()),
        ),
    )


def _appointed(start: datetime | None) -> Cell:
    return Cell(start, "moment", "planned_start") if start else Cell(_("no appointed start"))


def _late_ms(appointed: datetime, start: datetime | None) -> int | None:
    return round((start - appointed).total_seconds() * 1000) if start else None


def totals_section(figures: SessionFigures) -> Iterator[Block]:
    """Section 2: the sums, and what of them is missing."""
    totals, known = figures.totals, orders_known(figures)

    def sold(name: str, kind: Kind = "number") -> Cell:
        return Cell(getattr(totals, name) if known else None, kind, f"totals.{name}")

    average = Cell(totals.average_order_fen if known else None, "money")
    if known and not totals.orders:
        average = Cell(_("no order"))
    on_time = sum(cue.verdict == "on_time" for cue in figures.cues)
    yield Heading(_("2 Totals"), "totals")
    yield Highlights(
        (
            (_("Paid, yuan"), sold("paid_fen", "money")),
            (_("Orders"), sold("orders")),
            (_("An order, yuan"), average),
            (_("Cues on time"), Cell(f"{on_time} / {len(figures.cues)}" if figures.cues else None)),
        )
    )
    yield Facts(
        _("Sales and audience"),
        (
            (_("Orders with a paid line"), sold("orders")),
            (_("Paid order lines"), sold("lines")),
            (_("Pieces in paid lines"), sold("units")),
            (_("Paid amount, yuan"), sold("paid_fen", "money")),
            (_("Freight, yuan"), sold("freight_fen", "money")),
            (_("Submitted amount, yuan"), sold("submitted_fen", "money")),
            (_("Refunded amount, yuan"), sold("refunded_fen", "money")),
            (_("Average order, yuan"), average),
            (_("Viewers"), Cell(None)),
            (_("Peak viewers at a time"), Cell(None)),
        ),
    )
    if known and totals.orders < FEW_ORDERS:
        yield Note(
            ngettext(
                "Only {count} order: averages and rankings are by chance to a large part.",
                "Only {count} orders: averages and rankings are by chance to a large part.",
                totals.orders,
            ).format(count=totals.orders),
            "caution",
        )
