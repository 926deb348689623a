"""Reads studio.toml: the centre, its time zone, its studios with their OBS and paths."""

import re
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Annotated, Any, cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import Field, PlainValidator

from studio.i18n import _
from studio.model.problem import Problem
from studio.model.studio import Output, PathMap, Studio, Venue
from studio.workspace.fields import Line, SceneFileRef, Yes, plain, refused, whole, words, wrong_id
from studio.workspace.limits import read_limits
from studio.workspace.problems import Form, Known, did_you_mean, fill
from studio.workspace.reading import read_source
from studio.workspace.source import Source, TreePath, shown
from studio.workspace.working import read_work

FILE = "studio.toml"
_HOST = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?|[0-9A-Fa-f:.%]{2,60})")
_SECRET = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")


def _zone(value: Any) -> str:
    name = plain(value)
    if zone_of(name) is None:
        raise refused(
            _("unknown time zone “{name}”").format(name=shown(name)), did_you_mean(name, available_timezones())
        )
    return name


def _address(value: Any) -> str:
    text = plain(value)
    if value.kind != "text" or not _HOST.fullmatch(text):
        raise refused(
            _("“{value}” is not the address of a PC").format(value=shown(text)),
            _('write its name or IP number in quotes, such as: "192.168.1.21"'),
        )
    return text


def _secret(value: Any) -> str:
    text = plain(value)
    if not _SECRET.fullmatch(text):
        # The value is not repeated: it may be the password itself, and Problems are printed and sent around.
        raise refused(
            _("this is not the name of a secret"),
            _("write a name such as OBS_MAIN here, and the password into the environment or .studio/secrets.toml"),
        )
    return text


def _theirs(value: Any) -> str:
    text = str(_folder(value))
    if not (_WINDOWS.match(text) or text.startswith("/")):
        raise refused(
            _("“{value}” is not a whole path of the OBS PC").format(value=shown(text)),
            _("write it from the drive or the root on, in single quotes, such as: 'D:\\recordings'"),
        )
    return text


def _ours(value: Any) -> str:
    text = _folder(value)
    if not (_WINDOWS.match(text) or text.startswith("/")) and ("\\" in text or ":" in text):
        raise refused(
            _("“{value}” is not a path of this computer").format(value=shown(text)),
            _("write a folder of the workspace with forward slashes, or a whole path"),
        )
    return text


def _folder(value: Any) -> str:
    plain(value)
    text: str = value.text.strip()
    if value.kind != "text" or ".." in re.split(r"[\\/]", text):
        raise refused(
            _("“{value}” is not a plain path").format(value=shown(text)), _("write it without .. and in quotes")
        )
    return text


def _output(value: Any) -> Output:
    text = words(value)
    choices = get_args(Output)
    if text not in choices:
        what = _("“{value}” is no way for the picture to leave OBS").format(value=shown(text))
        raise refused(what, did_you_mean(text, choices))
    return cast("Output", text)


class VenueTable(Form):
    """``[venue]``."""

    name: Line = Field(examples=['"岢岚县电商直播中心"'])
    zone: Annotated[str, PlainValidator(_zone)] = Field(examples=['"Asia/Shanghai"'])
    copy_mbit: Annotated[int, PlainValidator(whole(1, 10_000))] = 20


class ObsTable(Form):
    """``[studios.ID.obs]``."""

    host: Annotated[str, PlainValidator(_address)] = Field(examples=['"127.0.0.1"'])
    port: Annotated[int, PlainValidator(whole(1, 65535))] = Field(examples=["4455"])
    secret: Annotated[str, PlainValidator(_secret)] = ""


class PathTable(Form):
    """``[[studios.ID.paths]]``."""

    theirs: Annotated[str, PlainValidator(_theirs)] = Field(examples=["'D:\\recordings'"])
    ours: Annotated[str, PlainValidator(_ours)] = Field(examples=['"recordings/main"'])


class StudioTable(Form):
    """``[studios.ID]``."""

    name: Line = Field(examples=['"主直播间"'])
    scenes: SceneFileRef = Field(examples=['"portrait"'])
    obs: ObsTable = Field(examples=['{ host = "127.0.0.1", port = 4455 }'])
    output: Annotated[Output, PlainValidator(_output)] = "record_only"
    main: Yes = False
    paths: tuple[Any, ...] = ()


class VenueFile(Form):
    """The whole of studio.toml."""

    venue: dict[str, Any] = Field(examples=["[venue]"])
    studios: dict[str, Any] = Field(examples=["[studios.main]"])
    watch: dict[str, Any] = Field(default_factory=dict)
    work: dict[str, Any] = Field(default_factory=dict)


def zone_of(name: str) -> ZoneInfo | None:
    """The time zone of that IANA name; None where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def signboard(root: Path) -> tuple[str, ZoneInfo]:
    """The centre's name and time zone, for whoever shows clocks; empty and UTC where studio.toml cannot be read."""
    source, _problems = read_source(root, FILE)
    if source is None:
        return "", ZoneInfo("UTC")
    return source.text(("venue", "name")) or "", zone_of(source.text(("venue", "zone")) or "") or ZoneInfo("UTC")


def names_in(source: Source, table: str) -> frozenset[str] | None:
    """The keys of one table, faulty entries included; None where there are none and the file's top level is wrong.

    Then the names may stand in a table with a mistyped name, and to call each of them unknown would bury the cause.
    """
    found = source.at((table,))
    if isinstance(found, dict) and found:
        return frozenset(found)
    wrong = not source.at(("studios",)) or fill(VenueFile, source, (), Known())[1]
    return None if wrong else frozenset()


