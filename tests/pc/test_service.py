"""Every route of an agent, asked by people who should not and in ways it was not built for."""

import asyncio
import gzip
import json
import os
import threading
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from studio.clock import NS_PER_S
from studio.errors import AgentMistaken, AgentRefused, StudioError
from studio.model.pc import Film
from studio.pc import service
from studio.pc.client import AgentClient
from studio.pc.shelf import Shelf
from studio.pc.throttle import Throttle
from studio.timekeeper import SystemClock
from tests.pc.house import TOKEN, Pc, blind, pc, say, sha256

pytestmark = pytest.mark.usefixtures("english")

SECRET = b"nobody outside may read this"
PICTURE = b"\x89PNG one picture"
NAME = f"{sha256(PICTURE)}.png"


@pytest.fixture
async def agent(tmp_path: Path) -> AsyncIterator[Pc]:
    """A paired PC with one finished recording, and a secret beside its folders."""
    async with pc(tmp_path) as one:
        (tmp_path / "secret.mkv").write_bytes(SECRET)
        film(one.folder / "一.mkv", b"a recording")
        yield one


@pytest.fixture
async def client(agent: Pc) -> AsyncIterator[AgentClient]:
    """Its director."""
    async with AgentClient(agent.door, SystemClock()) as one:
        yield one


def film(path: Path | bytes, content: bytes) -> None:
    """A recording that was finished an hour ago."""
    with open(path, "wb") as file:  # noqa: PTH123 - the name may be bytes that are no text
        file.write(content)
    stat = os.stat(path)  # noqa: PTH116 - the same
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns - 3600 * NS_PER_S))


async def fetched(client: AgentClient, one: Film, start: int = 0) -> bytes:
    """The bytes of a recording from there on."""
    return b"".join([piece async for piece in client.film(one, start, Throttle(None, SystemClock()))])


def all_routes() -> list[tuple[str, str]]:
    """Method and path of every route there is, a new one too, with something for each name in its path."""
    built = service.Service(None, 1, None, None, None, None, None, None)  # type: ignore[arg-type]  # its routes alone are asked for
    fill = {"{name}": NAME, "{id}": "0" * 32, "{what}": "start"}
    found = []
    for route in built.application().router.routes():
        assert route.resource is not None
        path = route.resource.canonical
        for name, value in fill.items():
            path = path.replace(name, value)
        found.append((route.method, path))
    return found


ROUTES = all_routes()
PAIRING = [one for one in ROUTES if one[1].startswith("/pair/")]
GUARDED = [one for one in ROUTES if one not in PAIRING]
READING = [one for one in ROUTES if one[0] == "POST" and one[1] not in ("/speed", "/obs/start")]


def test_there_are_routes_to_try() -> None:
    assert {path for _method, path in PAIRING} == {"/pair/begin", "/pair/finish"}
    assert len(GUARDED) >= 10


# --- who may ask ----------------------------------------------------------------------------------------------------

TOKENS = [
    pytest.param(None, id="none"),
    pytest.param("", id="empty"),
    pytest.param("another", id="wrong"),
    pytest.param(TOKEN[:-1], id="one letter short"),
    pytest.param(TOKEN + "x", id="one letter long"),
    pytest.param(TOKEN.upper(), id="in capitals"),
    pytest.param(sha256(TOKEN.encode()), id="its hash"),
    pytest.param(b"\xff\xfe\x80", id="bytes that are no text"),
    pytest.param("令牌".encode(), id="Chinese"),
]


@pytest.mark.parametrize("token", TOKENS)
async def test_no_route_opens_without_the_token(agent: Pc, token: str | bytes | None) -> None:
    for method, path in GUARDED:
        heard = await say(agent.port, method, path, token=token)
        assert (path, heard.status) == (path, 401)
        assert heard.body == (b"" if method == "HEAD" else b'{"error": "unauthorized"}')
    assert agent.codes == []


