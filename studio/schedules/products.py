"""Reads schedules/products.yaml: what is sold, at which price, and what backs each claim."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, PlainValidator, ValidationInfo, field_validator

from studio.i18n import _
from studio.model.problem import Problem
from studio.model.runsheet import Product
from studio.workspace.fields import Fen, ForeignId, Id, Line, OptionalFen, refused, whole
from studio.workspace.listing import read_list
from studio.workspace.problems import Form
from studio.workspace.repeats import repeat
from studio.workspace.source import Source, TreePath

FILE = "schedules/products.yaml"


class ProductFile(Form):
    """The whole of products.yaml."""

    products: tuple[Any, ...] = Field(examples=["[]"])


class ProductRow(Form):
    """One entry of ``products:``; the daily price comes first since the live one is held against it."""

    id: Id = Field(examples=["sea-buckthorn-juice"])
    name: Line = Field(examples=["沙棘原浆 30ml×10 袋"])
    daily_price: OptionalFen = None
    live_price: Fen = Field(examples=["39.90"])
    price_basis: Line = ""
    stock: Annotated[int | None, PlainValidator(whole(0, 99_999_999))] = None
    link: Annotated[int | None, PlainValidator(whole(1, 999))] = None
    points: tuple[Line, ...] = ()
    evidence: tuple[Line, ...] = ()
    platform_ids: tuple[ForeignId, ...] = ()
    trace: Line = ""

    @field_validator("live_price")
    @classmethod
    def _not_above_daily(cls, live: int, known: ValidationInfo) -> int:
        daily = known.data.get("daily_price")
        if daily is not None and live > daily:
            raise refused(
                _("the live price {live} is above the daily price {daily}").format(live=yuan(live), daily=yuan(daily)),
                _("correct the one that is wrong"),
            )
        return live


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals, as people write it: 3990 is ``39.90``."""
    return f"{fen // 100}.{fen % 100:02}"


def read_products(source: Source) -> tuple[Mapping[str, Product], list[Problem]]:
    """The products by id; faulty ones are left out and are Problems."""
    forms, problems = read_list(ProductFile, ProductRow, source, "products")
    rows = [row for row, _row in source.rows(("products",))]
    problems += [found for row in rows for found in _basis(source, row)]
    problems += _shared_platform_ids(source, rows)
    return {form.id: _product(form) for _path, form in forms}, problems


def _product(form: ProductRow) -> Product:
    return Product(
        id=form.id,
        name=form.name,
        live_price_fen=form.live_price,
        daily_price_fen=form.daily_price,
        price_basis=form.price_basis,
        stock=form.stock,
        link=form.link,
        points=form.points,
        evidence=form.evidence,
        platform_ids=form.platform_ids,
        trace=form.trace,
    )


def _basis(source: Source, row: TreePath) -> list[Problem]:
    """A price that another is compared with must be true and provable (price rules, order 56, article 16)."""
    if source.at((*row, "daily_price")) is None or source.at((*row, "price_basis")) is not None:
        return []
    return [
        source.problem(
            (*row, "daily_price"),
            _("a daily price is compared with, and nothing says where it can be checked"),
            _("add a line such as: {example}").format(example="price_basis: 旗舰店近 30 日成交价"),
            key=True,
        )
    ]


def _shared_platform_ids(source: Source, rows: list[TreePath]) -> list[Problem]:
    """An order names a product by its platform's id only, so one id must not mean two products."""
    first: dict[str, TreePath] = {}
    problems: list[Problem] = []
    for row in rows:
        for path, _value in source.rows((*row, "platform_ids")):
            text = source.text(path)
            if text is not None and first.setdefault(text.strip(), path) != path:
                problems.append(repeat(source, path, source, first[text.strip()]))
    return problems
