"""A short storm in every test run, on two workspaces at a time; ``make storm`` is the long one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.storm.weather import Storm

KILLS, SEED = 12, 20_261_204


def test_a_director_killed_at_any_instant_loses_nothing_and_fires_nothing_twice(tmp_path: Path) -> None:
    storms = [Storm(tmp_path / str(at), KILLS, SEED + at, calm_s=0.6) for at in range(2)]
    with ThreadPoolExecutor() as both:
        found = list(both.map(lambda storm: storm.run(), storms))
    for storm, figures in zip(storms, found, strict=True):
        assert figures["kills"] == KILLS
        assert storm.count.figures == dict.fromkeys(storm.count.figures, 0), storm.count.told
        assert figures["recovery_s_p50"] < 2
