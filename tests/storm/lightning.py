"""The director as a process that is killed: when, and how long until the next one has control."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from studio.air.client import DOOR, ask
from studio.errors import StudioError
from studio.store.asrun import ASRUN_FILE
from studio.workspace.secrets import variable
from tests.storm.ground import PASSWORD, SECRET
from tests.storm.studios import VirtualStudio

TELLING = (b'"StartRecord"', b'"StopRecord"', b'"TriggerMediaInputAction"', b'"SetCurrentProgramScene"', b'VirtualCam"')
POLL_S = 0.002


class Director:
    """One ``python -m studio.daemon``; ``end`` must be called."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.began = time.monotonic()
        with (root / "director.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "studio.daemon", str(root)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=os.environ | {variable(SECRET): PASSWORD},
            )

    def status(self) -> dict[str, Any] | None:
        """What it says of everything; None while its door is not open."""
        door = self.root / ".studio" / DOOR
        try:
            if f'"pid": {self.process.pid}' not in door.read_text(encoding="utf-8"):
                return None
            return ask(self.root, "status")
        except (OSError, StudioError):
            return None

    def age_s(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self.began

    def end(self, *, kill: bool = False) -> None:
        """Let it end as it does when ``studio run`` ends, or by SIGKILL; returns when it is gone."""
        assert self.process.stdin is not None
        if kill:
            self.process.kill()
        self.process.stdin.close()
        self.process.wait(30)


def in_control(status: Mapping[str, Any]) -> bool:
    """Every studio of every session that is on air is connected and was looked at."""
    lanes = [lane for session in status["sessions"].values() for lane in session["lanes"].values()]
    return all(lane["connected"] and lane["recovered"] for lane in lanes)


def choose_strike(
    chance: random.Random, root: Path, studios: list[VirtualStudio], from_s: float, control_s: float, calm_s: float
) -> Callable[[Director], bool]:
    """When this director is to be killed: on its way to control, at any instant, while it writes, when it has sent.

    From the age ``from_s`` on; ``control_s`` is how long it takes from then until it has control, here and now, and
    ``calm_s`` how long at most it is left alone from there on.
    """
    kind = chance.choices(["early", "any", "writing", "sent"], [2, 4, 2, 3])[0]
    at_s = from_s + (
        chance.uniform(0.0, 1.3) * control_s if kind == "early" else control_s + chance.uniform(0.0, calm_s)
    )
    if kind in ("early", "any"):
        return lambda director: director.age_s() >= at_s
    files = [root / ".studio" / f"{ASRUN_FILE}-wal"] if kind == "writing" else [one.journal for one in studios]
    after_s = 0.0 if kind == "writing" else chance.uniform(0.0, 0.03)
    sizes: list[int] = []

    def struck(director: Director) -> bool:
        if director.age_s() < at_s:
            return False
        now = [_size(file) for file in files]
        if not sizes:
            sizes.extend(now)
        grown = [(file, old) for file, old, new in zip(files, sizes, now, strict=True) if new != old]
        sizes[:] = now
        told = any(_tells(file, old) for file, old in grown) if kind == "sent" else False
        hit = told or (kind == "writing" and (bool(grown) or _written(files[0])))
        if hit:
            time.sleep(after_s)
        return hit or director.age_s() > at_s + 1.5

    return struck


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _written(file: Path) -> bool:
    """Whether it was written within the last moment: a log that is wound back grows no more."""
    try:
        return time.time() - file.stat().st_mtime < 2 * POLL_S
    except FileNotFoundError:
        return False


def _tells(file: Path, since: int) -> bool:
    with file.open("rb") as journal:
        journal.seek(since)
        news = journal.read()
    return any(word in news for word in TELLING)
