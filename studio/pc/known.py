"""Who is paired with whom: the agents that a centre knows, and the one director that an agent obeys."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from studio.errors import NotReady
from studio.i18n import _
from studio.system import private_directory, private_file

AGENTS, DIRECTOR = "agents.json", "director.json"


@dataclass(frozen=True, slots=True)
class Door:
    """How the centre reaches one agent: its address, the certificate it must show, and our token."""

    host: str
    port: int
    fingerprint: str
    token: str = field(repr=False)
    assets: str = ""
    """The folder of its assets, as that PC writes it."""


_DOORS = TypeAdapter(dict[str, Door])


def doors(state: Path) -> dict[str, Door]:
    """The agents that the workspace knows, by studio; ``state`` is its ``.studio``. Raises NotReady if spoilt."""
    try:
        return _DOORS.validate_json((state / AGENTS).read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError) as error:
        raise NotReady(
            _("{file} cannot be read.").format(file=f".studio/{AGENTS}"),
            _("Delete it and pair each studio's PC again: studio agent pair STUDIO"),
        ) from error


def remember(state: Path, known: Mapping[str, Door]) -> None:
    """Keep these and no others."""
    private_file(private_directory(state) / AGENTS, _DOORS.dump_json(dict(known), indent=2).decode("utf-8"))


class Token:
    """The token of the director that an agent obeys; of it only the hash is kept. Raises NotReady if spoilt."""

    def __init__(self, state: Path) -> None:
        self._file = state / DIRECTOR
        self._sha256 = ""
        try:
            self._sha256 = str(json.loads(self._file.read_text(encoding="utf-8"))["token_sha256"])
        except FileNotFoundError:
            pass  # nobody was paired yet
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise NotReady(
                _("{file} cannot be read.").format(file=self._file),
                _("Delete it, start the agent and pair again."),
            ) from error

    @property
    def known(self) -> bool:
        """Whether a director is paired."""
        return bool(self._sha256)

    def keep(self, token: str) -> None:
        """From now on this one and no other."""
        sha256 = _hash(token)
        private_file(self._file, json.dumps({"token_sha256": sha256}))
        self._sha256 = sha256

    def opens(self, given: str) -> bool:
        """Whether that is the one."""
        return self.known and hmac.compare_digest(_hash(given), self._sha256)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()  # a header may hold any byte
