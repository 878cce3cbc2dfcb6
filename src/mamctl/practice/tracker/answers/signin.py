"""The login page and form; five failures in a row lock it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.practice.tracker.pages import FIELDS_MISSING, hidden_values, login_page
from mamctl.practice.tracker.sessions import cookie_headers
from mamctl.practice.tracker.state import Account, SessionKind
from mamctl.practice.web import Answer, BodyUnreadableError, html_answer

if TYPE_CHECKING:
    from mamctl.practice.tracker.state import Visit

FAILURES_ALLOWED = 5


def answer_login_page(visit: Visit) -> Answer:
    """The form."""
    target = str(visit.request.query_fields.get("returnto", "/"))
    return html_answer(login_page(target), accepted=False)


def answer_login(visit: Visit) -> Answer:
    """Take the form: a browser session and a redirect, or a page that says what was wrong."""
    try:
        fields = visit.fields
    except BodyUnreadableError:
        fields = {}
    if any(fields.get(name) != value for name, value in hidden_values().items()):
        return _failed(FIELDS_MISSING)
    email = fields.get("email")
    account = next((member for member in visit.world.accounts.values() if member.email == email), None)
    if account is None:
        return _failed("Error: Username or password incorrect")
    return _sign_in(visit, account, str(fields.get("password")))


def _sign_in(visit: Visit, account: Account, password: str) -> Answer:
    if account.failed_logins >= FAILURES_ALLOWED:
        return html_answer(login_page(heading="Login Locked!", error="Error: too many failures"), accepted=False)
    if password != account.password:
        account.failed_logins += 1
        return _failed("Error: Username or password incorrect")
    account.failed_logins = 0
    name = f"browser-{len(visit.world.sessions) + 1}"
    session = visit.world.open_session(name, account.uid, SessionKind.BROWSER)
    headers = [("Location", "/"), *cookie_headers(session, visit.now, visit.behaviour)]
    return html_answer("", 302, headers=headers, accepted=False)


def _failed(reason: str) -> Answer:
    return html_answer(login_page(heading="Login failed!", error=reason), accepted=False, refused=reason)
