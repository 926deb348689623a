"""The agent's assets: pictures and clips under the hash of their bytes, so that a name never means two things."""

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from uuid import uuid4

from studio.errors import RefusedByRule
from studio.i18n import _
from studio.system import private_directory

SYNC = 32 * 1024 * 1024
NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{1,8}")
"""The SHA-256 of the bytes, and the ending by which OBS knows their kind."""


class Shelf:
    """The assets in ``folder``; what is on it is whole, whenever the power is cut."""

    def __init__(self, folder: Path) -> None:
        self.folder = private_directory(folder)
        for part in folder.glob("*.part"):
            part.unlink()

    def missing(self, names: Collection[str]) -> list[str]:
        """Those that are not here. Raises RefusedByRule for a name that is none."""
        return sorted(name for name in set(names) if not self._path(name).exists())

    async def put(self, name: str, pieces: AsyncIterator[bytes]) -> None:
        """Take one in. Raises RefusedByRule where the bytes are not what the name says; then nothing is kept."""
        path = self._path(name)
        private_directory(self.folder)  # somebody may have made room
        part, digest = self.folder / f"{uuid4().hex}.part", hashlib.sha256()
        try:
            with part.open("wb") as file:
                synced = 0
                async for piece in pieces:
                    digest.update(piece)
                    file.write(piece)
                    if file.tell() - synced >= SYNC:  # else the last one would take its time
                        synced = file.tell()
                        await asyncio.to_thread(os.fsync, file.fileno())
                file.flush()
                await asyncio.to_thread(os.fsync, file.fileno())
            if digest.hexdigest() != path.stem:
                raise RefusedByRule(
                    _("The asset arrived damaged, or under the name of another one."), _("Send it again.")
                )
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise RefusedByRule(_("That is not the name of an asset."), _("Use the same release."))
        return self.folder / name
