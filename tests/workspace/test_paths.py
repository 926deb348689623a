"""Paths stay inside the workspace, and names made from titles work on every system."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.workspace.paths import MAX_NAME_BYTES, RESERVED, file_name, inside


def test_a_file_of_the_workspace_is_inside(tmp_path: Path) -> None:
    assert inside(tmp_path, "scenes/logo.png") == tmp_path / "scenes/logo.png"


@pytest.mark.parametrize(
    "relative", ["../x", "scenes/../../x", "/etc/passwd", "C:/x", "C:x", "..\\x", "scenes\\x", "a\0b"]
)
def test_a_path_that_leads_out_is_none(tmp_path: Path, relative: str) -> None:
    assert inside(tmp_path, relative) is None


def test_a_link_that_leads_out_is_none(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    root.mkdir()
    elsewhere.mkdir()
    (root / "scenes").symlink_to(elsewhere)
    assert inside(root, "scenes/logo.png") is None


def test_a_link_that_leads_to_itself_is_none(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert inside(tmp_path, "a/x") is None


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("沙棘专场", "沙棘专场"),
        ("沙棘/红芸豆: 合场?", "沙棘-红芸豆- 合场"),
        ("CON", "_CON"),
        ("aux.txt", "_aux.txt"),
        ("..", "_"),
        ("", "_"),
        ("  two  blanks\n", "two blanks"),
        ("ends with dot.", "ends with dot"),
    ],
)
def test_a_title_becomes_a_file_name(title: str, name: str) -> None:
    assert file_name(title) == name


@given(st.text(max_size=200))
def test_any_title_becomes_a_name_every_system_takes(title: str) -> None:
    name = file_name(title)
    assert name
    assert len(name.encode("utf-8")) <= MAX_NAME_BYTES + 1
    assert not set(name) & set('<>:"/\\|?*\0\n\t')
    assert name.split(".")[0].lower() not in RESERVED
    assert name[-1] not in " ."
    assert name not in (".", "..")
