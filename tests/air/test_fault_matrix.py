"""Each fault of an OBS, while a row of each kind falls due in it: what the row's verdict is, and what is said.

The fault begins at 2.3 s of session time and ends at 7.3 s (``unplugged``: at 22.3 s; ``password``: with the director's
next knock after its own secret has been corrected).
In every lane a row is due 0.7 s after its beginning, another 3.7 s after it, and a third when all is well again.

========== ================= ================= ================= ==========================================
fault      0.7 s             3.7 s             afterwards        alarms
========== ================= ================= ================= ==========================================
quit       skipped           late              shown             obs_lost
killed     skipped           late              shown             obs_lost
restarted  late or shown     shown             shown             obs_lost
hung       unconfirmed       late              shown             obs_lost, cue_failed
unplugged  unconfirmed       late              shown             obs_lost, cue_failed
password   skipped           late              shown             obs_lost, obs_password
mode       shown             shown             shown             studio_mode
swallowed  late              shown             shown             none: it is sent again at once, and proved
no_stopped shown             shown             shown             none
========== ================= ================= ================= ==========================================

Why: with OBS known to be away a call stands, and is made good when it is back (``late``); one that another call has
followed meanwhile is ``skipped``, since nothing of it left. Bytes that left and were never answered make a row
``unconfirmed``, whatever OBS did with them, and its clip is not sent again. Overlays behave as scene changes do, since
their proof is a read-back of the same OBS; only a swallowed scene change cannot touch them. A manual row whose studio
is named is not called while OBS is known to be away: the order is refused (exit 3), and the row stays the next one.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import pytest

from studio.air.assets import make_assets
from studio.air.director import Director
from studio.air.run import Run
from studio.air.steering import Order, steer
from studio.asrun.events import (
    AlarmCleared,
    AlarmRaised,
    CueEnded,
    Event,
    RecordingGap,
    RecordingStarted,
    RecordingStopped,
)
from studio.clock import NS_PER_MS, NS_PER_S
from studio.errors import StudioError
from studio.model.plan import LanePlan, Plan
from studio.model.runsheet import Cue, Follows, RunSheet
from studio.model.scene import Rect, Scene, SceneFile, Source
from studio.model.studio import Canvas, Studio
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.timekeeper import SystemClock
from tests.air.cable import Cable
from tests.air.rack import CANVAS, FPS, Rack
from tests.air.stage import BEANS, JUICE, PASSWORD, house
from tests.media.clips import moving, write

One = TypeVar("One", bound=Event)
CHANGED = "eine andere"
KINDS = ("scene", "overlay", "edge", "hard", "linked", "manual")
CALM = "calm"
BEGINS_MS, LASTS_MS = 2_300, 5_000
FIRST_MS, SECOND_MS, LAST_MS = BEGINS_MS + 700, BEGINS_MS + 3_700, 10_500
NOTICED_NS = 3 * NS_PER_S
CALM_LATE_MS = 500
"""The bench's bound is 5 ms at p99 on a machine of its own; here twenty OBS share two processors with the test."""
BESIDE_LATE_MS = 150
"""The same for five studios beside one that hangs, of nineteen cues in twenty: one frame of theirs is 100 ms."""
FRAME_NS = NS_PER_S // FPS
SHOWN_MS = 1_000
"""A row that is shown within a second was not held up by the fault; the test's machine may be busy."""

CARD = Source("商品卡", "card", Rect(4, 50, 40, 20))
WHOLE = Rect(0, 0, *CANVAS)


def _scene(identity: str, title: str, colour: str, *more: Source) -> Scene:
    return Scene(identity, title, (Source("底", "slate", WHOLE, {"title": title, "colour": colour}), *more))


CLIP = Source("片", "media", Rect(0, 0, 16, 16), {"asset": "clip.mp4", "loop": False})
SCENES = SceneFile(
    "matrix",
    Canvas(*CANVAS, Fraction(FPS)),
    WHOLE,
    (
        _scene("standby", "应急画面", "#203040"),
        _scene("opening", "开场", "#E07B1A", CARD),
        _scene("host", "主播", "#1F4D36", CARD),
        _scene("closeup", "产品特写", "#8F4310", CARD),
        _scene("clip", "短片", "#12291E", CLIP),
    ),
)


@dataclass(frozen=True)
class Fault:
    """What is expected of the three rows, in the words of the table, and which alarms are raised."""

    name: str
    first: str
    second: str
    alarms: tuple[str, ...] = ()
    orders: tuple[str, ...] = ("called", "called", "called")
    """What becomes of a manual row's three orders."""
    last_ms: int = LAST_MS
    lasts_ms: int = LASTS_MS
    recorded: bool = True
    new_part: bool = False
    """Whether the recording is lost with the OBS."""


