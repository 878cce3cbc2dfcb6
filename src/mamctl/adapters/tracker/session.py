"""The living cookie: the seed a person gave, and the value that the tracker has rotated it to since.

Almost every answer of the tracker carries a new `mam_id`, and the old one may be dead at once. The current value
is kept in a 0600 file together with a fingerprint of the seed: it wins as long as the person's seed is the same.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

from mamctl.adapters.private_files import read_secret_file, write_private
from mamctl.domain.secret import Secret
from mamctl.errors import ConfigInvalidError, LockedError, MamctlError

API_COOKIES = ("mam_id",)
BROWSER_COOKIES = ("mam_id", "uid")
_VALUE = re.compile(r"[\x21-\x3a\x3c-\x7e]{1,4096}", re.ASCII)  # printable, no blank, no semicolon
_HOW_TO_GET = "create an API session on the site (Preferences, Security) and put its value there"

Cookies = Mapping[str, Secret]


class SessionNotKeptError(MamctlError):
    """The tracker rotated the cookie and the new value could not be written; the answer was not looked at."""

    code = "session_not_kept"


def parse_seed(text: str, names: tuple[str, ...] = API_COOKIES) -> dict[str, Secret]:
    """The cookies a person pasted: a bare value, `mam_id=VALUE`, or for several names `mam_id=A; uid=B`.

    Raises ConfigInvalidError, which never quotes the text.
    """
    parts = [part.strip() for part in text.strip().split(";")] if len(names) > 1 else [text.strip()]
    found: dict[str, Secret] = {}
    for part in filter(None, parts):
        name, equals, value = part.partition("=")
        known = bool(equals) and name.strip() in names
        found[name.strip() if known else names[0]] = Secret(value.strip() if known else part)
    if set(found) != set(names) or not all(_VALUE.fullmatch(value.reveal()) for value in found.values()):
        raise ConfigInvalidError(
            f"the session cookie is not usable: expected {' and '.join(names)}, one line, without blanks or semicolons",
            subject=names[0],
            remedy=_HOW_TO_GET,
            code="session_cookie_malformed",
        )
    return found


def read_seed(file: Path | None, variable: str, environ: Mapping[str, str]) -> dict[str, Secret]:
    """The person's API session from the configured file, else from the environment variable."""
    if file is not None:
        return parse_seed(read_secret_file(file).reveal())
    if value := environ.get(variable, "").strip():
        return parse_seed(value)
    raise ConfigInvalidError(
        f"no session cookie: neither tracker.mam_id_file nor the variable {variable} is set",
        subject="tracker.mam_id_file",
        remedy=_HOW_TO_GET,
        code="session_cookie_missing",
    )


def read_browser_seed(file: Path | None) -> dict[str, Secret]:
    """The person's browser session, `mam_id=…; uid=…`, for reading pages."""
    how = "copy the cookies mam_id and uid of a browser session made for mamctl alone: mam_id=…; uid=…"
    if file is None:
        raise ConfigInvalidError(
            "rules.read_pages needs a browser session, and rules.browser_session_file is not set",
            subject="rules.browser_session_file",
            remedy=how,
            code="session_cookie_missing",
        )
    try:
        return parse_seed(read_secret_file(file).reveal(), BROWSER_COOKIES)
    except ConfigInvalidError as error:
        if error.slug == "session_cookie_malformed":
            error.remedy = f"put into {file} one line: {how}"
        raise


