"""The floor changes the running session: marks, edits of the sheet and their undoing, rooms opened and closed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from studio.air.lane import Lane
from studio.air.run import Run
from studio.asrun.events import CueEnded, Marked, RoomClosed, RoomOpened, SheetEdited
from studio.errors import RefusedByRule, StudioError
from studio.i18n import _
from studio.model.marks import MARKS, mark_kind
from studio.model.plan import Plan
from studio.model.runsheet import RunSheet
from studio.schedules.edits import Edit, Insert, Move, apply_edit, from_dict, replay, to_dict
from studio.schedules.rundown import late_ms, verdict

SHEET = TypeAdapter(RunSheet)
Redraw = Callable[[Plan, RunSheet], Awaitable[Plan]]
"""Makes a plan's pictures again for another sheet, in a process of its own."""


async def mark(run: Run, kind: str, author: str, *, studio: str | None, note: str = "", product: str = "") -> str:
    """Log what happened on the floor, at this instant; 讲解 proves a row that OBS could not be asked about."""
    word = mark_kind(kind)
    if not word:
        raise RefusedByRule(_("A mark needs a word."), _("Name it, such as: studio mark sold_out"))
    if product and run.standing.sheet.product(product) is None:
        names = ", ".join(one.id for one in run.standing.sheet.products)
        raise RefusedByRule(
            _("There is no product {product} in this session.").format(product=product),
            _("Its products: {names}").format(names=names),
        )
    lanes = [run.lanes[studio]] if studio is not None else list(run.lanes.values())
    for lane in lanes if studio is not None or len(lanes) == 1 else []:
        await lane.scribe.write(Marked(word, author, note, product), cue=_present(lane))
    if studio is None and len(lanes) > 1:
        await run.scribe.write(Marked(word, author, note, product))
    if word == "explain":
        for lane in lanes:
            await _proved_by_floor(lane, author)
    return _("Noted: {mark}.").format(mark=MARKS.get(word, word))


def _present(lane: Lane) -> str:
    return lane.session.standing.lanes[lane.id].position or "" if lane.id in lane.session.standing.lanes else ""


async def _proved_by_floor(lane: Lane, author: str) -> None:
    """A called row that waits for its OBS and changes no scene was seen to happen by floor control."""
    cue = _present(lane)
    row = lane.rundown.row(cue) if cue else None
    if (
        row is None
        or (cue, lane.logged.takes.get(cue)) not in lane.logged.open
        or (cue, lane.logged.takes[cue]) in lane.concluding
    ):
        return
    before = lane.session.standing.row_on_air(lane.id)
    if before is None or before.scene != row.scene:
        return
    called_ns, now_ns = lane.session.standing.monotonic_ns(lane.rundown.calls[cue]), lane.clock.monotonic_ns()
    ended = CueEnded(
        verdict(now_ns - called_ns),
        called_ns,
        late_ms(called_ns, now_ns),
        started_ns=now_ns,
        why=_("seen by floor control ({author})").format(author=author),
        take=lane.logged.takes[cue],
    )
    await lane.scribe.write(ended, cue=cue)


async def edit(run: Run, change: Mapping[str, Any], author: str, redraw: Redraw) -> list[str]:
    """Edit the running sheet; its stored file is not touched. Raises RefusedByRule where the edit makes no sense."""
    wanted = from_dict(change)
    _still_to_come(run, wanted)
    return await _put(run, apply_edit(run.standing.sheet, wanted), to_dict(wanted), None, author, redraw)


async def undo(run: Run, author: str, redraw: Redraw) -> list[str]:
    """Take back the last edit that still holds."""
    standing = run.standing
    holding = [(version, one) for version, one in standing.edits if version not in standing.undone]
    if not holding:
        raise RefusedByRule(_("There is no edit to undo."), _("The sheet is as it was planned."))
    version, last = holding[-1]
    if isinstance(last, Insert) and any(last.row.id in standing.lane(studio).takes for studio in standing.lanes):
        raise RefusedByRule(
            _("“{title}” was on air already.").format(title=last.row.title),
            _("Leave it in the sheet; skip what follows."),
        )
    sheet = replay(standing.plan.sheet, standing.edits, standing.undone | {version})
    return await _put(run, sheet, {}, version, author, redraw)


def _still_to_come(run: Run, change: Edit) -> None:
    """A row that was called is not moved, and none is put before where a lane stands."""
    if not isinstance(change, Insert | Move):
        return
    called = {cue for lane in run.standing.lanes.values() for cue in lane.calls}
    if isinstance(change, Move) and change.cue in called:
        raise RefusedByRule(
            _("{cue} was on air already and cannot be moved.").format(cue=change.cue),
            _("Call it again with studio jump."),
        )
    for lane in run.standing.lanes.values():
        past = [row.id for row in lane.rows if row not in lane.after][:-1]
        if lane.position is not None and (change.after is None or change.after in past):
            raise RefusedByRule(
                _("That place is past already: {cue} is on.").format(cue=lane.position),
                _("Put it behind a row that is still to come."),
            )


async def _put(
    run: Run, sheet: RunSheet, change: Mapping[str, Any], undoes: int | None, author: str, redraw: Redraw
) -> list[str]:
    version = run.standing.version + 1
    plan = await redraw(run.plan, sheet)
    frozen = await run.journal.freeze(SHEET.dump_json(sheet).decode())
    await run.scribe.write(SheetEdited(version, change, author, frozen, undoes))
    run.redrawn(plan)
    await asyncio.gather(*(_show_again(lane) for lane in run.lanes.values()))
    words = (
        _("The sheet is now version {version}.") if undoes is None else _("Undone; the sheet is now version {version}.")
    )
    return [words.format(version=version)]


async def _show_again(lane: Lane) -> None:
    """An edit that changes what is on air now shows at once."""
    if lane.reachable and lane.on_air is not None and lane.logged.overridden is None and not lane.logged.over:
        try:
            await lane.still()
            await lane.show(_("the sheet was edited"))
        except StudioError as error:
            await lane.session.raised(lane.id, "not_shown", error.message, error.remedy)


async def open_room(run: Run, platform: str, room: str, author: str) -> str:
    """A person has opened a live room in the platform's app."""
    if any((one.platform, one.room) == (platform, room) and not one.closed for one in run.standing.progress.rooms):
        raise RefusedByRule(
            _("Room {room} on {platform} is open already.").format(room=room, platform=platform),
            _("Close it first where it was opened anew."),
        )
    await run.scribe.write(RoomOpened(platform, room, author))
    return _("Room {room} on {platform} is open since now, as you say.").format(room=room, platform=platform)


async def close_room(run: Run, platform: str, room: str, author: str, why: str = "") -> str:
    """A person has closed it, or says that the platform did."""
    for one in run.standing.progress.rooms:
        if one.platform == platform and not one.closed and room in ("", one.room):
            await run.scribe.write(RoomClosed(platform, one.room, author, why))
            return _("Room {room} on {platform} is closed since now.").format(room=one.room, platform=platform)
    raise RefusedByRule(
        _("No room {room} on {platform} is open.").format(room=room, platform=platform),
        _("Those open are listed by: studio status"),
    )