@pytest.mark.parametrize("token", [None, "", "None", "null"])
async def test_an_agent_that_nobody_is_paired_with_opens_to_nobody(tmp_path: Path, token: str | None) -> None:
    async with pc(tmp_path, paired=False) as agent:
        for method, path in GUARDED:
            assert (path, (await say(agent.port, method, path, token=token)).status) == (path, 401)


@pytest.mark.parametrize("token", [None, TOKEN], ids=["without a token", "with it"])
@pytest.mark.parametrize(("method", "path"), PAIRING)
async def test_pairing_is_refused_by_rule_while_no_code_is_shown(
    agent: Pc, method: str, path: str, token: str | None
) -> None:
    body = b'{"id": "x", "proof": "00", "message": "41"}'
    heard = await say(agent.port, method, path, body=body, token=token)
    assert (heard.status, json.loads(heard.body)["exit_code"]) == (409, 4)
    assert agent.codes == []


@pytest.mark.parametrize(
    "target",
    [
        "/pair/../facts",
        "/pair/%2e%2e/facts",
        "/pair/..%2ffacts",
        "//pair/../films",
        "/facts?/pair/",
        "/facts#/pair/",
        "/facts;/pair/",
        "/PAIR/begin",
        "https://agent/pair/../facts",
        "/pair/begin/../../films",
    ],
)
async def test_no_way_of_writing_a_path_leads_around_the_guard(agent: Pc, target: str) -> None:
    heard = await say(agent.port, "GET", target, token=None)
    assert heard.status in (400, 401, 404, 405)
    assert b"disks" not in heard.body
    assert b"sha256" not in heard.body


@pytest.mark.parametrize("more", [b"Cookie: token=" + TOKEN.encode(), b"X-Token: " + TOKEN.encode()])
async def test_the_token_counts_in_its_own_place_alone(agent: Pc, more: bytes) -> None:
    target = f"/facts?token={TOKEN}&Authorization=Bearer%20{TOKEN}"
    assert (await say(agent.port, "GET", target, token=None, more=(more,))).status == 401


async def test_a_stranger_s_clock_question_tells_nothing_of_the_time(agent: Pc) -> None:
    assert b"now_ns" not in (await say(agent.port, "GET", "/clock", token=None)).body
    assert b"now_ns" in (await say(agent.port, "GET", "/clock")).body


async def test_plain_http_gets_no_answer(agent: Pc) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)
    writer.write(b"GET /facts HTTP/1.1\r\nHost: agent\r\nAuthorization: Bearer " + TOKEN.encode() + b"\r\n\r\n")
    try:
        assert b"HTTP" not in await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        pass
    finally:
        writer.close()


# --- out of the folders ---------------------------------------------------------------------------------------------

WAYS_OUT = [
    "..",
    "../secret.mkv",
    "..%2fsecret.mkv",
    "%2e%2e%2fsecret.mkv",
    "%2e%2e%5csecret.mkv",
    "..\\secret.mkv",
    "....//secret.mkv",
    "%252e%252e%252fsecret.mkv",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "C:%5cWindows%5cwin.ini",
    "%5c%5cserver%5cshare%5cx.mkv",
    "%e4%b8%80.mkv",
    "%00",
    "secret.mkv%00.png",
    "%c0%ae%c0%ae/secret.mkv",
    "%ff%fe",
    "x" * 3000,
    "CON",
    "0" * 32,
]


@pytest.mark.parametrize("way", WAYS_OUT)
async def test_no_path_is_taken_for_a_recording(agent: Pc, way: str) -> None:
    agent.films.look()
    for method, target in (("GET", f"/films/{way}"), ("POST", f"/films/{way}/sealed")):
        heard = await say(agent.port, method, target, body=b'{"sha256": ""}')
        assert 400 <= heard.status < 500
        assert SECRET not in heard.body
        assert b"root:" not in heard.body


