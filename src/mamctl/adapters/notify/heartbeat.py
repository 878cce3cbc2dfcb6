"""A healthchecks-style URL that hears start, success and failure."""

from __future__ import annotations

from mamctl.domain.problem import Problem

_TIMEOUT_S = 5.0
_SUFFIX = {"start": "/start", "success": "", "fail": "/fail"}


class HeartbeatUrl:
    """Pings `url`, `url/start`, `url/fail`. A ping that does not arrive is a problem, never a failure.

    The URL itself is a secret of sorts (whoever knows it can ping), so it is not part of any message.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def ping(self, job: str, signal: str) -> Problem | None:
        """Tell that `job` started, succeeded or failed."""
        from mamctl.adapters.http.client import build_client
        from mamctl.adapters.http.proxies import by_environment

        try:
            with build_client(by_environment, timeout=_TIMEOUT_S) as client:
                client.get(self._url + _SUFFIX[signal], params={"job": job}).raise_for_status()
        except Exception as error:  # noqa: BLE001 - a proxy, a certificate store or an address: none is the job's affair
            return Problem(
                "heartbeat_lost",
                f"the heartbeat for {signal} did not arrive ({type(error).__name__})",
                "notify.heartbeat_url",
                "check the address and whether its host can be reached",
            )
        return None
