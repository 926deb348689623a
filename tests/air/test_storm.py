"""A short storm in every test run; `make storm` is the long one."""

from tests.bench.storm import storm


def test_a_killed_director_loses_nothing_and_fires_nothing_twice() -> None:
    found = storm(kills=20, seed=20_261_204)
    wrong = {
        key: found[key] for key in ("fired_twice", "without_verdict", "records_lost", "recordings_lost", "levels_wrong")
    }
    assert (found["kills"], wrong) == (20, dict.fromkeys(wrong, 0))
