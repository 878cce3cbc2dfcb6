"""What it means when qBittorrent, or something in front of it, does not do as asked, and what you can do about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass
from mamctl.domain.bounds import without_login
from mamctl.errors import MamctlError, SessionRefusedError, ShapeChangedError, UnreachableError

if TYPE_CHECKING:
    from mamctl.adapters.qbittorrent.access import Refusal

_BANNED = (
    "correct the password file, then wait until the ban ends (an hour by default) or restart qBittorrent; "
    "the limits are under Options, Web UI, Authentication"
)
_WRONG_LOGIN = "compare username and password_file with Options, Web UI, Authentication in qBittorrent"
_NO_LOGIN = "name a password_file, or an api_key_file (qBittorrent 5.2 and later), for this client"
_WRONG_KEY = "make a new API key under Options, Web UI (qBittorrent 5.2 and later) and put it into api_key_file"
_WRONG_HOST = (
    "qBittorrent compares host name and port with its own. Where a container publishes another port than the Web UI's "
    "own, use the same port inside and outside; where only the name differs, add it to Server domains under Options, "
    "Web UI; behind a reverse proxy let it pass the Host header on. Or turn host header validation off there"
)
_BASIC_MISSING = "set basic_user and basic_password_file for this client: it is a login of the server in front"
_BASIC_WRONG = "compare basic_user and basic_password_file with the login of the server in front"
_BASIC_WITH_KEY = (
    "the server in front wants a login where the API key would go: use password_file with basic_user and "
    "basic_password_file instead of the key, or let the server in front pass /api/ on without a login"
)
_PAGE_IN_FRONT = (
    "its page asks for something that only a browser can give, or it keeps this machine out: let it pass /api/ on to "
    "qBittorrent without that, or put the address behind it into url"
)
_NOTHING_BEHIND = (
    "check that qBittorrent runs and its Web UI is on, at the address where the server in front looks for it"
)
_REDIRECTED = "put the address that qBittorrent itself answers at into url; redirects are not followed"
_UNTRUSTED = (
    "name the certificate in ca_file (a self-signed one: the .crt under Options, Web UI; its name must be the one in "
    "url), or set verify = false where the way to the client is safe; check this machine's clock as well"
)
_NO_TLS = "check that the Web UI speaks https at this port, or write http into the url"
_NO_ANSWER = "check that qBittorrent runs, its Web UI is on, and the url is right: http or https, host and port"
_SEE_LOG = "qBittorrent's own log says more"
_NOT_IT = "check that the url leads to qBittorrent's Web UI, version 4.4 or later, and not to a proxy's page"


@dataclass(frozen=True, slots=True)
class ClientErrors:
    """The errors of one client: `name` as it is configured, `where` its scheme, host and port."""

    name: str
    where: str

    def banned(self) -> MamctlError:
        """It refuses every login from here."""
        return self._refused("has banned this machine for a while after failed logins", _BANNED)

    def wrong_login(self) -> MamctlError:
        """It knows no such user and password."""
        return self._refused("refused the user name or the password", _WRONG_LOGIN)

    def wrong_key(self) -> MamctlError:
        """It knows no such API key."""
        return self._refused("refused the API key", _WRONG_KEY)

    def wrong_host(self) -> MamctlError:
        """It does not know the name or the port it was asked under."""
        return self._refused("refused the address it was asked under", _WRONG_HOST)

    def refused_before(self, refusal: Refusal) -> MamctlError:
        """The same refusal as before, without another request."""
        error = self.banned() if refusal.banned else self.wrong_login()
        error.remedy = (
            f"{error.remedy}. It is not tried again before {refusal.until:%H:%M} UTC, for failed logins lead to a ban; "
            "another password or user name is tried at once, and mamctl doctor tries in any case"
        )
        return error

    def server_in_front(self, *, with_basic: bool, with_key: bool) -> MamctlError:
        """A web server in front asks for HTTP Basic, or refused what it was given."""
        what = "refused basic_user or its password" if with_basic else "asks for a user name (HTTP Basic)"
        remedy = _BASIC_WITH_KEY if with_key else _BASIC_WRONG if with_basic else _BASIC_MISSING
        text = f"{self.name}: a web server in front of qBittorrent {what}"
        return SessionRefusedError(text, subject=self.where, remedy=remedy)

    def turned_away_in_front(self, status: int) -> MamctlError:
        """A web server in front refuses with a page; qBittorrent itself answers with a word."""
        text = f"{self.name}: a web server in front of qBittorrent refuses this machine ({status})"
        return SessionRefusedError(text, subject=self.where, remedy=_PAGE_IN_FRONT)

    def redirected(self, path: str, target: str) -> MamctlError:
        """qBittorrent redirects none of these calls. Its target's path is not shown: it may hold a token."""
        address = without_login(target)
        where = address if address and address != self.where else "another page"
        remedy = _REDIRECTED if where == address else _PAGE_IN_FRONT
        return ShapeChangedError(f"{self.name}: {path} was redirected to {where}", subject=self.where, remedy=remedy)

    def silent(self, seconds: float) -> MamctlError:
        """Nothing came for too long."""
        return self._unreachable(f"no answer within {seconds:g} s", _NO_ANSWER)

    def late(self, seconds: float) -> MamctlError:
        """Something came all the time, and no end of it."""
        return self._unreachable(f"no complete answer within {seconds:g} s", _NO_ANSWER)

    def broken(self, error: BaseException) -> MamctlError:
        """The connection failed; its own words may quote a header or an address, and so are left out."""
        from mamctl.adapters.http.failures import Cause, explain_failure

        system = _innermost(error)
        if system is None:
            return self._unreachable("the connection was lost before the answer was complete", _NO_ANSWER)
        failure = explain_failure(system)
        remedy = {Cause.CERTIFICATE: _UNTRUSTED, Cause.TLS: _NO_TLS}.get(failure.cause, failure.remedy or _NO_ANSWER)
        return self._unreachable(failure.words, remedy)

    def strange(self, path: str, what: str) -> MamctlError:
        """An answer that is none of qBittorrent's."""
        return ShapeChangedError(f"{self.name}: {path} {what}", subject=self.where, remedy=_NOT_IT)

    def too_old(self, version: str, oldest: str) -> MamctlError:
        """A version whose answers mamctl does not know."""
        return ShapeChangedError(
            f"{self.name}: qBittorrent {version} is older than {oldest}",
            subject=self.where,
            remedy=f"update qBittorrent to {oldest} or later",
        )

    def of_status(self, path: str, status: int) -> MamctlError:
        """The error that an answer's status is, where nothing more is known of it."""
        if status == 401:
            return self.wrong_host()
        if status == 403:
            return self._refused("asks for a login", _NO_LOGIN)
        if status in {502, 503, 504}:
            text = f"{self.name}: a web server in front of qBittorrent got no answer from it ({status})"
            return UnreachableError(text, subject=self.where, remedy=_NOTHING_BEHIND)
        if status >= 500 or status in {408, 429}:
            text = f"{self.name}: {path} answered with error {status}"
            return UnreachableError(text, subject=self.where, remedy=_SEE_LOG)
        if status == 404:
            return self.strange(path, f"answered {status}")
        return MamctlError(f"{self.name}: {path} was declined ({status})", subject=self.where, remedy=_SEE_LOG)

    def _unreachable(self, why: str, remedy: str) -> MamctlError:
        return UnreachableError(
            f"{self.name}: {self.where} cannot be reached: {why}", subject=self.where, remedy=remedy
        )

    def _refused(self, what: str, remedy: str) -> MamctlError:
        return SessionRefusedError(f"{self.name}: qBittorrent {what}", subject=self.where, remedy=remedy)


def _innermost(error: BaseException) -> OSError | None:
    """The system's own error behind those that requests and urllib3 put around it, where it says more than "broken"."""
    import socket
    import ssl

    from requests import RequestException

    found = None
    for cause in causes(error):
        if isinstance(cause, OSError) and not isinstance(cause, RequestException):
            found = cause
    telling = found is not None and (found.errno or isinstance(found, socket.gaierror | ssl.SSLError))
    return found if telling else None


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it was raised from, outermost first."""
    for _ in range(20):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__
