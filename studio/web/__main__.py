"""``python -m studio.web ROOT``: the desk's process."""

import asyncio
import logging
import sys
from pathlib import Path

from studio.system import yield_to_others
from studio.web.desk import serve

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    yield_to_others()
    asyncio.run(serve(Path(sys.argv[1])))
