"""Takes a studio up again after its OBS or its director was away: observe first, then only what is missing."""

import logging
from dataclasses import replace

from studio.air.lane import Lane
from studio.air.preparing import RUNNING, all_scenes, open_output
from studio.air.verdicts import EDGE, TAKE
from studio.asrun.events import ClipEnded, Commanded, CueEnded, LinkChanged, Overridden, TimedOut
from studio.clock import NS_PER_MS, NS_PER_S
from studio.errors import NotReady, ObsAuthenticationFailed, ObsError, StudioError
from studio.i18n import _
from studio.model.obs import Picture, Request
from studio.model.runsheet import Cue
from studio.scenes.diff import diff
from studio.schedules.rundown import decide

log = logging.getLogger(__name__)

SLOW = 1.25
"""An OBS on a busy PC draws fewer frames than its rate says: it is older than they tell by up to this much."""


async def mind_link(lane: Lane, left_ns: int, *, absent: bool) -> None:
    """Say once that a studio is lost, and take it up again when it comes back, until its part is over.

    ``absent`` where it must be looked at first; ``left_ns`` is since when no director has looked, 0 where one did.
    """
    fresh, known = absent, not absent
    if known:
        lane.recovered.set()
    health = lane.connection.health
    lost_ns = left_ns or (health.at_ns if health else lane.clock.monotonic_ns())
    while not lane.finished:
        try:
            if not lane.connection.connected:
                known = False
                lane.recovered.clear()
                if (why_not := lane.connection.change.why) is not None:
                    await _lost(lane, why_not)
                await lane.clock.sleep_until(lane.clock.monotonic_ns() + 50 * NS_PER_MS)
            elif not known:
                known = await _take_up(lane, fresh, lost_ns)
                fresh = False
            else:
                why = await lane.connection.link.wait_lost()
                health = lane.connection.health
                known, lost_ns = False, health.at_ns if health else lane.clock.monotonic_ns()
                lane.recovered.clear()
                await _lost(lane, why)
        except StudioError as error:  # OBS is away again, or the log could not be written: then again
            log.warning("%s: %s", lane.id, error)
            await lane.clock.sleep_until(lane.clock.monotonic_ns() + NS_PER_S)


async def _take_up(lane: Lane, fresh: bool, lost_ns: int) -> bool:
    """Recover, and say that the studio is back; False where it is lost again. What keeps it from that is raised."""
    present = lane.connection.present
    try:
        await recover(lane, fresh=fresh, lost_ns=lost_ns)
    except StudioError as error:
        await lane.session.raised(lane.id, "not_recovered", error.message, error.remedy)
        raise
    if lane.connection.present != present:
        return False
    await _found(lane)
    return True


async def _lost(lane: Lane, why: ObsError) -> None:
    if lane.finished:
        return
    if lane.logged.connected:
        await lane.scribe.write(LinkChanged(False, str(why)))
    if "not_ready" in lane.logged.alarms:
        return  # the start gate has said it
    kind, other = "obs_lost", "obs_password"
    if isinstance(why, ObsAuthenticationFailed):
        kind, other = other, kind
    await lane.session.cleared(lane.id, other)  # one alarm a trouble, whatever it turns into
    await lane.session.raised(lane.id, kind, f"{lane.name}: {why.message}", why.remedy)


async def _found(lane: Lane) -> None:
    if not lane.logged.connected:
        await lane.scribe.write(LinkChanged(True))
    for kind in ("obs_password", "obs_lost", "not_ready", "not_recovered"):
        await lane.session.cleared(lane.id, kind)


