"""What a person's commands do to a running session, and what they would send."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from studio.air.lane import READ_AHEAD_NS, Lane
from studio.air.preparing import standby, stops
from studio.air.run import Run
from studio.asrun.events import Commanded, CommandWord, CueEnded
from studio.clock import format_duration
from studio.errors import NotReady, ObsError, RefusedByRule, StudioError
from studio.i18n import _
from studio.model.obs import Request
from studio.model.runsheet import Cue
from studio.scenes.diff import diff
from studio.schedules.rundown import Rundown, earliest, latest

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
    """Carry an order out in each lane it means, at the same time; one sentence a lane, that of a refusal included.

    Raises, where no lane could do it, what the first one said: RefusedByRule where the order makes no sense now,
    NotReady where that OBS is out of reach. A studio that is away never keeps the others of its session waiting: its
    row stands as called, and is made good when it is back.
    """
    lanes = _meant(run, order)
    if order.word in ("go", "back", "jump"):
        at_ns = run.clock.monotonic_ns()
        if len(lanes) > 1:  # together at one instant, whichever OBS answers last
            at_ns += READ_AHEAD_NS
        alone = _alone(run, order)
        doing = [_call(lane, order, _row(lane, order), at_ns, must=alone) for lane in lanes]
    else:
        doing = [_other(lane, order) for lane in lanes]
    answers = await asyncio.gather(*doing, return_exceptions=True)
    refusals = [answer for answer in answers if isinstance(answer, BaseException)]
    for refusal in refusals:
        if len(refusals) == len(answers) or not isinstance(refusal, StudioError):
            raise refusal
    return [
        f"{lane.name}: {answer}" if isinstance(answer, ObsError) else str(answer)
        for lane, answer in zip(lanes, answers, strict=True)
    ]


async def foresee(run: Run, order: Order) -> dict[str, list[Request]]:
    """What the order would send, by studio, as OBS stands now; nothing is changed.

    To a studio that is away nothing would be sent; where it is the only one that is meant, NotReady is raised.
    """
    lanes, alone = _meant(run, order), _alone(run, order)
    found = await asyncio.gather(*(_foreseen(lane, order, must=alone) for lane in lanes))
    return {lane.id: requests for lane, requests in zip(lanes, found, strict=True)}


async def _foreseen(lane: Lane, order: Order, *, must: bool) -> list[Request]:
    calls = order.word in ("go", "back", "jump")
    row = _row(lane, order) if calls else None
    resumes = order.word == "resume" and lane.logged.standby_ns is not None
    if not (calls or resumes or order.word in ("standby", "end")):
        return []
    if not await _reached(lane):
        if must:
            raise _out_of_reach(lane) if calls else _not_foreseen(lane)
        return []
    if resumes:  # the row goes on, and its clips are not played again
        wanted = await lane.picture(lane.session.standing.row_on_air(lane.id))
        return list(diff(wanted, await lane.observe(wanted)))
    if order.word == "end":
        observed = await lane.connection.device.observe(scenes=(), inputs=())
        return [*diff(await standby(lane), observed), *stops(lane, observed)]
    return await lane.foreseen(row)


def _meant(run: Run, order: Order) -> list[Lane]:
    """The lanes an order is for; an order that no lane can take is refused."""
    standing = run.standing
    if not standing.lanes:
        raise RefusedByRule(
            _("The session is still being made ready."), _("Wait until its studios are ready: studio status")
        )
    going = {
        studio: lane for studio, lane in standing.lanes.items() if not lane.over and order.studio in (None, studio)
    }
    if not going:
        raise _over()
    studios: Iterable[str] = going
    if order.studio is None:
        match order.word:
            case "go" | "skip":
                studios = earliest(going, standing.sheet)
            case "back":
                studios = [studio for studio in latest(going) if going[studio].row_before() is not None]
            case "jump":
                studios = [studio for studio, lane in going.items() if lane.row(order.cue)]
    lanes = [run.lanes[studio] for studio in studios]
    if not lanes:
        raise RefusedByRule(*_nothing(order, going.values()))
    return lanes


def _alone(run: Run, order: Order) -> bool:
    """Whether the order is for one studio: named, or the last one of the session that goes on."""
    return order.studio is not None or sum(not lane.over for lane in run.standing.lanes.values()) == 1


def _nothing(order: Order, lanes: Iterable[Rundown]) -> tuple[str, str]:
    """Why none of these lanes has a row for the order, and what to do."""
    match order.word:
        case "back" if any(lane.position for lane in lanes):
            return (
                _("No row stands before this one that could be called again."),
                _("Go on with studio go, or call any row by its id: studio jump CUE"),
            )
        case "back":
            return _("No row was called yet."), _("Start the first one with studio go.")
        case "jump":
            return (
                _("There is no row {cue} in this session.").format(cue=order.cue),
                _("Its rows and their ids are listed by: studio status"),
            )
    return _("No row is left to call."), _("Go back with studio back, or end the session with studio end.")


def _row(lane: Lane, order: Order) -> Cue:
    row = {
        "go": lane.rundown.next_row,
        "back": lane.rundown.row_before(),
        "jump": lane.rundown.row(order.cue),
    }[order.word]
    if row is None:
        raise RefusedByRule(*_nothing(order, [lane.rundown]))
    return row


async def _reached(lane: Lane) -> bool:
    """Whether the lane can send; an OBS that has just come back is looked at first, which takes a moment."""
    if lane.connection.connected:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await lane.recovered.wait()
    return lane.reachable


def _out_of_reach(lane: Lane) -> NotReady:
    what = _("{studio}: OBS is out of reach, so the row stays the next one.")
    return NotReady(what.format(studio=lane.name), _remedy(lane))


def _not_foreseen(lane: Lane) -> NotReady:
    what = _("{studio}: OBS is out of reach, so nobody can say what would be sent there.")
    return NotReady(what.format(studio=lane.name), _remedy(lane))


def _remedy(lane: Lane) -> str:
    why = lane.connection.change.why
    return why.remedy if why is not None else _("Look at that OBS.")


async def _call(lane: Lane, order: Order, row: Cue, at_ns: int, *, must: bool) -> str:
    """Call the row; with ``must`` it is refused while OBS is out of reach."""
    async with _between_rows(lane, looked_at=True) as left:
        rundown = lane.rundown
        _refuse_over(lane)
        if left is not None and order.word != "jump":
            raise _just_left(lane, left)
        if _row(lane, order) != row:
            raise _went_on(_("{studio}: the session went on meanwhile, so “{title}” is not called."), lane, row)
        reachable = lane.reachable
        if must and not reachable:
            raise _out_of_reach(lane)
        with lane.calling(row):
            await lane.scribe.write(Commanded(order.word, order.author, row.id if order.word == "jump" else ""))
            for cue_id in rundown.jumped_over(row):
                await lane.scribe.write(CueEnded("skipped", at_ns, why=_("jumped over"), take=0), cue=cue_id)
            await lane.call(row, at_ns, order.word)
    said = _("{studio}: “{title}” goes on air.") if reachable else _once_back(row)
    return said.format(studio=lane.name, title=row.title, time=format_duration(row.late.after_ms))


def _once_back(row: Cue) -> str:
    """What becomes of a row that was called while its OBS is away."""
    match row.late.policy:
        case "skip_after":
            return _("{studio}: OBS is out of reach; “{title}” comes on if it is back within {time}, else not at all.")
        case "hold":
            return _("{studio}: OBS is out of reach; “{title}” waits for you once it is back.")
    return _("{studio}: OBS is out of reach; “{title}” comes on as soon as it is back.")


def _over() -> RefusedByRule:
    return RefusedByRule(_("The session is over there."), _("Start another one with: studio start SESSION"))


def _refuse_over(lane: Lane) -> None:
    if lane.rundown.over:
        raise _over()


def _went_on(words: str, lane: Lane, row: Cue) -> RefusedByRule:
    """The order was for what is not so any more."""
    return RefusedByRule(
        words.format(studio=lane.name, title=row.title), _("See what is on now, and order again: studio status")
    )


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
    return await _hold(lane, said)


@asynccontextmanager
async def _between_rows(lane: Lane, *, looked_at: bool = False) -> AsyncIterator[Cue | None]:
    """The desk for a ``with`` block, once no row is about to leave; the row that left while it was waited for, if any.

    With ``looked_at``, an OBS that has just come back is looked at first.
    """
    position, leaving = lane.rundown.position, lane.hands.leaving_ns > lane.clock.monotonic_ns()
    if looked_at:
        await _reached(lane)
    async with lane.connection.desk:
        left = leaving or lane.rundown.position != position
        yield lane.rundown.row(lane.rundown.position) if left else None


def _just_left(lane: Lane, row: Cue) -> RefusedByRule:
    """The order may have meant that row, or the one before it."""
    words = _("{studio}: “{title}” went on air at that moment, and nothing else was done.")
    return RefusedByRule(
        words.format(studio=lane.name, title=row.title), _("Order again where you still want it: studio status")
    )


async def _hold(lane: Lane, said: Commanded) -> str:
    async with _between_rows(lane) as left:
        _refuse_over(lane)
        if lane.rundown.held_since is not None:
            return _("{studio}: it is held already; studio resume or studio go ends that.").format(studio=lane.name)
        await lane.scribe.write(said)
    if left is not None:
        words = _("{studio}: held, behind “{title}”, which went on air at that moment; studio resume or go ends that.")
        return words.format(studio=lane.name, title=left.title)
    return _("{studio}: held; nothing goes on by itself until studio resume or studio go.").format(studio=lane.name)


async def _skip(lane: Lane, said: Commanded) -> str:
    row = lane.rundown.next_row
    if row is None:
        raise RefusedByRule(*_nothing(Order("skip", said.author), [lane.rundown]))
    async with _between_rows(lane) as left:
        _refuse_over(lane)
        if left is not None:
            raise _just_left(lane, left)
        if lane.rundown.next_row != row:
            raise _went_on(_("{studio}: the session went on meanwhile, so “{title}” is not skipped."), lane, row)
        await _skipped(lane, said, row)
    lane.spawn(lane.ahead())
    return _("{studio}: “{title}” is skipped.").format(studio=lane.name, title=row.title)


async def _skipped(lane: Lane, said: Commanded, row: Cue) -> None:
    ended = CueEnded(
        "skipped", lane.clock.monotonic_ns(), why=_("skipped by {author}").format(author=said.author), take=0
    )
    await lane.scribe.write(said, ended, cue=row.id)


async def _extend(lane: Lane, said: Commanded) -> str:
    row = lane.rundown.row(lane.rundown.position)
    if row is None:
        raise RefusedByRule(
            _("{studio}: no row is on air that could last longer.").format(studio=lane.name),
            _("Extend once the first row is on air."),
        )
    async with _between_rows(lane) as left:
        _refuse_over(lane)
        if left is not None:
            raise _just_left(lane, left)
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
