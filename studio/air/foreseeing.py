"""What starting a session would send to each OBS, as they stand; nothing is changed."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace

from studio.air.connection import Connection
from studio.air.preparing import RUNNING, refuse_studio_mode
from studio.air.showing import STANDBY
from studio.errors import NotReady, StudioError
from studio.i18n import _
from studio.model.obs import Picture, Request
from studio.model.plan import LanePlan, Plan
from studio.model.runsheet import Cue
from studio.scenes.countdown import countdown_inputs
from studio.scenes.desired import Naming, collection, levels
from studio.scenes.diff import diff
from studio.schedules.rundown import for_studio

READY_MS = 5_000


async def foresee_start(
    plan: Plan, connections: Mapping[str, Connection]
) -> tuple[dict[str, list[Request]], list[str]]:
    """By studio: scenes with their pictures, the standby slate, the first row's pictures, outputs.

    A session starts without a studio that is not ready: there is a sentence on each of those. Raises NotReady or
    ObsError where none is.
    """
    lanes = [_lane(plan, one, connections[one.studio.id]) for one in plan.lanes]
    found = await asyncio.gather(*lanes, return_exceptions=True)
    each = zip(plan.lanes, found, strict=True)
    requests = {lane.studio.id: one for lane, one in each if not isinstance(one, BaseException)}
    refusals = [one for one in found if isinstance(one, BaseException)]
    for refusal in refusals:
        if not requests or not isinstance(refusal, StudioError):
            raise refusal
    return requests, [str(refusal) for refusal in refusals]


async def _lane(plan: Plan, lane: LanePlan, connection: Connection) -> list[Request]:
    if (why := await connection.ready(READY_MS)) is not None:
        raise NotReady(f"{lane.studio.name}: {why.message}", why.remedy)
    observed = await connection.device.observe()
    refuse_studio_mode(lane.studio.name, observed)
    naming, slate = Naming(lane.prefix), lane.scenes.scene(STANDBY)
    kinds = await connection.kinds()
    wanted = collection(lane.scenes, lane.assets, naming, kinds, cameras=lane.cameras)
    if slate is not None:
        wanted = replace(wanted, programme=naming.scene(slate), transition=await connection.transition("Cut"))
    requests = list(diff(wanted, observed))
    for row in for_studio(plan.sheet, lane.studio.id)[:1]:
        requests += diff(_pictures(lane, row, kinds, wanted.programme or observed.programme), wanted)
    if lane.studio.output == "stream" and observed.stream not in RUNNING:
        requests.append(Request("StartStream", {}, _("the studio's picture leaves by it")))
    if lane.studio.output == "virtual_camera" and observed.camera not in RUNNING:
        requests.append(Request("StartVirtualCam", {}, _("the studio's picture leaves by it")))
    if plan.record and observed.record not in RUNNING:
        requests.append(Request("StartRecord", {}, _("the session is recorded")))
    return requests


def _pictures(lane: LanePlan, row: Cue, kinds: Collection[str], on_air: str | None) -> Picture:
    """What a row's scene shows before it is taken; nothing where that scene is on air."""
    naming, scene = Naming(lane.prefix), lane.scenes.scene(row.scene)
    if scene is None or naming.scene(scene) == on_air:
        return Picture()
    shown = levels(scene, row, lane.assets, naming, kinds, cameras=lane.cameras)
    counted = countdown_inputs(scene, naming, kinds, row.offer_ms, to="offer")
    return Picture(scenes=shown.scenes, inputs={**shown.inputs, **counted})
