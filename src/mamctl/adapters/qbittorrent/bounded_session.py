"""The session of requests that qbittorrent-api speaks through: bounded in size, in time as a whole, and in reach.

requests bounds one silence only: a server that sends a byte of its headers now and then holds it for ever. Here each
step on the socket gets what is left of the exchange. No redirect is followed, and nothing of the environment counts:
a torrent client is on this machine or near it, where no proxy and no .netrc is meant.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

from qbittorrentapi.request import QbittorrentSession
from requests import ConnectionError as RequestsConnectionError
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from mamctl import __version__
from mamctl.adapters.http.body import ENCODING, read_body
from mamctl.adapters.qbittorrent.errors import causes

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

    from mamctl.adapters.http.policy import Bounds

_PIECE = 65_536
_REPEATABLE = (  # beside what is sent as GET: the library sends these questions as POST
    "/auth/login",
    "/sync/maindata",
    "/torrents/files",
    "/torrents/info",
    "/torrents/pieceHashes",
    "/torrents/properties",
    "/torrents/trackers",
)


class BoundedSession(QbittorrentSession):
    """`kept` are the cookies to send, which each answer renews; `last` is the newest answer, read to its end.

    Raises requests' and urllib3's errors, TimeoutError, and UnreadableBodyError for a body that is too large or packed
    in another way than asked for.
    """

    def __init__(self, bounds: Bounds, tls: ssl.SSLContext | None, cookies: Mapping[str, str]) -> None:
        super().__init__()
        self.kept = dict(cookies)
        self.last: Response | None = None
        self.trust_env = False
        self.headers.update({"User-Agent": f"mamctl/{__version__}", "Accept-Encoding": ENCODING})
        # A jar would send a kept session beside the one that follows it, and none at all to some host names.
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        adapter = _BoundedAdapter(bounds, tls)
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def request(self, method: str, url: str, *_: object, **sent: Any) -> Response:  # type: ignore[override]
        """One exchange in the kept session. Every cookie is kept: SID, QBT_SID_8080, one that a proxy sets."""
        self.last = None
        cookie = "; ".join(f"{name}={value}" for name, value in self.kept.items())
        headers = {"Cookie": cookie or None, **(sent.pop("headers", None) or {})}
        answer = super().request(method, url, headers=headers, **{**sent, "allow_redirects": False})
        self.kept.update({cookie.name: cookie.value for cookie in answer.cookies if cookie.value})
        self.last = answer
        return answer

    def get_redirect_target(self, resp: Response) -> None:
        """None is followed; requests would build the next request all the same, and fail where it cannot."""


class _BoundedAdapter(HTTPAdapter):
    """Reads each answer to its end before it is handed on."""

    def __init__(self, bounds: Bounds, tls: ssl.SSLContext | None) -> None:
        self._bounds = bounds
        self._tls = tls
        self._ends = 0.0
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Connections whose every step is bounded, and which trust what `tls` trusts."""
        super().init_poolmanager(*args, ssl_context=self._tls, **more)
        self.poolmanager.pool_classes_by_scheme = _pools(self._left, self._tls)

    def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:
        """The answer with its whole body; the bounds are this adapter's, whatever the caller says.

        qBittorrent hangs up on a connection that brings nothing for seven seconds, however new it is, and a machine
        under load takes as long between two steps: what changes nothing is then sent once more, within the same bounds.
        """
        self._ends = time.monotonic() + self._bounds.total
        try:
            answer = super().send(request, stream=True, timeout=self._bounds.silence)
        except RequestsConnectionError as error:
            if not (_may_repeat(request) and _is_hung_up(error)):
                raise
            answer = super().send(request, stream=True, timeout=self._bounds.silence)
        try:
            pieces = answer.raw.stream(_PIECE, decode_content=False)
            body = read_body(pieces, answer.headers.get("Content-Encoding", ""), self._bounds.largest_body)
        except BaseException:
            answer.close()
            raise
        answer._content, answer._content_consumed = body, True  # noqa: SLF001
        answer.encoding = "utf-8"  # guessing would take longer than the bounds allow
        return answer

    def cert_verify(self, *_: object, **__: object) -> None:
        """The context says what is trusted; requests would add certificates of its own."""

    def build_connection_pool_key_attributes(
        self, request: PreparedRequest, *_: object, **__: object
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The host alone, for the same reason."""
        host, _settings = super().build_connection_pool_key_attributes(request, verify=False)
        return dict(host), {}

    def _left(self) -> float:
        """Seconds for the next step. Raises TimeoutError when the request took too long."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, self._bounds.silence)


def _may_repeat(request: PreparedRequest) -> bool:
    """Whether a second time does no more than the first: questions, and the login."""
    return request.method == "GET" or request.path_url.endswith(_REPEATABLE)


def _is_hung_up(error: BaseException) -> bool:
    """Whether the other end let the connection go before it answered; one that was never made is no such thing."""
    return any(isinstance(cause, ConnectionResetError | BrokenPipeError) for cause in causes(error))


def _pools(left: Callable[[], float], tls: ssl.SSLContext | None) -> dict[str, type[HTTPConnectionPool]]:
    """Pools of connections whose sockets wait no longer than `left` says at each step."""

    class TimedSocket(socket.socket):
        def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
            self.settimeout(left())
            return super().recv_into(buffer, nbytes, flags)

        def sendall(self, data: Any, flags: int = 0) -> None:
            self.settimeout(left())
            super().sendall(data, flags)

    class TimedTls(ssl.SSLSocket):
        def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
            self.settimeout(left())
            return super().recv_into(buffer, nbytes, flags)

        def sendall(self, data: Any, flags: int = 0) -> None:
            self.settimeout(left())
            super().sendall(data, flags)

    def timed(usual: socket.socket) -> socket.socket:
        wait = left()
        bounded = TimedSocket(usual.family, usual.type, usual.proto, fileno=usual.detach())
        bounded.settimeout(wait)  # for the handshake, which is one step
        return bounded

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return timed(super()._new_conn())

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return timed(super()._new_conn())

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    if tls is not None:
        tls.sslsocket_class = TimedTls
    return {"http": PlainPool, "https": EncryptedPool}
