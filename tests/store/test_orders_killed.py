"""``kill -9`` during imports: every file is in the store whole or not at all, and none acknowledged is missing."""

import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studio.sales.files import doudian_orders
from studio.sales.sandbox.doudian_export import export_name, write_export
from studio.store.database import opened
from studio.store.orders import order_lines, source_files
from studio.store.studio_tables import migrations

START = datetime(2026, 12, 4, 11, 30, tzinfo=UTC)
WINDOW = (START - timedelta(days=1), START + timedelta(days=1))
FILES = 60

IMPORTER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from studio.sales.imports import import_orders
from studio.store.database import opened
from studio.store.studio_tables import migrations

with opened(Path(sys.argv[1]), migrations) as database:
    for path in sys.argv[2:]:
        done = import_orders(database, Path(path), datetime.now(UTC))
        sys.stdout.write(done.source.sha256 + "\\n")
        sys.stdout.flush()
"""


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Paths of small exports, each with the sub-orders it holds."""
    folder = tmp_path_factory.mktemp("exports")
    found = {}
    for seed in range(FILES):
        path = folder / export_name(seed)
        write_export(path, seed=seed, moments=(), start=START, end=START + timedelta(hours=1), orders=40)
        found[str(path)] = {line.line_id for line in doudian_orders.read(path)}
    return found


@pytest.mark.parametrize("seed", range(4))
def test_files_are_whole_or_absent(tmp_path: Path, exports: dict[str, set[str]], seed: int) -> None:
    store = tmp_path / "studio.db"
    child = subprocess.Popen([sys.executable, "-c", IMPORTER, str(store), *exports], stdout=subprocess.PIPE)
    assert child.stdout is not None
    dice = random.Random(seed)
    said = b"".join(child.stdout.readline() for _file in range(dice.randint(1, FILES // 2)))
    time.sleep(dice.uniform(0.0, 0.01))
    child.kill()
    acknowledged = set((said + child.stdout.read()).decode().split())
    child.wait()
    child.stdout.close()
    with opened(store, migrations) as database:
        lines = {line.line_id for line in order_lines(database, *WINDOW)}
        sources = source_files(database, *WINDOW)
    assert acknowledged <= {source.sha256 for source in sources}
    by_name = {Path(path).name: ids for path, ids in exports.items()}
    assert lines == set().union(*(by_name[source.name] for source in sources))
    assert 0 < len(sources) < FILES
