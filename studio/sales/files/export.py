"""An order export read by its format's table of headings: mistakes become Problems, unnamed columns are not read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from unicodedata import normalize

from studio.errors import OrderFileRejected
from studio.i18n import _
from studio.model.figures import SourceFile
from studio.model.problem import Problem
from studio.model.sales import PLATFORM_ZONE, OrderLine
from studio.sales.files import cells
from studio.sales.files.records import Records
from studio.sales.files.rounding import WATCHED, Rounding

MOST_PROBLEMS = 200
_TOTALS = ("合计", "总计", "汇总")
_BLANK_TIME = datetime(2000, 1, 1, tzinfo=PLATFORM_ZONE)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Format:
    """One platform's order export: what it calls our fields, and how one of its rows becomes a line."""

    platform: str
    headings: Mapping[str, tuple[str, ...]]
    """Our field -> the headings that may hold it, the best first. A column named by none of them is never read."""
    required: frozenset[str]
    line: Callable[["Row"], OrderLine]


class Row:
    """One record by our field names. A cell that cannot be read is noted as a Problem, and a blank value returned."""

    def __init__(self, file: str, number: int, record: Sequence[str], columns: Mapping[str, tuple[int, str]]) -> None:
        self._file = file
        self._record = record
        self._columns = columns
        self.number = number
        self.problems: list[Problem] = []

    def text(self, field: str) -> str:
        """The cell as text; "" where empty or the file has no such column."""
        return self._read(field, cells.text, "")

    def identifier(self, field: str) -> str:
        """A number kept as text."""
        return self._read(field, cells.identifier, "")

    def pieces(self, field: str) -> int:
        """A count of one or more."""
        return self._read(field, cells.pieces, 0)

    def fen(self, field: str) -> int | None:
        """Yuan in fen; None where empty or the file has no such column."""
        return self._read(field, cells.fen, None)

    def owed_fen(self, field: str) -> int:
        """Yuan in fen; an empty cell is a Problem."""
        return self._read(field, cells.owed_fen, 0)

    def instant(self, field: str) -> datetime | None:
        """An aware instant; None where empty."""
        return self._read(field, lambda cell: cells.instant(cell, PLATFORM_ZONE), None)

    def needed_instant(self, field: str) -> datetime:
        """An aware instant; an empty cell is a Problem."""
        return self._read(field, lambda cell: cells.needed_instant(cell, PLATFORM_ZONE), _BLANK_TIME)

    def _read(self, field: str, read: Callable[[str], T | cells.Fault], blank: T) -> T:
        if field not in self._columns:
            return blank
        column, heading = self._columns[field]
        value = read(self._record[column])
        if not isinstance(value, cells.Fault):
            return value
        what = _("column {heading}: {what}").format(heading=heading, what=value.what)
        self.problems.append(Problem(self._file, self.number, column + 1, what, value.remedy))
        return blank


