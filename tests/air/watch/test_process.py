"""The watch as a process: what the director wants watched, what it is told, and what happens while it is away."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from studio.air.watch.process import Watch
from studio.model.studio import Limits
from studio.obs.virtual import VirtualObs
from studio.system import spawn
from studio.timekeeper import SystemClock
from studio.workspace.secrets import variable
from tests.air.watch.studio_set import BLACK, CANVAS, GREY, METERS, colour, subscriptions, until
from tests.obs.virtual.client import PASSWORD, Client, client

LIMITS = Limits(black_ms=300)
SECONDS = 8.0


class HurriedClock(SystemClock):
    """Runs five times as fast as this machine's: the watch asks, looks and judges so much sooner."""

    def monotonic_ns(self) -> int:
        return 5 * super().monotonic_ns()

    async def sleep_until(self, monotonic_ns: int) -> None:
        await super().sleep_until(monotonic_ns // 5)


class FakeDirector:
    """A director's door: it tells ``studios`` and keeps the alarms it was told."""

    def __init__(self, root: Path, token: str = "token one") -> None:
        self.studios: dict[str, Any] = {}
        self.alarms: list[dict[str, Any]] = []
        self.refused: list[dict[str, Any]] = []
        self.answers = 200
        self._file, self._token = root / ".studio" / "director.json", token

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve on a port of its own for a block; the door's file stays as a killed director leaves it."""
        application = web.Application()
        application.router.add_get("/status", self._status)
        application.router.add_post("/alarms", self._alarm)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._file.parent.mkdir(exist_ok=True)
        self._file.write_text(json.dumps({"port": runner.addresses[0][1], "token": self._token, "pid": 1}))
        try:
            yield
        finally:
            await runner.cleanup()

    async def _status(self, request: web.Request) -> web.Response:
        self._check(request)
        return web.json_response({"studios": self.studios, "limits": asdict(LIMITS), "on_air": True, "now_ns": 0})

    async def _alarm(self, request: web.Request) -> web.Response:
        self._check(request)
        taken = self.alarms if self.answers == 200 else self.refused
        taken.append(await request.json())
        return web.json_response({}, status=self.answers)

    def _check(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self._token}":
            raise web.HTTPUnauthorized

    @property
    def told(self) -> list[tuple[str, str, bool]]:
        """Studio, kind and whether raised, of each alarm."""
        return [(one["studio"], one["kind"], one["raised"]) for one in self.alarms]


def standing(obs: VirtualObs, **more: Any) -> dict[str, Any]:
    """A studio on air as the director tells it."""
    found: dict[str, Any] = {"name": "主直播间", "host": obs.host, "port": obs.port, "secret": "OBS_MAIN"}
    found |= {"connected": True, "session": "s-1", "run": "r-1", "scene": "商品", "live": False, "speaking": False}
    found |= {"standby": False, "standby_since_ns": None, "recording": False, "stream": False, "camera": False}
    return found | {"alarms": []} | more


@asynccontextmanager
async def virtual(folder: Path, port: int = 0) -> AsyncIterator[tuple[VirtualObs, Client]]:
    """A virtual OBS with a grey scene on air."""
    async with VirtualObs(port=port, password=PASSWORD, record_dir=folder, canvas=CANVAS) as obs, client(obs) as desk:
        await desk.get("CreateScene", sceneName="商品")
        name, kind, settings = colour("底", GREY)
        await desk.get("CreateInput", sceneName="商品", inputName=name, inputKind=kind, inputSettings=settings)
        await desk.get("SetCurrentProgramScene", sceneName="商品")
        yield obs, desk


async def paint(desk: Client, code: int) -> None:
    await desk.get("SetInputSettings", inputName="底", inputSettings={"color": code})


@asynccontextmanager
async def watching(root: Path) -> AsyncIterator[Watch]:
    """The watch of a workspace, in this process."""
    watch = Watch(root, HurriedClock())
    running = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        watch.stop()
        await running


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable("OBS_MAIN"), PASSWORD)


@pytest.mark.usefixtures("english")
async def test_the_director_is_told_once_when_a_trouble_begins_and_once_when_it_is_over(tmp_path: Path) -> None:
    director = FakeDirector(tmp_path)
    async with virtual(tmp_path) as (obs, desk), director.open(), watching(tmp_path):
        director.studios = {"main": standing(obs)}
        await paint(desk, BLACK)
        before_ns = HurriedClock().monotonic_ns()
        await until(lambda: len(director.alarms) == 1, SECONDS)
        await paint(desk, GREY)
        await until(lambda: len(director.alarms) == 2, SECONDS)
    raised, over = director.alarms
    assert set(raised) == {"studio", "kind", "raised", "what", "remedy", "began_ns", "lasted_ms", "value"}
    assert (raised["studio"], raised["kind"], raised["raised"], raised["value"]) == ("main", "black", True, "0 %")
    assert raised["what"].startswith("The picture of 主直播间 has been black for 0:0")
    assert raised["remedy"].endswith("studio standby --studio main")
    assert abs(raised["began_ns"] - before_ns) < 3e9
    assert raised["lasted_ms"] is None
    assert (over["kind"], over["raised"], over["began_ns"]) == ("black", False, raised["began_ns"])
    assert 300 <= over["lasted_ms"] < 5_000