@dataclass(frozen=True, slots=True)
class SessionFile:
    """The current cookies of one session. `lock()` must be held around `load`, the request, and `adopt`."""

    path: Path
    seed: Cookies

    @contextmanager
    def lock(self, patience: float) -> Iterator[None]:
        """One request of this session at a time, over all processes; LockedError after `patience` seconds."""
        from filelock import FileLock, Timeout

        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(self.path.with_name(self.path.name + ".lock"), mode=0o600)
        try:
            lock.acquire(timeout=patience)
        except Timeout:
            raise LockedError(
                f"another process has been using the tracker session for {patience:g} s",
                subject=str(self.path),
                remedy="wait for it to end",
                code="session_in_use",
            ) from None
        try:
            yield
        finally:
            lock.release()

    def load(self) -> dict[str, Secret]:
        """The cookies to send: the rotated ones while they descend from this seed, else the seed."""
        kept = self._kept()
        return {name: kept.get(name, value) for name, value in self.seed.items()}

    def is_rotated(self) -> bool:
        """Whether the tracker has given every cookie a value of its own since the seed."""
        return set(self._kept()) >= set(self.seed)

    def adopt(self, fresh: Cookies) -> None:
        """Put rotated values on the disk; when this returns they are there. No change, no write."""
        try:
            current = self.load()
            merged = current | {name: value for name, value in fresh.items() if name in current}
            if merged != current:
                self._write(merged)
        except (OSError, MamctlError) as error:
            raise SessionNotKeptError(
                f"the tracker's new session cookie could not be kept: {getattr(error, 'strerror', None) or error}",
                subject=str(self.path),
                remedy="make room or fix permissions; if the tracker then refuses the session, create a new one",
            ) from None

    def fingerprint(self) -> str:
        """Tells whether the person has given another seed since."""
        text = ";".join(f"{name}={value.reveal()}" for name, value in sorted(self.seed.items()))
        return hashlib.sha256(text.encode()).hexdigest()

    def _write(self, cookies: Cookies) -> None:
        values = {name: value.reveal() for name, value in cookies.items()}
        write_private(self.path, json.dumps({"seed_sha256": self.fingerprint(), "cookies": values}) + "\n")

    def _kept(self) -> dict[str, Secret]:
        try:
            stored = json.loads(self.path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError, ValueError, RecursionError):
            return {}
        except OSError as error:
            raise MamctlError(
                f"the kept session cannot be read: {error.strerror}",
                subject=str(self.path),
                remedy="check its owner; removing it starts again from the cookie file",
                code="session_state_unreadable",
            ) from None
        if not isinstance(stored, dict) or stored.get("seed_sha256") != self.fingerprint():
            return {}
        cookies = stored.get("cookies")
        pairs = cookies.items() if isinstance(cookies, dict) else ()
        return {name: Secret(value) for name, value in pairs if isinstance(value, str) and _VALUE.fullmatch(value)}


@dataclass(frozen=True, slots=True)
class CookieNews:
    """What an answer's Set-Cookie headers say: living new values, and whether `mam_id` was taken away."""

    fresh: Cookies
    deleted: bool


def read_cookie_news(headers: Iterable[str], now: float) -> CookieNews:
    """Judge the Set-Cookie headers in order, as a browser would; `now` is unix seconds.

    A value that is "deleted", empty, malformed or already expired is a removal and never adopted.
    """
    fresh: dict[str, Secret] = {}
    deleted = False
    for header in headers:
        pair, *attributes = header.split(";")
        name, _, value = (part.strip() for part in pair.partition("="))
        if name not in BROWSER_COOKIES:
            continue
        alive = bool(_VALUE.fullmatch(value)) and value.lower() != "deleted" and not _is_over(attributes, now)
        fresh.pop(name, None)
        if alive:
            fresh[name] = Secret(value)
        if name == "mam_id":
            deleted = not alive
    return CookieNews(fresh, deleted)


def _is_over(attributes: list[str], now: float) -> bool:
    given = {name.strip().lower(): value.strip() for name, _, value in (a.partition("=") for a in attributes)}
    if "max-age" in given:  # wins over expires (RFC 6265, 5.3)
        return not re.fullmatch(r"\d{1,12}", given["max-age"]) or int(given["max-age"]) == 0
    if "expires" not in given:
        return False
    try:
        return parsedate_to_datetime(given["expires"]).timestamp() <= now
    except (ValueError, OverflowError):
        return False
