"""Fixtures that several rooms share."""

import gc
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio import i18n

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job has it ignored, and so its children

ALONE = [Path(__file__).parent / room for room in ("air", "contract")]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The director's tests wait for instants, and a real OBS that starves answers otherwise."""
    for item in items:
        if any(room in item.path.parents for room in ALONE):
            item.add_marker(pytest.mark.alone)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A full collection over all that pytest holds stops the process for 0.2 s; the director freezes too."""
    if item.get_closest_marker("alone"):
        gc.collect()
        gc.freeze()


@pytest.fixture
def english() -> Iterator[None]:
    """Messages in English, whatever language this machine asks for."""
    before = i18n.language()
    i18n.use("en")
    yield
    i18n.use(before)


@pytest.fixture
def chinese() -> Iterator[None]:
    """Messages in Chinese, whatever language this machine asks for."""
    before = i18n.language()
    i18n.use("zh")
    yield
    i18n.use(before)
