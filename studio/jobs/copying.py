"""Copies recordings from a studio's PC into the centre's store: resumed where it was cut, sealed once verified.

A copy grows as ``<sha256>.part``, synced to the disk every ``STEP`` bytes, so that after a power cut of ours what
stands below the last step is good. When it is whole it is read again from the disk and must hash to what the agent
told; only then it gets its name, and beside it a seal, a JSON file that says what it is and where it came from. A
recording whose seal is here is never fetched again, and its original may go when the agent's own rule says so.
"""

import asyncio
import errno
import json
import logging
import os
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Self

from pydantic import TypeAdapter, ValidationError

from studio.clock import Clock
from studio.errors import AgentMistaken, AgentRefused, MediaUnreadable, NotReady, StudioError
from studio.i18n import _
from studio.media.digest import sha256
from studio.model.pc import Film, Offset
from studio.pc.client import AgentClient
from studio.pc.throttle import Throttle
from studio.system import private_file
from studio.workspace.paths import file_name

log = logging.getLogger(__name__)

STEP = 4 * 1024 * 1024
SEAL = ".seal.json"
NO_MORE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
"""What a disk says that takes no other recording either."""
Progress = Callable[[Film, int], None]
"""Told a film and how many of its bytes are here."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What stands beside a verified copy. ``ahead_ns`` and ``uncertainty_ns`` are the clock of the PC it came from."""

    studio: str
    folder: str
    name: str
    size: int
    modified_ns: int
    """As that PC's clock wrote it; the offset makes it ours."""
    sha256: str
    ahead_ns: int
    uncertainty_ns: int
    sealed_ns: int

    @classmethod
    def of(cls, studio: str, film: Film, offset: Offset, at_ns: int) -> Self:
        """The seal of a copy that was verified at ``at_ns`` of our wall clock."""
        what = (film.folder, film.name, film.size, film.modified_ns, film.sha256)
        return cls(studio, *what, offset.ahead_ns, offset.uncertainty_ns, at_ns)


_SEAL = TypeAdapter(Seal)


def seals(store: Path) -> dict[str, tuple[Path, Seal]]:
    """The sealed copies below ``store`` that are there in full size, by their hash."""
    found = {}
    for file in sorted(store.rglob(f"*{SEAL}")):
        try:
            seal = _SEAL.validate_json(file.read_bytes())
        except (OSError, ValidationError) as error:
            log.warning("%s cannot be read: %s", file, error)
            continue
        film = file.with_name(file.name.removesuffix(SEAL))
        if film.is_file() and film.stat().st_size == seal.size:
            found[seal.sha256] = (film, seal)
    return found


async def copy_films(
    agent: AgentClient, studio: str, store: Path, clock: Clock, throttle: Throttle, progress: Progress
) -> tuple[list[Path], int]:
    """Copy every finished recording of a studio's PC that is not here yet into ``store``, oldest first.

    Returns the new files, and how many recordings wait there until they are finished and hashed. Raises AgentError
    where the agent goes away or a recording does not arrive as it is there, once the others are here; what has come
    stays and is gone on with. Raises NotReady where the disk does not take it.
    """
    films = await agent.films()
    ready = [film for film in films if film.stable and film.sha256]
    offset = await agent.offset()
    known = await asyncio.to_thread(seals, store)
    new: list[Path] = []
    trouble: StudioError | None = None
    for film in ready:
        try:
            if film.sha256 not in known:
                path = await _fetch(agent, film, store, throttle, progress)
                seal = _sealed(path, Seal.of(studio, film, offset, clock.wall_ns()))
                known[film.sha256] = (path, seal)
                new.append(path)
            if not film.sealed:
                await agent.seal(film)
        except (AgentMistaken, AgentRefused, MediaUnreadable) as error:  # of this one; it keeps no other waiting
            trouble = trouble or error
        except OSError as error:
            full = NotReady(
                _("{name} cannot be kept in {store} ({why}).").format(
                    name=film.name, store=store, why=error.strerror or error
                ),
                _("Make room on that disk or give this account the right to write, and copy again."),
            )
            if error.errno in NO_MORE:
                raise full from error
            trouble = trouble or full
    if trouble is not None:
        raise trouble
    return new, len(films) - len(ready)


def _sealed(path: Path, seal: Seal) -> Seal:
    private_file(path.with_name(path.name + SEAL), json.dumps(asdict(seal), ensure_ascii=False, indent=1))
    return seal


async def _fetch(agent: AgentClient, film: Film, store: Path, throttle: Throttle, progress: Progress) -> Path:
    store.mkdir(parents=True, exist_ok=True)
    target = await asyncio.to_thread(_free_name, store, film)
    if target.exists():
        return target  # it was verified, and we ended before it could be sealed
    part = store / f"{film.sha256}.part"
    for _again in range(2):
        await _grow(agent, film, part, throttle, progress)
        with suppress(MediaUnreadable):  # a bad place on our disk: it is fetched to another one
            if await asyncio.to_thread(sha256, part) == film.sha256:
                part.replace(target)
                return target
        log.warning("%s came damaged and is fetched again", film.name)
        part.unlink()
    raise AgentMistaken(
        _("{name} does not arrive as it is there.").format(name=film.name),
        _("Check that PC's disk and its network; the original stays where it is."),
    )


async def _grow(agent: AgentClient, film: Film, part: Path, throttle: Throttle, progress: Progress) -> None:
    """Let ``part`` grow to the whole film, from the last byte that is surely on the disk."""
    with part.open("ab") as file:
        have = min(file.tell(), film.size) // STEP * STEP if file.tell() != film.size else film.size
        file.truncate(have)
        progress(film, have)
        synced = have
        if have < film.size:
            async with aclosing(agent.film(film, have, throttle)) as pieces:
                async for piece in pieces:
                    file.write(piece)
                    have += len(piece)
                    if have - synced >= STEP:
                        synced = have // STEP * STEP
                        await asyncio.to_thread(_sync, file.fileno(), file.flush)
                    progress(film, have)
        await asyncio.to_thread(_sync, file.fileno(), file.flush)


def _sync(descriptor: int, flush: Callable[[], None]) -> None:
    flush()
    os.fsync(descriptor)


def _free_name(store: Path, film: Film) -> Path:
    """Where the film shall lie: under its own name, or with its hash where that name belongs to other bytes."""
    *folders, last = film.name.split("/")
    stem, ending = PurePosixPath(last).stem, PurePosixPath(last).suffix
    folder = store.joinpath(*map(file_name, folders))
    folder.mkdir(parents=True, exist_ok=True)
    extras = ["", *(f"-{film.sha256[:length]}" for length in range(12, 65))]
    names = (folder / f"{file_name(stem)}{extra}{ending.lower()}" for extra in extras)
    return next(path for path in names if not path.exists() or _is(path, film))


def _is(path: Path, film: Film) -> bool:
    return path.is_file() and path.stat().st_size == film.size and sha256(path) == film.sha256
