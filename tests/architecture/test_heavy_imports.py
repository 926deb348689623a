"""``studio --help`` is light: what is heavy is imported where it is used."""

import json
import subprocess
import sys

import pytest

HEAVY = (
    "cv2",
    "av",
    "matplotlib",
    "docx",
    "typst",
    "aiohttp",
    "numpy",
    "pydantic",
    "sqlite_utils",
    "ruamel",
    "jinja2",
    "rich",
)

PROBE = """
import json, sys
sys.argv = ["studio", *json.loads(sys.argv[1])]
{planted}
try:
    from studio.cli.__main__ import main
    main()
except SystemExit:
    pass
sys.stdout.flush()
sys.stderr.write(json.dumps(sorted({{name.split(".")[0] for name in sys.modules}})))
"""


def loaded(arguments: list[str], planted: str = "") -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(planted=planted), json.dumps(arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["check", "--help"],
        ["init", "--help"],
        ["demo", "--help"],
        ["virtual", "--help"],
        ["obs", "--help"],
        ["run", "--help"],
        ["start", "--help"],
        ["extend", "--help"],
        ["insert", "--help"],
        ["mark", "--list"],
        ["room", "--help"],
        ["status", "--help"],
        ["scenes", "--help"],
    ],
    ids=" ".join,
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert loaded(arguments) & set(HEAVY) == set()


def test_a_planted_heavy_import_is_found() -> None:
    assert "numpy" in loaded(["--help"], planted="import numpy")
