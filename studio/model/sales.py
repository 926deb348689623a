"""An order line as any platform tells it: ids as text, money in fen, aware instants, nobody's personal data."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

PLATFORM_ZONE = ZoneInfo("Asia/Shanghai")
"""The zone in which every platform here writes its times, wherever the venue stands."""


class OrderStatus(StrEnum):
    """What the platforms' own states come down to. A refund is an event of its own, not a status."""

    UNPAID = "unpaid"
    PAID = "paid"
    PART_SHIPPED = "part_shipped"
    SHIPPED = "shipped"
    RECEIVED = "received"
    FINISHED = "finished"
    CANCELLED_UNPAID = "cancelled_unpaid"
    CLOSED_REFUNDED = "closed_refunded"
    UNKNOWN = "unknown"
    """A state this release does not know; ``raw_status`` keeps it."""


class LineKey(NamedTuple):
    """What names an order line everywhere: its platform and its sub-order number there."""

    platform: str
    line_id: str


@dataclass(frozen=True, slots=True)
class Discounts:
    """What was taken off one line, in fen, by who grants it; None where the file does not say."""

    total_fen: int | None = None
    platform_fen: int | None = None
    shop_fen: int | None = None
    author_fen: int | None = None
    payment_fen: int | None = None
    red_packet_fen: int | None = None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One sub-order: one product of one order. All money is integer fen and never negative."""

    platform: str
    order_id: str
    line_id: str
    product_id: str
    product_name: str
    sku: str
    quantity: int
    payable_fen: int
    """What the buyer owes for this line's goods, after discounts, as the platform states it."""
    freight_fen: int
    """Freight of the whole order, repeated on each of its lines: count it once an order."""
    raw_status: str
    status: OrderStatus
    created_at: datetime
    """When the buyer submitted the order; aware."""
    paid_at: datetime | None
    """When the money arrived; None where it has not."""
    unit_price_fen: int | None = None
    discounts: Discounts = Discounts()
    after_sale: str = ""
    """The platform's own words on the after-sale state; empty where there is none."""
    author_id: str = ""
    """Who spoke for the product when it was bought, where the platform says so."""
    author_name: str = ""
    room_id: str = ""
    """The platform's live room it was bought in, where the platform says so."""
    row: int = 0
    """The row of its file, the headings being row 1, as a spreadsheet counts; 0 where it came from no file."""

    @property
    def key(self) -> LineKey:
        """The line's name in every mapping."""
        return LineKey(self.platform, self.line_id)

    @property
    def paid(self) -> bool:
        """True where money arrived, whatever happened to the order later."""
        return self.paid_at is not None


@dataclass(frozen=True, slots=True)
class ImportCount:
    """What an import did to the store, in order lines."""

    new: int
    changed: int
    unchanged: int
