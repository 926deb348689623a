"""The witness obs-websocket-py, unmodified: it connects, switches, hears and records on both subjects."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import obswebsocket
import pytest
from obswebsocket import events as told
from obswebsocket import requests

from tests.contract.conftest import ONCE
from tests.contract.wire import PREFIX, Subject, Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

A = f"{PREFIX}A"


class Ear:
    """Everything the client was told, by the name of the event."""

    def __init__(self, client: Any) -> None:
        self._news = threading.Condition()
        self.heard: list[tuple[str, dict[str, Any]]] = []
        client.register(self._hear)

    def _hear(self, event: Any) -> None:
        with self._news:
            self.heard.append((event.name, event.datain))
            self._news.notify_all()

    def wait(self, name: str, **fields: object) -> dict[str, Any]:
        def match() -> dict[str, Any] | None:
            for heard, data in self.heard:
                if heard == name and all(data.get(key) == value for key, value in fields.items()):
                    return data
            return None

        with self._news:
            found = self._news.wait_for(match, 8)
        assert found is not None, f"no {name} {fields}: {self.heard}"
        return found


@pytest.fixture
def client(subject: Subject, obs: Wire) -> Iterator[Any]:
    """The other client, connected; ``obs`` cleans up around it."""
    peer = obswebsocket.obsws(subject.host, subject.port, subject.password)
    peer.connect()
    yield peer
    raw = peer.ws.sock
    peer.disconnect()
    raw.close()


@pytest.fixture
def ear(client: Any) -> Ear:
    return Ear(client)


def test_it_connects_and_reads_the_version(client: Any) -> None:
    found = client.call(requests.GetVersion())
    assert found.status
    assert found.getObsVersion() == "29.0.2"
    assert found.getRpcVersion() == 1


def test_a_wrong_password_is_refused(subject: Subject) -> None:
    peer = obswebsocket.obsws(subject.host, subject.port, "wrong")
    with pytest.raises(obswebsocket.exceptions.ConnectionFailure, match="password"):
        peer.connect()
    peer.ws.shutdown()


def test_it_creates_and_switches_scenes(client: Any, ear: Ear) -> None:
    assert client.call(requests.CreateScene(sceneName=A)).status
    assert ear.wait("SceneCreated") == {"sceneName": A, "isGroup": False}
    assert client.call(requests.SetCurrentSceneTransition(transitionName="Cut")).status
    assert client.call(requests.SetCurrentProgramScene(sceneName=A)).status
    ear.wait("CurrentProgramSceneChanged", sceneName=A)
    assert client.call(requests.GetCurrentProgramScene()).getCurrentProgramSceneName() == A
    assert A in [scene["sceneName"] for scene in client.call(requests.GetSceneList()).getScenes()]


def test_a_refused_request_has_no_status(client: Any) -> None:
    assert client.call(requests.SetCurrentProgramScene(sceneName="no such scene")).status is False


def test_it_hears_only_the_events_it_registered_for(client: Any) -> None:
    heard: list[Any] = []
    client.register(heard.append, told.SceneCreated)
    client.call(requests.CreateScene(sceneName=A))
    client.call(requests.SetCurrentProgramScene(sceneName=A))
    time.sleep(0.3)
    assert [event.getSceneName() for event in heard] == [A]


@pytest.mark.parametrize("subject", ONCE, ids=["virtual", "real"], indirect=True)
def test_it_records_a_file_that_opens(client: Any, ear: Ear, subject: Subject) -> None:
    assert client.call(requests.StartRecord()).status
    path = ear.wait("RecordStateChanged", outputState="OBS_WEBSOCKET_OUTPUT_STARTED")["outputPath"]
    time.sleep(1.2)
    stopped = client.call(requests.StopRecord())
    assert stopped.getOutputPath() == path
    ear.wait("RecordStateChanged", outputState="OBS_WEBSOCKET_OUTPUT_STOPPED")
    assert Path(path).parent == subject.record_dir
    with av.open(path) as container:
        assert {stream.type for stream in container.streams} == {"video", "audio"}
        assert sum(1 for _ in container.decode(video=0)) >= subject.fps // 2


def test_it_takes_a_screenshot(client: Any) -> None:
    found = client.call(requests.GetSourceScreenshot(sourceName="Scene", imageFormat="png", imageWidth=64))
    assert found.getImageData().startswith("data:image/png;base64,")
