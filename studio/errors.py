"""Every exception the toolkit raises on purpose.

    StudioError                        what happened + what to do next      exit
    ├── ProblemsFound                  files a person brought are wrong     1
    │   └── OrderFileRejected          an export could not be read          1
    ├── NotReady                       a part is missing, down or in use    3
    │   ├── WorkspaceNotFound          no studio.toml above this folder     3
    │   ├── LockHeld                   another director is at work          3
    │   ├── StoreTooNew                written by a newer release           3
    │   ├── StoreFailed                the database could not be written    3
    │   ├── MediaUnreadable            a recording does not open            3
    │   ├── AgentError                 a studio PC's agent did not do so    3
    │   │   ├── AgentUnreachable       no answer at its address             3
    │   │   ├── AgentMistaken          another certificate, token, release  3
    │   │   └── AgentRefused           it did not do it, and says why       3
    │   └── ObsError                   an OBS did not do its part           3
    │       ├── ObsUnreachable         no answer at that address            3
    │       ├── ObsAuthenticationFailed  wrong or missing password          3
    │       ├── ObsDisconnected        the link was lost                    3
    │       ├── ObsTimeout             no answer within the deadline        3
    │       ├── ObsProtocolError       an answer nobody can read            3
    │       └── ObsRequestFailed       OBS refused one request              3
    └── RefusedByRule                  a rule forbids it                    4
        ├── ObsBusy                    that OBS streams or records          4
        └── WouldOverwrite             a file already stands there          4

``exit`` is the exit code of the command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.model.problem import Problem


class StudioError(Exception):
    """What happened in one sentence, and in ``remedy`` what to do, in one more."""

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        space = "" if self.message.endswith("。") else " "
        return f"{self.message}{space}{self.remedy}".strip()


class ProblemsFound(StudioError):
    """Files a person brought are wrong; ``problems`` says where and what to do."""

    def __init__(self, problems: Sequence[Problem], message: str = "", remedy: str = "") -> None:
        super().__init__(
            message or _("{count} problem(s) found.").format(count=len(problems)),
            remedy or _("Correct the lines named and run the command again."),
        )
        self.problems = tuple(problems)


class OrderFileRejected(ProblemsFound):
    """An order export could not be read; nothing of it was imported."""


class NotReady(StudioError):
    """A part that is needed is missing, down, or in use."""

    exit_code = 3


class WorkspaceNotFound(NotReady):
    """No ``studio.toml`` in this folder or above it."""


class LockHeld(NotReady):
    """Another process holds the one lock a director needs."""


class StoreTooNew(NotReady):
    """A database was written by a newer release than this one."""


class StoreFailed(NotReady):
    """A database could not be written: a full disk, a folder without rights."""


class MediaUnreadable(NotReady):
    """A recording or clip does not open, or holds no picture."""


class AgentError(NotReady):
    """The agent of a studio's PC did not do its part."""


class AgentUnreachable(AgentError):
    """No agent answers at that address."""


class AgentMistaken(AgentError):
    """Another certificate than the pinned one, a token that is not known, or an answer of another release."""


class AgentRefused(AgentError):
    """The agent did not do what it was asked, and says why; ``exit_code`` is the one it gave."""


class ObsError(NotReady):
    """An OBS did not do its part."""


class ObsUnreachable(ObsError):
    """Nothing answers at that OBS's address."""


class ObsAuthenticationFailed(ObsError):
    """OBS refused the password (close code 4009); not to be retried on a short loop."""


class ObsDisconnected(ObsError):
    """The link was lost while, or before, a call was pending. ``close_code`` is None where none came."""

    def __init__(self, message: str, remedy: str = "", close_code: int | None = None) -> None:
        super().__init__(message, remedy)
        self.close_code = close_code


class ObsTimeout(ObsError):
    """OBS did not answer within the call's deadline; whether it acted is unknown."""


class ObsProtocolError(ObsError):
    """OBS sent what the protocol does not allow."""


class ObsRequestFailed(ObsError):
    """OBS refused one request; ``code`` is its status in the protocol's ``RequestStatus``."""

    def __init__(self, request_type: str, code: int, comment: str = "", remedy: str = "") -> None:
        super().__init__(
            _("OBS refused {request} with status {code}{comment}.").format(
                request=request_type, code=code, comment=f" ({comment.rstrip('.')})" if comment else ""
            ),
            remedy,
        )
        self.request_type = request_type
        self.code = code
        self.comment = comment


class RefusedByRule(StudioError):
    """A rule of the house forbids it."""

    exit_code = 4


class ObsBusy(RefusedByRule):
    """That OBS is streaming or recording, so nothing of ours may touch it."""


class WouldOverwrite(RefusedByRule):
    """A file already stands where one should be written."""
