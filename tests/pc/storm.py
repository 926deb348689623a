"""Kills the copier and the agent at random instants while recordings come over: ``python -m tests.pc.storm``.

What has come is judged by the files alone: each recording is here once, equal byte by byte, and its original is there.
Bytes that crossed the line are counted by a relay that knows nothing of either side.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from studio.jobs.copying import SEAL, STEP
from studio.pc.known import remember
from tests.pc.beside import BadLine, Beside

MBIT = 60.0
SIZES = (9_000_000, 7_000_000, 300_000)


def record(films: Path, number: int, chance: random.Random) -> None:
    """A recording that was finished a minute ago."""
    path = films / f"第{number}场 {'主直播间'}.mkv"
    path.write_bytes(chance.randbytes(chance.choice(SIZES)))
    os.utime(path, (path.stat().st_mtime - 60,) * 2)


class Copier:
    """``python -m studio.jobs.copier`` on a workspace."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._root / ".studio" / "copier.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "studio.jobs.copier", str(self._root)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=os.environ,
            )
        assert self.process.stdout is not None
        self.process.stdout.readline()

    def kill(self) -> None:
        assert self.process is not None and self.process.stdout is not None and self.process.stdin is not None
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stdin.close()


async def storm(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """The figures of ``kills`` kills; a new recording is finished every few of them."""
    chance = random.Random(seed)
    root = folder / "centre"
    (root / ".studio").mkdir(parents=True)
    (root / "studio.toml").write_text('[venue]\nname = "x"\nzone = "Asia/Shanghai"\ncopy_mbit = 10000\n')
    pc, copier = Beside(folder / "pc" / "state", folder / "pc" / "films"), Copier(root)
    await asyncio.to_thread(pc.start)
    door = await asyncio.to_thread(pc.door)
    done = 0
    async with BadLine(pc.port, mbit=MBIT) as line:
        remember(
            root / ".studio", {"main": type(door)(door.host, line.port, door.fingerprint, door.token, door.assets)}
        )
        await asyncio.to_thread(copier.start)
        while done < kills:
            if done % 2 == 0:
                record(pc.films, done, chance)
            await asyncio.sleep(chance.uniform(0.1, 1.5))
            victim = chance.choice((pc, copier))
            await asyncio.to_thread(victim.kill)
            await asyncio.to_thread(victim.start)
            done += 1
        originals = {digest(path): path.stat().st_size for path in pc.films.iterdir()}
        async with asyncio.timeout(120):
            while len(list((root / "recordings").rglob(f"*{SEAL}"))) < len(originals):
                await asyncio.sleep(0.1)
        through = line.through
        await asyncio.to_thread(copier.kill)
    pc.end()
    here = Counter(digest(path) for path in (root / "recordings").rglob("*.mkv"))
    total = sum(originals.values())
    return {
        "seed": seed,
        "kills": done,
        "recordings": len(originals),
        "lost": sum(one not in here for one in originals),
        "twice": sum(count > 1 for count in here.values()),
        "strange": sum(one not in originals for one in here),
        "parts_left": len(list((root / "recordings").rglob("*.part"))),
        "mb": round(total / 1e6, 1),
        "mb_through": round(through / 1e6, 1),
        "mb_again_a_kill": round(max(through - total, 0) / 1e6 / done, 2),
        "step_mb": STEP / 1e6,
    }


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(storm(Path(folder), asked.kills, asked.seed))), flush=True)


if __name__ == "__main__":
    main()
