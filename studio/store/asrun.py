"""The as-run log on disk: append one event durably, read a run back, keep the texts it was started from."""

import hashlib
import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlite_utils import Database

from studio.asrun.codec import decode, encode
from studio.asrun.events import Event, Record, Stamp
from studio.errors import StoreFailed
from studio.i18n import _
from studio.store.database import open_database, open_read_only
from studio.store.journal_tables import migrations

ASRUN_FILE = "asrun.db"


class AsRunLog:
    """The writer; there is one, the director. ``append`` returns once the event is on disk (synchronous FULL)."""

    def __init__(self, path: Path) -> None:
        self._db = open_database(path, migrations, synchronous="FULL")
        self._next = int(next(self._db.query("SELECT coalesce(max(seq), 0) AS seq FROM events"))["seq"]) + 1

    def append(self, stamp: Stamp, *events: Event) -> tuple[Record, ...]:
        """Write events that share a stamp, all or none, and return them with their sequence numbers.

        Raises StoreFailed where the disk does not take them.
        """
        return self.append_all([(stamp, events)])[0]

    def append_all(self, entries: Sequence[tuple[Stamp, Sequence[Event]]]) -> list[tuple[Record, ...]]:
        """Write the events of several stamps in one transaction; the records of each entry, in order.

        Raises StoreFailed where the disk does not take them; then none is written.
        """
        numbers = itertools.count(self._next)
        written = [tuple(Record(next(numbers), stamp, event) for event in events) for stamp, events in entries]
        try:
            with self._db.atomic():
                self._db.table("events").insert_all(encode(record) for records in written for record in records)
        except sqlite3.Error as error:
            raise StoreFailed(
                _("The as-run log could not be written: {why}.").format(why=error),
                _("Free some space on its disk, then start again."),
            ) from error
        self._next = next(numbers)
        return written

    def freeze(self, text: str) -> str:
        """Keep ``text`` and return its SHA-256 in hex; the same text is kept once."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        with self._db.atomic():
            self._db.table("frozen").insert({"sha256": digest, "text": text}, ignore=True)
        return digest

    def close(self) -> None:
        """Close the file; a closed log takes no more events."""
        self._db.close()

    def events(self, run: str) -> tuple[Record, ...]:
        """The run's events in order."""
        return tuple(_records(self._db, run, 0))

    def open_runs(self) -> tuple[str, ...]:
        """The runs that were planned and have not ended, the oldest first."""
        rows = self._db.query(
            "SELECT run FROM events WHERE kind IN ('RunPlanned', 'RunEnded') GROUP BY run "
            "HAVING sum(kind = 'RunEnded') = 0 ORDER BY min(seq)"
        )
        return tuple(str(row["run"]) for row in rows)

    def thaw(self, sha256: str) -> str:
        """The text kept under that hash; raises KeyError where there is none."""
        return _thaw(self._db, sha256)


class AsRunReader:
    """Reads the log from another process while the director goes on writing."""

    def __init__(self, path: Path) -> None:
        self._db = open_read_only(path)

    def events(self, run: str, after: int = 0) -> tuple[Record, ...]:
        """The run's events with a sequence number above ``after``, in order."""
        try:
            return tuple(_records(self._db, run, after))
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):  # the director has made the file and not yet its tables
                return ()
            raise

    def runs(self) -> tuple[str, ...]:
        """All runs, the oldest first."""
        rows = self._db.query("SELECT run FROM events GROUP BY run ORDER BY min(seq)")
        return tuple(str(row["run"]) for row in rows)

    def thaw(self, sha256: str) -> str:
        """The text kept under that hash; raises KeyError where there is none."""
        return _thaw(self._db, sha256)

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _records(db: Database, run: str, after: int) -> Iterator[Record]:
    rows = db.query("SELECT * FROM events WHERE run = :run AND seq > :after ORDER BY seq", {"run": run, "after": after})
    return (decode(row) for row in rows)


def _thaw(db: Database, sha256: str) -> str:
    for row in db.query("SELECT text FROM frozen WHERE sha256 = :sha256", {"sha256": sha256}):
        return str(row["text"])
    raise KeyError(sha256)
