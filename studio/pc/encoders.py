"""Which GPU encoders a PC's drivers bring, by the libraries that OBS itself would load."""

import os
import sys
from ctypes.util import find_library
from pathlib import Path

_WINDOWS = {"nvenc": "nvEncodeAPI64.dll", "amf": "amfrt64.dll", "qsv": "libmfxhw64.dll"}


def encoders() -> tuple[str, ...] | None:
    """The families found: nvenc (NVIDIA), amf (AMD), qsv (Intel), vaapi (Linux); None where nobody can tell."""
    if sys.platform == "win32":
        system = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32"
        return tuple(name for name, library in _WINDOWS.items() if (system / library).exists())
    if sys.platform == "linux":
        found = ["nvenc"] if find_library("nvidia-encode") and Path("/dev/nvidia0").exists() else []
        return tuple(found + (["vaapi"] if any(Path("/dev/dri").glob("renderD*")) else []))
    return None
