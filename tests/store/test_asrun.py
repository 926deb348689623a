"""The as-run log on disk: order, frozen texts, a reader beside the writer, and kill -9 at any instant."""

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlite_utils import Database

from studio.asrun.events import Intended, RecordingStarted, RecordingStopped, Stamp
from studio.errors import StoreTooNew
from studio.store.asrun import AsRunLog, AsRunReader
from studio.store.database import open_database
from studio.store.journal_tables import migrations

STAMP = Stamp("run-1", "boot", 1, 2, "session", "main", "cue")

WRITER = """
import sys
from pathlib import Path
from studio.asrun.events import Intended, Stamp
from studio.store.asrun import AsRunLog

log = AsRunLog(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    pair = [Intended(str(number), kind, {}, "why") for kind in ("X", "Y")]
    log.append(Stamp("run", "boot", number, number), *pair)
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def test_events_come_back_in_order_with_their_numbers(tmp_path: Path) -> None:
    log = AsRunLog(tmp_path / "asrun.db")
    log.append(STAMP, RecordingStarted())
    log.append(STAMP, RecordingStopped("a.mkv"), RecordingStarted())
    found = [(record.seq, type(record.event).__name__) for record in log.events("run-1")]
    log.close()
    assert found == [(1, "RecordingStarted"), (2, "RecordingStopped"), (3, "RecordingStarted")]


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    for expected in (1, 2):
        log = AsRunLog(tmp_path / "asrun.db")
        (record,) = log.append(STAMP, RecordingStarted())
        log.close()
        assert record.seq == expected


def test_a_reader_sees_what_the_writer_has_appended(tmp_path: Path) -> None:
    log = AsRunLog(tmp_path / "asrun.db")
    reader = AsRunReader(tmp_path / "asrun.db")
    log.append(STAMP, RecordingStarted())
    assert [record.seq for record in reader.events("run-1")] == [1]
    log.append(STAMP, RecordingStopped("a.mkv"))
    assert [record.seq for record in reader.events("run-1", after=1)] == [2]
    assert reader.runs() == ("run-1",)
    reader.close()
    log.close()


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    AsRunLog(tmp_path / "asrun.db").close()
    reader = AsRunReader(tmp_path / "asrun.db")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._db.execute("DELETE FROM events")
    reader.close()


def test_a_frozen_text_is_found_by_its_hash_and_kept_once(tmp_path: Path) -> None:
    log = AsRunLog(tmp_path / "asrun.db")
    digest = log.freeze("沙棘汁 59.90")
    assert log.freeze("沙棘汁 59.90") == digest
    assert log.thaw(digest) == "沙棘汁 59.90"
    with pytest.raises(KeyError):
        log.thaw("0" * 64)
    log.close()


def test_a_file_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "asrun.db"
    AsRunLog(path).close()
    with Database(path) as newer:
        newer.table("_sqlite_migrations").insert(
            {"migration_set": "asrun", "name": "m999_from_tomorrow", "applied_at": "2027-01-01"}
        )
    with pytest.raises(StoreTooNew, match="m999_from_tomorrow"):
        open_database(path, migrations)


@pytest.mark.parametrize("seed", range(5))
def test_kill_9_loses_no_event_that_was_acknowledged_and_leaves_no_half_append(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "asrun.db"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    first = writer.stdout.readline()
    time.sleep(random.Random(seed).uniform(0.0, 0.15))
    writer.kill()
    acknowledged = [int(line) for line in (first + writer.stdout.read()).split()]
    writer.wait()
    writer.stdout.close()
    log = AsRunLog(path)
    events = [record.event for record in log.events("run")]
    log.append(STAMP, RecordingStarted())
    log.close()
    numbers = [int(event.request) for event in events if isinstance(event, Intended)]
    assert numbers[::2] == numbers[1::2] == list(range(1, len(numbers) // 2 + 1))
    assert len(numbers) // 2 - acknowledged[-1] in (0, 1)
