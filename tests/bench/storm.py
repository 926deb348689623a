"""Kills the director with -9 at random instants of accelerated sessions, and counts what the virtual studios saw.

The studios are processes of their own. What fired is read from their journals, never from our log; the log is asked
only how often a row was called. `python tests/bench/storm.py --kills 1000` prints one JSON object as its last line.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from studio.air.client import ask
from studio.air.run import PLAN
from studio.errors import MediaUnreadable, StudioError
from studio.media.probe import probe
from tests.media.clips import moving, write

STUDIOS = ("main", "aux1")
CLIPS = ("f1", "f2", "f3")
STANDBY = "应急"
ORDERS = ("go", "hold", "resume", "skip", "back", "jump", "extend", "standby", "end")
CONTROL_S = 20.0
CALLING = ("CueCalled", "CueEnded", "Intended", "RecordingStopped", "RunEnded", "RunPlanned")

SCENES = """\
canvas: {width: 160, height: 284, fps: 15}
safe: {x: 0, y: 0, width: 160, height: 284}
scenes:
  - {id: standby, title: 应急, sources: [{name: 底, kind: colour, colour: "#203040"}]}
  - {id: a, title: 甲, sources: [{name: 底, kind: colour, colour: "#C83232"}]}
  - {id: b, title: 乙, sources: [{name: 底, kind: colour, colour: "#28A046"}]}
  - {id: c, title: 丙, sources: [{name: 底, kind: colour, colour: "#3246C8"}]}
