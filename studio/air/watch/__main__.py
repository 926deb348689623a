"""``python -m studio.air.watch ROOT``: watches the studios of the workspace ROOT until its standard input is closed."""

import asyncio
import json
import logging
import sys
from pathlib import Path

from studio.air.watch.process import Watch
from studio.system import when_told_to_stop, yield_to_others
from studio.timekeeper import SystemClock


async def _watch(root: Path) -> None:
    watch = Watch(root, SystemClock())
    when_told_to_stop(asyncio.get_running_loop(), watch.stop)
    sys.stdout.write(json.dumps({"watching": str(root)}) + "\n")
    sys.stdout.flush()
    await watch.run()


def main(arguments: list[str]) -> int:
    """Run until told to stop; returns the exit code. A first line on standard output says that it watches."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    yield_to_others()
    asyncio.run(_watch(Path(arguments[0])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
