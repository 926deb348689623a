"""The link over a real socket whose other end misbehaves in ways a healthy OBS does not."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import socket
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from studio import errors
from studio.model.obs import Request
from studio.obs.events import ObsEvent
from studio.obs.handshake import Address, parse_address
from studio.obs.link import ObsLink
from studio.obs.protocol import authentication
from studio.timekeeper import SystemClock
from tests.obs.scripted import HELLO, IDENTIFIED, Peer, Scripted, obedient, scripted

if TYPE_CHECKING:
    from collections.abc import Iterator

CHALLENGE = {**HELLO, "authentication": {"salt": "s", "challenge": "c"}}
SECRET = "never in a log"


def link_to(server: Scripted, password: str = "", heartbeat_ms: int = 4000) -> ObsLink:
    return ObsLink(Address("127.0.0.1", server.port, password), SystemClock(), heartbeat_ms=heartbeat_ms)


async def deaf(peer: Peer, packet: dict[str, Any]) -> None:
    """Identifies, then never answers."""
    if packet["op"] == 1:
        await peer.send(IDENTIFIED)


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """A future nobody looked at warns when it is collected; warnings are errors here."""
    yield
    gc.collect()


async def test_answers_meet_their_questions_in_whatever_order_they_come() -> None:
    held: list[dict[str, Any]] = []

    async def backwards(peer: Peer, packet: dict[str, Any]) -> None:
        if packet["op"] == 1:
            await peer.send(IDENTIFIED)
            return
        held.append(packet["d"])
        if len(held) == 3:
            for request in reversed(held):
                await peer.answer(request, {"echo": request["requestData"]["n"]})

    async with scripted(backwards) as server, link_to(server) as link:
        answers = await asyncio.gather(*(link.call("Anything", {"n": n}) for n in range(3)))
    assert [answer["echo"] for answer in answers] == [0, 1, 2]


async def test_the_command_socket_asks_for_no_events_and_the_other_for_all() -> None:
    async with scripted() as server, link_to(server):
        assert [peer.subscriptions for peer in server.peers] == [0, 4095]


async def test_both_sockets_send_small_packets_at_once() -> None:
    async with scripted() as server, link_to(server) as link:
        for ours in link._sockets:
            assert ours.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


async def test_a_mapping_of_any_kind_is_sent_as_an_object() -> None:
    async with scripted() as server, link_to(server) as link:
        answer = await link.call("Anything", MappingProxyType({"a": MappingProxyType({"名": 1})}))
    assert answer == {"echo": {"a": {"名": 1}}}


async def test_a_refusal_carries_status_comment_and_remedy() -> None:
    async def refuse(peer: Peer, packet: dict[str, Any]) -> None:
        if packet["op"] == 1:
            await peer.send(IDENTIFIED)
        else:
            await peer.answer(packet["d"], code=600, comment="No source was found.")

    async with scripted(refuse) as server, link_to(server) as link:
        with pytest.raises(errors.ObsRequestFailed) as refused:
            await link.call("RemoveScene", {"sceneName": "x"})
    assert (refused.value.request_type, refused.value.code, refused.value.comment) == (
        "RemoveScene", 600, "No source was found.",
    )  # fmt: skip
    assert refused.value.remedy


async def test_no_answer_in_time_is_a_timeout() -> None:
    async with scripted(deaf) as server, link_to(server) as link:
        with pytest.raises(errors.ObsTimeout):
            await link.call("GetStats", deadline_ms=50)
        assert link.connected


async def test_a_late_answer_is_dropped_and_shifts_nothing() -> None:
    first = asyncio.Event()

    async def slow_once(peer: Peer, packet: dict[str, Any]) -> None:
        if packet["op"] == 6 and packet["d"]["requestType"] == "Slow":
            await first.wait()
        await obedient(peer, packet)

    async with scripted(slow_once) as server, link_to(server) as link:
        with pytest.raises(errors.ObsTimeout):
            await link.call("Slow", {"n": "late"}, deadline_ms=50)
        first.set()
        assert await link.call("Quick", {"n": "own"}) == {"echo": {"n": "own"}}
        assert await link.call("Quick", {"n": "next"}) == {"echo": {"n": "next"}}


async def test_calls_leave_nothing_pending() -> None:
    async with scripted(deaf) as server, link_to(server) as link:
        with pytest.raises(errors.ObsTimeout):
            await link.call("GetStats", deadline_ms=30)
        cancelled = asyncio.create_task(link.call("GetStats"))
        await asyncio.sleep(0.02)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        assert link._pending == {}


@pytest.mark.parametrize("which", [0, 1], ids=["commands", "events"])
async def test_losing_either_socket_fails_all_pending_calls_at_once_with_the_close_code(which: int) -> None:
    async with scripted(deaf) as server, link_to(server) as link:
        calls = [asyncio.create_task(link.call("GetStats", deadline_ms=10_000)) for _ in range(3)]
        await asyncio.sleep(0.05)
        await server.peers[which].socket.close(code=4011)
        async with asyncio.timeout(1):
            ends = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(end) for end in ends] == [errors.ObsDisconnected] * 3
        assert [end.close_code for end in ends if isinstance(end, errors.ObsDisconnected)] == [4011] * 3
        assert not link.connected


async def test_a_call_after_the_loss_says_so_at_once() -> None:
    async with scripted() as server, link_to(server) as link:
        await server.peers[0].socket.close(code=1001)
        why = await link.wait_lost()
        assert isinstance(why, errors.ObsDisconnected)
        with pytest.raises(errors.ObsDisconnected) as refused:
            await link.call("GetStats")
    assert refused.value.close_code == 1001


async def test_a_call_before_connecting_says_so() -> None:
    with pytest.raises(errors.ObsDisconnected):
        await ObsLink(Address("127.0.0.1", 1), SystemClock()).call("GetStats")


async def test_closing_ends_pending_calls() -> None:
    async with scripted(deaf) as server, link_to(server) as link:
        call = asyncio.create_task(link.call("GetStats"))
        await asyncio.sleep(0.02)
        await link.close()
        with pytest.raises(errors.ObsDisconnected):
            await call


async def test_a_lost_link_connects_again_and_its_listeners_stay() -> None:
    seen: list[str] = []
    async with scripted() as server, link_to(server) as link:
        link.listen(lambda event: seen.append(event.type))
        await server.peers[1].socket.close()
        await link.wait_lost()
        await link.connect()
        await server.peers[3].send({"op": 5, "d": {"eventType": "ExitStarted", "eventIntent": 1}})
        await link.call("Anything")
        await asyncio.sleep(0.02)
    assert seen == ["ExitStarted"]


async def test_a_silent_peer_is_given_up_by_the_heartbeat() -> None:
    """A peer whose process is stopped keeps its TCP connection open: only the missing pong tells."""
    released = asyncio.Event()

    async def freeze(peer: Peer, packet: dict[str, Any]) -> None:
        if packet["op"] == 1:
            await peer.send(IDENTIFIED)
        else:
            await released.wait()  # nothing is read from this socket any more, pings included

    async with scripted(freeze) as server, link_to(server, heartbeat_ms=200) as link:
        call = asyncio.create_task(link.call("GetStats", deadline_ms=10_000))
        async with asyncio.timeout(3):
            with pytest.raises(errors.ObsDisconnected):
                await call
        released.set()


async def test_events_carry_their_fields_and_the_instant_of_arrival() -> None:
    clock = SystemClock()
    async with scripted() as server, link_to(server) as link:
        with link.events() as stream:
            before = clock.monotonic_ns()
            packet = {"eventType": "SceneCreated", "eventIntent": 4, "eventData": {"sceneName": "沙棘"}}
            await server.peers[1].send({"op": 5, "d": packet})
            event = await anext(stream)
    assert (event.type, event.fields) == ("SceneCreated", {"sceneName": "沙棘"})
    assert before <= event.arrived_ns <= clock.monotonic_ns()


async def test_a_stream_gives_what_arrived_and_then_ends_with_the_loss() -> None:
    async with scripted() as server, link_to(server) as link:
        stream = link.events()
        await server.peers[1].send({"op": 5, "d": {"eventType": "ExitStarted", "eventIntent": 1}})
        await server.peers[1].socket.close(code=1001)
        seen = []
        with pytest.raises(errors.ObsDisconnected):
            async for event in stream:
                seen.append(event.type)
    assert seen == ["ExitStarted"]


async def test_a_stream_that_is_closed_simply_ends() -> None:
    async with scripted() as server, link_to(server) as link:
        stream = link.events()
        stream.close()
        assert [event async for event in stream] == []


async def test_one_listeners_mistake_costs_the_others_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def fail(event: ObsEvent) -> None:
        raise ValueError(event.type)

    seen: list[str] = []
    async with scripted() as server, link_to(server) as link:
        link.listen(fail)
        link.listen(lambda event: seen.append(event.type))
        with link.events() as stream:
            await server.peers[1].send({"op": 5, "d": {"eventType": "ExitStarted", "eventIntent": 1}})
            await anext(stream)
            await asyncio.sleep(0)
    assert seen == ["ExitStarted"]
    assert "a listener failed" in caplog.text


@pytest.mark.parametrize(
    "packet",
    ["not json", "[]", "{}", '{"op": 7}', '{"op": 7, "d": {}}', '{"op": 7, "d": 3}'],
)
async def test_an_unreadable_packet_ends_the_link_with_a_protocol_error(packet: str) -> None:
    async def babble(peer: Peer, question: dict[str, Any]) -> None:
        if question["op"] == 1:
            await peer.send(IDENTIFIED)
        else:
            await peer.socket.send_str(packet)

    async with scripted(babble) as server, link_to(server) as link:
        with pytest.raises(errors.ObsProtocolError):
            await link.call("GetStats", deadline_ms=2000)


@pytest.mark.parametrize("status", [None, {}, {"result": True}, {"result": True, "code": "x"}])
async def test_an_answer_without_a_readable_status_is_a_protocol_error(status: object) -> None:
    async def vague(peer: Peer, packet: dict[str, Any]) -> None:
        if packet["op"] == 1:
            await peer.send(IDENTIFIED)
        else:
            same = {key: packet["d"][key] for key in ("requestType", "requestId")}
            await peer.send({"op": 7, "d": same | {"requestStatus": status}})

    async with scripted(vague) as server, link_to(server) as link:
        with pytest.raises(errors.ObsProtocolError):
            await link.call("GetStats")


@pytest.mark.parametrize(
    "results",
    [None, [], [{"requestType": "B", "requestStatus": {"result": True, "code": 100}}] * 2],
    ids=["missing", "too few", "of other requests"],
)
async def test_a_batch_answer_that_does_not_fit_its_requests_is_a_protocol_error(results: object) -> None:
    async def shuffle(peer: Peer, packet: dict[str, Any]) -> None:
        if packet["op"] == 1:
            await peer.send(IDENTIFIED)
        else:
            await peer.send({"op": 9, "d": {"requestId": packet["d"]["requestId"], "results": results}})

    async with scripted(shuffle) as server, link_to(server) as link:
        with pytest.raises(errors.ObsProtocolError):
            await link.batch([Request("A"), Request("B")])


async def test_nobody_at_the_port_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refused
        with pytest.raises(errors.ObsUnreachable):
            await ObsLink(Address("127.0.0.1", taken.getsockname()[1]), SystemClock()).connect()


@pytest.mark.parametrize(("host", "port"), [("no such host.invalid", 4455), ("127.0.0.1", 99999), ("", 4455)])
async def test_an_impossible_address_is_unreachable(host: str, port: int) -> None:
    with pytest.raises(errors.ObsUnreachable):
        await ObsLink(Address(host, port), SystemClock()).connect()


async def test_a_peer_that_accepts_and_says_nothing_is_unreachable_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        link = ObsLink(Address("127.0.0.1", silent.getsockname()[1]), SystemClock())
        async with asyncio.timeout(2):
            with pytest.raises(errors.ObsUnreachable):
                await link.connect(deadline_ms=150)


async def test_a_peer_that_upgrades_and_never_says_hello_is_unreachable_in_time() -> None:
    async def silent(peer: Peer, packet: dict[str, Any]) -> None:
        return

    async with scripted(silent) as server:
        async with asyncio.timeout(3):
            with pytest.raises(errors.ObsUnreachable):
                await link_to(server).connect(deadline_ms=150)


async def test_another_kind_of_server_is_a_protocol_error() -> None:
    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        await writer.drain()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async with await asyncio.start_server(page, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(errors.ObsProtocolError):
            await ObsLink(Address("127.0.0.1", port), SystemClock()).connect()


@pytest.mark.parametrize("hello", [None, [], {"authentication": {"salt": "s"}}, {"authentication": 5}])
async def test_a_hello_of_another_shape_is_a_protocol_error(hello: object) -> None:
    async with scripted(hello=hello) as server:
        with pytest.raises(errors.ObsProtocolError):
            await link_to(server, SECRET).connect()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (4009, errors.ObsAuthenticationFailed),
        (4010, errors.ObsProtocolError),
        (4011, errors.ObsDisconnected),
        (1001, errors.ObsDisconnected),
    ],
)
async def test_a_close_code_in_the_handshake_has_its_own_error(code: int, error: type[errors.ObsError]) -> None:
    async def turn_away(peer: Peer, packet: dict[str, Any]) -> None:
        await peer.socket.close(code=code)

    async with scripted(turn_away) as server:
        with pytest.raises(error) as refused:
            await link_to(server, SECRET).connect()
    assert refused.value.remedy


async def test_a_password_that_is_asked_for_and_missing_is_said_without_trying() -> None:
    async with scripted(hello=CHALLENGE) as server:
        with pytest.raises(errors.ObsAuthenticationFailed):
            await link_to(server).connect()
        assert server.asked == []


async def test_the_answer_to_the_challenge_is_that_of_the_protocol() -> None:
    async with scripted(hello=CHALLENGE) as server, link_to(server, SECRET):
        assert server.asked[0]["d"]["authentication"] == authentication(SECRET, "s", "c")


async def test_the_password_is_in_no_log_no_repr_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    async def turn_away(peer: Peer, packet: dict[str, Any]) -> None:
        await peer.socket.close(code=4009)

    caplog.set_level(logging.DEBUG)
    async with scripted(turn_away, hello=CHALLENGE) as server:
        link = link_to(server, SECRET)
        with pytest.raises(errors.ObsAuthenticationFailed) as refused:
            await link.connect()
        digest = json.dumps(server.asked[0]["d"]["authentication"])
    said = caplog.text + repr(link.address) + str(link.address) + str(refused.value) + repr(refused.value)
    assert SECRET not in said
    assert digest not in said


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:4456", "127.0.0.1", 4456),
        ("studio-pc", "studio-pc", 4455),
        ("[::1]:4457", "::1", 4457),
        ("[::1]", "::1", 4455),
    ],
)
def test_an_address_is_read(text: str, host: str, port: int) -> None:
    assert parse_address(text) == Address(host, port)


@pytest.mark.parametrize("text", ["", ":4455", "host:", "host:x", "host:0", "host:65536", "a b:4455", "ws://host:4455"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        parse_address(text)
