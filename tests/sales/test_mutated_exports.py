"""Exports that came to harm: told as Problems, never as a traceback, and never imported in part."""

import csv
import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from studio.errors import OrderFileRejected
from studio.sales.imports import import_orders
from studio.sales.sandbox.doudian_columns import HEADINGS
from studio.store.database import open_database
from studio.store.orders import order_lines
from studio.store.studio_tables import migrations
from tests.sales.evening import END, write_evening
from tests.store.test_orders import ALWAYS

Table = list[list[str]]
Harm = Callable[[random.Random, Table], None]

NUMBERS = ("主订单编号", "子订单编号", "商品ID")
AMOUNTS = ("订单应付金额", "运费", "商品单价", "优惠总金额")
TIMES = ("订单提交时间", "支付完成时间")
NEEDED = (*NUMBERS, "选购商品", "商品数量", "订单应付金额", "运费", *TIMES, "订单状态")


def cell(*headings: str, to: tuple[str, ...]) -> Harm:
    def harm(dice: random.Random, table: Table) -> None:
        dice.choice(table[1:])[HEADINGS.index(dice.choice(headings))] = dice.choice(to)

    return harm


def heading_lost(dice: random.Random, table: Table) -> None:
    table[0][HEADINGS.index(dice.choice(NEEDED))] = dice.choice(("", "不知道", "Order"))


def column_lost(dice: random.Random, table: Table) -> None:
    place = HEADINGS.index(dice.choice(NEEDED))
    for row in table:
        del row[place]


def headings_lost(_dice: random.Random, table: Table) -> None:
    del table[0]


def row_short(dice: random.Random, table: Table) -> None:
    del dice.choice(table[1:])[dice.randrange(len(HEADINGS)) :]
    table[:] = [row or ["", "x"] for row in table]  # a row cut to nothing is blank, and blank is no harm


def row_shifted(dice: random.Random, table: Table) -> None:
    dice.choice(table[1:]).insert(dice.randrange(30), "")


def row_twice_and_different(dice: random.Random, table: Table) -> None:
    copy = list(dice.choice(table[1:]))
    copy[HEADINGS.index("商品数量")] = "77"
    table.insert(dice.randrange(1, len(table)), copy)


HARMS: dict[str, Harm] = {
    "number lost": cell(*NUMBERS, to=("", "-", "\t", "'")),
    "number rounded": cell(*NUMBERS, to=("6.91793E+18", "6.9e18", "7E+10")),
    "several numbers in one": cell(*NUMBERS, to=("1;2", "1,2", "1\n2", "1 2")),
    "amount is none": cell(*AMOUNTS, to=("abc", "1.3.4", "1,28.00", "NaN", "inf", "１２", "0x10", "#REF!", "1 000.00")),
    "amount too fine": cell(*AMOUNTS, to=("1.001", "0.0000001", "9.999")),
    "amount negative": cell(*AMOUNTS, to=("-1.00", "(5.00)", "−3")),
    "amount absurd": cell(*AMOUNTS, to=("9" * 30, "9" * 5000, "99999999999999.00")),
    "amount owed lost": cell("订单应付金额", to=("", "-")),
    "count is none": cell("商品数量", to=("0", "-2", "1.0", "two", "", "9" * 40)),
    "time is none": cell(*TIMES, to=("2026-13-01 00:00:00", "2026-11-23 20:61:00", "45983.8", "now", "2026-11-23")),
    "time lost": cell("订单提交时间", to=("", "-")),
    "heading lost": heading_lost,
    "headings lost": headings_lost,
    "column lost": column_lost,
    "row short": row_short,
    "row shifted": row_shifted,
    "row twice and different": row_twice_and_different,
}


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Table:
    path = write_evening(tmp_path_factory.mktemp("export"), orders=12)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.reader(file) if row]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "studio.db", migrations)
    yield opened
    opened.close()


def written(path: Path, table: Table) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(table)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


def test_the_table_itself_is_sound(database: Database, tmp_path: Path, table: Table) -> None:
    assert import_orders(database, written(tmp_path / "orders.csv", table), END).count.new == len(table) - 1


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_a_harmed_export_is_refused_whole(database: Database, tmp_path: Path, table: Table, harm: Harm) -> None:
    dice = random.Random(20261123)
    for _time in range(12):  # 17 harms, 204 files
        harmed = [list(row) for row in table]
        harm(dice, harmed)
        with pytest.raises(OrderFileRejected) as rejected:
            import_orders(database, written(tmp_path / "orders.csv", harmed), END)
        assert rejected.value.problems
    assert list(order_lines(database, *ALWAYS)) == []
    assert database["source_files"].count == 0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_random_harm_to_bytes_imports_all_or_nothing(database: Database, tmp_path: Path, encoding: str) -> None:
    source = write_evening(tmp_path, orders=6).read_text(encoding="utf-8-sig")
    whole = source.encode(encoding)
    dice = random.Random(7)
    outcomes = {"imported": 0, "refused": 0}
    for index in range(100):
        content = bytearray(whole)
        for _time in range(dice.randrange(1, 6)):
            place, length = dice.randrange(len(content)), dice.choice((0, 1, 1, 2, 200))
            content[place : place + length] = dice.randbytes(dice.choice((0, 1, 1, 3)))
        path = tmp_path / f"orders-{index}.csv"
        path.write_bytes(content)
        before = list(database.query("SELECT * FROM order_lines"))
        try:
            import_orders(database, path, END)
            outcomes["imported"] += 1
        except OrderFileRejected as rejected:
            assert rejected.problems
            assert list(database.query("SELECT * FROM order_lines")) == before
            outcomes["refused"] += 1
    assert outcomes["refused"] > 20
