"""A login that was refused is not tried again for a while: every failure brings the client's ban on us nearer."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from mamctl.domain.timestamps import timestamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from mamctl.adapters.qbittorrent.login import Login

HOLD = timedelta(hours=1)  # as long as qBittorrent's own ban, which follows five failures
_ROUNDS = 50_000  # of the digest, so that a note that leaks is no quick way to the password


class RefusalMemory(Protocol):
    """Keeps one note a client between two runs."""

    def recall_refusal(self, client: str) -> bytes | None:
        """The note; None when there is none."""
        ...

    def keep_refusal(self, client: str, note: bytes | None) -> None:
        """Replace the note; None takes it away."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """`insist` is a person's wish to try in spite of an earlier refusal, once."""

    memory: RefusalMemory
    clock: Callable[[], datetime]
    insist: bool = False


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
    """The logins of one client with one login. Without `patience` every one is tried."""

    def __init__(self, name: str, url: str, login: Login, patience: Patience | None) -> None:
        self._name = name
        self._identity = (url, login)
        self._patience = patience
        self._refused: Refusal | None = None
        self._note: bytes | None = None

    def refusal(self) -> Refusal | None:
        """The refusal that forbids to try now."""
        if self._refused is not None or self._patience is None:
            return self._refused
        self._note = self._patience.memory.recall_refusal(self._name)
        if self._note is None or self._patience.insist:
            return None
        known = self._read(self._note)
        return known if known and known.at <= self._patience.clock() < known.until else None

    def note_refusal(self, *, banned: bool) -> None:
        """It was refused: nobody tries again with the same credentials, here or in the next run."""
        if self._patience is None:
            return
        now = self._patience.clock()
        self._refused = Refusal(now, banned)
        salt = secrets.token_hex(16)
        note = {"salt": salt, "mark": self._mark(salt), "at": timestamp(now), "banned": banned}
        self._patience.memory.keep_refusal(self._name, json.dumps(note).encode())

    def note_success(self) -> None:
        """It was taken: what was refused before no longer counts."""
        if self._patience is not None and self._note is not None:
            self._patience.memory.keep_refusal(self._name, None)

    def _read(self, note: bytes) -> Refusal | None:
        """None when it is of other credentials, or cannot be read."""
        try:
            said = json.loads(note)
            if not secrets.compare_digest(said["mark"], self._mark(said["salt"])):
                return None
            return Refusal(datetime.fromisoformat(said["at"]).astimezone(UTC), bool(said["banned"]))
        except (ValueError, LookupError, TypeError, OverflowError):
            return None

    def _mark(self, salt: str) -> str:
        """Tells these credentials from others without holding them."""
        url, login = self._identity
        text = json.dumps([url, login.username, login.password.reveal()])
        return hashlib.pbkdf2_hmac("sha256", text.encode(), bytes.fromhex(salt), _ROUNDS).hex()
