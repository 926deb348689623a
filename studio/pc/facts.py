"""Gathers what the agent tells of its PC; what cannot be told is None and never a guess."""

import platform
import shutil
from collections.abc import Sequence
from pathlib import Path

import psutil

from studio import __version__
from studio.clock import NS_PER_S
from studio.model.pc import Disk, Facts, ObsState
from studio.pc.encoders import encoders
from studio.pc.interrupting import interrupting
from studio.timekeeper import utc_offset

LOOKED_S = 0.1
"""For so long the processors are looked at."""


def gather(films: Sequence[Path], assets: Path, obs: ObsState, recording_rate: float | None = None) -> Facts:
    """The facts now; takes a tenth of a second."""
    return Facts(
        version=__version__,
        system=f"{platform.system()} {platform.release()}",
        name=platform.node(),
        zone=utc_offset(),
        booted_ns=int(psutil.boot_time() * NS_PER_S),
        disks=tuple(_disk(folder) for folder in films),
        cpu_percent=psutil.cpu_percent(LOOKED_S),
        memory_percent=psutil.virtual_memory().percent,
        encoders=encoders(),
        settings=interrupting(),
        obs=obs,
        assets=str(assets),
        recording_rate=recording_rate,
    )


def _disk(folder: Path) -> Disk:
    try:
        usage = shutil.disk_usage(folder)
    except OSError:  # a disk that was pulled
        return Disk(str(folder), 0, 0)
    return Disk(str(folder), usage.free, usage.total)
