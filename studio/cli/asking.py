"""Options and answers that all commands share which ask the director."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from studio.cli.options import json_option, workspace_option
from studio.i18n import _

AUTHOR = "STUDIO_AUTHOR"
Command = TypeVar("Command", bound=Callable[..., Any])


def asking_options(command: Command) -> Command:
    """``--session``, ``--studio``, ``--as``, ``--workspace``, ``--json``: what ``ask_and_say`` takes as ``common``."""
    session = click.option("--session", metavar="ID", help=_("The session meant, where several are running."))
    studio = click.option("--studio", metavar="ID", help=_("One studio alone; without it, all of the session."))
    author = click.option(
        "--as", "author", envvar=AUTHOR, metavar="NAME", help=_("Who says so; without it, your user name.")
    )
    return session(studio(author(workspace_option(json_option(command)))))


def ask_and_say(what: str, fields: Mapping[str, Any], common: Mapping[str, Any]) -> dict[str, Any]:
    """Ask the director and print what it says, one sentence a line, or the whole answer as JSON."""
    from studio.air.client import ask
    from studio.workspace.root import find_root

    root = find_root(Path.cwd(), common["workspace"])
    asked = {"session": common["session"], "studio": common["studio"], "author": common["author"] or user(), **fields}
    answer = ask(root, what, asked)
    if common["as_json"]:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        for sentence in answer.get("said", ()):
            click.echo(sentence)
    return answer


def user() -> str:
    """The name of whoever sits at this machine."""
    try:
        return os.environ.get(AUTHOR) or getpass.getuser()
    except (OSError, KeyError, ImportError):
        return _("unknown")


def duration_ms(text: str) -> int:
    """Milliseconds of a typed duration, negative behind a minus; a usage error where it is none."""
    from studio.clock import parse_duration

    sign, rest = (-1, text[1:]) if text.startswith(("-", "−")) else (1, text)
    try:
        return sign * parse_duration(rest)
    except ValueError as error:
        raise click.UsageError(
            _("“{text}” is not a duration; write it as 30s, 2m or 1:30.").format(text=text)
        ) from error
