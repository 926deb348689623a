"""Holds the clips that rows play, and those whose end they wait for, against the scenes of the studios."""

from collections.abc import Iterable, Mapping, Sequence

from studio.i18n import _
from studio.model.problem import Problem
from studio.model.runsheet import Cue
from studio.model.session import Session
from studio.model.studio import Venue
from studio.scenes.forms import KINDS
from studio.schedules.calendar import Entry
from studio.schedules.runsheet import SheetRead
from studio.workspace.problems import did_you_mean
from studio.workspace.source import Source, TreePath, shown

Clips = Mapping[str, bool]
"""The media sources of one scene by name; True for one that loops and so never ends."""
Files = Mapping[str, Mapping[str, Clips | None]]
"""The clips of each scene of each scene file; None where a source of the scene is faulty."""
ENDING = ""
"""Stands for any clip that ends."""


def missing_clips(
    venue: Venue, scene_sources: Mapping[str, Source | None], sheets: Sequence[SheetRead], entries: Iterable[Entry]
) -> list[Problem]:
    """Clips that a row needs and no scene file has, told at the row; or that one studio lacks, told at its session.

    Nothing is said about a scene in which some source is not what it should be: that is told in its own file.
    """
    files = {file_id: _scenes(source) for file_id, source in scene_sources.items() if source is not None}
    problems: list[Problem] = []
    if all(source and isinstance(source.at(("scenes",)), list) for source in scene_sources.values()):
        problems += [problem for sheet in sheets for cue in sheet.sheet.cues for problem in _nowhere(sheet, cue, files)]
    following = {studio.id: studio.scenes for studio in venue.studios}
    by_id = {sheet.sheet.id: sheet for sheet in sheets}
    for entry in entries:
        sheet = by_id.get(entry.event.runsheet or "")
        if sheet is not None and isinstance(entry.event, Session):
            problems += _not_there(entry, entry.event, sheet, files, following)
    return problems


def _scenes(source: Source) -> dict[str, Clips | None]:
    found: dict[str, Clips | None] = {}
    for row, _row in source.rows(("scenes",)):
        clips: dict[str, bool] = {}
        kinds = {path: source.text((*path, "kind")) for path, _source in source.rows((*row, "sources"))}
        for path, kind in kinds.items():
            if kind == "media":
                clips[source.text((*path, "name")) or ""] = source.text((*path, "loop")) == "true"
        faulty = "" in clips or any(kind not in KINDS for kind in kinds.values())
        found[source.text((*row, "id")) or ""] = None if faulty else clips
    return found


def _needed(cue: Cue) -> list[str]:
    return [*cue.play, *([ENDING] if cue.advance == "media_end" else [])]


def _lacking(cue: Cue, clips: Clips) -> list[str]:
    """What the row needs and does not find among the clips of its scene."""
    endless = all(loops for name, loops in clips.items() if name in cue.play or not cue.play)
    return [name for name in _needed(cue) if (endless if name == ENDING else name not in clips)]


def _lacking_everywhere(cue: Cue, files: Files) -> list[str]:
    """What the row needs and none of the scene files has; nothing where one of them is not known."""
    having = [scenes[cue.scene] for scenes in files.values() if cue.scene in scenes]
    lacking = [[] if clips is None else _lacking(cue, clips) for clips in having]
    return [name for name in _needed(cue) if lacking and all(name in each for each in lacking)]


def _worth_telling(lacking: Iterable[str]) -> list[str]:
    """Where a clip is missing, that none ends need not be said too."""
    names = sorted(lacking)
    return [name for name in names if name != ENDING] or names


def _nowhere(sheet: SheetRead, cue: Cue, files: Files) -> list[Problem]:
    row = sheet.rows[cue.id]
    problems: list[Problem] = []
    for name in _worth_telling(_lacking_everywhere(cue, files)):
        path: TreePath = (*row, "advance")
        what = _("this row waits for the end of a clip, and scene “{scene}” plays none that ends")
        remedy = _("give the scene a source of the kind media without loop, or let the row advance otherwise")
        if name != ENDING:
            path = (*row, "play", cue.play.index(name))
            what = _("scene “{scene}” has no source “{clip}” of the kind media")
            remedy = did_you_mean(name, {clip for scenes in files.values() for clip in scenes.get(cue.scene) or ()})
        problems.append(sheet.source.problem(path, what.format(scene=cue.scene, clip=shown(name)), remedy))
    return problems


def _not_there(
    entry: Entry, session: Session, sheet: SheetRead, files: Files, following: Mapping[str, str]
) -> list[Problem]:
    problems: list[Problem] = []
    for index, studio in enumerate(session.studios):
        file = following.get(studio, "")
        told: set[tuple[str, str]] = set()
        for cue in sheet.sheet.cues:
            clips = files.get(file, {}).get(cue.scene)
            if clips is None or (cue.studios and studio not in cue.studios):
                continue
            elsewhere = set(_lacking(cue, clips)) - set(_lacking_everywhere(cue, files))
            for name in _worth_telling(elsewhere):
                if (cue.scene, name) in told:
                    continue
                told.add((cue.scene, name))
                what = _("run-sheet “{sheet}” plays “{clip}” in scene “{scene}”, which studio “{studio}” does not have")
                if name == ENDING:
                    what = _("run-sheet “{sheet}” waits for a clip of scene “{scene}”, and in “{studio}” none ends")
                remedy = _("add the clip to the scene in scenes/{file}.yaml, or choose another studio or sheet")
                what = what.format(sheet=sheet.sheet.id, clip=shown(name), scene=cue.scene, studio=studio)
                problems.append(entry.source.problem((*entry.path, "studios", index), what, remedy.format(file=file)))
    return problems
