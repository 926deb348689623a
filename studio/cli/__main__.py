"""The command ``studio``: finds a command by name, loads only that one, and turns errors into sentences and codes."""

import sys
from importlib import import_module

import click

from studio import __version__
from studio.errors import NotReady, ProblemsFound, StudioError
from studio.i18n import _

COMMANDS = {
    "init": _("Make a new workspace."),
    "check": _("Read every file of the workspace and list all problems at once."),
    "doctor": _("Say before air whether every studio is ready, and what to do where one is not."),
    "demo": _("Play a short session from calendar to report."),
    "virtual": _("Run an OBS without OBS: a real obs-websocket server."),
    "obs": _("Look into an OBS, or call one of its requests."),
}


class LazyGroup(click.Group):
    """Knows its commands by name and help line; a command's module is imported when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of ``COMMANDS``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command; None where there is no such name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"studio.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section(_("Commands")):
            formatter.write_dl(list(COMMANDS.items()))


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
