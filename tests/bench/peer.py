"""The peer of the cue benchmark: obs-websocket-py, one thread an OBS, each sending its cues at their instants.

It is a process of its own and does nothing else. The transition was set before, so that a cue is the one call that
changes the scene. The password is taken from the environment.

peer.py NAME=PORT...    reads one line {NAME: [[monotonic ns, scene], ...]}, and ends after the last cue
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import Any

import obswebsocket
from obswebsocket import requests

PASSWORD = "PEER_PASSWORD"


def send_cues(client: Any, cues: list[tuple[int, str]]) -> None:
    """Sleep until each instant, then change the scene and wait for the answer, as the library is meant to be used."""
    for due_ns, scene in cues:
        time.sleep(max(0, due_ns - time.monotonic_ns()) / 1e9)
        if not client.call(requests.SetCurrentProgramScene(sceneName=scene)).status:
            raise AssertionError(f"refused: {scene}")


def main(arguments: list[str]) -> int:
    clients: dict[str, Any] = {}
    for name, port in (pair.rsplit("=", 1) for pair in arguments):
        clients[name] = obswebsocket.obsws("127.0.0.1", int(port), os.environ[PASSWORD])
        clients[name].connect()
    print("ready", flush=True)
    plan = json.loads(sys.stdin.readline())
    threads = [threading.Thread(target=send_cues, args=(clients[name], cues)) for name, cues in plan.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients.values():
        client.disconnect()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
