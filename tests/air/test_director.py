"""The director on virtual studios: what fired is read from their journals, never from our own log alone."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from studio.air.director import QUIET_NS
from studio.asrun.events import ClockStepped, Intended, LinkChanged, Overridden, RecordingStopped, RunEnded
from studio.asrun.progress import fold
from studio.clock import NS_PER_S
from studio.errors import NotReady, ObsAuthenticationFailed, ObsUnreachable
from studio.model.runsheet import Late, Transition
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.obs.virtual.server import VirtualObs
from studio.timekeeper import SystemClock
from tests.air.stage import CANVAS, PASSWORD, Log, cues, director, house, plan

SCENES = ("opening", "host", "closeup", "host")


def virtual(folder: Path, **more: object) -> VirtualObs:
    size = (CANVAS.width, CANVAS.height)
    return VirtualObs(port=0, password=PASSWORD, record_dir=folder / "rec", canvas=size, fps=30, **more)


def verdicts(log: Log, studio: str = "s0") -> dict[str, str]:
    return {cue: ended.verdict for cue, ended in fold(log.events("run-1")).lane(studio).verdicts.items()}


def ending(log: Log) -> RunEnded:
    ended = fold(log.events("run-1")).ended
    assert ended is not None
    return ended


async def test_every_cue_is_shown_once_and_in_order(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs:
        made, log = director(plan(cues(*SCENES), tmp_path, obs.port), tmp_path)
        await made.conduct()
        shown = [entry.data["scene"] for entry in obs.journal.of("effect", "programme")]
    assert shown == ["应急画面", "开场", "主播", "产品特写", "主播", "应急画面"]
    assert verdicts(log) == dict.fromkeys(("c0", "c1", "c2", "c3"), "on_time")
    assert ending(log).reason == "finished"


async def test_every_request_was_written_down_before_it_left_and_has_its_answer(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs:
        made, log = director(plan(cues(*SCENES), tmp_path, obs.port), tmp_path)
        await made.conduct()
    progress = fold(log.events("run-1"))
    assert progress.lane("s0").pending == {}
    assert any(isinstance(record.event, Intended) for record in log.events("run-1"))


async def test_the_card_of_each_cue_is_changed_before_its_take(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs:
        made, log = director(plan(cues("opening", "host", each_ms=1_000), tmp_path, obs.port), tmp_path)
        await made.conduct()
    asked = [
        (record.stamp.cue, record.event.type) for record in log.events("run-1") if isinstance(record.event, Intended)
    ]
    assert asked.index(("c1", "SetInputSettings")) < asked.index(("c1", "SetCurrentProgramScene"))


async def test_a_fade_is_confirmed_at_its_end_and_timed_at_its_start(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs:
        sheet = cues("opening", "host", each_ms=700, transition=Transition("Fade", 300))
        made, log = director(plan(sheet, tmp_path, obs.port), tmp_path)
        await made.conduct()
    ended = fold(log.events("run-1")).lane("s0").verdicts["c1"]
    assert ended.verdict == "on_time"
    assert ended.changed_ns is not None and ended.started_ns is not None
    assert 250 < (ended.changed_ns - ended.started_ns) / 1e6 < 450


async def test_a_cue_in_the_scene_already_on_is_proved_by_reading_back(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs:
        made, log = director(plan(cues("host", "host"), tmp_path, obs.port), tmp_path)
        await made.conduct()
    ended = fold(log.events("run-1")).lane("s0").verdicts["c1"]
    assert (ended.verdict, ended.changed_ns) == ("on_time", None)


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        pytest.param("refuse:SetCurrentProgramScene:702:after=2:times=1", "refused", id="refused"),
        pytest.param(
            "ignore:SetCurrentProgramScene:after=2:times=1", "late", id="success and nothing done: sent again"
        ),
        pytest.param("drop:SetCurrentProgramScene:after=2:times=1", "unconfirmed", id="link cut in the call"),
    ],
)
async def test_a_cue_that_fails_says_so_and_the_next_is_played(tmp_path: Path, fault: str, verdict: str) -> None:
    async with virtual(tmp_path, faults=[fault]) as obs:
        sheet = cues("opening", "host", "closeup", each_ms=2_600)
        made, log = director(plan(sheet, tmp_path, obs.port), tmp_path)
        await made.conduct()
    assert verdicts(log) == {"c0": "on_time", "c1": verdict, "c2": "on_time"}


async def test_a_scene_that_came_without_its_picture_is_on_time_and_says_so(tmp_path: Path) -> None:
    async with virtual(tmp_path, faults=["refuse:SetInputSettings:702"]) as obs:
        made, log = director(plan(cues("opening", "host"), tmp_path, obs.port), tmp_path)
        with pytest.raises(NotReady):  # before air there is time to put it right
            await made.conduct()
    async with virtual(tmp_path, faults=["refuse:SetInputSettings:702:after=1"]) as obs:
        made, log = director(plan(cues("opening", "host"), tmp_path / "again", obs.port), tmp_path / "again")
        await made.conduct()
    ended = fold(log.events("run-1")).lane("s0").verdicts["c1"]
    assert ended.verdict == "on_time" and "SetInputSettings: 702" in ended.why


async def test_a_lost_link_is_an_event_and_so_is_its_return(tmp_path: Path) -> None:
    async with virtual(tmp_path, faults=["drop:SetCurrentProgramScene:after=2:times=1"]) as obs:
        made, log = director(plan(cues("opening", "host", "closeup", each_ms=1_500), tmp_path, obs.port), tmp_path)
        await made.conduct()
    changes = [record.event.connected for record in log.events("run-1") if isinstance(record.event, LinkChanged)]
    assert changes == [False, True]


async def test_one_studios_trouble_does_not_delay_anothers_cue(tmp_path: Path) -> None:
    async with (
        virtual(tmp_path / "a", faults=["delay:SetCurrentProgramScene:1200ms:after=1"]) as slow,
        virtual(tmp_path / "b") as well,
    ):
        made, log = director(plan(cues(*SCENES), tmp_path, slow.port, well.port), tmp_path)
        await made.conduct()
    assert set(verdicts(log, "s1").values()) == {"on_time"}
    assert set(verdicts(log, "s0").values()) != {"on_time"}


async def test_catching_up_shows_only_the_cue_that_is_due_now(tmp_path: Path) -> None:
    async with virtual(tmp_path, faults=["delay:SetCurrentProgramScene:1500ms:after=1:times=1"]) as obs:
        made, log = director(plan(cues("opening", "host", "closeup", "host"), tmp_path, obs.port), tmp_path)
        await made.conduct()
    found = verdicts(log)
    assert found["c1"] == "skipped" and found["c2"] == "skipped"
    assert found["c3"] in ("late", "on_time")


async def test_a_cue_past_its_limit_is_skipped(tmp_path: Path) -> None:
    async with virtual(tmp_path, faults=["delay:SetCurrentProgramScene:900ms:after=1:times=1"]) as obs:
        sheet = cues("opening", "host", each_ms=600, late=Late("skip_after", 100))
        made, log = director(plan(sheet, tmp_path, obs.port), tmp_path)
        await made.conduct()
    assert verdicts(log)["c1"] == "skipped"


async def test_stopping_ends_cleanly_with_a_verdict_for_every_cue(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs:
        made, log = director(plan(cues(*SCENES, each_ms=1_000), tmp_path, obs.port, record=True), tmp_path)
        running = asyncio.create_task(made.conduct())
        while not fold(log.events("run-1")).lane("s0").verdicts:
            await asyncio.sleep(0.05)
        made.stop()
        await asyncio.wait_for(running, 10)
    assert Counter(verdicts(log).values()) == {"on_time": 1, "skipped": 3}
    assert ending(log).reason == "stopped"
    assert any(isinstance(record.event, RecordingStopped) for record in log.events("run-1"))


async def test_a_recording_is_started_before_the_first_cue_and_closed_after_the_last(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs:
        made, log = director(plan(cues("opening", "host"), tmp_path, obs.port, record=True), tmp_path)
        await made.conduct()
    kinds = [type(record.event).__name__ for record in log.events("run-1")]
    assert kinds.index("RecordingStarted") < kinds.index("RunStarted") < kinds.index("RecordingStopped")
    (path,) = fold(log.events("run-1")).lane("s0").recordings
    assert Path(path).stat().st_size > 0


async def test_a_link_lost_while_stopping_is_waited_for_and_the_recording_stopped(tmp_path: Path) -> None:
    async with virtual(tmp_path, faults=["drop:StopRecord:times=1"]) as obs:
        made, log = director(plan(cues("opening"), tmp_path, obs.port, record=True), tmp_path)
        await made.conduct()
        assert len(obs.journal.of("effect", "record_stopped")) == 1
    assert fold(log.events("run-1")).lane("s0").recordings


async def test_the_plan_is_frozen_in_the_log(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs:
        made, log = director(plan(cues("opening"), tmp_path, obs.port), tmp_path)
        await made.conduct()
    started = fold(log.events("run-1")).started
    assert started is not None
    assert "沙棘汁" in log.thaw(started.sheet)
    assert PASSWORD not in log.thaw(started.sheet)


async def test_studio_mode_is_refused_with_a_remedy(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs:
        obs.state.studio_mode = True
        made, log = director(plan(cues("opening"), tmp_path, obs.port), tmp_path)
        with pytest.raises(NotReady):
            await made.conduct()
    assert ending(log).reason == "failed"


async def test_a_wrong_password_is_said_at_once(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs:
        made, log = director(plan(cues("opening"), tmp_path, obs.port), tmp_path, password="falsch")
        with pytest.raises(ObsAuthenticationFailed):
            await asyncio.wait_for(made.conduct(), 10)
    assert ending(log).reason == "failed"


async def test_an_obs_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs:
        port = obs.port
    made, _log = director(plan(cues("opening"), tmp_path, port), tmp_path)
    with pytest.raises(ObsUnreachable):
        await asyncio.wait_for(made.conduct(), 10)


class SteppedClock(SystemClock):
    """The machine's clock, whose wall a person sets an hour forward after a while."""

    def __init__(self) -> None:
        self._step_at = self.monotonic_ns() + 2 * NS_PER_S

    def wall_ns(self) -> int:
        stepped = self.monotonic_ns() >= self._step_at
        return super().wall_ns() + (3_600 * NS_PER_S if stepped else 0)


