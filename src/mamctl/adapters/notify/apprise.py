"""Messages through Apprise; an address that cannot be reached never fails the job."""

from __future__ import annotations

from collections.abc import Iterable

from mamctl.domain.problem import Problem

_REMEDY = "check the addresses under notify.urls; mamctl doctor tries each"


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
        """Send one message; a problem when an address is malformed or did not take it."""
        import apprise

        quiet_apprise()
        sender = apprise.Apprise()
        malformed = [n for n, url in enumerate(self._urls, 1) if not sender.add(url)]
        if malformed:
            numbers = ", ".join(map(str, malformed))
            return Problem(
                "notify_malformed", f"address {numbers} of notify.urls is not understood", "notify.urls", _REMEDY
            )
        try:
            arrived = bool(sender.notify(title=title, body=body))
        except Exception as error:  # noqa: BLE001 - a plugin's fault is not the job's
            return Problem("notify_failed", f"a message was not sent ({type(error).__name__})", "notify.urls", _REMEDY)
        return None if arrived else Problem("notify_failed", "a message was not delivered", "notify.urls", _REMEDY)
