"""Every command's help has an example, and facts can be had as JSON."""

import pytest

from tests import helptext


@pytest.mark.parametrize("words", [words for words in helptext.commands() if words != ("obs",)], ids=" ".join)
def test_the_help_of_a_command_has_an_example(words: tuple[str, ...]) -> None:
    assert "Example: studio" in helptext.help_of(*words)