@pytest.mark.parametrize("way", [*WAYS_OUT, "%s.png%%00" % ("a" * 64), "A" * 64 + ".png", f"{NAME}%0a", f"..%2f{NAME}"])
async def test_no_path_is_taken_for_an_asset(agent: Pc, tmp_path: Path, way: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert 400 <= (await say(agent.port, "PUT", f"/assets/{way}", body=PICTURE)).status < 500
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "name", ["../secret.mkv", "/etc/passwd", "C:\\x.png", NAME.upper(), NAME + "\n", NAME + "/..", "\ud800", "\0", ""]
)
async def test_only_names_of_assets_are_looked_for(agent: Pc, name: str) -> None:
    heard = await say(agent.port, "POST", "/assets/missing", body=json.dumps([name]).encode())
    assert (heard.status, json.loads(heard.body)["exit_code"]) == (409, 4)


NAMES = [
    "主直播间 2026-12-01.mkv",
    'it\'s "the" one.mkv',
    "two\nlines.mkv",
    "tab\there.mkv",
    "back\\..\\..\\slash.mkv",
    "C:colon.mkv",
    "%2e%2e%2fpercent.mkv",
    "..mkv.mkv",
    " spaces .mkv",
    "<script>alert(1)<script>.mkv",
    "\u202egnp.mkv",
    "x" * 251 + ".mkv",
    "沙" * 83 + ".mkv",
    "EndsInCapitals.MKV",
]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps most of these names from being made")
@pytest.mark.parametrize("name", NAMES)
async def test_a_recording_of_a_hostile_name_is_told_and_sent_like_any_other(
    agent: Pc, client: AgentClient, name: str
) -> None:
    film(agent.folder / name, name.encode())
    (one,) = [one for one in await client.films() if one.name == name]
    assert await fetched(client, one) == name.encode()
    assert await fetched(client, one, 3) == name.encode()[3:]


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such names")
async def test_a_name_that_is_no_text_keeps_no_other_recording_back(agent: Pc, client: AgentClient) -> None:
    film(os.fsencode(agent.folder) + b"/\xff\xfe.mkv", b"of a name in GBK")
    films = {one.name: one for one in await client.films()}
    assert set(films) == {"一.mkv", "��.mkv"}
    assert await fetched(client, films["��.mkv"]) == b"of a name in GBK"


async def test_folders_within_the_folder_are_looked_through(agent: Pc, client: AgentClient) -> None:
    (agent.folder / "十二月" / "场次").mkdir(parents=True)
    film(agent.folder / "十二月" / "场次" / "二.mp4", b"two")
    assert {one.name for one in await client.films()} == {"一.mkv", "十二月/场次/二.mp4"}


async def test_only_recordings_are_told(agent: Pc, client: AgentClient) -> None:
    for name in ("passwords.txt", "agent.toml", ".mkv", "mkv", "movie.mkv.exe", "一.mkv.part"):
        (agent.folder / name).write_bytes(SECRET)
    (agent.folder / "folder.mkv").mkdir()
    assert [one.name for one in await client.films()] == ["一.mkv"]


