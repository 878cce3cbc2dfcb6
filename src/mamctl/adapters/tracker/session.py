"""The living cookie: the seed that you gave, and the value that the tracker has rotated it to since.

Almost every answer of the tracker carries a new `mam_id`, and the old one may be dead at once. The current value
is kept in a 0600 file together with a fingerprint of the seed: it wins as long as your seed is the same.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from mamctl.adapters.http.policy import parse_http_date
from mamctl.adapters.private_files import read_secret_file, shown_variable, write_private
from mamctl.dataclass import dataclass
from mamctl.domain.secret import Secret
from mamctl.errors import ConfigInvalidError, LockedError, MamctlError
from mamctl.regex import regex

API_COOKIES = ("mam_id",)
BROWSER_COOKIES = ("mam_id", "uid")
_VALUE = regex(r"[\x21-\x3a\x3c-\x7e]{1,4096}", re.ASCII)  # printable, no blank, no semicolon
_JOINED = regex(rf",\s*(?=(?:{'|'.join(BROWSER_COOKIES)})=)")
_LONGEST_PASTE = 64 * 1024
_ROOM = 16 * 1024  # bytes; the largest cookies and their file
_HOW_TO_GET = (
    "create an API session on the site (Preferences, Security), put its value alone into a file (mode 600), and name "
    "that in tracker.mam_id_file"
)

Cookies = Mapping[str, Secret]


class SessionNotKeptError(MamctlError):
    """The tracker rotated the cookie and the new value could not be written; the answer was not looked at."""

    code = "session_not_kept"


def parse_seed(text: str, names: tuple[str, ...] = API_COOKIES) -> dict[str, Secret]:
    """The cookies that were pasted, however they were copied.

    Understood are the bare value, in quotes or with a semicolon behind it; `mam_id=VALUE` or `mam_id: "VALUE"` alone,
    among other cookies, in a Cookie or Set-Cookie header, or in a command that holds one.
    Raises ConfigInvalidError, which says what is wrong and never quotes the text.
    """
    found = {name: {value for value in _named(text, name) if value} for name in names}
    if len(names) == 1 and not _mentions(text, names[0]):
        found[names[0]] = {_bare(text)}
    for name, values in found.items():
        if not values:
            raise _malformed(f"there is no value of {name} in it", names)
        if len(values) > 1:
            raise _malformed(f"it holds {len(values)} different values of {name}", names)
        if fault := _cookie_fault(next(iter(values))):
            raise _malformed(f"the value of {name} {fault}", names)
    return {name: Secret(values.pop()) for name, values in found.items()}


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w%-]){name}[\"']?\s*[=:]", text, re.IGNORECASE) is not None


def _named(text: str, name: str) -> Iterator[str]:
    """Every value that stands behind the cookie's name."""
    pattern = rf"(?<![\w%-]){name}[\"']?\s*[=:]\s*(?:([\"'])(.*?)\1|([^\s;,\"']*)(?=[\s;,\"']|$))"
    for match in re.finditer(pattern, text[:_LONGEST_PASTE], re.IGNORECASE):
        yield (match[2] if match[1] else match[3]).strip()


def _bare(text: str) -> str:
    """The value that stands alone: without the header's name, quotes, and a last semicolon."""
    text = re.sub(r"^\s*(set-)?cookie\s*:", "", text, flags=re.IGNORECASE)
    return text.strip("\ufeff \t\r\n").rstrip(";").strip().strip("\"'“”‘’„").strip().rstrip(";")


def _cookie_fault(value: str) -> str | None:
    """Why a value cannot be a cookie, in words; None when it can."""
    if not value:
        return "is empty"
    if len(value) > 4096:
        return "is longer than any cookie"
    if ";" in value:
        return "contains a semicolon, like a list of cookies without mam_id"
    if len(value.split()) > 1:
        return "holds a line break" if len(value.splitlines()) > 1 else "holds a blank"
    if value.lower() == "deleted":
        return "is what the site calls a deleted session"
    return None if _VALUE.fullmatch(value) else "contains a character that a cookie cannot have"


