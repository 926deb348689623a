"""Order lines in the store: taken in once, changed where they changed, all of a file or nothing."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from studio.model.figures import SourceFile
from studio.model.sales import Discounts, ImportCount, OrderLine, OrderStatus
from studio.store.database import open_database
from studio.store.orders import order_lines, save_order_lines, source_files
from studio.store.studio_tables import migrations
from tests.sales.evening import START, line

FIRST = SourceFile("first.csv", "1" * 64, 3)
SECOND = SourceFile("second.csv", "2" * 64, 3)
LATER = START + timedelta(days=1)
ALWAYS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "studio.db", migrations)
    yield opened
    opened.close()


def save(database: Database, *lines: OrderLine, source: SourceFile = FIRST) -> ImportCount:
    return save_order_lines(database, lines, lambda: source, LATER)


def stored(database: Database) -> list[OrderLine]:
    return list(order_lines(database, *ALWAYS))


def test_a_line_comes_back_as_it_went_in(database: Database) -> None:
    whole = replace(
        line("6917926768823643751", fen=128_000, freight_fen=600, quantity=2, room_id="73"),
        sku="500g*2",
        unit_price_fen=64_500,
        discounts=Discounts(1000, 1, 2, 3, 4, 5),
        raw_status="已关闭",
        status=OrderStatus.CLOSED_REFUNDED,
        after_sale="退款成功",
        author_id="9",
        author_name="主播",
        row=17,
    )
    save(database, whole)
    assert stored(database) == [whole]


def test_what_a_file_does_not_say_comes_back_as_none(database: Database) -> None:
    bare = replace(line(paid=False), discounts=Discounts(), unit_price_fen=None)
    save(database, bare)
    assert stored(database) == [bare]


def test_ids_stay_text_with_their_leading_zeros(database: Database) -> None:
    save(database, line("007", order_id="0", product_id="00"))
    assert [(found.line_id, found.order_id, found.product_id) for found in stored(database)] == [("007", "0", "00")]


def test_the_first_import_is_all_new(database: Database) -> None:
    assert save(database, line("1"), line("2")) == ImportCount(new=2, changed=0, unchanged=0)


def test_importing_twice_changes_nothing(database: Database) -> None:
    save(database, line("1"), line("2"))
    before = list(database.query("SELECT * FROM order_lines"))
    assert save(database, line("1"), line("2")) == ImportCount(new=0, changed=0, unchanged=2)
    assert list(database.query("SELECT * FROM order_lines")) == before
    assert source_files(database, *ALWAYS) == (FIRST,)


def test_a_newer_export_changes_only_what_changed(database: Database) -> None:
    save(database, line("1"), line("2"))
    count = save(database, line("2", raw_status="已发货"), line("3"), source=SECOND)
    assert count == ImportCount(new=1, changed=1, unchanged=0)
    assert [found.raw_status for found in stored(database)] == ["待发货", "已发货", "待发货"]


def test_the_same_line_in_another_row_of_another_file_is_unchanged(database: Database) -> None:
    save(database, replace(line("1"), row=2))
    assert save(database, replace(line("1"), row=9), source=SECOND) == ImportCount(new=0, changed=0, unchanged=1)
    assert stored(database)[0].row == 2


@pytest.mark.parametrize(
    "change",
    [
        {"paid_at": START + timedelta(hours=1)},
        {"paid_at": None},
        {"payable_fen": 99},
        {"unit_price_fen": 1},
        {"discounts": Discounts()},
        {"after_sale": "退款成功"},
        {"room_id": "5"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_fact_counts_as_a_change(database: Database, change: dict[str, object]) -> None:
    save(database, line("1"))
    changed = replace(line("1"), **change)
    assert save(database, changed, source=SECOND).changed == 1
    assert stored(database) == [changed]


def test_an_old_file_taken_in_again_does_not_undo_a_newer_one(database: Database) -> None:
    save(database, line("1"))
    save(database, line("1", raw_status="已发货"), source=SECOND)
    save(database, line("1"), source=FIRST)
    assert stored(database)[0].raw_status == "已发货"


def test_two_platforms_may_use_the_same_number(database: Database) -> None:
    save(database, line("1"), replace(line("1"), platform="kuaishou"))
    assert [found.platform for found in stored(database)] == ["doudian", "kuaishou"]


def test_a_source_that_breaks_off_leaves_nothing(database: Database) -> None:
    def breaking() -> Iterator[OrderLine]:
        yield line("1")
        raise KeyError("row 3")

    with pytest.raises(KeyError):
        save_order_lines(database, breaking(), lambda: FIRST, LATER)
    assert stored(database) == []
    assert source_files(database, *ALWAYS) == ()
    assert save(database, line("1")).new == 1


def test_reading_a_long_file_does_not_hold_the_write_lock(database: Database, tmp_path: Path) -> None:
    def slowly() -> Iterator[OrderLine]:
        yield line("1")
        other = sqlite3.connect(tmp_path / "studio.db", timeout=0)
        with other:
            other.execute("INSERT INTO source_files (sha256, name, rows, imported_ms) VALUES ('3', 'x', 0, 0)")
        other.close()
        yield line("2")

    assert save_order_lines(database, slowly(), lambda: FIRST, LATER).new == 2


def test_lines_are_read_from_the_start_to_before_the_end(database: Database) -> None:
    hour = timedelta(hours=1)
    save(database, *(line(str(index), at=START + index * hour) for index in range(4)))
    assert [found.line_id for found in order_lines(database, START + hour, START + 3 * hour)] == ["1", "2"]


def test_lines_are_read_in_the_order_they_were_submitted(database: Database) -> None:
    save(database, line("1", at=START + timedelta(seconds=1)), line("2"))
    assert [found.line_id for found in stored(database)] == ["2", "1"]


def test_the_files_behind_a_time_are_those_its_lines_stand_by(database: Database) -> None:
    save(database, line("1"), line("2", at=LATER))
    save(database, line("2", at=LATER, raw_status="已发货"), source=SECOND)
    assert source_files(database, START, START + timedelta(hours=1)) == (FIRST,)
    assert source_files(database, LATER, LATER + timedelta(hours=1)) == (SECOND,)


def test_money_that_is_no_whole_number_is_refused_by_the_table(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        save(database, replace(line("1"), payable_fen=99.5))
    assert stored(database) == []
