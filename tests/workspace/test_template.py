"""A new workspace is the shipped one, whole or not at all."""

from pathlib import Path

import pytest

from studio.errors import NotReady, WouldOverwrite
from studio.workspace.template import template_files, write_workspace

SHIPPED = Path(__file__).parents[2]


def everything(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_the_repository_root_is_the_template() -> None:
    names = [name for name in template_files() if name != ".gitignore"]
    assert {name: (SHIPPED / name).read_bytes() for name in names} == {name: template_files()[name] for name in names}


def test_the_root_has_no_workspace_file_the_template_lacks() -> None:
    files = [path for room in ("scenes", "schedules") for path in (SHIPPED / room).rglob("*") if path.is_file()]
    found = {path.relative_to(SHIPPED).as_posix() for path in files}
    assert found == {name for name in template_files() if name.startswith(("scenes/", "schedules/"))}


def test_the_marker_is_written_last() -> None:
    assert list(template_files())[-1] == "studio.toml"


def test_folders_above_are_made(tmp_path: Path) -> None:
    write_workspace(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b" / "studio.toml").is_file()


def test_what_lies_in_the_folder_already_stays(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    write_workspace(tmp_path)
    assert (tmp_path / "README.md").read_text() == "mine"


@pytest.mark.parametrize("name", ["studio.toml", ".gitignore", "schedules/products.yaml", "scenes"])
def test_a_file_in_the_way_is_named_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    before = everything(tmp_path)
    with pytest.raises(WouldOverwrite, match=Path(name).name):
        write_workspace(tmp_path)
    assert everything(tmp_path) == before
    assert (tmp_path / name).read_text() == "mine"


def test_a_broken_link_in_the_way_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "studio.toml").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WouldOverwrite):
        write_workspace(tmp_path)
    assert everything(tmp_path) == ["studio.toml"]


def test_a_full_disk_leaves_nothing_half_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open

    def failing(self: Path, *args: object, **kwargs: object) -> object:
        if self.name == "products.yaml" and "xb" in args:
            raise OSError(28, "No space left on device", str(self))
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", failing)
    with pytest.raises(NotReady, match="No space left"):
        write_workspace(tmp_path / "new" / "place")
    assert everything(tmp_path) == []


def test_ctrl_c_leaves_nothing_half_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open

    def stopping(self: Path, *args: object, **kwargs: object) -> object:
        if self.name == "studio.toml" and "xb" in args:
            raise KeyboardInterrupt
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", stopping)
    with pytest.raises(KeyboardInterrupt):
        write_workspace(tmp_path / "new")
    assert everything(tmp_path) == []


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "place").write_text("mine")
    with pytest.raises(WouldOverwrite, match="place"):
        write_workspace(tmp_path / "place")


def test_media_and_state_are_kept_out_of_git(tmp_path: Path) -> None:
    write_workspace(tmp_path)
    ignored = (tmp_path / ".gitignore").read_text().split()
    assert {"/.studio/", "/recordings/*", "*.mkv"} <= set(ignored)
