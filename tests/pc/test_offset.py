"""A PC's clock against ours: the truth is always within what is stated, however bad the link and the clock."""

import random
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.clock import NS_PER_MS, NS_PER_S
from studio.model.pc import Offset
from studio.pc.client import AgentClient
from studio.pc.known import Door
from studio.pc.offset import DRIFT_PPM, Exchange, estimate
from studio.timekeeper import SystemClock
from tests.pc.house import TOKEN, Line, Shifted, at_once, pc

NOW = 1_800_000_000_000  # milliseconds
AHEAD = 40 * NS_PER_S


def exchange(sent: float, theirs: float, received: float, grain: float = 0) -> Exchange:
    """All in milliseconds since ``NOW``."""
    at, ms = NOW * NS_PER_MS, NS_PER_MS
    return Exchange(at + int(sent * ms), at + int(theirs * ms), at + int(received * ms), int(grain * ms))


@pytest.mark.parametrize(
    ("exchanges", "ahead_ms", "uncertainty_ms"),
    [
        pytest.param([exchange(0, 1005, 10)], 1000, 5, id="one exchange is good to half its way there and back"),
        pytest.param([exchange(0, -995, 10)], -1000, 5, id="a clock that is behind is negative"),
        pytest.param([exchange(0, 0, 0)], 0, 0, id="no time at all passes"),
        pytest.param([exchange(0, 50, 100)], 0, 50, id="a slow link says little"),
        pytest.param([exchange(0, 0, 1000)], -499.9, 500.1, id="only the way back is slow"),
        pytest.param([exchange(0, 1000, 1000)], 500.1, 500.1, id="only the way there is slow"),
        pytest.param([exchange(0, 1005, 10, 16)], 1008, 13, id="a clock that counts in 16 ms"),
        pytest.param([exchange(0, 5, 10), exchange(20, 70, 120)], 0, 5.02, id="the quickest one counts, and ages"),
        pytest.param([exchange(0, 50, 100), exchange(200, 205, 210)], 0, 5, id="a slow one before it adds nothing"),
        pytest.param(
            [exchange(0, 0, 100), exchange(200, 300, 300)], 0, 0.05, id="two lopsided ones hold the truth between them"
        ),
        pytest.param([exchange(0, 5, 10), exchange(20, 40_025, 30)], 40_000, 5, id="set forward before the last one"),
        pytest.param([exchange(0, 40_005, 10), exchange(20, 25, 30)], 0, 5, id="set back before the last one"),
        pytest.param(
            [exchange(0, 5, 10), exchange(20, 5070, 120), exchange(130, 5135, 140)], 5000, 5, id="two since it was set"
        ),
        pytest.param(
            [exchange(0, 2, 4), exchange(10, 5015, 20), exchange(30, 82, 134)], 0, 52, id="set and set back again"
        ),
    ],
)
def test_what_is_stated(exchanges: list[Exchange], ahead_ms: float, uncertainty_ms: float) -> None:
    found = estimate(exchanges)
    assert found.at_ns == exchanges[-1].received_ns
    assert found.ahead_ms == pytest.approx(ahead_ms, abs=0.05)
    assert found.uncertainty_ns / NS_PER_MS == pytest.approx(uncertainty_ms, abs=0.05)


def test_an_hour_old_exchange_is_widened_by_what_two_clocks_drift_in_an_hour() -> None:
    found = estimate([exchange(0, 0.5, 1), exchange(3_600_000, 3_601_000, 3_602_000)])
    assert found.uncertainty_ns / NS_PER_MS == pytest.approx(3600 * DRIFT_PPM / 1000, rel=0.01)


def test_without_an_exchange_nothing_is_stated() -> None:
    with pytest.raises(ValueError, match="needs an exchange"):
        estimate([])


SPANS = st.one_of(st.just(0), st.integers(0, 3 * NS_PER_S), st.integers(0, 1000))
GRAINS = st.sampled_from([1, 100, 999_999, 15_625_000, NS_PER_S])
DRIFTS = st.integers(-DRIFT_PPM * 1000 + 1, DRIFT_PPM * 1000 - 1)  # in thousand millionths
OFFSETS = st.integers(-(10**18), 10**18)
ROUNDS = st.lists(st.tuples(SPANS, SPANS, SPANS), min_size=1, max_size=8)


