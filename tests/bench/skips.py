"""Asks each OBS twice a second, on a connection of its own, how many frames its renderer and its encoder skipped."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

import websocket

from studio.obs.protocol import RPC_VERSION, OpCode, authentication
from tests.real_obs import RealObs

EVERY_S = 0.5
AROUND_NS = 1_000_000_000
"""A cue this near to a skipped frame says nothing of the sender."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Totals since that OBS began: frames drawn and skipped by the renderer, and by the encoder while recording."""

    ns: int
    rendered: int
    render_skipped: int
    encoded: int
    encode_skipped: int

    @property
    def skipped(self) -> int:
        return self.render_skipped + self.encode_skipped


class SkipWatch:
    """Watches for the length of a ``with`` block; ``readings`` by studio."""

    def __init__(self, six: Mapping[str, RealObs]) -> None:
        self.readings: dict[str, list[Reading]] = {name: [] for name in six}
        self._peers = {name: _identified(obs) for name, obs in six.items()}
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="skips")

    def __enter__(self) -> SkipWatch:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._enough.set()
        self._thread.join()
        for peer in self._peers.values():
            peer.close()

    def _watch(self) -> None:
        while not self._enough.wait(EVERY_S):
            for name, peer in self._peers.items():
                self.readings[name].append(_ask(peer))

    def share(self, name: str, from_ns: int, to_ns: int) -> float:
        """Skipped frames of both kinds, as a share of the frames drawn between two instants."""
        inside = [one for one in self.readings[name] if from_ns <= one.ns <= to_ns]
        first, last = inside[0], inside[-1]
        return (last.skipped - first.skipped) / (last.rendered - first.rendered)

    def near(self, name: str, ns: int) -> bool:
        """Whether a frame was skipped within a second of that instant, as far as the readings tell."""
        around = [one for one in self.readings[name] if abs(one.ns - ns) <= AROUND_NS + EVERY_S * 1_000_000_000]
        return not around or around[-1].skipped > around[0].skipped


def _identified(obs: RealObs) -> websocket.WebSocket:
    peer = websocket.create_connection(f"ws://{obs.host}:{obs.port}", timeout=10)
    asked = json.loads(peer.recv())["d"]["authentication"]
    proof = authentication(obs.password, asked["salt"], asked["challenge"])
    identify = {"rpcVersion": RPC_VERSION, "eventSubscriptions": 0, "authentication": proof}
    peer.send(json.dumps({"op": OpCode.IDENTIFY, "d": identify}))
    assert json.loads(peer.recv())["op"] == OpCode.IDENTIFIED
    return peer


def _ask(peer: websocket.WebSocket) -> Reading:
    peer.send(json.dumps({"op": OpCode.REQUEST, "d": {"requestType": "GetStats", "requestId": "stats"}}))
    stats = json.loads(peer.recv())["d"]["responseData"]
    totals = ("renderTotalFrames", "renderSkippedFrames", "outputTotalFrames", "outputSkippedFrames")
    return Reading(time.monotonic_ns(), *(int(stats[key]) for key in totals))