def _malformed(found: str, names: tuple[str, ...]) -> ConfigInvalidError:
    form = "; ".join(f"{name}=…" for name in names)
    wanted = "the value of the session, or mam_id=VALUE" if len(names) == 1 else form
    return ConfigInvalidError(
        f"the session cookie cannot be used: {found}",
        subject=names[0],
        remedy=f"put one line there and nothing else: {wanted}; there is no need to create the session again",
        code="session_cookie_malformed",
    )


def read_seed(file: Path | None, variable: str, environ: Mapping[str, str]) -> dict[str, Secret]:
    """The API session from the configured file, else from the environment variable."""
    if file is not None:
        return parse_seed(read_secret_file(file).reveal())
    if value := environ.get(variable, "").strip():
        return parse_seed(value)
    raise ConfigInvalidError(
        f"no session cookie: neither tracker.mam_id_file nor {shown_variable(variable, 'tracker.mam_id_env')} is set",
        subject="tracker.mam_id_file",
        remedy=_HOW_TO_GET,
        code="session_cookie_missing",
    )


def read_browser_seed(file: Path | None, variable: str, environ: Mapping[str, str]) -> dict[str, Secret]:
    """The browser session, `mam_id=…; uid=…`, for reading pages; from the file, else from the environment variable."""
    if file is not None:
        return parse_seed(read_secret_file(file).reveal(), BROWSER_COOKIES)
    if variable and (value := environ.get(variable, "").strip()):
        return parse_seed(value, BROWSER_COOKIES)
    raise ConfigInvalidError(
        "rules.read_pages needs a browser session, and rules.browser_session_file is not set",
        subject="rules.browser_session_file",
        remedy="copy the cookies mam_id and uid of a browser session made for mamctl alone: mam_id=…; uid=…",
        code="session_cookie_missing",
    )


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
        """Whether the tracker has replaced the value of every cookie since the seed."""
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
                f"the tracker's new session cookie could not be saved: {getattr(error, 'strerror', None) or error}",
                subject=str(self.path),
                remedy="make room or fix permissions; if the tracker then refuses the session, create a new one",
            ) from None

    def prove_room(self) -> None:
        """Raises OSError when a rotated cookie could not be written now. Leaves no file, not even when killed."""
        from tempfile import TemporaryFile

        with TemporaryFile(dir=self.path.parent) as file:
            file.write(bytes(_ROOM))

    def fingerprint(self) -> str:
        """A digest of the seed, which changes when you give another one."""
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
                f"the saved session cannot be read: {error.strerror}",
                subject=str(self.path),
                remedy="check its owner; removing it starts again from the session file",
                code="session_state_unreadable",
            ) from None
        if not isinstance(stored, dict) or stored.get("seed_sha256") != self.fingerprint():
            return {}
        cookies = stored.get("cookies")
        pairs = cookies.items() if isinstance(cookies, dict) else ()
        return {name: Secret(value) for name, value in pairs if isinstance(value, str) and _VALUE.fullmatch(value)}


@dataclass(frozen=True, slots=True)
class CookieChanges:
    """The cookies of one answer: living new values, and whether `mam_id` was taken away."""

    fresh: Cookies
    deleted: bool


def read_cookies(headers: Iterable[str], now: float) -> CookieChanges:
    """Judge the Set-Cookie headers in order, as a browser would; `now` is unix seconds by the site's clock, which made
    the dates. Headers that something on the way joined with commas are taken apart.

    A value that is "deleted", empty, malformed or already expired is a removal and never adopted.
    """
    fresh: dict[str, Secret] = {}
    deleted = False
    for header in chain.from_iterable(map(_JOINED.split, headers)):
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
    return CookieChanges(fresh, deleted)


def _is_over(attributes: list[str], now: float) -> bool:
    given = {name.strip().lower(): value.strip() for name, _, value in (a.partition("=") for a in attributes)}
    if "max-age" in given:  # wins over expires (RFC 6265, 5.3)
        return not re.fullmatch(r"\d{1,12}", given["max-age"]) or int(given["max-age"]) == 0
    if "expires" not in given:
        return False
    ends = parse_http_date(given["expires"])
    return ends is not None and ends <= now
