"""``studio doctor``: is every studio ready to go on air, and if not, why and what to do."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studio.cli.check import readable_json
from studio.cli.options import json_option, workspace_option
from studio.i18n import _
from studio.model.problem import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.air.doctor.finding import Diagnosis, Finding
    from studio.air.doctor.subject import Subject
    from studio.model.problem import Problem
    from studio.model.studio import Studio
    from studio.model.workspace import Workspace

MARKS = {"ok": "✓", "warn": "!", "bad": "✗", "unknown": "?"}


@click.command(
    help=_(
        "Say before air whether a studio is ready: reachable, its scenes, transitions and canvas as the files say, a "
        "test recording of 2 s, sound, room on the disk. Each finding says what to do. Without STUDIO, every studio at "
        "once. One that is on air is only looked at."
    ),
    epilog=_("Example: studio doctor main --session s1204-buckthorn"),
)
@click.argument("studio_id", metavar="[STUDIO]", required=False)
@click.option(
    "--session",
    "session_id",
    metavar="ID",
    help=_("Ready for this session alone; without it, for every session that is not over."),
)
@workspace_option
@json_option
def doctor(studio_id: str | None, session_id: str | None, workspace: Path | None, as_json: bool) -> None:
    """Look, print, and exit with 3 where a studio is not ready."""
    from zoneinfo import ZoneInfo

    from studio.air.doctor.subject import subjects
    from studio.jobs.check import read_workspace
    from studio.timekeeper import now
    from studio.workspace.root import find_root

    root = find_root(Path.cwd(), workspace)
    found, problems = read_workspace(root)
    chosen = _studios(found, problems, studio_id, session_id)
    moment = now(ZoneInfo(found.venue.zone))
    seen = _examine(root, subjects(found, moment, chosen, session_id, len(problems)), quiet=as_json)
    if as_json:
        click.echo(readable_json(_facts(seen)))
    else:
        for diagnosis in seen:
            _print(diagnosis, everything=studio_id is not None)
        for diagnosis in seen:
            click.echo(printable(_summary(diagnosis)))
    click.get_current_context().exit(0 if all(diagnosis.ready for diagnosis in seen) else 3)


def _studios(
    workspace: Workspace, problems: Sequence[Problem], studio_id: str | None, session_id: str | None
) -> list[Studio]:
    """The studios that are meant; a usage error where a name is unknown, or the session is not played there."""
    from studio.errors import ProblemsFound

    studios = list(workspace.venue.studios)
    if studio_id is not None:
        studios = [studio for studio in studios if studio.id == studio_id]
    if not studios:
        if problems:
            raise ProblemsFound(problems)
        names = ", ".join(one.id for one in workspace.venue.studios)
        raise click.UsageError(
            _("There is no studio {studio}. Those in studio.toml: {names}").format(studio=studio_id, names=names)
        )
    if session_id is None:
        return studios
    session = workspace.session(session_id)
    if session is None:
        if problems:
            raise ProblemsFound(problems)
        names = ", ".join(one.id for one in workspace.sessions) or _("none")
        raise click.UsageError(
            _("There is no session {session}. Those in the calendar: {names}").format(session=session_id, names=names)
        )
    playing = [studio for studio in studios if studio.id in session.studios]
    if not playing:
        raise click.UsageError(
            _("Session {session} is not played in {studio}, but in {names}.").format(
                session=session_id, studio=", ".join(one.id for one in studios), names=", ".join(session.studios)
            )
        )
    return playing


def _examine(root: Path, subjects: Sequence[Subject], *, quiet: bool) -> tuple[Diagnosis, ...]:
    """Visit the studios, with one line each on the terminal while that lasts."""
    import asyncio

    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from studio.air.doctor.rounds import rounds
    from studio.air.reaching import reach_studios
    from studio.timekeeper import SystemClock
    from studio.workspace.secrets import secret

    passwords = {one.studio.id: secret(one.studio.secret, root / ".studio") for one in subjects}
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.fields[studio]}"), TextColumn("{task.description}"))
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=quiet or not console.is_terminal) as lines:
        tasks = {one.studio.id: lines.add_task("", total=None, studio=escape(one.studio.id)) for one in subjects}

        def say(studio: str, words: str) -> None:
            lines.update(tasks[studio], description=escape(words))

        def seen(diagnosis: Diagnosis) -> None:
            lines.update(tasks[diagnosis.studio.id], description=_standing(diagnosis), total=1, completed=1)

        async def visit() -> tuple[Diagnosis, ...]:
            async with reach_studios(root) as reach:
                return await rounds(subjects, passwords, reach, SystemClock(), say, seen, root / ".studio")

        return asyncio.run(visit())


def _print(diagnosis: Diagnosis, *, everything: bool) -> None:
    """The findings of one studio; without ``everything``, those alone that ask for something."""
    shown = [one for one in diagnosis.findings if everything or one.level != "ok"]
    if shown:
        click.echo(printable(f"{diagnosis.studio.id} {diagnosis.studio.name}"))
    print_findings(shown)


def print_findings(findings: Sequence[Finding]) -> None:
    """One line each, and its remedy below it."""
    for finding in findings:
        click.echo(f"  {MARKS[finding.level]} {printable(_sentence(finding))}")
        if finding.remedy:
            click.echo(f"    {printable(finding.remedy)}")


def _sentence(finding: Finding) -> str:
    return _("unknown: {what}").format(what=finding.what) if finding.level == "unknown" else finding.what


def _standing(diagnosis: Diagnosis) -> str:
    return _("ready") if diagnosis.ready else _("not ready")


def _summary(diagnosis: Diagnosis) -> str:
    """One line a studio."""
    line = _("{studio}: {standing} (not ready {bad}, warnings {warn}, unknown {unknown}, good {ok})")
    counts = {level: diagnosis.count(level) for level in ("ok", "warn", "bad", "unknown")}
    return line.format(studio=diagnosis.studio.id, standing=_standing(diagnosis), **counts)


def _facts(seen: Sequence[Diagnosis]) -> dict[str, Any]:
    return {
        "ready": all(diagnosis.ready for diagnosis in seen),
        "studios": {
            diagnosis.studio.id: {
                "ready": diagnosis.ready,
                "findings": [asdict(finding) for finding in diagnosis.findings],
            }
            for diagnosis in seen
        },
    }
