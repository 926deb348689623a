"""Passwords and keys by name: from the environment, else from ``.studio/secrets.toml``; they are never printed."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from studio.errors import NotReady
from studio.i18n import _

FILE = "secrets.toml"


def variable(name: str) -> str:
    """The environment variable that holds the secret ``name``: ``main-obs`` is STUDIO_SECRET_MAIN_OBS."""
    return "STUDIO_SECRET_" + "".join(letter if letter.isalnum() else "_" for letter in name).upper()


def secret(name: str, state: Path | None = None, environ: Mapping[str, str] | None = None) -> str:
    """The secret of that name; empty where there is none.

    ``state`` is the workspace's ``.studio`` folder. Raises NotReady where its file cannot be read.
    """
    environ = os.environ if environ is None else environ
    if (found := environ.get(variable(name))) is not None:
        return found
    file = None if state is None else state / FILE
    if file is None or not file.exists():
        return ""
    try:
        return str(tomllib.loads(file.read_text(encoding="utf-8")).get(name, ""))
    except (OSError, ValueError) as error:
        raise NotReady(
            _("{file} cannot be read.").format(file=file.name),
            _('Write it as lines of name = "password", readable by you alone.'),
        ) from error
