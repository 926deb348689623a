"""Reads every file of a workspace and joins what they say; each mistake is a Problem, all of them at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.i18n import _
from studio.jobs.clashes import clashes
from studio.jobs.clips import missing_clips
from studio.jobs.staffing import staffing
from studio.model.kit import KitItem
from studio.model.person import Person
from studio.model.problem import Problem
from studio.model.runsheet import Product
from studio.model.scene import SceneFile
from studio.model.studio import Venue
from studio.model.workspace import Workspace
from studio.scenes.spec import read_scene_file
from studio.schedules import calendar, kit, people, products, recurring
from studio.schedules.runsheet import SheetRead, read_runsheet
from studio.workspace import venue
from studio.workspace.fields import wrong_id
from studio.workspace.problems import Kind, Known
from studio.workspace.reading import read_source
from studio.workspace.source import Source

RUNSHEETS = "schedules/runsheets"
SCENES = "scenes"
SINGLE = (kit.FILE, people.FILE, products.FILE, recurring.FILE)
"""Files of ``schedules/`` of which there is one."""


@dataclass(slots=True)
class _Sources:
    """The files of a workspace, read once each; a file that could not be read is None and has its Problem."""

    root: Path
    problems: list[Problem]
    read: dict[str, Source | None]

    def get(self, file: str) -> Source | None:
        if file not in self.read:
            self.read[file], found = read_source(self.root, file)
            self.problems += found
        return self.read[file]


def read_workspace(root: Path) -> tuple[Workspace, tuple[Problem, ...]]:
    """What the workspace at ``root`` says, and every Problem in order of file, line and column.

    Where there are Problems, the Workspace holds what could be read. Never raises for the content of a file.
    """
    sources = _Sources(root, [], {})
    problems = sources.problems
    files = _files(root, problems)
    toml = sources.get(venue.FILE)
    scene_sources = {_stem(file): sources.get(file) for file in files.scenes}
    single = {file: sources.get(file) for file in SINGLE if _exists(root, file)}
    zone = (venue.zone_of(toml.text(("venue", "zone")) or "") if toml else None) or Known().zone
    scenes = {
        file_id: source.ids("scenes")
        for file_id, source in scene_sources.items()
        if source and _lists(source, "scenes")
    }
    known = Known(_ids(toml, scenes, single, files), zone)

    house = Venue("", "UTC", ())
    if toml:
        house, found = venue.read_venue(toml, known, root)
        problems += found
    scene_files: list[SceneFile] = []
    for file_id, source in scene_sources.items():
        scene_file, found = read_scene_file(source, file_id, root) if source else (None, [])
        problems += found
        scene_files += [scene_file] if scene_file else []
    everybody: tuple[Person, ...] = ()
    if source := single.get(people.FILE):
        everybody, found = people.read_people(source)
        problems += found
    line: Mapping[str, Product] = {}
    if source := single.get(products.FILE):
        line, found = products.read_products(source)
        problems += found
    sheets: list[SheetRead] = []
    for file in files.runsheets:
        source = sources.get(file)
        if source:
            sheet, found = read_runsheet(source, _stem(file), line, known)
            problems += found
            sheets.append(sheet)
    entries: list[calendar.Entry] = []
    calendars = [source for file in files.calendars if (source := sources.get(file))]
    for source in calendars:
        more, found = calendar.read_calendar(source, _stem(source.file), known)
        entries += more
        problems += found
    if source := single.get(recurring.FILE):
        more, found = recurring.read_recurring(source, known)
        entries += more
        problems += found
        calendars.append(source)
    problems += clashes(house, scenes, sheets, calendars, entries, zone)
    problems += staffing(entries, everybody)
    problems += missing_clips(house, scene_sources, sheets, entries)

    things: tuple[KitItem, ...] = ()
    if source := single.get(kit.FILE):
        things, found = kit.read_kit(source)
        problems += found
    workspace = Workspace(
        root=root,
        venue=house,
        people=everybody,
        scene_files=tuple(scene_files),
        products=tuple(line.values()),
        runsheets=tuple(sheet.sheet for sheet in sheets),
        events=tuple(sorted((entry.event for entry in entries), key=lambda event: (event.start, event.id))),
        kit=things,
    )
    return workspace, tuple(sorted(set(problems)))


def counts(workspace: Workspace) -> dict[str, int]:
    """How much was read, by what it is."""
    return {
        "studios": len(workspace.venue.studios),
        "people": len(workspace.people),
        "scene_files": len(workspace.scene_files),
        "scenes": sum(len(scene_file.scenes) for scene_file in workspace.scene_files),
        "products": len(workspace.products),
        "runsheets": len(workspace.runsheets),
        "cues": sum(len(sheet.cues) for sheet in workspace.runsheets),
        "sessions": len(workspace.sessions),
        "shoots": len(workspace.shoots),
        "rehearsals": len(workspace.rehearsals),
        "trainings": len(workspace.trainings),
        "kit": len(workspace.kit),
    }


@dataclass(frozen=True, slots=True)
class _Files:
    """The files to read, relative to the workspace, each list in order."""

    scenes: tuple[str, ...]
    calendars: tuple[str, ...]
    runsheets: tuple[str, ...]


def _files(root: Path, problems: list[Problem]) -> _Files:
    scenes = _named(root, SCENES, problems)
    runsheets = _named(root, RUNSHEETS, problems)
    calendars: list[str] = []
    for file in _yaml_files(root, "schedules", problems):
        if calendar.MONTH.fullmatch(_stem(file)) and file.endswith(".yaml"):
            calendars.append(file)
        elif file not in SINGLE:
            what = _("this file is not read: its name is neither a month nor {names}").format(
                names=", ".join(one.rsplit("/")[-1] for one in SINGLE)
            )
            remedy = _("name a calendar after its month, such as 2026-12.yaml, or move the file away")
            problems.append(Problem(file, 0, 0, what, remedy))
    return _Files(scenes, tuple(calendars), runsheets)


def _named(root: Path, folder: str, problems: list[Problem]) -> tuple[str, ...]:
    """The YAML files of a folder whose files are named after their ids."""
    kept: list[str] = []
    for file in _yaml_files(root, folder, problems):
        wrong = wrong_id(_stem(file))
        if not file.endswith(".yaml"):
            what = _("this file is not read: its name does not end in .yaml")
            problems.append(Problem(file, 0, 0, what, _("end its name in .yaml, in small letters")))
        elif wrong:
            problems.append(Problem(file, 0, 0, *wrong))
        else:
            kept.append(file)
    return tuple(kept)


def _yaml_files(root: Path, folder: str, problems: list[Problem]) -> list[str]:
    """Names ending like YAML in one folder, hidden ones left out."""
    try:
        names = sorted(path.name for path in (root / folder).iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        what = _("this folder cannot be read ({reason})").format(reason=error.strerror or type(error).__name__)
        problems.append(Problem(folder, 0, 0, what, _("put a folder there that this user may read")))
        return []
    return [
        f"{folder}/{name}" for name in names if name.lower().endswith((".yaml", ".yml")) and not name.startswith(".")
    ]


def _exists(root: Path, file: str) -> bool:
    path = root / file
    return path.exists() or path.is_symlink()


def _stem(file: str) -> str:
    return file.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def _ids(
    toml: Source | None, scenes: Mapping[str, frozenset[str]], single: Mapping[str, Source | None], files: _Files
) -> dict[Kind, frozenset[str]]:
    """What exists to be referred to; a kind that its file does not even list is left out: that is told once, there."""
    ids: dict[Kind, frozenset[str]] = {
        "scene_file": frozenset(map(_stem, files.scenes)),
        "runsheet": frozenset(map(_stem, files.runsheets)),
    }
    if toml and (studios := venue.names_in(toml, "studios")) is not None:
        ids["studio"] = studios
    if len(scenes) == len(files.scenes):
        ids["scene"] = frozenset().union(*scenes.values())
    lists: list[tuple[Kind, str, str]] = [
        ("kit", kit.FILE, "kit"),
        ("person", people.FILE, "people"),
        ("product", products.FILE, "products"),
    ]
    for kind, file, key in lists:
        source = single.get(file)
        if source is not None and _lists(source, key):
            ids[kind] = source.ids(key)
        elif file not in single:
            ids[kind] = frozenset()
    return ids


def _lists(source: Source | None, key: str) -> bool:
    return source is not None and isinstance(source.at((key,)), list)