async def test_a_stepped_wall_clock_moves_no_cue_and_is_said_once(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs:
        sheet = cues("opening", "host", "closeup", "host", each_ms=700)
        made, log = director(plan(sheet, tmp_path, obs.port), tmp_path, clock=SteppedClock())
        await made.conduct()
    steps = [record.event for record in log.events("run-1") if isinstance(record.event, ClockStepped)]
    assert len(steps) == 1 and abs(steps[0].step_ms - 3_600_000) < 500
    assert set(verdicts(log).values()) == {"on_time"}


async def test_a_hand_on_the_desk_is_said_and_wins_until_the_next_cue(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs:
        made, log = director(plan(cues("opening", "host", each_ms=1_500), tmp_path, obs.port), tmp_path)
        running = asyncio.create_task(made.conduct())
        while not verdicts(log):
            await asyncio.sleep(0.05)
        async with ObsLink(Address("127.0.0.1", obs.port, PASSWORD), SystemClock()) as desk:
            await desk.call("SetCurrentProgramScene", {"sceneName": "产品特写"})
        await running
        shown = [entry.data["scene"] for entry in obs.journal.of("effect", "programme")]
    found = [record.event for record in log.events("run-1") if isinstance(record.event, Overridden)]
    assert found == [Overridden("programme", "开场", "产品特写")]
    assert shown == ["应急画面", "开场", "产品特写", "主播", "应急画面"]


async def test_a_transition_is_found_by_its_kind_where_obs_names_it_in_another_language(tmp_path: Path) -> None:
    async with virtual(tmp_path, transitions={"淡入淡出": "fade_transition"}) as obs:
        collection = obs.state.collection
        collection.transition = "淡入淡出"
        collection.transitions = [one for one in collection.transitions if one.name != "Fade"]
        sheet = cues("opening", "host", each_ms=900, transition=Transition("Fade", 300))
        made, log = director(plan(sheet, tmp_path, obs.port), tmp_path)
        await made.conduct()
        takes = [entry.data["transition"] for entry in obs.journal.of("effect", "programme")]
    assert takes == ["Cut", "淡入淡出", "淡入淡出", "Cut"]
    assert set(verdicts(log).values()) == {"on_time"}


async def test_what_takes_long_waits_while_a_cue_is_about_to_leave(tmp_path: Path) -> None:
    async with virtual(tmp_path) as obs, house(tmp_path) as chief:
        run = await chief.conduct(plan(cues("opening", "host", each_ms=600), tmp_path, obs.port))
        hands, clock = run.lanes["s0"].hands, chief.clock
        for _row in run.plan.sheet.cues:
            begun_ns = hands.leaving_ns
            while hands.leaving_ns == begun_ns:
                await asyncio.sleep(0.005)
            await clock.sleep_until(hands.leaving_ns - QUIET_NS // 2)
            await chief.quiet()
            assert clock.monotonic_ns() >= hands.leaving_ns
        asked_ns = clock.monotonic_ns()
        await chief.quiet()
        assert clock.monotonic_ns() - asked_ns < QUIET_NS // 2
