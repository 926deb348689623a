"""The short storm: the copier and the agent killed at random instants. ``make storm`` has the long one."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.pc.storm import storm


def test_what_is_killed_at_any_instant_loses_nothing_and_copies_nothing_twice(tmp_path: Path) -> None:
    found = asyncio.run(storm(tmp_path, kills=6, seed=20))
    assert (found["kills"], found["lost"], found["twice"], found["strange"], found["parts_left"]) == (6, 0, 0, 0, 0)
