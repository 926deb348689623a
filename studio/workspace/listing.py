"""Reads a file that is one list of things with ids."""

from typing import TypeVar

from studio.model.problem import Problem
from studio.workspace.problems import Form, Known, fill
from studio.workspace.repeats import repeats
from studio.workspace.source import Source, TreePath

FormT = TypeVar("FormT", bound=Form)


def read_list(
    whole: type[Form], entry: type[FormT], source: Source, key: str, *unique: str
) -> tuple[list[tuple[TreePath, FormT]], list[Problem]]:
    """The entries of the list at ``key`` with their places; faulty ones are left out and are Problems.

    ``whole`` is the form of the file. An ``id`` stands once, and so does what stands at each key of ``unique``: of two
    entries of one id the first is kept.
    """
    known = Known()
    rows = [row for row, _row in source.rows((key,))]
    problems = fill(whole, source, (), known)[1]
    problems += [found for one in ("id", *unique) for found in repeats((source, (*row, one)) for row in rows)]
    forms: dict[str, tuple[TreePath, FormT]] = {}
    for row in rows:
        form, found = fill(entry, source, row, known)
        problems += found
        if form is not None:
            forms.setdefault(source.text((*row, "id")) or "", (row, form))
    return list(forms.values()), problems
