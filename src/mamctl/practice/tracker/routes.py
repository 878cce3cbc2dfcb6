"""Which path is answered by what, and what it demands of the session."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from mamctl.practice.tracker.answers.account import answer_account
from mamctl.practice.tracker.answers.download import answer_download, answer_hash_download
from mamctl.practice.tracker.answers.history import answer_cookie_check, answer_history
from mamctl.practice.tracker.answers.html import PAGE_PATHS, answer_page
from mamctl.practice.tracker.answers.network import answer_ip, answer_seedbox
from mamctl.practice.tracker.answers.search import answer_search
from mamctl.practice.tracker.answers.signin import answer_login, answer_login_page
from mamctl.practice.tracker.answers.store import NOT_FOUND, answer_store
from mamctl.practice.web import Answer, html_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from mamctl.practice.tracker.state import Visit


class Gate(Enum):
    """Whether a session is needed, and how its lack is answered."""

    OPEN = auto()
    SESSION = auto()
    SEEDBOX = auto()
    PAGE = auto()


class Route(NamedTuple):
    """An answering function behind its gate."""

    answer: Callable[[Visit], Answer]
    gate: Gate


SEEDBOX_PATH = "/json/dynamicSeedbox.php"

_ROUTES: dict[str, Route] = {
    "/jsonLoad.php": Route(answer_account, Gate.SESSION),
    "/json/bonusBuy.php": Route(answer_store, Gate.SESSION),
    "/tor/js/loadSearchJSONbasic.php": Route(answer_search, Gate.SESSION),
    "/tor/download.php": Route(answer_download, Gate.SESSION),
    "/json/userBonusHistory.php": Route(answer_history, Gate.SESSION),
    "/json/checkCookie.php": Route(answer_cookie_check, Gate.SESSION),
    "/json/jsonIp.php": Route(answer_ip, Gate.OPEN),
    SEEDBOX_PATH: Route(answer_seedbox, Gate.SEEDBOX),
    "/login.php": Route(answer_login_page, Gate.OPEN),
    "/takelogin.php": Route(answer_login, Gate.OPEN),
    **{path: Route(answer_page, Gate.PAGE) for path in PAGE_PATHS},
}

_UNKNOWN = Route(lambda _: html_answer(NOT_FOUND, 404, accepted=False), Gate.OPEN)
_BY_HASH = Route(answer_hash_download, Gate.OPEN)


def route_of(path: str) -> Route:
    """The route; what follows `.php/` in a path is not part of it."""
    script, found, rest = path.partition(".php")
    if script == "/tor/download" and len(rest) > 1:
        return _BY_HASH
    return _ROUTES.get(script + found, _UNKNOWN)
