"""Commands that steer what is on air: go, hold, resume, skip, back, jump, extend, standby, end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from studio.cli.asking import ask_and_say, asking_options, duration_ms
from studio.i18n import _

Command = TypeVar("Command", bound=Callable[..., Any])


def steering(command: Command) -> Command:
    """The options of every steering command."""
    dry = click.option("--dry-run", is_flag=True, help=_("Show what would be sent to OBS, and send nothing."))
    return dry(asking_options(command))


def _steer(word: str, common: Mapping[str, Any], **more: Any) -> None:
    answer = ask_and_say("order", {"word": word, "dry_run": common["dry_run"], **more}, common)
    if common["dry_run"] and not common["as_json"]:
        for studio, requests in answer["requests"].items():
            for request in requests:
                click.echo(f"{studio}: {request['type']}  {request['because']}")
            if not requests:
                click.echo(_("{studio}: nothing would be sent.").format(studio=studio))


def _plain(word: str, text: str, example: str) -> click.Command:
    @click.command(word, help=text, epilog=_("Example: {command}").format(command=example))
    @steering
    def command(**common: Any) -> None:
        _steer(word, common)

    return command


go = _plain("go", _("Call the next row; ends a hold and the standby slate."), "studio go --studio aux1")
hold = _plain("hold", _("Let nothing go on by itself until resume or go."), "studio hold --session s1204-buckthorn")
resume = _plain("resume", _("End a hold, or go back from the standby slate to the row."), "studio resume")
skip = _plain("skip", _("Drop the next row."), "studio skip --dry-run")
back = _plain("back", _("Call the row before this one again."), "studio back --studio main")
standby = _plain(
    "standby", _("Cover trouble with the standby slate; the lane is held."), "studio standby --studio main"
)
end = _plain(
    "end", _("End the session: no further row, slate on, recordings closed."), "studio end --session s1204-buckthorn"
)


@click.command(
    help=_("Call row CUE now, and go on from there; rows jumped over are skipped."),
    epilog=_("Example: {command}").format(command="studio jump juice-taste"),
)
@click.argument("cue", metavar="CUE")
@steering
def jump(cue: str, **common: Any) -> None:
    """By the row's id, as status lists them."""
    _steer("jump", common, cue=cue)


@click.command(
    help=_("Let the present row last TIME longer; shorter with a minus, as in: studio extend -30s"),
    epilog=_("Example: {command}").format(command="studio extend 30s"),
    context_settings={"ignore_unknown_options": True},
)
@click.argument("time", metavar="TIME")
@steering
def extend(time: str, **common: Any) -> None:
    """Rows behind it move along; hard-timed ones do not."""
    _steer("extend", common, by_ms=duration_ms(time))
