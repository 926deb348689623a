"""Runs a batch of requests: one after the other, frame by frame, or all at once."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from studio.clock import NS_PER_MS
from studio.errors import ObsRequestFailed
from studio.obs.protocol import BatchExecution, Status
from studio.obs.virtual.dispatch import Asked, Done, run
from studio.obs.virtual.fields import Fields
from studio.obs.virtual.machine import Machine, Traffic

_LONGEST_MS, _LONGEST_FRAMES = 50_000, 10_000


@dataclass(frozen=True, slots=True)
class Batch:
    """What a RequestBatch asks for. ``variables`` pass values from one request to later ones."""

    id: Any
    requests: tuple[Any, ...]
    execution: BatchExecution
    halt_on_failure: bool
    variables: dict[str, Any]


async def run_batch(machine: Machine, batch: Batch, connection: int, traffic: Traffic) -> list[tuple[Asked, Done]]:
    """Every request that was run and how it ended, in order; fewer than asked where one failure halts the rest."""
    if batch.execution is BatchExecution.PARALLEL:
        asked = [_asked(raw) for raw in batch.requests]
        done = await asyncio.gather(*(run(machine, one, connection, traffic) for one in asked))
        return list(zip(asked, done, strict=True))
    ended: list[tuple[Asked, Done]] = []
    variables = dict(batch.variables)
    for raw in batch.requests:
        one = _filled(_asked(raw), raw, variables)
        if one.type == "Sleep":
            done_one = await _slept(machine, one, batch.execution)
        else:
            if batch.execution is BatchExecution.SERIAL_FRAME and ended:
                await _frames(machine, 1)
            done_one = await run(machine, one, connection, traffic)
        ended.append((one, done_one))
        _remember(raw, done_one, variables)
        if done_one.cut or (batch.halt_on_failure and not done_one.ok):
            break
    return ended


async def _slept(machine: Machine, asked: Asked, execution: BatchExecution) -> Done:
    fields, clock = Fields(asked.data), machine.state.clock
    try:
        if execution is BatchExecution.SERIAL_FRAME:
            await _frames(machine, fields.whole("sleepFrames", 0, _LONGEST_FRAMES))
        else:
            wait_ms = fields.number("sleepMillis", 0, _LONGEST_MS)
            await clock.sleep_until(clock.monotonic_ns() + round(wait_ms * NS_PER_MS))
    except ObsRequestFailed as refusal:
        return Done(refusal.code, refusal.comment)
    return Done(Status.SUCCESS)


async def _frames(machine: Machine, count: int) -> None:
    state = machine.state
    due = state.clock.monotonic_ns()
    for _frame in range(count):
        due = state.next_tick(due)
    await state.clock.sleep_until(due)


def _asked(raw: Any) -> Asked:
    if not isinstance(raw, dict):
        return Asked("", has_id=False)
    kind = raw.get("requestType")
    return Asked(
        kind if isinstance(kind, str) else "", raw.get("requestData"), raw.get("requestId"), "requestId" in raw
    )


def _filled(asked: Asked, raw: Any, variables: dict[str, Any]) -> Asked:
    wanted = raw.get("inputVariables") if isinstance(raw, dict) else None
    if not isinstance(wanted, dict):
        return asked
    data = dict(asked.data) if isinstance(asked.data, dict) else {}
    data |= {field: variables[name] for field, name in wanted.items() if isinstance(name, str) and name in variables}
    return replace(asked, data=data)


def _remember(raw: Any, done: Done, variables: dict[str, Any]) -> None:
    wanted = raw.get("outputVariables") if isinstance(raw, dict) else None
    if isinstance(wanted, dict) and isinstance(done.data, dict):
        for name, field in wanted.items():
            if isinstance(field, str) and field in done.data:
                variables[name] = done.data[field]
