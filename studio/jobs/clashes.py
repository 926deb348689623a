"""Finds what is wrong only between files: names given twice, sheets that do not fit their sessions."""

from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from studio.clock import NS_PER_MS, format_duration, instant, wall_ns
from studio.i18n import _
from studio.jobs.bookings import bookings
from studio.model.problem import Problem
from studio.model.runsheet import RunSheet
from studio.model.session import Rehearsal, Session, Shoot
from studio.model.studio import Venue
from studio.schedules.binding import bound, hard_instants, share_studio
from studio.schedules.calendar import Entry, entry_rows
from studio.schedules.runsheet import SheetRead
from studio.workspace.repeats import repeats
from studio.workspace.source import Source


def clashes(
    venue: Venue,
    scenes: Mapping[str, frozenset[str]],
    sheets: Iterable[SheetRead],
    calendars: Iterable[Source],
    entries: Sequence[Entry],
    zone: ZoneInfo,
) -> list[Problem]:
    """Every Problem that takes two files to see; ``scenes`` are the ids of each scene file that lists any."""
    by_id = {sheet.sheet.id: sheet for sheet in sheets}
    problems = repeats((source, (*row, "id")) for source in calendars for row in entry_rows(source))
    problems += _same_ids(entries)
    problems += bookings(entries, by_id, venue.work, zone)
    problems += _same_numbers(entries)
    following = {studio.id: studio.scenes for studio in venue.studios}
    for entry in entries:
        sheet = by_id.get(entry.event.runsheet or "")
        if sheet is None:
            continue
        hard = hard_instants(sheet.sheet, entry.event.start, zone)
        outside = _outside(entry, sheet, hard)
        dated = bound(sheet.sheet, hard, wall_ns(entry.event.start))
        problems += outside or [*_too_long(entry, sheet, dated), *_cut_off(entry, sheet, dated, hard, zone)]
        if isinstance(entry.event, Session | Rehearsal):
            problems += _missing_scenes(entry, sheet, scenes, following)
            problems += _strangers(entry, sheet)
    return problems


def _same_ids(entries: Sequence[Entry]) -> list[Problem]:
    """Sessions of a series, called after their date, whose name another entry has."""
    problems: list[Problem] = []
    dated = {entry.event.id: entry for entry in entries if entry.path[0] != "series"}
    for entry in entries:
        other = dated.get(entry.event.id)
        if entry.path[0] == "series" and other is not None:
            what = _("this is called like the session “{other}” of the series in {file} line {line}").format(
                other=entry.event.id, file=entry.source.file, line=entry.source.position(entry.path)[0]
            )
            problems.append(other.source.problem((*other.path, "id"), what, _("give it another id")))
    return problems


def _same_numbers(entries: Sequence[Entry]) -> list[Problem]:
    """Shoots are numbered within their campaign, and a closing report is filed under that number."""
    problems: list[Problem] = []
    first: dict[tuple[str, int], Entry] = {}
    for entry in entries:
        if not isinstance(entry.event, Shoot):
            continue
        other = first.setdefault((entry.event.campaign, entry.event.number), entry)
        if other is not entry:
            what = _("shoot {number} of this campaign is already “{other}” ({file} line {line})").format(
                number=entry.event.number,
                other=other.event.id,
                file=other.source.file,
                line=other.source.position(other.path)[0],
            )
            path = (*entry.path, "number")
            problems.append(entry.source.problem(path, what, _("give it the next free number")))
    return problems


def _outside(entry: Entry, sheet: SheetRead, hard: Mapping[str, int]) -> list[Problem]:
    """Hard-timed rows that come only when the session is over."""
    problems: list[Problem] = []
    for cue in sheet.sheet.cues:
        after_ms = (hard.get(cue.id, 0) - wall_ns(entry.event.start)) // NS_PER_MS
        if after_ms < entry.event.duration_ms:
            continue
        what = _("this row waits for {time}, which comes {after} after the start of “{session}”, whose slot is {slot}")
        what = what.format(
            time=cue.time,
            after=format_duration(after_ms),
            session=entry.event.id,
            slot=format_duration(entry.event.duration_ms),
        )
        remedy = _("choose a time within its slot, or move “{session}”").format(session=entry.event.id)
        problems.append(sheet.source.problem((*sheet.rows[cue.id], "time"), what, remedy))
    return problems


