"""Packets nobody can read: the socket is closed with a code, nothing is logged, and everybody else goes on."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from studio.obs.virtual import VirtualObs
from studio.obs.virtual.codec import DEEPEST
from tests.obs.virtual.client import Client, client, identified, raw


@pytest.fixture
async def socket(obs: VirtualObs, caplog: pytest.LogCaptureFixture) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """An identified socket; whatever was sent on it, nothing may have been logged as a failure."""
    async with raw(obs) as peer:
        await identified(peer)
        yield peer
    failures = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert failures == []


async def ending(socket: aiohttp.ClientWebSocketResponse, text: str) -> tuple[int | None, str | None]:
    """The close code and words with which a text is answered."""
    await socket.send_str(text)
    answer = await socket.receive(timeout=5)
    assert answer.type is aiohttp.WSMsgType.CLOSE, answer
    return socket.close_code, answer.extra


async def answer_to(socket: aiohttp.ClientWebSocketResponse, text: str) -> dict[str, Any]:
    """The ``d`` of what a text is answered with."""
    await socket.send_str(text)
    return dict((await socket.receive_json(timeout=10))["d"])


def asking(**more: str) -> str:
    """A harmless request, with parts of it replaced by literal JSON."""
    parts = {"requestType": '"GetStudioModeEnabled"', "requestId": "1"} | more
    inner = ",".join(f'"{name}":{literal}' for name, literal in parts.items())
    return f'{{"op":6,"d":{{{inner}}}}}'


@pytest.mark.parametrize(
    ("op", "words"),
    [
        pytest.param("1e400", "Unknown OpCode: 0", id="beyond every float"),
        pytest.param("9" * 400, "Unknown OpCode: 0", id="400 digits"),
        pytest.param("-" + "9" * 5000, "Unknown OpCode: 0", id="5000 digits below zero"),
        pytest.param("1e30", "Unknown OpCode: 0", id="1e30"),
        pytest.param(str(2**64), "Unknown OpCode: 0", id="65 bits"),
        pytest.param("-1", "Unknown OpCode: 255", id="minus one"),
        pytest.param("99.5", "Unknown OpCode: 99", id="float"),
        pytest.param("null", "Your `op` is not a number.", id="null"),
        pytest.param('"6"', "Your `op` is not a number.", id="text"),
        pytest.param("true", "Your `op` is not a number.", id="true"),
        pytest.param("[6]", "Your `op` is not a number.", id="list"),
    ],
)
async def test_an_op_that_is_none_ends_with_4006(socket: aiohttp.ClientWebSocketResponse, op: str, words: str) -> None:
    assert await ending(socket, f'{{"op":{op},"d":{{}}}}') == (4006, words)


async def test_an_op_out_of_range_ends_with_4006_before_identify_too(obs: VirtualObs) -> None:
    async with raw(obs) as socket:
        await socket.receive()
        assert (await ending(socket, '{"op":1e400,"d":{}}'))[0] == 4006


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("[" * 100_000, id="100000 brackets open"),
        pytest.param("[" * 100_000 + "]" * 100_000, id="100000 brackets"),
        pytest.param('{"a":' * 100_000, id="100000 braces"),
        pytest.param(asking(requestId="[" * DEEPEST + "]" * DEEPEST), id="just too deep"),
        pytest.param('{"op":NaN,"d":{}}', id="NaN as op"),
        pytest.param('{"op":-Infinity,"d":{}}', id="Infinity as op"),
        pytest.param(asking(requestId="NaN"), id="NaN as id"),
        pytest.param(asking(requestData='{"x":Infinity}'), id="Infinity in the data"),
        pytest.param(asking(requestId="1e400"), id="an id beyond every float"),
        pytest.param(asking(requestData='{"x":[' + "9" * 400 + "]}"), id="400 digits in the data"),
        pytest.param(asking(requestId=r'"\ud800"'), id="lone high surrogate"),
        pytest.param(asking(requestId=r'["\udc00"]'), id="lone low surrogate"),
        pytest.param(asking(requestData=r'{"\ud83d":1}'), id="lone surrogate in a key"),
        pytest.param('{"op":6,"d":{}} more', id="more behind it"),
        pytest.param("7", id="a number"),
        pytest.param("null", id="null"),
    ],
)
async def test_what_is_no_message_ends_with_4002(socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
    assert (await ending(socket, text))[0] == 4002


@pytest.mark.parametrize(("literal", "code"), [("null", 4003), ("[]", 4004), ("7", 4004), ('"x"', 4004)])
async def test_data_that_is_no_object_has_its_code(
    socket: aiohttp.ClientWebSocketResponse, literal: str, code: int
) -> None:
    assert (await ending(socket, f'{{"op":6,"d":{literal}}}'))[0] == code


async def test_bytes_that_are_no_utf8_end_with_1007_as_the_websocket_rules_say(
    socket: aiohttp.ClientWebSocketResponse,
) -> None:
    await socket.send_frame(b'{"op":6,"d":"\xff"}', aiohttp.WSMsgType.TEXT)
    answer = await socket.receive(timeout=5)
    assert (answer.type, socket.close_code) == (aiohttp.WSMsgType.CLOSE, 1007)


@pytest.mark.parametrize(
    "literal",
    [
        "null",
        "true",
        "1.5",
        '""',
        "[]",
        '{"a":[null,{}]}',
        r'"\ud83d\udc11"',
        "-9223372036854775808",
        "18446744073709551615",
        "1e300",
        pytest.param("[" * 250 + "]" * 250, id="250 brackets"),
    ],
)
async def test_an_odd_request_id_comes_back_as_it_was(socket: aiohttp.ClientWebSocketResponse, literal: str) -> None:
    assert (await answer_to(socket, asking(requestId=literal)))["requestId"] == json.loads(literal)


async def test_an_integer_of_more_than_64_bits_becomes_a_float_as_in_obs(
    socket: aiohttp.ClientWebSocketResponse,
) -> None:
    assert (await answer_to(socket, asking(requestId=str(2**70))))["requestId"] == float(2**70)


async def test_an_op_counts_by_its_lowest_eight_bits_as_in_obs(socket: aiohttp.ClientWebSocketResponse) -> None:
    answer = await answer_to(socket, asking().replace('"op":6', f'"op":{2**33 + 6}'))
    assert answer["requestStatus"]["code"] == 100


async def test_a_message_of_10_megabytes_is_answered(socket: aiohttp.ClientWebSocketResponse) -> None:
    answer = await answer_to(socket, asking(requestData=json.dumps({"x": "a" * 10_000_000})))
    assert answer["requestStatus"]["code"] == 100


async def test_settings_as_deep_as_a_message_may_be_are_kept(desk: Client) -> None:
    deep: dict[str, Any] = {}
    for _level in range(DEEPEST - 5):
        deep = {"a": deep}
    await desk.scene("A", 0xFF0000FF)
    await desk.get("SetInputSettings", inputName="A colour", inputSettings=deep)
    settings = (await desk.get("GetInputSettings", inputName="A colour"))["inputSettings"]
    assert settings["a"] == deep["a"]


async def test_one_clients_rubbish_leaves_the_others_connected(
    socket: aiohttp.ClientWebSocketResponse, obs: VirtualObs
) -> None:
    async with client(obs) as other:
        await ending(socket, "[" * 100_000)
        assert await other.code("GetVersion") == 100
