"""How the start or stop of a recording, a stream or the virtual camera shows itself in OBS's events and status."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from studio.obs.events import ObsEvent

_PREFIX = "OBS_WEBSOCKET_OUTPUT_"


@dataclass(frozen=True, slots=True)
class OutputProof:
    """The event of one output, the states that begin and end the change, and the request that reads it back."""

    event: str
    began: str
    ended: str
    failed: tuple[str, ...]
    """States that end a start without success."""
    status: str
    on: bool
    limit_ms: int
    """How long the change may take: a stream's server may be slow, and a muxer that closes a long file too."""
    grows: bool = True
    """Whether a start is proved by what is written: a virtual camera writes nothing."""

    def tells(self, *states: str) -> Callable[[ObsEvent], bool]:
        """A test for an event of this output in one of these states."""
        return lambda event: event.type == self.event and event.fields.get("outputState") in states


def _start(output: str, limit_ms: int) -> OutputProof:
    event, status = f"{output}StateChanged", f"Get{output}Status"
    failed = (f"{_PREFIX}STOPPING", f"{_PREFIX}STOPPED")
    return OutputProof(event, f"{_PREFIX}STARTING", f"{_PREFIX}STARTED", failed, status, True, limit_ms)


def _stop(output: str, limit_ms: int) -> OutputProof:
    event, status = f"{output}StateChanged", f"Get{output}Status"
    return OutputProof(event, f"{_PREFIX}STOPPING", f"{_PREFIX}STOPPED", (), status, False, limit_ms)


def _camera(proof: OutputProof) -> OutputProof:
    """OBS writes the camera's event with a small c, unlike its requests."""
    return replace(proof, event="VirtualcamStateChanged", grows=False)


OUTPUTS = {
    "StartRecord": _start("Record", 5_000),
    "StopRecord": _stop("Record", 15_000),
    "StartStream": _start("Stream", 20_000),
    "StopStream": _stop("Stream", 15_000),
    "StartVirtualCam": _camera(_start("VirtualCam", 5_000)),
    "StopVirtualCam": _camera(_stop("VirtualCam", 5_000)),
}


def has_grown(first: Mapping[str, Any], later: Mapping[str, Any]) -> bool:
    """Whether more was written between two answers to an output's status.

    Duration and bytes both tell, since OBS 29 gives a false duration, even 0 for ever, once its video settings were
    changed.
    """
    return any(later.get(key, 0) > first.get(key, 0) for key in ("outputDuration", "outputBytes"))
