"""A dry run says what the order then sends: each is foreseen, carried out, and compared with what OBS was asked."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from studio.air.assets import make_assets
from studio.air.connection import Connection
from studio.air.director import Director
from studio.air.foreseeing import foresee_start
from studio.air.run import Run
from studio.air.steering import Order, foresee, steer
from studio.asrun.events import CommandWord
from studio.errors import NotReady
from studio.model.obs import Request
from studio.model.plan import LanePlan, Plan
from studio.model.runsheet import Cue
from studio.model.scene import Scene, Source
from studio.model.studio import Studio
from studio.obs.virtual.persona import persona
from studio.obs.virtual.server import VirtualObs
from tests.air.stage import FULL, PASSWORD, SPEC, by_hand, cues, house, manual, plan, virtual
from tests.media.clips import moving, write

pytestmark = pytest.mark.usefixtures("english")

WINDOWS = persona("30.2.2", "windows")
"""An OBS that has a virtual camera."""
CLIP = Scene("clip", "短片", (Source("片", "media", FULL, {"asset": "clip.mp4", "loop": False}),))
ROWS = (*manual(cues("opening", each_ms=60_000)).cues, Cue("clip", 60_000, 60_000, "clip", "短片", play=("片",)))


def on_camera(folder: Path, *ports: int) -> Plan:
    """Recorded, pictures leaving by the virtual camera: a row with a product's card, and one with a clip."""
    write(moving(0.3, size="32x32", fps=30), folder / "clip.mp4")
    spec = replace(SPEC, scenes=(*SPEC.scenes, CLIP))
    sheet = replace(cues("opening"), cues=ROWS)
    assets = make_assets(spec, sheet, (), None, folder, folder / "assets")
    lanes = tuple(
        LanePlan(
            Studio(f"s{at}", f"直播间{at}", "127.0.0.1", port, "obs", "portrait", output="virtual_camera"), spec, assets
        )
        for at, port in enumerate(ports)
    )
    return replace(plan(sheet, folder, record=True), lanes=lanes)


def asked(obs: VirtualObs) -> list[str]:
    """The requests so far that change something, in their order."""
    return [one.type for one in obs.journal.of("request") if not one.type.startswith("Get")]


def types(found: dict[str, list[Request]]) -> list[str]:
    return [request.type for request in found["s0"]]


def connect(director: Director, made: Plan) -> None:
    for lane in made.lanes:
        director.connections[lane.studio.id] = Connection(lane.studio, lambda: PASSWORD, director.clock)
        director.connections[lane.studio.id].start()


async def shown(run: Run, cue: str) -> None:
    async with asyncio.timeout(10):
        while not any(cue in lane.logged.verdicts for lane in run.lanes.values()):
            await asyncio.sleep(0.02)


def order(word: CommandWord, studio: str | None = "s0") -> Order:
    return Order(word, "导播", studio)


async def test_a_start_sends_what_was_foreseen(tmp_path: Path) -> None:
    async with virtual(tmp_path, persona=WINDOWS) as obs, house(tmp_path) as director:
        made = on_camera(tmp_path, obs.port)
        connect(director, made)
        requests, said = await foresee_start(made, director.connections)
        found = types(requests)
        assert (asked(obs), said) == ([], [])
        await director.started(await director.conduct(made))
        assert asked(obs)[: len(found)] == found
        assert found[-3:] == ["SetInputSettings", "StartVirtualCam", "StartRecord"]


async def test_a_start_that_studio_mode_would_refuse_is_refused_when_foreseen(tmp_path: Path) -> None:
    async with virtual(tmp_path, persona=WINDOWS) as obs, house(tmp_path) as director:
        made = on_camera(tmp_path, obs.port)
        connect(director, made)
        await by_hand(obs, "SetStudioModeEnabled", studioModeEnabled=True)
        with pytest.raises(NotReady, match="studio mode"):
            await foresee_start(made, director.connections)


async def test_a_start_that_goes_on_without_a_studio_says_so_when_foreseen(tmp_path: Path) -> None:
    async with virtual(tmp_path / "a") as one, virtual(tmp_path / "b") as two, house(tmp_path) as director:
        made = plan(manual(cues("opening", "host")), tmp_path, one.port, two.port)
        connect(director, made)
        await by_hand(one, "SetStudioModeEnabled", studioModeEnabled=True)
        requests, (said,) = await foresee_start(made, director.connections)
        assert list(requests) == ["s1"]
        assert said.startswith("直播间0: OBS is in studio mode")


async def test_go_and_end_send_what_was_foreseen(tmp_path: Path) -> None:
    async with virtual(tmp_path, persona=WINDOWS) as obs, house(tmp_path) as director:
        run = await director.conduct(on_camera(tmp_path, obs.port))
        await director.started(run)
        await shown(run, "c0")

        found, before = types(await foresee(run, order("go"))), len(asked(obs))
        await steer(run, order("go"))
        await shown(run, "clip")
        assert asked(obs)[before:] == found
        assert found[-1] == "TriggerMediaInputAction"

        found, before = types(await foresee(run, order("end"))), len(asked(obs))
        await steer(run, order("end"))
        await asyncio.wait_for(director.outcome(run), 20)
        assert asked(obs)[before:] == found
        assert found[-2:] == ["StopRecord", "StopVirtualCam"]


async def test_the_end_does_not_switch_on_a_camera_that_a_hand_has_switched_off(tmp_path: Path) -> None:
    async with virtual(tmp_path, persona=WINDOWS) as obs, house(tmp_path) as director:
        run = await director.conduct(on_camera(tmp_path, obs.port))
        await director.started(run)
        await shown(run, "c0")
        await by_hand(obs, "StopVirtualCam")
        assert types(await foresee(run, order("end"))) == ["SetCurrentProgramScene", "StopRecord"]


@pytest.mark.parametrize("word", ["standby", "end"])
async def test_of_a_studio_that_is_away_it_is_said_that_nothing_can_be_foreseen(
    tmp_path: Path, word: CommandWord
) -> None:
    async with virtual(tmp_path / "a") as one, virtual(tmp_path / "b") as two, house(tmp_path) as director:
        run = await director.conduct(plan(manual(cues("opening", "host")), tmp_path, one.port, two.port))
        await director.started(run)
        await shown(run, "c0")
        await one.stop()
        while run.lanes["s0"].reachable:
            await asyncio.sleep(0.02)
        with pytest.raises(NotReady, match="nobody can say what would be sent there"):
            await foresee(run, order(word))
        found = await foresee(run, order(word, None))
        assert found["s0"] == []
        assert "SetCurrentProgramScene" in [request.type for request in found["s1"]]
