"""Reads ``agent.toml``: where the agent listens, which folders of recordings it may read, and which OBS is its own."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from studio.errors import NotReady, ProblemsFound
from studio.i18n import _
from studio.workspace.fields import Yes, plain, refused, whole, words
from studio.workspace.problems import Form, Known, fill
from studio.workspace.reading import read_source
from studio.workspace.source import shown

FILE = "agent.toml"
PORT = 4460
_FLAG = re.compile(r"[^\x00-\x1f]{0,120}")


def _bind(value: Any) -> str:
    text = plain(value)
    try:
        return str(ip_address(text))
    except ValueError:
        raise refused(
            _("“{value}” is not an IP address").format(value=shown(text)),
            _('write the address of this PC in the studio\'s network, such as: "192.168.1.21"'),
        ) from None


def _path(value: Any) -> Path:
    """A whole path, there or not: a disk may be plugged in later, and what is not there is said by the facts."""
    words(value)
    path = Path(value.text.strip())
    if not path.is_absolute() or "\0" in value.text:
        raise refused(
            _("“{value}” is not a whole path of this PC").format(value=shown(str(path))),
            _("write it from the drive or the root on, in single quotes, such as: 'D:\\recordings'"),
        )
    return path


def _name(value: Any) -> str:
    text = words(value)
    if not _FLAG.fullmatch(text) or text.startswith("-"):
        raise refused(_("“{value}” is no name that OBS takes").format(value=shown(text)), _("copy it from OBS's menu"))
    return text


Whole = Annotated[Path, PlainValidator(_path)]
Name = Annotated[str, PlainValidator(_name)]


class ObsTable(Form):
    """``[obs]``."""

    program: Whole = Field(examples=["'C:\\Program Files\\obs-studio\\bin\\64bit\\obs64.exe'"])
    port: Annotated[int, PlainValidator(whole(1, 65535))] = 4455
    profile: Name | None = None
    collection: Name | None = None
    keep_running: Yes = False

    def settings(self) -> "ObsSettings":
        """The same for the agent."""
        return ObsSettings(
            self.program, self.port, self.profile or "", self.collection or "", keep_running=self.keep_running
        )


class AgentFile(Form):
    """The whole of agent.toml."""

    bind: Annotated[str, PlainValidator(_bind)] = Field(examples=['"192.168.1.21"'])
    port: Annotated[int, PlainValidator(whole(1, 65535))] = PORT
    films: tuple[Whole, ...] = ()
    keep_days: Annotated[int, PlainValidator(whole(1, 3650))] = 30
    obs: ObsTable | None = None


@dataclass(frozen=True, slots=True)
class ObsSettings:
    """The OBS of this PC: its program, its WebSocket port, and what it is started with."""

    program: Path
    port: int = 4455
    profile: str = ""
    collection: str = ""
    keep_running: bool = False
    """Start it again whenever it is not running."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``agent.toml`` says; ``keep_days`` is how long a recording stays here after its copy is sealed."""

    bind: str
    port: int = PORT
    films: tuple[Path, ...] = ()
    keep_days: int = 30
    obs: ObsSettings | None = None


def read_settings(state: Path) -> Settings:
    """What stands in ``agent.toml`` of the folder. Raises NotReady where it is missing, ProblemsFound if wrong."""
    if not (state / FILE).exists():
        raise NotReady(
            _("There is no {file} in {folder}.").format(file=FILE, folder=state),
            _("Make one with: studio agent init --bind ADDRESS"),
        )
    source, problems = read_source(state, FILE)
    if source is None:
        raise ProblemsFound(problems)
    table, found = fill(AgentFile, source, (), Known())
    if table is None:
        raise ProblemsFound(found)
    return Settings(table.bind, table.port, table.films, table.keep_days, table.obs.settings() if table.obs else None)