AWAY = ("NotReady", "NotReady", "called")
SHORTLY = ("NotReady or called", "called", "called")
UNNOTICED = ("called", "NotReady", "called")
FAULTS = (
    Fault("quit", "skipped", "late", ("obs_lost",), AWAY, new_part=True),
    Fault("killed", "skipped", "late", ("obs_lost",), AWAY, new_part=True),
    Fault("restarted", "late or shown", "shown", ("obs_lost",), SHORTLY, new_part=True),
    Fault("hung", "unconfirmed", "late", ("obs_lost", "cue_failed"), UNNOTICED),
    Fault("unplugged", "unconfirmed", "late", ("obs_lost", "cue_failed"), UNNOTICED, 25_500, 20_000),
    Fault("password", "skipped", "late", ("obs_lost", "obs_password"), AWAY, 12_000, new_part=True),
    Fault("mode", "shown", "shown", ("studio_mode",), recorded=False),
    Fault("swallowed", "late", "shown", recorded=False),
    Fault("no_stopped", "shown", "shown"),
)


def rows(name: str, last_ms: int) -> tuple[Cue, ...]:
    """The rows of all lanes of one fault's session; what they are told apart by is the studio."""
    opening = Cue("opening", 0, BEGINS_MS, "opening", "开场", product="juice", advance="auto")
    by_hand = replace(opening, id="opening-manual", studios=(f"{name}-manual",), advance="manual")
    others = tuple(f"{name}-{kind}" for kind in (*KINDS, CALM) if kind != "manual")
    found = [replace(opening, studios=others), by_hand]
    starts = {"first": FIRST_MS, "second": SECOND_MS, "last": last_ms}
    for place, start_ms in starts.items():
        lead = Cue(f"calm-{place}", start_ms - 200, 200, ("host", "closeup")[place == "second"], "领", advance="auto")
        found.append(replace(lead, studios=(f"{name}-{CALM}",), product="beans"))
        for kind in KINDS:
            row = Cue(f"{kind}-{place}", start_ms, 500, ("host", "closeup")[place == "second"], kind, advance="auto")
            row = replace(row, studios=(f"{name}-{kind}",), product=("juice", "beans")[place == "first"])
            match kind:
                case "overlay":
                    row = replace(row, scene="opening")
                case "edge":
                    row = replace(row, scene="clip", play=("片",), product=None)
                case "hard":
                    row = replace(row, time="20:00:00")
                case "linked":
                    row = replace(row, follows=Follows(f"calm-{place}", 200))
                case "manual":
                    row = replace(row, advance="manual")
            found.append(row)
    return tuple(sorted(found, key=lambda row: row.start_ms))


