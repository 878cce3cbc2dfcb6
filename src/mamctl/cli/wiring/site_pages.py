"""The site's own pages as sources of an import: each fetched at most once a day, where the configuration allows it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from mamctl.adapters.saved_pages import keep_copy, read_saved_page
from mamctl.adapters.tracker.pages import PAGE_PATHS, SitePages
from mamctl.adapters.tracker.readers.read import read_page
from mamctl.adapters.tracker.readers.redacted import redact_html
from mamctl.cli.context import Context
from mamctl.cli.wiring.tracker import open_pages
from mamctl.dataclass import dataclass
from mamctl.domain.site.pages import PageKind
from mamctl.errors import MaintenanceError, MamctlError, SessionRefusedError, UnreachableError
from mamctl.store.exchanges import count_request, requests_today

__all__ = [
    "FetchedPage",
    "PagesOfToday",
    "keep_copy",
    "read_page",
    "read_saved_page",
    "redact_html",
]

_THIS_WAY_ONLY = frozenset({"challenge_page", "front_server_refused"})  # refused to a browser; the API may be open


class PagesOfToday:
    """The pages that were not asked for yet today (UTC); none at all once the site refused or did not answer.

    `outage` is what would meet any other request too: nothing more is to be asked of the site in this run.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.stopped = False
        self.outage: MamctlError | None = None

    @cached_property
    def site(self) -> SitePages:
        """The site's pages. Raises ConfigInvalidError without a browser session."""
        return open_pages(self.context)

    def require_session(self) -> None:
        """Raises ConfigInvalidError, before anything is asked, when there is no browser session to use."""
        _ = self.site

    def __iter__(self) -> Iterator[FetchedPage]:
        for kind in PageKind:
            if not self.stopped and not requests_today(self.context.ledger, _service(kind), self.context.now()):
                yield FetchedPage(kind, self)

    def fetch(self, kind: PageKind) -> str:
        """The page's HTML; asked for today from now on, whatever the answer."""
        site = self.site
        count_request(self.context.ledger, _service(kind), 1, self.context.now())
        try:
            return site.fetch_page(kind)
        except MamctlError as error:
            away = isinstance(error, UnreachableError | MaintenanceError) or error.slug == "budget_spent"
            self.stopped = away or isinstance(error, SessionRefusedError)
            self.outage = error if away and error.slug not in _THIS_WAY_ONLY else None
            raise


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """One page of the site, fetched when it is loaded."""

    kind: PageKind
    pages: PagesOfToday
    origin: str = "site"

    @property
    def name(self) -> str:
        """Its path on the site."""
        return PAGE_PATHS[self.kind]

    def load(self) -> str:
        """Its HTML."""
        return self.pages.fetch(self.kind)


def _service(kind: PageKind) -> str:
    return f"page {kind.value}"