def _cut_off(entry: Entry, sheet: SheetRead, dated: RunSheet, hard: Mapping[str, int], zone: ZoneInfo) -> list[Problem]:
    """Hard-timed rows whose time comes before the rows above them can end."""
    problems: list[Problem] = []
    for cue in sheet.sheet.cues:
        if cue.id not in hard:
            continue
        ids = [one.id for one in dated.cues]
        above = (one for one in dated.cues[: ids.index(cue.id)] if share_studio(one, cue))
        end_ms = max((one.end_ms for one in above), default=0)
        end_ns = wall_ns(entry.event.start) + end_ms * NS_PER_MS
        if hard[cue.id] >= end_ns:
            continue
        what = _("this row cuts off the rows above it: in “{session}” they end at {end}, it begins at {time}").format(
            session=entry.event.id,
            end=f"{instant(end_ns, zone):%H:%M:%S}",
            time=cue.time,
        )
        remedy = _("shorten the rows above it, choose a later time, or start “{session}” earlier").format(
            session=entry.event.id
        )
        problems.append(sheet.source.problem((*sheet.rows[cue.id], "time"), what, remedy))
    return problems


def _too_long(entry: Entry, sheet: SheetRead, dated: RunSheet) -> list[Problem]:
    length = dated.duration_ms
    if length <= entry.event.duration_ms:
        return []
    what = _("run-sheet “{sheet}” takes {length}, longer than the {slot} planned here").format(
        sheet=sheet.sheet.id, length=format_duration(length), slot=format_duration(entry.event.duration_ms)
    )
    remedy = _("lengthen this, or shorten the rows of {file}").format(file=sheet.source.file)
    return [entry.source.problem((*entry.path, "duration"), what, remedy)]


def _missing_scenes(
    entry: Entry, sheet: SheetRead, scenes: Mapping[str, frozenset[str]], following: dict[str, str]
) -> list[Problem]:
    problems: list[Problem] = []
    for index, studio in enumerate(entry.event.studios):
        there = scenes.get(following.get(studio, ""))
        if there is None:
            continue
        shown = [cue.scene for cue in sheet.sheet.cues if not cue.studios or studio in cue.studios]
        for scene in dict.fromkeys(shown):
            if scene in there:
                continue
            what = _("run-sheet “{sheet}” shows scene “{scene}”, which studio “{studio}” does not have").format(
                sheet=sheet.sheet.id, scene=scene, studio=studio
            )
            remedy = _("add the scene to scenes/{file}.yaml, or choose another studio or sheet").format(
                file=following[studio]
            )
            problems.append(entry.source.problem((*entry.path, "studios", index), what, remedy))
    return problems


def _strangers(entry: Entry, sheet: SheetRead) -> list[Problem]:
    """Studios and people a sheet names although the session has not got them."""
    problems: list[Problem] = []
    people = {*entry.event.hosts, *entry.event.cohosts}
    speaking = [name for cue in sheet.sheet.cues for name in (cue.host, cue.cohost) if name]
    for name in dict.fromkeys(speaking) if people else ():
        if name not in people:
            what = _("run-sheet “{sheet}” has “{name}” on air, who is not in this session").format(
                sheet=sheet.sheet.id, name=name
            )
            remedy = _("add them to hosts or cohosts, or change the rows of {file}").format(file=sheet.source.file)
            problems.append(entry.source.problem((*entry.path, "hosts"), what, remedy))
    for name in dict.fromkeys(studio for cue in sheet.sheet.cues for studio in cue.studios):
        if name not in entry.event.studios:
            what = _("run-sheet “{sheet}” uses studio “{name}”, which is not in this session").format(
                sheet=sheet.sheet.id, name=name
            )
            remedy = _("add it to studios, or change the rows of {file}").format(file=sheet.source.file)
            problems.append(entry.source.problem((*entry.path, "studios"), what, remedy))
    return problems