@dataclass
class Evening:
    """One fault's session: studios of its rack, and a calm one that nothing happens to beside them."""

    fault: Fault
    folder: Path
    director: Director
    rack: Rack
    """Where the fault strikes."""
    calm: Rack
    secrets: dict[str, str]
    """What the centre takes for the password, by its name; there is one for each fault."""
    cables: dict[str, Cable] = field(default_factory=dict)
    run: Run | None = None
    began_ns: int = 0
    ended_ns: int = 0
    orders: list[str] = field(default_factory=list)
    found: tuple[tuple[str, str, int, Event], ...] = ()
    """Studio (its kind), row, instant and event of every record."""

    async def pass_by(self, start_wall_ns: int) -> None:
        """Play it from beginning to end, the fault included."""
        async with contextlib.AsyncExitStack() as stack:
            if self.fault.name == "unplugged":
                self.cables = {
                    kind: await stack.enter_async_context(Cable(port)) for kind, port in self._ports(*KINDS).items()
                }
            self.run = run = await self.director.conduct(self._plan(start_wall_ns))
            await self.director.started(run)
            await asyncio.gather(self._make_trouble(run), self._press_go(run), self.director.outcome(run))
        records = await self.director.journal.events(run.plan.run)
        self.found = tuple(
            (one.stamp.studio.rpartition("-")[2], one.stamp.cue, one.stamp.monotonic_ns, one.event) for one in records
        )

    def _plan(self, start_wall_ns: int) -> Plan:
        name = self.fault.name
        sheet = RunSheet("sheet", name, rows(name, self.fault.last_ms), (JUICE, BEANS))
        assets = make_assets(SCENES, sheet, (), None, self.folder, self.folder / "assets")
        ports = self._ports(*KINDS, CALM) | {kind: cable.port for kind, cable in self.cables.items()}
        lanes = tuple(
            LanePlan(Studio(f"{name}-{kind}", f"{name}-{kind}", "127.0.0.1", port, name, "matrix"), SCENES, assets)
            for kind, port in ports.items()
        )
        hard = {row.id: start_wall_ns + row.start_ms * NS_PER_MS for row in sheet.cues if row.time}
        return Plan(name, name, name, sheet, lanes, start_wall_ns, record=self.fault.recorded, hard=hard)

    def _ports(self, *kinds: str) -> dict[str, int]:
        ports = self.calm.ports | self.rack.ports
        return {kind: ports[f"{self.fault.name}-{kind}"] for kind in kinds}

    def journal(self, kind: str, what: str, type_: str) -> list[dict[str, Any]]:
        """What one of its studios was asked, or did."""
        return self.rack.journal(f"{self.fault.name}-{kind}", what, type_)

    async def _until(self, run: Run, session_ms: int) -> None:
        await run.clock.sleep_until(run.standing.monotonic_ns(session_ms * NS_PER_MS))

    async def _press_go(self, run: Run) -> None:
        for at_ms in (FIRST_MS, SECOND_MS, self.fault.last_ms):
            await self._until(run, at_ms)
            try:
                await steer(run, Order("go", "导播", f"{self.fault.name}-manual"))
                self.orders.append("called")
            except StudioError as error:
                self.orders.append(type(error).__name__)
        await self._until(run, self.fault.last_ms + 1_000)
        await steer(run, Order("end", "导播"))

    async def _make_trouble(self, run: Run) -> None:
        if self.fault.new_part:
            self.rack.warm()
        await self._until(run, BEGINS_MS)
        self.began_ns = run.clock.monotonic_ns()
        match self.fault.name:
            case "quit":
                await self.rack.end()
            case "killed":
                await self.rack.end(signal.SIGKILL)
            case "restarted":
                await self.rack.end(signal.SIGKILL)
                await self.rack.start(PASSWORD)
            case "hung":
                self.rack.send(signal.SIGSTOP)
            case "unplugged":
                for cable in self.cables.values():
                    cable.pull()
            case "password":
                await self.rack.end()
                await self.rack.start(CHANGED)
            case "mode":
                await self._ask("SetStudioModeEnabled", {"studioModeEnabled": True})
            case "swallowed":
                await self._ask("CallVendorRequest", _faults("ignore:SetCurrentProgramScene:times=1"))
            case "no_stopped":
                await self._ask("CallVendorRequest", _faults("no-stopped"))
        await self._until(run, BEGINS_MS + self.fault.lasts_ms)
        self.ended_ns = run.clock.monotonic_ns()
        match self.fault.name:
            case "quit" | "killed":
                await self.rack.start(PASSWORD)
            case "hung":
                self.rack.send(signal.SIGCONT)
            case "unplugged":
                for cable in self.cables.values():
                    cable.mend()
            case "password":
                self.secrets[self.fault.name] = CHANGED

    async def _ask(self, request: str, data: dict[str, object]) -> None:
        """Somebody else's hand, on each of the rack's studios."""

        async def ask(port: int) -> None:
            async with ObsLink(Address("127.0.0.1", port, PASSWORD), SystemClock(), subscriptions=0) as hand:
                await hand.call(request, data)

        await asyncio.gather(*map(ask, self._ports(*KINDS).values()))

    # what came of it

    def verdicts(self, kind: str) -> dict[str, CueEnded]:
        """By first, second, last."""
        return {
            cue.rpartition("-")[2]: event
            for studio, cue, _at_ns, event in self.found
            if studio == kind and isinstance(event, CueEnded)
        }

    def of(self, kind: str, type_: type[One]) -> list[One]:
        """The studio's events of one type, in order."""
        return [event for studio, _cue, _at_ns, event in self.found if studio == kind and isinstance(event, type_)]


def _faults(*specs: str) -> dict[str, object]:
    from studio.obs.virtual.requests.general import VENDOR

    return {"vendorName": VENDOR, "requestType": "AddFaults", "requestData": {"faults": list(specs)}}


