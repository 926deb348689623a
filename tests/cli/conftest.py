"""The centre with a session on air, once for all the commands that are tried on it."""

from collections.abc import Iterator

import pytest

from studio import i18n
from tests.cli.house import FAIR, House, eventually, house, running


@pytest.fixture(scope="package")
def fair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """``studio run`` with the session ``fair`` on air in main and aux1; aux2 is free, aux3 is away."""
    before = i18n.language()
    i18n.use("en")
    with house(tmp_path_factory.mktemp("fair")) as made, running(made):
        made.does("start", FAIR, "--now")
        eventually(lambda: made.row("r1")["verdict"])
        yield made
    i18n.use(before)


@pytest.fixture(scope="package")
def idle(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A workspace where nothing runs."""
    from tests.cli.house import AWAY, STUDIOS, lay_out

    folder = tmp_path_factory.mktemp("idle")
    lay_out(folder / "centre", dict.fromkeys([*STUDIOS, AWAY], 4455) | {"aux1": 4456, "aux2": 4457, AWAY: 4458})
    return House(folder / "centre", folder)
