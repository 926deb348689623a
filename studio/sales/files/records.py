"""A delimited text file as records: encoding and delimiter told from its headings, SHA-256 taken in the same pass."""

import csv
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

from studio.errors import OrderFileRejected
from studio.i18n import _
from studio.model.problem import Problem

_PEEK = 1 << 16
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_OTHER_SIGNS = (";", "；", "，", "|")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class _Hashing(io.RawIOBase):
    """The bytes of a file, hashed as they are read."""

    def __init__(self, raw: io.FileIO) -> None:
        self._raw = raw
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # typeshed's Buffer
        count = self._raw.readinto(buffer) or 0
        self.digest.update(memoryview(buffer)[:count])
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class Records:
    """One pass over one file: iterate it once for (row, cells), then ask ``sha256``.

    Rows count records from 1 as a spreadsheet does, so a line break inside quotes makes no row of its own; blank
    records are counted and left out. Bytes that are not of the file's encoding come as lone surrogates, so that only
    the cell they stand in is spoilt. Raises OrderFileRejected with the one Problem where the file cannot be cut into
    records, and OSError where it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.sha256 = ""

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        hashing = _Hashing(self._path.open("rb", buffering=0))
        with io.BufferedReader(hashing, _PEEK) as binary:
            head = binary.peek(_PEEK)
            encoding = _encoding(head, str(self._path))
            with io.TextIOWrapper(binary, encoding, errors="surrogateescape", newline="") as text:
                yield from _records(text, _delimiter(head, encoding, str(self._path)), str(self._path))
                self.sha256 = hashing.digest.hexdigest()


def _records(text: io.TextIOWrapper, delimiter: str, file: str) -> Iterator[tuple[int, list[str]]]:
    # strict: a quote left open would otherwise swallow every following row without a word
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    row = 0
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, UnicodeError) as error:
            raise _rejected(
                file,
                row,
                _("the row cannot be read: a quotation mark is open or out of place, or the file is cut off"),
                _("export the orders again and import that file as it is"),
            ) from error
        if any(cell.strip() for cell in cells):
            yield row, cells


def _encoding(head: bytes, file: str) -> str:
    for magic in _WORKBOOKS:
        if head.startswith(magic):
            raise _rejected(
                file,
                0,
                _("this is a workbook or an archive, not a CSV file"),
                _("export the orders as CSV, or unpack the archive first"),
            )
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    try:
        _first_line(head).decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _delimiter(head: bytes, encoding: str, file: str) -> str:
    if encoding == "utf-16":
        line = head[: len(head) // 2 * 2].decode(encoding, "replace").split("\n", 1)[0]
    else:
        line = _first_line(head).decode(encoding, "replace")
    # the others are told and not read: where ; parts the cells, a comma may stand for the point of an amount
    sign = max((",", "\t", *_OTHER_SIGNS), key=line.count)
    if sign in _OTHER_SIGNS:
        raise _rejected(
            file,
            0,
            _("the cells are parted by {sign} and not by commas").format(sign=sign),
            _("export the orders again as CSV with commas, and import that file as it is"),
        )
    return sign


def _rejected(file: str, row: int, what: str, remedy: str) -> OrderFileRejected:
    return OrderFileRejected([Problem(file, row, 0, what, remedy)])


def _first_line(head: bytes) -> bytes:
    return head.lstrip(b"\r\n").split(b"\n", 1)[0]
