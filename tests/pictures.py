"""Makes the pictures of the README from a real demo: the terminal and the report. Needs tmux and chromium.

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


def save_terminal(screen: str, folder: Path) -> None:
    """Draw a terminal's screen: as a page first, so that Chinese stands in its two columns."""
    console = Console(width=COLUMNS, record=True, file=io.StringIO())
    console.print(Text.from_ansi(screen))
    page = folder / "terminal.html"
    style = "margin:0;padding:16px 20px;background:#fbfbf6;color:#14211b;font:15px/1.45 'Noto Sans Mono CJK SC'"
    code = console.export_html(inline_styles=True, code_format="{code}")
    page.write_text(
        f"<meta charset='utf-8'><body style='margin:0'><pre style=\"{style}\">{code}</pre>", encoding="utf-8"
    )
    photograph(page, DOCS / "terminal.png", 860, 338)


def photograph(page: Path, target: Path, width: int, height: int) -> None:
    """A page's upper part, as Chromium shows it."""
    program = shutil.which("chromium") or "chromium"
    with tempfile.TemporaryDirectory() as profile:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        flags += [f"--user-data-dir={profile}", "--hide-scrollbars", f"--window-size={width},{height}"]
        subprocess.run([program, *flags, f"--screenshot={target}", page.as_uri()], check=True, capture_output=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "kelan"
        subprocess.run([sys.executable, "-m", "studio", "init", str(workspace)], check=True, capture_output=True)
        save_terminal(terminal(workspace), Path(folder))
        photograph(next(workspace.glob("reports/demo-*/report.html")), DOCS / "report.png", 1000, 2300)
