"""What is known of one request on its way: data sent, instants, answer, or why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.model.obs import Request
from studio.obs.link import RequestResult

TAKE = "SetCurrentProgramScene"


@dataclass(frozen=True, slots=True)
class Sent:
    """One request, the data it is sent with (item numbers resolved), and what became of it so far.

    Instants are monotonic nanoseconds; ``sent_ns`` None means that it never left, and with ``withheld`` that it was
    kept back on purpose.
    """

    request: Request
    data: Mapping[str, Any]
    sent_ns: int | None = None
    answered_ns: int | None = None
    answer: RequestResult | None = None
    was_on_air: str | None = None
    """For a scene change: the scene that was on air just before, read in the same batch."""
    withheld: bool = False
    trouble: str = ""
    """Why there is no answer."""


def refused_here(request: Request, code: int, comment: str) -> Sent:
    """A request that is refused with a status of OBS's, and never sent."""
    return Sent(request, request.data, answer=RequestResult(request.type, False, int(code), comment), withheld=True)


def withheld(request: Request, why: str) -> Sent:
    """A request that is not sent because of an earlier one."""
    return Sent(request, request.data, withheld=True, trouble=why)


def starts_clip(sent: Sent) -> bool:
    """Whether the request sends a media input on its way."""
    action = str(sent.data.get("mediaAction")).removeprefix("OBS_WEBSOCKET_MEDIA_INPUT_ACTION_")
    return sent.request.type == "TriggerMediaInputAction" and action in ("PLAY", "RESTART")
