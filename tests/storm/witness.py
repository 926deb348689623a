"""Reads the as-run log beside the director, as any other process may, and keeps all that was ever there to be seen."""

import sqlite3
import threading
from pathlib import Path

from studio.asrun.codec import decode
from studio.asrun.events import Record, RunEnded, RunPlanned
from studio.asrun.progress import Progress, fold

Row = tuple[object, ...]


class LogWitness:
    """Polls the log until closed; ``seen`` holds every row by its number, as it was when first seen."""

    def __init__(self, path: Path, every_s: float = 0.02) -> None:
        self._path = path
        self._every_s = every_s
        self._closing = threading.Event()
        self.seen: dict[int, Row] = {}
        self.records: tuple[Record, ...] = ()
        """The same, decoded."""
        self.planned: dict[str, str] = {}
        """The session of each run."""
        self.ended: set[str] = set()
        """The runs that have ended."""
        self._thread = threading.Thread(target=self._watch, name="log witness", daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._closing.wait(self._every_s):
            if self._path.exists():
                try:
                    self._poll()
                except sqlite3.Error:  # the file is there, its tables are not yet
                    continue

    def _poll(self) -> None:
        database = self._open()
        database.row_factory = sqlite3.Row
        try:
            while not self._closing.wait(self._every_s):
                last = self.records[-1].seq if self.records else 0
                rows = database.execute("SELECT * FROM events WHERE seq > ? ORDER BY seq", (last,)).fetchall()
                news = tuple(decode(dict(row)) for row in rows)
                self.seen |= {row["seq"]: tuple(row) for row in rows}
                self.planned |= {one.stamp.run: one.stamp.session for one in news if isinstance(one.event, RunPlanned)}
                self.ended |= {one.stamp.run for one in news if isinstance(one.event, RunEnded)}
                self.records += news
        finally:
            database.close()

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)

    def progress(self, session: str) -> Progress:
        """Where the last run of a session stands."""
        run = next((run for run, one in reversed(self.planned.items()) if one == session), None)
        return fold(record for record in self.records if record.stamp.run == run)

    def on_disk(self) -> dict[int, Row]:
        """Every row as it is now."""
        database = self._open()
        try:
            return {row[0]: row for row in database.execute("SELECT * FROM events ORDER BY seq")}
        finally:
            database.close()

    def close(self) -> None:
        """Stop looking."""
        self._closing.set()
        self._thread.join()
