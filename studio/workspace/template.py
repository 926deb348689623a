"""Writes a new workspace: a copy of the county centre's files, complete or not at all."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from studio.errors import NotReady, WouldOverwrite
from studio.i18n import _

GITIGNORE = """\
/.studio/
/recordings/*
!/recordings/README.md
/reports/*
!/reports/README.md
*.mkv
*.mp4
*.mov
*.wav
"""


def template_files() -> dict[str, bytes]:
    """Every file of a new workspace, by its path with forward slashes, studio.toml last.

    studio.toml marks a workspace: while it is not there, nobody takes the folder for one.
    """
    found = dict(sorted(_walk(files("studio.workspace") / "template", "")))
    marker = found.pop("studio.toml")
    return {**found, ".gitignore": GITIGNORE.encode(), "studio.toml": marker}


def write_workspace(folder: Path) -> tuple[Path, ...]:
    """Write a new workspace into ``folder``, which may exist, and return its files.

    Raises WouldOverwrite where any file of it is there already, and NotReady where the folder cannot be written; in
    both cases, and on Ctrl-C, what this call has written is taken away again.
    """
    contents = template_files()
    _refuse_existing(folder, contents)
    made: list[Path] = []
    try:
        for name, content in contents.items():
            path = folder / name
            _make_folders(path.parent, made)
            with path.open("xb") as file:
                made.append(path)
                file.write(content)
    except BaseException as error:
        _take_away(made)
        if isinstance(error, FileExistsError):
            raise _would_overwrite(Path(str(error.filename))) from error
        if isinstance(error, OSError):
            raise NotReady(
                _("{folder} cannot be written ({reason}).").format(folder=folder, reason=error.strerror or error),
                _("Choose a folder this user may write to, with space left."),
            ) from error
        raise
    return tuple(folder / name for name in contents)


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry.read_bytes()


def _refuse_existing(folder: Path, contents: dict[str, bytes]) -> None:
    for name in contents:
        path = folder / name
        if path.exists() or path.is_symlink():
            raise _would_overwrite(path)
        for part in path.parents:
            if (part.exists() or part.is_symlink()) and not part.is_dir():
                raise _would_overwrite(part)
            if part == folder:
                break


def _would_overwrite(path: Path) -> WouldOverwrite:
    return WouldOverwrite(
        _("{path} already stands there, and nothing was written.").format(path=path),
        _("Choose an empty folder, or move that file away."),
    )


def _make_folders(folder: Path, made: list[Path]) -> None:
    missing = [part for part in (folder, *folder.parents) if not part.exists()]
    for part in reversed(missing):
        part.mkdir()
        made.append(part)


def _take_away(made: list[Path]) -> None:
    for path in reversed(made):
        try:
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink()
        except OSError:  # somebody else put a file beside ours, or took ours away: theirs to keep
            continue
