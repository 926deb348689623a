"""Reads TOML into a Source; the values come from the standard library, their places from a walk of our own."""

import re
import tomllib
from bisect import bisect_right
from typing import Any

from studio.i18n import _
from studio.model.problem import Problem
from studio.workspace.source import MAX_DEPTH, Place, Scalar, Source, TreePath, shown

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SKIP = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL = re.compile(r"'[^'\n]*'")
_LONG_BASIC = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''(?:[^']|'(?!''))*'{3,5}")
_PLAIN = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:[^\s,\]}#]+|[^\s,\]}#]+")
_AT = re.compile(r"^(?P<what>.*?)\s*\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$", re.DOTALL)


def parse_toml(file: str, text: str) -> tuple[Source | None, tuple[Problem, ...]]:
    """What a TOML text says; a syntax error ends the reading."""
    text = text.replace("\r\n", "\n")
    try:
        found = tomllib.loads(text, parse_float=lambda number: Scalar(number, "number"))
        tree = _scalars(found, 0)
    except RecursionError:
        what = _("the file is nested too deep")
        return None, (Problem(file, 0, 0, what, _("write it with few levels")),)
    except ValueError as error:  # TOMLDecodeError, or a number with thousands of digits
        return None, (_syntax(file, text, str(error)),)
    return Source(file, tree, locate(text)), ()


def _scalars(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise RecursionError
    if isinstance(value, dict):
        return {key: _scalars(child, depth + 1) for key, child in value.items()}
    if isinstance(value, list):
        return [_scalars(child, depth + 1) for child in value]
    if isinstance(value, Scalar):
        return value
    if isinstance(value, bool):
        return Scalar(str(value).lower(), "bool")
    if isinstance(value, int):
        return Scalar(str(value), "number")
    return Scalar(value, "text") if isinstance(value, str) else Scalar(str(value), "time")


def _syntax(file: str, text: str, message: str) -> Problem:
    match = _AT.match(message)
    lines = text.split("\n")
    what = match["what"] if match else message
    line = int(match["line"]) if match and match["line"] else len(lines)
    column = int(match["column"]) if match and match["column"] else len(lines[-1]) + 1
    if "twice" in what or "overwrite" in what or "duplicate" in what.lower():
        first = _first_of(lines, line)
        if first:
            return Problem(
                file,
                line,
                1,
                _("“{key}” stands here twice, first in line {line}").format(
                    key=shown(lines[line - 1].split("=")[0]), line=first
                ),
                _("keep one of the two, or give one another name"),
            )
    return Problem(
        file,
        line,
        column,
        _("this is not readable as TOML ({detail})").format(detail=shown(what, 100)),
        _("check quotes, brackets and the sign = of this line and the one above"),
    )


def _first_of(lines: list[str], line: int) -> int | None:
    """The line, from 1, that already says what ``line`` says: the same header, or the same key of the same table."""
    key = lines[line - 1].split("=")[0].split("#")[0].strip()
    header = key.startswith("[")
    for number in range(line - 1, 0, -1):
        other = lines[number - 1].split("=")[0].split("#")[0].strip()
        if other == key:
            return number
        if not header and other.startswith("["):
            return None
    return None


def locate(text: str) -> dict[TreePath, Place]:
    """The place of every table, key and value of a TOML text that the standard library reads without an error."""
    walk = _Walk(text)
    walk.document()
    return walk.places


class _Walk:
    """A walk over a valid text: it looks at signs, and leaves the meaning of values to the standard library."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.places: dict[TreePath, Place] = {(): Place((1, 1), (1, 1))}
        self.tables: dict[TreePath, int] = {}

    def document(self) -> None:
        """Walk headers and keys to the end of the text."""
        table: TreePath = ()
        self._skip(_SKIP)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_SKIP)

    def _header(self) -> TreePath:
        here = self._here()
        double = self.text.startswith("[[", self.at)
        self.at += 2 if double else 1
        names = self._names()
        self.at += 2 if double else 1
        path = (*self._resolved(names[:-1]), names[-1])
        if double:
            self._place(path, here)
            self.tables[path] = self.tables.get(path, -1) + 1
            path = (*path, self.tables[path])
        elif path in self.tables:
            path = (*path, self.tables[path])
        self.places[path] = Place(here, here)
        for length in range(1, len(path)):
            self._place(path[:length], here)
        return path

    def _resolved(self, names: TreePath) -> TreePath:
        path: TreePath = ()
        for name in names:
            path = (*path, name)
            if path in self.tables:
                path = (*path, self.tables[path])
        return path

    def _pair(self, table: TreePath) -> None:
        here = self._here()
        names = self._names()
        self._skip(_BLANK)
        self.at += 1  # the sign =
        self._skip(_BLANK)
        for length in range(1, len(names)):
            self._place(table + names[:length], here)
        self._value(table + names, here)

    def _names(self) -> TreePath:
        names: list[str] = []
        while True:
            self._skip(_BLANK)
            quoted = next((rule.match(self.text, self.at) for rule in (_BASIC, _LITERAL) if self._is(rule)), None)
            if quoted:
                names.extend(tomllib.loads(quoted[0] + "=0"))
                self.at = quoted.end()
            else:
                names.append(self._take(_BARE_KEY))
            self._skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return tuple(names)
            self.at += 1

    def _value(self, path: TreePath, key: tuple[int, int]) -> None:
        self.places[path] = Place(self._here(), key)
        if self.text.startswith("[", self.at):
            self._list(path)
        elif self.text.startswith("{", self.at):
            self._inline(path)
        else:
            self._take(next(rule for rule in (_LONG_BASIC, _LONG_LITERAL, _BASIC, _LITERAL, _PLAIN) if self._is(rule)))

    def _list(self, path: TreePath) -> None:
        self.at += 1
        index = 0
        while True:
            self._skip(_SKIP)
            if self.text.startswith("]", self.at):
                break
            self._value((*path, index), self._here())
            index += 1
            self._comma()
        self.at += 1

    def _inline(self, path: TreePath) -> None:
        self.at += 1
        while True:
            self._skip(_SKIP)
            if self.text.startswith("}", self.at):
                break
            self._pair(path)
            self._comma()
        self.at += 1

    def _comma(self) -> None:
        self._skip(_SKIP)
        if self.text.startswith(",", self.at):
            self.at += 1

    def _is(self, rule: re.Pattern[str]) -> bool:
        return rule.match(self.text, self.at) is not None

    def _take(self, rule: re.Pattern[str]) -> str:
        match = rule.match(self.text, self.at)
        if match is None:
            raise ValueError(f"no place at offset {self.at}")  # unreachable on a text the standard library reads
        self.at = match.end()
        return match[0]

    def _skip(self, rule: re.Pattern[str]) -> None:
        match = rule.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _here(self) -> tuple[int, int]:
        line = bisect_right(self.starts, self.at)
        return line, self.at - self.starts[line - 1] + 1

    def _place(self, path: TreePath, here: tuple[int, int]) -> None:
        self.places.setdefault(path, Place(here, here))
