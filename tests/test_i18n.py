"""Every message has its Chinese, with the same fields; the language follows STUDIO_LANG."""

import os
import subprocess
import sys

import pytest

from tests import catalogue


def test_the_catalogue_is_complete_and_compiled() -> None:
    assert list(catalogue.problems()) == []


def test_a_missing_translation_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = catalogue.wanted()
    monkeypatch.setattr(catalogue, "wanted", lambda: {**real, "Nobody translated this.": {"studio/x.py"}})
    assert list(catalogue.problems()) == ["studio/x.py: not translated: 'Nobody translated this.'"]


@pytest.mark.parametrize(
    ("language", "words"),
    [pytest.param({}, "用法", id="Chinese first"), ({"STUDIO_LANG": "en"}, "Usage"), ({"STUDIO_LANG": "zh"}, "用法")],
)
def test_help_speaks_the_language_asked_for(language: dict[str, str], words: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in ("STUDIO_LANG", "LANGUAGE")}
    done = subprocess.run(
        [sys.executable, "-m", "studio", "--help"],
        env={**environment, **language, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert words in done.stdout
