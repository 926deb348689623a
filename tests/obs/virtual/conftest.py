"""A small virtual OBS and a client of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from studio.obs.virtual import VirtualObs
from tests.obs.virtual.client import PASSWORD, Client, client

CANVAS = (64, 64)


@pytest.fixture
async def obs(tmp_path: Path) -> AsyncIterator[VirtualObs]:
    async with VirtualObs(port=0, password=PASSWORD, record_dir=tmp_path, canvas=CANVAS) as running:
        yield running


@pytest.fixture
async def desk(obs: VirtualObs) -> AsyncIterator[Client]:
    async with client(obs) as connected:
        yield connected
