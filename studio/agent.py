"""The agent's process: builds the parts of one studio PC's agent and runs them until it is told to stop."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import psutil

from studio.clock import NS_PER_S
from studio.errors import StudioError
from studio.model.pc import Facts, ObsState
from studio.pc.desk import Desk
from studio.pc.facts import gather
from studio.pc.films import Films
from studio.pc.identity import identity
from studio.pc.invitation import Invitation
from studio.pc.known import Token
from studio.pc.pairing import Pairing
from studio.pc.service import Service, served
from studio.pc.settings import Settings
from studio.pc.shelf import Shelf
from studio.timekeeper import SystemClock, wall_grain_ns

log = logging.getLogger(__name__)

LOOK_NS = NS_PER_S // 2


async def serve(
    settings: Settings, state: Path, shown: Callable[[str], None], up: Callable[[int, bool], None], stop: asyncio.Event
) -> None:
    """Serve until ``stop``. ``shown`` is told each pairing code, ``up`` the port and whether a director is paired.

    Raises NotReady where it cannot listen.
    """
    clock, token, who = SystemClock(), Token(state), identity(state)
    shelf = Shelf(state / "assets")
    desk = Desk(settings.obs, clock) if settings.obs else None
    films = Films(settings.films, state, clock, settings.keep_days, desk.writing if desk else lambda: None)
    invitation = Invitation(state, shown)
    pairing = Pairing(who.fingerprint, clock, invitation.show)

    def facts() -> Facts:
        return gather(settings.films, shelf.folder, desk.state() if desk else ObsState(False), films.rate)

    service = Service(clock, wall_grain_ns(), token, pairing, films, shelf, desk, facts)
    async with served(service, who, settings.bind, settings.port) as port:
        if not token.known:
            pairing.invite()
        up(port, token.known)
        async with asyncio.TaskGroup() as tasks:
            minding = (films.mind(), _mind(clock, invitation, pairing, desk))
            started = [tasks.create_task(one) for one in minding]
            await stop.wait()
            for task in started:
                task.cancel()


async def _mind(clock: SystemClock, invitation: Invitation, pairing: Pairing, desk: Desk | None) -> None:
    """Show a code where a person here asks for it, void an old one, and have OBS run where it should."""
    said = ""
    while True:
        try:
            if invitation.asked():
                pairing.invite()
            pairing.expire()
            if desk is not None:
                await asyncio.to_thread(desk.keep)
            said = ""
        except (StudioError, OSError, psutil.Error) as error:
            if str(error) != said:
                log.warning("%s", error)
            said = str(error)
        await clock.sleep_until(clock.monotonic_ns() + LOOK_NS)
