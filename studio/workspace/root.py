"""Finds the workspace: the folder that holds studio.toml."""

import os
from collections.abc import Mapping
from pathlib import Path

from studio.errors import WorkspaceNotFound
from studio.i18n import _

MARKER = "studio.toml"
VARIABLE = "STUDIO_WORKSPACE"


def find_root(start: Path, explicit: Path | None = None, environ: Mapping[str, str] | None = None) -> Path:
    """The workspace's root: ``explicit`` before ``STUDIO_WORKSPACE`` before the nearest one at or above ``start``.

    A folder named outright must be the root itself. Raises WorkspaceNotFound.
    """
    environ = os.environ if environ is None else environ
    named = explicit or (Path(environ[VARIABLE]) if environ.get(VARIABLE) else None)
    if named is not None:
        if _marked(named):
            return named.resolve()
        raise WorkspaceNotFound(
            _("There is no {marker} in {folder}.").format(marker=MARKER, folder=named),
            _("Name the folder that holds {marker}, or make a workspace with: studio init DIR").format(marker=MARKER),
        )
    start = start.resolve()
    for folder in (start, *start.parents):
        if _marked(folder):
            return folder
    raise WorkspaceNotFound(
        _("There is no {marker} in {folder} or above it.").format(marker=MARKER, folder=start),
        _("Go to a workspace, name one with --workspace DIR, or make one with: studio init DIR"),
    )


def _marked(folder: Path) -> bool:
    try:
        return os.path.lexists(folder / MARKER)
    except (OSError, ValueError):
        return False
