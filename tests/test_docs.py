"""What the documents say is what the commands do."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from studio.cli.__main__ import studio
from tests import helptext

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def console_lines() -> list[list[str]]:
    """Every ``studio`` command line of the README's console blocks, as words."""
    blocks = re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL)
    lines = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    words = [shlex.split(line) for line in lines]
    return [line[1:] for line in words if line[0].endswith("studio")]


def test_the_commands_page_is_what_the_commands_say() -> None:
    assert helptext.DOCUMENT.read_text(encoding="utf-8") == helptext.document()


@pytest.mark.parametrize("words", console_lines(), ids=" ".join)
def test_a_command_line_of_the_readme_is_understood(words: list[str]) -> None:
    command = studio.get_command(click.Context(studio), words[0])
    assert command is not None
    command.make_context(words[0], words[1:])


def test_the_readmes_workspace_can_be_made_and_checked(tmp_path: Path) -> None:
    wanted = [words for words in console_lines() if words[0] in ("init", "check")]
    assert len(wanted) == 2
    for words in wanted:
        subprocess.run(
            [sys.executable, "-m", "studio", *words], cwd=tmp_path, env={**os.environ, "STUDIO_LANG": "en"}, check=True
        )


def test_every_command_is_in_the_readme() -> None:
    missing = [name for name in studio.list_commands(click.Context(studio)) if f"`studio {name}" not in README]
    assert missing == []


def test_every_target_the_readme_names_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"`make ([\w-]+)`", README)) - targets == set()