async def recover(lane: Lane, *, fresh: bool, lost_ns: int) -> None:
    """Bring the lane to where it should be; ``fresh`` after a new director, ``lost_ns`` since when nobody looked.

    A recording that OBS kept running is adopted, a lost one gets a new part and its gap is logged; a call without a
    verdict gets one; an edge is never sent again; a scene somebody chose meanwhile stays until the next cue. Raises
    ObsError where OBS goes away again.
    """
    if await lane.connection.look() is None:
        return
    async with lane.connection.desk:
        stale = tuple(lane.logged.pending)
        change = lane.changing()
        observed = await lane.connection.device.observe()
        missing = any(lane.naming.scene(scene) not in observed.scenes for scene in lane.plan.scenes.scenes)
        if missing:
            await lane.hands.send(diff(await all_scenes(lane), observed))
        restarted = lane.connection.restarted or _younger(lane, lost_ns)
        # From here on the lane sends again; before, a call only stood in the log, to be made good now.
        lane.recovered.set()
        if not await _settle_calls(lane, observed) and not lane.rundown.over:
            await _levels(lane, observed, missing or restarted, change)
            await _clip(lane)
        lane.connection.restarted = False
        if fresh:  # after the verdicts: a director killed in between finds both undone
            why = _("the director was restarted before the answer came")
            await lane.scribe.write(*(TimedOut(number, why) for number in stale if number in lane.logged.pending))
    lane.changed.set()
    await _recording(lane, observed, lost_ns, restarted)
    await _output(lane)


def _younger(lane: Lane, lost_ns: int) -> bool:
    """Whether that OBS was started after it was lost, by the frames that it has drawn; it may have drawn fewer."""
    health = lane.connection.health
    rate = float(health.stats.get("activeFps", 0)) if health is not None else 0.0
    if health is None or rate <= 0:
        return False
    return health.frames / rate * SLOW * NS_PER_S < health.at_ns - lost_ns


async def _settle_calls(lane: Lane, observed: Picture) -> bool:
    """Give every call without a verdict one, or make it good; True where a row was sent for that."""
    rundown, sent = lane.rundown, False
    for cue, take in lane.logged.open:
        if (cue, take) in lane.concluding or (row := rundown.row(cue)) is None:
            continue
        call_ns = lane.session.standing.monotonic_ns(rundown.calls[cue])
        last = cue == rundown.position and take == lane.logged.takes[cue]
        why = _("the director was restarted before it was proved")
        # The slate came after the call, and stays; or the session ended, and nothing more is shown.
        covered = lane.logged.standby_ns is not None or rundown.over
        requests = {request for *call, request in lane.logged.sent if tuple(call) == (cue, take)}
        past = covered or not last
        if (requests and past) or (TAKE in requests and _is_on(lane, row, observed)):
            await lane.scribe.write(CueEnded("unconfirmed", call_ns, why=why, take=take), cue=cue)
        elif past:
            gone = _("OBS was out of reach until something else was due")
            await lane.scribe.write(CueEnded("skipped", call_ns, why=gone, take=take), cue=cue)
        else:
            sent = await _make_good(lane, row, call_ns, take, EDGE in requests)
    return sent


def _is_on(lane: Lane, row: Cue, observed: Picture) -> bool:
    scene = lane.scene_of(row)
    return scene is not None and observed.programme == lane.naming.scene(scene)


