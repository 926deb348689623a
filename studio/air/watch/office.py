"""The director's API as the watch uses it: what is expected in the studios, and alarms to report."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import aiohttp

from studio.air.client import DOOR
from studio.air.watch.judge import KINDS
from studio.air.watch.sample import Expected
from studio.model.studio import Limits

log = logging.getLogger(__name__)

PC_ALARMS = {"agent": "pc_agent", "clock": "pc_clock", "settings": "pc_settings", "obs_process": "pc_obs"}
"""The kind of alarm of each check of a studio's PC that is worth one while on air."""
_TIMEOUT = aiohttp.ClientTimeout(total=3)


@dataclass(frozen=True, slots=True)
class Room:
    """One studio whose OBS is to be watched: part of a running session."""

    id: str
    name: str
    host: str
    port: int
    secret: str
    session: str
    expected: Expected = field(compare=False)
    alarms: Mapping[str, int] = field(default_factory=dict, compare=False)
    """The alarms of this watch's kinds that stand in the director's log, with their beginnings (monotonic ns)."""
    pc_alarms: frozenset[str] = field(default=frozenset(), compare=False)
    """Those of its PC that do."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What the director wants watched."""

    rooms: tuple[Room, ...]
    limits: Limits


class Office:
    """Speaks to whichever director its door names at the time; that one may be restarted at any moment."""

    def __init__(self, state: Path) -> None:
        """``state`` is the workspace's ``.studio`` folder."""
        self._file = state / DOOR
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def orders(self) -> Orders | None:
        """What to watch now; None where no director answers."""
        answer = await self._ask("GET", "/status")
        if answer is None or answer[0] != 200:
            return None
        try:
            return read_orders(answer[1])
        except (KeyError, TypeError, ValueError, AttributeError):
            log.exception("the director's status cannot be read")
            return None

    async def report(self, alarm: Mapping[str, Any]) -> bool:
        """Whether a director has taken a transition in, or will never: then it is of no use to send it again."""
        answer = await self._ask("POST", "/alarms", alarm)
        if answer is None or answer[0] in (401, 403) or answer[0] >= 500:
            return False
        if answer[0] >= 400:
            log.error("the director refuses an alarm with %d: %s", answer[0], dict(alarm))
        return True

    async def tell_pc(self, studio: str, told: Mapping[str, Any]) -> None:
        """How the studio's PC does; a director that is away is told the next time."""
        await self._ask("POST", "/pc", {"studio": studio, "told": told})

    async def _ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any] | None:
        """Status and JSON of an answer; None where none came."""
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
            url, headers = f"http://127.0.0.1:{int(found['port'])}{path}", {"Authorization": f"Bearer {found['token']}"}
            async with self._session.request(method, url, json=body, headers=headers) as answer:
                return answer.status, await answer.json() if method == "GET" and answer.status == 200 else None
        except (OSError, TimeoutError, ValueError, KeyError, TypeError, aiohttp.ClientError) as error:
            log.debug("no director answers: %s", type(error).__name__)
            return None


def read_orders(status: Mapping[str, Any]) -> Orders:
    """The studios of running sessions in a ``GET /status``; raises KeyError, TypeError or ValueError."""
    known = {one.name for one in fields(Limits)}
    limits = Limits(**{name: value for name, value in status.get("limits", {}).items() if name in known})
    rooms = [
        _room(name, told) for name, told in status["studios"].items() if told.get("session") and not told.get("over")
    ]
    return Orders(tuple(rooms), limits)


def _room(studio_id: str, told: Mapping[str, Any]) -> Room:
    expected = Expected(
        scene=told.get("scene"),
        live=bool(told.get("live")),
        speaking=bool(told.get("speaking")),
        standby=bool(told.get("standby")),
        standby_since_ns=told.get("standby_since_ns"),
        recording=bool(told.get("recording")),
        stream=bool(told.get("stream")),
        camera=bool(told.get("camera")),
    )
    return Room(
        id=studio_id,
        name=str(told.get("name") or studio_id),
        host=str(told["host"]),
        port=int(told["port"]),
        secret=str(told.get("secret") or ""),
        session=str(told["session"]),
        expected=expected,
        alarms={one["kind"]: int(one["began_ns"]) for one in told.get("alarms", ()) if one["kind"] in KINDS},
        pc_alarms=frozenset(one["kind"] for one in told.get("alarms", ())) & frozenset(PC_ALARMS.values()),
    )
