"""Asks the director that runs on a workspace, over its loopback door."""

import http.client
import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.errors import NotReady, ObsRequestFailed, StudioError
from studio.i18n import _

DOOR = "director.json"
"""In ``.studio``: the port and token of the director that runs, readable by this user alone."""
ANSWER_S = 150.0
"""Longer than what a start may take: two jobs of the painter and the start gate."""


def ask(
    root: Path, what: str, fields: Mapping[str, Any] | None = None, *, within_s: float = ANSWER_S
) -> dict[str, Any]:
    """Post one request and return the answer's object; without ``fields``, get it.

    Raises NotReady where no director runs or it does not answer within ``within_s`` seconds, and what the director
    refuses, with its exit code.
    """
    door = _door(root)
    connection = http.client.HTTPConnection("127.0.0.1", door["port"], timeout=within_s)
    headers = {"Authorization": f"Bearer {door['token']}", "Content-Type": "application/json"}
    try:
        method = "GET" if fields is None else "POST"
        body = None if fields is None else json.dumps(fields, default=dict).encode()
        connection.request(method, f"/{what}", body, headers)
        answer = connection.getresponse()
        said = json.loads(answer.read())
    except ConnectionError as error:
        if fields is None or isinstance(error, ConnectionRefusedError):
            raise not_running() from error
        raise NotReady(
            _("The director went away before it answered."),
            _("See with studio status whether the order holds before giving it again."),
        ) from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise NotReady(
            _("The director does not answer."),
            _("Look at its window or .studio/director.log, and run studio run again."),
        ) from error
    finally:
        connection.close()
    if answer.status == 200:
        return said if isinstance(said, dict) else {"answer": said}
    if "code" in said:  # OBS's own refusal: whoever asked may know what it means
        raise ObsRequestFailed(said["request"], said["code"], said["comment"], said["remedy"])
    refused = StudioError(str(said.get("error", answer.reason)), str(said.get("remedy", "")))
    refused.exit_code = int(said.get("exit_code", 3))
    raise refused


def director_runs(root: Path) -> bool:
    """Whether anybody listens at the director's door."""
    try:
        socket.create_connection(("127.0.0.1", _door(root)["port"]), timeout=1).close()
    except (NotReady, OSError):
        return False
    return True


def not_running() -> NotReady:
    """What a command says that finds no director."""
    return NotReady(_("No director runs on this workspace."), _("Start it in another window with: studio run"))


def _door(root: Path) -> dict[str, Any]:
    try:
        found = json.loads((root / ".studio" / DOOR).read_text(encoding="utf-8"))
        return {"port": int(found["port"]), "token": str(found["token"])}
    except FileNotFoundError as error:
        raise not_running() from error
    except (ValueError, KeyError, TypeError) as error:
        raise not_running() from error
