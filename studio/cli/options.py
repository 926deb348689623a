"""Options that several commands share, as decorators."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from studio.i18n import _

Command = TypeVar("Command", bound=Callable[..., Any])


def workspace_option(command: Command) -> Command:
    """``--workspace DIR``, passed as ``workspace: Path | None``."""
    return click.option(
        "--workspace",
        envvar="STUDIO_WORKSPACE",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help=_("The workspace; without it, the first folder from here upwards that holds studio.toml."),
    )(command)


def json_option(command: Command) -> Command:
    """``--json``, passed as ``as_json: bool``."""
    return click.option("--json", "as_json", is_flag=True, help=_("Print facts as JSON."))(command)
