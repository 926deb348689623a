"""The director's process: takes the lock and the log, and ends when its standard input does.

``daemon ROOT`` serves a workspace: it takes up what runs, and takes orders until told to leave; what is on air then
stays on air. ``daemon STATE PLAN LOCK`` conducts one plan to its end and leaves nothing running: the demo's way.
"""

import asyncio
import gc
import json
import logging
import sys
from pathlib import Path

from studio.air.reaching import workspace_lock
from studio.errors import NotReady, StudioError
from studio.i18n import _
from studio.system import boot_id, exclusive_lock, go_first, when_told_to_stop

log = logging.getLogger(__name__)

SWITCH_S = 0.0005
"""How soon another thread, the log's, hands the interpreter back to the one that sends cues."""


def main(arguments: list[str]) -> int:
    """Returns the exit code; what went wrong is logged, and said on standard output as one JSON object."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    go_first()
    sys.setswitchinterval(SWITCH_S)
    try:
        if len(arguments) == 1:
            root = Path(arguments[0])
            with workspace_lock(root):
                asyncio.run(_serve(root))
        else:
            state, plan_file, lock = (Path(argument) for argument in arguments)
            with exclusive_lock(lock, _("A director")):
                asyncio.run(_conduct(state, plan_file, lock.parent))
    except StudioError as error:
        return _say(error)
    except OSError as error:
        return _say(NotReady(str(error), _("Check the folder's rights and the room on its disk, then start again.")))
    return 0


def _say(error: StudioError) -> int:
    said = {"error": _whole_story(error), "remedy": error.remedy, "exit_code": error.exit_code}
    log.error("%s %s", said["error"], said["remedy"])
    sys.stdout.write(json.dumps(said, ensure_ascii=True) + "\n")
    return error.exit_code


def _whole_story(error: StudioError) -> str:
    """What went wrong first, and what then went wrong in clearing up after it."""
    first = None if error.__suppress_context__ else error.__context__
    return f"{first.message} {error.message}" if isinstance(first, StudioError) else error.message


async def _serve(root: Path) -> None:
    from studio.air.api import open_door
    from studio.air.director import Director
    from studio.air.journal import Journal
    from studio.air.painter import Painter
    from studio.store.asrun import ASRUN_FILE
    from studio.timekeeper import SystemClock
    from studio.workspace.secrets import secret

    state = root / ".studio"
    leaving = asyncio.Event()
    when_told_to_stop(asyncio.get_running_loop(), leaving.set)
    journal = await Journal.open(state / ASRUN_FILE)
    director = Director(journal, SystemClock(), boot_id(), lambda name: secret(name, state), state, Painter(root))
    gc.freeze()  # what is loaded by now stays: no need to look through it again and again while on air
    try:
        await director.take_up()
        async with open_door(director, state) as port:
            sys.stdout.write(json.dumps({"port": port, "sessions": list(director.runs)}) + "\n")
            sys.stdout.flush()
            knowing = asyncio.create_task(director.know_studios())
            knowing.add_done_callback(_log_failure)
            await leaving.wait()
            knowing.cancel()
    finally:
        await director.close()
        await journal.close()


def _log_failure(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("%s", error)


async def _conduct(state: Path, plan_file: Path, keep: Path) -> None:
    from studio.air.director import conduct
    from studio.air.journal import Journal
    from studio.air.run import PLAN
    from studio.store.asrun import ASRUN_FILE
    from studio.timekeeper import SystemClock
    from studio.workspace.secrets import secret

    plan = PLAN.validate_json(plan_file.read_bytes())
    passwords = {name: secret(name, keep) for name in {lane.studio.secret for lane in plan.lanes}}
    stopping = asyncio.Event()
    when_told_to_stop(asyncio.get_running_loop(), stopping.set)
    journal = await Journal.open(state / ASRUN_FILE)
    try:
        await conduct(plan, journal, SystemClock(), boot_id(), passwords.__getitem__, keep, stopping)
    finally:
        await journal.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
