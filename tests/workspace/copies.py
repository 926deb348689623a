"""A workspace to spoil: a copy of the shipped one, and the means to change one place of it."""

from dataclasses import dataclass
from pathlib import Path

from studio.jobs.check import read_workspace
from studio.model.problem import Problem
from studio.workspace.template import write_workspace


@dataclass(frozen=True)
class Copy:
    root: Path

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} no longer holds {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def place(self, file: str, token: str) -> tuple[int, int]:
        """Line and column of the first ``token``, counted by other means than the reader's."""
        before = (self.root / file).read_text(encoding="utf-8").split(token)[0]
        return before.count("\n") + 1, len(before.rsplit("\n", 1)[-1]) + 1

    def problems(self) -> tuple[Problem, ...]:
        return read_workspace(self.root)[1]


def copy(folder: Path) -> Copy:
    write_workspace(folder)
    return Copy(folder)
