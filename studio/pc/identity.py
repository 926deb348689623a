"""The agent's own certificate: made once, kept, and recognised by its fingerprint, so that no authority is needed."""

import hashlib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from studio.errors import NotReady
from studio.i18n import _
from studio.system import private_directory, private_file

CERTIFICATE, KEY = "agent.crt", "agent.key"
_VALID = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Wide, since a studio PC's clock may be anywhere and the fingerprint is what counts."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who an agent is: ``fingerprint`` is the SHA-256 of its certificate in DER, 64 lower-case hex digits."""

    certificate: Path
    key: Path
    fingerprint: str

    def server_context(self) -> ssl.SSLContext:
        """What the agent serves with: TLS 1.3 alone. Raises NotReady where certificate and key do not fit."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        try:
            context.load_cert_chain(self.certificate, self.key)
        except OSError as error:
            raise _spoilt(self.key.parent, error) from error
        return context


def fingerprint(der: bytes) -> str:
    """The fingerprint of a certificate."""
    return hashlib.sha256(der).hexdigest()


def identity(folder: Path) -> Identity:
    """The one of this folder, made where there is none. Raises NotReady where its files cannot be read."""
    certificate, key = private_directory(folder) / CERTIFICATE, folder / KEY
    if not certificate.exists():
        _make(certificate, key)
    try:
        der = ssl.PEM_cert_to_DER_cert(certificate.read_text(encoding="ascii"))
        if not key.exists():
            raise FileNotFoundError(key.name)
    except (OSError, ValueError) as error:
        raise _spoilt(folder, error) from error
    return Identity(certificate, key, fingerprint(der))


def _spoilt(folder: Path, why: Exception) -> NotReady:
    return NotReady(
        _("The agent's certificate in {folder} cannot be read ({why}).").format(folder=folder, why=why),
        _("Delete {certificate} and {key} there, start the agent and pair again.").format(
            certificate=CERTIFICATE, key=KEY
        ),
    )


def _make(certificate: Path, key: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Kelan Studio agent")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_VALID[0])
        .not_valid_after(_VALID[1])
        .sign(secret, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = secret.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private_file(key, private.decode("ascii"))
    private_file(certificate, made.public_bytes(pem).decode("ascii"))
