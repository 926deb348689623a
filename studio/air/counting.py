"""Counts down on air, once a second: to the end of a row's offer, or of the time that a standby slate may last.

The texts follow from the log and the clock: no tick is written down, only the row's call and the slate's command.
"""

import logging
from collections.abc import Mapping

from studio.air.lane import READ_AHEAD_NS, Lane
from studio.clock import NS_PER_MS, NS_PER_S
from studio.errors import ObsError
from studio.model.obs import InputState
from studio.scenes.countdown import To, countdown_inputs
from studio.schedules.rundown import due

log = logging.getLogger(__name__)


async def count(lane: Lane) -> None:
    """Keep the countdowns of the scene on air right, until cancelled."""
    shown: Mapping[str, InputState] = {}
    while True:
        await lane.clock.sleep_until(_next_second(lane))
        if not lane.connection.connected or lane.rundown.over or lane.connection.desk.locked() or _soon(lane):
            continue
        try:
            wanted = await _wanted(lane)
            for name, state in wanted.items():
                if shown.get(name) != state:
                    data = {"inputName": name, "inputSettings": dict(state.settings), "overlay": True}
                    await lane.connection.link.call("SetInputSettings", data)
            shown = wanted
        except ObsError as error:
            log.info("%s: a countdown could not be set: %s", lane.id, error)
            shown = {}


async def _wanted(lane: Lane) -> Mapping[str, InputState]:
    row = lane.on_air
    scene = lane.scene_of(row)
    if scene is None:
        return {}
    to: To = "standby" if row is None else "offer"
    return countdown_inputs(scene, lane.naming, await lane.connection.kinds(), lane.left_ms(row), to=to)


def _next_second(lane: Lane) -> int:
    """The instant at which what is left is next a whole number of seconds."""
    left_ms, now_ns = lane.left_ms(lane.on_air), lane.clock.monotonic_ns()
    return now_ns + (NS_PER_S if not left_ms or left_ms % 1000 == 0 else left_ms % 1000 * NS_PER_MS)


def _soon(lane: Lane) -> bool:
    """True where a row is about to be called: nothing may be under way then."""
    call = due(lane.session.standing.lanes, lane.id)
    if call is None:
        return False
    return lane.session.standing.monotonic_ns(call.at_ns) - lane.clock.monotonic_ns() < 2 * READ_AHEAD_NS
