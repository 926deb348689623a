"""Where the workspace is: named, in the environment, or above."""

from pathlib import Path

import pytest

from studio.errors import WorkspaceNotFound
from studio.workspace.root import find_root


@pytest.fixture
def house(tmp_path: Path) -> Path:
    root = tmp_path / "house"
    (root / "scenes" / "deep").mkdir(parents=True)
    (root / "studio.toml").write_text("")
    return root.resolve()


def test_the_nearest_folder_above_is_the_root(house: Path) -> None:
    assert find_root(house / "scenes" / "deep", environ={}) == house


def test_the_environment_comes_before_the_folder(house: Path, tmp_path: Path) -> None:
    assert find_root(tmp_path, environ={"STUDIO_WORKSPACE": str(house)}) == house


def test_the_option_comes_before_the_environment(house: Path, tmp_path: Path) -> None:
    assert find_root(tmp_path, explicit=house, environ={"STUDIO_WORKSPACE": str(tmp_path)}) == house


def test_a_named_folder_must_be_the_root_itself(house: Path) -> None:
    with pytest.raises(WorkspaceNotFound):
        find_root(house, explicit=house / "scenes", environ={})


def test_nothing_above_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceNotFound) as caught:
        find_root(tmp_path, environ={})
    assert "studio init" in caught.value.remedy
