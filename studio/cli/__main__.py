"""The command ``studio``: finds a command by name, loads only that one, and turns errors into sentences and codes."""

import sys
from importlib import import_module

import click

from studio import __version__
from studio.errors import NotReady, ProblemsFound, StudioError
from studio.i18n import _

COMMANDS = {
    _("Workspace"): {
        "init": _("Make a new workspace."),
        "check": _("Read every file of the workspace and list all problems at once."),
    },
    _("Before air"): {
        "doctor": _("Say before air whether every studio is ready, and what to do where one is not."),
        "scenes": _("Bring scene files into an OBS, or make a file of the scenes it has."),
        "demo": _("Play a short session from calendar to report."),
        "virtual": _("Run an OBS without OBS: a real obs-websocket server."),
        "agent": _("Look after a studio's PC: its clock, its recordings, its OBS."),
    },
    _("On air"): {
        "run": _("Run the director, the watch, the desk and the copier; every command below asks them."),
        "start": _("Start a session of the calendar."),
        "go": _("Call the next row."),
        "hold": _("Let nothing go on by itself."),
        "resume": _("End a hold, or the standby slate."),
        "skip": _("Drop the next row."),
        "back": _("Call the row before this one again."),
        "jump": _("Call any row of the sheet."),
        "extend": _("Let the present row last longer or shorter."),
        "standby": _("Show the standby slate."),
        "end": _("End a session; recordings are closed."),
        "reanchor": _("Say that the clock is right after it was set."),
    },
    _("On the floor"): {
        "mark": _("Note what happened on the floor."),
        "swap": _("Show another product in a row."),
        "insert": _("Put a new row into the running sheet."),
        "move": _("Move a row of the running sheet."),
        "price": _("Change a product's live price."),
        "stock": _("Change a product's stock."),
        "undo": _("Take back the last edit of the running sheet."),
        "room": _("Confirm that a platform's live room was opened or closed."),
    },
    _("Look"): {
        "status": _("Say where every session and studio stands."),
        "obs": _("Look into an OBS, or call one of its requests."),
        "recordings": _("List what the studios' PCs have recorded, and copy it here."),
    },
}
"""The help line of each command by its name, in the sections of the help."""

STEERING = ("go", "hold", "resume", "skip", "back", "jump", "extend", "standby", "end")
EDITS = ("swap", "insert", "move", "price", "stock", "undo")
MODULES = {**dict.fromkeys(STEERING, "steer"), **dict.fromkeys(EDITS, "edit")}
"""The module of a command that does not live in one of its own name."""


class LazyGroup(click.Group):
    """Knows its commands by name and help line; a command's module is imported when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of ``COMMANDS``."""
        return [name for section in COMMANDS.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command; None where there is no such name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(f"studio.cli.{MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        for title, section in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl(list(section.items()))


@click.group(
    cls=LazyGroup,
    help=_("Plan, run, record and report livestream sessions."),
    epilog=_("Example: studio check && studio demo"),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="studio")
def studio() -> None:
    """The root of all commands; its help is the text above."""


def main() -> None:
    """Run the command line and exit: 0 done, 1 problems, 2 usage, 3 not ready, 4 refused by a rule, 130 Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = studio.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo(_("Stopped."), err=True)
        sys.exit(130)
    except StudioError as error:
        sys.exit(report(error))
    except OSError as error:  # the disk, a folder's rights: the machine's trouble, not a defect of ours
        sys.exit(report(_machine_trouble(error)))


def _machine_trouble(error: OSError) -> NotReady:
    return NotReady(
        _("{file} could not be read or written: {why}.").format(
            file=error.filename or _("A file"), why=error.strerror or error
        ),
        _("Check the folder's rights and the room on its disk, then run the command again."),
    )


def report(error: StudioError) -> int:
    """Print an error to stderr, what happened and what to do, and return its exit code."""
    if isinstance(error, ProblemsFound):
        for problem in error.problems:
            click.echo(str(problem), err=True)
    click.echo(str(error), err=True)
    return error.exit_code


if __name__ == "__main__":
    main()
