"""The watch over the studios' PCs that have an agent: tells the director how each does, and what would spoil a show."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from studio.air.doctor.finding import Finding
from studio.air.doctor.pc import judge
from studio.air.watch.office import PC_ALARMS, Office, Room
from studio.clock import NS_PER_S, Clock
from studio.errors import AgentError
from studio.pc.client import AgentClient
from studio.pc.known import Door
from studio.pc.rounds import rounds

log = logging.getLogger(__name__)

EVERY_NS = 5 * NS_PER_S
Say = Callable[[Mapping[str, Any]], None]


async def watch_pcs(
    state: Path, office: Office, rooms: Callable[[], Mapping[str, Room]], say: Say, clock: Clock
) -> None:
    """Ask every paired agent again and again; ``rooms`` are the studios on air, ``say`` hands on an alarm."""

    async def call_on(studio: str, door: Door) -> None:
        await _ask(studio, door, office, rooms, say, clock)

    await rounds(state, call_on, EVERY_NS, clock, log.warning)


async def _ask(
    studio: str, door: Door, office: Office, rooms: Callable[[], Mapping[str, Room]], say: Say, clock: Clock
) -> None:
    try:
        async with AgentClient(door, clock) as agent:
            facts, offset = await agent.facts(), await agent.offset()
        findings = judge(facts, offset)
        told: dict[str, Any] = {
            "ahead_ns": offset.ahead_ns,
            "uncertainty_ns": offset.uncertainty_ns,
            "minutes_left": facts.minutes_left,
            "cpu_percent": facts.cpu_percent,
            "obs": asdict(facts.obs),
        }
    except AgentError as error:
        findings, told = [Finding("agent", "bad", error.message, error.remedy)], {"why": str(error)}
    await office.tell_pc(studio, told)
    room = rooms().get(studio)
    if room is not None:
        for alarm in alarms(room, findings, clock.monotonic_ns()):
            say(alarm)


def alarms(room: Room, findings: list[Finding], now_ns: int) -> list[dict[str, Any]]:
    """What changes of a studio's alarms: those of its PC that stand in the log, against what was found."""
    well = {PC_ALARMS[one.check] for one in findings if one.check in PC_ALARMS and one.level == "ok"}
    wanted = {PC_ALARMS[one.check]: one for one in findings if one.check in PC_ALARMS and one.level in ("warn", "bad")}
    over = [
        kind
        for kind in room.pc_alarms
        if kind in well and kind not in wanted  # of what nobody can tell now, it is not known that it is over
    ]
    begun = [kind for kind in wanted if kind not in room.pc_alarms]
    return [_alarm(room, kind, now_ns, wanted.get(kind)) for kind in (*begun, *over)]


def _alarm(room: Room, kind: str, now_ns: int, found: Finding | None) -> dict[str, Any]:
    """What the director is told: the alarm begins with what was found, and is over where nothing was."""
    return {
        "studio": room.id,
        "kind": kind,
        "raised": found is not None,
        "what": f"{room.name}: {found.what}" if found else "",
        "remedy": found.remedy if found else "",
        "began_ns": now_ns,
        "lasted_ms": None,
        "value": "",
    }
