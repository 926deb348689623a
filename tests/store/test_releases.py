"""A log of every release is opened, migrated and read by this one; a new folder here is a new case."""

import shutil
from pathlib import Path

import pytest

from studio.asrun.progress import fold
from studio.store.asrun import AsRunLog, AsRunReader

RELEASES = sorted((Path(__file__).parents[1] / "data" / "store").glob("*/asrun.db"))


def test_there_is_a_log_of_this_release() -> None:
    from studio import __version__

    assert __version__ in [path.parent.name for path in RELEASES]


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.parent.name)
def test_a_log_of_a_release_is_still_read(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "asrun.db"
    shutil.copy(path, copy)
    log = AsRunLog(copy)  # migrates
    log.close()
    reader = AsRunReader(copy)
    (run,) = reader.runs()
    progress = fold(reader.events(run))
    assert progress.state == "ended"
    (lane,) = progress.lanes.values()
    assert {ended.verdict for ended in lane.verdicts.values()} == {"on_time"}
    assert progress.started is not None and reader.thaw(progress.started.sheet)
    reader.close()
