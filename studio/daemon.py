"""The director's process: takes the lock, opens the log, conducts one plan, and ends when its standard input does."""

import asyncio
import json
import logging
import sys
from pathlib import Path

from studio.errors import NotReady, StudioError
from studio.i18n import _
from studio.system import boot_id, exclusive_lock, when_told_to_stop


def main(arguments: list[str]) -> int:
    """``daemon STATE PLAN LOCK``: the folder of the log, the plan's file and the lock's. Returns the exit code.

    What went wrong is said on standard output as one JSON object, for the process that started this one.
    """
    state, plan_file, lock = (Path(argument) for argument in arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        with exclusive_lock(lock, _("A director")):
            asyncio.run(_conduct(state, plan_file, lock.parent))
    except StudioError as error:
        return _say(error)
    except OSError as error:
        return _say(NotReady(str(error), _("Check the folder's rights and the room on its disk, then start again.")))
    return 0


def _say(error: StudioError) -> int:
    said = {"error": _whole_story(error), "remedy": error.remedy, "exit_code": error.exit_code}
    sys.stdout.write(json.dumps(said, ensure_ascii=True) + "\n")
    return error.exit_code


def _whole_story(error: StudioError) -> str:
    """What went wrong first, and what then went wrong in clearing up after it."""
    first = error.__context__
    return f"{first.message} {error.message}" if isinstance(first, StudioError) else error.message


async def _conduct(state: Path, plan_file: Path, lock_folder: Path) -> None:
    from studio.air.director import PLAN, Director
    from studio.store.asrun import ASRUN_FILE, AsRunLog
    from studio.timekeeper import SystemClock
    from studio.workspace.secrets import secret

    plan = PLAN.validate_json(plan_file.read_bytes())
    passwords = {name: secret(name, lock_folder) for name in {lane.studio.secret for lane in plan.lanes}}
    journal = AsRunLog(state / ASRUN_FILE)
    director = Director(plan, journal, SystemClock(), boot_id(), passwords, lock_folder)
    when_told_to_stop(asyncio.get_running_loop(), director.stop)
    try:
        await director.conduct()
    finally:
        journal.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
