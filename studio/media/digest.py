"""The checksum of a file, read in pieces."""

import hashlib
from pathlib import Path

from studio.errors import MediaUnreadable
from studio.i18n import _


def sha256(path: Path) -> str:
    """SHA-256 of the file's bytes as 64 lower-case hex digits; MediaUnreadable where it cannot be read to its end."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise MediaUnreadable(
            _("The checksum of {name} cannot be computed: {reason}.").format(
                name=path.name, reason=error.strerror or error
            ),
            _("Check that the file is there and that this account may read it."),
        ) from error
