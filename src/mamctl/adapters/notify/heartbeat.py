"""A dead man's switch at a URL (Healthchecks, Uptime Kuma and their like) that hears start, success and failure."""

from __future__ import annotations

import queue
import threading
import uuid
from typing import TYPE_CHECKING

from mamctl.domain.heartbeat import Ping, ping_for
from mamctl.domain.problem import Problem
from mamctl.errors import MamctlError

if TYPE_CHECKING:
    import httpx

_BOUND_S = 5.0  # for one ping from beginning to end: name, connection, head and body
_LARGEST = 1000  # bytes of the answer that are looked at
_GET_ONLY = (405, 501)  # how a server that takes no POST says so
_REMEDY = "check the address and whether its host can be reached"


class HeartbeatUrl:
    """Pings `url`, or what belongs to the signal there. A ping that does not arrive is a problem, never a failure.

    No ping takes longer than five seconds, and nothing is raised. The URL itself is a secret of sorts (who knows it can
    ping), so it is not part of any message. `run_id` is a UUID, the same for start and end of a run; `key` is the
    configuration's key that the address comes from.
    """

    def __init__(self, url: str, run_id: str | None = None, key: str = "notify.heartbeat_url") -> None:
        self._url = url
        self._run_id = run_id or str(uuid.uuid4())
        self._key = key

    def ping(self, job: str, signal: str, text: str = "") -> Problem | None:
        """Say that `job` started, succeeded or failed; `text` is one short line on it."""
        ping = ping_for(self._url, job, signal, self._run_id, text)
        if ping is None:
            return None
        outcome: queue.SimpleQueue[Problem | None] = queue.SimpleQueue()
        # A name that is looked up and an answer that drips cannot be interrupted: the thread is left behind instead.
        thread = threading.Thread(target=lambda: outcome.put(self._send(ping, signal)), daemon=True)
        try:
            thread.start()
            return outcome.get(timeout=_BOUND_S)
        except queue.Empty:
            return self._lost(signal, f"no answer within {_BOUND_S:.0f} seconds")
        except RuntimeError:  # no thread can be started
            return self._lost(signal, "the system has no thread left for it")

    def _send(self, ping: Ping, signal: str) -> Problem | None:
        try:
            from mamctl.adapters.http.client import build_client
            from mamctl.adapters.http.proxies import by_environment

            with build_client(by_environment, timeout=_BOUND_S) as client:
                status, words = _exchange(client, ping, "GET" if ping.body is None else "POST")
                if status in _GET_ONLY and ping.body is not None:
                    status, words = _exchange(client, ping, "GET")
        except MamctlError as error:
            return self._lost(signal, error.message, error.remedy)
        except Exception as error:  # noqa: BLE001 - whatever it is, the job must go on
            return self._lost(signal, _words(error))
        if not 200 <= status < 300:
            return self._lost(signal, f"it was answered with HTTP {status}")
        # Healthchecks answers 200 to an address that it does not know.
        return self._lost(signal, "the service does not know this check") if b"(not found)" in words else None

    def _lost(self, signal: str, found: str, remedy: str | None = None) -> Problem:
        message = f"the heartbeat for {signal} was not delivered: {found}"
        return Problem("heartbeat_lost", message, self._key, remedy or _REMEDY)


def _exchange(client: httpx.Client, ping: Ping, method: str) -> tuple[int, bytes]:
    """Status and the first bytes of the answer; the rest is not waited for."""
    content = ping.body.encode("utf-8", "replace") if method == "POST" and ping.body else None
    headers = {"User-Agent": "mamctl", "Accept-Encoding": "identity"}
    with client.stream(method, ping.url, content=content, headers=headers) as response:
        words = b""
        for piece in response.iter_raw(_LARGEST):
            words = piece[:_LARGEST]
            break
        return response.status_code, words


def _words(error: Exception) -> str:
    import httpx

    from mamctl.adapters.http.failures import explain_failure

    return explain_failure(error).words if isinstance(error, httpx.HTTPError) else type(error).__name__
