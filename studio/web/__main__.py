"""``python -m studio.web ROOT``: the desk's process."""

import asyncio
import sys
from pathlib import Path

from studio.web.desk import serve

if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
