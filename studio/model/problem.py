"""A mistake in a file, as a value: where it is, what is wrong, what to do."""

from dataclasses import dataclass
from unicodedata import category

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control and format signs, halves of signs and line ends, as Unicode sorts them: a terminal obeys some of them."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake; ``line`` and ``column`` count from 1, 0 where the whole file is meant."""

    file: str
    line: int
    column: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return printable(f"{self.file}:{self.line}:{self.column}: {self.what}; {self.remedy}")


def printable(text: str) -> str:
    r"""``text`` with ``\n``, ``\x1b``, ``\u202e`` in place of signs that are not seen but obeyed."""
    return "".join(sign.encode("unicode_escape").decode("ascii") if unseen(sign) else sign for sign in text)


def unseen(sign: str) -> bool:
    """True for one sign that a screen obeys instead of showing it, or that no file can hold."""
    return category(sign) in _UNSEEN