class Truth:
    """Two clocks of which everything is known, and a link between them."""

    def __init__(self, ahead_ns: int, drift: int, grain_ns: int) -> None:
        self.now_ns = NOW * NS_PER_MS
        self.ahead_ns = ahead_ns
        self._drift = Fraction(drift, 10**9)
        self._grain_ns = grain_ns

    def ahead(self) -> Fraction:
        """How far their clock is ahead now."""
        return self.ahead_ns + self._drift * (self.now_ns - NOW * NS_PER_MS)

    def exchange(self, wait_ns: int, there_ns: int, back_ns: int) -> Exchange:
        """Ask after ``wait_ns``; the question takes ``there_ns``, the answer ``back_ns``."""
        self.now_ns += wait_ns
        sent_ns = self.now_ns
        self.now_ns += there_ns
        theirs_ns = (self.now_ns + self.ahead()) // self._grain_ns * self._grain_ns
        self.now_ns += back_ns
        return Exchange(sent_ns, int(theirs_ns), self.now_ns, self._grain_ns)


def holds(found: Offset, truth: Truth) -> bool:
    """Whether the truth is within what is stated."""
    return abs(truth.ahead() - found.ahead_ns) <= found.uncertainty_ns


@given(OFFSETS, DRIFTS, GRAINS, ROUNDS)
def test_the_truth_is_always_within_what_is_stated(
    ahead_ns: int, drift: int, grain_ns: int, rounds: list[tuple[int, int, int]]
) -> None:
    truth = Truth(ahead_ns, drift, grain_ns)
    assert holds(estimate([truth.exchange(*one) for one in rounds]), truth)


@given(OFFSETS, DRIFTS, ROUNDS, ROUNDS, st.sampled_from([-1, 1]))
def test_a_clock_that_was_set_between_exchanges_is_told_as_it_is_now(
    ahead_ns: int, drift: int, before: list[tuple[int, int, int]], after: list[tuple[int, int, int]], way: int
) -> None:
    truth = Truth(ahead_ns, drift, 1)
    exchanges = [truth.exchange(*one) for one in before]
    truth.ahead_ns += way * 60 * NS_PER_S  # more than all these exchanges could leave in doubt
    assert holds(estimate(exchanges + [truth.exchange(*one) for one in after]), truth)


async def test_on_a_quiet_link_a_clock_40_s_off_is_known_to_5_ms(tmp_path: Path) -> None:
    async with pc(tmp_path, clock=Shifted(AHEAD)) as agent, AgentClient(agent.door, SystemClock()) as client:
        found = [await client.offset() for _ in range(5)]
    assert all(abs(one.ahead_ns - AHEAD) <= one.uncertainty_ns for one in found)
    best = min(found, key=lambda one: one.uncertainty_ns)
    assert best.uncertainty_ns < 5 * NS_PER_MS
    assert abs(best.ahead_ns - AHEAD) < 5 * NS_PER_MS


async def test_a_clock_that_counts_coarsely_is_no_surer_than_that(tmp_path: Path) -> None:
    grain = 50 * NS_PER_MS

    class Coarse(Shifted):
        def wall_ns(self) -> int:
            return super().wall_ns() // grain * grain

    clock = Coarse(-AHEAD)
    async with pc(tmp_path, clock=clock, grain_ns=grain) as agent, AgentClient(agent.door, SystemClock()) as client:
        found = await client.offset()
    assert abs(found.ahead_ns + AHEAD) <= found.uncertainty_ns


@pytest.mark.parametrize(
    ("there", "back"),
    [(0.0, 0.08), (0.08, 0.0), (0.02, 0.06)],
    ids=["the way back is slow", "the way there is slow", "both are, unevenly"],
)
async def test_a_slow_link_is_said_to_be_one(tmp_path: Path, there: float, back: float) -> None:
    chance = random.Random(4)
    async with pc(tmp_path, clock=Shifted(AHEAD)) as agent:
        line = Line(agent.port, lambda: chance.uniform(there / 2, there), lambda: chance.uniform(back / 2, back))
        async with line.laid() as port:
            door = Door("127.0.0.1", port, agent.who.fingerprint, TOKEN)
            async with AgentClient(door, SystemClock()) as client:
                found = await client.offset()
    assert abs(found.ahead_ns - AHEAD) <= found.uncertainty_ns
    assert found.uncertainty_ns >= (there + back) / 4 * NS_PER_S  # half the way there and back, at its quickest


async def test_a_clock_that_is_set_while_it_is_asked(tmp_path: Path) -> None:
    clock = Shifted(0)
    async with pc(tmp_path, clock=clock) as agent:
        asked = 0

        def set_it() -> float:
            nonlocal asked
            asked += 1
            if asked == 6:  # the handshake and some exchanges are over
                clock.ahead_ns = AHEAD
            return 0.0

        line = Line(agent.port, set_it, at_once)
        async with line.laid() as port:
            door = Door("127.0.0.1", port, agent.who.fingerprint, TOKEN)
            async with AgentClient(door, SystemClock()) as client:
                found = await client.offset()
    assert asked > 6
    assert abs(found.ahead_ns - AHEAD) <= found.uncertainty_ns
