"""Asking qBittorrent's web interface: logging in, and keeping the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from mamctl.adapters.qbittorrent.patience import LoginTries
from mamctl.adapters.qbittorrent.refusals import Refusals
from mamctl.domain.exchange import ExchangeOutcome, RecordExchange, record_nothing
from mamctl.errors import MamctlError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from mamctl.adapters.qbittorrent.login import Login
    from mamctl.adapters.qbittorrent.patience import Patience


class Web:
    """One client's Web API (4.x and 5.x), in a session that another process may have begun.

    `cookies` are those of an earlier `Web`; they are tried before any login. `logins` counts the logins made; one that
    was refused is not made again within `patience`.
    Use it as a context manager.
    """

    def __init__(
        self,
        name: str,
        url: str,
        login: Login,
        *,
        cookies: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        patience: Patience | None = None,
        record_exchange: RecordExchange = record_nothing,
    ) -> None:
        self._base = url.rstrip("/") + "/api/v2/"
        self._login = login
        self._timeout = timeout
        self._service = f"qbittorrent:{name}"
        self._record_exchange = record_exchange
        self._cookies = dict(cookies or {})
        self._client: httpx.Client | None = None
        self._tries = LoginTries(name, url, login, patience)
        self.refusals = Refusals(name, _origin(url))
        self.logins = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets the connection go; the session lives on in the client."""
        if self._client is not None:
            self._client.close()
            self._client = None

    @property
    def cookies(self) -> dict[str, str]:
        """The session as it stands now. It is worth as much as the password."""
        return dict(self._cookies)

    def get(self, path: str, **query: str | int) -> httpx.Response:
        """A read. Raises the errors of `post`."""
        return self._ask("GET", path, params=query)

    def post(self, path: str, **form: str) -> httpx.Response:
        """A change. A refused session is renewed and the request sent again, for it has done nothing.

        Raises SessionRefusedError, UnreachableError (no answer, or a server's error), ShapeChangedError (no
        such call, or not qBittorrent at all), MamctlError (the client declines).
        """
        return self._ask("POST", path, data=form)

    def _ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        if not self._cookies:
            self._log_in()
        answer = self._send(method, path, **sent)
        if answer.status_code == 403 and self._login.password:
            self._log_in()
            answer = self._send(method, path, **sent)
        self._expect_success(path, answer)
        return answer

    def _log_in(self) -> None:
        """Begins a new session; nothing to do with an API key, or where the client asks for no login."""
        self._cookies.clear()
        if not self._login.password:
            return
        if (refused := self._tries.refusal()) is not None:
            raise self.refusals.refused_before(refused)
        form = {"username": self._login.username, "password": self._login.password.reveal()}
        answer = self._send("POST", "auth/login", data=form)
        self.logins += 1
        # Up to 5.1 the answer is 200 with `Ok.` or `Fails.`, from 5.2 on 204 or 401; a ban is 403 in all.
        said = answer.text.strip() if answer.status_code == 200 else ""
        if answer.status_code == 204 or said == "Ok.":
            self._tries.note_success()
            return
        if answer.status_code == 403:
            self._tries.note_refusal(banned=True)
            raise self.refusals.banned()
        if said == "Fails." or (answer.status_code == 401 and not self._host_is_refused()):
            self._tries.note_refusal(banned=False)
            raise self.refusals.wrong_login()
        self._expect_success("auth/login", answer)
        raise self.refusals.strange("auth/login", "neither accepts nor refuses the login")

    def _host_is_refused(self) -> bool:
        """Whether even an anonymous question gets 401: then it is the address's host name that is refused."""
        return self._send("GET", "app/version").status_code == 401

    def _expect_success(self, path: str, answer: httpx.Response) -> None:
        error = self.refusals.of_status(path, answer.status_code, with_key=bool(self._login.api_key))
        if error is not None:
            raise error

    def _send(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """One request, counted by how it ended."""
        try:
            answer = self._exchange(method, path, **sent)
        except MamctlError as error:
            lost = isinstance(error, UnreachableError)
            self._record_exchange(self._service, ExchangeOutcome.UNREACHABLE if lost else ExchangeOutcome.UNREADABLE)
            raise
        refused = answer.status_code in {401, 403, 429} or answer.status_code >= 500
        self._record_exchange(self._service, ExchangeOutcome.REFUSED if refused else ExchangeOutcome.ANSWERED)
        return answer

    def _exchange(self, method: str, path: str, **sent: Any) -> httpx.Response:
        import httpx

        from mamctl.adapters.http.failures import explain_failure

        try:
            answer = self._open().request(method, self._base + path, headers=self._headers(), **sent)
        except httpx.TimeoutException:
            raise self.refusals.unreachable(f"no answer within {self._timeout:g} s") from None
        except (httpx.TransportError, UnicodeError) as error:
            raise self.refusals.unreachable(explain_failure(error).words) from None
        except (httpx.DecodingError, httpx.InvalidURL):
            raise self.refusals.strange(path, "cannot be decoded") from None
        self._keep_cookies(answer)
        return answer

    def _headers(self) -> dict[str, str]:
        headers = {}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if self._login.api_key:
            headers["Authorization"] = f"Bearer {self._login.api_key.reveal()}"
        return headers

    def _keep_cookies(self, answer: httpx.Response) -> None:
        """Keeps every cookie: SID, QBT_SID_8080, a name chosen in the settings, a proxy's own."""
        for cookie in answer.cookies.jar:
            if cookie.value:
                self._cookies[cookie.name] = cookie.value
        self._open().cookies.clear()  # httpx would send its own copy as well

    def _open(self) -> httpx.Client:
        import ssl

        import httpx

        if self._client is None:
            # Loading certificates takes longer than a whole pass; plain HTTP has no use for them.
            verify = ssl.create_default_context() if self._base.startswith("https:") else False
            # No proxy from the environment: a torrent client lives on this machine or near it.
            self._client = httpx.Client(verify=verify, timeout=self._timeout, trust_env=False)
        return self._client


def _origin(url: str) -> str:
    """Scheme, host and port; an address may hold a proxy's password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