""" + "".join(
    f"  - {{id: {clip}, title: {clip}, sources: [{{name: 片, kind: media, asset: clips/{clip}.mkv, loop: false}}]}}\n"
    for clip in CLIPS
)
LATE = ("fire", "skip_after 400ms", "fire", "skip_after 2s", "hold")


def sheet(rows: int) -> str:
    """A run-sheet of ``rows`` short rows: scenes in turn, every fourth with a clip that it plays, all late policies."""
    lines = ["title: 风暴", "advance: auto", "cues:"]
    for at in range(rows):
        clip = CLIPS[at // 4] if at % 4 == 3 and at // 4 < len(CLIPS) else None
        scene = clip or "abc"[at % 3]
        policy = "fire" if at % 5 else LATE[at // 5 % len(LATE)]
        line = f"  - {{id: r{at}, title: 第{at}条, scene: {scene}, duration: {280 + 60 * (at % 4)}ms, late: {policy}"
        line += ", play: [片]" if clip else ""
        line += ", advance: manual" if at % 7 == 6 else ""
        line += ", follows: r3 +460ms" if at == 4 else ""
        lines.append(line + "}")
    return "\n".join(lines) + "\n"


def workspace(root: Path, ports: dict[str, int], rows: int) -> None:
    """A workspace of two studios and one session."""
    for folder in ("scenes", "schedules/runsheets", "clips", "recordings", "reports"):
        (root / folder).mkdir(parents=True)
    for clip in CLIPS:
        write(moving(1.0, size="160x284", fps=15), root / "clips" / f"{clip}.mkv")
    toml = '[venue]\nname = "风暴"\nzone = "Asia/Shanghai"\n[hosts.h]\nname = "主播"\n'
    for number, (studio, port) in enumerate(ports.items()):
        toml += f'[studios.{studio}]\nname = "{studio}"\nscenes = "storm"\nmain = {str(number == 0).lower()}\n'
        toml += f'obs = {{ host = "127.0.0.1", port = {port} }}\n'
    (root / "studio.toml").write_text(toml, encoding="utf-8")
    (root / "scenes" / "storm.yaml").write_text(SCENES, encoding="utf-8")
    (root / "schedules" / "products.yaml").write_text("products: []\n", encoding="utf-8")
    (root / "schedules" / "runsheets" / "storm.yaml").write_text(sheet(rows), encoding="utf-8")
    session = "{id: s, title: 风暴, start: 2026-01-02 20:00, duration: 10m, runsheet: storm, studios: [main, aux1]}"
    (root / "schedules" / "2026-01.yaml").write_text(f"sessions:\n  - {session}\n", encoding="utf-8")


@contextlib.contextmanager
def virtual_studios(folder: Path) -> Iterator[dict[str, int]]:
    """A process of its own for each studio; gives their ports."""
    children, ports = [], {}
    try:
        for studio in STUDIOS:
            words = ["virtual", "--port", "0", "--json", "--until-input-ends", "--canvas", "160x284", "--fps", "15"]
            words += ["--record-dir", str(folder / f"rec-{studio}"), "--journal", str(folder / f"{studio}.jsonl")]
            child = subprocess.Popen(
                [sys.executable, "-m", "studio", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            children.append(child)
            assert child.stdout is not None
            ports[studio] = int(json.loads(child.stdout.readline())["port"])
        yield ports
    finally:
        for child in children:
            assert child.stdin is not None and child.stdout is not None
            child.stdin.close()
            child.wait(30)
            child.stdout.close()


@dataclass
class Storm:
    """The kills of one run, and what was seen of the log before each."""

    root: Path
    chance: random.Random
    rows: int
    kills: int = 0
    sessions: int = 0
    levels_wrong: int = 0
    recovery_s: list[float] = field(default_factory=list)
    seen: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    records_lost: int = 0
    _director: subprocess.Popen[bytes] | None = None

    def run(self, kills: int) -> None:
        """Sessions, one after the other, until the director was killed so often; the last one ends in peace."""
        self._start()
        while self.kills < kills:
            self.sessions += 1
            self._begin()
            for _kill in range(self.chance.randint(6, 14)):
                if not self._status()["sessions"] or self.kills >= kills:
                    break
                self._order()
                time.sleep(self.chance.uniform(0.0, 0.9))
                self._kill()
            self._end_session()
        self._leave()

    def _begin(self) -> None:
        """Start the session; every third start is killed on its way: then the run is in the log, or is not."""
        if self.sessions % 3:
            ask(self.root, "start", {"session": "s", "now": True})
            return
        asking = subprocess.Popen(
            [sys.executable, "-m", "studio", "start", "s", "--now", "--workspace", str(self.root)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(self.chance.uniform(0.3, 2.5))
        self._kill()
        asking.wait()
        if not self._status()["sessions"]:
            ask(self.root, "start", {"session": "s", "now": True})

    def _order(self) -> None:
        if self.chance.random() < 0.5:
            return
        word = self.chance.choice(ORDERS[:-1])
        fields = {"word": word, "author": "storm", "studio": self.chance.choice((None, *STUDIOS))}
        more = {"jump": {"cue": f"r{self.chance.randrange(self.rows)}"}, "extend": {"by_ms": 200}}.get(word, {})
        with contextlib.suppress(StudioError):
            ask(self.root, "order", fields | more)

    def _end_session(self) -> None:
        """Look at a calm moment, then end what still runs and wait until it is over."""
        self._look()
        deadline = time.monotonic() + 60
        while (running := self._status()["sessions"]) and time.monotonic() < deadline:
            if running["s"]["state"] == "on_air":
                with contextlib.suppress(StudioError):
                    ask(self.root, "order", {"word": "end", "author": "storm"})
            time.sleep(0.1)
        if running:
            raise AssertionError(f"the session does not end: {running}")

    def _look(self) -> None:
        """What is on air, by the journals, against what the director says is."""
        time.sleep(0.6)
        with contextlib.suppress(StudioError):
            for session in ask(self.root, "status")["sessions"].values():
                for lane in session["lanes"].values():
                    ask(self.root, "order", {"word": "hold", "author": "storm", "studio": lane["studio"]})
            time.sleep(0.8)
            facts = ask(self.root, "status")
            for studio, found in facts["studios"].items():
                shown = programme(self.root.parent / f"{studio}.jsonl")
                if found["scene"] and found["scene"] != shown:
                    self.levels_wrong += 1
                    sys.stderr.write(f"{studio} shows {shown}, and {found['scene']} should be on\n")

    def _start(self) -> None:
        began = time.monotonic()
        with (self.root / "director.log").open("ab") as log:
            self._director = subprocess.Popen(
                [sys.executable, "-m", "studio.daemon", str(self.root)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip
        assert self._director.stdout is not None
        if not self._director.stdout.readline():
            raise AssertionError((self.root / "director.log").read_text(encoding="utf-8")[-3000:])
        deadline = began + CONTROL_S
        while not in_control(self._status()):
            if time.monotonic() > deadline:
                raise AssertionError(f"no control within {CONTROL_S} s: {self._status()['sessions']}")
            time.sleep(0.01)
        self.recovery_s.append(time.monotonic() - began)

    def _kill(self) -> None:
        assert self._director is not None and self._director.stdin is not None and self._director.stdout is not None
        self._remember()
        self._director.send_signal(signal.SIGKILL)
        self._director.wait()
        self._director.stdin.close()
        self._director.stdout.close()
        self.kills += 1
        self._remember()
        self._start()

    def _leave(self) -> None:
        assert self._director is not None and self._director.stdin is not None and self._director.stdout is not None
        self._director.stdin.close()
        self._director.wait(20)
        self._director.stdout.close()
        self._remember()

    def _remember(self) -> None:
        """Every row seen so far is still there, unchanged, and the numbers have no gap."""
        with contextlib.closing(sqlite3.connect(f"file:{self.root}/.studio/asrun.db?mode=ro", uri=True)) as database:
            found = {row[0]: row for row in database.execute("SELECT * FROM events")} if tables(database) else {}
        self.records_lost += sum(found.get(number) != row for number, row in self.seen.items())
        self.records_lost += len(found) != max(found, default=0)
        self.seen = found

    def _status(self) -> dict[str, Any]:
        return ask(self.root, "status")


def tables(database: sqlite3.Connection) -> bool:
    return bool(database.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchone())


def in_control(facts: dict[str, Any]) -> bool:
    """Every studio of every session is connected and looked at."""
    lanes = [lane for session in facts["sessions"].values() for lane in session["lanes"].values()]
    return all(lane["recovered"] for lane in lanes)


def journal(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}")]


def programme(path: Path) -> str:
    """The scene that went on air last."""
    return next(one["data"]["scene"] for one in reversed(journal(path)) if one["type"] == "programme")


def verdict(storm: Storm, folder: Path) -> dict[str, Any]:
    """What the journals and the log come to."""
    with contextlib.closing(sqlite3.connect(f"file:{storm.root}/.studio/asrun.db?mode=ro", uri=True)) as database:
        marks = ", ".join("?" * len(CALLING))
        rows = database.execute(
            f"SELECT run, studio, cue, kind, body FROM events WHERE kind IN ({marks}) ORDER BY seq", CALLING
        ).fetchall()
        frozen = dict(database.execute("SELECT sha256, text FROM frozen").fetchall())
    events = [(run, studio, cue, kind, json.loads(body)) for run, studio, cue, kind, body in rows]
    found = {"fired_twice": 0, "without_verdict": unjudged(events, frozen), "records_lost": storm.records_lost}
    lost, unwritten = 0, 0
    for studio in STUDIOS:
        entries = journal(folder / f"{studio}.jsonl")
        mine = [event for event in events if event[1] == studio]
        found["fired_twice"] += fired_twice(entries, mine)
        unwritten += never_intended(entries, mine)
        lost += recordings_lost(entries, {one[4]["path"] for one in mine if one[3] == "RecordingStopped"})
    found["records_lost"] += unwritten
    return {
        "kills": storm.kills,
        "sessions": storm.sessions,
        **found,
        "recordings_lost": lost,
        "levels_wrong": storm.levels_wrong,
        "recovery_s_p50": round(statistics.median(storm.recovery_s), 3),
        "recovery_s_max": round(max(storm.recovery_s), 3),
    }


def unjudged(events: list[tuple[Any, ...]], frozen: dict[str, str]) -> int:
    """Calls without exactly one verdict, and rows of ended runs that were never called and have none."""
    called = Counter((run, studio, cue, body["take"]) for run, studio, cue, kind, body in events if kind == "CueCalled")
    ended = Counter((run, studio, cue, body["take"]) for run, studio, cue, kind, body in events if kind == "CueEnded")
    over = {run for run, _studio, _cue, kind, _body in events if kind == "RunEnded"}
    plans = {run: body["plan"] for run, _studio, _cue, kind, body in events if kind == "RunPlanned"}
    missing = sum(ended[call] != 1 for call in called if call[0] in over)
    begun = {run for run, _studio, _cue, kind, _body in events if kind == "CueCalled"}
    for run in over & begun:
        plan = PLAN.validate_json(frozen[plans[run]])
        for lane in plan.lanes:
            for cue in plan.sheet.cues:
                if not cue.studios or lane.studio.id in cue.studios:
                    missing += not any(key[:3] == (run, lane.studio.id, cue.id) for key in ended)
    return missing


def fired_twice(entries: list[dict[str, Any]], events: list[tuple[Any, ...]]) -> int:
    """Clips that were triggered more often than their row was called."""
    asked = Counter(
        entry["data"]["inputName"].split(" · ")[0]
        for entry in entries
        if entry["kind"] == "request" and entry["type"] == "TriggerMediaInputAction"
    )
    calls = Counter(cue for _run, _studio, cue, kind, _body in events if kind == "CueCalled")
    return sum(max(0, count - calls[f"r{CLIPS.index(clip) * 4 + 3}"]) for clip, count in asked.items())


def never_intended(entries: list[dict[str, Any]], events: list[tuple[Any, ...]]) -> int:
    """Requests that changed something in OBS without having been written down before."""
    sent = Counter(
        entry["type"] for entry in entries if entry["kind"] == "request" and not entry["type"].startswith("Get")
    )
    written = Counter(body["type"] for _run, _studio, _cue, kind, body in events if kind == "Intended")
    return sum(max(0, count - written[request]) for request, count in sent.items())


def recordings_lost(entries: list[dict[str, Any]], known: set[str]) -> int:
    """Files that OBS recorded and that are gone, do not open, or are not in the log."""
    lost = 0
    for entry in entries:
        if entry["type"] == "record_started":
            path = Path(entry["data"]["file"] if "file" in entry["data"] else entry["data"]["path"])
            try:
                probe(path)
                lost += str(path) not in known
            except (MediaUnreadable, OSError):
                lost += 1
    return lost


def storm(kills: int, seed: int, rows: int = 14) -> dict[str, Any]:
    """Run it and return the figures."""
    with tempfile.TemporaryDirectory(prefix="storm") as name:
        folder = Path(name)
        root = folder / "workspace"
        with virtual_studios(folder) as ports:
            workspace(root, ports, rows)
            one = Storm(root, random.Random(seed), rows)
            try:
                one.run(kills)
            except BaseException:
                sys.stderr.write((root / "director.log").read_text(encoding="utf-8")[-4000:])
                raise
            finally:
                if one._director is not None and one._director.poll() is None:
                    one._director.kill()
        return verdict(one, folder)


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else int.from_bytes(os.urandom(4))
    print(f"seed {seed}", flush=True)
    print(json.dumps(storm(asked.kills, seed)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
