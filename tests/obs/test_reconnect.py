"""Reconnection on simulated time, against a server that comes, goes and refuses."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import TYPE_CHECKING, Any

import pytest

from studio.clock import NS_PER_MS
from studio.errors import ObsAuthenticationFailed, ObsDisconnected, ObsTimeout, ObsUnreachable
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.obs.reconnect import BackOff, LinkChange, LinkState, Reconnector, is_refusal
from studio.timekeeper import SimulatedClock
from tests.obs.scripted import Peer, obedient, scripted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def nothing() -> float:
    return 0.0


@pytest.fixture
def nobody() -> Iterator[int]:
    """A port that is taken and where nobody listens: connections are refused."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


class Watched:
    """A reconnector on simulated time, and every state it has entered."""

    def __init__(self, port: int, jitter: Callable[[], float] = nothing) -> None:
        self.clock = SimulatedClock(wall_ns=0)
        self.link = ObsLink(Address("127.0.0.1", port), self.clock)
        self.reconnector = Reconnector(self.link, self.clock, jitter)
        self.changes: list[LinkChange] = []
        self.reconnector.listen(self.changes.append)

    @property
    def states(self) -> list[str]:
        return [str(change.state) for change in self.changes]

    async def reaches(self, state: LinkState) -> LinkChange:
        """The change that enters ``state``: the present one, or the next that does, however short it stays."""
        if self.reconnector.state is state:
            return self.changes[-1]
        seen = len(self.changes)
        async with asyncio.timeout(3):
            while not (entered := [change for change in self.changes[seen:] if change.state is state]):
                await asyncio.sleep(0.005)
        return entered[0]

    async def waits(self, count: int) -> LinkChange:
        """The ``count``-th time it waits; the clock stands still until then."""
        async with asyncio.timeout(3):
            while self.states.count("waiting") < count:
                await asyncio.sleep(0.005)
        return self.changes[-1]

    async def wait_over(self) -> None:
        """Turn the clock to the instant of the next attempt, and no further."""
        due_ns = self.changes[-1].retry_ns
        assert due_ns is not None
        await self.clock.advance(due_ns - self.clock.monotonic_ns())

    async def __aenter__(self) -> Watched:
        self.reconnector.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.reconnector.stop()


@pytest.mark.parametrize(
    ("failures", "jitter", "wait_ms"),
    [
        pytest.param(1, 0.0, 250, id="first"),
        pytest.param(2, 0.0, 500, id="doubles"),
        pytest.param(6, 0.0, 8_000, id="sixth"),
        pytest.param(7, 0.0, 10_000, id="capped"),
        pytest.param(5_000, 0.0, 10_000, id="a night of failures"),
        pytest.param(2, 1.0, 250, id="jitter takes half off"),
    ],
)
def test_the_wait_after_a_failure(failures: int, jitter: float, wait_ms: int) -> None:
    assert BackOff().wait_ms(failures, refused=False, jitter=jitter) == wait_ms


def test_a_refusal_waits_long_from_the_first_and_without_jitter() -> None:
    assert BackOff().wait_ms(1, refused=True, jitter=1.0) == 60_000


@pytest.mark.parametrize(
    ("why", "refusal"),
    [
        pytest.param(ObsAuthenticationFailed("wrong"), True, id="4009"),
        pytest.param(ObsDisconnected("kicked", close_code=4011), True, id="4011"),
        pytest.param(ObsDisconnected("stopping", close_code=1001), False, id="1001"),
        pytest.param(ObsDisconnected("lost"), False, id="no code"),
        pytest.param(ObsUnreachable("nobody"), False, id="nobody there"),
        pytest.param(ObsTimeout("slow"), False, id="slow"),
    ],
)
def test_only_a_wrong_password_and_a_kick_are_refusals(why: Any, refusal: bool) -> None:
    assert is_refusal(why) is refusal


