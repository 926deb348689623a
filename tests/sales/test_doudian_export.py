"""The generator: the same bytes for the same arguments, every kind of mess, and marked as what it is."""

import csv
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from studio.sales.sandbox.doudian_columns import HEADINGS, PERSONAL
from studio.sales.sandbox.doudian_export import ProductMoment, product_id, write_export
from tests.sales import oracle
from tests.sales.evening import BERRY, END, LAMB, MOMENTS, START, write_evening


def rows(path: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    first = write_evening(tmp_path).read_bytes()
    assert write_evening(tmp_path).read_bytes() == first


def test_another_seed_gives_another_file(tmp_path: Path) -> None:
    assert write_evening(tmp_path, seed=1).read_bytes() != write_evening(tmp_path, seed=2).read_bytes()


def test_the_zone_of_the_arguments_does_not_matter(tmp_path: Path) -> None:
    here = write_evening(tmp_path).read_bytes()
    moments = [ProductMoment(m.product, m.start.astimezone(UTC), m.end.astimezone(UTC)) for m in MOMENTS]
    path = tmp_path / "演示数据.csv"
    write_export(path, seed=7, moments=moments, start=START.astimezone(UTC), end=END.astimezone(UTC), orders=60)
    assert path.read_bytes() == here


def test_it_has_the_exports_74_columns(tmp_path: Path) -> None:
    assert len(HEADINGS) == 74
    assert tuple(rows(write_evening(tmp_path))[0]) == HEADINGS


def test_both_encodings_tell_the_same(tmp_path: Path) -> None:
    utf8 = rows(write_evening(tmp_path))
    assert rows(write_evening(tmp_path, encoding="gb18030"), "gb18030") == utf8


def test_as_many_orders_as_asked_for(tmp_path: Path) -> None:
    assert len({row["主订单编号"] for row in rows(write_evening(tmp_path, orders=37))}) == 37


def test_every_sub_order_has_its_own_number(tmp_path: Path) -> None:
    found = [row["子订单编号"] for row in rows(write_evening(tmp_path))]
    assert len(set(found)) == len(found)


def test_another_session_of_the_same_seed_has_other_numbers(tmp_path: Path) -> None:
    first = {row["主订单编号"] for row in rows(write_evening(tmp_path))}
    path = tmp_path / "演示数据.csv"
    write_export(path, seed=7, moments=(), start=START + timedelta(days=1), end=END + timedelta(days=1), orders=60)
    assert not first & {row["主订单编号"] for row in rows(path)}


def test_every_row_says_that_it_is_made_up(tmp_path: Path) -> None:
    assert all("演示数据" in row["发货主体"] for row in rows(write_evening(tmp_path)))


def test_a_name_that_does_not_say_so_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="演示数据"):
        write_export(tmp_path / "orders.csv", seed=1, moments=MOMENTS, start=START, end=END, orders=1)
    assert list(tmp_path.iterdir()) == []


def test_the_mess_of_real_exports_is_there(tmp_path: Path) -> None:
    path = write_evening(tmp_path)
    content = path.read_bytes()
    found = rows(path)
    orders = [row["主订单编号"] for row in found]
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") > len(found)
    assert all(number.startswith("\t") for number in orders)
    assert any("," in row["订单应付金额"] for row in found)
    assert len(orders) > len(set(orders))
    assert {row["订单状态"] for row in found} == {"待发货", "待支付", "已关闭", "已发货"}
    assert {row["售后状态"] for row in found} == {"-", "售后处理中", "退款成功"}
    assert any("\n" in row["买家留言"] for row in found)
    assert any(row["商品规格"].endswith(" ") for row in found)


def test_freight_is_repeated_on_each_line_of_an_order(tmp_path: Path) -> None:
    freight: dict[str, set[str]] = {}
    for row in rows(write_evening(tmp_path)):
        freight.setdefault(row["主订单编号"], set()).add(row["运费"])
    assert all(len(values) == 1 for values in freight.values())
    assert {"0.00"} in freight.values()
    assert {"6.00"} in freight.values()


def test_personal_columns_hold_made_up_people(tmp_path: Path) -> None:
    for row in rows(write_evening(tmp_path)):
        assert all(row[heading] for heading in PERSONAL)
        assert row["收件人"].startswith("虚构")
        assert row["收件人手机号"].strip().startswith("100")


def test_most_orders_follow_an_explanation_and_none_precedes_it(tmp_path: Path) -> None:
    found = oracle.sales(write_evening(tmp_path, orders=200))
    windows = [(moment.start, moment.end + (moment.end - moment.start) * 0.3) for moment in MOMENTS]
    inside = [row for row in found if any(start <= row.created <= end for start, end in windows)]
    assert len(inside) > 0.75 * len(found)
    first = min(row.created for row in found if row.product == product_id(LAMB) and row.created > START)
    assert first >= MOMENTS[2].start


def test_orders_of_a_short_cue_follow_it_within_seconds(tmp_path: Path) -> None:
    path = tmp_path / "演示数据.csv"
    moment = ProductMoment(BERRY, START, START + timedelta(seconds=10))
    write_export(path, seed=3, moments=[moment], start=START, end=START + timedelta(seconds=60), orders=100)
    berry = [row.created - START for row in oracle.sales(path) if row.product == BERRY.platform_ids[0]]
    near = [gap for gap in berry if timedelta(0) <= gap <= timedelta(seconds=14)]
    assert len(near) == 80  # of a hundred, ten are of other products and ten of other hours


def test_some_orders_lie_before_and_after_the_session(tmp_path: Path) -> None:
    created = [row.created for row in oracle.sales(write_evening(tmp_path))]
    assert min(created) < START
    assert max(created) > END


def test_some_products_are_of_no_line_up(tmp_path: Path) -> None:
    products = {row.product for row in oracle.sales(write_evening(tmp_path))}
    assert len(products) > 3


def test_without_a_line_up_the_shop_still_sells(tmp_path: Path) -> None:
    path = tmp_path / "演示数据.csv"
    write_export(path, seed=1, moments=[], start=START, end=END, orders=10)
    assert len({row.order for row in oracle.sales(path)}) == 10


def test_a_file_of_no_orders_is_its_headings(tmp_path: Path) -> None:
    assert rows(write_evening(tmp_path, orders=0)) == []
