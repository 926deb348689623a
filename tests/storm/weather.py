"""Sessions one after the other, orders at random, and a director that is killed again and again."""

import json
import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from studio.air.client import ask
from studio.asrun.events import AlarmRaised, Overridden, RunEnded
from studio.errors import StudioError
from studio.store.asrun import ASRUN_FILE, AsRunReader
from tests.storm.count import Count
from tests.storm.ground import STUDIOS, Session, lay_out, write_sessions
from tests.storm.lightning import Director, choose_strike, in_control
from tests.storm.studios import VirtualStudio
from tests.storm.witness import LogWitness

ORDERS = {"go": 6, "hold": 2, "resume": 4, "skip": 1, "back": 2, "jump": 2, "extend": 2, "standby": 1, "edit": 1}
LAST_S = 9.0
"""From this age on sessions are ended by order, where they do not end by themselves."""
OVERDUE_S = 60.0
EARLY = 2
"""How many directors of an episode may be killed before its first session is in the log."""
STAGES = ("on_air", "ended", "not_started")


class Storm:
    """One workspace, its studios, and the directors that come and go; ``run`` returns the figures."""

    def __init__(self, folder: Path, kills: int, seed: int, calm_s: float = 1.8) -> None:
        """``calm_s`` is how long at most a director with control is left alone."""
        self.root = folder / "workspace"
        self.chance = random.Random(seed)
        self.studios = [VirtualStudio(name, folder / name) for name in STUDIOS]
        self.wanted, self.calm_s = kills, calm_s
        self.count = Count()
        self.kills: Counter[str] = Counter()
        self.answered_s: list[float] = []
        self.control_s: list[float] = []
        self.sessions: tuple[Session, ...] = ()
        self.episodes = self.calm_looks = self.orders = 0
        self._ordering = threading.Event()
        self._over = threading.Event()

    def run(self) -> dict[str, Any]:
        """Until the director was killed so often, and what was begun has ended."""
        for studio in self.studios:
            studio.start()
        with ExitStack() as stack:
            for studio in self.studios:
                stack.callback(studio.stop)
                studio.listening()
            lay_out(self.root, [studio.port for studio in self.studios])
            self.witness = LogWitness(self.root / ".studio" / ASRUN_FILE)
            stack.callback(self.witness.close)
            orders = threading.Thread(target=self._give_orders, args=(random.Random(self.chance.random()),))
            orders.start()
            stack.callback(orders.join)
            stack.callback(self._over.set)
            self._blow()
        self._add_up()
        return self._figures()

    # sessions, and the lives of directors

    def _blow(self) -> None:
        director = Director(self.root)
        try:
            while self.kills.total() < self.wanted:
                self.episodes += 1
                self.sessions = write_sessions(self.root, self.chance, self.episodes, datetime.now(UTC))
                self._begun, self._early = time.monotonic(), 0
                while not self._episode_over():
                    director = self._live(director)
                playing = {name for session in self.sessions for name in session.studios}
                for studio in self.studios:
                    if studio.name in playing:
                        self.count.tidy(studio)
        finally:
            self._ordering.clear()
            director.end()

    def _live(self, director: Director) -> Director:
        """One director until it is killed or the sessions have ended; returns the one that is there then."""
        strike: Callable[[Director], bool] | None = None
        look = self.chance.random() < 0.15
        resumed = any(self.witness.progress(one.id).state == "on_air" for one in self.sessions)
        answered = asked = controlled = False
        while not self._episode_over():
            assert time.monotonic() < self._begun + OVERDUE_S, f"the sessions do not end: {director.status()}"
            assert director.process.poll() is None, f"the director ended by itself: {director.process.returncode}"
            if strike is None and not self._spared():
                control_s = 0.3 if controlled else self._control_s()
                strike = choose_strike(self.chance, self.root, self.studios, director.age_s(), control_s, self.calm_s)
            if strike is not None and strike(director):
                self._ordering.clear()
                director.end(kill=True)
                self.kills[self._stage()] += 1
                self._early += not self._planned()
                return Director(self.root)
            if not (controlled and asked) and (status := director.status()) is not None:
                if not answered and resumed:
                    self.answered_s.append(director.age_s())
                answered = True
                if not asked:
                    asked = True
                    self._start(status)
                    self._ordering.set()
                if not controlled and in_control(status):
                    controlled = True
                    if resumed:
                        self.control_s.append(director.age_s())
            if controlled and look:
                look = False
                self._look(director)
            time.sleep(0.002 if controlled else 0.01)
        return director

    def _planned(self) -> bool:
        return any(one.id in self.witness.planned.values() for one in self.sessions)

    def _spared(self) -> bool:
        """Enough is enough, of all kills and of those before a session has begun."""
        return self.kills.total() >= self.wanted or (not self._planned() and self._early >= EARLY)

    def _control_s(self) -> float:
        return statistics.median(self.control_s[-9:] or [1.0])

    def _start(self, status: dict[str, Any]) -> None:
        """Ask for each session that neither runs nor ran, in a thread of its own since the answer takes long."""
        for session in self.sessions:
            if session.id not in status["sessions"] and session.id not in self.witness.planned.values():
                asked = {"session": session.id, "now": True}
                threading.Thread(target=_attempt, args=(self.root, "start", asked), daemon=True).start()

    def _episode_over(self) -> bool:
        ended = {self.witness.planned.get(run) for run in self.witness.ended}
        return all(session.id in ended for session in self.sessions)

    def _stage(self) -> str:
        """How far the sessions were when the director was killed."""
        states = {self.witness.progress(one.id).state for one in self.sessions}
        return next(stage for stage in STAGES if stage in states)

    # orders, and calm moments

    def _give_orders(self, chance: random.Random) -> None:
        words, weights = zip(*ORDERS.items(), strict=True)
        while not self._over.wait(chance.uniform(0.02, 0.4)):
            if not self._ordering.is_set():
                continue
            session = chance.choice(self.sessions)
            word = chance.choices(words, weights)[0]
            enough = time.monotonic() > self._begun + LAST_S or self.kills.total() >= self.wanted
            if enough and chance.random() < 0.5:
                word = "end"
            studio = chance.choice([None, *session.studios])
            asked: dict[str, Any] = {"session": session.id, "studio": studio, "author": "storm", "word": word}
            if word == "edit":
                _attempt(self.root, *_edit(chance, session))
                continue
            if word == "jump":
                asked["cue"] = chance.choice(session.rows)
            if word == "extend":
                asked["by_ms"] = chance.choice([-200, 100, 300])
            self.orders += 1
            _attempt(self.root, "order", asked)

    def _look(self, director: Director) -> None:
        """Let everything be held, and see whether each studio shows what should be on."""
        self._ordering.clear()
        for session in self.sessions:
            _attempt(self.root, "order", {"session": session.id, "word": "hold", "author": "storm"})
        for _attempt_left in range(3):  # a proof of two seconds may be under way
            time.sleep(0.8)
            status = director.status() or {"studios": {}}
            wrong = [
                (name, found["scene"], shown)
                for studio in self.studios
                for name, found in status["studios"].items()
                if name == studio.name and found["scene"] and found["scene"] != (shown := studio.programme())
            ]
            if not wrong:
                break
        self.calm_looks += 1
        for name, wanted, shown in wrong:
            self.count.wrong(
                "levels_wrong", f"{name} shows {shown}, {wanted} should be on ({self.witness.records[-1].seq})"
            )
        for session in self.sessions:
            _attempt(self.root, "order", {"session": session.id, "word": "resume", "author": "storm"})
        self._ordering.set()

    # the count

    def _add_up(self) -> None:
        records = self.witness.records
        reader = AsRunReader(self.root / ".studio" / ASRUN_FILE)
        try:
            self.count.records(self.witness.seen, self.witness.on_disk())
            self.count.verdicts(records, lambda sha256: json.loads(reader.thaw(sha256)))
        finally:
            reader.close()
        for studio in self.studios:
            self.count.studio(studio, records)
        for record in records:
            if isinstance(record.event, Overridden):  # nobody touched any desk
                self.count.wrong("levels_wrong", f"{record.stamp.studio}: {record.event}")
            if isinstance(record.event, RunEnded) and record.event.reason == "failed":
                self.count.wrong("sessions_failed", f"{record.stamp.session}: {record.event.why}")

    def _figures(self) -> dict[str, Any]:
        alarms = Counter(one.event.kind for one in self.witness.records if isinstance(one.event, AlarmRaised))
        return {
            "kills": self.kills.total(),
            **self.count.figures,
            "recovery_s_p50": round(statistics.median(self.control_s or [0]), 3),
            "answered_s_p50": round(statistics.median(self.answered_s or [0]), 3),
            "recoveries": len(self.control_s),
            "killed": dict(self.kills),
            "sessions": len(self.witness.planned),
            "orders": self.orders,
            "calm_looks": self.calm_looks,
            "alarms": dict(alarms),
        }


def _attempt(root: Path, what: str, asked: dict[str, Any]) -> None:
    """Ask; a director that refuses, or is gone meanwhile, is nothing wrong."""
    with suppress(StudioError):
        ask(root, what, asked)


def _edit(chance: random.Random, session: Session) -> tuple[str, dict[str, Any]]:
    who = {"session": session.id, "author": "storm"}
    if chance.random() < 0.25:
        return "undo", who
    row = {
        "id": f"x{chance.randrange(1000)}",
        "start_ms": 0,
        "duration_ms": 200,
        "scene": "host",
        "title": "插入",
        "advance": "auto",
        "product": "beans",
    }
    return "edit", who | {
        "edit": chance.choice(
            [
                {"kind": "price", "product": "juice", "live_price_fen": chance.randint(100, 5000)},
                {"kind": "insert", "after": chance.choice(session.rows), "row": row, "product": None},
                {"kind": "move", "cue": chance.choice(session.rows), "after": chance.choice(session.rows)},
            ]
        )
    }
