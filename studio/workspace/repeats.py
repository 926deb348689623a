"""Finds what is given twice, with both places."""

from collections.abc import Iterable

from studio.i18n import _
from studio.model.problem import Problem
from studio.workspace.source import Source, TreePath, shown


def repeats(places: Iterable[tuple[Source, TreePath]]) -> list[Problem]:
    """A Problem for each scalar, in one file or several, that an earlier place of ``places`` already says."""
    problems: list[Problem] = []
    first: dict[str, tuple[Source, TreePath]] = {}
    for source, path in places:
        text = source.text(path)
        if text is None:
            continue
        earlier = first.setdefault(text, (source, path))
        if earlier != (source, path):
            problems.append(repeat(source, path, *earlier))
    return problems


def repeat(source: Source, path: TreePath, earlier: Source, earlier_path: TreePath) -> Problem:
    """The Problem of a scalar at ``path`` that ``earlier`` already says at ``earlier_path``."""
    line = earlier.position(earlier_path)[0]
    if earlier.file == source.file:
        what = _("“{name}” is given twice, first in line {line}")
    else:
        what = _("“{name}” is given twice, first in {file} line {line}")
    return source.problem(
        path,
        what.format(name=shown(source.text(path) or ""), line=line, file=earlier.file),
        _("give one of the two another name, or delete it"),
    )
