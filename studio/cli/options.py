"""Options that several commands share, as decorators."""

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar

import click

from studio.i18n import _

Command = TypeVar("Command", bound=Callable[..., Any])
AUTHOR = "STUDIO_AUTHOR"


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


def session_option(command: Command) -> Command:
    """``--session ID``, passed as ``session: str | None``."""
    return click.option("--session", metavar="ID", help=_("The session meant, where several are running."))(command)


def studio_option(command: Command) -> Command:
    """``--studio ID``, passed as ``studio: str | None``."""
    return click.option("--studio", metavar="ID", help=_("One studio alone; without it, all of the session."))(command)


def author_option(command: Command) -> Command:
    """``--as NAME``, passed as ``author: str``."""
    return click.option(
        "--as",
        "author",
        envvar=AUTHOR,
        metavar="NAME",
        default=system_user,
        show_default=False,
        help=_("Who says so, for the log; without it, STUDIO_AUTHOR or your user name."),
    )(command)


def dry_run_option(command: Command) -> Command:
    """``--dry-run``, passed as ``dry_run: bool``."""
    return click.option("--dry-run", is_flag=True, help=_("Show what would be sent to OBS, and send nothing."))(command)


def run_options(command: Command) -> Command:
    """What every command to a running session takes: session, studio, author, workspace, JSON."""
    options = (session_option, studio_option, author_option, workspace_option, json_option)
    return reduce(lambda made, option: option(made), reversed(options), command)


def system_user() -> str:
    """The name of whoever sits at this computer."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return _("unknown")
