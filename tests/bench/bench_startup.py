"""How long ``studio --help`` takes against ``sqlite-utils --version``, each as a whole process, in turn.

python tests/bench/bench_startup.py [--quick] [--json]
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent


def seconds(*command: str) -> float:
    """Wall seconds of one run."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def measure(runs: int) -> dict[str, float]:
    """Medians in milliseconds, and their ratio; one run of each beforehand warms the caches."""
    subjects = {"studio": [str(BIN / "studio"), "--help"], "sqlite_utils": [str(BIN / "sqlite-utils"), "--version"]}
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for turn in range(runs + 1):
        for name, command in subjects.items():
            took = seconds(*command)
            if turn:
                taken[name].append(took)
    medians = {f"{name}_ms_p50": round(statistics.median(times) * 1000, 1) for name, times in taken.items()}
    return {**medians, "runs": runs, "ratio": round(medians["studio_ms_p50"] / medians["sqlite_utils_ms_p50"], 3)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10 runs of each instead of 30")
    parser.add_argument("--json", action="store_true", help="only the JSON line")
    given = parser.parse_args()
    found = measure(10 if given.quick else 30)
    if not given.json:
        print(f"studio --help takes {found['ratio']:.2f} of the time of sqlite-utils --version")
    print(json.dumps(found))
