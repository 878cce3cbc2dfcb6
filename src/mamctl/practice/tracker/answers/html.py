"""The HTML pages, which only a browser session opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.practice.tracker import pages
from mamctl.practice.tracker.state import SessionKind
from mamctl.practice.web import Answer, html_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from mamctl.practice.tracker.state import Visit


def is_browser(visit: Visit) -> bool:
    """Whether this is a browser's session with both of its cookies."""
    session = visit.session
    both = session is not None and visit.request.cookies.get("uid") == str(session.uid)
    return session is not None and session.kind is SessionKind.BROWSER and both


def answer_page(visit: Visit) -> Answer:
    """The page, or the one for visitors who are not logged in."""
    if not is_browser(visit):
        return html_answer(pages.login_page(visit.request.path), refused="Not logged in!", accepted=False)
    return html_answer(_PAGES[visit.request.path](visit))


def _text(title: str) -> Callable[[Visit], str]:
    def page(visit: Visit) -> str:
        sections = visit.world.pages.get(visit.request.path, [])
        return pages.text_page(title, sections, visit.account, visit.now)

    return page


_PAGES: dict[str, Callable[[Visit], str]] = {
    "/": lambda visit: pages.member_page("Home", "<h1>News</h1>", visit.account, visit.now),
    "/rules.php": _text("Rules"),
    "/faq.php": _text("FAQ"),
    "/freeleech.php": lambda visit: pages.freeleech_page(visit.world, visit.account, visit.now),
    "/store.php": lambda visit: pages.store_page(visit.world, visit.account, visit.now),
    "/tor/browse.php": lambda visit: pages.browse_page(visit.world, visit.account, visit.now),
}

PAGE_PATHS = frozenset(_PAGES)
