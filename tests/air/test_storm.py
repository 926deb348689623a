"""A short storm in every test run; `make storm` is the long one."""

from pathlib import Path

from tests.storm.weather import Storm


def test_a_killed_director_loses_nothing_and_fires_nothing_twice(tmp_path: Path) -> None:
    storm = Storm(tmp_path, seed=20_261_204)
    storm.run(15)
    assert storm.count.told == []
    assert not any(storm.count.figures.values())
