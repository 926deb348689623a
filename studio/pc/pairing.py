"""Pairing by a short code: SPAKE2 over the agent's own TLS, so that neither a listener nor a go-between learns it.

The code is shown at the studio's PC and typed at the centre. Both sides prove that they know it and which
certificate they see; only then a token is given. A code is good for one try and ten minutes; after three wrong ones
nobody is paired until a person at that PC asks for it again.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from spake2 import SPAKE2_A, SPAKE2_B, SPAKEError
from spake2.ed25519_basic import NotOnCurve

from studio.clock import NS_PER_S, Clock
from studio.errors import NotReady, RefusedByRule
from studio.i18n import _

CODE_NS = 600 * NS_PER_S
TRIES = 3
CODE = re.compile(r"[0-9]{6}")
_MADE_UP = (SPAKEError, NotOnCurve, ValueError, AssertionError)
"""What the library raises at a message that no other side has made."""
_DIRECTOR, _AGENT = b"kelan-studio director", b"kelan-studio agent"


@dataclass(frozen=True, slots=True)
class Answer:
    """The agent's half: of which try it is, and its SPAKE2 message."""

    id: str
    message: bytes


@dataclass(frozen=True, slots=True)
class Granted:
    """The agent's proof that it knows the code, and the token that opens it from now on."""

    token: str = field(repr=False)
    proof: bytes


class Pairing:
    """The agent's side. ``show`` is told each code that is good from now on, and empty text when none is."""

    def __init__(self, fingerprint: str, clock: Clock, show: Callable[[str], None]) -> None:
        self._fingerprint = fingerprint
        self._clock = clock
        self._show = show
        self._code = ""
        self._until_ns = 0
        self._tries = 0
        self._begun: tuple[str, bytes] | None = None

    @property
    def open(self) -> bool:
        """Whether a code is good now."""
        return bool(self._code) and self._clock.monotonic_ns() < self._until_ns

    def invite(self) -> None:
        """Show a code; a person at this PC has asked for it."""
        self._tries = 0
        self._renew()

    def begin(self, message: bytes) -> Answer:
        """Answer the centre's SPAKE2 message; a try that was begun before is over. Raises RefusedByRule."""
        if not self.open:
            raise _closed()
        speaker = SPAKE2_B(self._code.encode(), idA=_DIRECTOR, idB=_AGENT)
        answer = speaker.start()
        try:
            key = speaker.finish(message)
        except _MADE_UP as error:
            raise self._failed() from error
        self._begun = secrets.token_urlsafe(16), key
        return Answer(self._begun[0], answer)

    def finish(self, try_id: str, proof: bytes) -> Granted:
        """Grant a token for the centre's proof; each try is good once. Raises RefusedByRule."""
        begun, self._begun = self._begun, None
        if begun is None or not self.open:
            raise _closed()
        if not hmac.compare_digest(begun[0].encode(), try_id.encode()) or not hmac.compare_digest(
            prove(begun[1], _DIRECTOR, self._fingerprint), proof
        ):
            raise self._failed()
        self._close()
        token = secrets.token_urlsafe(32)
        return Granted(token, prove(begun[1], _AGENT, self._fingerprint + token))

    def expire(self) -> None:
        """Void a code that is too old."""
        if self._code and not self.open:
            self._close()

    def _failed(self) -> RefusedByRule:
        self._tries += 1
        if self._tries == TRIES:
            self._close()
            return _closed()
        self._renew()
        return _wrong()

    def _renew(self) -> None:
        self._code = f"{secrets.randbelow(1_000_000):06}"
        self._until_ns = self._clock.monotonic_ns() + CODE_NS
        self._begun = None
        self._show(self._code)

    def _close(self) -> None:
        self._code, self._begun = "", None
        self._show("")


class Applicant:
    """The centre's side, for one try with the code that a person typed. Raises RefusedByRule where that is none."""

    def __init__(self, code: str) -> None:
        digits = "".join(filter(str.isdecimal, unicodedata.normalize("NFKC", code)))
        if not CODE.fullmatch(digits):
            raise RefusedByRule(_("A pairing code has six digits."), _("Type the one on that PC's screen."))
        self._speaker = SPAKE2_A(digits.encode(), idA=_DIRECTOR, idB=_AGENT)
        self.message: bytes = self._speaker.start()
        self._key = b""

    def proof(self, message: bytes, fingerprint: str) -> bytes:
        """What proves to the agent that we know the code and see that certificate. Raises NotReady."""
        try:
            self._key = self._speaker.finish(message)
        except _MADE_UP as error:
            raise _impostor() from error
        return prove(self._key, _DIRECTOR, fingerprint)

    def accept(self, granted: Granted, fingerprint: str) -> str:
        """The token, once the agent has proved that it knows the code too. Raises NotReady."""
        if not hmac.compare_digest(prove(self._key, _AGENT, fingerprint + granted.token), granted.proof):
            raise _impostor()
        return granted.token


def prove(key: bytes, side: bytes, what: str) -> bytes:
    """A proof by ``side`` that it holds ``key``, over ``what``."""
    return hmac.digest(key, side + b"\n" + what.encode(), hashlib.sha256)


def _closed() -> RefusedByRule:
    return RefusedByRule(
        _("That agent shows no code now: it was used, is too old, or was typed wrong three times."),
        _("Run studio agent code on that PC, and type the code it shows."),
    )


def _wrong() -> RefusedByRule:
    return RefusedByRule(
        _("That is not the code that the agent shows."),
        _("Type the new code on that PC's screen; the old one is void."),
    )


def _impostor() -> NotReady:
    return NotReady(
        _("What answers at that address does not know the code: it is not the agent you are looking at."),
        _("Check the address, and that nobody else is in this network, before you try again."),
    )
