"""Brings what a session shows to the PCs that have an agent, before it is needed; trouble there is said and retried."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from studio.clock import Clock
from studio.errors import NotReady, StudioError
from studio.i18n import _
from studio.model.plan import Assets, LanePlan, Plan
from studio.model.studio import Shelf, Studio
from studio.pc.known import Door

ASSETS = Path(".studio") / "assets"
"""Where the workspace keeps what it has drawn and copied, each under the hash of its bytes."""


def shelved(studio: Studio, doors: Mapping[str, Door]) -> Studio:
    """The studio, with where the agent of its PC keeps assets; as it was where it has none."""
    door = doors.get(studio.id)
    return replace(studio, shelf=door.assets) if door else studio


async def stock(
    plan: Plan, doors: Mapping[str, Door], folder: Path, clock: Clock, within_s: float, again: bool = True
) -> Plan:
    """Send each PC what it has not got of its lane's assets; ``folder`` holds them under the same names.

    The lanes say what keeps an asset from its PC, also that ``within_s`` seconds were not enough; nothing is raised,
    since one studio's trouble is no other's. What has come whole stays there. Without ``again``, a lane of
    which that is known already is left to whoever tries again.
    """

    async def stocked(lane: LanePlan) -> LanePlan:
        if not isinstance(lane.studio.view, Shelf) or (lane.unstocked and not again):
            return lane
        try:
            async with asyncio.timeout(within_s):
                await send(lane.assets, doors.get(lane.studio.id), folder, clock)
        except TimeoutError:
            return replace(lane, unstocked=_("they are still being sent"))
        except StudioError as error:
            return replace(lane, unstocked=str(error))
        return replace(lane, unstocked="")

    return replace(plan, lanes=tuple(await asyncio.gather(*map(stocked, plan.lanes))))


async def send(assets: Assets, door: Door | None, folder: Path, clock: Clock) -> None:
    """Send an agent what it has not got of ``assets``, files on its shelf. Raises AgentError and NotReady."""
    from studio.pc.client import AgentClient  # heavy, and most have no agent

    names = {_name(file.path) for file in assets.files}
    if door is None:
        raise NotReady(_("Its agent was forgotten."), _("Pair that PC again: studio agent pair STUDIO"))
    async with AgentClient(door, clock) as agent:
        for name in await agent.missing_assets(names):
            try:
                await agent.put_asset(name, folder / name)
            except FileNotFoundError as error:
                raise NotReady(
                    _("{file} is not here any more.").format(file=folder / name),
                    _("Edit any row once more, such as its stock, and the pictures are drawn anew."),
                ) from error
            except OSError as error:
                raise NotReady(
                    _("{file} cannot be read ({why}).").format(file=folder / name, why=error.strerror or error),
                    _("Give this account the right to read it."),
                ) from error


def _name(theirs: str) -> str:
    return (PureWindowsPath(theirs) if "\\" in theirs else PurePosixPath(theirs)).name
