"""``studio agent``: the small service beside each studio's OBS, and the centre's side of it."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import closing, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from studio.cli.check import readable_json
from studio.cli.options import json_option, workspace_option
from studio.i18n import _
from studio.model.problem import printable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from studio.pc.client import AgentClient
    from studio.pc.known import Door

Told = TypeVar("Told")
PORT = 4460
PAIRING_LOCK = "pairing.lock"
LOG_BYTES = 2_000_000


def _its_folder(ctx: click.Context, _parameter: click.Parameter, given: Path | None) -> Path:
    above = ctx.parent.params.get("state") if ctx.parent else None
    return (given or above or Path(click.get_app_dir("kelan-studio"))).absolute()


def state_option(command: Any) -> Any:
    """``--state DIR``, passed as ``state: Path``."""
    return click.option(
        "--state",
        type=click.Path(path_type=Path, file_okay=False),
        callback=_its_folder,
        metavar="DIR",
        help=_("The agent's own folder on this PC; without it, one of this account."),
    )(command)


@click.group(
    invoke_without_command=True,
    help=_(
        "On a studio's PC: run the agent until Ctrl-C. It tells the director how that PC does, holds assets and "
        "recordings for it, and starts OBS; nothing else, and for nobody else. The subcommands pair, show, obs and "
        "forget are for the centre."
    ),
    epilog=_("Example: {command}").format(command="studio agent"),
)
@state_option
@json_option
@click.pass_context
def agent(ctx: click.Context, state: Path, as_json: bool) -> None:
    """Run the agent where no subcommand is given."""
    if ctx.invoked_subcommand is None:
        _run(state, as_json)


def _run(state: Path, as_json: bool) -> None:
    from studio.errors import LockHeld
    from studio.system import exclusive_lock, private_directory

    private_directory(state)
    try:
        with exclusive_lock(state / "agent.lock", _("An agent")), _logged(state / "agent.log"):
            _serve(state, as_json)
    except LockHeld as error:
        raise LockHeld(_("An agent already runs on this PC."), error.remedy) from error


@contextmanager
def _logged(file: Path) -> Iterator[None]:
    """What is said, and what ends it, stands in ``file`` too: of one started at log-on nobody sees a terminal."""
    import logging
    from logging.handlers import RotatingFileHandler

    form = "%(asctime)s %(levelname)s %(message)s"
    logging.basicConfig(level=logging.INFO, format=form)
    kept = RotatingFileHandler(file, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
    kept.setFormatter(logging.Formatter(form))
    with closing(kept):
        logging.getLogger().addHandler(kept)
        try:
            yield
        except Exception as error:  # whatever ends the agent stands in its log, and goes on to the caller
            kept.handle(logging.makeLogRecord({"levelname": "ERROR", "levelno": logging.ERROR, "msg": str(error)}))
            raise
        finally:
            logging.getLogger().removeHandler(kept)


def _serve(state: Path, as_json: bool) -> None:
    from studio.agent import serve
    from studio.pc.settings import read_settings
    from studio.system import at_signals

    settings = read_settings(state)

    def say(fact: dict[str, Any], words: str) -> None:
        if sys.stdout:  # pythonw has none
            click.echo(json.dumps(fact, ensure_ascii=False) if as_json else printable(words))

    def shown(code: str) -> None:
        words = _("The pairing code is void now.")
        if code and not (sys.stdout and sys.stdout.isatty()):  # it would stay in a journal
            words = _("A code for pairing is ready; see it with: studio agent code")
        elif code:
            words = _("Pairing code: {code}. Type it at the centre within 10 minutes: studio agent pair STUDIO")
            words = words.format(code=f"{code[:3]} {code[3:]}")
        say({"code": code}, words)

    def up(port: int, paired: bool) -> None:
        words = _("The agent listens on {host}:{port}; stop it with Ctrl-C.").format(host=settings.bind, port=port)
        say({"host": settings.bind, "port": port, "paired": paired}, words)

    async def run() -> None:
        stop = asyncio.Event()
        at_signals(asyncio.get_running_loop(), stop.set)
        await serve(settings, state, shown, up, stop)

    asyncio.run(run())


@agent.command(
    help=_("On a studio's PC: write agent.toml, with what is found of OBS here; an existing one is left alone."),
    epilog=_("Example: {command}").format(command="studio agent init --bind 192.168.1.21"),
)
@click.option("--bind", required=True, metavar="ADDRESS", help=_("The address of this PC in the studio's network."))
@state_option
def init(bind: str, state: Path) -> None:
    """Write the file and say what to look at."""
    from studio.pc.first_settings import write_settings

    path = write_settings(state, bind)
    click.echo(printable(_("Written: {path}. Look it through, then run: studio agent").format(path=path)))


@agent.command(
    help=_("On a studio's PC: show a new pairing code of the agent that runs here."),
    epilog=_("Example: {command}").format(command="studio agent code"),
)
@state_option
def code(state: Path) -> None:
    """Ask and print."""
    from studio.pc.invitation import ask_for_code

    found = ask_for_code(state)
    click.echo(f"{found[:3]} {found[3:]}")


@agent.command(
    help=_("At the centre: pair with the agent of STUDIO's PC by the code on its screen."),
    epilog=_("Example: {command}").format(command="studio agent pair main --code 482913"),
)
@click.argument("studio_id", metavar="STUDIO")
@click.option("--code", "code_", metavar="CODE", help=_("The code; without it, you are asked for it."))
@click.option("--host", metavar="ADDRESS", help=_("The PC's address; without it, that of its OBS."))
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535), help=_("The agent's port."))
@workspace_option
def pair(studio_id: str, code_: str | None, host: str | None, port: int, workspace: Path | None) -> None:
    """Pair, and keep the agent's certificate and our token."""
    from studio.cli.reach import chosen_studio
    from studio.pc import client
    from studio.pc.known import doors, remember
    from studio.system import exclusive_lock, private_directory
    from studio.timekeeper import SystemClock

    root, studio = chosen_studio(studio_id, workspace)
    state = private_directory(root / ".studio")
    with exclusive_lock(state / PAIRING_LOCK, _("A pairing")):
        known = doors(state)
        typed = code_ or click.prompt(_("The code on that PC's screen"))
        door = asyncio.run(client.pair(host or studio.host, port, typed, SystemClock()))
        remember(state, {**known, studio.id: door})
    words = _("Paired with the agent of {studio} at {host}:{port}.")
    click.echo(printable(words.format(studio=studio.name, host=door.host, port=door.port)))