async def test_no_link_out_of_the_folder_is_told(agent: Pc, client: AgentClient, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    film(tmp_path / "outside" / "x.mkv", SECRET)
    (agent.folder / "link.mkv").symlink_to(tmp_path / "secret.mkv")
    (agent.folder / "dangling.mkv").symlink_to(tmp_path / "nothing.mkv")
    (agent.folder / "folder").symlink_to(tmp_path / "outside")
    (agent.folder / "loop").symlink_to(agent.folder)
    assert [one.name for one in await client.films()] == ["一.mkv"]
    for name in ("link.mkv", "folder/x.mkv", "loop/一.mkv"):
        made_up = sha256(os.fsencode(agent.folder / name))[:32]
        assert (await say(agent.port, "GET", f"/films/{made_up}")).status == 409


async def test_a_link_that_takes_a_told_recording_s_place_is_not_followed(
    agent: Pc, client: AgentClient, tmp_path: Path
) -> None:
    (one,) = await client.films()
    (agent.folder / one.name).unlink()
    (agent.folder / one.name).symlink_to(tmp_path / "secret.mkv")
    with pytest.raises(StudioError):
        await fetched(client, one)


async def test_a_folder_that_becomes_a_link_is_not_followed(agent: Pc, client: AgentClient, tmp_path: Path) -> None:
    (agent.folder / "sub").mkdir()
    film(agent.folder / "sub" / "secret.mkv", b"harmless")
    (one,) = [one for one in await client.films() if one.name == "sub/secret.mkv"]
    (agent.folder / "sub").rename(tmp_path / "elsewhere")
    (agent.folder / "sub").symlink_to(tmp_path)
    with pytest.raises(StudioError):
        await fetched(client, one)


async def test_a_recording_that_went_away_is_an_error_of_ours(agent: Pc, client: AgentClient) -> None:
    (one,) = await client.films()
    (agent.folder / one.name).unlink()
    with pytest.raises(AgentMistaken):
        await fetched(client, one)


async def test_the_bytes_sent_are_the_recording_s_and_not_a_packed_one_s_beside_it(
    agent: Pc, client: AgentClient
) -> None:
    (agent.folder / "一.mkv.gz").write_bytes(gzip.compress(SECRET))
    (one,) = await client.films()
    assert await fetched(client, one) == b"a recording"


async def test_a_recording_without_any_byte(agent: Pc, client: AgentClient) -> None:
    film(agent.folder / "empty.mkv", b"")
    (one,) = [one for one in await client.films() if not one.size]
    assert await fetched(client, one) == b""


# --- too much, and nonsense -----------------------------------------------------------------------------------------

CHUNKED = b"Transfer-Encoding: chunked"


def chunked(content: bytes) -> bytes:
    """A body of which nobody says beforehand how long it is."""
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)


@pytest.mark.parametrize(("method", "path"), READING)
@pytest.mark.parametrize("way", ["announced", "chunked"])
async def test_a_message_of_65_kb_is_too_long(agent: Pc, method: str, path: str, way: str) -> None:
    agent.pairing.invite()
    words = json.dumps({"message": "00" * 40_000}).encode()
    body, more = (chunked(words), (CHUNKED,)) if way == "chunked" else (words, ())
    assert (await say(agent.port, method, path, body=body, more=more)).status == 413
    assert len(agent.codes) == 1  # it was no try


@pytest.mark.parametrize(
    ("method", "path", "length"),
    [("POST", "/speed", service.MAX_SPEED + 1), ("PUT", f"/assets/{NAME}", service.MAX_ASSET + 1)],
)
async def test_what_says_that_it_is_too_large_is_not_read(agent: Pc, method: str, path: str, length: int) -> None:
    assert (await say(agent.port, method, path, more=(b"Content-Length: %d" % length,))).status == 413
    assert agent.shelf.missing([NAME]) == [NAME]


