"""What the doctor needs of an OBS, whether it is reached directly or through a running director."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from studio.model.obs import Outcome, Request


class Device(Protocol):
    """``studio.obs.device.ObsDevice`` is one."""

    async def apply(self, requests: Sequence[Request], /) -> Sequence[Outcome]: ...

    async def call(self, request_type: str, data: Mapping[str, Any] | None = None, /) -> dict[str, Any]: ...
