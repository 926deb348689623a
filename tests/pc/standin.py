"""A program for a test to take for OBS: a few bytes of machine code, so that its file alone is what runs."""

import struct
from pathlib import Path

BASE = 0x400000
MACHINE = "x86_64"


def build(path: Path, version: str = "31.1.2", *, dies: bool = False) -> Path:
    """Write one: with a single argument it says its version, with others it waits for a signal, or ``dies`` at once.

    Copies of other programs will not do, since all of them refuse OBS's arguments.
    """
    said = f"OBS Studio - {version}\n".encode()
    wait = (
        b"\xb8\x3c\x00\x00\x00\x31\xff\x0f\x05"  # exit(0)
        if dies
        else b"\xb8\x22\x00\x00\x00\x0f\x05\xeb\xf7"  # again: pause(); jmp again
    )
    tell = (
        b"\xb8\x01\x00\x00\x00\xbf\x01\x00\x00\x00"  # write(1,
        + b"\x48\x8d\x35\x10\x00\x00\x00"  # what stands behind this code,
        + b"\xba" + struct.pack("<I", len(said)) + b"\x0f\x05"  # as long as it is)
        + b"\xb8\x3c\x00\x00\x00\x31\xff\x0f\x05"  # exit(0)
    )  # fmt: skip
    code = b"\x48\x83\x3c\x24\x02" + b"\x74" + bytes([len(wait)]) + wait + tell  # if argc == 2: tell, else wait
    size = 64 + 56 + len(code) + len(said)
    head = (
        b"\x7fELF\x02\x01\x01"
        + bytes(9)
        + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, BASE + 120, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    )
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, BASE, BASE, size, size, 0x1000)
    path.write_bytes(head + segment + code + said)
    path.chmod(0o755)
    return path