@pytest.mark.parametrize(("method", "path"), [("POST", "/speed"), ("PUT", f"/assets/{NAME}")])
async def test_what_turns_out_to_be_too_large_is_cut_off_and_not_kept(
    agent: Pc, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    monkeypatch.setattr(service, "MAX_SPEED", len(PICTURE) - 1)
    monkeypatch.setattr(service, "MAX_ASSET", len(PICTURE) - 1)
    endless = chunked(PICTURE).removesuffix(b"0\r\n\r\n")
    assert (await say(agent.port, method, path, body=endless, more=(CHUNKED,))).status == 413
    assert list(agent.shelf.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("asked", "sent"),
    [("0", 0), ("1", 1), ("65537", 65537), ("-5", 0), ("1000000000000", 2_000_000)],
    ids=["none", "one", "more than a piece", "less than none", "more than allowed"],
)
async def test_no_more_is_sent_than_was_asked_and_is_allowed(
    agent: Pc, monkeypatch: pytest.MonkeyPatch, asked: str, sent: int
) -> None:
    monkeypatch.setattr(service, "MAX_SPEED", 2_000_000)
    async with (
        AgentClient(agent.door, SystemClock()) as client,
        client._open("GET", "/speed", params={"bytes": asked}) as answer,
    ):
        assert len(await answer.read()) == sent


@pytest.mark.parametrize("query", ["", "?bytes=", "?bytes=many", "?bytes=1e3", "?bytes=" + "9" * 5000])
async def test_a_measurement_of_no_number(agent: Pc, query: str) -> None:
    assert (await say(agent.port, "GET", f"/speed{query}")).status == 400


BROKEN = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"{", id="half"),
    pytest.param(b"{'message': 1}", id="single quotes"),
    pytest.param(b'{"message": "00"', id="cut off"),
    pytest.param(b"\xff\xfe\x00", id="no text"),
    pytest.param("{“message”: “00”}".encode(), id="Chinese quotes"),
    pytest.param(b"[" * 60_000, id="deep"),
    pytest.param(b'{"a":' * 12_000, id="deep in keys"),
    pytest.param(b"9" * 6_000, id="a number without end"),
    pytest.param(b"<?xml version='1.0'?>", id="XML"),
    pytest.param(b"message=00", id="a form"),
]
WRONG = [
    pytest.param(words.encode(), id=words[:40])
    for words in (
        "null", "5", "true", "[]", "{}", '"text"', "[null]", "[[]]", "[5]", "NaN",
        '{"message": null}', '{"message": 5}', '{"message": "0"}', '{"message": "zz"}', '{"message": "爸"}',
        '{"message": "\\ud800"}', '{"message": ["00"]}',
        '{"id": null, "proof": null}', '{"id": 5, "proof": "00"}', '{"id": "\\ud800", "proof": "00"}',
        '{"id": "", "proof": "爸"}', '{"id": {}, "proof": {}}',
        '{"sha256": null}', '{"sha256": {}}', '{"sha256": "\\ud800"}',
    )
]  # fmt: skip


@pytest.mark.parametrize("body", BROKEN)
async def test_what_is_no_json_is_the_asker_s_fault(agent: Pc, body: bytes) -> None:
    agent.pairing.invite()
    for method, path in READING:
        heard = await say(agent.port, method, path, body=body)
        assert (path, heard.status) == (path, 400)
        assert json.loads(heard.body)["error"]


@pytest.mark.parametrize("body", WRONG)
async def test_json_of_another_shape_breaks_nothing(agent: Pc, body: bytes) -> None:
    agent.films.look()
    for method, path in READING:
        agent.pairing.invite()
        heard = await say(agent.port, method, path, body=body)
        assert heard.status in (400, 409) or (path, json.loads(heard.body)) == ("/assets/missing", {"missing": []})


async def test_a_try_is_still_good_after_nonsense(agent: Pc) -> None:
    agent.pairing.invite()
    for body in (b"{", b"[]", b'{"id": "\\ud800", "proof": "00"}'):
        assert (await say(agent.port, "POST", "/pair/finish", body=body)).status in (400, 409)
    assert len(agent.codes) == 1


@pytest.mark.parametrize(
    "more",
    [
        b"Content-Type: application/json; charset=klingon",
        b"Content-Type: application/json; charset=hex",
        b"Content-Type: application/json; charset=undefined",
        b"Content-Encoding: gzip",
        b"Content-Encoding: klingon",
    ],
)
async def test_an_alphabet_nobody_knows_is_the_asker_s_fault(agent: Pc, more: bytes) -> None:
    agent.pairing.invite()
    for method, path in READING:
        heard = await say(agent.port, method, path, body=b'{"message": "\xc3\x28"}', more=(more,))
        assert (path, heard.status) in ((path, 400), (path, 409))


async def test_a_body_that_swells_when_unpacked_is_too_long(agent: Pc) -> None:
    body = zlib.compress(b" " * 10_000_000)
    heard = await say(agent.port, "POST", "/assets/missing", body=body, more=(b"Content-Encoding: deflate",))
    assert heard.status == 413


async def test_the_agent_answers_after_each_broken_visit(agent: Pc) -> None:
    for method, path in ROUTES:
        _reader, writer = await asyncio.open_connection("127.0.0.1", agent.port, ssl=blind())
        head = f"{method} {path} HTTP/1.1\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 99\r\n\r\n"
        writer.write(head.encode() + b"half")
        await writer.drain()
        writer.transport.abort()
        assert (await say(agent.port, "GET", "/clock")).status == 200


