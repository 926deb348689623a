"""How long a whole cue takes: by our link, by obs-websocket-py's three calls, and by a bare socket.

A cue is transition, duration, scene, measured from the first byte sent to the last answer read, on a real OBS that
this script starts. The three subjects take turns, cue by cue, so that whatever else the machine does hits all alike.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp

if __name__ == "__main__":  # run as a script, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import obswebsocket
from obswebsocket import requests

from studio.model.obs import Request
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.obs.protocol import authentication
from studio.timekeeper import SystemClock
from tests.real_obs import RealObs, real_obs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SPACING_S = 0.8
TRANSITION_MS = 100
"""Short, so that no cue falls into the transition of the one before."""
SCENES = ("Bench A", "Bench B")
TRANSITIONS = ("Fade", "Cut")


class Subject(Protocol):
    """One way of sending; each method returns after the last answer."""

    async def cue(self, transition: str, duration_ms: int, scene: str) -> None: ...

    async def change(self, scene: str) -> None: ...


class Ours:
    """The project's link: two sockets, one batch a cue."""

    def __init__(self, link: ObsLink) -> None:
        self._link = link

    async def cue(self, transition: str, duration_ms: int, scene: str) -> None:
        results = await self._link.batch(
            [
                Request("SetCurrentSceneTransition", {"transitionName": transition}),
                Request("SetCurrentSceneTransitionDuration", {"transitionDuration": duration_ms}),
                Request("SetCurrentProgramScene", {"sceneName": scene}),
            ]
        )
        if not all(result.ok for result in results):
            raise AssertionError(results)

    async def change(self, scene: str) -> None:
        await self._link.call("SetCurrentProgramScene", {"sceneName": scene})


class Bare:
    """A socket without events that sends the same text and waits for one message; nothing is parsed but its status."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def cue(self, transition: str, duration_ms: int, scene: str) -> None:
        parts = [
            {"requestType": "SetCurrentSceneTransition", "requestData": {"transitionName": transition}},
            {"requestType": "SetCurrentSceneTransitionDuration", "requestData": {"transitionDuration": duration_ms}},
            {"requestType": "SetCurrentProgramScene", "requestData": {"sceneName": scene}},
        ]
        fields = {"requestId": "1", "haltOnFailure": False, "executionType": 0, "requests": parts}
        await self._socket.send_str(json.dumps({"op": 8, "d": fields}))
        answer = await self._socket.receive_str()
        if answer.count('"result":true') != len(parts):
            raise AssertionError(answer)

    async def change(self, scene: str) -> None:
        fields = {"requestType": "SetCurrentProgramScene", "requestId": "1", "requestData": {"sceneName": scene}}
        await self._socket.send_str(json.dumps({"op": 6, "d": fields}))
        answer = await self._socket.receive_str()
        if '"result":true' not in answer:
            raise AssertionError(answer)


class Theirs:
    """obs-websocket-py in its own thread, as it is meant to be used: one blocking call after another."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def cue(self, transition: str, duration_ms: int, scene: str) -> None:
        await asyncio.to_thread(self.cue_now, transition, duration_ms, scene)

    async def change(self, scene: str) -> None:
        await asyncio.to_thread(self._call, requests.SetCurrentProgramScene(sceneName=scene))

    def cue_now(self, transition: str, duration_ms: int, scene: str) -> float:
        """Send the three calls; return the seconds they took, without the hop into this thread."""
        began = time.perf_counter()
        self._call(requests.SetCurrentSceneTransition(transitionName=transition))
        self._call(requests.SetCurrentSceneTransitionDuration(transitionDuration=duration_ms))
        self._call(requests.SetCurrentProgramScene(sceneName=scene))
        return time.perf_counter() - began

    def _call(self, request: Any) -> None:
        if not self._client.call(request).status:
            raise AssertionError(f"refused: {request}")


@contextlib.asynccontextmanager
async def bare(obs: RealObs) -> AsyncIterator[Bare]:
    """The least one can do: one socket, one handshake, no events."""
    async with aiohttp.ClientSession() as session, session.ws_connect(f"ws://{obs.host}:{obs.port}") as socket:
        asked = (await socket.receive_json())["d"]["authentication"]
        proof = authentication(obs.password, asked["salt"], asked["challenge"])
        await socket.send_json({"op": 1, "d": {"rpcVersion": 1, "eventSubscriptions": 0, "authentication": proof}})
        if (await socket.receive_json())["op"] != 2:
            raise AssertionError("not identified")
        yield Bare(socket)


@contextlib.contextmanager
def theirs(obs: RealObs) -> Any:
    """The other client, connected; it knows no way to do without events."""
    client = obswebsocket.obsws(obs.host, obs.port, obs.password)
    client.connect()
    raw = client.ws.sock
    yield Theirs(client)
    client.disconnect()
    raw.close()


