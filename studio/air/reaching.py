"""One studio's OBS for a command: by the director where one runs, else by a link of its own under the same lock."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from pydantic import TypeAdapter

from studio.air.client import ask, director_runs
from studio.errors import LockHeld, NotReady
from studio.i18n import _
from studio.model.obs import Outcome, Picture, Request
from studio.model.studio import Studio
from studio.obs.device import ObsDevice
from studio.obs.handshake import Address
from studio.obs.link import CALL_MS, ObsLink
from studio.system import exclusive_lock, private_directory
from studio.timekeeper import SystemClock
from studio.workspace.secrets import secret

LOCK = "director.lock"
_PICTURE, _REQUESTS, _OUTCOMES = (
    TypeAdapter(Picture),
    TypeAdapter(tuple[Request, ...]),
    TypeAdapter(tuple[Outcome, ...]),
)


class Device(Protocol):
    """What a command needs of an OBS."""

    async def observe(
        self, *, scenes: Collection[str] | None = None, inputs: Collection[str] | None = None
    ) -> Picture: ...

    async def apply(self, requests: Sequence[Request]) -> Sequence[Outcome]: ...

    async def call(
        self, request_type: str, data: Mapping[str, Any] | None = None, *, deadline_ms: int = CALL_MS
    ) -> dict[str, Any]: ...

    async def dump(self) -> dict[str, Any]: ...


Reach = Callable[[Studio], AbstractAsyncContextManager[Device]]
"""Opens one studio's OBS; raises ObsError, or NotReady where the director does not reach it."""


class DirectorsDevice:
    """A studio's OBS through the director that runs; refusals of OBS are raised as sentences with an exit code.

    ``session`` is what was on air there when this was opened, None where nothing was.
    """

    def __init__(self, root: Path, studio: str, session: str | None = None) -> None:
        self._root = root
        self._studio = studio
        self.session = session

    async def observe(self, *, scenes: Collection[str] | None = None, inputs: Collection[str] | None = None) -> Picture:
        """All that is there; narrower questions are not asked, nobody is in a hurry here."""
        return _PICTURE.validate_python(await self._ask("observe", {}))

    async def apply(self, requests: Sequence[Request]) -> Sequence[Outcome]:
        """Send and prove requests in their order."""
        asked = _REQUESTS.dump_python(tuple(requests), mode="json")
        return _OUTCOMES.validate_python((await self._ask("apply", {"requests": asked}))["answer"])

    async def call(
        self, request_type: str, data: Mapping[str, Any] | None = None, *, deadline_ms: int = CALL_MS
    ) -> dict[str, Any]:
        """One request and its answer."""
        return await self._ask("call", {"type": request_type, "data": data or {}, "deadline_ms": deadline_ms})

    async def dump(self) -> dict[str, Any]:
        """All that a user owns there."""
        return await self._ask("dump", {})

    async def _ask(self, what: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        return await asyncio.to_thread(ask, self._root, what, {"studio": self._studio, **fields})


@contextmanager
def workspace_lock(root: Path) -> Iterator[None]:
    """Be the only one who changes the workspace's OBS, for a ``with`` block.

    Raises LockHeld, whose words tell a director that runs from another command.
    """
    with ExitStack() as held:
        try:
            held.enter_context(exclusive_lock(private_directory(root / ".studio") / LOCK, _("A director")))
        except LockHeld as error:
            if director_runs(root):
                raise
            raise LockHeld(
                _("Another studio command is at work on this workspace."),
                _("Wait until it is done, then try again."),
            ) from error
        yield


@asynccontextmanager
async def reach_studio(root: Path, studio: Studio) -> AsyncIterator[Device]:
    """The studio's OBS for an ``async with`` block. Raises ObsError where it is out of reach."""
    async with reach_studios(root) as reach, reach(studio) as device:
        yield device


@asynccontextmanager
async def reach_studios(root: Path) -> AsyncIterator[Reach]:
    """How to reach any studio's OBS, several at once, for an ``async with`` block.

    Raises LockHeld where another command is at work and no director, which could be asked instead.
    """
    with ExitStack() as held:
        try:
            held.enter_context(workspace_lock(root))
        except LockHeld:
            if not director_runs(root):
                raise
            yield partial(_through_director, root)
            return
        yield partial(_by_own_link, root / ".studio")


@asynccontextmanager
async def _by_own_link(state: Path, studio: Studio) -> AsyncIterator[Device]:
    clock = SystemClock()
    async with ObsLink(Address(studio.host, studio.port, secret(studio.secret, state)), clock) as link:
        yield ObsDevice(link, clock)


@asynccontextmanager
async def _through_director(root: Path, studio: Studio) -> AsyncIterator[Device]:
    """The director is asked first what it knows of the studio: it may know it not, or not reach it."""
    known = (await asyncio.to_thread(ask, root, "status"))["studios"].get(studio.id)
    if known is None or (known["host"], known["port"]) != (studio.host, studio.port):
        raise NotReady(
            _("The director does not know the OBS of {studio} at the address in studio.toml.").format(
                studio=studio.name
            ),
            _("End studio run with Ctrl-C and start it again, which leaves on air what is on air."),
        )
    if not known["connected"]:
        raise NotReady(
            _("The director does not reach the OBS of {studio}.").format(studio=studio.name),
            known["why"] or _("Look at that OBS; studio status tells more."),
        )
    yield DirectorsDevice(root, studio.id, known["session"])
