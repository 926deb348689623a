"""Long numbers that a spreadsheet program has rounded: it keeps fifteen digits, and writes zeros for the rest."""

import re

WATCHED = ("order_id", "line_id", "product_id")
_KEPT = 15
_LONG = re.compile(r"[0-9]{16,}")


class Rounding:
    """The long numbers of one file, seen as they pass; ``columns`` tells which fields were rounded."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}
        self._sound: set[str] = set()

    def see(self, field: str, number: str, row: int) -> None:
        """Take note of a number, digits or not; ``row`` counts as a spreadsheet does."""
        if field in self._sound or not _LONG.fullmatch(number):
            return
        # one number in ten thousand ends like this by itself, so a single other one clears its whole column
        if number[_KEPT:].strip("0") or not number.endswith("000"):
            self._sound.add(field)
        elif number.endswith("0000"):
            self._first.setdefault(field, row)

    def columns(self) -> dict[str, int]:
        """Each field whose every long number ends in zeros, and the first row that gave it away."""
        return {field: row for field, row in self._first.items() if field not in self._sound}
