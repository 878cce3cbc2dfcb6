"""The site's own pages, fetched with a browser session.

The site's rules allow the automation of nothing but what its API documentation lists, so this is never used unless the
configuration allows it expressly (`rules.read_pages`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.adapters.tracker.answers import check_answer, maintenance
from mamctl.adapters.tracker.exchange import Ask
from mamctl.domain.site.pages import PageKind
from mamctl.errors import SessionRefusedError, UsageError

if TYPE_CHECKING:
    from mamctl.adapters.tracker.answers import Answer
    from mamctl.adapters.tracker.client import TrackerClient

PAGE_PATHS = {
    PageKind.RULES: "/rules.php",
    PageKind.FAQ: "/faq.php",
    PageKind.FREELEECH: "/freeleech.php",
    PageKind.STORE: "/store.php",
    PageKind.BROWSE: "/tor/browse.php",
}


class SitePages:
    """Fetches the few pages that mamctl can read. `client` must hold a browser session (`BROWSER_COOKIES`)."""

    def __init__(self, client: TrackerClient, *, allowed: bool) -> None:
        if not allowed:
            raise UsageError(
                "the configuration does not allow reading the site's pages",
                subject="rules.read_pages",
                remedy="save the page in a browser and use: mamctl rules import FILE",
                code="pages_not_allowed",
            )
        self._client = client

    def fetch_page(self, kind: PageKind) -> str:
        """The page's HTML. It holds the member's name and keys: redact it before it is kept."""
        path = PAGE_PATHS[kind]
        try:
            return self._client.ask(Ask(path=path, accept="text/html"), _page).text
        except SessionRefusedError as refused:
            raise SessionRefusedError(
                f"the site did not show {path} to this session",
                subject=path,
                remedy="pages need a browser session with its cookies mam_id and uid; an API session cannot open them",
                code="browser_session_refused" if refused.slug == "session_dead" else refused.slug,
            ) from None


def _page(answer: Answer) -> Answer:
    check_answer(answer)
    if away := maintenance(answer):
        raise away
    return answer
