"""``studio virtual``: run a virtual OBS by itself until it is stopped."""

import json
from pathlib import Path

import click

from studio.cli.options import json_option
from studio.i18n import _


class Size(click.ParamType[tuple[int, int]]):
    """``1080x1920``, passed as a pair of pixels."""

    name = "WIDTHxHEIGHT"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Both sides, each from 8 to 4096."""
        if isinstance(value, tuple):
            return value
        width, _times, height = str(value).lower().partition("x")
        if not (width.isdigit() and height.isdigit() and 8 <= int(width) <= 4096 and 8 <= int(height) <= 4096):
            self.fail(_("Give the canvas as WIDTHxHEIGHT in pixels, for example 1080x1920."), param, ctx)
        return int(width), int(height)


@click.command(
    help=_(
        "Run a virtual OBS: a real obs-websocket server that shows, records and switches like OBS, without a screen. "
        "Stop it with Ctrl-C; a running recording is finished first."
    ),
    epilog=_("Example: studio virtual --port 4455 --record-dir recordings --fault delay:StartRecord:1500ms"),
)
@click.option("--host", default="127.0.0.1", show_default=True, help=_("Address to listen on."))
@click.option(
    "--port",
    default=4455,
    show_default=True,
    type=click.IntRange(0, 65535),
    help=_("Port to listen on; 0 picks a free one."),
)
@click.option(
    "--password",
    default="",
    envvar="STUDIO_OBS_PASSWORD",
    help=_("Password; better in the environment as STUDIO_OBS_PASSWORD. Without one, anybody may connect."),
)
@click.option(
    "--record-dir",
    default=Path("recordings"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help=_("Folder of its recordings; made where it is missing."),
)
@click.option("--canvas", default="1080x1920", show_default=True, type=Size(), help=_("Size of its picture."))
@click.option("--fps", default=30, show_default=True, type=click.IntRange(1, 120), help=_("Frames a second."))
@click.option("--obs-version", default="29.0.2", show_default=True, help=_("The OBS it gives itself out for."))
@click.option(
    "--platform",
    default="linux",
    show_default=True,
    type=click.Choice(["linux", "windows"]),
    help=_("The system it gives itself out for; decides which kinds of input it has."),
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="SPEC",
    help=_("Trouble to make, for example refuse:StartRecord:702:times=1; may be given several times."),
)
@click.option(
    "--journal",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=_("File to which everything asked and done is appended, one JSON object a line."),
)
@click.option("--until-input-ends", is_flag=True, help=_("Stop as well when standard input is closed."))
@json_option
def virtual(
    host: str,
    port: int,
    password: str,
    record_dir: Path,
    canvas: tuple[int, int],
    fps: int,
    obs_version: str,
    platform: str,
    faults: tuple[str, ...],
    journal: Path | None,
    until_input_ends: bool,
    as_json: bool,
) -> None:
    """Listen, say where, and serve until stopped."""
    import asyncio
    import logging

    from studio.obs.virtual.persona import persona
    from studio.obs.virtual.serve import serve
    from studio.obs.virtual.server import VirtualObs

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    obs = VirtualObs(
        host=host,
        port=port,
        password=password,
        record_dir=record_dir,
        canvas=canvas,
        fps=fps,
        persona=persona(obs_version, platform),
        faults=faults,
        journal_path=journal,
    )

    def listening() -> None:
        if as_json:
            said = {"host": obs.host, "port": obs.port, "record_dir": str(record_dir.absolute()), "canvas": canvas}
            click.echo(json.dumps(said, ensure_ascii=False))
        else:
            click.echo(
                _("A virtual OBS {version} listens on {host}:{port}; stop it with Ctrl-C.").format(
                    version=obs_version, host=obs.host, port=obs.port
                )
            )

    asyncio.run(serve(obs, listening, until_input_ends=until_input_ends))
