"""The floor changes the running session: marks, edits of the sheet and their undoing, rooms opened and closed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from pydantic import TypeAdapter

from studio.air.lane import Lane
from studio.air.run import PLAN, Run
from studio.asrun.events import CueEnded, Marked, RoomClosed, RoomOpened, SheetEdited
from studio.errors import RefusedByRule, StudioError
from studio.i18n import _
from studio.model.marks import MARKS, mark_kind
from studio.model.obs import Picture
from studio.model.plan import Plan
from studio.model.runsheet import RunSheet
from studio.scenes.diff import diff
from studio.schedules.edits import apply_edit, from_dict, replay, to_dict
from studio.schedules.rundown import for_studio, late_ms, verdict

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
    async with run.editing:
        version = run.standing.version + 1
        sheet = apply_edit(run.standing.sheet, wanted)
        await _put(run, sheet, SheetEdited(version, to_dict(wanted), author, ""), redraw)
    return [_("The sheet is now version {version}.").format(version=version), *await _shown_again(run)]


async def undo(run: Run, author: str, redraw: Redraw) -> list[str]:
    """Take back the last edit that still holds. Raises RefusedByRule where none does, or a called row hangs on it."""
    async with run.editing:
        standing, version = run.standing, run.standing.version + 1
        last = max((number for number, _edit in standing.edits if number not in standing.undone), default=None)
        if last is None:
            raise RefusedByRule(_("There is no edit to undo."), _("The sheet is as it was planned."))
        sheet = replay(standing.plan.sheet, standing.edits, standing.undone | {last})
        await _put(run, sheet, SheetEdited(version, {}, author, "", last), redraw)
    return [_("Undone; the sheet is now version {version}.").format(version=version), *await _shown_again(run)]


async def _put(run: Run, sheet: RunSheet, edited: SheetEdited, redraw: Redraw) -> None:
    """Draw the edited sheet and write it down; rows are called meanwhile, so it is judged before and after."""
    _refuse_past(run, sheet)
    plan = await redraw(run.plan, sheet)
    frozen = await run.journal.freeze(SHEET.dump_json(sheet).decode())
    drawn = await run.journal.freeze(PLAN.dump_json(plan).decode())
    await run.journal.settled()  # a row that was just called is known from here on to where the edit is in the queue
    _refuse_past(run, sheet)
    await run.scribe.write(replace(edited, sheet=frozen, drawn=drawn))
    run.redrawn(plan)


def _refuse_past(run: Run, sheet: RunSheet) -> None:
    """What was called keeps its order, and a lane's rows up to its position stay as they are; all once it is over."""
    if run.standing.over:
        raise RefusedByRule(
            _("The session is over, and its sheet stays as it is."), _("Start another one with: studio start SESSION")
        )
    for studio, lane in run.standing.lanes.items():
        before, after = ([row.id for row in rows] for rows in (lane.rows, for_studio(sheet, studio)))
        present = run.lanes[studio].being_called
        called = [[cue for cue in rows if cue in lane.calls or cue == present] for rows in (before, after)]
        for cue, now in zip_longest(*called):
            if cue != now:
                raise RefusedByRule(
                    _("{cue} was on air already and keeps its place in the sheet.").format(cue=cue),
                    _("Change what is still to come; studio jump {cue} calls it again.").format(cue=cue),
                )
        past = before.index(present) + 1 if present in before else len(lane.up_to_position)
        if before[:past] != after[:past]:
            raise RefusedByRule(
                _("That place is past already: {cue} is on.").format(cue=present or lane.position),
                _("Change only what comes behind {cue}.").format(cue=present or lane.position),
            )


async def _shown_again(run: Run) -> list[str]:
    """An edit that changes what is on air now shows at once; one sentence a lane where it may not be seen."""
    said = await asyncio.gather(*(_show_again(lane) for lane in run.lanes.values()))
    return [words for words in said if words]


async def _show_again(lane: Lane) -> str:
    await lane.still()  # the first row is on air once it is proved
    if lane.on_air is None or lane.logged.over:
        return ""
    if not lane.reachable:
        return _("{studio}: OBS is out of reach; what changed is shown as soon as it is back.").format(studio=lane.name)
    because = _("the sheet was edited")
    try:
        said = await _beside_the_hand(lane, because)
        if said is None:
            await lane.show(because)
        return said or ""
    except StudioError as error:
        await lane.session.raised(lane.id, "not_shown", error.message, error.remedy)
        return str(error)


async def _beside_the_hand(lane: Lane, because: str) -> str | None:
    """Where somebody changed OBS by hand, send the row's pictures and texts alone; None where nobody did.

    What the hand chose stays until the next cue. Returns a sentence where it may cover what was sent.
    """
    async with lane.connection.desk:
        row = lane.on_air
        if row is None or lane.logged.overridden is None:
            return None
        planned = await lane.picture(row)
        wanted = Picture(programme=planned.programme, scenes=planned.scenes, inputs=planned.inputs)
        missing = diff(wanted, await lane.observe(wanted))
        sent = [one for one in missing if one.type == "SetInputSettings"]
        await lane.must([replace(one, because=f"{because}: {one.because}") for one in sent])
    if not sent or len(sent) == len(missing):
        return ""
    words = _(
        "{studio}: somebody changed OBS by hand, which stays until the next row and may hide this edit; "
        "studio jump {cue} --studio {id} shows it at once."
    )
    return words.format(studio=lane.name, cue=row.id, id=lane.id)


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
