"""Who may import whom: read from the source, with planted violations that must be found."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "studio"

BOTTOM = ("errors", "i18n", "model", "clock", "asrun")
SHARED = ("workspace", "store", "media", "draw", "system", "timekeeper")
LEAVES = ("schedules", "scenes", "obs", "pc", "recordings", "sales", "reports", "messages")
JOINING = ("air", "jobs")
LAYERS = (BOTTOM, SHARED, LEAVES, JOINING, ("web",), ("daemon", "supervise", "agent", "cli", "__main__"))
"""A room may import from lower layers and from itself; within BOTTOM, SHARED and JOINING also from its neighbours."""

PURE = (
    "model",
    "clock",
    "asrun",
    "air.standing",
    "air.verdicts",
    "air.watch.alarm",
    "air.watch.judge",
    "air.watch.sample",
    "air.watch.window",
    "schedules.recurrence",
    "schedules.timing",
    "schedules.rundown",
    "schedules.excerpt",
    "schedules.binding",
    "schedules.edits",
    "scenes.adopt",
    "scenes.countdown",
    "scenes.desired",
    "scenes.diff",
    "scenes.inputs",
    "scenes.plan",
    "scenes.writing",
    "pc.offset",
    "recordings.align",
    "sales.attribution",
    "sales.metrics",
)
IMPURE_MODULES = {
    *("asyncio", "io", "logging", "os", "random", "shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile"),
    *("threading", "time", "aiohttp", "av", "cv2", "sqlite_utils", "studio.timekeeper", "studio.system"),
}
IMPURE_CALLS = {
    *("open", "print", "input", "now", "today", "utcnow", "time_ns", "monotonic", "monotonic_ns"),
    *("read_text", "read_bytes", "write_text", "write_bytes", "exists", "is_file", "is_dir", "stat", "resolve"),
    *("iterdir", "glob", "rglob", "mkdir", "unlink", "rename", "touch"),
}
POSIX_ONLY = {"fcntl", "pwd", "grp", "resource", "termios", "tty", "pty"}
POSIX_CALLS = {
    "fork",
    "killpg",
    "setsid",
    "getuid",
    "geteuid",
    "mkfifo",
    "add_signal_handler",
    "SIGKILL",
    "SIGHUP",
    "uname",
}


def imports(source: str) -> set[str]:
    """Every module a source imports when it runs, dotted; ``from a import b`` gives ``a`` and ``a.b``."""
    found: set[str] = set()
    tree = ast.parse(source)
    checking = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in checking:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "relative imports hide the room"
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer(room: str) -> int:
    return next(number for number, rooms in enumerate(LAYERS) if room in rooms)


def forbidden_imports(module: str, source: str) -> list[str]:
    """The imports of ``module`` (``studio.room.…``) that the law forbids."""
    room = module.split(".")[1]
    bad = []
    for name in imports(source):
        parts = name.split(".")
        if parts[0] != "studio" or len(parts) < 2 or parts[1] == "__version__":
            continue
        other = parts[1]
        if other == room or not any(other in rooms for rooms in LAYERS):
            continue
        sideways = layer(other) == layer(room) and room in LEAVES
        if layer(other) > layer(room) or sideways:
            bad.append(name)
    return bad


def impurities(source: str) -> list[str]:
    """What a pure module must not do: import I/O, or call what reads a clock or a file."""
    bad = sorted(imports(source) & IMPURE_MODULES)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in IMPURE_CALLS:
                bad.append(name)
    return bad


def posix_only(source: str) -> list[str]:
    """What would not run on Windows."""
    bad = sorted(imports(source) & POSIX_ONLY)
    named = (node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute))
    return bad + [name for name in named if name in POSIX_CALLS]


def modules() -> list[tuple[str, Path]]:
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found.append((".".join(parts), path))
    return [(name, path) for name, path in found if name != "studio.__init__"]


@pytest.mark.parametrize(("module", "path"), modules(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_room_imports_only_what_it_may(module: str, path: Path) -> None:
    assert forbidden_imports(module, path.read_text(encoding="utf-8")) == []


def test_every_room_has_its_layer() -> None:
    rooms = {module.split(".")[1] for module, _ in modules()}
    assert rooms - {room for rooms in LAYERS for room in rooms} == set()


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("studio.scenes.diff", "from studio.obs.link import ObsLink"),
        ("studio.model.studio", "import studio.store.database"),
        ("studio.sales.metrics", "from studio import reports"),
        ("studio.obs.device", "def f():\n    from studio.air.lane import Lane"),
        ("studio.store.asrun", "from studio.cli.options import json_option"),
    ],
)
def test_a_planted_import_is_found(module: str, line: str) -> None:
    assert forbidden_imports(module, line) != []


def pure_files() -> list[Path]:
    found = []
    for name in PURE:
        path = ROOT.joinpath(*name.split("."))
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    return found


@pytest.mark.parametrize("path", pure_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_pure_module_only_computes(path: Path) -> None:
    assert impurities(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "import time",
        "from datetime import datetime\nx = datetime.now()",
        "x = open('a')",
        "import logging",
        "from studio.timekeeper import now",
        "from os import path",
        "from pathlib import Path\nx = Path('a').read_text()",
    ],
)
def test_a_planted_impurity_is_found(line: str) -> None:
    assert impurities(line) != []


@pytest.mark.parametrize(("module", "path"), modules(), ids=lambda value: value if isinstance(value, str) else "")
def test_only_one_module_differs_by_operating_system(module: str, path: Path) -> None:
    if module != "studio.system":
        assert posix_only(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("line", ["import fcntl", "import os\nos.killpg(1, 9)", "import signal\nx = signal.SIGKILL"])
def test_a_planted_posix_call_is_found(line: str) -> None:
    assert posix_only(line) != []


SQL_OUTSIDE = ("execute", "executescript", "executemany")


def loose_sql(source: str) -> list[str]:
    """Calls that write around ``db.atomic()``: on the raw connection, or ``with db.conn``."""
    bad = []
    for node in ast.walk(ast.parse(source)):
        text = ast.unparse(node) if isinstance(node, ast.Call | ast.withitem) else ""
        if isinstance(node, ast.Call) and ".conn." in ast.unparse(node.func):
            bad.append(text)
        if isinstance(node, ast.withitem) and text.split(" as ")[0].endswith(".conn"):
            bad.append(text)
    return bad


@pytest.mark.parametrize(("module", "path"), modules(), ids=lambda value: value if isinstance(value, str) else "")
def test_nobody_writes_around_the_transaction(module: str, path: Path) -> None:
    assert loose_sql(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("line", ["db.conn.execute('x')", "with db.conn:\n    pass", "self._db.conn.commit()"])
def test_a_planted_loose_write_is_found(line: str) -> None:
    assert loose_sql(line) != []


def test_sql_stands_only_in_the_store() -> None:
    outside = [
        module
        for module, path in modules()
        if not module.startswith("studio.store.")
        and imports(path.read_text(encoding="utf-8")) & {"sqlite3", "sqlite_utils"}
    ]
    assert outside == []
