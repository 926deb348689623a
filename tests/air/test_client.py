"""Commands at the door of a director that is not there, or that dies while it is asked."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from studio.air.client import DOOR, ask
from studio.air.reaching import reach_studios
from studio.errors import LockHeld, NotReady
from studio.system import exclusive_lock

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[socket.socket]:
    """What listens at the door of the workspace ``tmp_path``."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        (tmp_path / ".studio").mkdir()
        door = {"port": server.getsockname()[1], "token": "t"}
        (tmp_path / ".studio" / DOOR).write_text(json.dumps(door), encoding="utf-8")
        yield server


def test_an_order_to_a_director_that_dies_over_it_may_hold(tmp_path: Path, listening: socket.socket) -> None:
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(ask, tmp_path, "order", {"word": "go"})
        caller, _address = listening.accept()
        assert caller.recv(4096).startswith(b"POST /order")
        caller.close()
        with pytest.raises(NotReady, match="went away before it answered") as raised:
            asked.result(10)
    assert raised.value.remedy == "See with studio status whether the order holds before giving it again."


def test_a_door_that_a_dead_director_left_behind(tmp_path: Path, listening: socket.socket) -> None:
    listening.close()
    with pytest.raises(NotReady, match="No director runs"):
        ask(tmp_path, "order", {"word": "go"})


async def test_a_door_left_behind_does_not_make_a_director_of_another_command(
    tmp_path: Path, listening: socket.socket
) -> None:
    listening.close()
    reached = reach_studios(tmp_path)
    with exclusive_lock(tmp_path / ".studio" / "director.lock", "A doctor"), pytest.raises(LockHeld, match="Another"):
        await reached.__aenter__()
