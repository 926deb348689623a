"""``studio status``: where every session and studio stands, troubles first."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli.check import readable_json
from studio.cli.options import json_option, workspace_option
from studio.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

TONES = {"good": "green", "hand": "yellow", "bad": "bold red", "plain": "dim"}
OVER = {"plan": "green", "behind": "bold yellow", "ahead": "cyan"}
VERDICTS = {"on_time": "green", "late": "yellow", "unconfirmed": "magenta", "refused": "bold red", "skipped": "dim"}
BEFORE, AFTER = 3, 5
"""How many rows before and after the present one are shown."""
EVERY_S = 1.0


@click.command(
    help=_(
        "Say where every session and studio stands: troubles and changes by hand with what to do, then each studio's "
        "row, the next one, planned, expected and actual times, verdicts, and how far behind or ahead it is. In the "
        "JSON, over_ms is positive where behind; instants in ns are of the director's monotonic clock."
    ),
    epilog=_("Example: {command}").format(command="studio status --watch"),
)
@click.option("--watch", is_flag=True, help=_("Keep showing it until Ctrl-C."))
@click.option("--all", "everything", is_flag=True, help=_("Show all rows, not only those near the present one."))
@click.option("--session", "only", metavar="ID", help=_("That session alone."))
@click.option("--studio", metavar="ID", help=_("That studio alone."))
@workspace_option
@json_option
def status(
    workspace: Path | None, as_json: bool, watch: bool, everything: bool, only: str | None, studio: str | None
) -> None:
    """Ask and print."""
    from studio.air.client import ask
    from studio.workspace.root import find_root
    from studio.workspace.venue import signboard

    root = find_root(Path.cwd(), workspace)
    if as_json:
        click.echo(readable_json(_only(ask(root, "status"), only, studio)))
        return

    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    from studio.air.telling import tell
    from studio.errors import StudioError

    zone = signboard(root)[1]
    console = Console(highlight=False)

    def shown() -> RenderableType:
        from rich.console import Group

        return Group(*_board(tell(_only(ask(root, "status"), only, studio), zone), everything))

    def shown_again() -> RenderableType:
        """The board, or why there is none for now: a director that is started again may yet find all its studios."""
        try:
            return shown()
        except (StudioError, click.UsageError) as error:
            return Text(_("Waiting: {why}").format(why=error), style=TONES["hand"])

    if not (watch and console.is_terminal):
        console.print(shown())
        while watch:  # into a file or a pipe: one board after the other
            time.sleep(EVERY_S)
            console.print(shown_again())
        return
    with Live(shown(), console=console, auto_refresh=False, screen=True) as live:
        while True:
            time.sleep(EVERY_S)
            live.update(shown_again(), refresh=True)


def _only(found: dict[str, Any], session: str | None, studio: str | None) -> dict[str, Any]:
    """The status of one session or studio; a usage error where there is no such name."""
    for name, known in ((session, found["sessions"]), (studio, found["studios"])):
        if name is not None and name not in known:
            names = ", ".join(known) or _("none")
            raise click.UsageError(_("There is no {name} here. Known: {names}").format(name=name, names=names))
    if session is not None:
        kept = found["sessions"][session]
        found |= {"sessions": {session: kept}}
        found["studios"] = {key: one for key, one in found["studios"].items() if key in kept["lanes"]}
    if studio is not None:
        found["studios"] = {studio: found["studios"][studio]}
        found["sessions"] = {
            name: one | {"lanes": {studio: one["lanes"][studio]}}
            for name, one in found["sessions"].items()
            if studio in one["lanes"]
        }
    return found


def _board(told: Mapping[str, Any], everything: bool) -> Iterator[RenderableType]:
    from rich.text import Text

    for trouble in told["troubles"]:
        yield _trouble(trouble)
    for session in told["sessions"]:
        yield Text.assemble((session["title"], "bold"), f"  {session['id']}  {session['state']}  ", *_version(session))
        for room in session["rooms"]:
            yield Text("  " + room["words"], style="green" if room["open"] else "dim")
        if session["lanes"]:
            yield _lanes(session["lanes"])
        for lane in session["lanes"]:
            yield _rows(lane, everything)
    for one in told["studios"]:
        why = f"  {one['why']}" if one["why"] else ""
        yield Text.assemble(f"{one['id']} {one['name']}  ", *_signs(one["signs"]), (why, "dim"))
    if not told["sessions"]:
        yield Text(_("No session is running. Start one with: studio start SESSION"))


def _trouble(trouble: Mapping[str, Any]) -> Text:
    from rich.text import Text

    since = _("since {time}").format(time=trouble["since"]) if trouble["since"] else ""
    head = " ".join(part for part in (trouble["where"], since) if part)
    line = Text.assemble((f"! {head}: ", TONES[trouble["tone"]]), trouble["what"])
    return line.append(f"\n    {trouble['remedy']}", "bold") if trouble["remedy"] else line


def _version(session: Mapping[str, Any]) -> list[tuple[str, str]]:
    if not session["version"]:
        return []
    return [(_("sheet version {version}").format(version=session["version"]), "cyan")]


def _signs(signs: list[dict[str, str]]) -> list[tuple[str, str]]:
    parts: list[tuple[str, str]] = []
    for sign in signs:
        parts += [(" · ", "dim")] if parts else []
        parts.append((sign["words"], TONES[sign["tone"]]))
    return parts


def _lanes(lanes: list[dict[str, Any]]) -> Table:
    """One line a studio: what is on, what comes, how it stands."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from studio.clock import format_duration

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in (_("Studio"), _("Now"), _("Left"), _("Next"), _("Plan"), _("Ends at"), _("State")):
        table.add_column(title, overflow="fold")
    for lane in lanes:
        left = "" if lane["left_ms"] is None else format_duration(lane["left_ms"])
        late = lane["left_ms"] is not None and lane["left_ms"] < 0
        following = f"{lane['next']}\n{lane['next_how']}" if lane["next"] else "–"
        ends = lane["expected_end"]
        if ends and lane["over"] != "plan":
            ends = _("{expected}, planned {planned}").format(expected=ends, planned=lane["planned_end"])
        table.add_row(
            Text(lane["name"]),
            Text(lane["now"], style="bold"),
            Text(left, style="bold yellow" if late else ""),
            Text(following),
            Text(lane["over_words"], style=OVER[lane["over"]]),
            Text(ends),
            Text.assemble(*_signs(lane["signs"])),
        )
    return table


def _rows(lane: dict[str, Any], everything: bool) -> Table:
    """The rows of a studio with their times and verdicts."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from studio.air.telling import around

    table = Table(box=box.SIMPLE_HEAD, title=Text(lane["name"]), title_justify="left", pad_edge=False)
    for title in ("", _("Row"), _("Title"), _("Planned"), _("Expected"), _("Actual"), _("Verdict")):
        table.add_column(title, overflow="fold")
    rows = lane["rows"]
    for row in rows if everything else around(rows, BEFORE, AFTER):
        words = f"{row['verdict_words']}: {row['why']}" if row["why"] else row["verdict_words"]
        place = {"now": "▶", "next": "·"}.get(row["place"], "")
        table.add_row(
            place,
            Text(row["cue"]),
            Text(row["title"]),
            *(row["planned"], row["expected"], row["actual"]),
            Text(words, style=VERDICTS.get(row["verdict"], "")),
            style="bold" if row["place"] == "now" else "",
        )
    return table
