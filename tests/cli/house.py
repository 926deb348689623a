"""A small centre with real processes: virtual studios, ``studio run`` over them, commands as people type them."""

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import pytest

from studio.asrun.events import CueCalled, CueEnded
from studio.cli.__main__ import main
from studio.jobs.stage import virtual_obs
from studio.model.studio import Canvas
from studio.store.asrun import ASRUN_FILE, AsRunReader

PASSWORD = "岢岚 口令"
SECRET = "STUDIO_SECRET_OBS"
CANVAS = Canvas(180, 320, Fraction(15))
STUDIOS = {"main": "主直播间", "aux1": "辅直播间一", "aux2": "辅直播间二"}
AWAY = "aux3"
"""A studio whose OBS nobody has started."""
FAIR, SOLO, HALF = "fair", "solo", "half"
"""Sessions: one in main and aux1, one in aux2, one in aux2 and the studio that is away."""
ROWS = 12
WHOLE = "rect: {x: 0, y: 0, width: 180, height: 320}"
SCENES = """\
canvas: {width: 180, height: 320, fps: 15}
safe: {x: 0, y: 0, width: 180, height: 320}
scenes:
  - {id: standby, title: 应急画面, sources: [{name: 底, kind: slate, title: 请稍候, colour: "#203040"}]}
  - {id: opening, title: 开场, sources: [{name: 底, kind: slate, title: 开场, colour: "#E07B1A"}]}
  - {id: host, title: 主播, sources: [{name: 底, kind: slate, title: 主播, colour: "#1F4D36"}]}
  - id: closeup
    title: 产品特写
    sources:
      - {name: 底, kind: slate, title: 特写, colour: "#8F4310"}
      - {name: 商品卡, kind: card, rect: {x: 10, y: 200, width: 160, height: 100}}
"""
PRODUCTS = """\
products:
  - {id: juice, name: 沙棘汁, live_price: 59.90, stock: 100, link: 1}
  - {id: beans, name: 红芸豆, live_price: 29.90, stock: 50, link: 2}
  - {id: jam, name: 沙棘果酱, live_price: 25.80, stock: 30, link: 3}
"""
CALENDAR = """\
sessions:
  - {id: fair, title: 合场, start: 2026-12-26 19:00, duration: 60m, runsheet: rows, studios: [main, aux1], hosts: [li]}
  - {id: solo, title: 小场, start: 2026-12-27 19:00, duration: 60m, runsheet: rows, studios: [aux2], hosts: [li]}
  - {id: half, title: 半场, start: 2026-12-28 19:00, duration: 60m, runsheet: rows, studios: [aux2, aux3], hosts: [li]}
"""
Found = TypeVar("Found")


@dataclass(frozen=True)
class Said:
    """What a command exited with and printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class House:
    """The workspace at ``root``; each studio's folder holds the journal of its OBS."""

    root: Path
    stage: Path

    def studio(self, *words: str) -> Said:
        """Type ``studio WORDS`` in this process, as the console script would run it."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(sys, "argv", ["studio", *words])
            patched.setenv("STUDIO_WORKSPACE", str(self.root))
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = 0
                try:
                    main()
                except SystemExit as stop:
                    code = int(stop.code or 0)
        return Said(code, out.getvalue(), err.getvalue())

    def does(self, *words: str) -> Said:
        """The same, and it must succeed."""
        said = self.studio(*words)
        assert said.code == 0, said
        return said

    def status(self) -> dict[str, Any]:
        return dict(self.does("status", "--json").json)

    def connected(self, studio: str) -> bool:
        return bool(self.status()["studios"].get(studio, {}).get("connected"))

    def lane(self, studio: str = "main", session: str = FAIR) -> dict[str, Any]:
        return dict(self.status()["sessions"][session]["lanes"][studio])

    def events(self, session: str = FAIR) -> list[Any]:
        """What the log holds of the session's last run."""
        reader = AsRunReader(self.root / ".studio" / ASRUN_FILE)
        try:
            number = next(run for run in reversed(reader.runs()) if run.startswith(f"{session}-"))
            return [record.event for record in reader.events(number)]
        finally:
            reader.close()

    def row(self, cue: str, studio: str = "main", session: str = FAIR) -> dict[str, Any]:
        return next(row for row in self.lane(studio, session)["rows"] if row["cue"] == cue)

    def at(self, cue: str) -> None:
        """Bring the fair to a row, in both studios, as a place to begin from."""
        self.does("jump", cue, "--session", FAIR)
        eventually(self.settled)

    def settled(self) -> bool:
        """Whether every call of the fair has its verdict."""
        events = self.events()
        ended = sum(isinstance(one, CueEnded) and one.take > 0 for one in events)
        return ended == sum(isinstance(one, CueCalled) for one in events)

    def journal(self, studio: str) -> list[dict[str, Any]]:
        """What that OBS was asked and really did, by its own account."""
        text = (self.stage / studio / "virtual.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def shown(self, studio: str) -> list[str]:
        """The scenes that went on air there, in their order."""
        effects = (one for one in self.journal(studio) if one["kind"] == "effect" and one["type"] == "programme")
        return [one["data"]["scene"] for one in effects]

    def wrote(self, studio: str) -> list[str]:
        """The requests that change something, in their order."""
        asked = (one["type"] for one in self.journal(studio) if one["kind"] == "request")
        return [name for name in asked if not name.startswith("Get")]


def eventually(look: Callable[[], Found], within_s: float = 15.0) -> Found:
    """What ``look`` finds once that is something."""
    until = time.monotonic() + within_s
    while not (found := look()):
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.05)
    return found


