"""A borrowed OBS is given back as it was, whatever ended the run."""

import json
from pathlib import Path

import pytest

from studio.clock import NS_PER_S
from studio.errors import NotReady, ObsBusy, RefusedByRule
from studio.model.runsheet import Transition
from studio.obs.device import ObsDevice
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.obs.virtual.server import VirtualObs
from studio.timekeeper import SystemClock
from tests.air.stage import CANVAS, PASSWORD, cues, director, plan

PREFIX = "studio-demo "


def virtual(folder: Path, **more: object) -> VirtualObs:
    size = (CANVAS.width, CANVAS.height)
    return VirtualObs(port=0, password=PASSWORD, record_dir=folder / "rec", canvas=size, fps=30, **more)


async def owner(link: ObsLink) -> object:
    """What somebody has built in their OBS; returns what a dump shows of it."""
    await link.call("CreateScene", {"sceneName": "我的场景"})
    colour = {
        "sceneName": "我的场景",
        "inputName": "底色",
        "inputKind": "color_source_v3",
        "inputSettings": {"color": 1},
    }
    await link.call("CreateInput", colour)
    await link.call("SetCurrentSceneTransition", {"transitionName": "Fade"})
    await link.call("SetCurrentSceneTransitionDuration", {"transitionDuration": 777})
    await link.call("SetCurrentProgramScene", {"sceneName": "我的场景"})
    return await ObsDevice(link, SystemClock()).dump()


def link_to(obs: VirtualObs) -> ObsLink:
    return ObsLink(Address("127.0.0.1", obs.port, PASSWORD), SystemClock())


async def test_afterwards_everything_is_as_it_was(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, link_to(obs) as link:
        before = await owner(link)
        made, _log = director(
            plan(cues("opening", "host"), tmp_path, obs.port, prefix=PREFIX, borrowed=True, record=True), tmp_path
        )
        await made.conduct()
        assert await ObsDevice(link, SystemClock()).dump() == before
    assert list(tmp_path.glob("borrowed-*")) == []


@pytest.mark.parametrize("output", ["Record", "Stream"])
async def test_a_busy_obs_is_refused_and_left_alone(tmp_path: Path, output: str) -> None:
    async with virtual(tmp_path) as obs, link_to(obs) as link:
        service = {"server": "rtmp://127.0.0.1/live", "key": "k"}
        await link.call(
            "SetStreamServiceSettings", {"streamServiceType": "rtmp_custom", "streamServiceSettings": service}
        )
        await link.call(f"Start{output}")
        made, _log = director(plan(cues("opening"), tmp_path, obs.port, prefix=PREFIX, borrowed=True), tmp_path)
        with pytest.raises(ObsBusy):
            await made.conduct()
        scenes = (await link.call("GetSceneList"))["scenes"]
        assert [scene["sceneName"] for scene in scenes if scene["sceneName"].startswith(PREFIX)] == []
        assert (await link.call(f"Get{output}Status"))["outputActive"]
        await link.call(f"Stop{output}")


async def test_somebody_elses_scenes_of_our_name_are_not_touched(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, link_to(obs) as link:
        await link.call("CreateScene", {"sceneName": f"{PREFIX}主播"})
        made, _log = director(plan(cues("opening"), tmp_path, obs.port, prefix=PREFIX, borrowed=True), tmp_path)
        with pytest.raises(RefusedByRule):
            await made.conduct()
        assert f"{PREFIX}主播" in [scene["sceneName"] for scene in (await link.call("GetSceneList"))["scenes"]]


async def test_what_a_killed_run_left_is_given_back_by_the_next(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, link_to(obs) as link:
        before = await owner(link)
        await link.call("CreateScene", {"sceneName": f"{PREFIX}主播"})
        await link.call("SetCurrentSceneTransition", {"transitionName": "Cut"})
        await link.call("SetCurrentProgramScene", {"sceneName": f"{PREFIX}主播"})
        kept = {"programme": "我的场景", "transition": "Fade", "transition_ms": 777}
        (tmp_path / f"borrowed-local-{obs.port}.json").write_text(json.dumps(kept), encoding="utf-8")
        made, _log = director(plan(cues("opening"), tmp_path, obs.port, prefix=PREFIX, borrowed=True), tmp_path)
        await made.conduct()
        assert await ObsDevice(link, SystemClock()).dump() == before


async def test_the_owners_duration_survives_although_a_cut_is_chosen(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, link_to(obs) as link:
        await owner(link)
        await link.call("SetCurrentSceneTransition", {"transitionName": "Cut"})
        sheet = cues("opening", "host", each_ms=700, transition=Transition("Fade", 300))
        made, _log = director(plan(sheet, tmp_path, obs.port, prefix=PREFIX, borrowed=True), tmp_path)
        await made.conduct()
        assert (await link.call("GetCurrentSceneTransition"))["transitionName"] == "Cut"
        await link.call("SetCurrentSceneTransition", {"transitionName": "Fade"})
        assert (await link.call("GetCurrentSceneTransition"))["transitionDuration"] == 777


async def test_a_recording_that_does_not_stop_is_said_and_the_loan_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.air.run.END_WITHIN_NS", NS_PER_S)
    async with virtual(tmp_path, faults=["refuse:StopRecord:702"]) as obs:
        made, _log = director(
            plan(cues("opening"), tmp_path, obs.port, prefix=PREFIX, borrowed=True, record=True), tmp_path
        )
        with pytest.raises(NotReady, match="StopRecord"):
            await made.conduct()
    assert (tmp_path / f"borrowed-local-{obs.port}.json").exists()


async def test_an_owners_recording_is_never_stopped_for_an_old_loan(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, link_to(obs) as link:
        await owner(link)
        kept = {"programme": "我的场景", "transition": "Fade", "transition_ms": 777, "recording": True}
        (tmp_path / f"borrowed-local-{obs.port}.json").write_text(json.dumps(kept), encoding="utf-8")
        await link.call("StartRecord")
        made, _log = director(plan(cues("opening"), tmp_path, obs.port, prefix=PREFIX, borrowed=True), tmp_path)
        with pytest.raises(ObsBusy):
            await made.conduct()
        assert (await link.call("GetRecordStatus"))["outputActive"]
        await link.call("StopRecord")


async def test_an_obs_that_changed_meanwhile_is_said(tmp_path: Path) -> None:
    async with virtual(tmp_path, faults=["ignore:RemoveScene"]) as obs:
        made, _log = director(plan(cues("opening"), tmp_path, obs.port, prefix=PREFIX, borrowed=True), tmp_path)
        with pytest.raises(NotReady):
            await made.conduct()
