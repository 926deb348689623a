"""The level of every sounding input, twenty times a second, for clients that asked for the volume meters."""

from collections.abc import Callable, Mapping
from typing import Any

from studio.clock import NS_PER_MS
from studio.obs.protocol import Subscription
from studio.obs.virtual.encoder import VOICE
from studio.obs.virtual.machine import Machine
from studio.obs.virtual.state import names

_EVERY_NS = 50 * NS_PER_MS
_LOOK_AGAIN_NS = 500 * NS_PER_MS


async def send_meters(
    machine: Machine, send: Callable[[str, Mapping[str, Any]], None], wanted: Callable[[int], bool]
) -> None:
    """Send InputVolumeMeters for as long as the server runs, but only while somebody listens."""
    clock = machine.state.clock
    while True:
        listened = wanted(Subscription.INPUT_VOLUME_METERS)
        await clock.sleep_until(clock.monotonic_ns() + (_EVERY_NS if listened else _LOOK_AGAIN_NS))
        if listened:
            send("InputVolumeMeters", {"inputs": levels(machine)})


def levels(machine: Machine) -> list[dict[str, Any]]:
    """Each sound device's levels: per channel magnitude, peak and input peak as factors of full scale."""
    measured = []
    for source in machine.state.collection.inputs():
        if not machine.persona.input_kinds[source.kind].capture or not machine.state.is_active(source):
            continue
        heard = 0.0 if source.muted else VOICE * source.volume
        channel = [heard / 2**0.5, heard, VOICE]
        measured.append({**names(source), "inputLevelsMul": [channel, channel]})
    return measured
