"""No request of the virtual OBS may answer with a canned value: each has an entry, and each entry can fail."""

from __future__ import annotations

import copy
import time
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from studio.errors import ObsRequestFailed
from studio.obs.protocol import description
from studio.obs.virtual.requests import HANDLERS
from tests.contract.conftest import PASSWORD, virtual
from tests.contract.not_canned import COMMON, FOLDER, GROUP, Entry, check, stage
from tests.contract.not_canned_virtual import APART, STINGER, VIRTUAL
from tests.contract.wire import Subject, Wire, listener, wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PORTRAITS = [("virtual", "portrait"), ("real", "portrait")]
NEWEST, WINDOWS = "32.1.0", "windows"


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of changing grey, 64x64 at 30 frames a second."""
    path = tmp_path_factory.mktemp("clip") / "clip.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for number in range(90):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 2 * number, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.fixture
def newest(tmp_path: Path) -> Iterator[Subject]:
    """A virtual OBS of the newest version on Windows, with a group and a transition that has settings."""
    from studio.obs.virtual.persona import persona

    more = {"persona": persona(NEWEST, WINDOWS), "groups": {"Scene": [GROUP]}}
    more["transitions"] = {STINGER: "obs_stinger_transition"}
    with virtual(tmp_path, (360, 640), **more) as running:
        yield running


def test_every_request_has_an_entry() -> None:
    assert set(COMMON) | set(VIRTUAL) | set(APART) == set(HANDLERS)


def test_no_request_has_two_entries() -> None:
    assert len(COMMON) + len(VIRTUAL) + len(APART) == len(HANDLERS)


@pytest.mark.parametrize(("name", "entry"), [*COMMON.items(), *VIRTUAL.items()], ids=[*COMMON, *VIRTUAL])
def test_an_entry_is_about_its_request(name: str, entry: Entry) -> None:
    """A getter is its own probe; of a setter nothing but itself may make the difference."""
    getter = entry.probe is not None and entry.probe[0] == name
    setter = len(entry.act) == 1 and entry.act[0][0] == name
    assert getter != setter
    assert not (setter and entry.varied)


@pytest.mark.parametrize("name", COMMON)
@pytest.mark.parametrize("subject", PORTRAITS, ids=["virtual", "real"], indirect=True)
def test_what_is_asked_and_done_is_real(subject: Subject, obs: Wire, clip: Path, name: str) -> None:
    folder = obs.get("GetRecordDirectory")["recordDirectory"]
    stage(obs, clip)
    try:
        with listener(subject) as events:
            check(obs, events, COMMON[name], patience=3)
    finally:
        obs.get("SetProfileParameter", FOLDER | {"parameterValue": folder})


@pytest.mark.parametrize("name", VIRTUAL)
def test_what_only_the_virtual_one_is_asked_is_real(newest: Subject, clip: Path, name: str) -> None:
    with wire(newest) as obs, listener(newest) as events:
        stage(obs, clip)
        check(obs, events, VIRTUAL[name], patience=3)


def frozen(name: str, entry: Entry) -> Any:
    """A canned handler: a getter that keeps its first answer, a setter that answers success and does nothing."""
    real: Any = HANDLERS[name]
    kept: list[Any] = []

    async def ask(call: Any) -> Any:
        try:
            found = real(call)
            return copy.deepcopy(await found if hasattr(found, "__await__") else found)
        except ObsRequestFailed as refusal:
            return refusal

    async def first_for_ever(call: Any) -> Any:
        if not kept:
            kept.append(await ask(call))
        if isinstance(kept[0], ObsRequestFailed):
            raise kept[0]
        return kept[0]

    def nothing(call: Any) -> Any:
        return {}

    return first_for_ever if entry.probe is not None and entry.probe[0] == name else nothing


@pytest.mark.parametrize("name", [*COMMON, *VIRTUAL])
def test_a_planted_canned_answer_is_caught(
    newest: Subject, clip: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test of the test: with any one handler canned, its entry fails."""
    entry = (COMMON | VIRTUAL)[name]
    with wire(newest) as obs, listener(newest) as events:
        stage(obs, clip)

        def plant() -> None:
            monkeypatch.setitem(HANDLERS, name, frozen(name, entry))

        with pytest.raises(AssertionError, match=r"^still|^no \w+"):
            check(obs, events, entry, patience=0.05, plant=plant)


def test_the_version_is_the_personas_and_its_list_is_kept(newest: Subject, tmp_path: Path) -> None:
    with virtual(tmp_path / "older", (360, 640)) as older, wire(older) as old, wire(newest) as new:
        assert old.get("GetVersion") != new.get("GetVersion")
        for obs in (old, new):
            offered = set(obs.get("GetVersion")["availableRequests"])
            for name in sorted(set(description()["requests"]) - offered):
                assert obs.ask(name).code == 204, name
            harmless = {one for one in offered if one.startswith("Get")}
            assert {one for one in harmless if obs.ask(one).code == 204} == set()


def test_every_transition_that_is_there_is_of_a_listed_kind(newest: Subject) -> None:
    with wire(newest) as obs:
        kinds = obs.get("GetTransitionKindList")["transitionKinds"]
        there = [one["transitionKind"] for one in obs.get("GetSceneTransitionList")["transitions"]]
    assert set(there) <= set(kinds)
    assert len(there) == 3


def test_every_listed_kind_of_filter_can_be_made_and_no_other(newest: Subject) -> None:
    with wire(newest) as obs:
        kinds = obs.get("GetSourceFilterKindList")["sourceFilterKinds"]
        asked = [{"sourceName": "Scene", "filterName": kind, "filterKind": kind} for kind in [*kinds, "nope"]]
        codes = [obs.ask("CreateSourceFilter", one).code for one in asked]
    assert codes == [100] * len(kinds) + [607]


def test_a_saved_screenshot_shows_the_source_of_that_moment(newest: Subject, clip: Path, tmp_path: Path) -> None:
    asked = {"sourceName": "contract colour", "imageFormat": "png", "imageFilePath": str(tmp_path / "a.png")}
    with wire(newest) as obs:
        stage(obs, clip)
        obs.get("SaveSourceScreenshot", asked)
        first = (tmp_path / "a.png").read_bytes()
        obs.get("SetInputSettings", {"inputName": "contract colour", "inputSettings": {"color": 0xFFFF0000}})
        obs.get("SaveSourceScreenshot", asked)
    assert (tmp_path / "a.png").read_bytes() != first


@pytest.mark.parametrize("milliseconds", [50, 300])
def test_a_sleep_takes_its_time(newest: Subject, milliseconds: int) -> None:
    with wire(newest) as obs:
        began = time.monotonic()
        obs.batch([{"requestType": "Sleep", "requestData": {"sleepMillis": milliseconds}}])
        assert milliseconds <= (time.monotonic() - began) * 1000 < milliseconds + 150


def test_the_password_of_the_contract_is_not_ascii() -> None:
    """So that every handshake of this suite proves the hash of a UTF-8 password."""
    assert not PASSWORD.isascii()
