"""One evening of a made-up shop, and single rows of its export, for the tests of this room."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from studio.model.runsheet import Product
from studio.model.sales import Discounts, OrderLine, OrderStatus
from studio.sales.sandbox.doudian_columns import HEADINGS
from studio.sales.sandbox.doudian_export import ProductMoment, export_name, write_export

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 11, 23, 20, 0, tzinfo=ZONE)
END = START + timedelta(hours=2)
BERRY = Product("berry", "沙棘原浆 30ml*10", 9900, platform_ids=("3650000000000000001",))
BEANS = Product("beans", "红芸豆 5斤", 4580, platform_ids=("3650000000000000002",))
LAMB = Product("lamb", "柏籽羊肉 2斤", 16_800)
MOMENTS = tuple(
    ProductMoment(product, START + timedelta(minutes=minute), START + timedelta(minutes=minute + 15))
    for product, minute in ((BERRY, 5), (BEANS, 25), (LAMB, 45), (BERRY, 70))
)


def write_evening(folder: Path, *, seed: int = 7, orders: int = 60, encoding: str = "utf-8-sig") -> Path:
    """A made-up export of the evening; the path it was written to."""
    path = folder / export_name(seed)
    write_export(path, seed=seed, moments=MOMENTS, start=START, end=END, orders=orders, encoding=encoding)
    return path


ROW = {
    "主订单编号": "\t6917926768823643751",
    "子订单编号": "\t6917926768823643752",
    "选购商品": "\t沙棘原浆",
    "商品数量": "1",
    "商品ID": "\t3650000000000000001",
    "订单应付金额": "99.00",
    "运费": "0.00",
    "订单提交时间": "2026-11-23 20:10:00",
    "支付完成时间": "2026-11-23 20:10:30",
    "订单状态": "待发货",
    "售后状态": "-",
}


def rows_text(*rows: Mapping[str, str], headings: Sequence[str] = HEADINGS) -> str:
    """A CSV file of ``ROW`` with these cells changed, one row each."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings)
    for row in rows:
        cells = {**ROW, **row}
        writer.writerow([cells.get(heading, "-") for heading in headings])
    return text.getvalue()


def write_rows(folder: Path, *rows: Mapping[str, str], headings: Sequence[str] = HEADINGS) -> Path:
    """Such a file on disk, in UTF-8."""
    path = folder / "orders.csv"
    path.write_text(rows_text(*rows, headings=headings), encoding="utf-8", newline="")
    return path


def line(
    line_id: str = "1",
    *,
    order_id: str = "",
    product_id: str = "p",
    at: datetime = START,
    paid: bool = True,
    fen: int = 100,
    freight_fen: int = 0,
    quantity: int = 1,
    room_id: str = "",
    raw_status: str = "待发货",
) -> OrderLine:
    """An order line; what a test does not name is plain."""
    return OrderLine(
        platform="doudian",
        order_id=order_id or f"order {line_id}",
        line_id=line_id,
        product_id=product_id,
        product_name=f"product {product_id}",
        sku="",
        quantity=quantity,
        payable_fen=fen,
        freight_fen=freight_fen,
        raw_status=raw_status,
        status=OrderStatus.PAID if paid else OrderStatus.UNPAID,
        created_at=at,
        paid_at=at + timedelta(seconds=20) if paid else None,
        discounts=Discounts(total_fen=0),
        room_id=room_id,
    )
