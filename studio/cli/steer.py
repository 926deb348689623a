"""Commands that steer what is on air: go, hold, resume, skip, back, jump, extend, standby, end."""

import re
from typing import Any

import click

from studio.cli.asking import ask_director, tell
from studio.cli.options import dry_run_option, run_options
from studio.cli.values import Length
from studio.i18n import _

NEGATIVE = re.compile(r"[-−][\d.]")


class Signed(click.Command):
    """A command whose argument may be negative: ``-30s`` is a value and no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put what begins with a minus and a digit behind ``--``."""
        if "--" not in args:
            negative = [one for one in args if NEGATIVE.match(one)]
            args = [one for one in args if one not in negative] + (["--", *negative] if negative else [])
        return super().parse_args(ctx, args)


def _order(word: str, as_json: bool, **fields: Any) -> None:
    tell(ask_director(fields.pop("workspace"), "order", word=word, **fields), as_json)


def _plain(word: str, help_text: str, example: str) -> click.Command:
    """A command that takes nothing but the options of all."""

    @click.command(word, help=help_text, epilog=_("Example: {command}").format(command=example))
    @run_options
    @dry_run_option
    def command(as_json: bool, **fields: Any) -> None:
        _order(word, as_json, **fields)

    return command


go = _plain(
    "go",
    _(
        "Call the next row, in each studio whose next row is the earliest of all; with --studio, in that one. "
        "A hold or a standby slate ends by it."
    ),
    "studio go --studio main --dry-run",
)
hold = _plain(
    "hold",
    _("Let nothing go on by itself until resume or go."),
    "studio hold --session s1226-winter-fair",
)
resume = _plain(
    "resume",
    _("End a hold, or go back from the standby slate to the row."),
    "studio resume",
)
skip = _plain("skip", _("Drop the next row."), "studio skip --session s1226-winter-fair")
back = _plain(
    "back",
    _("Call the row before this one again."),
    "studio back --studio aux3",
)
standby = _plain(
    "standby",
    _("Show the standby slate and hold; studio resume goes back to the row, studio go on to the next."),
    "studio standby --studio main",
)
end = _plain(
    "end",
    _(
        "End the session, or one studio's part of it: rows that are left are skipped, the slate is shown, recordings "
        "are closed and outputs stopped. Rooms on the platforms are closed in their own apps."
    ),
    "studio end --session s1204-buckthorn --dry-run",
)


@click.command(
    help=_("Call row CUE, wherever it stands: rows that are jumped over are skipped, going back picks them up again."),
    epilog=_("Example: {command}").format(command="studio jump juice-again"),
)
@click.argument("cue", metavar="CUE")
@run_options
@dry_run_option
def jump(as_json: bool, **fields: Any) -> None:
    """Send the order."""
    _order("jump", as_json, **fields)


@click.command(
    cls=Signed,
    help=_("Let the present row last LENGTH longer, or shorter with a minus in front."),
    epilog=_("Example: {command}").format(command="studio extend 30s && studio extend -10s"),
)
@click.argument("by_ms", metavar="LENGTH", type=Length(signed=True))
@run_options
@dry_run_option
def extend(as_json: bool, **fields: Any) -> None:
    """Send the order."""
    _order("extend", as_json, **fields)
