"""Our rundown against the oracle over many random sheets, each with commands, edits, absences and clock changes.

python tests/bench/soak_timing.py [--sheets 10000] [--seed N]

The last line is one JSON object; disagreements go to stderr, and make the exit code 1.
"""

import argparse
import json
import random
import sys
from collections import Counter
from pathlib import Path

if __name__ == "__main__":  # run as a script, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.schedules.timing_scripts import Match, Script, scripts

SHOWN = 3
"""So many disagreements are printed in full."""


def soak(sheets: int, number: int) -> Counter[str]:
    """Play so many scripts, drawn from the seed ``number``; what was in them, and on how many the two disagree."""
    seen: Counter[str] = Counter(disagreements=0)

    @seed(number)
    @settings(
        max_examples=sheets,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(scripts())
    def play(script: Script) -> None:
        match = Match(script)
        if found := match.disagreement():
            seen["disagreements"] += 1
            if seen["disagreements"] <= SHOWN:
                print(f"\n{script}\n{found}", file=sys.stderr)
        seen["sheets"] += 1
        seen.update(match.seen)
        if seen["sheets"] % 100 == 0:
            print(f"\r{seen['sheets']} of {sheets} sheets", end="", file=sys.stderr, flush=True)

    play()
    print(file=sys.stderr)
    return seen


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheets", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=None, help="a random one where it is not given")
    given_words = parser.parse_args()
    chosen = random.randrange(2**32) if given_words.seed is None else given_words.seed
    counts = soak(given_words.sheets, chosen)
    first = {"sheets": counts.pop("sheets"), "disagreements": counts.pop("disagreements"), "seed": chosen}
    print(json.dumps({**first, **{what.replace(" ", "_"): count for what, count in sorted(counts.items())}}))
    sys.exit(1 if first["disagreements"] else 0)