@pytest.mark.parametrize("what", ["start", "restart", "leave", "explode", "%2e%2e", "start%00"])
async def test_an_agent_without_an_obs_says_so(agent: Pc, what: str) -> None:
    heard = await say(agent.port, "POST", f"/obs/{what}")
    assert (heard.status, json.loads(heard.body)["exit_code"]) == (409, 3)
    assert "no OBS" in json.loads(heard.body)["error"]


# --- assets ---------------------------------------------------------------------------------------------------------


async def test_an_asset_is_kept_whole_and_missing_no_more(agent: Pc, client: AgentClient, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(PICTURE)
    assert await client.missing_assets([NAME, "f" * 64 + ".mp4"]) == sorted([NAME, "f" * 64 + ".mp4"])
    await client.put_asset(NAME, tmp_path / "picture.png")
    assert await client.missing_assets([NAME]) == []
    assert (agent.shelf.folder / NAME).read_bytes() == PICTURE


async def test_the_same_asset_twice_is_one_file(agent: Pc, client: AgentClient, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(PICTURE)
    await asyncio.gather(*(client.put_asset(NAME, tmp_path / "picture.png") for _ in range(4)))
    await client.put_asset(NAME, tmp_path / "picture.png")
    assert [path.name for path in agent.shelf.folder.iterdir()] == [NAME]


async def test_an_asset_of_another_hash_is_kept_out(agent: Pc, client: AgentClient, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(PICTURE[:-1])
    with pytest.raises(StudioError, match="arrived damaged") as refused:
        await client.put_asset(NAME, tmp_path / "picture.png")
    assert refused.value.exit_code == 4
    assert list(agent.shelf.folder.iterdir()) == []


async def test_an_asset_of_another_hash_does_not_replace_the_good_one(
    agent: Pc, client: AgentClient, tmp_path: Path
) -> None:
    (tmp_path / "picture.png").write_bytes(PICTURE)
    await client.put_asset(NAME, tmp_path / "picture.png")
    (tmp_path / "picture.png").write_bytes(SECRET)
    with pytest.raises(StudioError, match="arrived damaged"):
        await client.put_asset(NAME, tmp_path / "picture.png")
    assert (agent.shelf.folder / NAME).read_bytes() == PICTURE


@pytest.mark.parametrize("framing", [b"Content-Length: 1000", CHUNKED], ids=["announced", "chunked"])
async def test_an_upload_that_is_cut_off_leaves_nothing(agent: Pc, framing: bytes) -> None:
    _reader, writer = await asyncio.open_connection("127.0.0.1", agent.port, ssl=blind())
    head = f"PUT /assets/{NAME} HTTP/1.1\r\nHost: agent\r\nAuthorization: Bearer {TOKEN}\r\n".encode()
    body = b"%x\r\n%s\r\n" % (len(PICTURE), PICTURE) if framing == CHUNKED else PICTURE  # all of it, but no end
    writer.write(head + framing + b"\r\n\r\n" + body)
    await writer.drain()
    await until(lambda: bool(list(agent.shelf.folder.glob("*.part"))))
    writer.transport.abort()
    await until(lambda: not list(agent.shelf.folder.iterdir()))


async def until(true: Callable[[], bool]) -> None:
    """Wait for it, ten seconds at most."""
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.01)


def test_what_a_power_cut_left_of_an_upload_is_thrown_away(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    (tmp_path / "half.part").write_bytes(PICTURE[:3])
    (tmp_path / NAME).write_bytes(PICTURE)
    assert Shelf(tmp_path).missing([NAME]) == []
    assert [path.name for path in shelf.folder.iterdir()] == [NAME]


# --- a sealed recording ---------------------------------------------------------------------------------------------


async def test_a_seal_with_another_hash_is_refused_over_the_wire(agent: Pc, client: AgentClient) -> None:
    (one,) = await client.films()
    heard = await say(agent.port, "POST", f"/films/{one.id}/sealed", body=json.dumps({"sha256": "0" * 64}).encode())
    assert (heard.status, json.loads(heard.body)["exit_code"]) == (409, 4)
    assert not (await client.films())[0].sealed


async def test_a_seal_without_a_hash_known_here_is_refused(agent: Pc) -> None:
    (one,) = agent.films.look()
    heard = await say(agent.port, "POST", f"/films/{one.id}/sealed", body=b'{"sha256": ""}')
    assert heard.status == 409


async def test_a_port_that_is_taken_is_said_to_be(agent: Pc, tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    with pytest.raises(StudioError, match=f"cannot listen at 127.0.0.1:{agent.port}"):
        async with pc(tmp_path / "second", port=agent.port):
            pass


async def test_facts_come_whole_over_the_wire(agent: Pc, client: AgentClient) -> None:
    facts = await client.facts()
    (disk,) = facts.disks
    assert (disk.folder, facts.assets) == (str(agent.folder), str(agent.shelf.folder))
    assert 0 < disk.free <= disk.total
    assert facts.zone[0] in "+-"


async def test_the_network_is_measured_both_ways(agent: Pc, client: AgentClient) -> None:
    down, up = await client.speed(200_000)
    assert down > 1
    assert up > 1


# --- strangers who only hold on, and a disk that does not do what it should -----------------------------------------


@pytest.mark.parametrize("tls", [True, False], ids=["tls", "bare"])
@pytest.mark.parametrize("said", [b"", b"POST /pair/begin HTTP/1.1\r\nHost: a"], ids=["nothing", "half a head"])
async def test_one_who_says_nothing_is_put_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls: bool, said: bytes
) -> None:
    monkeypatch.setattr(service, "IDLE_S", 0.3)
    monkeypatch.setattr(service, "STRANGER_S", 0.3)
    async with pc(tmp_path) as agent, asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", agent.port, ssl=blind() if tls else None)
        writer.write(said)
        assert b"200" not in await reader.read()
        writer.close()


async def test_one_who_never_ends_his_question_is_put_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "IDLE_S", 0.3)
    monkeypatch.setattr(service, "STRANGER_S", 0.3)
    async with pc(tmp_path) as agent, asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", agent.port, ssl=blind())
        writer.write(b'POST /pair/begin HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"mess')
        assert b"200" not in (await reader.read()).split(b"\r\n")[0]
        writer.close()


@pytest.mark.parametrize("path", ["/pair/", "/pair/else", "/pair/begin/", "/pair/../facts"])
async def test_what_lies_beside_pairing_is_closed(agent: Pc, path: str) -> None:
    assert (await say(agent.port, "POST", path, token=None)).status == 401


async def test_a_disk_that_takes_nothing_is_said_to_be_full(
    agent: Pc, client: AgentClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    picture = tmp_path / "picture.png"
    picture.write_bytes(PICTURE)
    with pytest.raises(AgentRefused, match=r"No space left on device.*Make room") as refused:
        await client.put_asset(NAME, picture)
    assert refused.value.exit_code == 3
    assert list(agent.shelf.folder.iterdir()) == []


async def test_a_shelf_that_was_thrown_away_is_put_up_again(agent: Pc, client: AgentClient, tmp_path: Path) -> None:
    agent.shelf.folder.rmdir()
    picture = tmp_path / "picture.png"
    picture.write_bytes(PICTURE)
    assert await client.missing_assets([NAME]) == [NAME]
    await client.put_asset(NAME, picture)
    assert await client.missing_assets([NAME]) == []


async def test_the_clock_answers_while_a_recording_is_sealed_and_an_asset_synced(
    agent: Pc, client: AgentClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slow, began, real = threading.Event(), threading.Event(), os.fsync

    def waits(descriptor: int) -> None:
        began.set()
        slow.wait(10)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", waits)
    picture = tmp_path / "picture.png"
    picture.write_bytes(PICTURE)
    putting = asyncio.create_task(client.put_asset(NAME, picture))
    await asyncio.to_thread(began.wait, 10)
    assert (await asyncio.wait_for(client.ask("GET", "/clock"), 5))["grain_ns"] == 1
    slow.set()
    await putting
