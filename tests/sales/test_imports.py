"""A file into the store: the same figures as the file's, all or nothing, and nobody's personal data."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from studio.errors import OrderFileRejected
from studio.sales.files import doudian_orders
from studio.sales.imports import import_orders
from studio.sales.metrics import totals
from studio.sales.sandbox.doudian_columns import PERSONAL
from studio.store.database import open_database
from studio.store.orders import order_lines
from studio.store.studio_tables import migrations
from tests.sales import oracle
from tests.sales.evening import END, START, write_evening, write_rows
from tests.store.test_orders import ALWAYS


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "store" / "studio.db", migrations)
    yield opened
    opened.close()


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_totals_of_the_store_are_those_of_the_file(
    database: Database, tmp_path: Path, seed: int, encoding: str
) -> None:
    path = write_evening(tmp_path, seed=seed, encoding=encoding)
    import_orders(database, path, END)
    found = totals(order_lines(database, *ALWAYS))
    expected = oracle.sums(oracle.sales(path, encoding))
    assert {name: getattr(found, name) for name in expected} == expected
    assert expected["paid_fen"] > 0


def test_totals_of_the_file_need_no_store(tmp_path: Path) -> None:
    path = write_evening(tmp_path)
    found = totals(doudian_orders.read(path))
    expected = oracle.sums(oracle.sales(path))
    assert {name: getattr(found, name) for name in expected} == expected


def test_a_second_import_of_the_file_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = write_evening(tmp_path)
    first = import_orders(database, path, END)
    second = import_orders(database, path, END)
    assert first.count.new == second.count.unchanged == first.source.rows
    assert (second.count.new, second.count.changed) == (0, 0)


def test_one_bad_row_among_many_keeps_all_out(database: Database, tmp_path: Path) -> None:
    good = [{"子订单编号": str(index)} for index in range(50)]
    with pytest.raises(OrderFileRejected):
        import_orders(database, write_rows(tmp_path, *good, {"子订单编号": "x", "运费": "x"}), END)
    assert list(order_lines(database, *ALWAYS)) == []


def test_no_personal_text_reaches_the_files_of_the_store(database: Database, tmp_path: Path) -> None:
    path = write_evening(tmp_path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        personal = {
            row[heading].strip() for row in csv.DictReader(file) for heading in PERSONAL if (row[heading] or "-") != "-"
        }
    assert len(personal) > 100
    import_orders(database, path, END)
    files = [found for found in (tmp_path / "store").rglob("*") if found.is_file()]
    content = b"".join(found.read_bytes() for found in files)
    assert "沙棘原浆".encode() in content  # the search would find what is there, write-ahead log included
    assert [text for text in personal if text.encode() in content] == []


def test_the_lines_of_the_session_are_read_by_time(database: Database, tmp_path: Path) -> None:
    path = write_evening(tmp_path)
    import_orders(database, path, END)
    inside = {row.line for row in oracle.sales(path) if START <= row.created < END}
    assert {line.line_id for line in order_lines(database, START, END)} == inside
    assert 0 < len(inside) < len(oracle.sales(path))