class OrderExport:
    """One order export: iterate it for its lines, then ask ``source``; each iteration reads the file anew.

    A sub-order that stands twice, identically, is given once. After the last row the iteration raises
    OrderFileRejected with every Problem found, so what takes the lines must take them in one transaction. Problems
    name the row as a spreadsheet counts it. Memory: one row, and a few dozen bytes a sub-order.
    """

    def __init__(self, path: Path, file_format: Format) -> None:
        self._path = path
        self._format = file_format
        self._problems: list[Problem] = []
        self._repeats: set[Problem] = set()
        self._rounding = Rounding()
        self._seen: dict[str, tuple[int, int]] = {}
        self._rows = 0
        self._unread = 0
        self._source: SourceFile | None = None

    @property
    def source(self) -> SourceFile:
        """The file's name, SHA-256 and rows of orders; only after the last line was taken."""
        if self._source is None:
            raise RuntimeError("an export is known only once it was read to its end")
        return self._source

    def __iter__(self) -> Iterator[OrderLine]:
        self._problems.clear()
        self._repeats.clear()
        self._rounding = Rounding()
        self._seen.clear()
        self._rows = 0
        self._unread = 0
        records = Records(self._path)
        try:
            yield from self._lines(iter(records))
        except OrderFileRejected as rejected:
            self._problems.extend(rejected.problems)
        except OSError as error:
            self._problem(
                0,
                0,
                _("the file cannot be read ({reason})").format(reason=error.strerror or type(error).__name__),
                _("check the path and that the file is not open elsewhere"),
            )
        if self._problems:
            raise OrderFileRejected(
                self._problems,
                _("{file} was not imported: {count} problem(s) found.").format(
                    file=self._path.name, count=len(self._problems)
                ),
                _("Correct what is named and import the file again; nothing of it was stored."),
            )
        self._source = SourceFile(self._path.name, records.sha256, self._rows)

    def _lines(self, records: Iterator[tuple[int, list[str]]]) -> Iterator[OrderLine]:
        number, headings = next(records, (0, []))
        if not headings:
            self._problem(0, 0, _("the file is empty"), _again())
            return
        columns = self._columns(number, headings)
        if self._problems:
            return
        try:
            yield from self._orders(records, columns, len(headings))
        finally:
            self._check_rounding(columns)
            if self._unread and len(self._problems) >= MOST_PROBLEMS:
                self._problem(self._unread, 0, _("too many problems: the rows from here on were not read"), _again())

    def _orders(
        self, records: Iterator[tuple[int, list[str]]], columns: Mapping[str, tuple[int, str]], width: int
    ) -> Iterator[OrderLine]:
        payable = 0
        for number, record in records:
            if len(self._problems) >= MOST_PROBLEMS:
                self._unread = number
                return
            if _is_totals(record, columns):
                self._check_totals(number, record, columns, payable)
                continue
            self._rows += 1
            if (line := self._line(number, record, columns, width)) is None:
                continue
            payable += line.payable_fen
            if self._first(line):
                yield line

    def _columns(self, number: int, headings: Sequence[str]) -> dict[str, tuple[int, str]]:
        where: dict[str, list[int]] = {}
        for index, heading in enumerate(headings):
            where.setdefault(_plain(heading), []).append(index)
        columns = {}
        for field, names in self._format.headings.items():
            name = next((name for name in names if name in where), None)
            if name is None:
                if field in self._format.required:
                    self._problem(
                        number,
                        0,
                        _("the column {heading} is missing").format(heading=names[0]),
                        _("choose that column when you export the orders, and import the new file"),
                    )
                continue
            if len(where[name]) > 1:
                self._problem(
                    number, where[name][1] + 1, _("the column {heading} stands twice").format(heading=name), _again()
                )
            columns[field] = (where[name][0], name)
        return columns

    def _line(
        self, number: int, record: list[str], columns: Mapping[str, tuple[int, str]], width: int
    ) -> OrderLine | None:
        if len(record) < width or any(cell.strip() for cell in record[width:]):
            self._problem(
                number,
                0,
                _("the row has {count} cells and the headings have {width}").format(count=len(record), width=width),
                _again(),
            )
            return None
        row = Row(str(self._path), number, record, columns)
        line = self._format.line(row)
        for field in WATCHED:
            self._rounding.see(field, getattr(line, field), number)
        self._problems.extend(row.problems)
        if row.problems:
            return None
        if line.paid_at is not None and line.paid_at < line.created_at:
            self._problem(number, columns["paid_at"][0] + 1, _("the order is paid before it was submitted"), _again())
            return None
        return line

    def _first(self, line: OrderLine) -> bool:
        # the hash stands for the line: a collision could only hide that two rows of one sub-order differ
        content = hash(replace(line, row=0))
        row, before = self._seen.setdefault(line.line_id, (line.row, content))
        if before != content:
            self._problem(
                line.row, 0, _("the sub-order stands in row {row} already, with other values").format(row=row), _again()
            )
            self._repeats.add(self._problems[-1])
        return row == line.row

    def _check_rounding(self, columns: Mapping[str, tuple[int, str]]) -> None:
        """One Problem for all columns that were rounded, in place of the sub-orders that became equal by it."""
        if not (rounded := self._rounding.columns()):
            return
        self._problems = [problem for problem in self._problems if problem not in self._repeats]
        field, row = min(rounded.items(), key=lambda found: (found[1], columns[found[0]]))
        what = _("a spreadsheet program has rounded the numbers of {headings}: all of them end in zeros").format(
            headings=", ".join(columns[field][1] for field in WATCHED if field in rounded)
        )
        problem = Problem(str(self._path), row, columns[field][0] + 1, what, cells.unspoilt())
        self._problems.insert(0, problem)

    def _check_totals(
        self, number: int, record: Sequence[str], columns: Mapping[str, tuple[int, str]], payable: int
    ) -> None:
        padded = [*record, *[""] * (columns["payable"][0] + 1 - len(record))]
        row = Row(str(self._path), number, padded, columns)
        stated = row.fen("payable")
        self._problems.extend(row.problems)
        if stated not in (None, payable) and not self._problems:
            self._problem(
                number, columns["payable"][0] + 1, _("the rows do not add up to the file's own total"), _again()
            )

    def _problem(self, row: int, column: int, what: str, remedy: str) -> None:
        self._problems.append(Problem(str(self._path), row, column, what, remedy))


def _again() -> str:
    return _("export the orders again and import that file as it is")


def _plain(heading: str) -> str:
    """A heading without what versions of the page put around it: spaces, marks of a must, the unit."""
    bare = "".join(normalize("NFKC", heading).split()).strip("*\ufeff'\"")
    return bare.removesuffix("(元)")


def _is_totals(record: Sequence[str], columns: Mapping[str, tuple[int, str]]) -> bool:
    """A row that says it is the total, in its first cell, and names no sub-order."""
    place = columns["line_id"][0]
    return record[0].strip().rstrip(":：") in _TOTALS and (
        place == 0 or not "".join(record[place : place + 1]).strip(" -")
    )
