"""``studio scenes``: scene files into an OBS, as a plan first; or a file from the scenes an OBS has."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from studio.cli.options import json_option, workspace_option
from studio.i18n import _
from studio.model.problem import printable

if TYPE_CHECKING:
    from studio.air.reaching import Device
    from studio.air.scenery import Applied, Scenery
    from studio.model.studio import Studio
    from studio.model.workspace import Workspace
    from studio.scenes.plan import Change

Found = TypeVar("Found")


@click.group(
    help=_("Bring scene files into an OBS, as a plan first, or make a file of the scenes an OBS has."),
    epilog=_("Example: {command}").format(command="studio scenes plan main && studio scenes apply main"),
)
def scenes() -> None:
    """The group; its help is the text above."""


@scenes.command(
    "plan",
    help=_("Show line by line what the scene file of STUDIO would change in its OBS; nothing is changed."),
    epilog=_("Example: {command}").format(command="studio scenes plan main"),
)
@click.argument("studio_id", metavar="STUDIO")
@workspace_option
@json_option
def plan(studio_id: str, workspace: Path | None, as_json: bool) -> None:
    """Exit 0 where something would change too: a plan is no fault."""
    from studio.air.scenery import look
    from studio.scenes.plan import summary

    found = _with(studio_id, workspace, look)
    if as_json:
        _print_json({"studio": studio_id, **_planned(found)})
        return
    _print(found)
    click.echo(summary(found.changes))


@scenes.command(
    "apply",
    help=_(
        "Make the OBS of STUDIO as its scene file says; twice in a row changes nothing, and what the file does not "
        "name is left alone. Refused while that OBS records, streams or feeds its virtual camera."
    ),
    epilog=_("Example: {command}").format(command="studio scenes apply main --dry-run"),
)
@click.argument("studio_id", metavar="STUDIO")
@click.option("--dry-run", is_flag=True, help=_("Show what would be sent to OBS, and send nothing."))
@workspace_option
@json_option
def apply(studio_id: str, dry_run: bool, workspace: Path | None, as_json: bool) -> None:
    """Exit with 3 where that OBS is not as the file says afterwards."""
    from studio.air.scenery import Applied, look, make_so
    from studio.scenes.plan import summary

    async def bring(device: Device, found: Workspace, studio: Studio) -> tuple[Scenery, Applied]:
        scenery = await look(device, found, studio)
        return scenery, Applied() if dry_run else await make_so(device, found.root, studio, scenery)

    found, applied = _with(studio_id, workspace, bring)
    requests = [{"type": one.type, "data": dict(one.data), "because": one.because} for one in found.requests]
    if as_json:
        _print_json({"studio": studio_id, "dry_run": dry_run, **_planned(found), **_done(requests, applied)})
    elif dry_run:
        from studio.cli.asking import tell

        _print(found)
        tell({"requests": {studio_id: requests}}, as_json=False)
        click.echo(summary(found.changes))
    else:
        _print(found)
        _print_done(found, applied)
    if applied.failed or applied.left or (found.missing and not dry_run):
        click.get_current_context().exit(3)


@scenes.command(
    "adopt",
    help=_("Write a scene file of the scenes that the OBS of STUDIO has; what it cannot say stands in it as comments."),
    epilog=_("Example: {command}").format(command="studio scenes adopt aux2 --out scenes/aux2.yaml"),
)
@click.argument("studio_id", metavar="STUDIO")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=_("Write it here, never over a file; without it, it is printed."),
)
@workspace_option
def adopt(studio_id: str, out: Path | None, workspace: Path | None) -> None:
    """The OBS is only looked at."""
    from studio.air.scenery import take_over
    from studio.scenes.writing import write

    file_id = out.stem if out else studio_id

    async def take(device: Device, found: Workspace, studio: Studio) -> str:
        return write(*await take_over(device, file_id, found, studio))

    text = _with(studio_id, workspace, take)
    if out is None:
        click.echo(text, nl=False)
        return
    _create(out, text)
    click.echo(
        printable(
            _("Written: {file}. Put it under scenes/ and name it in studio.toml, then run: studio check").format(
                file=out
            )
        )
    )


def _create(out: Path, text: str) -> None:
    from studio.errors import WouldOverwrite

    try:
        with out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise WouldOverwrite(
            _("{file} stands there already.").format(file=out), _("Name another file with --out.")
        ) from error


def _with(studio_id: str, workspace: Path | None, do: Callable[[Device, Workspace, Studio], Awaitable[Found]]) -> Found:
    """Do something with one studio's OBS; what is wrong in studio.toml or in its scene file is told first."""
    from studio.air.reaching import reach_studio
    from studio.errors import ProblemsFound
    from studio.jobs.check import read_workspace
    from studio.workspace.root import find_root

    found, problems = read_workspace(find_root(Path.cwd(), workspace))
    studio = found.studio(studio_id)
    if studio is None and not problems:
        names = ", ".join(one.id for one in found.venue.studios)
        raise click.UsageError(
            _("There is no studio {studio}. Those in studio.toml: {names}").format(studio=studio_id, names=names)
        )
    concerned = {"studio.toml", f"scenes/{studio.scenes}.yaml"} if studio else {one.file for one in problems}
    if wrong := [one for one in problems if one.file in concerned]:
        raise ProblemsFound(wrong)
    assert studio is not None

    async def run(studio: Studio) -> Found:
        async with reach_studio(found.root, studio) as device:
            return await do(device, found, studio)

    return asyncio.run(run(studio))


def _print(found: Scenery) -> None:
    from studio.scenes.plan import line

    for change in found.changes:
        click.echo(printable(line(change)))
    for remark in found.remarks:
        click.echo(printable(f"! {remark}"))


def _print_done(found: Scenery, applied: Applied) -> None:
    from studio.air.scenery import outcome_words
    from studio.scenes.plan import line, summary

    if not found.requests:
        click.echo(summary(()))
        return
    for words in outcome_words(applied.outcomes):
        click.echo(printable(words), err=True)
    for change in applied.left:
        click.echo(printable(_("not as the file says: {line}").format(line=line(change))), err=True)
    if applied.failed or applied.left:
        click.echo(_("Not everything was done. Look at that OBS, then apply again."), err=True)
    else:
        click.echo(_("Done: that OBS is now as the file says. Nothing else in it was touched."))


def _planned(found: Scenery) -> dict[str, Any]:
    return {"changes": [_said(change) for change in found.changes], "remarks": list(found.remarks)}


def _done(requests: list[dict[str, Any]], applied: Applied) -> dict[str, Any]:
    ends = [{"result": one.result, "code": one.code, "comment": one.comment} for one in applied.outcomes]
    sent = [{**request, **end} for request, end in zip(requests, ends, strict=True)] if ends else requests
    return {"requests": sent, "left": [_said(change) for change in applied.left]}


def _said(change: Change) -> dict[str, Any]:
    from studio.scenes.plan import line

    return {**asdict(change), "line": line(change)}


def _print_json(said: dict[str, Any]) -> None:
    from studio.cli.check import readable_json

    click.echo(readable_json(said))
