"""The 抖店 order export: what is read, what is refused, and in which words' place."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from studio.errors import OrderFileRejected
from studio.model.problem import Problem
from studio.model.sales import OrderLine, OrderStatus
from studio.sales.files.doudian_orders import HEADINGS as FIELDS
from studio.sales.files.doudian_orders import REQUIRED, read
from studio.sales.sandbox.doudian_columns import HEADINGS
from tests.sales.evening import ROW, rows_text, write_evening, write_rows


def only(path: Path) -> OrderLine:
    (found,) = read(path)
    return found


def problems(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(OrderFileRejected) as rejected:
        list(read(path))
    assert rejected.value.remedy
    assert all(problem.file == str(path) and problem.what and problem.remedy for problem in rejected.value.problems)
    return rejected.value.problems


def test_an_id_led_by_a_tab_is_text_without_it(tmp_path: Path) -> None:
    assert only(write_rows(tmp_path, {})).line_id == "6917926768823643752"


def test_an_id_led_by_an_apostrophe_is_text_without_it(tmp_path: Path) -> None:
    assert only(write_rows(tmp_path, {"子订单编号": "'6917926768823643752"})).line_id == "6917926768823643752"


def test_a_leading_zero_of_an_id_stays(tmp_path: Path) -> None:
    assert only(write_rows(tmp_path, {"商品ID": "\t007"})).product_id == "007"


def test_times_are_those_of_shanghai_wherever_the_venue_stands(tmp_path: Path) -> None:
    assert only(write_rows(tmp_path, {})).created_at == datetime(2026, 11, 23, 12, 10, tzinfo=UTC)


def test_a_dash_for_the_time_of_payment_is_unpaid(tmp_path: Path) -> None:
    found = only(write_rows(tmp_path, {"支付完成时间": "-", "订单状态": "待支付"}))
    assert (found.paid_at, found.paid, found.status) == (None, False, OrderStatus.UNPAID)


@pytest.mark.parametrize(
    ("raw", "paid", "expected"),
    [
        ("待支付", False, "unpaid"),
        ("待发货", True, "paid"),
        ("备货中", True, "paid"),
        ("部分发货", True, "part_shipped"),
        ("已发货", True, "shipped"),
        ("已签收", True, "received"),
        ("已完成", True, "finished"),
        ("已关闭", False, "cancelled_unpaid"),
        ("已关闭", True, "closed_refunded"),
        ("已取消", False, "cancelled_unpaid"),
    ],
)
def test_states_of_the_platform(tmp_path: Path, raw: str, paid: bool, expected: str) -> None:
    row = {"订单状态": raw, "支付完成时间": ROW["支付完成时间"] if paid else "-"}
    assert only(write_rows(tmp_path, row)).status == expected


def test_an_unknown_state_is_kept_in_its_own_words(tmp_path: Path) -> None:
    found = only(write_rows(tmp_path, {"订单状态": "待成团"}))
    assert (found.status, found.raw_status) == (OrderStatus.UNKNOWN, "待成团")


@pytest.mark.parametrize(
    ("cell", "fen"),
    [("1,280.00", 128000), ("0.10", 10), ("19.9", 1990), ("5", 500), (" ¥99.00 ", 9900), ("\t29.90", 2990), ("0", 0)],
)
def test_yuan_become_fen_exactly(tmp_path: Path, cell: str, fen: int) -> None:
    assert only(write_rows(tmp_path, {"订单应付金额": cell})).payable_fen == fen


def test_a_thousands_separator_in_a_count_is_read(tmp_path: Path) -> None:
    assert only(write_rows(tmp_path, {"商品数量": "1,200"})).quantity == 1200


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("订单应付金额", "12.345"),
        ("订单应付金额", "-5.00"),
        ("订单应付金额", "12,80"),
        ("订单应付金额", "1e3"),
        ("订单应付金额", "-"),
        ("订单应付金额", "十元"),
        ("订单应付金额", "99999999999999999999.00"),
        ("运费", "6.001"),
        ("运费", "-6"),
        ("商品单价", "abc"),
        ("平台优惠", "0.0001"),
        ("商品数量", "0"),
        ("商品数量", "-1"),
        ("商品数量", "1.5"),
        ("商品数量", ""),
        ("商品数量", "9" * 5000),
        ("主订单编号", ""),
        ("子订单编号", "-"),
        ("子订单编号", "6.91793E+18"),
        ("子订单编号", "691792;691793"),
        ("商品ID", ""),
        ("订单提交时间", ""),
        ("订单提交时间", "2026-11-31 20:00:00"),
        ("订单提交时间", "2026-11-23 25:00:00"),
        ("订单提交时间", "2026/11/23 20:10"),
        ("订单提交时间", "45983.84"),
        ("支付完成时间", "0001-01-01 00:00:00"),
        ("支付完成时间", "yesterday"),
        ("订单状态", "待\ufffd货"),
        ("选购商品", "沙\x00棘"),
    ],
)
def test_a_bad_cell_is_a_problem_with_its_row_column_and_heading(tmp_path: Path, heading: str, cell: str) -> None:
    (problem,) = problems(write_rows(tmp_path, {"子订单编号": "1"}, {"子订单编号": "2", heading: cell}))
    assert (problem.line, problem.column) == (3, HEADINGS.index(heading) + 1)
    assert heading in problem.what


def test_a_problem_never_repeats_the_cell(tmp_path: Path) -> None:
    (problem,) = problems(write_rows(tmp_path, {"订单应付金额": "张三 13800138000"}))
    said = problem.what + problem.remedy  # the path of a test may hold any number
    assert "张三" not in said
    assert "138" not in said


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    path = write_rows(tmp_path, {"订单应付金额": "x", "商品数量": "y"}, {"子订单编号": "2", "运费": "z"})
    assert [(problem.line, HEADINGS[problem.column - 1]) for problem in problems(path)] == [
        (2, "商品数量"),
        (2, "订单应付金额"),
        (3, "运费"),
    ]


def test_a_file_of_nothing_but_mistakes_ends_with_a_word_that_there_are_more(tmp_path: Path) -> None:
    found = problems(write_rows(tmp_path, *({"子订单编号": str(index), "运费": "x"} for index in range(500))))
    assert len(found) == 201
    assert found[-1].line == 202


@pytest.mark.parametrize("field", sorted(REQUIRED))
def test_a_missing_required_heading_is_named(tmp_path: Path, field: str) -> None:
    left = [heading for heading in HEADINGS if heading not in FIELDS[field]]
    (problem,) = problems(write_rows(tmp_path, {}, headings=left))
    assert problem.line == 1
    assert FIELDS[field][0] in problem.what


def test_optional_columns_may_be_missing(tmp_path: Path) -> None:
    names = [FIELDS[field][0] for field in REQUIRED]
    found = only(write_rows(tmp_path, {}, headings=names))
    assert (found.unit_price_fen, found.discounts.total_fen, found.after_sale, found.author_id) == (None, None, "", "")


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    forward = only(write_rows(tmp_path, {}))
    assert only(write_rows(tmp_path, {}, headings=HEADINGS[::-1])) == forward


def test_a_heading_with_its_unit_and_mark_is_known(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    text = rows_text({}).replace("订单应付金额", "*订单应付金额（元）", 1)
    path.write_text(text, encoding="utf-8", newline="")
    assert only(path).payable_fen == 9900


def test_a_heading_that_stands_twice_is_a_problem(tmp_path: Path) -> None:
    (problem,) = problems(write_rows(tmp_path, {}, headings=[*HEADINGS, "运费"]))
    assert "运费" in problem.what
    assert problem.column == 75


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_encodings_tell_the_same(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(rows_text({}).encode(encoding))
    assert only(path).product_name == "沙棘原浆"


def test_tabs_may_stand_for_commas(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        rows_text({"选购商品": "沙棘", "主订单编号": "1", "子订单编号": "2", "商品ID": "3"}).replace(",", "\t")
    )
    assert only(path).line_id == "2"


def test_lines_may_end_in_lf_alone(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(rows_text({}, {"子订单编号": "2"}).replace("\r\n", "\n").encode())
    assert len(list(read(path))) == 2


def test_blank_rows_are_passed_over_and_counted_as_rows(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    head, first, second, _end = rows_text({}, {"子订单编号": "2", "运费": "x"}).split("\r\n")
    path.write_text("\r\n".join((head, "", first, ",,,", second)), encoding="utf-8", newline="")
    (problem,) = problems(path)
    assert problem.line == 5


def test_a_line_break_inside_quotes_makes_no_row(tmp_path: Path) -> None:
    path = write_rows(tmp_path, {"买家留言": "一\n二\r\n三"}, {"子订单编号": "2", "运费": "x"})
    (problem,) = problems(path)
    assert problem.line == 3


def test_the_same_row_twice_counts_once(tmp_path: Path) -> None:
    export = read(write_rows(tmp_path, {}, {}))
    assert len(list(export)) == 1
    assert export.source.rows == 2


@pytest.mark.usefixtures("english")
def test_an_order_paid_before_it_was_submitted_is_a_problem(tmp_path: Path) -> None:
    late = {"子订单编号": "2", "支付完成时间": "2026-11-23 20:09:59"}
    (problem,) = problems(write_rows(tmp_path, {}, late))
    assert (problem.line, problem.column) == (3, HEADINGS.index("支付完成时间") + 1)
    assert problem.what == "the order is paid before it was submitted"


def test_an_order_paid_in_the_second_it_was_submitted_is_none(tmp_path: Path) -> None:
    found = only(write_rows(tmp_path, {"支付完成时间": ROW["订单提交时间"]}))
    assert found.paid_at == found.created_at


def rounded(number: str) -> dict[str, str]:
    """The numbers of a row as a spreadsheet program writes them: to fifteen digits."""
    return {"主订单编号": number, "子订单编号": number}


@pytest.mark.usefixtures("english")
def test_numbers_a_spreadsheet_has_rounded_are_one_problem_of_the_file(tmp_path: Path) -> None:
    # the first two were different sub-orders: as the same one they would contradict each other
    rows = (
        rounded("6917926768823640000"),
        rounded("6917926768823640000") | {"商品数量": "2"},
        rounded("6917926768823650000"),
    )
    (problem,) = problems(write_rows(tmp_path, *rows))
    assert (problem.line, problem.column) == (2, HEADINGS.index("主订单编号") + 1)
    assert "主订单编号, 子订单编号" in problem.what
    assert "spreadsheet" in problem.remedy


def test_rounded_numbers_by_the_hundred_are_still_one_problem(tmp_path: Path) -> None:
    rows = (rounded("6917926768823640000") | {"商品数量": str(count)} for count in range(1, 400))
    assert len(problems(write_rows(tmp_path, *rows))) == 1


def test_rounded_numbers_are_told_beside_what_else_is_wrong(tmp_path: Path) -> None:
    found = problems(write_rows(tmp_path, rounded("6917926768823640000") | {"运费": "x"}))
    assert [problem.column for problem in found] == [1, HEADINGS.index("运费") + 1]


def test_rounded_ids_of_products_are_a_problem_although_orders_are_sound(tmp_path: Path) -> None:
    (problem,) = problems(write_rows(tmp_path, {"商品ID": "3650123456789010000"}))
    assert problem.column == HEADINGS.index("商品ID") + 1


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param(("6917926768823640000", "6917926768823643752"), id="one ends so by chance"),
        pytest.param(("6917926768823643000", "6917926768823644000"), id="three zeros are no proof"),
        pytest.param(("69179267688236430000",), id="a spreadsheet keeps fifteen digits, not sixteen"),
        pytest.param(("691792676880000",), id="fifteen digits are kept whole"),
        pytest.param(("A917926768823640000",), id="no number"),
    ],
)
def test_other_numbers_that_end_in_zeros_are_read(tmp_path: Path, numbers: tuple[str, ...]) -> None:
    path = write_rows(tmp_path, *(rounded(number) for number in numbers))
    assert tuple(found.line_id for found in read(path)) == numbers


def test_two_different_rows_of_one_sub_order_are_a_problem(tmp_path: Path) -> None:
    (problem,) = problems(write_rows(tmp_path, {}, {"商品数量": "2"}))
    assert problem.line == 3
    assert "2" in problem.what


def test_a_totals_row_that_agrees_is_no_order(tmp_path: Path) -> None:
    total = {"主订单编号": "合计", "子订单编号": "", "商品ID": "", "订单提交时间": "", "订单应付金额": "198.00"}
    export = read(write_rows(tmp_path, {}, {"子订单编号": "2"}, total))
    assert [found.line_id for found in export] == ["6917926768823643752", "2"]
    assert export.source.rows == 2


def test_a_totals_row_that_disagrees_is_a_problem(tmp_path: Path) -> None:
    total = {"主订单编号": "合计", "子订单编号": "", "商品ID": "", "订单提交时间": "", "订单应付金额": "198.01"}
    (problem,) = problems(write_rows(tmp_path, {}, {"子订单编号": "2"}, total))
    assert problem.line == 4


def test_a_row_cut_off_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(rows_text({}, {"子订单编号": "2"})[:-30], encoding="utf-8", newline="")
    (problem,) = problems(path)
    assert problem.line == 3


def test_a_quotation_mark_left_open_swallows_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    head, first, second, _end = rows_text({}, {"子订单编号": "2"}).split("\r\n")
    path.write_text("\r\n".join((head, first[:-1] + '"-', second, "")), encoding="utf-8", newline="")
    (problem,) = problems(path)
    assert problem.line == 2


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\r\n,,,\r\n"])
@pytest.mark.usefixtures("english")
def test_an_empty_file_is_called_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    (problem,) = problems(path)
    assert (problem.line, problem.what) == (0, "the file is empty")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [";", "；", "，", "|"])
@pytest.mark.usefixtures("english")
def test_another_sign_between_the_cells_is_one_problem(tmp_path: Path, sign: str, encoding: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(rows_text({}).replace(",", sign).encode(encoding))
    (problem,) = problems(path)
    assert problem.what == f"the cells are parted by {sign} and not by commas"
    assert "CSV with commas" in problem.remedy


def test_such_a_sign_inside_a_cell_does_no_harm(tmp_path: Path) -> None:
    assert only(write_rows(tmp_path, {"选购商品": "沙棘;" * 200})).product_name == "沙棘;" * 200


@pytest.mark.parametrize("content", [b"\x00" * 99, b"<html>"])
def test_what_is_no_export_is_refused_heading_by_heading(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    found = problems(path)
    assert len(found) == len(REQUIRED)
    assert all(any(FIELDS[field][0] in problem.what for problem in found) for field in REQUIRED)


def test_wide_text_cut_in_half_a_letter_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(rows_text({}).encode("utf-16")[:-1])
    assert problems(path)


def test_a_workbook_is_refused_as_one(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(b"PK\x03\x04 and so on")
    (problem,) = problems(path)
    assert "CSV" in problem.what


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path / "missing.csv")
    assert problem.line == 0


def test_a_folder_is_a_problem(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path)
    assert problem.line == 0


def test_bytes_that_are_no_text_spoil_only_their_own_column(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(rows_text({"买家留言": "MESSAGE"}).encode().replace(b"MESSAGE", b"\xff\xfe\x80"))
    assert only(path).product_name == "沙棘原浆"


def test_bytes_that_are_no_text_in_a_column_that_is_read_are_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(rows_text({"选购商品": "NAME"}).encode().replace(b"NAME", b"\xff\xfe\x80"))
    (problem,) = problems(path)
    assert "选购商品" in problem.what


def test_the_source_is_the_files_name_hash_and_rows(tmp_path: Path) -> None:
    path = write_evening(tmp_path, orders=700)
    export = read(path)
    count = len(list(export))
    assert path.stat().st_size > 300_000  # longer than any buffer on the way
    assert export.source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (export.source.name, export.source.rows) == (path.name, count)


def test_lines_come_while_the_file_is_still_read(tmp_path: Path) -> None:
    path = write_rows(tmp_path, {}, *({"子订单编号": str(index), "运费": "x"} for index in range(2)))
    lines = iter(read(path))
    assert next(lines).line_id == "6917926768823643752"
    with pytest.raises(OrderFileRejected):
        next(lines)
