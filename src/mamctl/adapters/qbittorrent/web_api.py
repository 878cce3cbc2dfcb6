"""qBittorrent's Web API (4.x and 5.x) through qbittorrent-api, in a session that another process may have begun.

The library knows the calls of each version. What it does besides is overruled here: it would begin a session in each
process, try everything twice, follow redirects, ask for the version before each call, and quote answers in its errors.
"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import qbittorrentapi
from requests import RequestException, Response, Timeout
from urllib3.exceptions import HTTPError as Urllib3Error
from urllib3.exceptions import TimeoutError as Urllib3Timeout

from mamctl.adapters.http.body import UnreadableBodyError
from mamctl.adapters.http.policy import Bounds
from mamctl.adapters.qbittorrent.access import LoginTries, make_tls_context
from mamctl.adapters.qbittorrent.bounded_session import BoundedSession
from mamctl.adapters.qbittorrent.errors import ClientErrors
from mamctl.adapters.qbittorrent.main_data import OLDEST, Version, parse_version
from mamctl.domain.exchange import ExchangeOutcome, RecordExchange, record_nothing
from mamctl.errors import MamctlError

if TYPE_CHECKING:
    from mamctl.adapters.qbittorrent.access import Endpoint, Login, LoginBackoff

_AUTH = "auth"
_SUCCESS = (200, 204)
_PAGE = "was answered with a web page"
_LARGEST = 64 * 1024**2  # bytes of an answer when unpacked; 5,000 torrents have 8 MB
_TOTAL = 3  # silences that a whole answer may take
_OF_THE_LIBRARY = ("_retries", "_retry_backoff_factor", "version_introduced", "version_removed")


class WebApi(qbittorrentapi.Client):
    """`cookies` are those of an earlier one; they are tried before any login. `logins` counts the logins made; one that
    was refused is not made again within `backoff`.

    Every call raises SessionRefusedError, UnreachableError (no answer, or a server's error), ShapeChangedError (no such
    call, or not qBittorrent at all), MamctlError (the client declines), ConfigInvalidError (ca_file). A call whose
    session is refused is made again in a new one, for it has done nothing.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        login: Login,
        *,
        cookies: Mapping[str, str] | None = None,
        backoff: LoginBackoff | None = None,
        record_exchange: RecordExchange = record_nothing,
    ) -> None:
        super().__init__(
            endpoint.url, FORCE_SCHEME_FROM_HOST=True, SIMPLE_RESPONSES=True, VERIFY_WEBUI_CERTIFICATE=endpoint.verify
        )
        # The library takes what it is not given from the environment.
        self.username, self._password = login.username, login.password.reveal()
        self._api_key = login.api_key.reveal()
        self._login = login
        self._tries = LoginTries(endpoint.name, endpoint.url, login, backoff)
        self._service = f"qbittorrent:{endpoint.name}"
        self._record_exchange = record_exchange
        self._bounds = Bounds(silence=endpoint.timeout, total=_TOTAL * endpoint.timeout, largest_body=_LARGEST)
        self._bounded = BoundedSession(self._bounds, make_tls_context(endpoint), cookies or {})
        self._bounded.headers.update(_authorization(login))
        self._version: Version | None = None
        self.errors = ClientErrors(endpoint.name, endpoint.origin)
        self.logins = 0

    @property
    def cookies(self) -> dict[str, str]:
        """The session as it stands now. It is worth as much as the password."""
        return dict(self._bounded.kept)

    @property
    def version(self) -> Version:
        """The client's version; it is asked for once, if nothing set it."""
        if self._version is None:
            text = self.app_version()
            version = parse_version(text)
            if version is None:
                raise self.errors.strange("app/version", "did not answer with a version")
            if not version.supported:
                raise self.errors.too_old(version.text, "{}.{}".format(*OLDEST))
            self._version = version
        return self._version

    @version.setter
    def version(self, known: Version) -> None:
        self._version = known

    def app_web_api_version(self, **_: object) -> str:
        """By this the library chooses between pause and stop: 2.11 came with 5.0."""
        return "2.11" if self.version.major >= 5 else "2.8"

    def close(self) -> None:
        """Let the connection go; the session lives on in the client."""
        self._bounded.close()

    @property
    def _session(self) -> BoundedSession:
        """One session for the life of this object; the library would make others."""
        return self._bounded

    def auth_log_in(self, *_: object, **__: object) -> None:
        """Begin a new session. Only a user and a password can: with a key or without a login this raises."""
        self._bounded.kept.clear()
        if not self._login.password:
            raise self.errors.of_status(_AUTH, 403)
        if (refused := self._tries.refusal()) is not None:
            raise self.errors.refused_before(refused)
        answer = self._send_login()
        self.logins += 1
        # Up to 5.1 the answer is 200 with `Ok.` or `Fails.`, from 5.2 on 204 or 401; a ban is 403 in all. A proxy may
        # make 200 without a word of a 204.
        status, text = answer.status_code, answer.text.strip()
        if status == 204 or (status == 200 and (text == "Ok." or (not text and self._bounded.kept))):
            self._tries.note_success()
        elif status == 403 and not _is_page(answer):
            self._tries.note_refusal(banned=True)
            raise self.errors.banned()
        elif (status, text) == (200, "Fails."):
            raise self._login_is_wrong()
        elif status == 200:
            found = _PAGE if _is_page(answer) else "neither accepts nor refuses the login"
            raise self.errors.strange("auth/login", found)
        else:
            raise self._error("auth/login", answer)

    def _send_login(self) -> Response:
        form = {"username": self.username, "password": self._password}
        try:
            answer: Response = self._request_manager("post", _AUTH, "login", data=form)
        except qbittorrentapi.HTTPError as error:
            return _answer(error)
        return answer

    def _login_is_wrong(self) -> MamctlError:
        self._tries.note_refusal(banned=False)
        return self.errors.wrong_login()

    def _auth_request(self, http_method: Any, api_namespace: str, api_method: str, *_: object, **sent: Any) -> Any:
        """A call in the kept session, which is begun or renewed where that is needed."""
        try:
            if not self._bounded.kept and self._login.password:
                self.auth_log_in()
            return super()._auth_request(http_method, api_namespace, api_method, **sent)
        except qbittorrentapi.HTTPError as error:
            raise self._error(_path(api_namespace, api_method), _answer(error)) from None

    def _request_manager(self, http_method: Any, api_namespace: str, api_method: str, *_: object, **sent: Any) -> Any:
        """One exchange, counted by how it ended. Raises the library's HTTPError for a status that is not a success."""
        path = _path(api_namespace, api_method)
        begun = time.monotonic()
        sent = {name: value for name, value in sent.items() if name not in _OF_THE_LIBRARY}
        try:
            answer = self._request(http_method, api_namespace, api_method, **sent)
        except qbittorrentapi.HTTPError as error:
            status = _answer(error).status_code
            refused = status in {401, 403, 429} or status >= 500
            self._count(ExchangeOutcome.REFUSED if refused else ExchangeOutcome.ANSWERED)
            raise
        except (Timeout, Urllib3Timeout, TimeoutError):
            self._count(ExchangeOutcome.UNREACHABLE)
            late = time.monotonic() - begun >= self._bounds.total
            raise (self.errors.late(self._bounds.total) if late else self.errors.silent(self._bounds.silence)) from None
        except (RequestException, Urllib3Error, OSError) as error:
            self._count(ExchangeOutcome.UNREACHABLE)
            raise self.errors.broken(error) from None
        except UnreadableBodyError as error:
            self._count(ExchangeOutcome.UNREADABLE)
            raise self.errors.strange(path, f"sent {error}") from None
        except (qbittorrentapi.APIError, ValueError):
            self._count(ExchangeOutcome.UNREADABLE)
            page = self._bounded.last is not None and _is_page(self._bounded.last)
            found = "did not answer with an object" + (" but with a web page" if page else "")
            raise self.errors.strange(path, found) from None
        if isinstance(answer, Response) and api_namespace != _AUTH and _is_page(answer):
            self._count(ExchangeOutcome.UNREADABLE)
            raise self.errors.strange(path, _PAGE)
        self._count(ExchangeOutcome.ANSWERED)
        return answer

    def _count(self, outcome: ExchangeOutcome) -> None:
        self._record_exchange(self._service, outcome)

    @staticmethod
    def _handle_error_responses(data: Any, params: Any, response: Response) -> None:
        """Any status but a success is an error, a redirect too; its text is never quoted."""
        if response.status_code in _SUCCESS:
            return
        kind = qbittorrentapi.Forbidden403Error if response.status_code == 403 else qbittorrentapi.HTTPError
        raise kind(response=response)

    def _error(self, path: str, answer: Response) -> MamctlError:
        """What an answer with an error's status means."""
        status, login = answer.status_code, self._login
        if status == 401 and "basic" in answer.headers.get("WWW-Authenticate", "").lower():
            return self.errors.server_in_front(with_basic=bool(login.basic_username), with_key=bool(login.api_key))
        if status in {401, 403} and _is_page(answer):
            return self.errors.turned_away_in_front(status)
        if 300 <= status < 400:
            return self.errors.redirected(path, answer.headers.get("Location", ""))
        if status in {401, 403} and login.api_key:
            return self.errors.wrong_host() if status == 401 and self._host_is_refused() else self.errors.wrong_key()
        if status == 401 and path == "auth/login" and not self._host_is_refused():
            return self._login_is_wrong()
        return self.errors.of_status(path, status)

    def _host_is_refused(self) -> bool:
        """Whether even an anonymous question gets 401: then it is the address's host name or port that is refused."""
        anonymous = {"Cookie": None, **({"Authorization": None} if self._login.api_key else {})}
        try:
            self._request_manager("get", "app", "version", headers=anonymous)
        except qbittorrentapi.HTTPError as error:
            return _answer(error).status_code == 401
        return False


def _path(namespace: str, method: str) -> str:
    return namespace + "/" + method  # the library's namespaces are texts that would format as names of an enum


def _answer(error: qbittorrentapi.HTTPError) -> Response:
    assert error.response is not None  # every one is raised for an answer
    return error.response


def _is_page(answer: Response) -> bool:
    """Whether something in between answered with a web page, whatever the status says."""
    return answer.content[:200].lstrip().startswith(b"<")


def _authorization(login: Login) -> dict[str, str]:
    if login.api_key:
        return {"Authorization": f"Bearer {login.api_key.reveal()}"}
    if login.basic_username:
        pair = f"{login.basic_username}:{login.basic_password.reveal()}"
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
    return {}
