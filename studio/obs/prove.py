"""Turns what was sent and answered into outcomes: by events, and by reading back where no event tells."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from studio.clock import NS_PER_MS, Clock
from studio.errors import ObsError
from studio.i18n import _
from studio.model.obs import Outcome, Request
from studio.obs.events import ObsEvent
from studio.obs.link import ObsLink
from studio.obs.outputs import OUTPUTS, OutputProof, has_grown
from studio.obs.readback import proves, question, superseded
from studio.obs.sending import TAKE, Sent, starts_clip
from studio.obs.witness import Witness

START_MS = 2_000
"""How long after its answer a transition or an output may take to begin."""
END_MS = 2_000
"""How long after its nominal end a transition may take to be reported."""
POLL_MS = 100
UNTOLD_MS = 1_000
"""So often OBS is asked whether an output has stopped whose end it does not report."""
READ_BACK_TRIES = 4

Result = Literal["confirmed", "refused", "timed_out"]


async def prove(link: ObsLink, clock: Clock, witness: Witness, sent: Sequence[Sent]) -> tuple[Outcome, ...]:
    """How each request ended, in the same order.

    A scene change: its SceneTransitionStarted, then the CurrentProgramSceneChanged that ends it, or that it was on air
    already. An output: its last state event, and for a start a duration or a size that grows. A clip: its cursor moves.
    Others: their getter. A request that no getter reads back is confirmed by OBS's answer alone.
    """
    proof = _Proof(link, clock, witness)
    told = asyncio.gather(*(proof.by_event(one) for one in sent))
    read, by_event = await asyncio.gather(proof.by_reading(sent), told)
    return tuple(
        event or reading or _ended(one, "confirmed") for one, event, reading in zip(sent, by_event, read, strict=True)
    )


class _Proof:
    """The search for proofs on one link."""

    def __init__(self, link: ObsLink, clock: Clock, witness: Witness) -> None:
        self.link, self.clock, self.witness = link, clock, witness

    async def by_event(self, sent: Sent) -> Outcome | None:
        """The outcome of a scene change, an output or a clip; None for every other request that was answered."""
        answer = sent.answer
        if answer is not None and not answer.ok:
            return _ended(sent, "refused", code=answer.code, comment=answer.comment)
        if sent.withheld:
            return _ended(sent, "refused", comment=sent.trouble)
        if sent.sent_ns is None:
            return _ended(sent, "timed_out", comment=sent.trouble)
        if sent.request.type == TAKE:
            return await self._scene(sent, sent.sent_ns)
        if (proof := OUTPUTS.get(sent.request.type)) is not None:
            return await self._output(sent, sent.sent_ns, proof)
        if starts_clip(sent):
            return await self._clip(sent, sent.sent_ns)
        return _ended(sent, "timed_out", comment=sent.trouble) if answer is None else None

    async def by_reading(self, sent: Sequence[Sent]) -> list[Outcome | None]:
        """The outcomes of the requests that are neither refused nor proved by events; None for the others."""
        ended: list[Outcome | None] = [None] * len(sent)
        asked: dict[int, Request] = {}
        for place, one in enumerate(sent):
            told = one.request.type == TAKE or one.request.type in OUTPUTS or starts_clip(one)
            if one.answer is None or not one.answer.ok or told:
                continue
            getter = question(one.request, one.data)
            later = sent[place + 1 :]
            if getter is None or any(superseded(one.request.type, one.data, by.request.type, by.data) for by in later):
                ended[place] = _ended(one, "confirmed")
            else:
                asked[place] = getter
        for attempt in range(READ_BACK_TRIES):
            if not asked:
                break
            if attempt:
                await self.clock.sleep_until(self.clock.monotonic_ns() + POLL_MS * NS_PER_MS)
            found = await self._ask_all(list(asked.values()))
            now_ns = self.clock.monotonic_ns()
            for place, answer in zip(tuple(asked), found, strict=True):
                if answer is not None and proves(sent[place].request, sent[place].data, answer):
                    ended[place] = _ended(sent[place], "confirmed", changed_ns=now_ns)
                    del asked[place]
        for place in asked:
            comment = _("OBS answered success, but reading back does not show it")
            ended[place] = _ended(sent[place], "timed_out", comment=comment)
        return ended

    async def _scene(self, sent: Sent, since_ns: int) -> Outcome:
        scene = sent.data.get("sceneName")
        if sent.was_on_air == scene:
            return _ended(sent, "confirmed", changed_ns=sent.answered_ns, comment=_("it was on air already"))
        started = await self._wait(_is("SceneTransitionStarted"), since_ns, START_MS)
        changed = None
        if started is not None:
            limit_ms = await self._transition_ms(scene) + END_MS
            changed = await self._wait(_is("CurrentProgramSceneChanged", sceneName=scene), since_ns, limit_ms)
        started_ns = started.arrived_ns if started else None
        if changed is not None:
            return _ended(sent, "confirmed", started_ns=started_ns, changed_ns=changed.arrived_ns)
        answer = await self._ask("GetCurrentProgramScene")
        on_air = answer.get("currentProgramSceneName")
        if on_air == scene:
            comment = _("read back; OBS did not report the end of the transition")
            return _ended(sent, "confirmed", started_ns=started_ns, comment=comment)
        comment = _("scene {scene} is on air").format(scene=on_air) if on_air is not None else sent.trouble
        return _ended(sent, "timed_out", started_ns=started_ns, comment=comment or _("neither reported nor readable"))

    async def _transition_ms(self, scene: object) -> int:
        """The duration of the transition under way; 0 for a Cut, or where OBS does not say."""
        asked = (Request("GetSceneSceneTransitionOverride", {"sceneName": scene}), Request("GetCurrentSceneTransition"))
        override, general = await self._ask_all(asked)
        used = override if override and override.get("transitionName") is not None else general or {}
        duration = used.get("transitionDuration")
        return int(duration) if isinstance(duration, int | float) else 0

    async def _output(self, sent: Sent, since_ns: int, proof: OutputProof) -> Outcome:
        began = await self._wait(proof.tells(proof.began, proof.ended), since_ns, START_MS)
        ended = None
        if began is not None:
            ended = await self._change_told(proof, since_ns)
        status = await self._ask(proof.status)
        began_ns = began.arrived_ns if began else None
        data = {**(ended.fields if ended else {}), **(sent.answer.data if sent.answer else {})}
        if ended is None or ended.fields.get("outputState") != proof.ended:
            if status and bool(status.get("outputActive")) == proof.on:
                comment = _("read back; OBS did not report it")
                return _ended(sent, "confirmed", started_ns=began_ns, comment=comment, data=data)
            comment = sent.trouble or _("OBS did not report it, and reading back does not show it")
            return _ended(sent, "timed_out", started_ns=began_ns, comment=comment)
        if not (proof.on and proof.grows):
            return _ended(sent, "confirmed", started_ns=began_ns, changed_ns=ended.arrived_ns, data=data)
        grown_ns = await self._grown(proof, status)
        if grown_ns is None:
            comment = _("OBS reports a start, but nothing is written")
            return _ended(sent, "timed_out", started_ns=ended.arrived_ns, comment=comment, data=data)
        return _ended(sent, "confirmed", started_ns=ended.arrived_ns, changed_ns=grown_ns, data=data)

    async def _change_told(self, proof: OutputProof, since_ns: int) -> ObsEvent | None:
        """The event that ends the change; None where none comes in time, or OBS has stopped without telling."""
        tells, stopped = proof.tells(proof.ended, *proof.failed), False
        until_ns = self.clock.monotonic_ns() + proof.limit_ms * NS_PER_MS
        while not stopped and (left_ms := (until_ns - self.clock.monotonic_ns()) // NS_PER_MS) > 0:
            told = await self._wait(tells, since_ns, left_ms if proof.on else min(UNTOLD_MS, left_ms))
            if told is not None:
                return told
            status = await self._ask(proof.status)
            stopped = not proof.on and status.get("outputActive") is False
        return await self._wait(tells, since_ns, POLL_MS) if stopped else None

    async def _grown(self, proof: OutputProof, first: Mapping[str, Any]) -> int | None:
        """When more was written than at the first reading; None where nothing was in time."""
        until_ns = self.clock.monotonic_ns() + proof.limit_ms * NS_PER_MS
        while (now_ns := self.clock.monotonic_ns()) < until_ns and self.link.connected:
            await self.clock.sleep_until(now_ns + POLL_MS * NS_PER_MS)
            status = await self._ask(proof.status)
            if status and not status.get("outputActive"):
                return None
            if has_grown(first, status):
                return self.clock.monotonic_ns()
        return None

    async def _clip(self, sent: Sent, since_ns: int) -> Outcome:
        """A started clip is proved by its cursor that moves, or by its end where it was that short.

        Measured on OBS 29: without a file it reports MediaInputPlaybackStarted and "playing" all the same, and off air
        "playing" at a cursor that stands still.
        """
        name = sent.data.get("inputName")
        started = await self._wait(_is("MediaInputPlaybackStarted", inputName=name), since_ns, START_MS)
        started_ns = started.arrived_ns if started else None
        first: object = None
        for _attempt in range(READ_BACK_TRIES):
            status = await self._ask("GetMediaInputStatus", {"inputName": name})
            cursor, now_ns = status.get("mediaCursor"), self.clock.monotonic_ns()
            ended = self.witness.first(_is("MediaInputPlaybackEnded", inputName=name), started_ns or since_ns)
            moves = None not in (first, cursor) and cursor != first
            if moves or (started and ended):
                return _ended(sent, "confirmed", started_ns=started_ns, changed_ns=now_ns)
            first = cursor
            await self.clock.sleep_until(now_ns + POLL_MS * NS_PER_MS)
        comment = sent.trouble or _("the clip does not play: its file is missing, or its scene is not on air")
        return _ended(sent, "timed_out", started_ns=started_ns, comment=comment)

    async def _wait(self, matches: Callable[[ObsEvent], bool], since_ns: int, limit_ms: int) -> ObsEvent | None:
        return await self.witness.wait(matches, since_ns, self.clock.monotonic_ns() + limit_ms * NS_PER_MS)

    async def _ask(self, request_type: str, data: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """The answer, or nothing where there is none."""
        return (await self._ask_all([Request(request_type, data or {})]))[0] or {}

    async def _ask_all(self, requests: Sequence[Request]) -> list[Mapping[str, Any] | None]:
        """The answers in one batch; None for each that was refused or never came."""
        try:
            return [result.data if result.ok else None for result in await self.link.batch(requests)]
        except ObsError:
            return [None] * len(requests)


def _ended(
    sent: Sent,
    result: Result,
    *,
    started_ns: int | None = None,
    changed_ns: int | None = None,
    code: int | None = None,
    comment: str = "",
    data: Mapping[str, Any] | None = None,
) -> Outcome:
    answered = sent.answer.data if sent.answer else {}
    found = dict(answered if data is None else data)
    return Outcome(
        sent.request, result, sent.sent_ns, sent.answered_ns, started_ns, changed_ns, code, comment, found
    )  # fmt: skip


def _is(event_type: str, **fields: object) -> Callable[[ObsEvent], bool]:
    return lambda event: event.type == event_type and all(event.fields.get(key) == fields[key] for key in fields)
