"""How late cues leave, and in which frame they are seen, on six real OBS at once; ours against obs-websocket-py.

One OBS draws 720x1280 at 30 frames a second, five draw 360x640 at 15; all record. Ours is the product as a person
starts it, with its watch, its desk and an open page; the peer is obs-websocket-py in a thread an OBS, in a process of
its own. They take turns in one run. What they send is stamped by the kernel in a proxy that stands before each OBS,
and what came of it is read off the recordings; nobody's own word counts but the instant that was planned.

Most rows are of one studio, so that the lanes interleave; ``spread_frames`` is told over these. Some are of all
studios at one instant: the six OBS, each of which works for some 10 to 40 ms on a change of scene, then wait for one
another on the two cores that they share here, whoever sends; their spread is told apart, as ``together_spread_frames``.
A spread of just under one frame is the least there is, since an instant may fall anywhere in a frame.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __name__ == "__main__":  # run as a script, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from studio.pc.client import AgentClient
from studio.pc.known import remember
from studio.timekeeper import SystemClock
from tests.bench.bench_link import percentile
from tests.bench.cue_figures import Planned, in_recordings, late_ms, on_wire
from tests.bench.cue_plan import CuePlan, Row, cue_plan
from tests.bench.cue_workspace import Cue, write_workspace
from tests.bench.on_air import Session, page, start_session, studio_run
from tests.bench.peer import PASSWORD
from tests.bench.skips import SkipWatch
from tests.bench.wire_log import Change, scene_changes
from tests.pc.beside import beside
from tests.real_obs import SIX, RealObs, comes_first, six_real_obs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from studio.pc.known import Door

HERE = Path(__file__).parent
MS = 1_000_000
SPREADS = (
    ("spread_frames", "ours", False),
    ("peer_spread_frames", "peer", False),
    ("together_spread_frames", "ours", True),
    ("peer_together_spread_frames", "peer", True),
)
"""Key, subject, and whether of the rows for all studios at once."""
COPIED, PIECE = 2 * 1024**3, 4 * 1024**2
GOAL_LATE_MS, GOAL_SPREAD, GOAL_SKIPPED = 5.0, 1.0, 0.01


@contextlib.contextmanager
def proxy(six: Mapping[str, RealObs], log: Path) -> Iterator[dict[str, int]]:
    """The recording proxy for a ``with`` block, a port for each subject and studio; its log is there afterwards."""
    pairs = [f"{who}:{name}={obs.port}" for who in ("ours", "peer") for name, obs in six.items()]
    with child("wire_proxy.py", str(log), *pairs) as process:
        yield json.loads(first_line(process))


@contextlib.contextmanager
def peer(ports: Mapping[str, int], password: str) -> Iterator[subprocess.Popen[str]]:
    """The peer, connected; it begins with the line of its cues and has ended after the ``with`` block."""
    pairs = [f"{name}={ports[f'peer:{name}']}" for name in SIX]
    with child("peer.py", *pairs, environment={PASSWORD: password}) as process:
        comes_first(process.pid)  # as each OBS does, lest it suffers from them
        first_line(process)
        yield process


@contextlib.contextmanager
def child(script: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[Any]:
    """One of our scripts as a process; its input is closed at the end, and it must end well then."""
    pipe = subprocess.PIPE
    command = [sys.executable, str(HERE / script), *arguments]
    process = subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, env={**os.environ, **(environment or {})}, start_new_session=True
    )
    try:
        with process:  # closes its pipes and waits
            yield process
    except BaseException:
        process.kill()
        raise
    if process.returncode:
        raise AssertionError(f"{script} ended with {process.returncode}")


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@contextlib.contextmanager
def copying(folder: Path, root: Path, mbit: int) -> Iterator[Callable[[], int]]:
    """A paired PC with a recording of 2 GB for a ``with`` block; gives how many bytes of it are here by now."""
    with beside(folder / "pc") as agent:
        with (agent.films / "2 GB.mkv").open("wb") as film:
            for _piece in range(COPIED // PIECE):
                film.write(os.urandom(PIECE))
        door = agent.door()
        asyncio.run(_hashed(door))
        remember(root / ".studio", {"main": door})
        settings = root / "studio.toml"
        settings.write_text(settings.read_text().replace("[venue]\n", f"[venue]\ncopy_mbit = {mbit}\n", 1))
        yield lambda: sum(path.stat().st_size for path in (root / "recordings").rglob("*") if path.is_file())


async def _hashed(door: Door) -> None:
    async with AgentClient(door, SystemClock()) as agent:
        while not all(film.sha256 for film in await agent.films()):
            await asyncio.sleep(0.5)


def play(
    folder: Path, six: Mapping[str, RealObs], plan: CuePlan, mbit: int
) -> tuple[list[Change], dict[str, list[Planned]], Any, int]:
    """Let both play; returns what was on the wire, what was planned by each, OBS's counters with the span, and how
    many bytes were copied meanwhile."""
    root, wire = folder / "workspace", folder / "wire.jsonl"
    root.mkdir()
    password = six["main"].password
    with contextlib.ExitStack() as stage:
        ports = stage.enter_context(proxy(six, wire))
        cues = write_workspace(root, plan, six, {name: ports[f"ours:{name}"] for name in SIX})
        here = stage.enter_context(copying(folder, root, mbit)) if mbit else (lambda: 0)
        skips = stage.enter_context(SkipWatch(six))
        other = stage.enter_context(peer(ports, password))
        stage.enter_context(page(stage.enter_context(studio_run(root, password))))
        start_session(root)
        session = Session(root)
        before = here()
        anchor, end_ns = session.anchor_ns, session.anchor_ns + plan.end_ms * MS
        theirs = [_planned(name, anchor, row) for row in plan.peers for name in row.studios]
        sent = {name: [[one.ns, one.scene] for one in theirs if one.studio == name] for name in SIX}
        other.stdin.write(json.dumps(sent) + "\n")
        other.stdin.flush()
        session.wait_for_end(end_ns)
        copied = here() - before
        ours = _ours(session, cues, anchor)
        session.close()
    return scene_changes(wire), {"ours": ours, "peer": theirs}, (skips, anchor, end_ns), copied


def _ours(session: Session, cues: list[Cue], anchor: int) -> list[Planned]:
    """Our cues by the log's planned instants, which must be the sheet's own."""
    ended = session.ended()
    found = []
    for cue in cues:
        planned = _planned(cue.studio, anchor, cue.row)
        if (said := ended[cue.studio, cue.cue].planned_ns) != planned.ns:
            raise AssertionError(f"{cue} was planned {(said - anchor) / MS} ms after the start")
        found.append(planned)
    return found


def _planned(studio: str, anchor: int, row: Row) -> Planned:
    return Planned(studio, anchor + row.at_ms * MS, row.scene, len(row.studios) > 1)


def measure(folder: Path, blocks: int, together: int, staggered: int, mbit: int) -> dict[str, Any]:
    """All figures of one run; ``mbit`` is the rate at which recordings are copied beside it, 0 for none."""
    plan = cue_plan(list(SIX), blocks, together, staggered)
    with six_real_obs(folder) as six:
        changes, planned, (skips, from_ns, to_ns), copied = play(folder, six, plan, mbit)
        recordings = {name: _only(obs.record_dir) for name, obs in six.items()}
        found: dict[str, Any] = {"obs_version": _version(six["main"]), "cues": len(planned["ours"])}
    found["copied_mb"], found["seconds"] = round(copied / 1e6), round((to_ns - from_ns) / 1e9)
    ours, found["unsent"] = on_wire(planned["ours"], changes, "ours")
    theirs, found["peer_unsent"] = on_wire(planned["peer"], changes, "peer")
    found["stamped_by_kernel"] = all(change.by_kernel for change in changes)
    for prefix, asked in (("", ours), ("peer_", theirs)):
        late = late_ms(asked)
        found[f"{prefix}sent_late_ms_p50"] = round(statistics.median(late), 3)
        found[f"{prefix}sent_late_ms_p99"] = round(percentile(late, 0.99), 3)
    seen = in_recordings([*ours, *theirs], recordings, skips)
    for key, who, together in SPREADS:
        found[key] = {name: one.spread(ours=who == "ours", together=together) for name, one in seen.items()}
    found["skipped_share"] = {name: round(skips.share(name, from_ns, to_ns), 5) for name in SIX}
    found["cues_clean_seen_asked"] = {name: [len(one.clean), one.seen, one.asked] for name, one in seen.items()}
    for part in ("p50", "p99"):
        ratio = found[f"sent_late_ms_{part}"] / found[f"peer_sent_late_ms_{part}"]
        found[f"sent_late_ours_to_peer_{part}"] = round(ratio, 3)
    return found


def _only(folder: Path) -> Path:
    (recording,) = folder.glob("*.mkv")
    return recording


def _version(obs: RealObs) -> str:
    text = obs.log.read_text(errors="replace")
    return text.partition("OBS ")[2].split()[0] if "OBS " in text else "?"


def table(found: dict[str, Any]) -> str:
    """The figures for a person, each beside its goal."""
    lines = [f"OBS {found['obs_version']}, six at once, {found['cues']} cues of ours, unsent {found['unsent']}"]
    if found["copied_mb"]:
        lines.append(f"{found['copied_mb']} MB of a recording copied meanwhile, in {found['seconds']} s")
    lines.append(f"{'':36}{'ours':>9}{'peer':>9}  goal")
    for part, goal in (("p50", ""), ("p99", f"at most {GOAL_LATE_MS:g}")):
        key = f"sent_late_ms_{part}"
        lines.append(f"{f'sent late, ms, {part}':36}{found[key]:9.2f}{found[f'peer_{key}']:9.2f}  {goal}")
    for words, goal in (("", f"at most {GOAL_SPREAD:g}"), ("together_", "")):
        for name in SIX:
            ours, theirs = (_figure(found[f"{who}{words}spread_frames"][name]) for who in ("", "peer_"))
            title = f"spread, frames, {name}" + (", all at once" if words else "")
            lines.append(f"{title:36}{ours:>9}{theirs:>9}  {goal}")
    for name, share in found["skipped_share"].items():
        lines.append(f"{f'frames skipped, {name}':36}{share:9.2%}{'':9}  at most {GOAL_SKIPPED:.0%}")
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def main() -> int:
    """Run it; 0 whatever the figures are, 1 only where something broke (by a traceback)."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="under a minute: fewer cues")
    parser.add_argument("--json", action="store_true", help="nothing but the JSON object")
    parser.add_argument("--copying", type=int, default=0, metavar="MBIT", help="copy a recording of 2 GB meanwhile")
    asked = parser.parse_args()
    shape = (1, 3, 8) if asked.quick else (5, 4, 9)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), *shape, asked.copying)
    if not asked.json:
        print(table(found))
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
