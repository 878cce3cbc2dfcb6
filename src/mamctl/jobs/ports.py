"""What the jobs need of the outside world; adapters match these by shape."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from mamctl.domain.problem import Problem

if TYPE_CHECKING:
    from mamctl.domain.account.account import AccountSnapshot
    from mamctl.domain.account.purchases import PurchaseAnswer
    from mamctl.domain.permits import BuyVip, Permit
    from mamctl.domain.site.search import SearchPage, SearchQuery


class Tracker(Protocol):
    """The site, by its documented endpoints.

    Every call may raise SessionRefusedError, UnreachableError or ShapeChangedError, which say that nothing was changed.
    """

    @property
    def clock_skew(self) -> timedelta | None:
        """This machine's clock minus the site's at the last answer; None before one."""
        ...

    def fetch_account(self) -> AccountSnapshot:
        """The account as it is now."""
        ...

    def buy_vip(self, permit: Permit[BuyVip]) -> PurchaseAnswer:
        """Fill VIP up to its ceiling. Raises PurchaseUnknownError when it may have taken effect unseen."""
        ...

    def search(self, query: SearchQuery) -> SearchPage:
        """One page of a search."""
        ...


class Notifier(Protocol):
    """Sends a message to you; a failure is a problem, never an exception."""

    def notify(self, title: str, body: str) -> Problem | None:
        """Send one message."""
        ...


class NoNotifier:
    """No address is configured."""

    def notify(self, title: str, body: str) -> Problem | None:
        """Nothing is sent."""
        return None
