"""The last section of a report: where its figures are from, whether they add up, what they mean, what is missing."""

from collections.abc import Iterable, Iterator

from studio.i18n import _, ngettext
from studio.model.figures import SessionFigures, Totals
from studio.reports.document import Block, Cell, Column, Heading, Items, Kind, Note, Paragraph, Table
from studio.reports.wording import listed, ranges

SUMS: tuple[tuple[str, Kind], ...] = (
    ("orders", "number"),
    ("lines", "number"),
    ("units", "number"),
    ("paid_fen", "money"),
    ("freight_fen", "money"),
    ("submitted_fen", "money"),
)


def orders_known(figures: SessionFigures) -> bool:
    """True where an order file was read: only then is 0 a figure, and not a gap."""
    return bool(figures.sources) or figures.order_file is not None


def sources_section(figures: SessionFigures) -> Iterator[Block]:
    """Section 7; every comparison is printed with its difference, also where that is 0."""
    yield Heading(_("7 Notes on the data"), "sources")
    if figures.sources:
        yield Table(
            _("Files that figures come from"),
            (Column(_("File")), Column(_("SHA-256")), Column(_("Rows"), numeric=True)),
            tuple(
                (
                    Cell(source.name, figure=f"sources.{number}.name"),
                    Cell(source.sha256, "code", f"sources.{number}.sha256"),
                    Cell(source.rows, "number", f"sources.{number}.rows"),
                )
                for number, source in enumerate(figures.sources)
            ),
        )
    else:
        yield Note(_("Order file: not obtained. Every figure of sales is missing, not zero."), "caution")
    if orders_known(figures):
        yield from _reconciled(figures)
        yield _partitions(figures)
        yield from _unknown_states(figures)
        yield from _file_rows(figures)
    yield Paragraph(_("What the words mean:"))
    yield Items(_definitions())
    yield Paragraph(_("What this report does not know:"))
    yield Items(tuple(_missing(figures)))


def _reconciled(figures: SessionFigures) -> Iterator[Block]:
    """The order file's own sums beside the report's."""
    file = figures.order_file
    if file is None:
        yield Note(_("The order file's own sums: not obtained, so this report is not checked against it."), "caution")
        return
    names = _names()
    differs = [name for name, _kind in SUMS if getattr(file, name) != getattr(figures.totals, name)]
    yield Table(
        _("The order file against this report"),
        (
            Column(_("Figure")),
            Column(_("Order file"), numeric=True),
            Column(_("This report"), numeric=True),
            Column(_("Difference"), numeric=True),
        ),
        tuple(
            (
                Cell(names[name]),
                Cell(getattr(file, name), kind, f"order_file.{name}"),
                Cell(getattr(figures.totals, name), kind, f"totals.{name}"),
                Cell(getattr(figures.totals, name) - getattr(file, name), kind),
            )
            for name, kind in SUMS
        ),
    )
    if differs:
        yield Note(
            _(
                "This report and the order file differ in: {names}. Do not use these figures before that is explained."
            ).format(names=listed([names[name] for name in differs])),
            "caution",
        )


def _partitions(figures: SessionFigures) -> Table:
    """The total against the sum of its parts, cut by cue, by product and by time."""
    lines, paid = figures.totals.lines, figures.totals.paid_fen

    def row(name: str, parts: Iterable[tuple[int, int]]) -> tuple[Cell, ...]:
        counted = tuple(parts)
        part_lines, part_paid = sum(line for line, _paid in counted), sum(fen for _line, fen in counted)
        return (
            Cell(name),
            Cell(part_lines, "number"),
            Cell(part_lines - lines, "number"),
            Cell(part_paid, "money"),
            Cell(part_paid - paid, "money"),
        )

    def both(*totals: Totals) -> list[tuple[int, int]]:
        return [(part.lines, part.paid_fen) for part in totals]

    outside = both(figures.before, figures.after)
    return Table(
        _("The parts against the total"),
        (
            Column(_("Cut by")),
            Column(_("Lines"), numeric=True),
            Column(_("Difference"), numeric=True),
            Column(_("Paid, yuan"), numeric=True),
            Column(_("Difference"), numeric=True),
        ),
        (
            row(_("cues, and what belongs to none"), both(*(cue.sales for cue in figures.cues), figures.unattributed)),
            row(_("products"), both(*(product.sales for product in figures.products))),
            row(_("time, before and after the curve included"), _buckets(figures) + outside),
        ),
    )


def _unknown_states(figures: SessionFigures) -> Iterator[Block]:
    count = sum(lines for _state, lines in figures.unknown_states)
    if count:
        said = ngettext(
            "{count} order line has a state this release does not know: {states}. It is paid where the file says when.",
            "{count} order lines have a state this release does not know: {states}. "
            "They are paid where the file says when.",
            count,
        )
        nameless = _("(empty)")
        states = [f"{state or nameless} × {lines}" for state, lines in figures.unknown_states]
        yield Note(said.format(count=f"{count:,}", states=listed(states)), "caution")


def _file_rows(figures: SessionFigures) -> Iterator[Block]:
    """Which rows of the order file each figure counts: every row of it once."""
    if len(figures.sources) > 1:
        yield Note(_("Orders come from several files: which rows of them count where is not told."))
    parts = [(f"{number} {cue.title}", cue.rows) for number, cue in enumerate(figures.cues, 1)]
    parts.append((_("Belongs to no cue"), figures.unattributed_rows))
    parts.append((_("Not paid: submitted amount only"), figures.unpaid_rows))
    if any(rows for _name, rows in parts):
        yield Table(
            _("Rows of the order file, the headings being row 1"),
            (Column(_("Counted under")), Column(_("Lines"), numeric=True), Column(_("Row numbers"))),
            tuple((Cell(name), Cell(len(rows), "number"), Cell(ranges(rows) or _("none"))) for name, rows in parts),
            (
                (
                    Cell(_("Total")),
                    Cell(sum(len(rows) for _name, rows in parts), "number"),
                    Cell(""),
                ),
            ),
            folded=True,
        )


def _buckets(figures: SessionFigures) -> list[tuple[int, int]]:
    return [(bucket.lines, bucket.paid_fen) for bucket in figures.curve]


def _names() -> dict[str, str]:
    return {
        "orders": _("Orders with a paid line"),
        "lines": _("Paid order lines"),
        "units": _("Pieces in paid lines"),
        "paid_fen": _("Paid amount, yuan"),
        "freight_fen": _("Freight, yuan"),
        "submitted_fen": _("Submitted amount, yuan"),
    }


def _definitions() -> tuple[str, ...]:
    return (
        _("Paid amount: what buyers owe for the goods of paid order lines after discounts, without freight."),
        _("Submitted amount: the same over every line submitted, paid or not."),
        _("Order line: one product of one order, a sub-order. An order may have several."),
        _("Freight: counted once an order, however many lines it has."),
        _(
            "Which cue an order belongs to is an estimate by product and time: it goes to the latest cue of that "
            "product on air before it. It does not say that the cue caused the order."
        ),
        _("Difference of a cue: when OBS began to change the picture, against the plan. The log gives the verdicts."),
    )


def _missing(figures: SessionFigures) -> Iterator[str]:
    yield _("Viewers, watch time, clicks and interaction: not obtained, no live data of the platform was imported.")
    if figures.totals.refunded_fen is None:
        yield _("Refunds and after-sales: not obtained. They go on arriving after the session.")
    if not figures.recordings:
        yield _("Recording: not obtained.")
    if figures.actual_start is None:
        yield _("Actual start and end: not obtained, the as-run log has no start.")
