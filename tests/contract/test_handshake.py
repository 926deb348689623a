"""How a connection begins, and by which close code and words it ends when the client is wrong."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.wire import Closed, Subject, Wire, proof

if TYPE_CHECKING:
    from collections.abc import Iterator

# Not here, since a real OBS 29 dies of them: an `authentication` that is no string, a batch element that is no object.


@pytest.fixture
def fresh(subject: Subject) -> Iterator[Wire]:
    """A socket before anything was said."""
    peer = Wire(subject)
    yield peer
    peer.close()


def identify(peer: Wire, **fields: object) -> None:
    """Answer Hello with a right password and these fields; a None takes a field out."""
    hello = peer.receive()
    found: dict[str, Any] = {
        "rpcVersion": 1,
        "authentication": proof(peer.subject.password, hello["d"]["authentication"]),
    }
    found |= fields
    peer.send({"op": 1, "d": {key: value for key, value in found.items() if value is not None}})


def ends(peer: Wire) -> tuple[int | None, str]:
    with pytest.raises(Closed) as closed:
        while True:
            peer.receive(3)
    return closed.value.code, closed.value.reason


def test_hello_names_version_rpc_and_a_challenge(fresh: Wire) -> None:
    hello = fresh.receive()
    assert hello["op"] == 0
    assert set(hello["d"]) == {"obsWebSocketVersion", "rpcVersion", "authentication"}
    assert hello["d"]["rpcVersion"] == 1
    assert set(hello["d"]["authentication"]) == {"challenge", "salt"}
    assert all(len(base64.b64decode(value)) == 32 for value in hello["d"]["authentication"].values())


def test_each_connection_gets_its_own_challenge_over_one_salt(subject: Subject) -> None:
    peers = [Wire(subject), Wire(subject)]
    asked = [peer.receive()["d"]["authentication"] for peer in peers]
    for peer in peers:
        peer.close()
    assert asked[0]["challenge"] != asked[1]["challenge"]
    assert asked[0]["salt"] == asked[1]["salt"]


def test_the_right_password_is_identified(fresh: Wire) -> None:
    identify(fresh)
    assert fresh.receive() == {"op": 2, "d": {"negotiatedRpcVersion": 1}}


def test_an_old_field_for_invalid_messages_is_ignored(fresh: Wire) -> None:
    identify(fresh, ignoreInvalidMessages=True)
    assert fresh.receive()["op"] == 2


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        pytest.param({"authentication": "x"}, 4009, "Authentication failed.", id="wrong password"),
        pytest.param({"authentication": ""}, 4009, "Authentication failed.", id="empty password"),
        pytest.param(
            {"authentication": None},
            4009,
            "Your payload's data is missing an `authentication` string, however authentication is required.",
            id="no password",
        ),
        pytest.param({"rpcVersion": None}, 4003, "Your payload's data is missing an `rpcVersion`.", id="no version"),
        pytest.param({"rpcVersion": "1"}, 4004, "Your `rpcVersion` is not an unsigned number.", id="version as text"),
        pytest.param(
            {"rpcVersion": 0}, 4010, "Your requested RPC version is not supported by this server.", id="version 0"
        ),
        pytest.param(
            {"rpcVersion": 2}, 4010, "Your requested RPC version is not supported by this server.", id="version 2"
        ),
        pytest.param(
            {"eventSubscriptions": "x"}, 4004, "Your `eventSubscriptions` is not an unsigned number.", id="bits as text"
        ),
        pytest.param(
            {"eventSubscriptions": -1}, 4004, "Your `eventSubscriptions` is not an unsigned number.", id="negative bits"
        ),
    ],
)
def test_an_identify_that_is_refused(fresh: Wire, fields: dict[str, object], code: int, words: str) -> None:
    identify(fresh, **fields)
    assert ends(fresh) == (code, words)


NOT_IDENTIFIED = "You attempted to send a non-Identify message while not identified."
REQUEST = {"requestType": "GetVersion", "requestId": "1"}


@pytest.mark.parametrize(
    ("packet", "code", "words"),
    [
        pytest.param({"op": 6, "d": REQUEST}, 4007, NOT_IDENTIFIED, id="request"),
        pytest.param({"op": 3, "d": {}}, 4007, NOT_IDENTIFIED, id="reidentify"),
        pytest.param({"op": 8, "d": {"requestId": "1", "requests": []}}, 4007, NOT_IDENTIFIED, id="batch"),
        pytest.param({"op": 99, "d": {}}, 4007, NOT_IDENTIFIED, id="unknown op"),
        pytest.param({"op": 1}, 4003, "Your payload is missing data (`d`).", id="no data"),
        pytest.param({"op": 1, "d": []}, 4004, "Your payload's data (`d`) is not an object.", id="data is a list"),
        pytest.param([1], 4002, "You sent a non-object payload.", id="list"),
    ],
)
def test_what_may_not_be_sent_before_identify(fresh: Wire, packet: object, code: int, words: str) -> None:
    fresh.receive()
    fresh.send(packet)
    assert ends(fresh) == (code, words)


def ready(peer: Wire) -> Wire:
    assert peer.identify()["op"] == 2
    return peer


def test_a_second_identify_is_refused(fresh: Wire) -> None:
    ready(fresh).send({"op": 1, "d": {"rpcVersion": 1}})
    assert ends(fresh) == (4008, "You are already Identified with the obs-websocket server.")


@pytest.mark.parametrize(
    ("packet", "code", "words"),
    [
        pytest.param({"op": 99, "d": {}}, 4006, "Unknown OpCode: 99", id="unknown op"),
        pytest.param({"op": 5, "d": {}}, 4006, "Unknown OpCode: 5", id="an op of the server's"),
        pytest.param({"d": {}}, 4006, "Your request is missing an `op`.", id="no op"),
        pytest.param({"op": "6", "d": {}}, 4006, "Your `op` is not a number.", id="op as text"),
        pytest.param({"op": 6}, 4003, "Your payload is missing data (`d`).", id="no data"),
        pytest.param({"op": 6, "d": []}, 4004, "Your payload's data (`d`) is not an object.", id="data is a list"),
        pytest.param([1], 4002, "You sent a non-object payload.", id="list"),
        pytest.param(
            {"op": 6, "d": {"requestId": "1"}}, 4003, "Your payload's data is missing an `requestType`.", id="no type"
        ),
        pytest.param(
            {"op": 6, "d": {"requestType": "GetVersion"}},
            4003,
            "Your payload data is missing a `requestId`.",
            id="no id",
        ),
        pytest.param(
            {"op": 6, "d": {"requestType": 5, "requestId": "1"}},
            4004,
            "Your `requestType` is not a string.",
            id="type 5",
        ),
        pytest.param(
            {"op": 3, "d": {"eventSubscriptions": "x"}},
            4004,
            "Your `eventSubscriptions` is not an unsigned number.",
            id="reidentify with text",
        ),
        pytest.param(
            {"op": 8, "d": {"requests": []}}, 4003, "Your payload data is missing a `requestId`.", id="batch without id"
        ),
        pytest.param(
            {"op": 8, "d": {"requestId": "1"}},
            4003,
            "Your payload data is missing a `requests`.",
            id="batch of nothing",
        ),
        pytest.param(
            {"op": 8, "d": {"requestId": "1", "requests": {}}},
            4004,
            "Your `requests` is not an array.",
            id="batch object",
        ),
        pytest.param(
            {"op": 8, "d": {"requestId": "1", "requests": [], "haltOnFailure": 3}},
            4004,
            "Your `haltOnFailure` is not a boolean.",
            id="halt as number",
        ),
        pytest.param(
            {"op": 8, "d": {"requestId": "1", "requests": [], "executionType": 9}},
            4005,
            "Your `executionType` has an invalid value.",
            id="execution 9",
        ),
        pytest.param(
            {"op": 8, "d": {"requestId": "1", "requests": [], "executionType": "x"}},
            4004,
            "Your `executionType` is not a number.",
            id="execution as text",
        ),
    ],
)
def test_what_ends_a_running_connection(fresh: Wire, packet: object, code: int, words: str) -> None:
    ready(fresh).send(packet)
    assert ends(fresh) == (code, words)


def test_text_that_is_not_json_ends_the_connection(fresh: Wire) -> None:
    ready(fresh).socket.send("{nope")
    code, words = ends(fresh)
    assert code == 4002
    assert words.startswith("Unable to decode Json: ")


def test_a_binary_message_on_a_json_session_ends_the_connection(fresh: Wire) -> None:
    ready(fresh).socket.send_binary(b"\x81\xa2op\x06")
    assert ends(fresh) == (4002, "Your session encoding is set to Json, but a binary message was received.")


def test_one_clients_mistake_ends_only_its_own_connection(subject: Subject, fresh: Wire) -> None:
    ready(fresh)
    culprit = Wire(subject)
    culprit.identify()
    culprit.send({"op": 99, "d": {}})
    assert ends(culprit)[0] == 4006
    culprit.close()
    assert fresh.ask("GetVersion").code == 100


@pytest.mark.parametrize("data", [{}, {"eventSubscriptions": 0}], ids=["nothing", "bits"])
def test_reidentify_is_answered_as_identify_is(fresh: Wire, data: dict[str, object]) -> None:
    ready(fresh).send({"op": 3, "d": data})
    assert fresh.receive() == {"op": 2, "d": {"negotiatedRpcVersion": 1}}


@pytest.mark.parametrize("offered", [None, ["obswebsocket.json"]], ids=["no subprotocol", "json"])
def test_json_is_spoken_with_and_without_the_subprotocol(subject: Subject, offered: list[str] | None) -> None:
    peer = Wire(subject, offered)
    assert peer.socket.subprotocol == (offered[0] if offered else None)
    assert peer.identify()["op"] == 2
    peer.close()


@pytest.mark.parametrize("number", [7, None, {"a": 1}], ids=["number", "null", "object"])
def test_any_request_id_comes_back_as_it_was(fresh: Wire, number: object) -> None:
    ready(fresh).send({"op": 6, "d": {"requestType": "GetStudioModeEnabled", "requestId": number}})
    assert fresh.receive()["d"]["requestId"] == number