async def test_it_connects() -> None:
    async with scripted() as server, Watched(server.port) as watched:
        await watched.reaches(LinkState.CONNECTED)
        assert watched.states == ["connecting", "connected"]
        assert await watched.link.call("Anything") == {"echo": None}


async def test_it_connects_again_after_a_loss_when_the_wait_is_over() -> None:
    async with scripted() as server, Watched(server.port) as watched:
        await watched.reaches(LinkState.CONNECTED)
        await server.peers[0].socket.close(code=1001)
        waiting = await watched.reaches(LinkState.WAITING)
        assert waiting.retry_ns == 250 * NS_PER_MS
        await watched.clock.advance(249 * NS_PER_MS)
        assert watched.states[-1] == "waiting"
        await watched.clock.advance(1 * NS_PER_MS)
        await watched.reaches(LinkState.CONNECTED)
        assert watched.states == ["connecting", "connected", "waiting", "connecting", "connected"]


async def test_it_keeps_trying_a_port_where_nobody_is_with_growing_waits(nobody: int) -> None:
    async with Watched(nobody) as watched:
        waits = []
        for count in range(1, 5):
            change = await watched.waits(count)
            assert change.retry_ns is not None
            waits.append((change.retry_ns - change.at_ns) // NS_PER_MS)
            await watched.wait_over()
        assert waits == [250, 500, 1000, 2000]


async def test_a_success_begins_the_waits_anew() -> None:
    turned_away = 2

    async def at_third_knock(peer: Peer, packet: dict[str, Any]) -> None:
        nonlocal turned_away
        if turned_away:
            turned_away -= 1
            await peer.socket.close(code=1001)
        else:
            await obedient(peer, packet)

    async with scripted(at_third_knock) as server, Watched(server.port) as watched:
        for count in (1, 2):
            await watched.waits(count)
            await watched.wait_over()
        await watched.reaches(LinkState.CONNECTED)
        await server.peers[-1].socket.close(code=1001)
        change = await watched.waits(3)
        assert change.retry_ns is not None
        assert change.retry_ns - change.at_ns == 250 * NS_PER_MS


async def test_after_a_wrong_password_it_waits_long_and_says_refused() -> None:
    async def turn_away(peer: Peer, packet: dict[str, Any]) -> None:
        await peer.socket.close(code=4009)

    async with scripted(turn_away) as server, Watched(server.port) as watched:
        change = await watched.reaches(LinkState.REFUSED)
        assert isinstance(change.why, ObsAuthenticationFailed)
        assert change.retry_ns == 60_000 * NS_PER_MS
        await watched.clock.advance(59_999 * NS_PER_MS)
        assert len(server.peers) == 1


async def test_after_a_kick_it_waits_long() -> None:
    async with scripted() as server, Watched(server.port) as watched:
        await watched.reaches(LinkState.CONNECTED)
        await server.peers[0].socket.close(code=4011)
        change = await watched.reaches(LinkState.REFUSED)
        assert change.retry_ns == 60_000 * NS_PER_MS


async def test_one_warning_and_then_debug(caplog: pytest.LogCaptureFixture, nobody: int) -> None:
    caplog.set_level(logging.DEBUG, "studio.obs.reconnect")
    async with Watched(nobody) as watched:
        for count in (1, 2, 3):
            await watched.waits(count)
            await watched.wait_over()
        await watched.waits(4)
    assert [record.levelname for record in caplog.records] == ["WARNING", "DEBUG", "DEBUG", "DEBUG"]


async def test_stopping_ends_the_attempts_and_closes_the_link() -> None:
    async with scripted() as server:
        async with Watched(server.port) as watched:
            await watched.reaches(LinkState.CONNECTED)
        assert watched.states[-1] == "stopped"
        assert not watched.link.connected


async def test_stopping_while_waiting_ends_at_once(nobody: int) -> None:
    async with asyncio.timeout(2):
        async with Watched(nobody) as watched:
            await watched.reaches(LinkState.WAITING)
        assert watched.states[-1] == "stopped"
