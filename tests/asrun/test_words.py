"""Every verdict has its words."""

from typing import get_args

import pytest

from studio.asrun.events import VerdictWord
from studio.asrun.words import verdict


@pytest.mark.parametrize("word", get_args(VerdictWord))
def test_a_verdict_has_words_of_its_own(word: str) -> None:
    assert verdict(word) and "_" not in verdict(word)


def test_an_unknown_verdict_is_shown_as_the_log_has_it() -> None:
    assert verdict("exploded") == "exploded"
