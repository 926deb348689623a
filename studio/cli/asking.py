"""Commands that ask the director: how the question is put, and how its answer is printed."""

import json
from pathlib import Path
from typing import Any

import click

from studio.i18n import _
from studio.model.problem import printable


def ask_director(workspace: Path | None, what: str, **fields: Any) -> dict[str, Any]:
    """The director's answer; fields that are None are left out. Raises NotReady where none runs, or what it refuses."""
    from studio.air.client import ask
    from studio.workspace.root import find_root

    root = find_root(Path.cwd(), workspace)
    return ask(root, what, {name: value for name, value in fields.items() if value is not None})


def tell(answer: dict[str, Any], as_json: bool) -> None:
    """Print what an order, a mark or an edit was answered, or the requests that it would send."""
    if as_json:
        from studio.cli.check import readable_json

        click.echo(readable_json(answer))
        return
    for words in answer.get("said", ()):
        click.echo(printable(words))
    for studio, requests in answer.get("requests", {}).items():
        if not requests:
            click.echo(printable(_("{studio}: nothing would be sent.").format(studio=studio)))
        for request in requests:
            line = _("{studio}: {type} {data}, because {because}").format(
                studio=studio,
                type=request["type"],
                data=json.dumps(request["data"], ensure_ascii=False),
                because=request["because"],
            )
            click.echo(printable(line))
