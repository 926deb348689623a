"""Order lines in ``.studio/studio.db``: taken in whole files, each in one transaction, and read by time."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlite_utils import Database as Database  # told on by name, so that no other room names the library

from studio.model.figures import SourceFile
from studio.model.sales import PLATFORM_ZONE, Discounts, ImportCount, OrderLine, OrderStatus

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEY = ("platform", "line_id")
_FACTS = (
    *("order_id", "product_id", "product_name", "sku", "quantity", "unit_price_fen", "payable_fen", "freight_fen"),
    *("discount_total_fen", "discount_platform_fen", "discount_shop_fen", "discount_author_fen"),
    *("discount_payment_fen", "discount_red_packet_fen", "raw_status", "status", "after_sale"),
    *("created_ms", "paid_ms", "author_id", "author_name", "room_id"),
)
_COLUMNS = (*_KEY, *_FACTS, "source_row")
_STAGE = "temp.incoming_order_lines"


def save_order_lines(
    database: Database, lines: Iterable[OrderLine], source: Callable[[], SourceFile], imported_at: datetime
) -> ImportCount:
    """Take in one file's lines, all or none; ``source`` is asked once ``lines`` is exhausted, ``imported_at`` is aware.

    A file known by its SHA-256 changes nothing. Of another one, lines unknown so far are new, and known ones change
    where a fact differs: the file taken in last is right. Whatever ``lines`` raises is passed on, and nothing is kept.
    """
    try:
        # Lines wait in a temporary table, so that reading a long file never holds the database's one write lock.
        database.execute(
            f"CREATE TEMP TABLE incoming_order_lines ({', '.join(_COLUMNS)}, PRIMARY KEY (platform, line_id))"
        )
        with database.atomic():
            insert = f"INSERT INTO {_STAGE} VALUES ({', '.join(f':{column}' for column in _COLUMNS)})"
            for line in lines:
                database.execute(insert, _row(line))
        with database.atomic():
            return _merge(database, source(), imported_at)
    finally:
        database.execute(f"DROP TABLE IF EXISTS {_STAGE}")


def order_lines(database: Database, start: datetime, end: datetime) -> Iterator[OrderLine]:
    """Lines submitted from ``start`` to before ``end`` (aware), by time, then platform and sub-order."""
    columns = ", ".join(_COLUMNS)
    for row in database.query(
        f"SELECT {columns} FROM order_lines WHERE created_ms >= ? AND created_ms < ? "
        "ORDER BY created_ms, platform, line_id",
        (_ms(start), _ms(end)),
    ):
        yield _line(row)


def source_files(database: Database, start: datetime, end: datetime) -> tuple[SourceFile, ...]:
    """The files that lines submitted from ``start`` to before ``end`` now stand by, in the order they were taken in."""
    found = database.query(
        "SELECT name, sha256, rows FROM source_files WHERE id IN "
        "(SELECT source FROM order_lines WHERE created_ms >= ? AND created_ms < ?) ORDER BY id",
        (_ms(start), _ms(end)),
    )
    return tuple(SourceFile(**row) for row in found)


def _merge(database: Database, source: SourceFile, imported_at: datetime) -> ImportCount:
    # The first statement writes: a transaction that begins by reading is refused if another one writes in between.
    added = database.execute(
        "INSERT INTO source_files (sha256, name, rows, imported_ms) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (sha256) DO NOTHING",
        (source.sha256, source.name, source.rows, _ms(imported_at)),
    ).rowcount
    total = _number(database, f"SELECT count(*) AS n FROM {_STAGE}")
    if not added:
        return ImportCount(new=0, changed=0, unchanged=total)
    known = f"{_STAGE} AS incoming JOIN order_lines AS stored USING (platform, line_id)"
    differs = f"{_tuple('incoming')} IS NOT {_tuple('stored')}"
    kept = _number(database, f"SELECT count(*) AS n FROM {known}")
    changed = _number(database, f"SELECT count(*) AS n FROM {known} WHERE {differs}")
    columns = ", ".join(_COLUMNS)
    database.execute(
        f"INSERT INTO order_lines ({columns}, source) "
        f"SELECT {columns}, (SELECT id FROM source_files WHERE sha256 = ?) FROM {_STAGE} WHERE true "
        f"ON CONFLICT (platform, line_id) DO UPDATE SET "
        f"{', '.join(f'{column} = excluded.{column}' for column in (*_FACTS, 'source_row', 'source'))} "
        f"WHERE {_tuple('excluded')} IS NOT {_tuple('order_lines')}",
        (source.sha256,),
    )
    return ImportCount(new=total - kept, changed=changed, unchanged=kept - changed)


def _tuple(table: str) -> str:
    return f"({', '.join(f'{table}.{column}' for column in _FACTS)})"


def _number(database: Database, sql: str) -> int:
    return int(next(iter(database.query(sql)))["n"])


def _ms(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _instant(milliseconds: int) -> datetime:
    return (_EPOCH + timedelta(milliseconds=milliseconds)).astimezone(PLATFORM_ZONE)


def _row(line: OrderLine) -> dict[str, Any]:
    return {
        "platform": line.platform,
        "line_id": line.line_id,
        "order_id": line.order_id,
        "product_id": line.product_id,
        "product_name": line.product_name,
        "sku": line.sku,
        "quantity": line.quantity,
        "unit_price_fen": line.unit_price_fen,
        "payable_fen": line.payable_fen,
        "freight_fen": line.freight_fen,
        "discount_total_fen": line.discounts.total_fen,
        "discount_platform_fen": line.discounts.platform_fen,
        "discount_shop_fen": line.discounts.shop_fen,
        "discount_author_fen": line.discounts.author_fen,
        "discount_payment_fen": line.discounts.payment_fen,
        "discount_red_packet_fen": line.discounts.red_packet_fen,
        "raw_status": line.raw_status,
        "status": line.status.value,
        "after_sale": line.after_sale,
        "created_ms": _ms(line.created_at),
        "paid_ms": None if line.paid_at is None else _ms(line.paid_at),
        "author_id": line.author_id,
        "author_name": line.author_name,
        "room_id": line.room_id,
        "source_row": line.row,
    }


def _line(row: dict[str, Any]) -> OrderLine:
    discounts = {name.removeprefix("discount_"): row.pop(name) for name in _FACTS if name.startswith("discount_")}
    created_ms, paid_ms = row.pop("created_ms"), row.pop("paid_ms")
    return OrderLine(
        **{name: value for name, value in row.items() if name not in ("status", "source_row")},
        status=OrderStatus(row["status"]),
        discounts=Discounts(**discounts),
        created_at=_instant(created_ms),
        paid_at=None if paid_ms is None else _instant(paid_ms),
        row=row["source_row"],
    )