@agent.command(
    help=_("At the centre: what each paired PC says of itself, its clock against ours, its settings, its OBS."),
    epilog=_("Example: {command}").format(command="studio agent show main --speed"),
)
@click.argument("studio_id", metavar="[STUDIO]", required=False)
@click.option("--speed", is_flag=True, help=_("Measure the network to it too, by some megabytes each way."))
@workspace_option
@json_option
def show(studio_id: str | None, speed: bool, workspace: Path | None, as_json: bool) -> None:
    """Ask, judge, print; exit with 3 where something is not ready."""
    from studio.air.doctor.pc import judge
    from studio.cli.doctor import print_findings
    from studio.errors import AgentError

    ready = True
    told: dict[str, Any] = {}
    for name, door in paired(workspace, studio_id).items():
        try:
            found = asked(door, partial(_everything, speed=speed))
        except AgentError as error:
            ready = False
            told[name] = {"error": error.message, "remedy": error.remedy}
            if not as_json:
                click.echo(printable(f"{name}: {error}"), err=True)
            continue
        findings = judge(found["facts"], found["offset"])
        ready = ready and all(one.level != "bad" for one in findings)
        told[name] = {**{key: asdict(found[key]) for key in ("facts", "offset")}, "speed_mbit_s": found["speed"]}
        if not as_json:
            click.echo(printable(f"{name} {found['facts'].name}"))
            print_findings(findings)
            if found["speed"]:
                words = _("  {down:.0f} Mbit/s from there, {up:.0f} Mbit/s to there")
                click.echo(words.format(down=found["speed"][0], up=found["speed"][1]))
    if as_json:
        click.echo(readable_json(told))
    click.get_current_context().exit(0 if ready else 3)


@agent.command(
    help=_("At the centre: have the agent start OBS on STUDIO's PC, restart it, or leave it alone from now on."),
    epilog=_("Example: {command}").format(command="studio agent obs main start"),
)
@click.argument("studio_id", metavar="STUDIO")
@click.argument("what", type=click.Choice(["start", "restart", "leave"]))
@workspace_option
@json_option
def obs(studio_id: str, what: str, workspace: Path | None, as_json: bool) -> None:
    """Ask for it, and say how OBS is then."""
    (door,) = paired(workspace, studio_id).values()
    state = asked(door, lambda agent: agent.obs(what))
    running, not_running = _("OBS {version} runs there."), _("OBS does not run there.")
    words = running.format(version=state.version) if state.running else not_running
    click.echo(json.dumps(asdict(state)) if as_json else printable(words))


@agent.command(
    help=_("At the centre: forget the agent of STUDIO's PC; its recordings stay where they are."),
    epilog=_("Example: {command}").format(command="studio agent forget aux1"),
)
@click.argument("studio_id", metavar="STUDIO")
@workspace_option
def forget(studio_id: str, workspace: Path | None) -> None:
    """Forget its certificate and token."""
    from studio.pc.known import doors, remember
    from studio.system import exclusive_lock
    from studio.workspace.root import find_root

    state = find_root(Path.cwd(), workspace) / ".studio"
    paired(workspace, studio_id)
    with exclusive_lock(state / PAIRING_LOCK, _("A pairing")):
        remember(state, {name: door for name, door in doors(state).items() if name != studio_id})
    click.echo(printable(_("The agent of {studio} is forgotten.").format(studio=studio_id)))


async def _everything(agent: AgentClient, *, speed: bool) -> dict[str, Any]:
    facts, offset = await agent.facts(), await agent.offset()
    return {"facts": facts, "offset": offset, "speed": await agent.speed() if speed else None}


def paired(workspace: Path | None, studio_id: str | None) -> dict[str, Door]:
    """The paired agents, or the one of that studio. Raises NotReady where there is none."""
    from studio.errors import NotReady
    from studio.pc.known import doors
    from studio.workspace.root import find_root

    known = doors(find_root(Path.cwd(), workspace) / ".studio")
    found = {name: door for name, door in known.items() if studio_id in (None, name)}
    if not found:
        raise NotReady(
            _("No agent is paired."),
            _("Run studio agent on that PC, then here: studio agent pair STUDIO"),
        )
    return found


def asked(door: Door, ask: Callable[[AgentClient], Awaitable[Told]]) -> Told:
    from studio.pc.client import AgentClient
    from studio.timekeeper import SystemClock

    async def run() -> Told:
        async with AgentClient(door, SystemClock()) as agent:
            return await ask(agent)

    return asyncio.run(run())
