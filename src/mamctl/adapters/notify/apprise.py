"""Messages through Apprise; an address that cannot be reached never fails the job."""

from __future__ import annotations

from collections.abc import Iterable

from mamctl.domain.problem import Problem

_REMEDY = "check that address and its server; mamctl notify test sends to each again"
_MALFORMED = "is not understood"


def holds_secret(url: str) -> bool:
    """Whether an address holds a password or token; yes for one that is not understood."""
    import apprise

    quiet_apprise()
    try:
        service = apprise.Apprise.instantiate(url)
        if service is None:
            return True
        # A header in the address, as in json://host?+Authorization=…, is not masked.
        masked, whole = (service.url(privacy=hidden) for hidden in (True, False))  # type: ignore[no-untyped-call]
        return bool(masked != whole) or "?+" in url or "&+" in url
    except Exception:  # noqa: BLE001 - a plugin's fault is not ours
        return True


def quiet_apprise() -> None:
    """Apprise logs the addresses that fail, and they hold tokens."""
    import logging

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


class AppriseNotifier:
    """Sends to every address in `urls`. The addresses hold secrets and are never part of a message."""

    def __init__(self, urls: Iterable[str]) -> None:
        self._urls = tuple(urls)

    def notify(self, title: str, body: str) -> Problem | None:
        """Send one message to each address; the problem names those that are malformed or refused it."""
        quiet_apprise()
        faults = [fault for number, url in enumerate(self._urls, 1) if (fault := _send(number, url, title, body))]
        if not faults:
            return None
        code = "notify_malformed" if all(_MALFORMED in fault for fault in faults) else "notify_failed"
        return Problem(code, "; ".join(faults), "notify.urls", _REMEDY)


def _send(number: int, url: str, title: str, body: str) -> str | None:
    """Why the message did not reach the address with this number; None when it did."""
    import apprise

    where = f"address {number} of notify.urls"
    service = apprise.Apprise()
    try:
        if not service.add(url):
            return f"{where} {_MALFORMED}"
        name = service[0].service_name
        return None if service.notify(title=title, body=body) else f"{where} ({name}) did not take the message"
    except Exception as error:  # noqa: BLE001 - a plugin's fault is not the job's
        return f"{where} failed ({type(error).__name__})"
