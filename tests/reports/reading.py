"""Reads a report back the way a stranger would: with the standard library's HTML parser."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

VOID = {"meta", "img", "br", "link", "input", "hr"}


@dataclass
class Value:
    path: str
    raw: str | None
    text: str = ""


@dataclass
class Page:
    """What the page holds: every value with its path, every element's attributes, the plain text."""

    values: list[Value] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: str = ""
    unclosed: list[str] = field(default_factory=list)

    def value(self, path: str) -> Value:
        return next(value for value in self.values if value.path == path)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._open: list[str] = []
        self._value: Value | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.page.elements.append((tag, found))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "span" and "data-figure" in found:
            self._value = Value(found["data-figure"] or "", found.get("data-value"))
            self.page.values.append(self._value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.page.unclosed.append(tag)
        if tag == "span":
            self._value = None

    def handle_data(self, data: str) -> None:
        self.page.text += data
        if self._value is not None:
            self._value.text += data

    def close(self) -> None:
        super().close()
        self.page.unclosed += self._open


def read(path: Path) -> Page:
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return reader.page


def figure(report: Path, path: str) -> Any:
    """The figure at ``path`` (``cues.0.late_ms``) of the ``figures.json`` beside a report."""
    found = json.loads((report.parent / "figures.json").read_text(encoding="utf-8"))["figures"]
    for step in path.split("."):
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found
