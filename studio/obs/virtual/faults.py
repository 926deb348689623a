"""Scripted trouble: what a virtual OBS does wrong on purpose, when, and how often."""

import re
from dataclasses import dataclass

from studio.errors import RefusedByRule
from studio.i18n import _
from studio.obs.protocol import Status

KINDS = {
    "refuse": "refuse:SetCurrentProgramScene:702",
    "delay": "delay:StartRecord:1500ms",
    "drop": "drop:SetCurrentProgramScene",
    "drop-after": "drop-after:SetCurrentProgramScene",
    "ignore": "ignore:StartRecord",
    "no-stopped": "no-stopped",
    "skip-frames": "skip-frames:20",
}
"""Kind -> an example. ``drop`` cuts the socket instead of acting, ``drop-after`` acts and cuts it before answering.

``skip-frames`` lets GetStats count that percentage of the frames since the last GetStats as skipped by the renderer.
"""

_NAME = re.compile(r"[A-Za-z]+|\*")
_TIME = re.compile(r"(\d+)(ms|s)")
_PERCENT = re.compile(r"[1-9]\d?|100")
_STATUSES = frozenset(int(status) for status in Status)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``request`` is a request type, ``*`` for every one, empty for ``no-stopped``.

    That of ``skip-frames`` is GetStats and not written.
    """

    kind: str
    request: str = ""
    code: int = int(Status.REQUEST_PROCESSING_FAILED)
    delay_ms: int = 0
    times: int | None = None
    """How often it strikes; None for always."""
    after: int = 0
    """How many matching calls go well first."""
    percent: int = 0

    @property
    def spec(self) -> str:
        """The fault as ``parse_fault`` reads it."""
        parts = [self.kind, *([self.request] if self.request and not self.percent else [])]
        if self.kind == "refuse":
            parts.append(str(self.code))
        if self.kind == "delay":
            parts.append(f"{self.delay_ms}ms")
        if self.percent:
            parts.append(str(self.percent))
        parts += [f"times={self.times}"] if self.times is not None else []
        return ":".join(parts + ([f"after={self.after}"] if self.after else []))


def parse_fault(spec: str) -> Fault:
    """The fault that ``spec`` describes; raises RefusedByRule that says which part nobody can read.

    ``kind[:Request][:status or time][:times=N][:after=N]``, for example ``refuse:StartRecord:702:times=1``.
    """
    parts = [part.strip() for part in spec.split(":")]
    counts = {"times": None, "after": 0} | _counts(spec, [part for part in parts if "=" in part])
    plain = [part for part in parts if "=" not in part]
    kind, arguments = plain[0], plain[1:]
    if kind not in KINDS:
        raise _unreadable(spec, kind)
    if kind == "no-stopped":
        if arguments:
            raise _unreadable(spec, arguments[0])
        return Fault(kind, times=counts["times"], after=counts["after"] or 0)
    if kind == "skip-frames":
        if len(arguments) != 1 or not _PERCENT.fullmatch(arguments[0]):
            raise _unreadable(spec, arguments[-1] if arguments else "")
        percent = int(arguments[0])
        return Fault(kind, "GetStats", times=counts["times"], after=counts["after"] or 0, percent=percent)
    if not arguments or not _NAME.fullmatch(arguments[0]):
        raise _unreadable(spec, arguments[0] if arguments else "")
    fault = Fault(kind, arguments[0], times=counts["times"], after=counts["after"] or 0)
    return _with_argument(spec, fault, arguments[1:])


def _with_argument(spec: str, fault: Fault, rest: list[str]) -> Fault:
    code, delay_ms = fault.code, fault.delay_ms
    if fault.kind == "delay":
        found = _TIME.fullmatch(rest[0]) if rest else None
        if found is None:
            raise _unreadable(spec, rest[0] if rest else "")
        delay_ms = int(found[1]) * (1000 if found[2] == "s" else 1)
        rest = rest[1:]
    elif fault.kind == "refuse" and rest:
        if not rest[0].isdigit() or int(rest[0]) not in _STATUSES or int(rest[0]) <= Status.SUCCESS:
            raise _unreadable(spec, rest[0])
        code, rest = int(rest[0]), rest[1:]
    if rest:
        raise _unreadable(spec, rest[0])
    return Fault(fault.kind, fault.request, code, delay_ms, fault.times, fault.after)


def _counts(spec: str, parts: list[str]) -> dict[str, int | None]:
    counts: dict[str, int | None] = {}
    for part in parts:
        name, _sign, number = part.partition("=")
        if name not in {"times", "after"} or not number.isdigit():
            raise _unreadable(spec, part)
        counts[name] = int(number)
    return counts


def _unreadable(spec: str, part: str) -> RefusedByRule:
    return RefusedByRule(
        _("The fault {spec} cannot be read at “{part}”.").format(spec=spec, part=part),
        _("Write it like one of: {examples}; add :times=N or :after=N where wanted.").format(
            examples=", ".join(KINDS.values())
        ),
    )


@dataclass
class _Armed:
    fault: Fault
    wait: int
    left: int | None


class Faults:
    """The faults in force, which count themselves down."""

    def __init__(self, faults: tuple[Fault, ...] = ()) -> None:
        self._armed: list[_Armed] = []
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault) -> None:
        """Arm one more."""
        self._armed.append(_Armed(fault, fault.after, fault.times))

    def clear(self) -> None:
        """Disarm all."""
        self._armed.clear()

    @property
    def armed(self) -> tuple[Fault, ...]:
        """Those that can still strike, in the order they were added."""
        return tuple(held.fault for held in self._armed if held.left != 0)

    def strike(self, request: str) -> tuple[Fault, ...]:
        """The faults that strike this call of a request; an empty name asks for ``no-stopped``."""
        struck: list[Fault] = []
        for held in self._armed:
            if held.fault.request != request and not (held.fault.request == "*" and request):
                continue
            if held.wait > 0:
                held.wait -= 1
            elif held.left != 0:
                held.left = None if held.left is None else held.left - 1
                struck.append(held.fault)
        return tuple(struck)
