"""One OBS as the director sees it: observe what is there, apply requests, and prove what came of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from studio.clock import Clock
from studio.errors import ObsError, ObsRequestFailed
from studio.i18n import _
from studio.model.obs import Outcome, Picture, Request
from studio.obs.dump import Dump, dump
from studio.obs.events import ObsEvent
from studio.obs.freeing import take_items_out
from studio.obs.link import CALL_MS, ObsLink, RequestResult, remedy
from studio.obs.protocol import Status
from studio.obs.prove import prove
from studio.obs.reading import (
    MAY_BE_REFUSED,
    OUTPUT_EVENTS,
    ROOTS,
    OutputNews,
    input_kinds,
    input_states,
    item_ids,
    items,
    leaves,
    news,
    output_state,
    picture,
    scene_names,
)
from studio.obs.sending import TAKE, Sent, refused_here, withheld
from studio.obs.witness import Witness

_RENUMBERING = {
    "SceneItemRemoved",
    "SceneRemoved",
    "SceneNameChanged",
    "InputNameChanged",
    "CurrentSceneCollectionChanging",
    "CurrentSceneCollectionChanged",
}
"""Events after which a (scene, source) may mean another item, or none."""

RECORDERS = ("simple_file_output", "adv_file_output", "adv_ffmpeg_output")
"""What OBS calls the output that records, by its output mode."""


@dataclass
class _Known:
    """What the events of this connection have taught; forgotten when it is lost."""

    connection: int
    studio_mode: bool | None = None
    outputs: dict[str, OutputNews] = field(default_factory=dict)
    items: dict[tuple[str, str], int] = field(default_factory=dict)


class ObsDevice:
    """Observes and changes one OBS over ``link``; instants are those of ``clock``, waits for proof too."""

    def __init__(self, link: ObsLink, clock: Clock) -> None:
        self.link = link
        self._clock = clock
        self._known = _Known(link.connections)
        self._stop_listening = link.listen(self._hear)

    def close(self) -> None:
        """Stop listening; the link is left as it is."""
        self._stop_listening()

    async def observe(self, *, scenes: Collection[str] | None = None, inputs: Collection[str] | None = None) -> Picture:
        """What is there now, in two round trips. Raises ObsError where one of the questions is not answered.

        Given ``scenes`` or ``inputs``, the picture holds of these only the ones named, as far as they are there.
        """
        roots = await self._read(ROOTS)
        listed = [name for name in scene_names(roots[0]) if scenes is None or name in scenes]
        asked = {name: kind for name, kind in input_kinds(roots[1]).items() if inputs is None or name in inputs}
        found = await self._read(leaves(listed, asked))
        known = self._fresh()
        known.studio_mode = bool(roots[3].get("studioModeEnabled"))
        of_scenes = dict(zip(listed, found, strict=False))
        for scene, answer in of_scenes.items():
            known.items.update(item_ids(scene, answer))
        now_ns = self._clock.monotonic_ns()
        outputs = {
            name: output_state(status, known.outputs.get(name), now_ns) if "outputActive" in status else None
            for name, status in zip(("record", "stream", "camera"), roots[4:], strict=True)
        }
        placed = {scene: items(answer) for scene, answer in of_scenes.items()}
        return picture(roots, placed, input_states(asked, found[len(listed) :]), outputs)

    async def call(
        self, request_type: str, data: Mapping[str, Any] | None = None, *, deadline_ms: int = CALL_MS
    ) -> dict[str, Any]:
        """Send one request and return its answer's data; raises as ``ObsLink.call`` does."""
        return await self.link.call(request_type, data, deadline_ms=deadline_ms)

    async def recording_path(self) -> str:
        """The file that is being recorded, on the OBS PC; empty where OBS does not say. Raises ObsError."""
        listed = await self.link.call("GetOutputList")
        running = [one["outputName"] for one in listed["outputs"] if one["outputActive"]]
        name = next((one for one in running if one in RECORDERS), None)
        if name is None:
            return ""
        found = (await self.link.call("GetOutputSettings", {"outputName": name}))["outputSettings"]
        return str(found.get("path") or found.get("url") or "")

    async def apply(
        self,
        requests: Sequence[Request],
        *,
        deadline_ms: int = CALL_MS,
        halt_on_failure: bool = False,
        at_ns: int | None = None,
        sent: Callable[[], None] = lambda: None,
    ) -> tuple[Outcome, ...]:
        """Send requests in their order, as one SerialRealtime batch, and return how each ended, in the same order.

        Where a request means an item that an earlier one creates, the batch is cut before it, since its number is not
        known sooner; so it is before an input that is removed. Nothing of ``studio.errors`` is raised: what went
        wrong is in the outcomes. With ``halt_on_failure`` what follows a refused request is not sent and comes back as
        refused without a code.
        While studio mode is on a scene change is refused here (505): OBS would answer success and show another scene.
        ``deadline_ms`` is real time for each answer; proof is waited for beyond it, by the clock, see ``prove``.
        What is on air changes at the monotonic instant ``at_ns``: the batch with the scene change leaves then, what
        stands before that one is sent sooner; without a scene change all of it waits.
        ``sent`` is called once everything is sent and answered, or was not: what is left then is the proof.
        """
        with Witness(self.link, self._clock) as witness:
            answered = await self._send_all(requests, deadline_ms, halt_on_failure, at_ns)
            sent()
            return await prove(self.link, self._clock, witness, answered)

    async def dump(self) -> Dump:
        """All that the user owns there, as JSON-able values; equal before and after where nothing was changed."""
        return await dump(self.link)

    async def _send_all(
        self, requests: Sequence[Request], deadline_ms: int, halt: bool, at_ns: int | None
    ) -> list[Sent]:
        sent: list[Sent] = []
        waiting: list[Sent] = []

        takes = any(request.type == TAKE for request in requests)

        async def flush() -> None:
            batch, waiting[:] = tuple(waiting), ()
            now = takes and all(one.request.type != TAKE for one in batch)
            sent.extend(await self._send(batch, deadline_ms, halt, None if now else at_ns))

        for place, request in enumerate(requests):
            if request.type == "RemoveInput":
                await flush()
                if (gone := await self._taken_out(request)) is not None:
                    sent.append(gone)
                    continue
            if request.item is not None and any(one.request.type.startswith("Remove") for one in waiting):
                await flush()  # the number known so far may be that of an item just removed
            data = await self._resolved(request)
            if data is None and waiting:
                await flush()  # an item made by this very list has a number only now
                data = await self._resolved(request)
            if data is None:
                await flush()
                sent.append(refused_here(request, Status.RESOURCE_NOT_FOUND, _("no such item in the scene")))
            elif await self._forbidden(request, waiting):
                await flush()
                sent.append(refused_here(request, Status.STUDIO_MODE_ACTIVE, _("studio mode is on")))
            else:
                waiting.append(Sent(request, data))
            if halt and any(one.answer is not None and not one.answer.ok for one in sent):
                rest = [*(one.request for one in waiting), *requests[place + 1 :]]
                return sent + [withheld(one, _("not sent: an earlier request was refused")) for one in rest]
        await flush()
        return sent

    async def _send(self, waiting: Sequence[Sent], deadline_ms: int, halt: bool, at_ns: int | None) -> list[Sent]:
        """Send one batch; a scene change in it is preceded by the question what is on air."""
        if not waiting:
            return []
        asked: list[Request] = []
        for one in waiting:
            if one.request.type == TAKE:
                asked.append(Request("GetCurrentProgramScene"))
            asked.append(Request(one.request.type, one.data))
        if at_ns is not None:
            await self._clock.sleep_until(at_ns)
        left = self.link.connected
        sent_ns = self._clock.monotonic_ns()
        try:
            answers = iter(await self.link.batch(asked, deadline_ms=deadline_ms, halt_on_failure=halt))
        except ObsError as error:
            return [replace(one, sent_ns=sent_ns if left else None, trouble=error.message) for one in waiting]
        answered_ns = self._clock.monotonic_ns()
        done = []
        for one in waiting:
            before = next(answers, None) if one.request.type == TAKE else None
            answer = next(answers, None)
            if answer is None:
                done.append(withheld(one.request, _("not sent: an earlier request was refused")))
                continue
            on_air = before.data.get("currentProgramSceneName") if before is not None else None
            done.append(replace(one, sent_ns=sent_ns, answered_ns=answered_ns, answer=answer, was_on_air=on_air))
            self._learn(one, answer)
        return done

    def _learn(self, one: Sent, answer: RequestResult) -> None:
        """Keep the number of an item that was just created, and studio mode; forget all where something was removed."""
        if answer.ok and one.request.type == "SetStudioModeEnabled":  # its event may come after the next batch
            self._fresh().studio_mode = bool(one.data.get("studioModeEnabled"))
        if answer.ok and one.request.type.startswith("Remove"):
            self._fresh().items.clear()
        if answer.ok and "sceneItemId" in answer.data and one.request.type in ("CreateInput", "CreateSceneItem"):
            source = one.data.get("inputName", one.data.get("sourceName"))
            self._fresh().items[(str(one.data.get("sceneName")), str(source))] = int(answer.data["sceneItemId"])

    async def _resolved(self, request: Request) -> Mapping[str, Any] | None:
        """The data to send: with the number of the item the request means; None where OBS knows no such item."""
        if request.item is None:
            return request.data
        known = self._fresh().items
        if request.item not in known:
            scene, source = request.item
            try:
                found = await self.link.call("GetSceneItemId", {"sceneName": scene, "sourceName": source})
                known[request.item] = int(found["sceneItemId"])
            except ObsRequestFailed:
                return None
            except (ObsError, KeyError, TypeError, ValueError):
                return {**request.data, "sceneItemId": -1}  # the batch will meet the same trouble, and say it
        return {**request.data, "sceneItemId": known[request.item]}

    async def _forbidden(self, request: Request, waiting: Sequence[Sent]) -> bool:
        """Whether this is a scene change while studio mode is, and stays, on."""
        if request.type != TAKE:
            return False
        known = self._fresh()
        if known.studio_mode is None:
            try:
                known.studio_mode = bool((await self.link.call("GetStudioModeEnabled")).get("studioModeEnabled"))
            except ObsError:
                return False  # the batch will meet the same trouble, and say it
        ordered = [one.data.get("studioModeEnabled") for one in waiting if one.request.type == "SetStudioModeEnabled"]
        return bool(ordered[-1]) if ordered else known.studio_mode

    async def _taken_out(self, request: Request) -> Sent | None:
        """Take an input out of all scenes, by which it vanishes; None where RemoveInput itself must still be sent."""
        sent_ns = self._clock.monotonic_ns()
        try:
            gone = await take_items_out(self.link, str(request.data["inputName"]))
        except ObsError:
            return None  # RemoveInput will meet the same trouble, and say it
        self._fresh().items.clear()
        if not gone:
            return None
        answer = RequestResult(request.type, True, Status.SUCCESS)
        return Sent(request, request.data, sent_ns, self._clock.monotonic_ns(), answer)

    async def _read(self, requests: Sequence[Request]) -> list[Mapping[str, Any]]:
        """Ask all and return the data of each answer; raises ObsRequestFailed where one is refused that may not be."""
        if not requests:
            return []
        results = await self.link.batch(requests)
        for result in results:
            if not result.ok and result.type not in MAY_BE_REFUSED:
                raise ObsRequestFailed(result.type, result.code, result.comment, remedy(result.code))
        return [result.data for result in results]

    def _fresh(self) -> _Known:
        """What is known of the present connection."""
        if self._known.connection != self.link.connections:
            self._known = _Known(self.link.connections)
        return self._known

    def _hear(self, event: ObsEvent) -> None:
        known = self._fresh()
        if event.type == "StudioModeStateChanged":
            known.studio_mode = bool(event.fields.get("studioModeEnabled"))
        elif event.type in OUTPUT_EVENTS:
            known.outputs[OUTPUT_EVENTS[event.type]] = news(event.fields, event.arrived_ns)
        elif event.type in _RENUMBERING:
            known.items.clear()
