"""A small plan to play on an OBS: three scenes, a standby slate, a product card."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from studio.air.assets import make_assets
from studio.air.director import Director, conduct
from studio.air.journal import Journal
from studio.air.painter import Painter
from studio.asrun.events import Record
from studio.clock import Clock
from studio.model.plan import LanePlan, Plan
from studio.model.runsheet import Cue, Late, Product, RunSheet, Transition
from studio.model.scene import Rect, Scene, SceneFile, Source
from studio.model.studio import Canvas, Studio
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.obs.virtual.server import VirtualObs
from studio.store.asrun import AsRunReader
from studio.timekeeper import SystemClock

CANVAS = Canvas(180, 320, Fraction(30))
FULL = Rect(0, 0, 180, 320)
JUICE = Product("juice", "沙棘汁", 5_990, 7_990, stock=100, link=1, platform_ids=("100",))
BEANS = Product("beans", "红芸豆", 2_990, 3_990, stock=50, link=2, platform_ids=("200",))
PASSWORD = "高原口令"
Read = TypeVar("Read")


def scene(identity: str, title: str, colour: str) -> Scene:
    """A slate with a product card on it."""
    words = {"title": title, "subtitle": "岢岚", "colour": colour}
    card = Source("商品卡", "card", Rect(10, 200, 160, 80))
    return Scene(identity, title, (Source("底", "slate", FULL, words), card))


SPEC = SceneFile(
    "portrait",
    CANVAS,
    FULL,
    (
        scene("standby", "应急画面", "#203040"),
        scene("opening", "开场", "#E07B1A"),
        scene("host", "主播", "#1F4D36"),
        scene("closeup", "产品特写", "#F2EEDD"),
    ),
)


def cues(*scenes: str, each_ms: int = 400, transition: Transition | None = None, late: Late | None = None) -> RunSheet:
    """A sheet with one row a scene, products in turn."""
    rows = tuple(
        Cue(
            f"c{at}",
            at * each_ms,
            each_ms,
            name,
            name,
            transition or Transition(),
            product=("juice", "beans")[at % 2],
            late=late or Late(),
            advance="auto",
        )
        for at, name in enumerate(scenes)
    )
    return RunSheet("sheet", "试播", rows, (JUICE, BEANS))


def plan(
    sheet: RunSheet, folder: Path, *ports: int, prefix: str = "", borrowed: bool = False, record: bool = False
) -> Plan:
    """A plan for one studio a port."""
    assets = make_assets(SPEC, sheet, (), None, folder, folder / "assets")
    lanes = tuple(
        LanePlan(Studio(f"s{at}", f"直播间{at}", "127.0.0.1", port, "obs", "portrait"), SPEC, assets, prefix, borrowed)
        for at, port in enumerate(ports)
    )
    return Plan("run-1", "session-1", "试播", sheet, lanes, record=record)


class Playing:
    """A director that conducts one plan."""

    def __init__(self, made: Plan, folder: Path, password: str, clock: Clock) -> None:
        self._made = made
        self._folder = folder
        self._password = password
        self._clock = clock
        self._stopping = asyncio.Event()

    async def conduct(self) -> None:
        journal = await Journal.open(self._folder / "asrun.db")
        try:
            password = self._password
            await conduct(
                self._made, journal, self._clock, "boot-1", lambda _name: password, self._folder, self._stopping
            )
        finally:
            await journal.close()

    def stop(self) -> None:
        self._stopping.set()


class Log:
    """What a director has written so far."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def events(self, run: str) -> tuple[Record, ...]:
        return self._read(lambda reader: reader.events(run), ())

    def thaw(self, sha256: str) -> str:
        return self._read(lambda reader: reader.thaw(sha256), "")

    def _read(self, read: Callable[[AsRunReader], Read], nothing: Read) -> Read:
        if not self._path.exists():
            return nothing
        reader = AsRunReader(self._path)
        try:
            return read(reader)
        finally:
            reader.close()


def director(made: Plan, folder: Path, password: str = PASSWORD, clock: Clock | None = None) -> tuple[Playing, Log]:
    """A director with its log in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    return Playing(made, folder, password, clock or SystemClock()), Log(folder / "asrun.db")


@asynccontextmanager
async def house(
    folder: Path, clock: Clock | None = None, password: Callable[[str], str] = lambda _name: PASSWORD
) -> AsyncIterator[Director]:
    """A director with its log in ``folder``; what runs at the end is left as a killed one would leave it."""
    folder.mkdir(parents=True, exist_ok=True)
    journal = await Journal.open(folder / "asrun.db")
    made = Director(journal, clock or SystemClock(), "boot-1", password, folder, Painter(folder))
    try:
        yield made
    finally:
        await made.close()
        await journal.close()


def manual(sheet: RunSheet) -> RunSheet:
    """The same sheet, but every row waits for a person."""
    return replace(sheet, cues=tuple(replace(cue, advance="manual") for cue in sheet.cues))


def virtual(folder: Path, port: int = 0, **more: Any) -> VirtualObs:
    """A virtual OBS of the stage's canvas."""
    size = (CANVAS.width, CANVAS.height)
    return VirtualObs(port=port, password=PASSWORD, record_dir=folder / "rec", canvas=size, fps=30, **more)


async def until(holds: Callable[[], object], seconds: float = 10) -> None:
    """Return once it holds; raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)


async def by_hand(obs: VirtualObs, request: str, **data: object) -> None:
    """Somebody does it at the desk."""
    async with ObsLink(Address("127.0.0.1", obs.port, PASSWORD), SystemClock(), subscriptions=0) as hand:
        await hand.call(request, data)
