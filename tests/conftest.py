"""Fixtures that several rooms share."""

import signal
from collections.abc import Iterator

import pytest

from studio import i18n

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job has it ignored, and so its children


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
