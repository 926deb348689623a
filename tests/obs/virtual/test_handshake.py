"""How a session begins, and every reason for which the server ends one."""

from typing import Any

import aiohttp
import pytest

from studio.obs.protocol import authentication
from studio.obs.virtual import VirtualObs
from tests.obs.virtual.client import PASSWORD, client, raw

IDENTIFY = "identify"


async def closed_by(obs: VirtualObs, *messages: Any) -> int | None:
    """The close code that a conversation ends with."""
    async with raw(obs) as socket:
        asked = (await socket.receive_json())["d"]["authentication"]
        for message in messages:
            if message == IDENTIFY:
                word = authentication(PASSWORD, asked["salt"], asked["challenge"])
                await socket.send_json({"op": 1, "d": {"rpcVersion": 1, "authentication": word}})
                await socket.receive_json()
            elif isinstance(message, bytes):
                await socket.send_bytes(message)
            elif isinstance(message, str):
                await socket.send_str(message)
            else:
                await socket.send_json(message)
        answer = await socket.receive(timeout=5)
        assert answer.type is aiohttp.WSMsgType.CLOSE, answer
        return socket.close_code


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        pytest.param(["{"], 4002, id="no json"),
        pytest.param(["[]"], 4002, id="no object"),
        pytest.param([b"{}"], 4002, id="binary on a json session"),
        pytest.param([{"d": {}}], 4006, id="no op"),
        pytest.param([{"op": "1", "d": {}}], 4006, id="op of the wrong type"),
        pytest.param([{"op": 1}], 4003, id="no data"),
        pytest.param([{"op": 1, "d": "x"}], 4004, id="data is no object"),
        pytest.param([{"op": 6, "d": {}}], 4007, id="request before identify"),
        pytest.param([{"op": 1, "d": {"rpcVersion": 1}}], 4009, id="no password"),
        pytest.param([{"op": 1, "d": {"rpcVersion": 1, "authentication": "x"}}], 4009, id="wrong password"),
        pytest.param([{"op": 1, "d": {"rpcVersion": 1, "authentication": 5}}], 4009, id="password is a number"),
        pytest.param([IDENTIFY, {"op": 1, "d": {"rpcVersion": 1}}], 4008, id="identified twice"),
        pytest.param([IDENTIFY, {"op": 77, "d": {}}], 4006, id="unknown op"),
        pytest.param([IDENTIFY, {"op": 6, "d": {"requestType": "GetStats"}}], 4003, id="request without id"),
        pytest.param([IDENTIFY, {"op": 6, "d": {"requestId": "1"}}], 4003, id="request without type"),
        pytest.param([IDENTIFY, {"op": 6, "d": {"requestId": "1", "requestType": 5}}], 4004, id="type is a number"),
        pytest.param([IDENTIFY, {"op": 3, "d": {"eventSubscriptions": -1}}], 4004, id="negative subscriptions"),
        pytest.param([IDENTIFY, {"op": 8, "d": {"requestId": "1"}}], 4003, id="batch without requests"),
        pytest.param(
            [IDENTIFY, {"op": 8, "d": {"requestId": "1", "requests": [], "executionType": 9}}],
            4005,
            id="unknown execution type",
        ),
    ],
)
async def test_a_broken_rule_closes_the_session_with_its_code(obs: VirtualObs, messages: list[Any], code: int) -> None:
    assert await closed_by(obs, *messages) == code


@pytest.mark.parametrize(
    ("identify", "code"),
    [
        pytest.param({}, 4003, id="none"),
        pytest.param({"rpcVersion": "1"}, 4004, id="text"),
        pytest.param({"rpcVersion": 2}, 4010, id="too new"),
    ],
)
async def test_the_rpc_version_is_checked_after_the_password(
    obs: VirtualObs, identify: dict[str, Any], code: int
) -> None:
    async with raw(obs) as socket:
        asked = (await socket.receive_json())["d"]["authentication"]
        word = authentication(PASSWORD, asked["salt"], asked["challenge"])
        await socket.send_json({"op": 1, "d": {**identify, "authentication": word}})
        await socket.receive(timeout=5)
        assert socket.close_code == code


async def test_without_a_password_hello_asks_for_none(tmp_path: object) -> None:
    async with VirtualObs(port=0, record_dir=str(tmp_path), canvas=(64, 64)) as obs, raw(obs) as socket:
        hello = await socket.receive_json()
        assert hello == {"op": 0, "d": {"obsWebSocketVersion": "5.1.0", "rpcVersion": 1}}


async def test_a_client_without_subprotocol_speaks_json(obs: VirtualObs) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"ws://127.0.0.1:{obs.port}") as socket:
        assert (await socket.receive_json())["op"] == 0
        assert socket.protocol is None


async def test_a_plain_http_request_is_answered_with_426(obs: VirtualObs) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{obs.port}/") as answer:
        assert answer.status == 426


async def test_stopping_says_goodbye_first(tmp_path: object) -> None:
    obs = VirtualObs(port=0, password=PASSWORD, record_dir=str(tmp_path), canvas=(64, 64))
    await obs.start()
    async with client(obs) as desk:
        await obs.stop()
        await desk.event("ExitStarted")
        with pytest.raises(ConnectionError, match="1001"):
            await desk.receive(7)
