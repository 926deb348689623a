"""How a person at the agent's PC asks it for a code: by files that only that account can write and read."""

import time
from collections.abc import Callable
from pathlib import Path

from studio.errors import NotReady
from studio.i18n import _
from studio.system import private_file

ASKED, CODE = "code.asked", "code"
WITHIN_S = 5.0


class Invitation:
    """The agent's side; ``shown`` is told each code too."""

    def __init__(self, state: Path, shown: Callable[[str], None]) -> None:
        self._asked, self._code = state / ASKED, state / CODE
        self._shown = shown
        self._asked.unlink(missing_ok=True)
        self._code.unlink(missing_ok=True)

    def asked(self) -> bool:
        """Whether a code was asked for since the last time."""
        if not self._asked.exists():
            return False
        self._asked.unlink()
        return True

    def show(self, code: str) -> None:
        """That code is good from now on; none where it is empty."""
        if code:
            private_file(self._code, code)
        else:
            self._code.unlink(missing_ok=True)
        self._shown(code)


def ask_for_code(state: Path) -> str:
    """Have the agent of this PC show a new code, and return it. Raises NotReady where none runs."""
    (state / CODE).unlink(missing_ok=True)
    private_file(state / ASKED, "")
    until = time.monotonic() + WITHIN_S
    while time.monotonic() < until:
        try:
            return (state / CODE).read_text(encoding="ascii")
        except FileNotFoundError:
            time.sleep(0.05)
    (state / ASKED).unlink(missing_ok=True)
    raise NotReady(_("No agent runs on this PC."), _("Start it with: studio agent"))
