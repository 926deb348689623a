"""Which OBS a command means, and the way to it: typed as HOST:PORT, or a studio of the workspace."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from studio.cli.options import workspace_option
from studio.i18n import _

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from studio.air.reaching import Device
    from studio.model.studio import Studio
    from studio.obs.handshake import Address

PASSWORD = "STUDIO_OBS_PASSWORD"
Command = TypeVar("Command", bound=Callable[..., Any])


def obs_option(help_text: str) -> Callable[[Command], Command]:
    """``--obs HOST:PORT``, passed as ``obs: str | None``."""
    return click.option("--obs", "obs", metavar="HOST:PORT", help=help_text)


def reach_options(command: Command) -> Command:
    """``--obs``, ``--studio`` and ``--workspace``: what ``reach`` takes."""
    studio = click.option(
        "--studio", "studio_id", metavar="ID", help=_("A studio of the workspace; without it, the main one.")
    )
    return obs_option(_("An OBS by its address instead; its password in STUDIO_OBS_PASSWORD."))(
        studio(workspace_option(command))
    )


def reach(obs: str | None, studio_id: str | None, workspace: Path | None) -> AbstractAsyncContextManager[Device]:
    """The OBS that the options of ``reach_options`` mean, to be entered.

    A studio is reached through the director where one runs; a typed address is what it is, whoever else uses it.
    """
    if obs is None:
        from studio.air.reaching import reach_studio

        return reach_studio(*chosen_studio(studio_id, workspace))
    if studio_id is not None:
        raise click.UsageError(_("Give --obs or --studio, not both."))
    return _by_address(typed_address(obs))


@asynccontextmanager
async def _by_address(address: Address) -> AsyncIterator[Device]:
    from studio.obs.device import ObsDevice
    from studio.obs.link import ObsLink
    from studio.timekeeper import SystemClock

    clock = SystemClock()
    async with ObsLink(address, clock, subscriptions=0) as link:
        yield ObsDevice(link, clock)


def chosen_studio(studio_id: str | None, workspace: Path | None) -> tuple[Path, Studio]:
    """The workspace's root and the studio of that id, or its main one; a usage error where there is none."""
    from studio.errors import ProblemsFound
    from studio.jobs.check import read_workspace
    from studio.workspace.root import find_root

    root = find_root(Path.cwd(), workspace)
    found, problems = read_workspace(root)
    studio = found.main_studio if studio_id is None else found.studio(studio_id)
    if studio is not None:
        return root, studio
    if problems:
        raise ProblemsFound(problems)
    names = ", ".join(one.id for one in found.venue.studios)
    raise click.UsageError(
        _("There is no studio {studio}. Those in studio.toml: {names}").format(studio=studio_id or "", names=names)
    )


def typed_address(text: str) -> Address:
    """HOST:PORT as an address; the password from the environment, or asked for where somebody sits at a terminal."""
    from studio.obs.handshake import parse_address

    try:
        parse_address(text, "")
    except ValueError as error:
        raise click.UsageError(
            _("--obs takes HOST:PORT, such as 127.0.0.1:4455; this is {text}").format(text=text)
        ) from error
    password = os.environ.get(PASSWORD)
    if password is None and sys.stdin.isatty():
        password = click.prompt(_("Password of that OBS"), hide_input=True, default="", show_default=False, err=True)
    return parse_address(text, password or "")
