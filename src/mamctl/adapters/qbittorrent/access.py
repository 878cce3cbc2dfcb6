"""How a qBittorrent is reached and entered: its address, what mamctl shows it, and how long it waits after a refusal.

A login that was refused is not tried again for a while: every failure brings the client's ban of this machine nearer.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mamctl.adapters.private_files import SecretSource
from mamctl.dataclass import dataclass
from mamctl.domain.bounds import without_login
from mamctl.domain.secret import Secret
from mamctl.domain.timestamps import timestamp
from mamctl.errors import ConfigInvalidError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

NOTHING = Secret("")
HOLD = timedelta(hours=1)  # as long as qBittorrent's own ban, which follows five failures
_ROUNDS = 50_000  # of the digest, so that a note that leaks is no quick way to the password


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One client's Web UI. `timeout` is seconds of silence; a whole answer may take three times as long.

    `ca_file` holds the certificates to trust in place of the system's; without `verify` any certificate is accepted.
    """

    name: str
    url: str
    timeout: float = 30.0
    ca_file: Path | None = None
    verify: bool = True

    @property
    def origin(self) -> str:
        """Scheme, host and port; a path may hold a proxy's password."""
        return without_login(self.url)


def make_tls_context(endpoint: Endpoint) -> ssl.SSLContext | None:
    """What to trust; loading certificates takes longer than a whole pass, and plain HTTP has no use for them.

    Raises ConfigInvalidError for a ca_file that holds no certificates.
    """
    if not endpoint.url.startswith("https:"):
        return None
    import ssl

    if not endpoint.verify:
        anything = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anything.check_hostname = False
        anything.verify_mode = ssl.CERT_NONE
        return anything
    try:
        trusted = ssl.create_default_context(cafile=endpoint.ca_file)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        found = "holds no certificates (PEM)" if isinstance(error, ssl.SSLError) else "does not exist or cannot be read"
        raise ConfigInvalidError(
            f"{endpoint.name}: ca_file {endpoint.ca_file} {found}",
            subject="ca_file",
            remedy="name a file with the certificate to trust in PEM form: it begins with -----BEGIN CERTIFICATE-----",
            code="certificates_unreadable",
        ) from None
    trusted.verify_flags |= (
        ssl.VERIFY_X509_PARTIAL_CHAIN
    )  # a certificate that is named is trusted, no matter who signed it
    return trusted


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and its password, an API key (5.2 and later), or neither where the client asks for none.

    `basic_username` and `basic_password` are for a web server in front of the client (HTTP Basic); not with a key,
    since both would need the same header.
    """

    username: str = "admin"
    password: Secret = NOTHING
    api_key: Secret = NOTHING
    basic_username: str = ""
    basic_password: Secret = NOTHING


@dataclass(frozen=True, slots=True)
class LoginSources:
    """Where a client's secrets may stand."""

    password: SecretSource
    api_key: SecretSource
    basic_password: SecretSource


def read_login(username: str, sources: LoginSources, environ: Mapping[str, str], basic_user: str = "") -> Login:
    """The login in the files or variables; an API key wins. ConfigInvalidError when one cannot be read or sent."""
    if (key := sources.api_key.read(environ)) is not None:
        return Login(username, api_key=key)
    basic = (sources.basic_password.read(environ) if basic_user else None) or NOTHING
    return Login(username, sources.password.read(environ) or NOTHING, NOTHING, basic_user, basic)


class RefusalMemory(Protocol):
    """Keeps one note a client between two runs."""

    def recall_refusal(self, client: str) -> bytes | None:
        """The note; None when there is none."""
        ...

    def keep_refusal(self, client: str, note: bytes | None) -> None:
        """Replace the note; None takes it away."""
        ...


@dataclass(frozen=True, slots=True)
class LoginBackoff:
    """Where refusals are noted, and the time; `force` tries once in spite of an earlier refusal."""

    memory: RefusalMemory
    clock: Callable[[], datetime]
    force: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A login that was refused with these very credentials; `banned` when the client refuses everyone from here."""

    at: datetime
    banned: bool

    @property
    def until(self) -> datetime:
        """When it may be tried again."""
        return self.at + HOLD


class LoginTries:
    """The logins of one client with one login. Without `backoff` every one is tried."""

    def __init__(self, name: str, url: str, login: Login, backoff: LoginBackoff | None) -> None:
        self._name = name
        self._identity = (url, login)
        self._backoff = backoff
        self._refused: Refusal | None = None
        self._note: bytes | None = None

    def refusal(self) -> Refusal | None:
        """The refusal that forbids to try now."""
        if self._refused is not None or self._backoff is None:
            return self._refused
        self._note = self._backoff.memory.recall_refusal(self._name)
        if self._note is None or self._backoff.force:
            return None
        known = self._read(self._note)
        return known if known and known.at <= self._backoff.clock() < known.until else None

    def note_refusal(self, *, banned: bool) -> None:
        """It was refused: it is not tried again with the same credentials, here or in the next run."""
        if self._backoff is None:
            return
        now = self._backoff.clock()
        self._refused = Refusal(now, banned)
        salt = secrets.token_hex(16)
        note = {"salt": salt, "mark": self._mark(salt), "at": timestamp(now), "banned": banned}
        self._backoff.memory.keep_refusal(self._name, json.dumps(note).encode())

    def note_success(self) -> None:
        """It was taken: what was refused before no longer counts."""
        if self._backoff is not None and self._note is not None:
            self._backoff.memory.keep_refusal(self._name, None)

    def _read(self, note: bytes) -> Refusal | None:
        """None when it is of other credentials, or cannot be read."""
        try:
            noted = json.loads(note)
            if not secrets.compare_digest(noted["mark"], self._mark(noted["salt"])):
                return None
            return Refusal(datetime.fromisoformat(noted["at"]).astimezone(UTC), bool(noted["banned"]))
        except (ValueError, LookupError, TypeError, OverflowError, RecursionError):
            return None

    def _mark(self, salt: str) -> str:
        """Tells these credentials from others without holding them."""
        url, login = self._identity
        text = json.dumps([url, login.username, login.password.reveal()])
        return hashlib.pbkdf2_hmac("sha256", text.encode(), bytes.fromhex(salt), _ROUNDS).hex()
