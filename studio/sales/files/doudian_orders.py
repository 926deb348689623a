"""抖店 (Douyin Shop): its order export, one row a sub-order."""

from pathlib import Path

from studio.model.sales import Discounts, OrderLine, OrderStatus
from studio.sales.files.export import Format, OrderExport, Row

PLATFORM = "doudian"

# Only what is named here is ever read: the buyer's name, telephone, address and message, and the shop's remarks on
# the buyer, are in no list.
HEADINGS: dict[str, tuple[str, ...]] = {
    "order_id": ("主订单编号",),
    "line_id": ("子订单编号",),
    "product_id": ("商品ID", "商品Id", "商品id"),
    "product_name": ("选购商品", "商品名称"),
    "sku": ("商品规格",),
    "quantity": ("商品数量",),
    "unit_price": ("商品单价", "商品金额"),
    "payable": ("订单应付金额",),
    "freight": ("运费",),
    "discount_total": ("优惠总金额",),
    "discount_platform": ("平台优惠",),
    "discount_shop": ("商家优惠",),
    "discount_author": ("达人优惠",),
    "discount_payment": ("支付优惠",),
    "discount_red_packet": ("红包抵扣",),
    "created_at": ("订单提交时间",),
    "paid_at": ("支付完成时间",),
    "status": ("订单状态",),
    "after_sale": ("售后状态",),
    "author_id": ("达人ID", "达人Id", "达人id"),
    "author_name": ("达人昵称",),
    "room_id": ("直播间ID",),
}

# Without the time of payment no one can tell a paid order that was closed from one nobody paid.
REQUIRED = frozenset(
    {
        *("order_id", "line_id", "product_id", "product_name", "quantity"),
        *("payable", "freight", "created_at", "paid_at", "status"),
    }
)

_STATUS = {
    "待支付": OrderStatus.UNPAID,
    "待付款": OrderStatus.UNPAID,
    "待确认": OrderStatus.UNPAID,
    "已支付": OrderStatus.PAID,
    "备货中": OrderStatus.PAID,
    "待发货": OrderStatus.PAID,
    "部分发货": OrderStatus.PART_SHIPPED,
    "已发货": OrderStatus.SHIPPED,
    "已收货": OrderStatus.RECEIVED,
    "已签收": OrderStatus.RECEIVED,
    "已完成": OrderStatus.FINISHED,
}
_CLOSED = ("已关闭", "已取消")


def read(path: Path) -> OrderExport:
    """The export at ``path``; nothing is opened before it is iterated."""
    return OrderExport(path, FORMAT)


def status(raw: str, *, paid: bool) -> OrderStatus:
    """What a state of the platform comes down to; ``paid`` tells the two ways in which an order closes apart."""
    if raw in _CLOSED:
        return OrderStatus.CLOSED_REFUNDED if paid else OrderStatus.CANCELLED_UNPAID
    return _STATUS.get(raw, OrderStatus.UNKNOWN)


def _line(row: Row) -> OrderLine:
    raw_status = row.text("status")
    paid_at = row.instant("paid_at")
    return OrderLine(
        platform=PLATFORM,
        order_id=row.identifier("order_id"),
        line_id=row.identifier("line_id"),
        product_id=row.identifier("product_id"),
        product_name=row.text("product_name"),
        sku=row.text("sku"),
        quantity=row.pieces("quantity"),
        unit_price_fen=row.fen("unit_price"),
        payable_fen=row.owed_fen("payable"),
        freight_fen=row.fen("freight") or 0,
        discounts=Discounts(
            total_fen=row.fen("discount_total"),
            platform_fen=row.fen("discount_platform"),
            shop_fen=row.fen("discount_shop"),
            author_fen=row.fen("discount_author"),
            payment_fen=row.fen("discount_payment"),
            red_packet_fen=row.fen("discount_red_packet"),
        ),
        raw_status=raw_status,
        status=status(raw_status, paid=paid_at is not None),
        after_sale=row.text("after_sale"),
        created_at=row.needed_instant("created_at"),
        paid_at=paid_at,
        author_id=row.text("author_id"),
        author_name=row.text("author_name"),
        room_id=row.text("room_id"),
        row=row.number,
    )


FORMAT = Format(platform=PLATFORM, headings=HEADINGS, required=REQUIRED, line=_line)