async def _make_good(lane: Lane, row: Cue, call_ns: int, take: int, edged: bool) -> bool:
    """A row that was called and never sent: late now, so its policy decides. True where it was sent."""
    late = lane.clock.monotonic_ns() - call_ns
    fate = decide(row.late, late)
    if fate == "fire":
        doubt = _("its clip was sent before the director was restarted, and is not sent again") if edged else ""
        await lane.call(row, call_ns, "rule", edges=not edged, again=True, doubt=doubt)
        return True
    why = _("{ms} ms late, more than its limit") if fate == "skip" else _("{ms} ms late, to be held for a person")
    ended = CueEnded("skipped", call_ns, why=why.format(ms=late // NS_PER_MS), take=take)
    await lane.scribe.write(*([Commanded("hold", "late")] if fate == "hold" else []), ended, cue=row.id)
    if fate == "hold":  # it was called, so the next row is the one behind it
        what = _("{studio}: “{title}” was due while OBS was away, and waits for you.")
        remedy = _("studio jump {cue} --studio {studio} puts it on; studio go goes on with the row behind it.")
        what, remedy = what.format(studio=lane.name, title=row.title), remedy.format(cue=row.id, studio=lane.id)
        await lane.session.raised(lane.id, "cue_failed", what, remedy)
    return False


async def _levels(lane: Lane, observed: Picture, anew: bool, change: int) -> None:
    """Put on what should be on; a scene that a person chose on an OBS that ran all the time is left alone."""
    row = lane.on_air
    wanted = await lane.picture(row)
    ours = lane.logged.shown == wanted.programme  # it was on: what is there now is somebody else's doing
    if ours and not anew and wanted.programme is not None and observed.programme != wanted.programme:
        if lane.logged.overridden is None:
            await lane.scribe.write(Overridden("programme", wanted.programme, observed.programme or ""))
        return
    seen = await lane.observe(wanted)
    left = diff(replace(wanted, record=None, stream=None, camera=None), seen)  # outputs take their time, see below
    outcomes = await lane.hands.send(left, row.id if row else "")
    failed = next((one for one in outcomes if one.request.type == TAKE and one.result != "confirmed"), None)
    if failed is None:
        lane.seen(change, wanted)
    elif row is not None:
        await lane.tell(row, CueEnded("unconfirmed", 0, why=failed.comment))


async def _clip(lane: Lane) -> None:
    """The clip of a row that goes on with its end may have ended while nobody listened."""
    row = lane.on_air
    scene = lane.scene_of(row)
    if row is None or scene is None or row.advance != "media_end" or lane.rundown.clip_ended_ns is not None:
        return
    for source in scene.sources:
        if source.kind == "media" and (not row.play or source.name in row.play):
            name = lane.naming.source(scene, source)
            found = await lane.connection.link.call("GetMediaInputStatus", {"inputName": name})
            if found.get("mediaState") == "OBS_MEDIA_STATE_ENDED":
                await lane.scribe.write(ClipEnded(source.name), cue=row.id)
                return


async def _recording(lane: Lane, observed: Picture, lost_ns: int, restarted: bool) -> None:
    """Adopt a recording that runs; start a new part of one that does not, and say what is missing."""
    logged = lane.logged
    if not lane.session.recorded or logged.over or (logged.overridden and logged.overridden.what == "record"):
        return
    running = observed.record in RUNNING
    if not running and not logged.parts:
        return  # it is begun when its time comes
    if running and not restarted:
        if not logged.recording:
            await lane.recording_seen(lane.clock.monotonic_ns(), adopted=True)
        return
    await lane.recording_stopped("", lost_ns)
    async with lane.connection.desk:
        running = (await lane.connection.device.observe(scenes=(), inputs=())).record in RUNNING
        request = Request("StartRecord", {}, _("the recording was lost"))
        proof = await lane.hands.begin([] if running else [request])
    for started in await proof:  # which takes a while: cues go on meanwhile
        if started.result != "confirmed":
            what = _("{studio}: nothing is recorded any more ({why}).").format(studio=lane.name, why=started.comment)
            remedy = _("Look at OBS's recording folder and the free space on its disk, and start the recording there.")
            await lane.session.raised(lane.id, "recording_lost", what, remedy)
            return
    await lane.recording_seen(lane.clock.monotonic_ns(), adopted=running)


async def _output(lane: Lane) -> None:
    """A studio that was not there at the start gate, or whose OBS has lost it, gets its stream or virtual camera."""
    logged, output = lane.logged, lane.plan.studio.output
    if logged.over or (logged.overridden and logged.overridden.what == output):
        return
    try:
        await open_output(lane)
        await lane.session.cleared(lane.id, "output_off")
    except NotReady as error:
        await lane.session.raised(lane.id, "output_off", error.message, error.remedy)
