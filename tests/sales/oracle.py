"""What an order export adds up to, computed from its prose alone: csv, Decimal, nothing of ours."""

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Sale:
    """One data row of the file, in yuan."""

    order: str
    line: str
    product: str
    quantity: int
    payable: Decimal
    freight: Decimal
    created: datetime
    paid: bool


def sales(path: Path, encoding: str = "utf-8-sig") -> list[Sale]:
    """The rows of a file without mistakes."""
    with path.open(encoding=encoding, newline="") as file:
        rows = [{key: (value or "").strip() for key, value in row.items()} for row in csv.DictReader(file)]
    return [
        Sale(
            order=row["主订单编号"],
            line=row["子订单编号"],
            product=row["商品ID"],
            quantity=int(row["商品数量"]),
            payable=Decimal(row["订单应付金额"].replace(",", "")),
            freight=Decimal(row["运费"].replace(",", "")),
            created=datetime.strptime(row["订单提交时间"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING),
            paid=row["支付完成时间"] != "-",
        )
        for row in rows
    ]


def sums(rows: list[Sale]) -> dict[str, int]:
    """The totals of some rows, money in fen."""
    paid = [row for row in rows if row.paid]
    freight: dict[str, Decimal] = {}
    for row in paid:
        freight[row.order] = max(freight.get(row.order, Decimal(0)), row.freight)
    return {
        "orders": len(freight),
        "lines": len(paid),
        "units": sum(row.quantity for row in paid),
        "paid_fen": int(sum((row.payable for row in paid), Decimal(0)) * 100),
        "freight_fen": int(sum(freight.values(), Decimal(0)) * 100),
        "submitted_fen": int(sum((row.payable for row in rows), Decimal(0)) * 100),
    }
