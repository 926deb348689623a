"""A borrowed OBS: nothing of ours may stay behind, whatever ended the run."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from studio.errors import NotReady, ObsBusy, ObsError, ObsRequestFailed, RefusedByRule
from studio.i18n import _
from studio.model.obs import OutputState, Picture, Request
from studio.model.plan import LanePlan
from studio.model.studio import is_loopback
from studio.obs.device import ObsDevice
from studio.obs.protocol import Status

log = logging.getLogger(__name__)

SETTLED_AFTER_S = 0.3
"""A transition swapped out within a few frames of its end keeps the old scene, and that scene's name, for itself."""
GONE_WITHIN_S = 5.0
"""OBS destroys the sources of a removed scene in its own time; measured on OBS 29, well under a second."""
RETURN_WITHIN_S = 20.0
"""How long a lost link may take to come back before the loan is left to the next run."""


@dataclass(frozen=True, slots=True)
class Loan:
    """What the owner had on before, and whether a recording is ours: enough to give the OBS back."""

    programme: str
    transition: str
    transition_ms: int | None
    recording: bool = False


class Borrowed:
    """One OBS on loan; the loan stands in a file too, so that the next run gives back what a killed one could not."""

    def __init__(self, device: ObsDevice, lane: LanePlan, keep: Path) -> None:
        host = "local" if is_loopback(lane.studio.host) else lane.studio.host.replace(":", "_")
        self._file = keep / f"borrowed-{host}-{lane.studio.port}.json"
        self._device = device
        self._name = lane.studio.name
        self._prefix = lane.prefix
        self._loan: Loan | None = None

    def will_record(self) -> None:
        """Note, before it begins, that a recording is ours to stop."""
        if self._loan is not None:
            self._note(replace(self._loan, recording=True))

    async def take(self) -> object:
        """Give back what an earlier run left, refuse what is not ours to touch, note the loan, and return a dump."""
        observed = await self._device.observe()
        if self._file.exists():
            await self._recover(observed)
            observed = await self._device.observe()
        self._refuse_busy(observed)
        if ours := _ours(observed, self._prefix):
            raise RefusedByRule(
                _("That OBS already has {names}, which the demo would overwrite.").format(names=", ".join(ours[:3])),
                _("Rename or remove them in OBS and start again."),
            )
        before = await self._device.dump()
        loan = Loan(observed.programme or "", observed.transition or "Cut", observed.transition_ms)
        self._note(loan)
        if loan.transition_ms is None:
            self._note(replace(loan, transition_ms=await self._hidden_duration(loan.transition)))
        return before

    async def still_free(self) -> None:
        """Refuse what began meanwhile: OBS calls a stream active only once its server has answered. Raises ObsBusy."""
        self._refuse_busy(await self._device.observe(scenes=(), inputs=()))

    async def give_back(self, before: object) -> None:
        """Make everything as it was; raises NotReady that says what is not."""
        assert self._loan is not None
        deadline = asyncio.get_running_loop().time() + RETURN_WITHIN_S
        while True:
            try:
                await self._give_back(self._loan)
                after = await self._device.dump()
                break
            except ObsError as error:
                if asyncio.get_running_loop().time() >= deadline:
                    raise NotReady(
                        _("{studio}: OBS could not be given back: {why}").format(studio=self._name, why=error.message),
                        _("Run the same command again once it answers; it gives back first."),
                    ) from error
                await asyncio.sleep(0.5)
        self._file.unlink(missing_ok=True)
        if after != before:
            raise NotReady(
                _("{studio}: OBS is not quite as it was before ({what}).").format(
                    studio=self._name, what=", ".join(_differing(before, after))
                ),
                _("Compare its scenes with your own copy of the collection."),
            )

    async def _recover(self, observed: Picture) -> None:
        loan = Loan(**json.loads(self._file.read_text(encoding="utf-8")))
        ours_on_air = (observed.programme or "").startswith(self._prefix)
        if not (loan.recording and ours_on_air):
            self._refuse_busy(observed)  # a recording that may be the owner's is the owner's
            loan = replace(loan, recording=False)
        await self._give_back(loan)
        self._file.unlink()

    def _refuse_busy(self, observed: Picture) -> None:
        for doing, state in ((_("recording"), observed.record), (_("streaming"), observed.stream)):
            if state not in (None, OutputState.OFF):
                raise ObsBusy(
                    _("{studio}: OBS is {doing} right now, so nothing was changed there.").format(
                        studio=self._name, doing=doing
                    ),
                    _("Stop it there first, or use another OBS."),
                )

    def _note(self, loan: Loan) -> None:
        self._loan = loan
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps(asdict(loan), ensure_ascii=False), encoding="utf-8")
        part.replace(self._file)

    async def _hidden_duration(self, chosen: str) -> int | None:
        """The duration that OBS keeps for its other transitions while one without any is chosen; None without another.

        OBS tells it only of the chosen one, so another is chosen for a moment; no scene changes meanwhile.
        """
        listed = (await self._device.link.call("GetSceneTransitionList"))["transitions"]
        other = next((one["transitionName"] for one in listed if not one["transitionFixed"]), None)
        if other is None:
            return None
        await self._device.apply([_choose(other)])
        duration = (await self._device.observe()).transition_ms
        await self._device.apply([_choose(chosen)])
        return duration

    async def _give_back(self, loan: Loan) -> None:
        observed = await self._device.observe()
        if loan.recording and observed.record not in (None, OutputState.OFF):
            await self._must([Request("StopRecord", {}, "the demo's own recording")])
        home = next((name for name in (loan.programme, *observed.scenes) if self._is_owners(name, observed)), None)
        if home is not None and observed.programme != home:
            show = Request("SetCurrentProgramScene", {"sceneName": home}, "the owner's scene")
            await self._must([_choose("Cut"), show])
            await asyncio.sleep(SETTLED_AFTER_S)
        scenes = {name: items for name, items in observed.scenes.items() if name.startswith(self._prefix)}
        # Items first: OBS keeps the sources of a removed scene until it draws again, those of a removed item it drops.
        emptied = [
            Request("RemoveSceneItem", {"sceneName": scene}, "ours", (scene, item.source))
            for scene, items in scenes.items()
            for item in items
        ]
        removed = [Request("RemoveScene", {"sceneName": scene}, "ours") for scene in scenes]
        # Each transition keeps the last scene it led to, name and all, until it is chosen again.
        listed = (await self._device.link.call("GetSceneTransitionList"))["transitions"]
        others = [one["transitionName"] for one in listed if one["transitionName"] != loan.transition]
        back = [*(_choose(name) for name in others), _choose(loan.transition)]
        if loan.transition_ms is not None:
            data = {"transitionDuration": loan.transition_ms}
            back.append(Request("SetCurrentSceneTransitionDuration", data, "the owner's duration"))
        await self._must([*back, *emptied, *removed])
        deadline = asyncio.get_running_loop().time() + GONE_WITHIN_S
        while await self._held(scenes):
            if asyncio.get_running_loop().time() >= deadline:
                raise self._left(_("it still holds scenes of the demo"))
            await asyncio.sleep(0.1)

    def _is_owners(self, name: str, observed: Picture) -> bool:
        return name in observed.scenes and not name.startswith(self._prefix)

    async def _held(self, scenes: Iterable[str]) -> bool:
        """True while OBS still has something of ours, or keeps the name of a removed scene that it no longer lists."""
        if _ours(await self._device.observe(), self._prefix):
            return True
        for scene in scenes:
            try:
                await self._device.link.call("GetSourceActive", {"sourceName": scene})
            except ObsRequestFailed:
                continue
            return True
        return False

    async def _must(self, requests: Sequence[Request]) -> None:
        outcomes = await self._device.apply(requests)
        # OBS calls an output active for some frames after it has stopped, and then refuses to stop it again.
        failed = [one for one in outcomes if one.result != "confirmed" and one.code != Status.OUTPUT_NOT_RUNNING]
        if failed and not self._device.link.connected:
            raise await self._device.link.wait_lost()
        if failed:
            raise self._left("; ".join(f"{one.request.type}: {one.code or ''} {one.comment}" for one in failed[:3]))

    def _left(self, why: str) -> NotReady:
        return NotReady(
            _("{studio}: OBS could not be given back: {why}").format(studio=self._name, why=why),
            _("Put that right in OBS and run the same command again; it gives back first."),
        )


@asynccontextmanager
async def borrowed(device: ObsDevice, lane: LanePlan, keep: Path) -> AsyncIterator[Borrowed]:
    """Lend the OBS for a ``with`` block; afterwards our scenes are gone and its own are on as before.

    The loan is kept in a file of ``keep`` meanwhile. Raises ObsBusy where it streams or records, RefusedByRule where
    scenes of our names are somebody else's, and NotReady where it could not be given back as it was.
    """
    loan = Borrowed(device, lane, keep)
    before = await loan.take()
    try:
        yield loan
    finally:
        await asyncio.shield(loan.give_back(before))


def _choose(transition: str) -> Request:
    return Request("SetCurrentSceneTransition", {"transitionName": transition}, "for the loan")


def _ours(observed: Picture, prefix: str) -> list[str]:
    return sorted(name for name in {*observed.scenes, *observed.inputs} if name.startswith(prefix))


def _differing(before: object, after: object) -> list[str]:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    return sorted(str(key) for key in {*before, *after} if before.get(key) != after.get(key))
