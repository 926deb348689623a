"""A borrowed OBS: nothing of ours may stay behind, whatever ended the run."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from studio.errors import NotReady, ObsBusy, ObsError, ObsRequestFailed, RefusedByRule
from studio.i18n import _
from studio.model.obs import OutputState, Picture, Request
from studio.model.plan import LanePlan
from studio.obs.device import ObsDevice

log = logging.getLogger(__name__)

SETTLED_AFTER_S = 0.3
"""A transition swapped out within a few frames of its end keeps the old scene, and that scene's name, for itself."""
GONE_WITHIN_S = 5.0
"""OBS destroys the sources of a removed scene in its own time; measured on OBS 29, well under a second."""


@dataclass(frozen=True, slots=True)
class Loan:
    """What the owner had on before: enough to give it back."""

    programme: str
    transition: str
    transition_ms: int | None


@asynccontextmanager
async def borrowed(device: ObsDevice, lane: LanePlan, keep: Path) -> AsyncIterator[None]:
    """Lend the OBS for a ``with`` block; afterwards our scenes are gone and its own are on as before.

    What was on is kept in a file meanwhile, so that the next run gives back what a killed one could not.
    Raises ObsBusy where it streams or records, RefusedByRule where scenes of our names are somebody else's, and
    NotReady where it could not be given back as it was.
    """
    file = keep / f"borrowed-{lane.studio.host.replace(':', '_')}-{lane.studio.port}.json"
    observed = await device.observe()
    _refuse_busy(observed, lane)
    if file.exists():
        await _give_back(device, Loan(**json.loads(file.read_text(encoding="utf-8"))), lane.prefix)
        file.unlink()
        observed = await device.observe()
    if ours := _ours(observed, lane.prefix):
        raise RefusedByRule(
            _("That OBS already has {names}, which the demo would overwrite.").format(names=", ".join(ours[:3])),
            _("Rename or remove them in OBS and start again."),
        )
    loan = Loan(observed.programme or "", observed.transition or "Cut", observed.transition_ms)
    before = await device.dump()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({name: getattr(loan, name) for name in Loan.__slots__}), encoding="utf-8")
    try:
        yield
    finally:
        await asyncio.shield(_return(device, loan, lane, before, file))


def _refuse_busy(observed: Picture, lane: LanePlan) -> None:
    for doing, state in ((_("recording"), observed.record), (_("streaming"), observed.stream)):
        if state not in (None, OutputState.OFF):
            raise ObsBusy(
                _("{studio}: OBS is {doing} right now, so nothing was changed there.").format(
                    studio=lane.studio.name, doing=doing
                ),
                _("Stop it there first, or use another OBS."),
            )


async def _return(device: ObsDevice, loan: Loan, lane: LanePlan, before: object, file: Path) -> None:
    try:
        await _give_back(device, loan, lane.prefix)
        after = await device.dump()
    except ObsError as error:
        raise NotReady(
            _("{studio}: OBS could not be given back: {why}").format(studio=lane.studio.name, why=error.message),
            _("Run the same command again once it answers; it gives back first."),
        ) from error
    file.unlink(missing_ok=True)
    if after != before:
        raise NotReady(
            _("{studio}: OBS is not quite as it was before.").format(studio=lane.studio.name),
            _("Compare its scenes with your own copy of the collection."),
        )


async def _give_back(device: ObsDevice, loan: Loan, prefix: str) -> None:
    observed = await device.observe()
    requests = []
    if observed.record not in (None, OutputState.OFF):
        requests.append(Request("StopRecord", {}, "the demo's own recording"))
    if loan.programme and observed.programme != loan.programme:
        requests.append(Request("SetCurrentSceneTransition", {"transitionName": "Cut"}, "given back at once"))
        requests.append(Request("SetCurrentProgramScene", {"sceneName": loan.programme}, "the owner's scene"))
    await device.apply(requests)
    await asyncio.sleep(SETTLED_AFTER_S)
    back = [Request("SetCurrentSceneTransition", {"transitionName": loan.transition}, "the owner's transition")]
    if loan.transition_ms is not None:
        data = {"transitionDuration": loan.transition_ms}
        back.append(Request("SetCurrentSceneTransitionDuration", data, "the owner's duration"))
    scenes = {name: items for name, items in observed.scenes.items() if name.startswith(prefix)}
    # Items first: OBS keeps the sources of a removed scene until it draws again, those of a removed item it drops.
    emptied = [
        Request("RemoveSceneItem", {"sceneName": scene}, "ours", (scene, item.source))
        for scene, items in scenes.items()
        for item in items
    ]
    removed = [Request("RemoveScene", {"sceneName": scene}, "ours") for scene in scenes]
    await device.apply([*back, *emptied, *removed])
    deadline = asyncio.get_running_loop().time() + GONE_WITHIN_S
    while await _held(device, prefix, scenes) and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.1)


async def _held(device: ObsDevice, prefix: str, scenes: Iterable[str]) -> bool:
    """True while OBS still has something of ours, or keeps the name of a removed scene that it no longer lists."""
    if _ours(await device.observe(), prefix):
        return True
    for scene in scenes:
        try:
            await device.link.call("GetSourceActive", {"sourceName": scene})
        except ObsRequestFailed:
            continue
        return True
    return False


def _ours(observed: Picture, prefix: str) -> list[str]:
    return sorted(name for name in {*observed.scenes, *observed.inputs} if name.startswith(prefix))
