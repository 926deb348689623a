"""The parts of a report, free of any format: what HTML shows now and other formats show later."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["text", "number", "money", "moment", "clock", "length", "late", "gap", "bytes", "code", "word"]
"""How a value is written: ``money`` is fen, ``length``, ``late`` and ``gap`` are milliseconds, ``clock`` an instant
without its date. ``late`` says late or early, ``gap`` prints the sign; a ``word`` is a short text
of ours that is never broken."""

Value = str | int | float | datetime | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One value; None is printed as not obtained, never as 0. ``figure`` is its path in ``figures.json``."""

    value: Value
    kind: Kind = "text"
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a section; ``anchor`` is its name within the document."""

    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader must not overlook: a caution, or what is missing; ``alarm`` stands above all else."""

    text: str
    tone: Literal["plain", "caution", "alarm"] = "plain"


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Highlights:
    """The few figures a reader looks for first, each with its name."""

    figures: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, one a row."""

    caption: str
    rows: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """The heading of a column, and whether it holds numbers, which stand at its right."""

    title: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; the first cell of a row is its name. ``sums`` are the rows below the line."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sums: tuple[tuple[Cell, ...], ...] = ()
    folded: bool = False
    """True where the table only repeats a figure in numbers and may be closed at first."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing as SVG; ``described`` says in words what it shows, for whoever cannot see it.

    ``narrow`` is the same drawing for a phone.
    """

    svg: str
    narrow: str
    caption: str
    described: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph as JPEG, and what it shows."""

    jpeg: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pictures side by side."""

    pictures: tuple[Picture, ...]


Block = Heading | Paragraph | Note | Items | Highlights | Facts | Table | Figure | Gallery


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report; ``made_at`` (aware) is the only thing in it that two runs on the same input may differ in."""

    title: str
    subtitle: str
    made_at: datetime
    blocks: tuple[Block, ...]
