"""From what OBS was seen to do to the verdict on a cue; this only computes."""

from collections.abc import Sequence

from studio.asrun.events import Confirmed, CueEnded, Refused, TimedOut
from studio.i18n import _
from studio.model.obs import Outcome, Request
from studio.schedules.rundown import late_ms, verdict

TAKE = "SetCurrentProgramScene"
EDGE = "TriggerMediaInputAction"


def answer(number: str, outcome: Outcome) -> Confirmed | Refused | TimedOut:
    """The event that tells how a request ended."""
    match outcome.result:
        case "confirmed":
            sent, answered = outcome.sent_ns or 0, outcome.answered_ns or 0
            return Confirmed(number, sent, answered, outcome.started_ns, outcome.changed_ns)
        case "refused":
            return Refused(number, outcome.code or 0, outcome.comment)
    return TimedOut(number, outcome.comment)


def judge(due_ns: int, outcomes: Sequence[Outcome], take: int) -> CueEnded | None:
    """The verdict that OBS's answers give; None where nothing failed and no scene change nor clip was asked for.

    The scene change decides, without one the clip; what else failed, a picture or a transition, is said in ``why``.
    """
    failed = [outcome for outcome in outcomes if outcome.result != "confirmed"]
    why = "; ".join(f"{one.request.type}: {one.code or ''} {one.comment}".replace("  ", " ") for one in failed)
    taken = next((outcome for outcome in outcomes if outcome.request.type == TAKE), None)
    if taken is not None and taken.result == "confirmed" and taken.started_ns is None:
        taken = None  # it was on air already: nothing began
    edge = next((outcome for outcome in failed if outcome.request.type == EDGE), None)
    played = next((one for one in outcomes if one.request.type == EDGE and one.started_ns is not None), None)
    decisive = taken or edge or next(iter(failed), None) or played
    if decisive is None:
        return None
    if decisive.result == "refused":
        return CueEnded("refused", due_ns, sent_ns=decisive.sent_ns, why=why, take=take)
    if decisive.result == "timed_out" or decisive.started_ns is None or edge is not None:
        return CueEnded("unconfirmed", due_ns, sent_ns=decisive.sent_ns, why=why, take=take)
    started = decisive.started_ns
    late, word = late_ms(due_ns, started), verdict(started - due_ns)
    return CueEnded(word, due_ns, late, decisive.sent_ns, started, decisive.changed_ns, why, take)


def read_back(due_ns: int, asked_ns: int, outcomes: Sequence[Outcome], left: Sequence[Request], take: int) -> CueEnded:
    """The verdict on a cue that changed no scene: ``left`` is what it wants and OBS, asked at ``asked_ns``, has not."""
    if left:
        return CueEnded("unconfirmed", due_ns, why="; ".join(request.because for request in left), take=take)
    started = max([asked_ns, *(outcome.answered_ns or 0 for outcome in outcomes)])
    sent = min((outcome.sent_ns for outcome in outcomes if outcome.sent_ns is not None), default=None)
    why = _("seen by reading back")
    return CueEnded(verdict(started - due_ns), due_ns, late_ms(due_ns, started), sent, started, why=why, take=take)
