"""What went wrong on the way to a server, in words of our own: a library's may quote a header, an address or a body."""

from __future__ import annotations

import os
import re
import socket
import ssl
from collections.abc import Iterator
from enum import StrEnum

import httpx

from mamctl.adapters.http.proxies import Proxy
from mamctl.dataclass import dataclass

_CERTIFICATE_REMEDY = (
    "check this machine's clock, its certificate store (SSL_CERT_FILE, SSL_CERT_DIR), and whether something on the way "
    "opens TLS: a virus scanner, a company's or provider's proxy"
)


_BROKEN_OFF = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)


class Cause(StrEnum):
    """The kind of failure."""

    CERTIFICATE = "certificate"
    TLS = "tls"
    NAME = "name"
    PROXY = "proxy"
    CONNECTION = "connection"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no answer came. `remedy` is None where nothing can be said but to look at network and server."""

    cause: Cause
    words: str
    remedy: str | None = None


def explain_failure(error: Exception, proxy: Proxy | None = None, *, sent: bool = True) -> Failure:
    """The failure behind an error of httpx; `proxy` is the one that the request was to take, `sent` whether any of it
    left this machine: until then a proxy is the one that did not answer.
    """
    causes = tuple(_chain(error))
    if isinstance(error, httpx.TimeoutException):
        return _late(proxy, sent=sent)
    if tls := next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None):
        return _tls_failure(tls)
    if isinstance(error, httpx.ProxyError):
        return _refused_by_proxy(error, proxy)
    if proxy is not None and not sent and isinstance(error, _BROKEN_OFF):
        return Failure(Cause.PROXY, f"{proxy} closed the connection", _proxy_remedy(proxy))
    return _broken(error, causes, proxy)


def _broken(error: Exception, causes: tuple[BaseException, ...], proxy: Proxy | None) -> Failure:
    if isinstance(error, httpx.LocalProtocolError | UnicodeError | httpx.InvalidURL):
        words = f"the request could not be written ({type(error).__name__})"
        return Failure(
            Cause.SETTING, words, "a setting contains a character that HTTP does not allow: mamctl config check"
        )
    if system := next((cause for cause in causes if isinstance(cause, OSError)), None):
        return _system_failure(error, system, proxy)
    if any(isinstance(cause, UnicodeError) for cause in causes):  # a part of it is too long, or holds what none may
        return Failure(Cause.NAME, "its name is not known")
    if isinstance(error, httpx.RemoteProtocolError):
        return Failure(Cause.CONNECTION, "the answer is incomplete, or not HTTP")
    return Failure(Cause.CONNECTION, f"the connection was lost ({type(error).__name__})")


def _late(proxy: Proxy | None, *, sent: bool) -> Failure:
    if proxy is None or sent:
        return Failure(Cause.CONNECTION, "no answer in time" + (f" through {proxy}" if proxy else ""))
    return Failure(Cause.PROXY, f"{proxy} did not connect in time", _proxy_remedy(proxy))


def _proxy_remedy(proxy: Proxy) -> str:
    return f"check that the proxy runs and reaches the site, and that {proxy.named} is right; mamctl never bypasses it"


def _system_failure(error: Exception, system: OSError, proxy: Proxy | None) -> Failure:
    if proxy is not None and isinstance(error, httpx.ConnectError):
        return Failure(Cause.PROXY, f"{proxy} cannot be reached: {_system_words(system)}", _proxy_remedy(proxy))
    return Failure(Cause.NAME if isinstance(system, socket.gaierror) else Cause.CONNECTION, _system_words(system))


def _refused_by_proxy(error: httpx.ProxyError, proxy: Proxy | None) -> Failure:
    status = re.match(r"\d{3}\b", str(error))
    named = proxy or "the proxy"
    key = proxy.named if proxy else "its key or variable"
    if status and status[0] == "407":
        return Failure(
            Cause.PROXY, f"{named} requires a login, or a different one (407)", f"correct the login of {key}"
        )
    answered = f" with status {status[0]}" if status else ""
    return Failure(Cause.PROXY, f"{named} rejected the request{answered}", f"see the proxy's log, and {key}")


def _tls_failure(error: ssl.SSLError) -> Failure:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failure(Cause.CERTIFICATE, f"its certificate is not trusted: {_why(error)}", _CERTIFICATE_REMEDY)
    reason = error.reason if re.fullmatch(r"[A-Z0-9_]{1,60}", error.reason or "") else "no reason given"
    return Failure(Cause.TLS, f"the TLS handshake failed ({reason})", "check that the address and its port speak https")


def _why(error: ssl.SSLCertVerificationError) -> str:
    """OpenSSL's reason, which names at most the host that was asked for."""
    return re.sub(r"[\x00-\x1f]", " ", str(error.verify_message or "no reason given"))[:120]


def _system_words(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    return os.strerror(error.errno) if error.errno else type(error).__name__


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen = 0
    while error is not None and seen < 20:
        yield error
        error, seen = error.__cause__ or error.__context__, seen + 1