def lay_out(root: Path, ports: Mapping[str, int]) -> None:
    """Write the workspace; twelve rows a sheet, a minute each, closeup and host in turn, called by hand."""
    for folder in ("scenes", "schedules/runsheets", "recordings"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    toml = '[venue]\nname = "试播中心"\nzone = "Asia/Shanghai"\n'
    for studio, port in ports.items():
        main_one = "main = true\n" if studio == "main" else ""
        toml += (
            f'[studios.{studio}]\nname = "{STUDIOS.get(studio, "辅直播间三")}"\n{main_one}scenes = "small"\n'
            f'obs = {{ host = "127.0.0.1", port = {port}, secret = "OBS" }}\n'
        )
    rows = "".join(
        f"  - {{id: r{at}, title: 第{at}条, scene: {'closeup' if at % 2 else 'host'}, duration: 1m"
        + (f", product: {('juice', 'beans')[at // 2 % 2]}" if at % 2 else "")
        + "}\n"
        for at in range(1, ROWS + 1)
    )
    files = {
        "studio.toml": toml,
        "scenes/small.yaml": SCENES,
        "schedules/people.yaml": "people:\n  - {id: li, name: 李晓云, roles: [主播]}\n",
        "schedules/products.yaml": PRODUCTS,
        "schedules/2026-12.yaml": CALENDAR,
        "schedules/runsheets/rows.yaml": f"title: 十二条\nhost: li\ncues:\n{rows}",
    }
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")


@contextlib.contextmanager
def house(folder: Path) -> Iterator[House]:
    """The centre with its virtual studios; no director yet."""
    root = folder / "示例 中心"
    with contextlib.ExitStack() as stack, socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        pool = stack.enter_context(ThreadPoolExecutor())
        starting = {
            studio: pool.submit(
                stack.enter_context, virtual_obs(CANVAS, folder / studio / "films", PASSWORD, folder / studio)
            )
            for studio in STUDIOS
        }
        ports = {studio: started.result() for studio, started in starting.items()}
        lay_out(root, {**ports, AWAY: nobody.getsockname()[1]})
        stack.enter_context(pytest.MonkeyPatch.context()).setenv(SECRET, PASSWORD)
        yield House(root, folder)


@contextlib.contextmanager
def running(made: House, language: str = "en") -> Iterator[dict[str, dict[str, Any]]]:
    """``studio run`` over it, and the first word of each of its processes once all are up; ended as by Ctrl-C."""
    environment = {**os.environ, "STUDIO_LANG": language, "STUDIO_WORKSPACE": str(made.root)}
    command = [sys.executable, "-m", "studio", "run", "--json"]
    with (made.stage / "run.log").open("wb") as log:
        run = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log)
    assert run.stdout is not None
    up: dict[str, dict[str, Any]] = {}
    try:
        while len(up) < 3:
            said = json.loads(run.stdout.readline())
            up[said["process"]] = said
        eventually(lambda: all(made.connected(studio) for studio in STUDIOS))
        yield up
    finally:
        run.send_signal(signal.SIGINT)
        run.stdout.close()
        try:
            assert run.wait(30) == 130
        finally:
            run.kill()
