"""The virtual OBS speaks MessagePack as the real one does: to a raw client and to simpleobsws, which knows no other."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgpack
import pytest
import simpleobsws

from studio.obs.protocol import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK, authentication
from studio.obs.virtual import VirtualObs
from tests.obs.virtual.client import PASSWORD, Client, raw


class Packed:
    """An identified client that writes and reads nothing but binary frames."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def send(self, op: int, **data: Any) -> None:
        await self.socket.send_bytes(msgpack.packb({"op": op, "d": data}))

    async def receive(self) -> dict[str, Any]:
        return dict(msgpack.unpackb(await self.socket.receive_bytes(timeout=5)))

    async def ending(self, frame: bytes | str) -> tuple[int | None, str | None]:
        """The close code and words with which a frame is answered."""
        await (self.socket.send_str(frame) if isinstance(frame, str) else self.socket.send_bytes(frame))
        answer = await self.socket.receive(timeout=5)
        assert answer.type is aiohttp.WSMsgType.CLOSE, answer
        return self.socket.close_code, answer.extra


@pytest.fixture
async def packed(obs: VirtualObs) -> AsyncIterator[Packed]:
    async with raw(obs, SUBPROTOCOL_MSGPACK) as socket:
        peer = Packed(socket)
        asked = (await peer.receive())["d"]["authentication"]
        await peer.send(1, rpcVersion=1, authentication=authentication(PASSWORD, asked["salt"], asked["challenge"]))
        assert await peer.receive() == {"op": 2, "d": {"negotiatedRpcVersion": 1}}
        yield peer


@pytest.fixture
async def simple(obs: VirtualObs) -> AsyncIterator[simpleobsws.WebSocketClient]:
    """Another project's client, as published."""
    peer = simpleobsws.WebSocketClient(f"ws://127.0.0.1:{obs.port}", PASSWORD)
    await peer.connect()
    assert await peer.wait_until_identified(5)
    yield peer
    await peer.disconnect()


@pytest.mark.parametrize(
    ("offered", "chosen", "kind"),
    [
        ([SUBPROTOCOL_MSGPACK], SUBPROTOCOL_MSGPACK, aiohttp.WSMsgType.BINARY),
        ([SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON], SUBPROTOCOL_MSGPACK, aiohttp.WSMsgType.BINARY),
        ([SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK], SUBPROTOCOL_JSON, aiohttp.WSMsgType.TEXT),
        (["unheard of", SUBPROTOCOL_MSGPACK], SUBPROTOCOL_MSGPACK, aiohttp.WSMsgType.BINARY),
    ],
    ids=["msgpack", "msgpack first", "json first", "an unknown one first"],
)
async def test_the_first_known_subprotocol_offered_decides(
    obs: VirtualObs, offered: list[str], chosen: str, kind: aiohttp.WSMsgType
) -> None:
    async with raw(obs, *(name.replace(" ", "-") for name in offered)) as socket:
        assert (socket.protocol, (await socket.receive(timeout=5)).type) == (chosen, kind)


async def test_a_request_is_answered_in_kind(packed: Packed) -> None:
    await packed.send(6, requestType="GetVersion", requestId="v")
    answer = await packed.receive()
    assert (answer["op"], answer["d"]["requestId"]) == (7, "v")
    assert answer["d"]["responseData"]["obsVersion"] == "29.0.2"


async def test_a_batch_is_answered_in_kind(packed: Packed) -> None:
    await packed.send(8, requestId="b", requests=[{"requestType": "GetStudioModeEnabled"}, {"requestType": "Nope"}])
    answer = await packed.receive()
    codes = [one["requestStatus"]["code"] for one in answer["d"]["results"]]
    assert (answer["op"], answer["d"]["requestId"], codes) == (9, "b", [100, 204])


async def test_what_a_json_client_does_is_told_to_a_msgpack_client(packed: Packed, desk: Client) -> None:
    await desk.get("CreateScene", sceneName="牛羊")
    event = await packed.receive()
    while event["d"]["eventType"] != "SceneCreated":
        event = await packed.receive()
    assert (event["op"], event["d"]["eventData"]["sceneName"]) == (5, "牛羊")


@pytest.mark.parametrize("frame", ["hello", '{"op":6,"d":{}}'], ids=["words", "json"])
async def test_a_text_message_on_a_msgpack_session_ends_it(packed: Packed, frame: str) -> None:
    words = "Your session encoding is set to MsgPack, but a text message was received."
    assert await packed.ending(frame) == (4002, words)


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xc1", id="a byte without meaning"),
        pytest.param(b"\x82\xa2op", id="cut off"),
        pytest.param(msgpack.packb({"op": 6, "d": {}}) + b"\x01", id="more behind it"),
        pytest.param(b"\xdd\xff\xff\xff\xff", id="4 thousand million entries announced"),
        pytest.param(b"\x91" * 100_000, id="100000 lists open"),
        pytest.param(b"\x91" * 100_000 + b"\xc0", id="100000 lists"),
        pytest.param(msgpack.packb({"op": 6, 1: 2, "d": {}}), id="a number as key"),
        pytest.param(msgpack.packb({"op": 6, "d": {b"x": 1}}), id="bytes as key"),
        pytest.param(b"\x82\xa2op\x06\xa1d\x81\xa1x\xa2\xff\xfe", id="text that is no utf-8"),
        pytest.param(msgpack.packb({"op": 6, "d": {"requestId": float("nan")}}), id="not a number"),
    ],
)
async def test_what_is_no_msgpack_ends_with_4002(packed: Packed, frame: bytes) -> None:
    code, words = await packed.ending(frame)
    assert code == 4002
    assert words is not None and words.startswith("Unable to decode MsgPack: ")


