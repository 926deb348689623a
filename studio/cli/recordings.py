"""``studio recordings``: what was recorded on the studios' PCs, and its copies here."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli.check import readable_json
from studio.cli.options import json_option, workspace_option
from studio.i18n import _, ngettext
from studio.model.problem import printable

if TYPE_CHECKING:
    from studio.model.pc import Film
    from studio.pc.known import Door

LOOK_S = 15.0
"""A look of ``studio run`` at a PC that is off takes no longer."""


@click.group(
    help=_("Recordings on the studios' PCs, and their verified copies below recordings/."),
    epilog=_("Example: {command}").format(command="studio recordings copy main"),
)
def recordings() -> None:
    """The group; its help is the text above."""


@recordings.command(
    "list",
    help=_("List the recordings of every paired PC, or of STUDIO's alone: how large, finished or not, copied or not."),
    epilog=_("Example: {command}").format(command="studio recordings list main --json"),
)
@click.argument("studio_id", metavar="[STUDIO]", required=False)
@workspace_option
@json_option
def listed(studio_id: str | None, workspace: Path | None, as_json: bool) -> None:
    """Ask each agent; exit with 3 where one does not answer."""
    from dataclasses import asdict

    from studio.cli.agent import asked, paired
    from studio.errors import AgentError

    told: dict[str, Any] = {}
    whole = True
    for name, door in paired(workspace, studio_id).items():
        try:
            films = asked(door, lambda agent: agent.films())
        except AgentError as error:
            whole = False
            click.echo(printable(f"{name}: {error}"), err=True)
            continue
        told[name] = [asdict(film) for film in films]
        for film in () if as_json else films:
            click.echo(printable(f"{name}  {film.size / 1e6:>9.1f} MB  {_standing(film)}  {film.name}"))
    if as_json:
        click.echo(readable_json(told))
    click.get_current_context().exit(0 if whole else 3)


@recordings.command(
    help=_(
        "Copy finished recordings from the paired PCs into recordings/STUDIO: resumed where it was cut, verified from "
        "end to end, sealed. The original stays until the agent's own rule lets it go."
    ),
    epilog=_("Example: {command}").format(command="studio recordings copy main --rate 50"),
)
@click.argument("studio_id", metavar="[STUDIO]", required=False)
@click.option(
    "--rate",
    type=click.IntRange(1, 100_000),
    metavar="MBIT",
    help=_("At most so many megabits a second; without it, as fast as the network is."),
)
@workspace_option
@json_option
def copy(studio_id: str | None, rate: int | None, workspace: Path | None, as_json: bool) -> None:
    """Copy, with one line a studio on the terminal while that lasts."""
    from studio.cli.agent import paired
    from studio.workspace.root import find_root

    root = find_root(Path.cwd(), workspace)
    doors = paired(workspace, studio_id)
    told, whole = asyncio.run(_copy(root, doors, rate, quiet=as_json))
    if as_json:
        click.echo(readable_json(told))
    click.get_current_context().exit(0 if whole else 3)


async def _copy(
    root: Path, doors: dict[str, Door], rate: int | None, *, quiet: bool
) -> tuple[dict[str, list[str]], bool]:
    """The new files by studio, and whether every PC has answered."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    from studio.errors import StudioError
    from studio.jobs.copying import copy_films
    from studio.pc.client import AgentClient
    from studio.pc.throttle import Throttle
    from studio.timekeeper import SystemClock

    clock = SystemClock()
    throttle = Throttle(None if rate is None else rate * 125_000, clock)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    told: dict[str, list[str]] = {}
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as bars:

        async def fetch(studio: str, door: Door) -> bool:
            bar = bars.add_task(escape(studio), total=None)

            def progress(film: Film, have: int) -> None:
                bars.update(bar, description=escape(f"{studio} {film.name}"), total=film.size, completed=have)

            try:
                with ExitStack() as stack:
                    await _when_free(stack, root, studio)
                    async with AgentClient(door, clock) as agent:
                        store = root / "recordings" / studio
                        new, left = await copy_films(agent, studio, store, clock, throttle, progress)
            except StudioError as error:
                click.echo(printable(f"{studio}: {error}"), err=True)
                return False
            told[studio] = [str(path) for path in new]
            if not quiet:
                click.echo(printable(_summary(studio, len(new), left)))
            return True

        fetched = await asyncio.gather(*(fetch(studio, door) for studio, door in doors.items()))
    return told, all(fetched)


async def _when_free(stack: ExitStack, root: Path, studio: str) -> None:
    """The right to copy, once ``studio run`` has ended its look at that PC. Raises LockHeld where it is copying."""
    from studio.errors import LockHeld
    from studio.jobs.copier import one_copying

    until = asyncio.get_running_loop().time() + LOOK_S
    while True:
        try:
            stack.enter_context(one_copying(root, studio))
            return
        except LockHeld:
            if asyncio.get_running_loop().time() > until:
                raise
            await asyncio.sleep(0.2)


def _summary(studio: str, new: int, left: int) -> str:
    words = ngettext("{studio}: {count} recording copied", "{studio}: {count} recordings copied", new)
    line = words.format(studio=studio, count=new)
    if left:
        waiting = ngettext("{count} is not finished yet", "{count} are not finished yet", left)
        line += _(", {waiting}").format(waiting=waiting.format(count=left))
    return line + _(".")


def _standing(film: Film) -> str:
    if film.sealed:
        return _("copied")
    if not film.stable:
        return _("recording")
    return _("waits to be copied") if film.sha256 else _("being hashed")
