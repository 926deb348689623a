"""What a person's commands do to a running session, and what they would send."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from studio.air.lane import READ_AHEAD_NS, Lane
from studio.air.run import Run
from studio.asrun.events import Commanded, CommandWord, CueEnded
from studio.clock import format_duration
from studio.errors import NotReady, RefusedByRule
from studio.i18n import _
from studio.model.obs import Request
from studio.model.runsheet import Cue
from studio.scenes.diff import diff
from studio.schedules.rundown import earliest, latest

LOOK_S = 3.0


@dataclass(frozen=True, slots=True)
class Order:
    """One command: for every studio of the session where ``studio`` is None."""

    word: CommandWord
    author: str
    studio: str | None = None
    cue: str = ""
    by_ms: int = 0


async def steer(run: Run, order: Order) -> list[str]:
    """Carry an order out in each lane it means, at the same time; one sentence a lane.

    Raises RefusedByRule where it makes no sense now, NotReady where that OBS is out of reach.
    """
    lanes = _meant(run, order)
    at_ns = run.clock.monotonic_ns()
    if order.word in ("go", "back", "jump"):
        rows = {lane.id: _row(lane, order) for lane in lanes}
        for lane in lanes:
            await _reachable(lane)
        if len(lanes) > 1:  # together at one instant, whichever OBS answers last
            at_ns += READ_AHEAD_NS
        await asyncio.gather(*(_call(lane, order, rows[lane.id], at_ns) for lane in lanes))
        return [
            _("{studio}: “{title}” goes on air.").format(studio=lane.name, title=rows[lane.id].title) for lane in lanes
        ]
    return list(await asyncio.gather(*(_other(lane, order) for lane in lanes)))


async def foresee(run: Run, order: Order) -> dict[str, list[Request]]:
    """What the order would send, by studio, as OBS stands now; nothing is changed."""
    found: dict[str, list[Request]] = {}
    for lane in _meant(run, order):
        row: Cue | None
        match order.word:
            case "go" | "back" | "jump":
                row = _row(lane, order)
            case "standby" | "end":
                row = None
            case "resume" if lane.logged.standby_ns is not None:
                row = run.standing.row_on_air(lane.id)
            case _:
                found[lane.id] = []
                continue
        await _reachable(lane)
        wanted = await lane.picture(row)
        found[lane.id] = list(diff(wanted, await lane.observe(wanted)))
        if order.word == "end" and lane.logged.recording:
            found[lane.id].append(Request("StopRecord", {}, _("the session is over")))
    return found


def _meant(run: Run, order: Order) -> list[Lane]:
    """The lanes an order is for; an order that no lane can take is refused."""
    standing = run.standing
    if not standing.lanes:
        raise RefusedByRule(
            _("The session is still being made ready."), _("Wait until its studios are ready: studio status")
        )
    if order.studio is not None:
        studios: Sequence[str] = (order.studio,)
    elif order.word in ("go", "skip"):
        studios = earliest(standing.lanes, standing.sheet)
    elif order.word == "back":
        studios = tuple(studio for studio in latest(standing.lanes) if standing.lanes[studio].row_before() is not None)
    elif order.word == "jump":
        studios = tuple(studio for studio, lane in standing.lanes.items() if lane.row(order.cue) and not lane.over)
    else:
        studios = tuple(studio for studio, lane in standing.lanes.items() if not lane.over)
    lanes = [run.lanes[studio] for studio in studios if not standing.lanes[studio].over]
    if not lanes:
        raise RefusedByRule(*_nothing(order))
    return lanes


def _nothing(order: Order) -> tuple[str, str]:
    match order.word:
        case "go" | "skip":
            return _("No row is left to call."), _("Go back with studio back, or end the session with studio end.")
        case "back":
            return _("No row was called yet."), _("Start the first one with studio go.")
        case "jump":
            return (
                _("There is no row {cue} in this session.").format(cue=order.cue),
                _("Its rows and their ids are listed by: studio status"),
            )
    return _("The session is over there."), _("Start another one with: studio start SESSION")


def _row(lane: Lane, order: Order) -> Cue:
    row = {
        "go": lane.rundown.next_row,
        "back": lane.rundown.row_before(),
        "jump": lane.rundown.row(order.cue),
    }[order.word]
    if row is None:
        raise RefusedByRule(*_nothing(order))
    return row


async def _reachable(lane: Lane) -> None:
    """Return once the lane can send; an OBS that has just come back is looked at first, which takes a moment."""
    if lane.connection.connected:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await lane.recovered.wait()
    if not lane.reachable:
        raise _out_of_reach(lane)


def _out_of_reach(lane: Lane) -> NotReady:
    why = lane.connection.change.why
    return NotReady(
        _("{studio}: OBS is out of reach, so the row stays the next one.").format(studio=lane.name),
        why.remedy if why is not None else _("Look at that OBS."),
    )


async def _call(lane: Lane, order: Order, row: Cue, at_ns: int) -> None:
    async with lane.connection.desk:
        rundown = lane.rundown
        if rundown.over or _row(lane, order) != row:
            raise RefusedByRule(
                _("{studio}: the session went on meanwhile, so “{title}” is not called.").format(
                    studio=lane.name, title=row.title
                ),
                _("See what is on now, and order again: studio status"),
            )
        if not lane.reachable:  # it was lost while somebody else had the desk
            raise _out_of_reach(lane)
        await lane.scribe.write(Commanded(order.word, order.author, row.id if order.word == "jump" else ""))
        for cue_id in rundown.jumped_over(row):
            await lane.scribe.write(CueEnded("skipped", at_ns, why=_("jumped over"), take=0), cue=cue_id)
        await lane.call(row, at_ns, order.word)


async def _other(lane: Lane, order: Order) -> str:
    """Hold, resume, skip, extend, standby or end in one lane."""
    said = Commanded(order.word, order.author, by_ms=order.by_ms)
    match order.word:
        case "skip":
            return await _skip(lane, said)
        case "extend":
            return await _extend(lane, said)
        case "resume":
            return await _resume(lane, said)
        case "standby":
            if not lane.reachable:
                await lane.scribe.write(said)
                return _("{studio}: OBS is out of reach; the standby slate comes on as soon as it is back.").format(
                    studio=lane.name
                )
            await lane.show(_("standby"), said)
            return _("{studio}: the standby slate is on; studio resume goes back to the row.").format(studio=lane.name)
        case "end":
            await lane.scribe.write(said)
            return _("{studio}: the session ends there.").format(studio=lane.name)
    if lane.rundown.held_since is not None:
        return _("{studio}: it is held already; studio resume or studio go ends that.").format(studio=lane.name)
    await lane.scribe.write(said)
    return _("{studio}: held; nothing goes on by itself until studio resume or studio go.").format(studio=lane.name)


async def _skip(lane: Lane, said: Commanded) -> str:
    row = lane.rundown.next_row
    if row is None:
        raise RefusedByRule(*_nothing(Order("skip", said.author)))
    ended = CueEnded(
        "skipped", lane.clock.monotonic_ns(), why=_("skipped by {author}").format(author=said.author), take=0
    )
    await lane.scribe.write(said, ended, cue=row.id)
    lane.spawn(lane.ahead())
    return _("{studio}: “{title}” is skipped.").format(studio=lane.name, title=row.title)


async def _extend(lane: Lane, said: Commanded) -> str:
    row = lane.rundown.row(lane.rundown.position)
    if row is None:
        raise RefusedByRule(
            _("{studio}: no row is on air that could last longer.").format(studio=lane.name),
            _("Extend once the first row is on air."),
        )
    await lane.scribe.write(said, cue=row.id)
    words = (
        _("{studio}: “{title}” lasts {time} longer.")
        if said.by_ms >= 0
        else _("{studio}: “{title}” is {time} shorter.")
    )
    return words.format(studio=lane.name, title=row.title, time=format_duration(abs(said.by_ms)))


async def _resume(lane: Lane, said: Commanded) -> str:
    if lane.rundown.held_since is None and lane.logged.standby_ns is None:
        return _("{studio}: it is not held, nothing to resume.").format(studio=lane.name)
    if lane.logged.standby_ns is not None and lane.reachable:
        await lane.show(_("resume"), said)
        if (row := lane.on_air) is not None:
            return _("{studio}: back to “{title}”.").format(studio=lane.name, title=row.title)
    else:
        await lane.scribe.write(said)
    return _("{studio}: it goes on.").format(studio=lane.name)