@pytest.mark.parametrize("value", [[], 5, None], ids=["list", "number", "nil"])
async def test_what_is_no_object_ends_with_4002(packed: Packed, value: object) -> None:
    assert await packed.ending(msgpack.packb(value)) == (4002, "You sent a non-object payload.")


@pytest.mark.parametrize("op", [float("inf"), float("nan"), 99], ids=["infinite", "not a number", "99"])
async def test_an_unknown_op_ends_with_4006(packed: Packed, op: float) -> None:
    assert (await packed.ending(msgpack.packb({"op": op, "d": {}})))[0] == 4006


@pytest.mark.parametrize(
    "number", [b"\x00\xff", msgpack.ExtType(5, b"ab"), msgpack.Timestamp(1, 2), 1.5, None], ids=repr
)
async def test_any_request_id_comes_back_as_it_was(packed: Packed, number: object) -> None:
    await packed.send(6, requestType="GetStudioModeEnabled", requestId=number)
    assert (await packed.receive())["d"]["requestId"] == number


async def test_bytes_are_shown_to_a_json_client_as_obs_shows_them(packed: Packed, desk: Client) -> None:
    await packed.send(6, requestType="BroadcastCustomEvent", requestId=1, requestData={"eventData": {"x": b"\x00\xff"}})
    assert (await desk.event("CustomEvent"))["x"] == {"bytes": [0, 255], "subtype": None}


async def test_bytes_can_be_written_into_a_journal_file(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    async with (
        VirtualObs(port=0, record_dir=tmp_path, canvas=(64, 64), journal_path=path) as obs,
        raw(obs, SUBPROTOCOL_MSGPACK) as socket,
    ):
        peer = Packed(socket)
        await peer.receive()
        await peer.send(1, rpcVersion=1, eventSubscriptions=0)
        await peer.receive()
        await peer.send(6, requestType="GetVersion", requestId=b"\x07")
        assert (await peer.receive())["d"]["requestId"] == b"\x07"
    asked = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [one["request_id"]["bytes"] for one in asked if one["kind"] == "request"] == [[7]]


async def test_simpleobsws_switches_a_scene_and_hears_of_it(simple: simpleobsws.WebSocketClient) -> None:
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def changed(data: dict[str, Any]) -> None:
        heard.put_nowait(data)

    simple.register_event_callback(changed, "CurrentProgramSceneChanged")
    assert (await simple.call(simpleobsws.Request("CreateScene", {"sceneName": "开场"}))).ok()
    assert (await simple.call(simpleobsws.Request("SetCurrentProgramScene", {"sceneName": "开场"}))).ok()
    async with asyncio.timeout(5):
        assert (await heard.get())["sceneName"] == "开场"
    now = await simple.call(simpleobsws.Request("GetCurrentProgramScene"))
    assert now.responseData["currentProgramSceneName"] == "开场"


async def test_simpleobsws_is_told_why_a_request_failed(simple: simpleobsws.WebSocketClient) -> None:
    answer = await simple.call(simpleobsws.Request("SetCurrentProgramScene", {"sceneName": "nowhere"}))
    assert (answer.ok(), answer.requestStatus.code) == (False, 600)
    assert "nowhere" in answer.requestStatus.comment


async def test_simpleobsws_runs_a_batch_that_halts(simple: simpleobsws.WebSocketClient) -> None:
    asked = [simpleobsws.Request(kind) for kind in ("GetVersion", "Nope", "GetStats")]
    answers = await simple.call_batch(asked, halt_on_failure=True)
    assert [one.requestStatus.code for one in answers] == [100, 204]


async def test_simpleobsws_records_a_film(simple: simpleobsws.WebSocketClient) -> None:
    assert (await simple.call(simpleobsws.Request("StartRecord"))).ok()
    await asyncio.sleep(0.3)
    stopped = await simple.call(simpleobsws.Request("StopRecord"))
    assert Path(stopped.responseData["outputPath"]).stat().st_size > 0


async def test_simpleobsws_with_a_wrong_password_is_not_let_in(obs: VirtualObs) -> None:
    peer = simpleobsws.WebSocketClient(f"ws://127.0.0.1:{obs.port}", "wrong")
    await peer.connect()
    assert not await peer.wait_until_identified(1)
    assert peer.ws.close_code == 4009
    await peer.disconnect()
