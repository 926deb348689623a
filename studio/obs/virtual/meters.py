"""The level of every sounding input, twenty times a second, for clients that asked for the volume meters."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from studio.clock import NS_PER_MS
from studio.obs.protocol import Subscription
from studio.obs.virtual.encoder import VOICE
from studio.obs.virtual.loudness import SILENCE, WINDOW_MS, Level
from studio.obs.virtual.machine import Machine
from studio.obs.virtual.picture import Input
from studio.obs.virtual.position import PLAYING, local_file
from studio.obs.virtual.state import names

_EVERY_NS = WINDOW_MS * NS_PER_MS
_LOOK_AGAIN_NS = 500 * NS_PER_MS
_SPEAKING: tuple[Level, Level] = ((VOICE / 2**0.5, VOICE), (VOICE / 2**0.5, VOICE))


async def send_meters(
    machine: Machine, send: Callable[[str, Mapping[str, Any]], None], wanted: Callable[[int], bool]
) -> None:
    """Send InputVolumeMeters for as long as the server runs, but only while somebody listens."""
    clock = machine.state.clock
    while True:
        listened = wanted(Subscription.INPUT_VOLUME_METERS)
        await clock.sleep_until(clock.monotonic_ns() + (_EVERY_NS if listened else _LOOK_AGAIN_NS))
        if listened:
            for path in [path for path in _files(machine) if not machine.loudness.knows(path)]:
                await asyncio.to_thread(machine.loudness.read, path)
            send("InputVolumeMeters", {"inputs": levels(machine)})


def levels(machine: Machine) -> list[dict[str, Any]]:
    """The levels of each active input that can sound: per channel magnitude, peak and input peak."""
    measured = []
    for source in _sounding(machine):
        volume = 0.0 if source.muted else source.volume
        heard = [[magnitude * volume, peak * volume, peak] for magnitude, peak in _level(machine, source)]
        measured.append({**names(source), "inputLevelsMul": heard})
    return measured


def _sounding(machine: Machine) -> Iterator[Input]:
    for source in machine.state.collection.inputs():
        if machine.persona.input_kinds[source.kind].audio and machine.state.is_active(source):
            yield source


def _files(machine: Machine) -> Iterator[str]:
    playhead = machine.state.playhead
    for source in _sounding(machine):
        if playhead.is_media(source) and (path := local_file(source.settings)):
            yield path


def _level(machine: Machine, source: Input) -> tuple[Level, Level]:
    """Before its fader: a device speaks, a file sounds as long as it plays."""
    playhead = machine.state.playhead
    if machine.persona.input_kinds[source.kind].capture:
        return _SPEAKING
    if playhead.is_media(source) and source.playback.state == PLAYING:
        return machine.loudness.at(local_file(source.settings), playhead.cursor_ms(source))
    return SILENCE
