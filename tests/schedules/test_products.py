"""Products as people write them."""

import pytest

from studio.model.problem import Problem
from studio.model.runsheet import Product
from studio.schedules.products import read_products
from studio.workspace.reading import parse
from studio.workspace.source import Source

pytestmark = pytest.mark.usefixtures("english")


def source(text: str) -> Source:
    found, problems = parse("schedules/products.yaml", text.encode())
    assert found is not None
    assert problems == ()
    return found


def only(text: str) -> Problem:
    (problem,) = read_products(source(text))[1]
    return problem


JUICE = """products:
  - id: juice
    name: 沙棘原浆
    daily_price: 59.90
    live_price: 49.90
    price_basis: 近30日成交价
    stock: 300
    link: 1
    points: [一, 二]
    evidence: [报告 1]
    platform_ids: [3600000000000010101, "36X"]
    trace: https://example.com/trace/1?batch=沙棘
"""


def test_a_product_is_read_whole() -> None:
    products, problems = read_products(source(JUICE))
    assert problems == []
    assert products["juice"] == Product(
        id="juice",
        name="沙棘原浆",
        live_price_fen=4990,
        daily_price_fen=5990,
        price_basis="近30日成交价",
        stock=300,
        link=1,
        points=("一", "二"),
        evidence=("报告 1",),
        platform_ids=("3600000000000010101", "36X"),
        trace="https://example.com/trace/1?batch=沙棘",
    )


def test_equal_prices_are_no_problem() -> None:
    assert read_products(source(JUICE.replace("49.90", "59.90")))[1] == []


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        pytest.param("49.90", "59.91", 5, "live price 59.91 is above the daily price 59.90", id="above the daily"),
        pytest.param("    live_price: 49.90\n", "", 2, "“live_price” is missing", id="no price"),
        pytest.param("    price_basis: 近30日成交价\n", "", 4, "where it can be checked", id="no basis"),
        pytest.param("stock: 300", "stock: -1", 7, "not a whole number", id="negative stock"),
        pytest.param("link: 1", "link: 0", 8, "out of range", id="link nought"),
        pytest.param("points: [一, 二]", "points: 一", 9, "must be a list", id="points no list"),
        pytest.param("points: [一, 二]", "points: [一, 2]", 9, "where text is expected", id="a point that is a number"),
        pytest.param("    name: 沙棘原浆\n", "    name: 沙棘原浆\n    weight: 3\n", 4, "unknown key", id="unknown key"),
        pytest.param('"36X"', '"3600000000000010101"', 11, "given twice", id="a platform id twice"),
        pytest.param("batch=沙棘", "batch=" + "长" * 200, 12, "characters", id="a trace too long for its code"),
        pytest.param("https://example.com/trace/1?batch=沙棘", "2611", 12, "text is expected", id="a trace as number"),
    ],
)
def test_a_mistake_is_one_problem_at_its_line(old: str, new: str, line: int, says: str) -> None:
    problem = only(JUICE.replace(old, new))
    assert problem.line == line
    assert says in problem.what


def test_an_id_given_twice_names_the_first_line() -> None:
    assert "first in line 2" in only(JUICE + "  - {id: juice, name: 又一个, live_price: 1}\n").what


def test_a_faulty_product_can_still_be_referred_to() -> None:
    assert source(JUICE.replace("49.90", "x")).ids("products") == {"juice"}
