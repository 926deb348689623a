"""The tables of ``.studio/studio.db``, everything but the as-run log: order lines and the files they came from."""

from sqlite_utils import Database, Migrations

migrations = Migrations("studio")


@migrations()
def m001_order_lines(db: Database) -> None:
    """Order lines by platform and sub-order, and one row for each file they came from; money in fen, times in ms."""
    db.create_table(
        "source_files",
        {"id": int, "sha256": str, "name": str, "rows": int, "imported_ms": int},
        pk="id",
        not_null={"sha256", "name", "rows", "imported_ms"},
        strict=True,
    )
    db.table("source_files").create_index(["sha256"], unique=True)
    db.create_table(
        "order_lines",
        {
            "platform": str,
            "line_id": str,
            "order_id": str,
            "product_id": str,
            "product_name": str,
            "sku": str,
            "quantity": int,
            "unit_price_fen": int,
            "payable_fen": int,
            "freight_fen": int,
            "discount_total_fen": int,
            "discount_platform_fen": int,
            "discount_shop_fen": int,
            "discount_author_fen": int,
            "discount_payment_fen": int,
            "discount_red_packet_fen": int,
            "raw_status": str,
            "status": str,
            "after_sale": str,
            "created_ms": int,
            "paid_ms": int,
            "author_id": str,
            "author_name": str,
            "room_id": str,
            "source_row": int,
            "source": int,
        },
        pk=("platform", "line_id"),
        not_null={"order_id", "product_id", "quantity", "payable_fen", "freight_fen", "raw_status", "status"}
        | {"created_ms", "source_row", "source"},
        foreign_keys=[("source", "source_files", "id")],
        strict=True,
    )
    db.table("order_lines").create_index(["created_ms"])
