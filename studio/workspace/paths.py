"""Paths that stay inside the workspace, and file names made from titles that every system accepts."""

import unicodedata
from pathlib import Path, PurePosixPath

RESERVED = frozenset(
    {"con", "prn", "aux", "nul"} | {f"com{digit}" for digit in range(1, 10)} | {f"lpt{digit}" for digit in range(1, 10)}
)
"""Names Windows keeps for devices, whatever their ending."""
_FORBIDDEN = set('<>:"/\\|?*')
MAX_NAME_BYTES = 120


def inside(root: Path, relative: str) -> Path | None:
    """The path of ``relative`` (forward slashes) below ``root``; None where it leads out, links followed."""
    pure = PurePosixPath(relative)
    if pure.is_absolute() or "\\" in relative or ":" in relative or "\0" in relative or ".." in pure.parts:
        return None
    path = root / pure
    try:
        return path if path.resolve().is_relative_to(root.resolve()) else None
    except (OSError, RuntimeError):  # a link that leads to itself
        return None


def file_name(title: str) -> str:
    """A file name for ``title``, without ending: no separators, no Windows device name, at most 120 bytes.

    Titles that differ only in what is replaced get the same name; the caller adds an id where that matters.
    """
    plain = unicodedata.normalize("NFC", title)
    kept = "".join(
        "-" if char in _FORBIDDEN else " " if char.isspace() else char
        for char in plain
        if char.isspace() or (unicodedata.category(char)[0] != "C")
    )
    name = " ".join(kept.split()).strip(" .-")
    name = name.encode("utf-8")[:MAX_NAME_BYTES].decode("utf-8", "ignore").rstrip(" .-")
    if not name or name.split(".")[0].strip().lower() in RESERVED:
        name = f"_{name}"
    return name
