"""A file as read: its scalars as they are written, and where each of them stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from studio.model.problem import Problem

MAX_DEPTH = 30
MAX_NODES = 50_000

TreePath = tuple[str | int, ...]
"""Where a value stands in its tree: ``("cues", 2, "scene")``."""

ScalarKind = Literal["text", "number", "bool", "nothing", "time"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as it is written; ``kind`` is what the format takes it for, so quoted digits are ``text``."""

    text: str
    kind: ScalarKind


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column, both from 1, of a value and of the key (or dash) in front of it."""

    value: tuple[int, int]
    key: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Source:
    """One file read: ``tree`` holds dicts, lists and Scalars; ``places`` says where each of them stands."""

    file: str
    """Relative to the workspace, with forward slashes."""
    tree: Any
    places: Mapping[TreePath, Place] = field(default_factory=dict)

    def position(self, path: TreePath, key: bool = False) -> tuple[int, int]:
        """Line and column of the value at ``path`` (or of its key), or of the nearest part around it that exists."""
        for length in range(len(path), -1, -1):
            place = self.places.get(path[:length])
            if place:
                # A part that does not exist is missing from the one around it: point at what that one is called.
                return place.value if length == len(path) and not key else place.key
        return (1, 1)

    def problem(self, path: TreePath, what: str, remedy: str, key: bool = False) -> Problem:
        """A Problem at ``path``."""
        line, column = self.position(path, key)
        return Problem(self.file, line, column, what, remedy)

    def rows(self, path: TreePath) -> list[tuple[TreePath, Any]]:
        """Path and value of each entry of the list at ``path``; empty where no list stands there."""
        found = self.at(path)
        return [((*path, index), row) for index, row in enumerate(found)] if isinstance(found, list) else []

    def ids(self, key: str) -> frozenset[str]:
        """The ids of every entry of the list at ``key``, faulty entries included."""
        return frozenset(text for row, _row in self.rows((key,)) if (text := self.text((*row, "id"))))

    def at(self, path: TreePath) -> Any:
        """The value at ``path``, or None."""
        found = self.tree
        for step in path:
            listed = isinstance(found, list) and isinstance(step, int) and step < len(found)
            if not listed and not (isinstance(found, dict) and step in found):
                return None
            found = found[step]
        return found

    def text(self, path: TreePath) -> str | None:
        """The scalar at ``path`` as it is written, or None."""
        found = self.at(path)
        return found.text if isinstance(found, Scalar) else None


def position_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of the character at ``offset``."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def shown(text: str, limit: int = 40) -> str:
    """A value of a file, short and on one line, fit to stand in a sentence."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
