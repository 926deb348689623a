"""A process killed while it takes in files leaves whole files behind, and a store that opens."""

import random
import subprocess
import sys
from pathlib import Path

from studio.store.database import opened
from studio.store.orders import order_lines
from studio.store.studio_tables import migrations
from tests.store.test_orders import ALWAYS

FILES_WITHOUT_END = """
import sys
from pathlib import Path
from studio.model.figures import SourceFile
from studio.store.database import opened
from studio.store.orders import save_order_lines
from studio.store.studio_tables import migrations
from tests.sales.evening import START, line

with opened(Path(sys.argv[1]), migrations) as database:
    number = 0
    while True:
        lines = [line(f"{number}-{index}", order_id=str(number)) for index in range(50)]
        save_order_lines(database, lines, lambda: SourceFile("x", str(number), 50), START)
        number += 1
        print(number, flush=True)
"""


def test_a_kill_at_any_instant_keeps_whole_files(tmp_path: Path) -> None:
    dice = random.Random(1)
    for time in range(3):
        path = tmp_path / f"{time}.db"
        process = subprocess.Popen(
            [sys.executable, "-c", FILES_WITHOUT_END, str(path)],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            text=True,
        )
        with process:
            assert process.stdout is not None
            told = 0
            for _line in range(dice.randrange(3, 40)):
                told = int(process.stdout.readline())
            process.kill()
            told = max([told, *map(int, process.stdout.read().split())])
        with opened(path, migrations) as database:
            lines = list(order_lines(database, *ALWAYS))
            files = {line.order_id for line in lines}
            assert len(lines) == 50 * len(files)
            assert len(files) >= told
            assert database["source_files"].count == len(files)
