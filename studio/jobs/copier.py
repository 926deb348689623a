"""``python -m studio.jobs.copier ROOT``: fetches recordings from the studios' PCs until its input is closed.

While a session is on air, or nobody can say, all copies together stay below the rate that ``studio.toml`` sets.
"""

import asyncio
import json
import logging
import sys
from contextlib import AbstractContextManager
from pathlib import Path

from studio.air.client import ask
from studio.clock import NS_PER_S, Clock
from studio.errors import AgentMistaken, LockHeld, StudioError
from studio.i18n import _
from studio.jobs.copying import copy_films
from studio.pc.client import AgentClient
from studio.pc.known import Door
from studio.pc.rounds import rounds
from studio.pc.throttle import Throttle
from studio.system import exclusive_lock, when_told_to_stop, yield_to_others
from studio.timekeeper import SystemClock
from studio.workspace.problems import Known
from studio.workspace.reading import read_source
from studio.workspace.venue import FILE, read_venue

log = logging.getLogger(__name__)

LOCK = "copying-{studio}.lock"
"""One studio's recordings are copied by one process at a time, below ``.studio``."""
EVERY_NS = 3 * NS_PER_S
DAMAGED_NS = 60 * NS_PER_S
ASK_EVERY_NS = 2 * NS_PER_S
DEFAULT_MBIT = 20


def one_copying(root: Path, studio: str) -> AbstractContextManager[None]:
    """Hold the right to copy that studio's recordings. Raises LockHeld where another process copies them."""
    what = _("A copy of the recordings of {studio}").format(studio=studio)
    return exclusive_lock(root / ".studio" / LOCK.format(studio=studio), what)


class Copier:
    """Fetches from every paired PC, again and again; what keeps one from it is said once."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self._root = root
        self._clock = clock
        self._throttle = Throttle(DEFAULT_MBIT * 125_000, clock)
        self._said: dict[str, str] = {}

    async def run(self) -> None:
        """Never returns."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._mind_rate())
            tasks.create_task(
                rounds(self._root / ".studio", self._from, EVERY_NS, self._clock, lambda words: self._say("", words))
            )

    async def _from(self, studio: str, door: Door) -> None:
        store = self._root / "recordings" / studio
        try:
            with one_copying(self._root, studio):
                async with AgentClient(door, self._clock) as agent:
                    new, _left = await copy_films(agent, studio, store, self._clock, self._throttle, lambda *_: None)
        except LockHeld:
            return  # a person's own studio recordings copy is at it
        except StudioError as error:
            self._say(studio, str(error))
            if isinstance(error, AgentMistaken):  # what came damaged twice will not be better in three seconds
                await self._clock.sleep_until(self._clock.monotonic_ns() + DAMAGED_NS)
            return
        self._say(studio, "")
        for path in new:
            log.info("%s: %s is here and sealed", studio, path.name)

    def _say(self, studio: str, words: str) -> None:
        if words and words != self._said.get(studio):
            log.warning("%s: %s", studio, words)
        self._said[studio] = words

    async def _mind_rate(self) -> None:
        while True:
            limit = await asyncio.to_thread(self._limit)
            try:
                on_air = bool((await asyncio.to_thread(ask, self._root, "status", within_s=3))["sessions"])
            except StudioError:
                on_air = True  # nobody can say
            self._throttle.rate = limit if on_air else None
            await self._clock.sleep_until(self._clock.monotonic_ns() + ASK_EVERY_NS)

    def _limit(self) -> int:
        """Bytes a second while on air, as studio.toml says now."""
        source, _problems = read_source(self._root, FILE)
        mbit = read_venue(source, Known(), self._root)[0].copy_mbit if source else DEFAULT_MBIT
        return mbit * 125_000


async def _run(root: Path) -> None:
    copying = asyncio.create_task(Copier(root, SystemClock()).run())

    def stop() -> None:
        copying.cancel()

    when_told_to_stop(asyncio.get_running_loop(), stop)
    sys.stdout.write(json.dumps({"copying": str(root / "recordings")}) + "\n")
    sys.stdout.flush()
    await asyncio.wait([copying])
    if not copying.cancelled():
        copying.result()


def main(arguments: list[str]) -> int:
    """Run until told to stop; returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    yield_to_others()
    asyncio.run(_run(Path(arguments[0])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
