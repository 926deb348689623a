"""The director's process killed at awkward moments on a lent OBS: the next run gives back first."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.air.run import PLAN
from studio.asrun.events import CueEnded, Intended, Record, RecordingStarted
from studio.obs.device import ObsDevice
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.store.asrun import ASRUN_FILE, AsRunReader
from studio.system import spawn
from studio.timekeeper import SystemClock
from studio.workspace.secrets import variable
from tests.air.stage import cues, plan
from tests.real_obs import RealObs, real_obs

PREFIX = "studio-demo "
PASSWORD = "lent"


@pytest.fixture(scope="module")
def obs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealObs]:
    with real_obs(tmp_path_factory.mktemp("obs"), canvas=(180, 320), fps=30, password=PASSWORD) as started:
        yield started


def start(folder: Path, port: int) -> tuple[subprocess.Popen[bytes], Path]:
    """The director's own process on a lent OBS, with a log of its own and the workspace's one lock."""
    state = folder / f"state-{time.monotonic_ns()}"
    state.mkdir(parents=True)
    made = plan(cues("opening", "host", each_ms=1_000), folder, port, prefix=PREFIX, borrowed=True, record=True)
    (state / "plan.json").write_bytes(PLAN.dump_json(made))
    words = [str(state), str(state / "plan.json"), str(folder / "director.lock")]
    return spawn("studio.daemon", words, log=state / "log", environment={variable("obs"): PASSWORD}), state


def wait_until(state: Path, seen: Callable[[Record], bool]) -> None:
    for _tenth in range(300):
        if (state / ASRUN_FILE).exists():
            reader = AsRunReader(state / ASRUN_FILE)
            found = any(seen(record) for record in reader.events("run-1"))
            reader.close()
            if found:
                return
        time.sleep(0.05)
    raise AssertionError("the director never came so far")


def end(child: subprocess.Popen[bytes]) -> int:
    assert child.stdin is not None and child.stdout is not None
    code = child.wait(60)
    child.stdin.close()
    child.stdout.close()
    return code


async def dump(port: int) -> tuple[object, bool]:
    async with ObsLink(Address("127.0.0.1", port, PASSWORD), SystemClock()) as link:
        recording = (await link.call("GetRecordStatus"))["outputActive"]
        return await ObsDevice(link, SystemClock()).dump(), recording


MOMENTS: dict[str, Callable[[Record], bool]] = {
    "preparing": lambda record: isinstance(record.event, Intended),
    "recording": lambda record: isinstance(record.event, RecordingStarted),
    "on air": lambda record: isinstance(record.event, CueEnded),
    "ending": lambda record: isinstance(record.event, Intended) and record.event.type == "StopRecord",
}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_what_a_killed_director_left_is_given_back_by_the_next(tmp_path: Path, obs: RealObs, moment: str) -> None:
    before, _off = await dump(obs.port)
    child, state = start(tmp_path, obs.port)
    wait_until(state, MOMENTS[moment])
    child.kill()
    end(child)
    again, _state = start(tmp_path, obs.port)
    assert end(again) == 0
    after, recording = await dump(obs.port)
    assert (after, recording) == (before, False)


async def test_a_director_told_to_terminate_gives_back_at_once(tmp_path: Path, obs: RealObs) -> None:
    before, _off = await dump(obs.port)
    child, state = start(tmp_path, obs.port)
    wait_until(state, MOMENTS["on air"])
    child.send_signal(signal.SIGTERM)
    assert end(child) == 0
    assert await dump(obs.port) == (before, False)
