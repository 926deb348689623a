"""What the doctor says of a studio's PC: each fact that matters has its finding, its level and its remedy."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.air.doctor.finding import Finding
from studio.air.doctor.pc import judge
from studio.model.pc import Disk, Facts, ObsState, Offset

pytestmark = pytest.mark.usefixtures("english")

GOOD = Facts(
    version="0.1.0",
    system="Windows 11",
    name="ZB-01",
    zone="+08:00",
    booted_ns=0,
    disks=(Disk("D:\\录像", 60_000_000_000, 500_000_000_000),),
    cpu_percent=20.0,
    memory_percent=50.0,
    encoders=("nvenc",),
    settings=(),
    obs=ObsState(True, 1, 3_725_000, True, "31.0.2", True),
    assets="C:\\assets",
)
NEAR = Offset(2_000_000, 400_000, 0)


def found(facts: Facts, offset: Offset | None = NEAR) -> dict[str, Finding]:
    return {one.check: one for one in judge(facts, offset)}


def test_a_pc_that_is_well_has_nothing_to_do() -> None:
    assert {one.level for one in judge(GOOD, NEAR)} == {"ok"}
    assert list(found(GOOD)) == ["agent", "clock", "obs_process", "load", "settings", "encoder"]


@pytest.mark.parametrize(
    ("facts", "check", "level", "words", "remedy"),
    [
        (GOOD, "obs_process", "ok", "OBS 31.0.2 runs there, for 1:02:05 now.", ""),
        (replace(GOOD, cpu_percent=97.0), "load", "warn", "97 % of its processor", "Close other programs"),
        (replace(GOOD, memory_percent=None), "load", "unknown", "cannot be told", ""),
        (replace(GOOD, settings=("sleeps",)), "settings", "warn", "goes to sleep", "never"),
        (replace(GOOD, settings=("update_restarts",)), "settings", "warn", "may restart", "Pause updates"),
        (replace(GOOD, settings=("restart_pending", "sleeps")), "settings", "bad", "waits to be", "Restart it now"),
        (replace(GOOD, settings=None), "settings", "unknown", "cannot be told", "Look into"),
        (replace(GOOD, encoders=()), "encoder", "warn", "No GPU encoder", "closed"),
        (replace(GOOD, obs=ObsState(False)), "obs_process", "warn", "does not run", "studio agent obs STUDIO start"),
        (
            replace(GOOD, obs=replace(GOOD.obs, question="safe_mode")),
            "obs_process",
            "bad",
            "Safe Mode",
            "Run in Normal",
        ),
        (replace(GOOD, obs=replace(GOOD.obs, question="not_listening")), "obs_process", "bad", "not listen", "Answer"),
        (replace(GOOD, obs=replace(GOOD.obs, question="dies")), "obs_process", "bad", "as soon as", "by hand"),
        (replace(GOOD, disks=(Disk("E:\\gone", 0, 0),)), "films", "bad", "E:\\gone is not there", "Plug"),
        (replace(GOOD, recording_rate=1e6), "room", "ok", "takes 1000 min", ""),
    ],
)
def test_each_trouble_has_its_finding(facts: Facts, check: str, level: str, words: str, remedy: str) -> None:
    one = found(facts)[check]
    assert (one.level, words in one.what, remedy in one.remedy) == (level, True, True), one


@pytest.mark.parametrize(
    ("ahead_ms", "doubt_ms", "level", "words"),
    [
        (-40_000, 0.4, "warn", "40.000 s behind ours, give or take 0.4 ms"),
        (1_200, 10, "warn", "1.200 s ahead of ours"),
        (1_200, 900, "ok", "1.200 s ahead of ours, give or take 900.0 ms"),
        (-3, 0.4, "ok", "0.003 s behind ours"),
    ],
)
def test_a_clock_is_off_only_where_it_is_surely_so(ahead_ms: int, doubt_ms: float, level: str, words: str) -> None:
    one = found(GOOD, Offset(ahead_ms * 1_000_000, round(doubt_ms * 1e6), 0))["clock"]
    assert (one.level, words in one.what) == (level, True), one
    assert bool(one.remedy) == (level != "ok")


def test_of_this_very_machine_only_what_can_differ_is_said() -> None:
    assert list(found(GOOD, None)) == ["settings", "encoder"]
