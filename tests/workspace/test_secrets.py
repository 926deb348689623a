"""Where passwords come from, and that a broken file does not spill its contents."""

from pathlib import Path

import pytest

from studio.errors import NotReady
from studio.workspace.secrets import secret, variable


def test_the_environment_comes_first(tmp_path: Path) -> None:
    (tmp_path / "secrets.toml").write_text('main-obs = "from the file"', encoding="utf-8")
    assert secret("main-obs", tmp_path, {variable("main-obs"): "from the environment"}) == "from the environment"


def test_then_the_file(tmp_path: Path) -> None:
    (tmp_path / "secrets.toml").write_text('main-obs = "口令"', encoding="utf-8")
    assert secret("main-obs", tmp_path, {}) == "口令"


def test_without_either_it_is_empty(tmp_path: Path) -> None:
    assert secret("main-obs", tmp_path, {}) == ""


def test_the_variable_has_only_letters_that_every_shell_knows() -> None:
    assert variable("aux-1.obs") == "STUDIO_SECRET_AUX_1_OBS"


def test_a_broken_file_is_named_and_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "secrets.toml").write_text("main-obs = hunter2", encoding="utf-8")
    with pytest.raises(NotReady) as caught:
        secret("main-obs", tmp_path, {})
    assert "hunter2" not in str(caught.value)
