"""Runs one request: the fault that strikes it, its handler, and the answer in the protocol's shape."""

import inspect
import logging
from dataclasses import dataclass
from typing import Any

from studio.clock import NS_PER_MS
from studio.errors import ObsRequestFailed
from studio.obs.protocol import Status
from studio.obs.virtual.faults import Fault
from studio.obs.virtual.fields import Fields
from studio.obs.virtual.machine import Machine, Traffic
from studio.obs.virtual.requests import HANDLERS
from studio.obs.virtual.requests.table import Call
from studio.obs.virtual.state import without_uuids

log = logging.getLogger(__name__)

_UNKNOWN = "Your request type is not valid."


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came, alone or in a batch; ``id`` is left out of the answer where it was not given."""

    type: str
    data: Any = None
    id: Any = None
    has_id: bool = True


@dataclass(frozen=True, slots=True)
class Done:
    """How a request ended. ``cut`` means that the socket is to be cut instead of answering."""

    code: int
    comment: str = ""
    data: Any = None
    cut: bool = False

    @property
    def ok(self) -> bool:
        """Whether it succeeded."""
        return self.code == Status.SUCCESS


async def run(machine: Machine, asked: Asked, connection: int, traffic: Traffic) -> Done:
    """Do one request and write it, and how it ended, into the journal."""
    journal = machine.state.journal
    journal.write("request", asked.type, connection=connection, request_id=asked.id, data=asked.data)
    struck = machine.faults.strike(asked.type)
    for fault in struck:
        journal.write("fault", fault.kind, connection=connection, request_id=asked.id, data={"request": asked.type})
    done = await _faulted(machine, asked, struck, traffic)
    journal.write("answer", asked.type, connection=connection, request_id=asked.id, status=done.code)
    return done


async def _faulted(machine: Machine, asked: Asked, struck: tuple[Fault, ...], traffic: Traffic) -> Done:
    clock = machine.state.clock
    for fault in struck:
        if fault.kind == "delay":
            await clock.sleep_until(clock.monotonic_ns() + fault.delay_ms * NS_PER_MS)
    kinds = {fault.kind: fault for fault in struck}
    if "drop" in kinds:
        return Done(Status.UNKNOWN, cut=True)
    if "refuse" in kinds:
        return Done(kinds["refuse"].code, "Refused by a scripted fault.")
    if "ignore" in kinds:
        return Done(Status.SUCCESS)
    if "skip-frames" in kinds:
        machine.skip_frames(kinds["skip-frames"].percent)
    done = await _handled(machine, asked, traffic)
    return Done(done.code, cut=True) if "drop-after" in kinds else done


async def _handled(machine: Machine, asked: Asked, traffic: Traffic) -> Done:
    if not asked.type:
        return Done(Status.MISSING_REQUEST_TYPE, "Your request's `requestType` may not be empty.")
    handler = HANDLERS.get(asked.type)
    if handler is None or not machine.persona.knows_request(asked.type):
        return Done(Status.UNKNOWN_REQUEST_TYPE, _UNKNOWN)
    try:
        answer = handler(Call(machine, Fields(asked.data), traffic))
        if inspect.isawaitable(answer):
            answer = await answer
    except ObsRequestFailed as refusal:
        return Done(refusal.code, refusal.comment)
    except Exception:  # a defect of ours: the client is told 205 as by OBS, and the log has the rest
        log.exception("virtual OBS: %s failed", asked.type)
        return Done(Status.GENERIC_ERROR, "An internal error occurred.")
    return Done(Status.SUCCESS, data=answer if machine.persona.has_uuids else without_uuids(answer))


def response(asked: Asked, done: Done) -> dict[str, Any]:
    """The answer's ``d``, or one entry of a batch's results."""
    status: dict[str, Any] = {"result": done.ok, "code": done.code}
    if done.comment:
        status["comment"] = done.comment
    shaped: dict[str, Any] = {"requestType": asked.type, "requestStatus": status}
    if asked.has_id:
        shaped["requestId"] = asked.id
    if done.data is not None:
        shaped["responseData"] = done.data
    return shaped
