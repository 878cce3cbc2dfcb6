"""What it means when qBittorrent does not do as asked, and what a person can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mamctl.errors import MamctlError, SessionRefusedError, ShapeChangedError, UnreachableError

if TYPE_CHECKING:
    from mamctl.adapters.qbittorrent.patience import Refusal

_BANNED = (
    "correct the password file, then wait until the ban ends (an hour by default) or restart qBittorrent; "
    "the limits are under Options, Web UI, Authentication"
)
_WRONG_LOGIN = "compare username and password_file with Options, Web UI, Authentication in qBittorrent"
_NO_LOGIN = "name a password_file, or an api_key_file (qBittorrent 5.2 and later), for this client"
_WRONG_KEY = "make a new API key under Options, Web UI (qBittorrent 5.2 and later) and put it into api_key_file"
_WRONG_HOST = (
    "use the address that qBittorrent itself knows, or add this one to Server domains under Options, Web UI; "
    "behind a reverse proxy let it pass the Host header on"
)
_NO_ANSWER = "see that qBittorrent runs, its Web UI is on, and the url is right"
_SEE_LOG = "qBittorrent's own log says more"
_NOT_IT = "see that the url leads to qBittorrent's Web UI, version 4.4 or later, and not to a proxy's page"


@dataclass(frozen=True, slots=True)
class Refusals:
    """The errors of one client: `name` as it is configured, `where` its scheme, host and port."""

    name: str
    where: str

    def banned(self) -> MamctlError:
        return self._refused("has banned this machine for a while after failed logins", _BANNED)

    def wrong_login(self) -> MamctlError:
        return self._refused("refused the user name or the password", _WRONG_LOGIN)

    def refused_before(self, refusal: Refusal) -> MamctlError:
        """The same refusal as before, told without asking again."""
        error = self.banned() if refusal.banned else self.wrong_login()
        error.remedy = (
            f"{error.remedy}. It is not tried again before {refusal.until:%H:%M} UTC, for failed logins lead to a ban; "
            "another password or user name is tried at once, and mamctl doctor tries in any case"
        )
        return error

    def unreachable(self, why: str) -> MamctlError:
        return UnreachableError(
            f"{self.name}: {self.where} cannot be reached: {why}", subject=self.where, remedy=_NO_ANSWER
        )

    def strange(self, path: str, what: str) -> MamctlError:
        return ShapeChangedError(f"{self.name}: {path} {what}", subject=self.where, remedy=_NOT_IT)

    def too_old(self, version: str, oldest: str) -> MamctlError:
        return ShapeChangedError(
            f"{self.name}: qBittorrent {version} is older than {oldest}",
            subject=self.where,
            remedy=f"update qBittorrent to {oldest} or later",
        )

    def of_status(self, path: str, status: int, *, with_key: bool) -> MamctlError | None:
        """The error that an answer's status is, None when it is a success."""
        if status in {200, 204}:
            return None
        if status in {401, 403} and with_key:
            return self._refused("refused the API key", _WRONG_KEY)
        if status == 401:
            return self._refused("refused the address it was asked under", _WRONG_HOST)
        if status == 403:
            return self._refused("asks for a login", _NO_LOGIN)
        return self._of_other_status(path, status)

    def _of_other_status(self, path: str, status: int) -> MamctlError:
        if status >= 500 or status in {408, 429}:
            return UnreachableError(
                f"{self.name}: {path} answered with error {status}", subject=self.where, remedy=_SEE_LOG
            )
        if status == 404 or status < 400:
            return self.strange(path, f"answered {status}")
        return MamctlError(f"{self.name}: {path} was declined ({status})", subject=self.where, remedy=_SEE_LOG)

    def _refused(self, what: str, remedy: str) -> MamctlError:
        return SessionRefusedError(f"{self.name}: qBittorrent {what}", subject=self.where, remedy=remedy)
