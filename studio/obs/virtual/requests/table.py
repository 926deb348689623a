"""What a request handler is: a function of the machine, the request's fields and the session that asks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from studio.obs.virtual.fields import Fields
from studio.obs.virtual.machine import Machine, Traffic

Answer = dict[str, Any] | None


@dataclass
class Call:
    """One request on its way: the machine it is for, its fields, and the traffic of the session it came over."""

    machine: Machine
    fields: Fields
    traffic: Traffic = field(default_factory=Traffic)


Handler = Callable[[Call], "Answer | Awaitable[Answer]"]
