"""The recordings in the agent's folders: which are finished, what their bytes hash to, and which may go.

A recording is finished when nothing was written to it for a while and no program has it open. Hashes are computed
once, slowly while anything is being recorded, and kept beside the agent, so that a restart does not read it all again.
"""

import asyncio
import hashlib
import json
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from studio.clock import NS_PER_S, Clock
from studio.errors import RefusedByRule
from studio.i18n import _
from studio.model.pc import Film
from studio.pc.throttle import Throttle
from studio.system import private_file

log = logging.getLogger(__name__)

FILE = "films.json"
SUFFIXES = frozenset({".mkv", ".mp4", ".mov", ".flv", ".ts", ".m3u8", ".webm"})
STILL_NS = 5 * NS_PER_S
"""Nothing is written to a finished recording for so long; OBS writes several times a second."""
MEASURED_NS = 3 * NS_PER_S
ON_AIR_RATE = 8 * 1024 * 1024
"""Bytes a second that are read for a hash while something is being recorded."""
PIECE = 1024 * 1024
DAY_NS = 24 * 3600 * NS_PER_S


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out about one state of a file; another size or date is another state."""

    size: int
    modified_ns: int
    sha256: str
    sealed_ns: int = 0
    """When the centre said that it holds a verified copy, on this PC's wall clock; 0 where it has not."""


