"""Why a studio is not reached: each cause has its own sentence and its own remedy."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import pytest

from studio.air.doctor.finding import Finding
from studio.air.doctor.knocking import knock
from studio.obs.virtual import VirtualObs
from tests.air.doctor import PASSWORD, finding, subject, visit

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def dropping() -> Iterator[int]:
    """A port whose queue of connections is full: the kernel drops what else knocks, exactly as a firewall does."""
    with contextlib.ExitStack() as sockets:
        listener = sockets.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


async def test_a_firewall_that_drops_is_told_with_the_line_that_opens_it(dropping: int) -> None:
    found = await knock(subject(dropping).studio, 300)
    assert (found.level, found.value) == ("bad", "dropped")
    assert "firewall drops" in found.what
    rule = 'netsh advfirewall firewall add rule name="OBS WebSocket" dir=in action=allow protocol=TCP localport='
    assert f"{rule}{dropping}" in found.remedy
    assert f"ufw allow {dropping}/tcp" in found.remedy


async def test_a_closed_obs_is_not_taken_for_a_firewall(free_port: int) -> None:
    found = await knock(subject(free_port).studio)
    assert (found.level, found.value) == ("bad", "refused")
    assert f"nothing listens on its port {free_port}" in found.what
    assert "Start OBS" in found.remedy
    assert "netsh" not in found.remedy


@pytest.mark.parametrize("host", ["no-such-pc.invalid", "a..b"])
async def test_a_wrong_host_name(host: str) -> None:
    found = await knock(subject(4455, host=host).studio)
    assert (found.level, found.value) == ("bad", "unknown_name")
    assert host in found.what
    assert "studio.toml" in found.remedy


async def first_words(words: bytes, seconds: float = 0) -> Finding:
    """What is said of a program that answers a connection with ``words``, ``seconds`` after it, and closes."""

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        await asyncio.sleep(seconds)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        diagnosis = await visit(subject(server.sockets[0].getsockname()[1]))
    assert not diagnosis.ready
    assert finding(diagnosis, "reachable").level == "ok"
    return diagnosis.findings[-1]


@pytest.mark.parametrize(
    "words",
    [b"SSH-2.0-OpenSSH_9.2p1\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", b""],
    ids=["ssh", "a web server", "closes at once"],
)
async def test_another_program_on_the_port(words: bytes) -> None:
    found = await first_words(words)
    assert (found.check, found.level, found.value) == ("obs", "bad", "foreign")
    assert "no obs-websocket" in found.what
    assert "netstat" in found.remedy


async def test_a_wrong_password() -> None:
    async with VirtualObs(port=0, password=PASSWORD, canvas=(64, 64)) as obs:
        diagnosis = await visit(subject(obs.port), "another")
    found = finding(diagnosis, "password")
    assert (found.level, found.value) == ("bad", "wrong")
    assert "refuses the password" in found.what
    assert "STUDIO_SECRET_OBS_MAIN" in found.remedy
    assert not any("another" in str(one) or PASSWORD in str(one) for one in diagnosis.findings)


async def test_a_missing_password() -> None:
    async with VirtualObs(port=0, password=PASSWORD, canvas=(64, 64)) as obs:
        found = finding(await visit(subject(obs.port), ""), "password")
    assert (found.level, found.value) == ("bad", "missing")
    assert ".studio/secrets.toml" in found.remedy
