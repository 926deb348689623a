"""The processes of a demo: a virtual OBS where none is lent, and the director; both end when we do."""

import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from studio.air.run import PLAN
from studio.asrun.events import Record
from studio.errors import NotReady, StudioError
from studio.i18n import _
from studio.model.plan import Plan
from studio.model.studio import Canvas
from studio.store.asrun import ASRUN_FILE, AsRunReader
from studio.system import spawn
from studio.workspace.secrets import variable

LISTENING_WITHIN_S = 20.0
ENDING_WITHIN_S = 45.0
"""How long a director may take to close its recording and give back what it borrowed."""
POLL_S = 0.1
DIRECTOR = "studio.daemon"


@contextmanager
def virtual_obs(canvas: Canvas, record_folder: Path, password: str, state: Path) -> Iterator[int]:
    """Run a virtual OBS for a ``with`` block and give its port; raises NotReady where it does not come up."""
    record_folder.mkdir(parents=True, exist_ok=True)
    arguments = [
        *("virtual", "--port", "0", "--json", "--until-input-ends"),
        *("--record-dir", str(record_folder)),
        *("--canvas", f"{canvas.width}x{canvas.height}", "--fps", str(canvas.fps)),
        *("--journal", str(state / "virtual.jsonl")),
    ]
    child = spawn("studio", arguments, log=state / "virtual.log", environment={"STUDIO_OBS_PASSWORD": password})
    try:
        yield _port(child, state / "virtual.log")
    finally:
        _end(child)
        if child.stdout is not None:
            child.stdout.close()


def _port(child: "subprocess.Popen[bytes]", log: Path) -> int:
    assert child.stdout is not None
    said: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=lambda output: said.put(output.readline()), args=(child.stdout,), daemon=True).start()
    try:
        return int(json.loads(said.get(timeout=LISTENING_WITHIN_S))["port"])
    except (queue.Empty, ValueError, KeyError, TypeError) as error:
        raise NotReady(_("The virtual OBS did not start."), _("Read {log} to see why.").format(log=log)) from error


def conduct(plan: Plan, passwords: Mapping[str, str], state: Path, lock: Path, watch: Callable[[Record], None]) -> None:
    """Run the director on ``plan`` and call ``watch`` with each event as it comes; the log stays in ``state``.

    Raises what the director said where it could not go on. An interruption ends it cleanly before it is passed on.
    """
    plan_file = state / "plan.json"
    plan_file.write_bytes(PLAN.dump_json(plan, indent=1))
    environment = {variable(name): password for name, password in passwords.items()}
    log = state / "director.log"
    child = spawn(DIRECTOR, [str(state), str(plan_file), str(lock)], log=log, environment=environment)
    try:
        _follow(child, plan.run, state / ASRUN_FILE, watch)
    except KeyboardInterrupt:
        _end(child)
        if child.returncode:
            raise _said(child, log) from None
        raise
    finally:
        _end(child)
    if child.returncode:
        raise _said(child, log)


def _follow(child: "subprocess.Popen[bytes]", run: str, log: Path, watch: Callable[[Record], None]) -> None:
    """Read the log beside its writer until the director has ended."""
    while child.poll() is None and not log.exists():
        time.sleep(POLL_S)
    if not log.exists():
        return
    reader = AsRunReader(log)
    try:
        seen = 0
        while True:
            over = child.poll() is not None
            for record in reader.events(run, after=seen):
                seen = record.seq
                watch(record)
            if over:
                return
            time.sleep(POLL_S)
    finally:
        reader.close()


def _said(child: "subprocess.Popen[bytes]", log: Path) -> StudioError:
    assert child.stdout is not None
    try:
        said = json.loads(child.stdout.read().splitlines()[-1])
        error = StudioError(said["error"], said["remedy"])
        error.exit_code = said["exit_code"]
    except (ValueError, KeyError, IndexError):
        return NotReady(_("The director ended without a word."), _("Read {log} to see why.").format(log=log))
    return error


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Close the child's input, which is its sign to end cleanly; one that does not is killed."""
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(ENDING_WITHIN_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
