"""Every verdict has its words, and so has how far a session is from its plan."""

from typing import get_args, get_type_hints

import pytest

from studio.asrun.events import RunEnded, VerdictWord
from studio.asrun.words import over_words, reason, verdict
from studio.i18n import language, use


@pytest.mark.parametrize("word", get_args(VerdictWord))
def test_a_verdict_has_words_of_its_own(word: str) -> None:
    assert verdict(word) and "_" not in verdict(word)


@pytest.mark.parametrize("word", get_args(get_type_hints(RunEnded)["reason"]))
def test_an_ending_has_words_of_its_own(word: str, chinese: None) -> None:
    assert reason(word) != word


def test_an_unknown_verdict_is_shown_as_the_log_has_it() -> None:
    assert verdict("exploded") == "exploded"


@pytest.mark.parametrize(
    ("milliseconds", "english_words", "chinese_words"),
    [
        pytest.param(0, "on plan", "按计划", id="on plan"),
        pytest.param(999, "on plan", "按计划", id="below a second is on plan"),
        pytest.param(-999, "on plan", "按计划", id="below a second ahead too"),
        pytest.param(1_000, "1 s behind", "慢 1 秒", id="from a second on"),
        pytest.param(-1_999, "1 s ahead", "快 1 秒", id="rounded down on either side"),
        pytest.param(130_000, "2 min 10 s behind", "慢 2 分 10 秒", id="behind"),
        pytest.param(-65_000, "1 min 5 s ahead", "快 1 分 5 秒", id="ahead"),
        pytest.param(120_000, "2 min behind", "慢 2 分", id="whole minutes"),
        pytest.param(3_600_000, "1 h behind", "慢 1 小时", id="whole hours"),
        pytest.param(3_605_000, "1 h 5 s behind", "慢 1 小时 5 秒", id="no minutes between"),
        pytest.param(-7_384_000, "2 h 3 min 4 s ahead", "快 2 小时 3 分 4 秒", id="all of it"),
    ],
)
def test_over_and_under_are_said_in_words(milliseconds: int, english_words: str, chinese_words: str) -> None:
    before, found = language(), []
    for spoken in ("en", "zh"):
        use(spoken)
        found.append(over_words(milliseconds))
    use(before)
    assert found == [english_words, chinese_words]
