"""A mistake in a file, as a value: where it is, what is wrong, what to do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake; ``line`` and ``column`` count from 1, 0 where the whole file is meant."""

    file: str
    line: int
    column: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.what}; {self.remedy}"