async def side_by_side(faults: Sequence[Fault], folder: Path) -> dict[str, Evening]:
    """Faults at once, in sessions of their own under one director."""
    folder.mkdir()
    write(moving(0.3, size="32x32", fps=FPS), folder / "clip.mp4")
    calm = Rack(folder / CALM, [f"{fault.name}-{CALM}" for fault in faults])
    secrets = {fault.name: PASSWORD for fault in faults}
    async with house(folder, password=secrets.__getitem__) as director:
        evenings = {}
        for fault in faults:
            rack = Rack(folder / fault.name, [f"{fault.name}-{kind}" for kind in KINDS])
            evenings[fault.name] = Evening(fault, folder, director, rack, calm, secrets)
        racks = (calm, *(evening.rack for evening in evenings.values()))
        await asyncio.gather(*(rack.start(PASSWORD) for rack in racks))
        start_wall_ns = director.clock.wall_ns() + 5 * NS_PER_S
        await asyncio.gather(*(evening.pass_by(start_wall_ns) for evening in evenings.values()))
        await asyncio.gather(*(rack.end() for rack in racks))
    return evenings


@pytest.fixture(scope="module")
def evenings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Evening]:
    """Every fault, three at a time: twenty-one OBS are what two slow processors can draw for."""
    folder, found = tmp_path_factory.mktemp("matrix"), {}
    for at in range(3):
        found |= asyncio.run(side_by_side(FAULTS[at::3], folder / str(at)))
    return found


def words(ended: CueEnded) -> str:
    """As the table calls it: late is what the fault held up."""
    if ended.verdict in ("on_time", "late"):
        return "late" if (ended.late_ms or 0) > SHOWN_MS else "shown"
    return ended.verdict


MATRIX = [
    pytest.param(fault, kind, id=f"{fault.name}-{kind}") for fault in FAULTS for kind in KINDS if kind != "manual"
]
EACH = pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
LOST = pytest.mark.parametrize("fault", [one for one in FAULTS if one.new_part], ids=lambda fault: fault.name)


@pytest.mark.parametrize(("fault", "kind"), MATRIX)
def test_each_row_has_the_verdict_of_the_table(evenings: dict[str, Evening], fault: Fault, kind: str) -> None:
    found = evenings[fault.name].verdicts(kind)
    first = "shown" if (fault.name, kind) == ("swallowed", "overlay") else fault.first
    assert words(found["first"]) in first.split(" or ")
    assert (words(found["second"]), words(found["last"])) == (fault.second, "shown")


@EACH
def test_a_manual_row_is_refused_while_its_studio_is_known_to_be_away(
    evenings: dict[str, Evening], fault: Fault
) -> None:
    orders = evenings[fault.name].orders
    assert all(order in wanted.split(" or ") for order, wanted in zip(orders, fault.orders, strict=True)), orders
    verdicts = Counter(words(ended) for ended in evenings[fault.name].verdicts("manual").values())
    assert sum(verdicts.values()) == 4
    assert verdicts["skipped"] == orders.count("NotReady")


@EACH
def test_each_trouble_is_said_once_within_three_seconds_and_its_end_too(
    evenings: dict[str, Evening], fault: Fault
) -> None:
    evening = evenings[fault.name]
    for kind in KINDS:
        raised = evening.of(kind, AlarmRaised)
        said = {one.kind for one in raised}
        assert sorted(said) == sorted(one.kind for one in raised)
        assert sorted(said) == sorted(one.kind for one in evening.of(kind, AlarmCleared))
        assert said | {"cue_failed"} == {*fault.alarms, "cue_failed"}
        assert all(one.what and one.remedy for one in raised)
        assert all(one.began_ns - evening.began_ns < NOTICED_NS for one in raised if one.kind in fault.alarms[:1])


@EACH
def test_a_row_that_was_not_seen_is_said_too(evenings: dict[str, Evening], fault: Fault) -> None:
    for kind in KINDS:
        evening = evenings[fault.name]
        unseen = [one for one in evening.verdicts(kind).values() if one.verdict == "unconfirmed"]
        assert bool(unseen) == ("cue_failed" in [one.kind for one in evening.of(kind, AlarmRaised)])


@EACH
def test_the_studio_beside_them_keeps_its_cues_and_is_never_alarmed(evenings: dict[str, Evening], fault: Fault) -> None:
    evening = evenings[fault.name]
    assert not evening.of(CALM, AlarmRaised)
    late = {place: ended.late_ms for place, ended in evening.verdicts(CALM).items() if place != "opening"}
    assert all(ms is not None and ms < CALM_LATE_MS for ms in late.values()), late


