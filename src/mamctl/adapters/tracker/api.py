"""The tracker's documented API, in mamctl's own values: the account, VIP, the search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.adapters.tracker.account import read_account
from mamctl.adapters.tracker.exchange import Ask, NoAnswerError
from mamctl.adapters.tracker.search import read_search_page, search_body
from mamctl.adapters.tracker.session import SessionNotKeptError
from mamctl.adapters.tracker.store_answers import purchase_unknown, read_purchase
from mamctl.adapters.tracker.torrents import ask_for_torrent, read_torrent_answer
from mamctl.dataclass import dataclass
from mamctl.errors import ShapeChangedError

if TYPE_CHECKING:
    from datetime import timedelta

    from mamctl.adapters.tracker.client import TrackerClient
    from mamctl.domain.account.account import AccountSnapshot
    from mamctl.domain.account.purchases import PurchaseAnswer
    from mamctl.domain.permits import BuyVip, Permit, SpendWedge
    from mamctl.domain.queue.torrent import TorrentFile, TorrentRefusal
    from mamctl.domain.site.search import SearchPage, SearchQuery

_ACCOUNT = Ask(path="/jsonLoad.php", params={"snatch_summary": "true"})
_BUY_VIP = Ask(path="/json/bonusBuy.php", params={"spendtype": "VIP", "duration": "max"})


@dataclass(frozen=True, slots=True)
class TrackerApi:
    """Every method is one request (reads: a few when the tracker stumbles) and raises MamctlError kinds only."""

    client: TrackerClient

    @property
    def clock_skew(self) -> timedelta | None:
        """This machine's clock minus the site's at the last answer; None before one."""
        return self.client.server_clock.skew

    def fetch_account(self) -> AccountSnapshot:
        """The account now."""
        return self.client.ask(_ACCOUNT, read_account)

    def buy_vip(self, permit: Permit[BuyVip]) -> PurchaseAnswer:
        """Fill VIP up to the ceiling, the only renewal the API offers. Asked once, never repeated.

        PurchaseUnknownError when the request may have arrived and it is unknown what became of it; any other
        error means that nothing was bought.
        """
        try:
            answer = self.client.ask_once(_BUY_VIP)
        except NoAnswerError as error:
            if not error.maybe_sent:
                raise
            raise purchase_unknown(_BUY_VIP.path, error.message) from None
        except (SessionNotKeptError, ShapeChangedError) as error:
            raise purchase_unknown(_BUY_VIP.path, error.message) from None
        return self.client.read(answer, read_purchase)

    def search(self, query: SearchQuery) -> SearchPage:
        """One page of results."""
        body = search_body(query)
        ask = Ask(path="/tor/js/loadSearchJSONbasic.php", method="POST", body=body, content_type="application/json")
        return self.client.ask(ask, lambda answer: read_search_page(answer, query))

    def fetch_torrent(self, torrent_id: int) -> TorrentFile | TorrentRefusal:
        """A torrent file, or why there is none."""
        return self.client.ask(ask_for_torrent(torrent_id), read_torrent_answer)

    def fetch_torrent_with_wedge(
        self,
        torrent_id: int,
        permit: Permit[SpendWedge],
    ) -> TorrentFile | TorrentRefusal:
        """The same, spending a freeleech wedge on it, even where that buys nothing. Asked once, never repeated.

        PurchaseUnknownError when the request may have arrived and no answer tells what became of it.
        """
        ask = ask_for_torrent(torrent_id, wedge=True)
        try:
            answer = self.client.ask_once(ask)
        except NoAnswerError as error:
            if not error.maybe_sent:
                raise
            raise purchase_unknown(ask.path, error.message) from None
        except (SessionNotKeptError, ShapeChangedError) as error:
            raise purchase_unknown(ask.path, error.message) from None
        return self.client.read(answer, read_torrent_answer)
