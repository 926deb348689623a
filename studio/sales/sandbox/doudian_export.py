"""Writes made-up order exports as 抖店 writes real ones, mess included: material for demo and tests, never sales."""

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Literal

from studio.model.runsheet import Product
from studio.model.sales import PLATFORM_ZONE
from studio.sales.sandbox import doudian_columns as columns

MARK = "演示数据"
"""Stands in the file's name and in three columns of every row."""


@dataclass(frozen=True, slots=True)
class ProductMoment:
    """A product and when it was explained on air; aware instants, ``end`` not before ``start``."""

    product: Product
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class _Goods:
    product_id: str
    name: str
    price_fen: int


@dataclass(frozen=True, slots=True)
class _Order:
    created: datetime
    goods: tuple[_Goods, ...]
    fate: Literal["paid", "unpaid", "cancelled", "refunding", "refunded"]


# Sold in the same shop, but in no line-up; the last is dear enough for a thousands separator, and rarely bought.
_OTHERS = (
    _Goods("9900000000000000902", "岢岚小米 5斤", 3_990),
    _Goods("9900000000000000903", "胡麻油 2.5升", 8_850),
    _Goods("9900000000000000904", "莜面 5斤", 2_590),
    _Goods("9900000000000000905", "土豆粉条 3斤", 1_990),
    _Goods("9900000000000000901", "柏籽羊整羊礼盒", 128_000),
)
_CHEAP = _OTHERS[:-1]


def export_name(seed: int) -> str:
    """A file name that says what the file is."""
    return f"{MARK}_抖店订单导出_{seed}.csv"


def product_id(product: Product) -> str:
    """The id an export carries for ``product``: its first one on a platform, else one made of its own id."""
    if product.platform_ids:
        return product.platform_ids[0]
    return f"99{int.from_bytes(product.id.encode(), 'big') % 10**17:017}"


def write_export(
    path: Path,
    *,
    seed: int,
    moments: Sequence[ProductMoment],
    start: datetime,
    end: datetime,
    orders: int,
    encoding: Literal["utf-8-sig", "gb18030"] = "utf-8-sig",
) -> None:
    """Write ``orders`` made-up main orders around a session from ``start`` to ``end`` (aware) to ``path``.

    Most follow an explanation, within 1.3 times its length; about one in ten is of a product outside the line-up,
    one in ten from two hours before the session or after it; some are unpaid, cancelled or in after-sale, and some
    have two lines. The same arguments give the same bytes. Raises ValueError where the name does not say 演示数据.
    """
    if MARK not in path.name:
        raise ValueError(f"a made-up export must say {MARK} in its name, like {export_name(seed)}")
    dice = random.Random(seed)
    start, end = start.astimezone(PLATFORM_ZONE), end.astimezone(PLATFORM_ZONE)
    made = sorted(
        (_order(dice, index, moments, start, end) for index in range(orders)), key=lambda order: order.created
    )
    # Numbers differ from session to session, as real ones do: a second demo must not overwrite the orders of the first.
    shop = int.from_bytes(sha256(f"{seed} {start.isoformat()}".encode()).digest()[:8]) % 10**10
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns.HEADINGS)
        for index, order in enumerate(made):
            for row in _rows(dice, f"99{shop:010}{index:05}", order):
                writer.writerow([row.get(heading, "-") for heading in columns.HEADINGS])
        writer.writerow([])  # the platform's own files end in a blank row now and then


def _order(dice: random.Random, index: int, moments: Sequence[ProductMoment], start: datetime, end: datetime) -> _Order:
    # Kinds are dealt in turn, so that even a short file holds each of them.
    kind = index % 10
    if kind == 3 or not moments:
        goods, created = _OTHERS[index // 10 % len(_OTHERS)], _between(dice, start, end)
    else:
        moment = moments[dice.randrange(len(moments))]
        goods = _Goods(product_id(moment.product), moment.product.name, moment.product.live_price_fen)
        created = _after(dice, moment)
        if kind == 6:
            before = timedelta(seconds=dice.randrange(1, 7200))
            created = start - before if index // 10 % 2 else end + before
    both = (goods, _CHEAP[dice.randrange(len(_CHEAP))]) if kind in (2, 8) else (goods,)
    fates: dict[int, Literal["unpaid", "cancelled", "refunding", "refunded"]]
    fates = {4: "unpaid", 9: "cancelled", 14: "refunding", 19: "refunded"}
    return _Order(_whole(created), both, fates.get(index % 20, "paid"))


def _after(dice: random.Random, moment: ProductMoment) -> datetime:
    # Buyers decide after the price is said, most while the product is still shown, some a little later.
    start, end = moment.start.astimezone(PLATFORM_ZONE), moment.end.astimezone(PLATFORM_ZONE)
    length = (end - start).total_seconds()
    return start + timedelta(seconds=length * 1.3 * dice.betavariate(2.0, 2.6))


def _between(dice: random.Random, start: datetime, end: datetime) -> datetime:
    return start + (end - start) * dice.random()


def _whole(moment: datetime) -> datetime:
    """The export's whole second, rounded up so that no order comes before what made it."""
    return moment.replace(microsecond=0) + timedelta(seconds=1) if moment.microsecond else moment


def _rows(dice: random.Random, number: str, order: _Order) -> list[dict[str, str]]:
    paid = order.fate not in ("unpaid", "cancelled")
    paid_at = order.created + timedelta(seconds=dice.randrange(3, 90)) if paid else None
    freight = dice.choice((0, 0, 0, 600, 1200))
    buyer = columns.buyer(dice)
    state, after_sale, cancelled_for = columns.FATES[order.fate]
    rows = []
    for place, goods in enumerate(order.goods):
        quantity = dice.choice((1, 1, 1, 2, 2, 3))
        price = goods.price_fen * quantity
        discount = min(dice.choice((0, 0, 0, 500, 1000)), price // 2)
        rows.append(
            {
                **columns.FIXED,
                **buyer,
                "主订单编号": f"\t{number}01",
                "子订单编号": f"\t{number}{place + 1:02}",
                "选购商品": f"\t{goods.name}",
                "商品规格": dice.choice(("默认", "礼盒装 ", "500g*2 ")),
                "商品数量": str(quantity),
                "商品ID": f"\t{goods.product_id}",
                "商品单价": _yuan(goods.price_fen),
                "订单应付金额": _yuan(price - discount),
                "运费": _yuan(freight),
                "优惠总金额": _yuan(discount),
                "商家优惠": _yuan(discount),
                "订单提交时间": _time(order.created),
                "支付完成时间": "-" if paid_at is None else _time(paid_at),
                "订单状态": state,
                "售后状态": after_sale,
                "取消原因": cancelled_for,
                "商家备注": MARK,
                "仓库名称": MARK,
                "发货主体": f"岢岚县直播基地（{MARK}）",
            }
        )
    return rows


def _yuan(fen: int) -> str:
    return f"{Decimal(fen) / 100:,.2f}"


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")
