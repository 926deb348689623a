"""What starting a session would send to each OBS, as they stand; nothing is changed."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from studio.air.connection import Connection
from studio.air.preparing import RUNNING
from studio.air.showing import STANDBY
from studio.errors import NotReady
from studio.i18n import _
from studio.model.obs import Request
from studio.model.plan import LanePlan, Plan
from studio.scenes.desired import Naming, collection
from studio.scenes.diff import diff

READY_MS = 5_000


async def foresee_start(plan: Plan, connections: Mapping[str, Connection]) -> dict[str, list[Request]]:
    """By studio: scenes with their pictures, the standby slate, outputs. Raises NotReady where an OBS is away."""
    found = await asyncio.gather(*(_lane(one, plan.record, connections[one.studio.id]) for one in plan.lanes))
    return {lane.studio.id: requests for lane, requests in zip(plan.lanes, found, strict=True)}


async def _lane(lane: LanePlan, recorded: bool, connection: Connection) -> list[Request]:
    if (why := await connection.ready(READY_MS)) is not None:
        raise NotReady(f"{lane.studio.name}: {why.message}", why.remedy)
    naming, slate = Naming(lane.prefix), lane.scenes.scene(STANDBY)
    kinds = await connection.kinds()
    wanted = collection(lane.scenes, lane.assets, naming, kinds, cameras=lane.cameras)
    if slate is not None:
        wanted = replace(wanted, programme=naming.scene(slate), transition=await connection.transition("Cut"))
    observed = await connection.device.observe()
    requests = list(diff(wanted, observed))
    if lane.studio.output == "stream" and observed.stream not in RUNNING:
        requests.append(Request("StartStream", {}, _("the studio's picture leaves by it")))
    if lane.studio.output == "virtual_camera" and observed.camera not in RUNNING:
        requests.append(Request("StartVirtualCam", {}, _("the studio's picture leaves by it")))
    if recorded and observed.record not in RUNNING:
        requests.append(Request("StartRecord", {}, _("the session is recorded")))
    return requests
