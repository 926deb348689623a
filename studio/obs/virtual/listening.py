"""Why a server could not begin to listen, and which option mends it."""

import errno
import os
import socket

from studio.errors import NotReady
from studio.i18n import _


def cannot_listen(host: str, port: int, error: OSError | UnicodeError) -> NotReady:
    """The error to raise where binding ``host``:``port`` failed; its remedy names --host or --port, as the cause is."""
    return NotReady(
        _("Nothing can listen on {host}:{port}: {reason}.").format(host=host, port=port, reason=_reason(error)),
        _remedy(error),
    )


def _reason(error: OSError | UnicodeError) -> str:
    if isinstance(error, UnicodeError):
        return _("this is no host name")
    # The numbers of a failed look-up are its own, unknown to strerror; what asyncio wraps says everything twice.
    if isinstance(error, socket.gaierror) or not error.errno:
        return error.strerror or str(error)
    return os.strerror(error.errno)


def _remedy(error: OSError | UnicodeError) -> str:
    # From Python 3.12 on, asyncio gives no number where no address of the host could be bound.
    foreign = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, None)
    if isinstance(error, UnicodeError | socket.gaierror) or error.errno in foreign:
        return _("Give an address of this machine with --host: 127.0.0.1 for itself alone, 0.0.0.0 for its network.")
    if error.errno == errno.EACCES:
        return _("Choose another port with --port; those below 1024 are reserved on many systems.")
    return _("Choose another port with --port, or close the program that uses this one.")
