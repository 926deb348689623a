"""A studio to examine: a small scene file, a sheet of two rows, and the way to its OBS."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from fractions import Fraction

from studio.air.doctor.finding import Diagnosis, Finding
from studio.air.doctor.subject import Subject
from studio.air.doctor.visit import diagnose
from studio.model.runsheet import Cue, RunSheet, Transition
from studio.model.scene import Rect, Scene, SceneFile, Source
from studio.model.session import Session
from studio.model.studio import Canvas, Limits, Output, PathMap, Studio
from studio.obs.device import ObsDevice
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.timekeeper import SystemClock

PASSWORD = "高原口令"
CANVAS = Canvas(180, 320, Fraction(30))
TITLES = {"opening": "开场", "host": "主播"}
QUICK_S = 0.4
"""A test recording just long enough to be one."""


def spec(canvas: Canvas = CANVAS, prefix: str = "") -> SceneFile:
    full = Rect(0, 0, canvas.width, canvas.height)
    colour = Source("底", "colour", full, {"colour": "#203040"})
    scenes = tuple(Scene(identity, f"{prefix}{title}", (colour,)) for identity, title in TITLES.items())
    return SceneFile("portrait", canvas, full, scenes)


def subject(
    port: int,
    *,
    host: str = "127.0.0.1",
    paths: PathMap | None = None,
    output: Output = "record_only",
    transition: str = "Fade",
    scene: str = "host",
    minutes: int = 60,
    limits: Limits | None = None,
    scenes: SceneFile | None = None,
) -> Subject:
    """Studio ``main`` with one coming session of two rows: a Cut to ``opening``, then ``transition`` to ``scene``."""
    studio = Studio("main", "主直播间", host, port, "OBS_MAIN", "portrait", paths or PathMap(), True, output)
    rows = (
        Cue("c0", 0, 60_000, "opening", "开场"),
        Cue("c1", 60_000, 60_000, scene, "主播", Transition(transition, 300)),
    )
    start = datetime(2026, 12, 4, 11, 30, tzinfo=UTC)
    session = Session(
        id="s1204", title="沙棘专场", start=start, duration_ms=minutes * 60_000, runsheet="sheet", studios=("main",)
    )
    limits = limits or Limits(disk_minutes=1)
    return Subject(studio, scenes or spec(), ((session, RunSheet("sheet", "试播", rows)),), limits)


async def visit(subject: Subject, password: str = PASSWORD, *, seconds: float = QUICK_S) -> Diagnosis:
    """Examine that studio over the link of a command that holds the lock."""
    clock = SystemClock()

    @asynccontextmanager
    async def reach(studio: Studio) -> AsyncIterator[ObsDevice]:
        async with ObsLink(Address(studio.host, studio.port, password), clock) as link:
            yield ObsDevice(link, clock)

    return await diagnose(subject, password, reach, clock, seconds=seconds, knock_ms=1_000)


def finding(diagnosis: Diagnosis, check: str) -> Finding:
    """The one finding of that check."""
    (found,) = (one for one in diagnosis.findings if one.check == check)
    return found