@LOST
def test_a_lost_recording_goes_on_in_a_new_part_and_its_gap_is_told_to_the_second(
    evenings: dict[str, Evening], fault: Fault
) -> None:
    evening = evenings[fault.name]
    for kind in KINDS:
        (gap,) = evening.of(kind, RecordingGap)
        _first, second = evening.journal(kind, "effect", "record_started")
        stops = [one["monotonic_ns"] for one in evening.journal(kind, "effect", "record_stopped")]
        lost_ns = min([at_ns for at_ns in stops if at_ns < second["monotonic_ns"]], default=evening.began_ns)
        assert -FRAME_NS < lost_ns - gap.from_ns < 1_500 * NS_PER_MS
        assert -FRAME_NS < gap.to_ns - second["monotonic_ns"] < NS_PER_S  # it says so before its first frame is due
        assert [one.part for one in evening.of(kind, RecordingStarted)] == [1, 2]


@EACH
def test_a_recording_that_goes_on_is_neither_stopped_nor_begun_again(
    evenings: dict[str, Evening], fault: Fault
) -> None:
    for kind in KINDS if not fault.new_part else (CALM,):
        assert len(evenings[fault.name].of(kind, RecordingStarted)) == fault.recorded
        assert not evenings[fault.name].of(kind, RecordingGap)


@EACH
def test_the_log_knows_every_file_that_was_recorded_also_of_an_obs_that_died(
    evenings: dict[str, Evening], fault: Fault
) -> None:
    evening = evenings[fault.name]
    for kind in KINDS:
        files = [one["data"]["path"] for one in evening.journal(kind, "effect", "record_started")]
        assert [one.path for one in evening.of(kind, RecordingStopped)] == files


@EACH
def test_a_clip_is_sent_at_most_once_a_call(evenings: dict[str, Evening], fault: Fault) -> None:
    evening = evenings[fault.name]
    asked = evening.journal("edge", "request", "TriggerMediaInputAction")
    shown = [ended for ended in evening.verdicts("edge").values() if ended.verdict in ("on_time", "late")]
    sent = [ended for ended in evening.verdicts("edge").values() if ended.verdict != "skipped"]
    assert len(shown) - 1 <= len(asked) <= len(sent) - 1  # the opening row has no clip


def test_what_a_broken_network_held_back_never_comes_true(evenings: dict[str, Evening]) -> None:
    shown = [one["data"]["scene"] for one in evenings["unplugged"].journal("scene", "effect", "programme")]
    assert shown == ["应急画面", "开场", "产品特写", "主播", "应急画面"]


async def test_five_studios_keep_their_cues_while_the_sixth_hangs(tmp_path: Path) -> None:
    """Their scene changes are timed by their own journals; the sixth is stopped in the middle and let go again."""
    five, sixth = Rack(tmp_path / "five", [f"s{at}" for at in range(5)]), Rack(tmp_path / "sixth", ["s5"])
    each_ms, many = 300, 24
    scenes = ("host", "closeup")
    cues = tuple(Cue(f"c{at}", at * each_ms, each_ms, scenes[at % 2], "行", advance="auto") for at in range(many))
    async with house(tmp_path) as director:
        await asyncio.gather(five.start(PASSWORD), sixth.start(PASSWORD))
        sheet = RunSheet("sheet", "六室", cues)
        assets = make_assets(SCENES, sheet, (), None, tmp_path, tmp_path / "assets")
        write(moving(0.3, size="32x32", fps=FPS), tmp_path / "clip.mp4")
        lanes = tuple(
            LanePlan(Studio(name, name, "127.0.0.1", port, "obs", "matrix"), SCENES, assets)
            for name, port in (five.ports | sixth.ports).items()
        )
        run = await director.conduct(Plan("six", "six", "六室", sheet, lanes, record=False))
        await director.started(run)
        await run.clock.sleep_until(run.standing.monotonic_ns(1_000 * NS_PER_MS))
        sixth.send(signal.SIGSTOP)
        await run.clock.sleep_until(run.standing.monotonic_ns(5_000 * NS_PER_MS))
        sixth.send(signal.SIGCONT)
        await director.outcome(run)
        alarms = [one.event for one in await director.journal.events("six") if isinstance(one.event, AlarmRaised)]
        anchor_ns = run.standing.monotonic_ns(0)
        await asyncio.gather(five.end(), sixth.end())
    late_ms = []
    for name in five.names:
        shown = five.journal(name, "effect", "programme")[1:-1]  # without the slate before and after
        assert len(shown) == many
        late_ms += [
            (one["monotonic_ns"] - anchor_ns) / NS_PER_MS - cue.start_ms for one, cue in zip(shown, cues, strict=True)
        ]
    assert sorted(late_ms)[len(late_ms) * 95 // 100] < BESIDE_LATE_MS
    assert [one.kind for one in alarms if one.kind == "obs_lost"] == ["obs_lost"]
