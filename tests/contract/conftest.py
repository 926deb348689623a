"""The two subjects of the contract, each with a portrait and a landscape canvas, and a clean desk for every test."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.wire import NAMED, PREFIX, Subject, Wire, eventually, listener, wire
from tests.real_obs import real_obs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.contract.wire import Listener

PASSWORD = "contract 密码"
FPS = 30
ONCE = [("virtual", "portrait"), ("real", "landscape")]
"""For cases that are slow and that the canvas cannot change: each subject once, by indirect parametrization."""
CANVASES = {"portrait": (360, 640), "landscape": (640, 360)}
SUBJECTS = [(kind, canvas) for kind in ("virtual", "real") for canvas in CANVASES]


@pytest.fixture(scope="session", params=SUBJECTS, ids=["-".join(one) for one in SUBJECTS])
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """A running OBS; every test that asks for it runs on the virtual and on the real one."""
    kind, name = request.param
    tmp = tmp_path_factory.mktemp(f"{kind}-{name}")
    with (virtual if kind == "virtual" else real)(tmp, CANVASES[name]) as running:
        yield running


@contextlib.contextmanager
def real(tmp: Path, canvas: tuple[int, int]) -> Iterator[Subject]:
    with real_obs(tmp, canvas, FPS, PASSWORD) as obs:
        yield Subject("real", obs.host, obs.port, PASSWORD, obs.record_dir, canvas, FPS)


@contextlib.contextmanager
def virtual(tmp: Path, canvas: tuple[int, int], **more: Any) -> Iterator[Subject]:
    """The virtual OBS in a thread with its own event loop, so that blocking clients can talk to it."""
    record_dir = tmp / "recordings"
    record_dir.mkdir(parents=True)
    ports: list[int] = []
    failures: list[BaseException] = []
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    enough = asyncio.Event()

    async def serve() -> None:
        from studio.obs.virtual import VirtualObs

        async with VirtualObs(port=0, password=PASSWORD, record_dir=record_dir, canvas=canvas, fps=FPS, **more) as obs:
            ports.append(obs.port)
            ready.set()
            await enough.wait()

    def run() -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(serve())
        except BaseException as error:
            failures.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="virtual OBS")
    thread.start()
    try:
        assert ready.wait(20), "the virtual OBS did not start"
        if failures:
            raise failures[0]
        yield Subject("virtual", "127.0.0.1", ports[0], PASSWORD, record_dir, canvas, FPS)
    finally:
        with contextlib.suppress(RuntimeError):  # the loop is closed already where starting failed
            loop.call_soon_threadsafe(enough.set)
        thread.join(20)
    assert not thread.is_alive(), "the virtual OBS did not stop"
    if failures:
        raise failures[0]


@pytest.fixture
def obs(subject: Subject) -> Iterator[Wire]:
    """A command socket; afterwards the desk is as it was: nothing of ours left, Cut, the first scene on."""
    with wire(subject) as peer:
        tidy(peer)
        yield peer
    with wire(subject) as peer:
        tidy(peer)


@pytest.fixture
def events(subject: Subject, obs: Wire) -> Iterator[Listener]:
    """A socket with all events but the high-volume ones, opened after the desk was cleaned."""
    with listener(subject) as peer:
        yield peer


def tidy(peer: Wire) -> None:
    """Bring an OBS back to what every test may rely on: scene ``Scene`` on air, transition Cut, outputs off."""
    recording = peer.get("GetRecordStatus")
    if recording["outputActive"]:
        if recording["outputPaused"]:
            peer.ask("ResumeRecord")
        peer.ask("StopRecord")
        until = time.monotonic() + 8
        while peer.get("GetRecordStatus")["outputActive"] and time.monotonic() < until:
            time.sleep(0.05)
    if peer.get("GetStudioModeEnabled")["studioModeEnabled"]:
        peer.get("SetStudioModeEnabled", {"studioModeEnabled": False})
    scenes = [one["sceneName"] for one in peer.get("GetSceneList")["scenes"]]
    if "Scene" not in scenes:
        peer.get("CreateScene", {"sceneName": "Scene"})
    if peer.get("GetCurrentProgramScene")["currentProgramSceneName"] != "Scene":
        take(peer, "Scene", peer.get("GetCurrentSceneTransition")["transitionName"])
    peer.get("SetCurrentSceneTransition", {"transitionName": "Cut"})
    assert eventually(lambda: peer.get("GetCurrentSceneTransition")["transitionName"] == "Cut")
    for one in peer.get("GetInputList")["inputs"]:
        if one["inputName"].startswith(PREFIX):
            peer.ask("RemoveInput", {"inputName": one["inputName"]})
    for name in scenes:
        if name.startswith(PREFIX):
            peer.ask("RemoveScene", {"sceneName": name})
    if not eventually(lambda: freed(peer), 0.3):
        make_transitions_let_go(peer)
        assert eventually(lambda: freed(peer), 3), "a name of ours is still taken"


def freed(peer: Wire) -> bool:
    """Whether no source has a name of ours any more; the last reference goes up to a few frames after a removal."""
    asked = [{"requestType": "GetSourceActive", "requestData": {"sourceName": name}} for name in NAMED]
    return all(one["requestStatus"]["code"] == 600 for one in peer.batch(asked)["results"])


def make_transitions_let_go(peer: Wire) -> None:
    """Each transition holds the scene it last led to, and with it that scene's name, removed or not."""
    other = f"{PREFIX}in between"
    peer.get("CreateScene", {"sceneName": other})
    for transition in ("Fade", "Cut"):
        take(peer, other, transition)
        take(peer, "Scene", transition)
    peer.get("RemoveScene", {"sceneName": other})


def take(peer: Wire, scene: str, transition: str) -> None:
    """Put a scene on air by a transition, as short as it can be, and wait until it has ended.

    A transition that is set while another one still runs, be it for the last frame, swallows the event of the end.
    """
    eventually(lambda: peer.get("GetCurrentSceneTransitionCursor")["transitionCursor"] == 1)
    time.sleep(0.05)
    peer.get("SetCurrentSceneTransition", {"transitionName": transition})
    peer.get("SetCurrentSceneTransitionDuration", {"transitionDuration": 50})
    with listener(peer.subject, 1 << 2 | 1 << 4) as events:
        peer.get("SetCurrentProgramScene", {"sceneName": scene})
        events.wait("CurrentProgramSceneChanged", sceneName=scene)
        events.wait("SceneTransitionEnded")
