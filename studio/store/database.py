"""Open a SQLite file the one safe way: WAL, migrated by name, refused where a newer release wrote it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database, Migrations

from studio.errors import StoreTooNew
from studio.i18n import _

BUSY_TIMEOUT_S = 30


def open_database(path: Path, migrations: Migrations, *, synchronous: str = "NORMAL") -> Database:
    """Open ``path`` (made where missing), bring it up to ``migrations``, and return the connection.

    One connection a thread. ``synchronous`` is SQLite's: NORMAL survives a killed process, FULL a power cut too.
    Raises StoreTooNew where the file holds a migration this release does not know.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    database = Database(path)
    database.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}").close()
    database.enable_wal()
    database.execute(f"PRAGMA synchronous = {synchronous}").close()
    ours = {migration.name for migration in migrations.pending(Database(memory=True))}
    if unknown := sorted({migration.name for migration in migrations.applied(database)} - ours):
        database.close()
        raise StoreTooNew(
            _("{file} was written by a newer release (it knows {names}).").format(
                file=path.name, names=", ".join(unknown)
            ),
            _("Update studio on this machine, or use the release that wrote the file."),
        )
    if migrations.pending(database):
        migrations.apply(database)
    return database


def open_read_only(path: Path) -> Database:
    """Open an existing database to read it while its writer goes on; raises FileNotFoundError where there is none."""
    if not path.is_file():
        raise FileNotFoundError(path)
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S)
    return Database(connection)


@contextmanager
def opened(path: Path, migrations: Migrations) -> Iterator[Database]:
    """``open_database`` for a ``with`` block: the connection is closed at its end."""
    database = open_database(path, migrations)
    try:
        yield database
    finally:
        database.close()