async def cues(subjects: dict[str, Subject], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each cue by subject; one cue every ``SPACING_S``, the subjects in turn."""
    took: dict[str, list[float]] = {name: [] for name in subjects}
    count = 0
    due = time.perf_counter()
    for turn in range(rounds + 1):  # the first turn warms up and is not counted
        for name, subject in subjects.items():
            due += SPACING_S
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            plan = (TRANSITIONS[count % 2], TRANSITION_MS + count % 7, SCENES[count % 2])
            milliseconds = await timed(subject, plan)
            count += 1
            if turn:
                took[name].append(milliseconds)
    return took


async def timed(subject: Subject, plan: tuple[str, int, str]) -> float:
    """Milliseconds of one cue; a blocking client is timed inside its own thread, where its first byte leaves."""
    if isinstance(subject, Theirs):
        return await asyncio.to_thread(subject.cue_now, *plan) * 1000
    began = time.perf_counter()
    await subject.cue(*plan)
    return (time.perf_counter() - began) * 1000


async def changes(subjects: dict[str, Subject], count: int) -> dict[str, list[float]]:
    """Milliseconds of single scene changes by Cut, back to back, one subject after the other."""
    took: dict[str, list[float]] = {}
    for name, subject in subjects.items():
        await subject.cue("Cut", TRANSITION_MS, SCENES[0])
        await asyncio.sleep(0.3)
        took[name] = []
        for number in range(count):
            began = time.perf_counter()
            await subject.change(SCENES[(number + 1) % 2])
            took[name].append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.3)
    return took


def percentile(values: list[float], part: float) -> float:
    """The value below which ``part`` of the values lie, by linear interpolation."""
    ordered = sorted(values)
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


async def measure(obs: RealObs, rounds: int, singles: int) -> dict[str, Any]:
    """All figures of one run."""
    async with ObsLink(Address(obs.host, obs.port, obs.password), SystemClock()) as link, bare(obs) as socket:
        version = str((await link.call("GetVersion"))["obsVersion"])
        for scene in SCENES:
            await link.call("CreateScene", {"sceneName": scene})
        with theirs(obs) as other:
            subjects: dict[str, Subject] = {"ours": Ours(link), "obs_websocket_py": other, "bare": socket}
            whole = await cues(subjects, rounds)
            single = await changes(subjects, singles)
    found: dict[str, Any] = {"obs_version": version, "cues_each": rounds}
    for name, values in whole.items():
        found[f"{name}_ms_p50"] = round(statistics.median(values), 3)
        found[f"{name}_ms_p99"] = round(percentile(values, 0.99), 3)
    for name, values in single.items():
        found[f"single_{name}_ms_p50"] = round(statistics.median(values), 3)
        found[f"single_{name}_ms_p99"] = round(percentile(values, 0.99), 3)
    found["ours_to_obs_websocket_py"] = round(found["ours_ms_p50"] / found["obs_websocket_py_ms_p50"], 4)
    found["ours_to_bare"] = round(found["ours_ms_p50"] / found["bare_ms_p50"], 3)
    return found


def table(found: dict[str, Any]) -> str:
    """The figures for a person."""
    names = ("ours", "obs_websocket_py", "bare")
    lines = [f"OBS {found['obs_version']}, {found['cues_each']} cues each, {SPACING_S} s apart; milliseconds"]
    lines.append(f"{'':18}{'cue p50':>10}{'cue p99':>10}{'single p50':>12}{'single p99':>12}")
    for name in names:
        figures = [found[f"{name}_ms_p50"], found[f"{name}_ms_p99"]]
        singles = [found[f"single_{name}_ms_p50"], found[f"single_{name}_ms_p99"]]
        lines.append(f"{name:18}{figures[0]:10.2f}{figures[1]:10.2f}{singles[0]:12.2f}{singles[1]:12.2f}")
    lines.append(f"ours / obs-websocket-py {found['ours_to_obs_websocket_py']:.3f} (goal at most 0.125)")
    lines.append(f"ours / bare socket      {found['ours_to_bare']:.3f} (goal at most 1.3)")
    return "\n".join(lines)


def main() -> int:
    """Run it; 0 whatever the figures are, 1 only where something broke (by a traceback)."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="under a minute: fewer cues")
    parser.add_argument("--json", action="store_true", help="nothing but the JSON object")
    asked = parser.parse_args()
    rounds, singles = (16, 40) if asked.quick else (80, 150)
    with tempfile.TemporaryDirectory() as folder, real_obs(Path(folder), canvas=(1080, 1920), fps=30) as obs:
        found = asyncio.run(measure(obs, rounds, singles))
    if not asked.json:
        print(table(found))
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
