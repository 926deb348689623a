"""The studio's PC: its clock, its settings, its OBS as a process; by its agent or, on this machine, by ourselves."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from studio.air.doctor.finding import Finding, Level
from studio.clock import NS_PER_MS, Clock, format_duration
from studio.errors import AgentError, NotReady
from studio.i18n import _
from studio.model.pc import Disk, Facts, ObsState, Offset, Setting
from studio.model.studio import Studio
from studio.pc.client import AgentClient
from studio.pc.facts import gather
from studio.pc.known import doors

BUSY_PERCENT = 85.0
"""A processor or a memory that is fuller than this leaves OBS too little."""
CLOCK_MS = 1_000
"""A clock that is off by more than this makes file dates and log lines of that PC misleading."""


async def pc_findings(studio: Studio, state: Path, clock: Clock) -> list[Finding]:
    """What is found at that studio's PC; where nobody can tell, that is said. ``state`` is the workspace's."""
    try:
        door = doors(state).get(studio.id)
    except NotReady as error:
        return [Finding("agent", "bad", error.message, error.remedy)]
    if door is None:
        if studio.view is None:
            return judge(gather([], Path(), ObsState(False)), None)
        what = _("No agent runs on that PC: its clock, its settings and its recordings are unknown.")
        return [Finding("agent", "unknown", what, _("Install one there when there is time: docs/agent.md"))]
    try:
        async with AgentClient(door, clock) as agent:
            return judge(await agent.facts(), await agent.offset())
    except AgentError as error:
        return [Finding("agent", "warn", error.message, error.remedy)]


def judge(facts: Facts, offset: Offset | None) -> list[Finding]:
    """The findings of an agent's answer; ``offset`` is None where that PC is this machine."""
    found = []
    if offset is not None:
        what = _("The agent {version} runs there, on {system}.").format(version=facts.version, system=facts.system)
        found += [Finding("agent", "ok", what, value=facts.version), clock_finding(offset), obs_finding(facts.obs)]
        found += [disk for disk in map(_disk, facts.disks) if disk is not None]
        found.append(load_finding(facts))
        if facts.minutes_left is not None:
            what = _("Its disk takes {minutes} min more of what is being recorded.").format(minutes=facts.minutes_left)
            found.append(Finding("room", "ok", what, value=facts.minutes_left))
    found.append(settings_finding(facts.settings))
    if facts.encoders is not None:
        level: Level = "ok" if facts.encoders else "warn"
        what = (
            _("A GPU encoder is there: {names}.").format(names=", ".join(facts.encoders))
            if facts.encoders
            else _("No GPU encoder is there: OBS encodes on the processor.")
        )
        remedy = "" if facts.encoders else _("Keep other programs closed there while on air.")
        found.append(Finding("encoder", level, what, remedy, list(facts.encoders)))
    return found


def clock_finding(offset: Offset) -> Finding:
    """Whether that clock is near ours."""
    value = {"ahead_ms": round(offset.ahead_ms, 3), "uncertainty_ms": round(offset.uncertainty_ns / NS_PER_MS, 3)}
    seconds, doubt = abs(offset.ahead_ns) / 1e9, offset.uncertainty_ns / NS_PER_MS
    words = _("{seconds:.3f} s ahead of ours") if offset.ahead_ns >= 0 else _("{seconds:.3f} s behind ours")
    what = _("That PC's clock is {off}, give or take {doubt:.1f} ms.").format(
        off=words.format(seconds=seconds), doubt=doubt
    )
    if abs(offset.ahead_ns) - offset.uncertainty_ns <= CLOCK_MS * NS_PER_MS:
        return Finding("clock", "ok", what, value=value)
    remedy = _("Turn on automatic time there; recordings are matched by the measured difference meanwhile.")
    return Finding("clock", "warn", what, remedy, value)


def load_finding(facts: Facts) -> Finding:
    """Whether OBS has processor and memory enough."""
    value = {"cpu_percent": facts.cpu_percent, "memory_percent": facts.memory_percent}
    if facts.cpu_percent is None or facts.memory_percent is None:
        return Finding("load", "unknown", _("How busy that PC is cannot be told."), value=value)
    what = _("That PC uses {cpu:.0f} % of its processor and {memory:.0f} % of its memory.")
    what = what.format(cpu=facts.cpu_percent, memory=facts.memory_percent)
    if max(facts.cpu_percent, facts.memory_percent) <= BUSY_PERCENT:
        return Finding("load", "ok", what, value=value)
    return Finding("load", "warn", what, _("Close other programs there; OBS skips frames otherwise."), value)


def settings_finding(settings: tuple[Setting, ...] | None) -> Finding:
    """Whether sleep or an update would interrupt a show."""
    if settings is None:
        what = _("Whether sleep or updates would interrupt a show there cannot be told.")
        return Finding("settings", "unknown", what, _("Look into that PC's power and update settings."))
    if not settings:
        return Finding("settings", "ok", _("Neither sleep nor updates would interrupt a show there."), value=[])
    words = _settings()
    level: Level = "bad" if "restart_pending" in settings else "warn"
    return Finding(
        "settings",
        level,
        " ".join(words[one][0] for one in settings),
        " ".join(words[one][1] for one in settings),
        list(settings),
    )


def _settings() -> Mapping[Setting, tuple[str, str]]:
    return {
        "sleeps": (
            _("That PC goes to sleep when nobody touches it."),
            _("Set sleep to never in its power settings."),
        ),
        "update_restarts": (
            _("Updates may restart that PC by themselves."),
            _("Pause updates there for the days of your sessions."),
        ),
        "restart_pending": (
            _("That PC waits to be restarted for an update."),
            _("Restart it now, before the show."),
        ),
    }


def obs_finding(obs: ObsState) -> Finding:
    """Whether OBS runs there and listens."""
    value: dict[str, Any] = asdict(obs)
    if obs.question == "safe_mode":
        what = _("OBS did not end cleanly there and asks at its screen whether to start in Safe Mode.")
        remedy = _("Press “Run in Normal Mode” there: in Safe Mode nothing can be steered.")
        return Finding("obs_process", "bad", what, remedy, value)
    if obs.question == "dies":
        what = _("OBS ends there as soon as the agent has started it.")
        return Finding("obs_process", "bad", what, _("Start it there by hand and read what it says."), value)
    if obs.question:
        what = _("OBS runs there and does not listen.")
        remedy = _("Answer what it asks at its screen, and enable its WebSocket server under Tools.")
        return Finding("obs_process", "bad", what, remedy, value)
    if obs.running:
        words = (
            _("OBS {version} runs there, for {time} now.") if obs.up_ms is not None else _("OBS {version} runs there.")
        )
        what = words.format(version=obs.version, time=format_duration(obs.up_ms or 0))
        return Finding("obs_process", "ok", what, value=value)
    remedy = _("Start it there, or from here: studio agent obs STUDIO start")
    return Finding("obs_process", "warn", _("OBS does not run there."), remedy, value)


def _disk(disk: Disk) -> Finding | None:
    if disk.total:
        return None  # how long it lasts, the doctor tells by OBS's own rate
    what = _("The folder of recordings {folder} is not there.").format(folder=disk.folder)
    return Finding("films", "bad", what, _("Plug that disk in, or correct films in agent.toml there."))