def read_venue(source: Source, known: Known, root: Path) -> tuple[Venue, list[Problem]]:
    """What studio.toml says; faulty entries are left out of the Venue and are Problems."""
    problems = fill(VenueFile, source, (), known)[1]
    venue: VenueTable | None = None
    if isinstance(source.at(("venue",)), dict):
        venue, found = fill(VenueTable, source, ("venue",), known)
        problems += found
    studios: list[Studio] = []
    for path in _entries(source, "studios"):
        studio, found = _studio(source, path, known, root)
        problems += _key_problems(source, path) + found
        studios += [studio] if studio else []
    limits, found = read_limits(source, known)
    problems += found
    work, found = read_work(source, known)
    problems += found
    problems += _main_studio(source) + _shared_addresses(source) + _path_clashes(source, root)
    if venue is None:
        return Venue("", "UTC", tuple(studios), limits, work), problems
    return Venue(venue.name, venue.zone, tuple(studios), limits, work, venue.copy_mbit), problems


def _entries(source: Source, table: str) -> list[TreePath]:
    found = source.at((table,))
    return [(table, name) for name in found] if isinstance(found, dict) else []


def _key_problems(source: Source, path: TreePath) -> list[Problem]:
    wrong = wrong_id(str(path[-1]))
    return [source.problem(path, *wrong, key=True)] if wrong else []


def _studio(source: Source, path: TreePath, known: Known, root: Path) -> tuple[Studio | None, list[Problem]]:
    table, problems = fill(StudioTable, source, path, known)
    pairs: list[tuple[str, str]] = []
    for row, _value in source.rows((*path, "paths")):
        pair, found = fill(PathTable, source, row, known)
        problems += found
        pairs += [(pair.theirs, absolute(pair.ours, root))] if pair else []
    if table is None:
        return None, problems
    studio = Studio(
        id=str(path[-1]),
        name=table.name,
        host=table.obs.host,
        port=table.obs.port,
        secret=table.obs.secret,
        scenes=table.scenes,
        paths=PathMap(tuple(pairs)),
        main=table.main,
        output=table.output,
    )
    return studio, problems


def absolute(ours: str, root: Path) -> str:
    """``ours`` as a whole path: folders of the workspace are taken from ``root``."""
    return ours if _WINDOWS.match(ours) or ours.startswith("/") else str(root / PurePosixPath(ours))


def _main_studio(source: Source) -> list[Problem]:
    entries = _entries(source, "studios")
    said = {path: source.text((*path, "main")) for path in entries}
    mains = [path for path, main in said.items() if main == "true"]
    if len(mains) == 1 or any(main not in (None, "true", "false") for main in said.values()):
        return []
    if not entries:
        what = _("there is no studio")
        remedy = _("write a table [studios.main] with name, scenes and obs")
        return [source.problem(("studios",), what, remedy)] if isinstance(source.at(("studios",)), dict) else []
    if not mains:
        return [source.problem(entries[0], _("no studio is the main one"), _("write main = true in one of them"))]
    what = _("a second studio is the main one, first {first}").format(first=mains[0][-1])
    return [source.problem((*path, "main"), what, _("write main = true in one studio only")) for path in mains[1:]]


def _shared_addresses(source: Source) -> list[Problem]:
    problems: list[Problem] = []
    seen: dict[tuple[str, str], TreePath] = {}
    for path in _entries(source, "studios"):
        host, port = source.text((*path, "obs", "host")), source.text((*path, "obs", "port"))
        if host is None or port is None:
            continue
        address = ("127.0.0.1" if host.casefold() in ("localhost", "::1") else host.casefold().rstrip("."), port)
        first = seen.setdefault(address, path)
        if first != path:
            what = _("the OBS at {host}:{port} already belongs to studio “{first}” (line {line})").format(
                host=host, port=port, first=first[-1], line=source.position(first)[0]
            )
            problems.append(source.problem((*path, "obs", "port"), what, _("give each studio an OBS of its own")))
    return problems


def _path_clashes(source: Source, root: Path) -> list[Problem]:
    problems: list[Problem] = []
    for studio in _entries(source, "studios"):
        known: list[tuple[TreePath, PurePath, PurePath]] = []  # of this PC: several may see one folder of ours
        for row, _value in source.rows((*studio, "paths")):
            there, here = source.text((*row, "theirs")), source.text((*row, "ours"))
            if there is None or here is None:
                continue
            their_folder, our_folder = _pure(there), _pure(absolute(here, root))
            for other, their_other, our_other in known:
                if _overlap(their_other, their_folder):
                    problems.append(_clash(source, (*row, "theirs"), (*other, "theirs")))
                if _overlap(our_other, our_folder):
                    problems.append(_clash(source, (*row, "ours"), (*other, "ours")))
            known.append((row, their_folder, our_folder))
    return problems


def _clash(source: Source, path: TreePath, other: TreePath) -> Problem:
    what = _("this folder lies in, or holds, the one of line {line}").format(line=source.position(other)[0])
    return source.problem(path, what, _("map each folder once and apart from the others"))


def _pure(path: str) -> PurePath:
    return PureWindowsPath(path) if _WINDOWS.match(path) else PurePosixPath(path)


def _overlap(one: PurePath, other: PurePath) -> bool:
    same_kind = type(one) is type(other)
    return same_kind and (one.is_relative_to(other) or other.is_relative_to(one))
