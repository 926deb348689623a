"""What an agent answers that somebody else has got into his hands: it costs the centre that one request."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from studio.errors import AgentError, AgentMistaken, AgentRefused, AgentUnreachable, RefusedByRule
from studio.model.pc import Film
from studio.pc import client
from studio.pc.client import AgentClient
from studio.pc.identity import identity
from studio.pc.known import Door
from studio.pc.throttle import Throttle
from studio.timekeeper import SystemClock

pytestmark = pytest.mark.usefixtures("english")
CLOCK = SystemClock()
HASH, ID = "ab" * 32, "cd" * 16
GOOD: dict[str, Any] = {
    "id": ID,
    "name": "直播/a.mkv",
    "folder": "D:\\录像",
    "size": 10,
    "modified_ns": 1,
    "stable": True,
    "sha256": HASH,
    "sealed": False,
}
FILM = Film(**GOOD)
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def agent(folder: Path, answer: Answer) -> AsyncIterator[AgentClient]:
    """A client, paired with a server that answers everything by ``answer``."""
    who = identity(folder / "agent")
    application = web.Application()
    application.router.add_route("*", "/{all:.*}", answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=who.server_context()).start()
    try:
        async with AgentClient(Door("127.0.0.1", runner.addresses[0][1], who.fingerprint, "token"), CLOCK) as paired:
            yield paired
    finally:
        await runner.cleanup()


def says(body: str | bytes, status: int = 200, **headers: str) -> Answer:
    """An agent that knows one answer."""
    content = body.encode() if isinstance(body, str) else body
    told = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=content, status=status, headers=told)

    return answer


async def test_no_name_comes_back_that_was_not_asked_for(tmp_path: Path) -> None:
    wanted = [f"{at:064x}.png" for at in range(1_200)]
    lies = ["/etc/passwd", "../../.studio/secrets.toml", wanted[7], wanted[1_100]]
    async with agent(tmp_path, says(json.dumps({"missing": lies}))) as paired:
        assert await paired.missing_assets(wanted) == [wanted[7], wanted[1_100]]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{",
        "[" * 100_000,
        '{"now_ns": Infinity, "grain_ns": 1}',
        '{"now_ns": 1e400, "grain_ns": 1}',
        '{"now_ns": NaN, "grain_ns": 1}',
        '{"now_ns": 9223372036854775808, "grain_ns": 1}',
        '{"now_ns": "' + "9" * 5_000 + '", "grain_ns": 1}',
        b"\xff\xfe\x00",
    ],
)
async def test_an_answer_nobody_can_read_is_said_to_be_one(tmp_path: Path, body: str | bytes) -> None:
    async with agent(tmp_path, says(body)) as paired:
        with pytest.raises(AgentMistaken, match="nobody can read"):
            await paired.offset()
        with pytest.raises(AgentMistaken, match="nobody can read"):
            await paired.facts()


@pytest.mark.parametrize("status", [301, 400, 409, 500, 503])
@pytest.mark.parametrize("body", ["", "null", "[]", '{"error": 1' + "0" * 5_000 + "}", "[" * 100_000, "<html>"])
async def test_a_refusal_nobody_can_read_is_one_too(tmp_path: Path, status: int, body: str) -> None:
    async with agent(tmp_path, says(body, status, Content_Type="text/html; charset=hex")) as paired:
        with pytest.raises(AgentMistaken, match=str(status)):
            await paired.facts()


@pytest.mark.parametrize(("told", "exit_code"), [(0, 3), (130, 3), ("4", 3), (None, 3), (4, 4), (1, 1), (3, 3)])
async def test_its_own_words_obey_our_screen(tmp_path: Path, told: object, exit_code: int) -> None:
    said = {"error": "\x1b]0;owned\x07" + "x" * 10_000, "remedy": "\u202eevil", "exit_code": told}
    async with agent(tmp_path, says(json.dumps(said), 409)) as paired:
        with pytest.raises(AgentRefused) as refused:
            await paired.facts()
    words = str(refused.value)
    assert refused.value.exit_code == exit_code
    assert len(words) < 2_000
    assert words.isprintable()


async def test_nothing_is_unpacked_and_nothing_too_long_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = gzip.compress(json.dumps({"missing": []}).encode())
    async with agent(tmp_path, says(packed, Content_Encoding="gzip")) as paired:
        with pytest.raises(AgentMistaken, match="nobody can read"):
            await paired.missing_assets([f"{HASH}.png"])
    monkeypatch.setattr(client, "MAX_ANSWER", 1_000)
    async with agent(tmp_path, says(json.dumps({"missing": ["x" * 1_000]}))) as paired:
        with pytest.raises(AgentMistaken, match="nobody can read"):
            await paired.missing_assets([f"{HASH}.png"])
    async with agent(tmp_path, says(bytes(2_000))) as paired:
        with pytest.raises(AgentMistaken, match="nobody can read"):
            await paired.speed(1_999)


async def test_it_sends_us_nowhere_else(tmp_path: Path) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    async with agent(tmp_path, answer) as paired:
        with pytest.raises(AgentMistaken, match="307"):
            await paired.ask("POST", "/pair/begin", json={"message": "00"})
    assert asked == ["/pair/begin"]


@pytest.mark.parametrize(
    ("key", "lie"),
    [
        ("sha256", "../../../victim"),
        ("sha256", HASH.upper()),
        ("id", "../facts"),
        ("size", -1),
        ("size", 2**63),
        ("name", "a.m\0kv"),
        ("name", "a.mkv:ads"),
        ("name", "a.exe"),
        ("name", "\ud800.mkv"),
        ("modified_ns", "soon"),
    ],
)
async def test_a_recording_that_no_agent_tells_of_is_none(tmp_path: Path, key: str, lie: object) -> None:
    async with agent(tmp_path, says(json.dumps([GOOD | {key: lie}]))) as paired:
        with pytest.raises(AgentMistaken, match="nobody can read"):
            await paired.films()
    async with agent(tmp_path, says(json.dumps([GOOD]))) as paired:
        assert await paired.films() == (FILM,)


async def test_a_recording_is_not_longer_than_it_was_told(tmp_path: Path) -> None:
    taken = 0
    async with agent(tmp_path, says(bytes(1_000_000))) as paired:
        with pytest.raises(AgentRefused, match="has grown since it was finished"):
            async for piece in paired.film(FILM, 0, Throttle(None, CLOCK)):
                taken += len(piece)
    assert taken <= FILM.size


async def test_one_that_takes_nothing_in_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "SILENT_S", 0.5)
    clip = tmp_path / "clip.mp4"
    with clip.open("wb") as file:
        file.truncate(64 * 1024 * 1024)

    async def answer(_request: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    async with agent(tmp_path, answer) as paired, asyncio.timeout(20):
        with pytest.raises(AgentUnreachable):
            await paired.put_asset(f"{HASH}.mp4", clip)


async def test_an_address_that_is_none_is_nobodys() -> None:
    with pytest.raises(AgentError):
        await client.pair("a..b", 4460, "123456", CLOCK)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５"])
async def test_what_is_no_code_costs_no_try(code: str) -> None:
    with pytest.raises(RefusedByRule, match="six digits"):
        await client.pair("127.0.0.1", 1, code, CLOCK)
