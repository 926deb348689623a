"""The figures of one session, as the report shows them: counted from the as-run log and the order file, never typed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that figures come from: its name, SHA-256 in hex, and the data rows read from it."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over order lines; money in fen. ``refunded_fen`` is None where no after-sale list was given."""

    orders: int = 0
    """Distinct main orders with at least one paid line."""
    lines: int = 0
    """Paid order lines (sub-orders)."""
    units: int = 0
    """Pieces in paid lines."""
    paid_fen: int = 0
    """What buyers owe for the paid lines, goods only, after discounts."""
    freight_fen: int = 0
    """Freight, counted once a main order."""
    submitted_fen: int = 0
    """The same amount over every line submitted, paid or not."""
    refunded_fen: int | None = None

    @property
    def average_order_fen(self) -> int | None:
        """Paid amount an order, rounded half up to the fen; None without an order."""
        return (2 * self.paid_fen + self.orders) // (2 * self.orders) if self.orders else None


@dataclass(frozen=True, slots=True)
class Bucket:
    """Sales of one step of the curve, from ``start`` (aware) for ``CurveFigures.step_ms``."""

    start: datetime
    lines: int
    paid_fen: int


@dataclass(frozen=True, slots=True)
class CueFigures:
    """One row, planned against actual. ``late_ms`` is positive where it was late; None where it never started."""

    cue: str
    title: str
    product: str | None
    planned_start: datetime
    actual_start: datetime | None
    planned_ms: int
    actual_ms: int | None
    verdict: str
    late_ms: int | None
    sales: Totals
    picture_error_ms: float | None = None
    """The take against the picture change in the recording; None where no recording was read."""
    rows: tuple[int, ...] = ()
    """Rows of the order file that ``sales.lines`` counts, ascending, the headings being row 1."""


@dataclass(frozen=True, slots=True)
class ProductFigures:
    """One product of the line-up, or one sold without being in it (``planned`` False)."""

    product: str
    name: str
    planned: bool
    live_price_fen: int | None
    times: int
    """How often it was explained: cues with this product that went on air."""
    on_air_ms: int
    sales: Totals


@dataclass(frozen=True, slots=True)
class RecordingFigures:
    """What probing the recording gave."""

    path: str
    sha256: str
    size_bytes: int
    duration_ms: int
    width: int
    height: int
    fps: float
    video_codec: str
    audio_codec: str | None
    alignment_note: str = ""
    """Why the takes could not be laid over it: ``too_few`` or ``ambiguous``; empty where they were, or nobody tried."""


@dataclass(frozen=True, slots=True)
class SessionFigures:
    """Everything a session's report shows; instants are aware, in the venue's zone."""

    run: str
    session: str
    title: str
    venue: str
    studios: tuple[str, ...]
    hosts: tuple[str, ...]
    planned_start: datetime | None
    """The appointed start; None where the session was simply started, so that nothing can be late against it."""
    actual_start: datetime | None
    actual_end: datetime | None
    cues: tuple[CueFigures, ...]
    products: tuple[ProductFigures, ...]
    curve: tuple[Bucket, ...]
    curve_step_ms: int
    totals: Totals
    unattributed: Totals
    """Paid lines that belong to no cue: a line of the report, not a loss."""
    recordings: tuple[RecordingFigures, ...]
    sources: tuple[SourceFile, ...]
    incidents: tuple[str, ...] = ()
    order_file: Totals | None = None
    """The sums of the order file itself, counted without the store; None where no order file was read."""
    before: Totals = Totals()
    """What was ordered before the curve begins; with the curve and ``after`` it adds up to ``totals``."""
    after: Totals = Totals()
    made_up: bool = False
    """True where the orders are a demonstration's: the report says so before anything else."""
    unattributed_rows: tuple[int, ...] = ()
    """Rows of the order file that are paid and belong to no cue, ascending."""
    unpaid_rows: tuple[int, ...] = ()
    """Rows of the order file without a payment: they count as submitted and nowhere else."""
    unknown_states: tuple[tuple[str, int], ...] = ()
    """States of order lines that this release does not know, as the file writes them, and how many lines have each."""
