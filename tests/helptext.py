"""Writes or holds ``docs/commands.md``: the help of every command, in English, as the command line prints it.

python tests/helptext.py            exit 1 where the document is not what the commands say
python tests/helptext.py --write    writes it
"""

import os
import subprocess
import sys
from pathlib import Path

DOCUMENT = Path(__file__).parents[1] / "docs" / "commands.md"


def help_of(*command: str) -> str:
    """What ``studio COMMAND --help`` prints in English at 100 columns."""
    environment = {**os.environ, "STUDIO_LANG": "en", "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", "studio", *command, "--help"],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.replace("python -m studio", "studio")


def commands() -> list[tuple[str, ...]]:
    """Every command and subcommand by its words."""
    from studio.cli.__main__ import studio

    found: list[tuple[str, ...]] = [()]
    for name in studio.list_commands(None):
        found.append((name,))
        command = studio.get_command(None, name)
        found += [(name, inner) for inner in getattr(command, "commands", {})]
    return found


def document() -> str:
    """The whole text."""
    parts = ["# Commands\n\nWhat each command says of itself with `--help`; `make commands` writes this page.\n"]
    for words in commands():
        parts.append(f"\n## {' '.join(('studio', *words))}\n\n```text\n{help_of(*words).rstrip()}\n```\n")
    return "".join(parts)


if __name__ == "__main__":
    if "--write" in sys.argv:
        DOCUMENT.write_text(document(), encoding="utf-8")
    sys.exit(DOCUMENT.read_text(encoding="utf-8") != document())
