"""What did not go as planned in a run, by its log: one sentence each."""

from collections.abc import Iterator, Sequence

from studio.asrun.events import CueEnded, Intended, LinkChanged, Overridden, Record, Refused, RunEnded, TimedOut
from studio.asrun.words import reason, verdict
from studio.clock import NS_PER_MS, Anchor, format_duration
from studio.i18n import _
from studio.model.plan import Plan

SAYS_WHY = ("skipped", "refused", "unconfirmed")
"""Verdicts whose sentence holds what OBS answered to the cue's requests."""


def incidents(records: Sequence[Record], anchor: Anchor, plan: Plan) -> Iterator[str]:
    """The sentences in the log's order, each with its time into the session, negative before the start.

    A request that failed has a sentence of its own, unless the verdict on its cue tells of it.
    """
    titles = {cue.id: cue.title for cue in plan.sheet.cues}
    told = {
        (record.stamp.studio, record.stamp.cue)
        for record in records
        if isinstance(record.event, CueEnded) and record.event.verdict in SAYS_WHY
    }
    asked: dict[tuple[str, str, str], str] = {}
    for record in records:
        stamp = record.stamp
        at = format_duration((stamp.monotonic_ns - anchor.monotonic_ns) // NS_PER_MS)
        title = titles.get(stamp.cue, stamp.cue)
        match record.event:
            case Intended(request=number, type=kind):
                asked[stamp.boot, stamp.studio, number] = _request(kind, title)
            case Refused(request=number, code=code, comment=comment) if (stamp.studio, stamp.cue) not in told:
                request = asked.get((stamp.boot, stamp.studio, number), number)
                yield _("{at} OBS refused: {request} ({reason})").format(at=at, request=request, reason=comment or code)
            case TimedOut(request=number, why=why) if (stamp.studio, stamp.cue) not in told:
                request = asked.get((stamp.boot, stamp.studio, number), number)
                yield _("{at} nobody knows whether OBS did it: {request} ({reason})").format(
                    at=at, request=request, reason=why or _("no answer")
                )
            case CueEnded(verdict="late", late_ms=late):
                yield _("{at} {cue}: {ms} ms late").format(at=at, cue=title, ms=round(late or 0))
            case CueEnded(verdict="skipped" | "refused" | "unconfirmed" as word, why=why):
                yield _("{at} {cue}: {verdict} ({why})").format(at=at, cue=title, verdict=verdict(word), why=why)
            case Overridden(what=""):
                yield _("{at} changed back by hand").format(at=at)
            case Overridden(what=what, planned=planned, found=found):
                yield _("{at} changed by hand: {what} from {planned} to {found}").format(
                    at=at, what=what, planned=planned, found=found
                )
            case LinkChanged(connected=False, why=why):
                yield _("{at} the link to OBS was lost: {why}").format(at=at, why=why)
            case RunEnded(reason="stopped" | "failed" as word, why=why):
                yield _("{at} the session ended early: {reason}").format(at=at, reason=why or reason(word))


def _request(kind: str, title: str) -> str:
    """A request in words; OBS's own name for the ones that only engineers know."""
    words = {
        "StartRecord": _("start the recording"),
        "StopRecord": _("stop the recording"),
        "SetCurrentProgramScene": _("change the scene"),
    }.get(kind, kind)
    return _("{request} for {cue}").format(request=words, cue=title) if title else words