class Films:
    """The recordings below ``folders``. ``writing`` tells which paths OBS has open, None where nobody can tell."""

    def __init__(
        self,
        folders: Sequence[Path],
        state: Path,
        clock: Clock,
        keep_days: int,
        writing: Callable[[], frozenset[str] | None] = lambda: None,
    ) -> None:
        self._folders = tuple(folders)
        self._file = state / FILE
        self._clock = clock
        self._keep_ns = keep_days * DAY_NS
        self._writing = writing
        self._lock = threading.RLock()
        """Requests and our own looks come from several threads."""
        self._known = self._read()
        self._seen: dict[Path, tuple[int, int, int]] = {}
        """Size, date, and the monotonic instant since when both stand."""
        self._found: dict[str, tuple[Path, Path]] = {}
        """Folder and path by id."""
        self._begun: dict[Path, tuple[int, int]] = {}
        """Of what grows: its size and the monotonic instant when that was first seen."""
        self.growing = False
        """Whether anything was written to lately: this PC is recording."""
        self.rate: float | None = None
        """Bytes a second written to what grows, since it was first seen to; None before some seconds have passed."""

    def look(self) -> tuple[Film, ...]:
        """Every recording there is now, oldest first."""
        with self._lock:
            now_ns = self._clock.monotonic_ns()
            films: list[Film] = []
            seen: dict[Path, tuple[int, int, int]] = {}
            found: dict[str, tuple[Path, Path]] = {}
            for folder, path in self._paths():
                size, modified_ns = _state(path)
                if size < 0 or path in seen:  # it went away while we looked, or one folder is within another
                    continue
                since_ns = self._still_since(path, size, modified_ns, now_ns)
                seen[path] = (size, modified_ns, since_ns)
                known = self._of(path, size, modified_ns)
                film = Film(
                    _id(path),
                    _readable(path.relative_to(folder).as_posix()),
                    str(folder),
                    size,
                    modified_ns,
                    now_ns - since_ns >= STILL_NS,
                    known.sha256 if known else "",
                    bool(known and known.sealed_ns),
                )
                films.append(film)
                found[film.id] = folder, path
            self._seen, self._found = seen, found
            self._measure(
                {path: size for path, (size, _date, since_ns) in seen.items() if now_ns - since_ns < STILL_NS}
            )
            if any(film.stable and not film.sha256 for film in films):  # else nobody need ask, which takes its time
                films = self._without_held(films, self._writing() or frozenset())
            return tuple(sorted(films, key=lambda film: (film.modified_ns, film.name)))

    def _measure(self, growing: Mapping[Path, int]) -> None:
        now_ns = self._clock.monotonic_ns()
        self.growing = bool(growing)
        self._begun = {path: self._begun.get(path, (size, now_ns)) for path, size in growing.items()}
        rates = [
            (growing[path] - size) * NS_PER_S / (now_ns - began_ns)
            for path, (size, began_ns) in self._begun.items()
            if now_ns - began_ns >= MEASURED_NS
        ]
        self.rate = sum(rates) if rates else None

    def _still_since(self, path: Path, size: int, modified_ns: int, now_ns: int) -> int:
        before = self._seen.get(path)
        if before is not None:
            return before[2] if before[:2] == (size, modified_ns) else now_ns
        was_finished = self._clock.wall_ns() - modified_ns > STILL_NS  # before we came
        return now_ns - STILL_NS if was_finished else now_ns

    def _without_held(self, films: list[Film], held: frozenset[str]) -> list[Film]:
        """One that a program has open is not finished, however still it is: its disk may hang."""
        real = {_real(path) for path in held}
        return [replace(film, stable=film.stable and _real(self._found[film.id][1]) not in real) for film in films]

    def path(self, film_id: str) -> Path | None:
        """Where the recording of that id lies; None for any id that was not told, and where a link has replaced it."""
        folder, path = self._found.get(film_id, (None, None))
        if folder is None or path is None or path.is_symlink() or not path.resolve().is_relative_to(folder.resolve()):
            return None
        return path

    async def mind(self) -> None:
        """Look, hash and let go what may go; returns never."""
        while True:
            try:
                films = await asyncio.to_thread(self.look)
                await asyncio.to_thread(self._let_go)
            except OSError as error:
                log.warning("recordings cannot be looked at: %s", error)
                films = ()
            for film in films:
                if film.stable and not film.sha256:
                    try:
                        await self._hash(film)
                    except OSError as error:  # one that nobody may read keeps no other waiting
                        log.warning("%s cannot be read: %s", film.name, error)
            await self._clock.sleep_until(self._clock.monotonic_ns() + NS_PER_S)

    async def _hash(self, film: Film) -> None:
        path, digest, read = self.path(film.id), hashlib.sha256(), 0
        if path is None:
            return
        throttle = Throttle(None, self._clock)
        with path.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, PIECE):
                digest.update(piece)
                read += len(piece)
                throttle.rate = ON_AIR_RATE if self.growing else None
                await throttle.passed(len(piece))
                if read % (64 * PIECE) == 0:
                    await asyncio.to_thread(self.look)
        if (*_state(path), read) == (film.size, film.modified_ns, film.size):
            self._keep(path, Known(film.size, film.modified_ns, digest.hexdigest()))

    def seal(self, film_id: str, sha256: str) -> None:
        """The centre holds a verified copy of those bytes. Raises RefusedByRule where they are not the ones here."""
        path = self.path(film_id)
        known = self._of(path, *_state(path)) if path else None
        if path is None or known is None or known.sha256 != sha256:
            raise RefusedByRule(
                _("The recording here is not the one that was copied."), _("Copy it again: studio recordings copy")
            )
        if not known.sealed_ns:
            self._keep(path, replace(known, sealed_ns=self._clock.wall_ns()))

    def _let_go(self) -> None:
        """Delete what was sealed long enough ago and has not changed since."""
        with self._lock:
            for _folder, path in tuple(self._found.values()):
                known = self._of(path, *_state(path))
                age_ns = self._clock.wall_ns() - known.sealed_ns if known else 0
                if known is None or not known.sealed_ns or age_ns <= self._keep_ns:
                    continue
                try:
                    path.unlink()
                except OSError as error:  # a player has it open
                    log.warning("%s cannot be let go yet: %s", path.name, error)
                    continue
                log.info("%s was let go: its copy was sealed %d days ago", path.name, age_ns // DAY_NS)
                del self._known[str(path)]
                self._write()

    def _paths(self) -> Iterator[tuple[Path, Path]]:
        """Folder and path of each recording; links are not followed, so nothing outside the folders is found."""
        for folder in self._folders:
            for place, _folders, names in os.walk(folder, followlinks=False):
                for name in names:
                    path = Path(place, name)
                    if path.suffix.lower() in SUFFIXES and path.is_file() and not path.is_symlink():
                        yield folder, path

    def _of(self, path: Path, size: int, modified_ns: int) -> Known | None:
        known = self._known.get(str(path))
        return known if known and (known.size, known.modified_ns) == (size, modified_ns) else None

    def _keep(self, path: Path, known: Known) -> None:
        with self._lock:
            self._known[str(path)] = known
            self._write()

    def _read(self) -> dict[str, Known]:
        try:
            return {name: Known(**one) for name, one in json.loads(self._file.read_text(encoding="utf-8")).items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            log.warning("%s cannot be read and is made anew: %s", self._file.name, error)
            return {}

    def _write(self) -> None:
        private_file(self._file, json.dumps({name: asdict(one) for name, one in self._known.items()}))


def _id(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:32]


def _real(path: str | Path) -> str:
    """One way to write a path, as the list of open files does."""
    return os.path.normcase(os.path.realpath(path))


def _readable(name: str) -> str:
    """A name as text; bytes on the disk that are none are told as question marks."""
    return os.fsencode(name).decode("utf-8", "replace")


def _state(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return -1, -1
    return stat.st_size, stat.st_mtime_ns