async def test_a_studio_without_a_session_is_left_alone_and_one_whose_session_ends_is_let_go(tmp_path: Path) -> None:
    director = FakeDirector(tmp_path)
    async with virtual(tmp_path) as (idle, _desk), virtual(tmp_path) as (obs, desk), director.open():
        director.studios = {"main": standing(obs), "aux1": standing(idle, session=None)}
        await paint(desk, BLACK)
        async with watching(tmp_path):
            await until(lambda: director.told == [("main", "black", True)], SECONDS)
            director.studios["main"]["session"] = None
            await until(lambda: director.told[1:] == [("main", "black", False)], SECONDS)
            await until(lambda: len(obs.journal.of("connection", "closed")) == 2, SECONDS)
        assert METERS not in subscriptions(idle)


async def test_what_a_director_that_was_away_has_missed_it_is_told_when_it_is_back(tmp_path: Path) -> None:
    first, second = FakeDirector(tmp_path), FakeDirector(tmp_path, "token two")
    async with virtual(tmp_path) as (obs, desk), watching(tmp_path) as watch:
        first.studios = second.studios = {"main": standing(obs)}
        async with first.open():
            await until(lambda: METERS in subscriptions(obs), SECONDS)
        await paint(desk, BLACK)
        await until(lambda: len(watch.unsent) == 1, SECONDS)
        await paint(desk, GREY)
        await until(lambda: len(watch.unsent) == 2, SECONDS)
        async with second.open():
            await until(lambda: second.told == [("main", "black", True), ("main", "black", False)], SECONDS)
    assert first.alarms == []


async def test_an_alarm_a_director_cannot_take_now_is_sent_again_and_one_it_refuses_is_not(tmp_path: Path) -> None:
    director = FakeDirector(tmp_path)
    director.answers = 503
    async with virtual(tmp_path) as (obs, desk), director.open(), watching(tmp_path) as watch:
        director.studios = {"main": standing(obs)}
        await paint(desk, BLACK)
        await until(lambda: len(director.refused) == 2, SECONDS)
        director.answers = 200
        await until(lambda: director.told == [("main", "black", True)], SECONDS)
        director.answers = 400
        await paint(desk, GREY)
        await until(lambda: len(director.refused) == 3 and not watch.unsent, SECONDS)
    assert len(director.alarms) == 1


async def test_an_obs_that_is_started_again_is_watched_again(tmp_path: Path) -> None:
    director = FakeDirector(tmp_path)
    async with director.open(), watching(tmp_path):
        async with virtual(tmp_path) as (obs, _desk):
            director.studios = {"main": standing(obs)}
            await until(lambda: METERS in subscriptions(obs), SECONDS)
        async with virtual(tmp_path, obs.port) as (_again, desk):
            await paint(desk, BLACK)
            await until(lambda: director.told == [("main", "black", True)], SECONDS)


async def test_an_alarm_that_an_earlier_watch_has_raised_is_ended(tmp_path: Path) -> None:
    director = FakeDirector(tmp_path)
    stood = {"kind": "black", "what": "…", "remedy": "…", "began_ns": 5, "value": "0 %"}
    foreign = {**stood, "kind": "obs_lost"}
    async with virtual(tmp_path) as (obs, _desk), director.open(), watching(tmp_path):
        director.studios = {"main": standing(obs, alarms=[stood, foreign])}
        await until(lambda: director.told == [("main", "black", False)], SECONDS)
    assert director.alarms[0]["began_ns"] == 5


async def test_a_status_nobody_can_read_and_a_door_nobody_can_read_change_nothing(tmp_path: Path) -> None:
    director = FakeDirector(tmp_path)
    (tmp_path / ".studio").mkdir()
    (tmp_path / ".studio" / "director.json").write_text("{")
    async with virtual(tmp_path) as (obs, desk), watching(tmp_path):
        await asyncio.sleep(0.1)
        async with director.open():
            director.studios = {"main": {"session": "s-1"}}
            await asyncio.sleep(0.5)
            director.studios = {"main": standing(obs)}
            await paint(desk, BLACK)
            await until(lambda: director.told == [("main", "black", True)], SECONDS)


@contextmanager
def process(root: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The watch as ``studio run`` starts it."""
    child = spawn("studio.air.watch", [str(root)], log=root / "watch.log", environment={})
    assert child.stdin is not None and child.stdout is not None
    try:
        assert json.loads(child.stdout.readline()) == {"watching": str(root)}
        yield child
    finally:
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()


def nothing_but(log: Path, said: Mapping[str, int]) -> None:
    text = log.read_text(encoding="utf-8")
    assert "Traceback" not in text and "Task" not in text, text
    assert all(text.count(words) == count for words, count in said.items()), text


async def test_the_process_watches_and_ends_when_its_input_is_closed(tmp_path: Path) -> None:
    director = FakeDirector(tmp_path)
    async with virtual(tmp_path) as (obs, desk), director.open():
        director.studios = {"main": standing(obs)}
        await paint(desk, BLACK)
        with process(tmp_path) as child:
            await until(lambda: director.told == [("main", "black", True)], SECONDS)
            assert child.stdin is not None
            child.stdin.close()
            assert await asyncio.to_thread(child.wait, SECONDS) == 0
    nothing_but(tmp_path / "watch.log", {PASSWORD: 0, "token one": 0})


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal there")
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
async def test_the_process_ends_at_a_signal_with_no_director_about(tmp_path: Path, sign: signal.Signals) -> None:
    with process(tmp_path) as child:
        child.send_signal(sign)
        assert await asyncio.to_thread(child.wait, SECONDS) == 0
    nothing_but(tmp_path / "watch.log", {})
