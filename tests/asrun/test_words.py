"""Every verdict has its words."""

from typing import get_args, get_type_hints

import pytest

from studio.asrun.events import RunEnded, VerdictWord
from studio.asrun.words import reason, verdict


@pytest.mark.parametrize("word", get_args(VerdictWord))
def test_a_verdict_has_words_of_its_own(word: str) -> None:
    assert verdict(word) and "_" not in verdict(word)


@pytest.mark.parametrize("word", get_args(get_type_hints(RunEnded)["reason"]))
def test_an_ending_has_words_of_its_own(word: str, chinese: None) -> None:
    assert reason(word) != word


def test_an_unknown_verdict_is_shown_as_the_log_has_it() -> None:
    assert verdict("exploded") == "exploded"
