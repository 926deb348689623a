"""``python -m tests.storm``: kill the director again and again, and print what came of it as the last line."""

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.storm.weather import Storm


def main() -> int:
    """Exit code 1 where something was lost, fired twice or wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.storm", description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--keep", type=Path, help="folder that keeps journals, log and recordings")
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="storm-") as temporary:
        began = time.monotonic()
        storm = Storm(asked.keep or Path(temporary), asked.kills, asked.seed)
        figures = storm.run()
    for line in storm.count.told:
        print(line)
    print(json.dumps(figures | {"seed": asked.seed, "seconds": round(time.monotonic() - began)}))
    return int(any(storm.count.figures.values()))


if __name__ == "__main__":
    sys.exit(main())
