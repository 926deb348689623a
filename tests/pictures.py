"""Makes the pictures of the README from a real demo: the terminal as SVG, the report as PNG. Needs tmux and chromium.

python tests/pictures.py
"""

import io
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
COLUMNS, ROWS = 100, 22
DONE = "asrun.db"


def terminal(workspace: Path) -> str:
    """Run the demo in a terminal of tmux and return its screen, colours included, at the end."""
    command = f"cd {workspace} && clear && echo '$ studio demo' && {sys.executable} -m studio demo; sleep 60"
    name = f"studio-pictures-{time.time_ns()}"
    size = ["-x", str(COLUMNS), "-y", str(ROWS)]
    subprocess.run(["tmux", "new-session", "-d", "-s", name, *size, "sh", "-c", command], check=True)
    try:
        for _second in range(150):
            time.sleep(1)
            shown = subprocess.run(["tmux", "capture-pane", "-e", "-p", "-t", name], capture_output=True, check=True)
            screen = shown.stdout.decode()
            if DONE in screen:
                return screen.rstrip()
        raise SystemExit("the demo did not end:\n" + screen)
    finally:
        subprocess.run(["tmux", "kill-session", "-t", name], check=True)


def save_terminal(screen: str) -> None:
    """Draw a terminal's screen as SVG."""
    console = Console(width=COLUMNS, record=True, file=io.StringIO())
    console.print(Text.from_ansi(screen))
    console.save_svg(str(DOCS / "terminal.svg"), title="studio demo")


def save_report(page: Path) -> None:
    """Photograph the upper part of a report."""
    program = shutil.which("chromium") or "chromium"
    with tempfile.TemporaryDirectory() as profile:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        flags += [f"--user-data-dir={profile}", "--hide-scrollbars", "--window-size=1000,2300"]
        target = f"--screenshot={DOCS / 'report.png'}"
        subprocess.run([program, *flags, target, page.as_uri()], check=True, capture_output=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "kelan"
        subprocess.run([sys.executable, "-m", "studio", "init", str(workspace)], check=True, capture_output=True)
        save_terminal(terminal(workspace))
        save_report(next(workspace.glob("reports/demo-*/report.html")))
