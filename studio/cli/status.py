"""``studio status``: where every session and studio stands, trouble first."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli.options import json_option, workspace_option
from studio.i18n import _

if TYPE_CHECKING:
    from rich.console import RenderableType

EVERY_S = 0.5


@click.command(
    help=_(
        "Say where every session and studio stands: planned, expected and actual, over and under, and what is wrong."
    ),
    epilog=_("Example: {command}").format(command="studio status --watch"),
)
@click.option("--watch", is_flag=True, help=_("Keep showing it until Ctrl-C."))
@workspace_option
@json_option
def status(watch: bool, workspace: Path | None, as_json: bool) -> None:
    """Ask the director once, or twice a second."""
    from studio.air.client import ask
    from studio.workspace.root import find_root

    root = find_root(Path.cwd(), workspace)
    facts = ask(root, "status")
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    from rich.console import Console

    console = Console(highlight=False)
    if not watch:
        console.print(board(facts))
        return
    from rich.live import Live

    with Live(board(facts), console=console, auto_refresh=False, screen=console.is_terminal) as live:
        while True:
            time.sleep(EVERY_S)
            live.update(board(ask(root, "status")), refresh=True)


def board(facts: dict[str, Any]) -> RenderableType:
    """The whole status: trouble, then each session with its lanes, then the studios that are free."""
    from rich.console import Group
    from rich.markup import escape

    parts: list[RenderableType] = [f"[bold red]{escape(line)}[/]" for line in troubles(facts)]
    for session, found in facts["sessions"].items():
        parts.append(_head(session, found))
        parts += [_lane(lane) for lane in found["lanes"].values()]
    free = [studio for studio in facts["studios"].values() if studio["session"] is None]
    for studio in free:
        word = _("connected, free") if studio["connected"] else studio["why"] or _("not connected")
        parts.append(escape(f"{studio['name']}: {word}"))
    return Group(*parts)


def troubles(facts: dict[str, Any]) -> list[str]:
    """What is wrong and what to do, one line each."""
    lines = []
    for session in facts["sessions"].values():
        for alarm in session["alarms"]:
            lines.append(f"{alarm['what']} {alarm['remedy']}")
        for lane in session["lanes"].values():
            lines += [f"{alarm['what']} {alarm['remedy']}" for alarm in lane["alarms"]]
            if lane["overridden"]:
                words = _("{studio}: somebody changed {what} at the desk ({found}); it stays until the next cue.")
                lines.append(words.format(studio=lane["studio"], **_hand(lane["overridden"])))
    return lines


def _hand(overridden: dict[str, Any]) -> dict[str, str]:
    return {"what": overridden["what"], "found": overridden["found"]}


def _head(session: str, found: dict[str, Any]) -> str:
    from rich.markup import escape

    rooms = ", ".join(f"{room['platform']} {room['room']}" for room in found["rooms"] if not room["closed"])
    words = _("{title} ({session}), sheet version {version}; rooms confirmed: {rooms}")
    return (
        "\n[bold]"
        + escape(
            words.format(title=found["title"], session=session, version=found["version"], rooms=rooms or _("none"))
        )
        + "[/]"
    )


def _lane(lane: dict[str, Any]) -> RenderableType:
    from rich.markup import escape
    from rich.table import Table

    from studio.asrun.words import over_words, verdict

    state = {"over": _("over"), "held": _("held"), "running": _("running")}[lane["state"]]
    if lane["standby"]:
        state = _("standby slate")
    left = "" if lane["left_ms"] is None else _("{time} left").format(time=clock(lane["left_ms"]))
    record = _("recording, part {part}").format(part=lane["parts"]) if lane["recording"] else _("not recording")
    title = " · ".join(part for part in (lane["studio"], state, over_words(lane["over_ms"]), left, record) if part)
    table = Table(title=escape(title), title_justify="left", expand=False)
    for heading in (_("row"), _("planned"), _("expected"), _("actual"), _("how it went")):
        table.add_column(heading)
    for row in lane["rows"]:
        mark = "▶ " if row["cue"] == lane["now"] else "› " if row["cue"] == lane["next"] else "  "
        late = "" if row["late_ms"] is None else f" {row['late_ms']:+.0f} ms"
        went = "" if row["verdict"] is None else f"{verdict(row['verdict'])}{late}"
        cells = (
            f"{mark}{row['cue']}  {row['title']}",
            *(clock(row[key]) for key in ("planned_ms", "expected_ms", "actual_ms")),
            went,
        )
        table.add_row(*(escape(cell) for cell in cells), style="bold" if row["cue"] == lane["now"] else None)
    return table


def clock(milliseconds: int | None) -> str:
    """``1:02:03`` of session time; a dash where there is none."""
    from studio.clock import format_duration

    return "–" if milliseconds is None else format_duration(milliseconds)
