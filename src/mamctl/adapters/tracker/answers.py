"""What an answer of the tracker means before anyone reads its figures: usable, or which trouble, with its remedy.

A dead session shows in six shapes: 403 with a short text, 401, a redirect to the login page, the login page
itself with status 200, a short text with status 200, and an empty body with status 200.
"""

from __future__ import annotations

import re
from dataclasses import field

from mamctl.adapters.documents import TooManyValuesError
from mamctl.adapters.tracker.forms import compare
from mamctl.adapters.tracker.json_text import read_json
from mamctl.dataclass import dataclass
from mamctl.domain.exchange import ExchangeOutcome
from mamctl.domain.json_values import Json
from mamctl.domain.redaction import excerpt
from mamctl.errors import (
    MaintenanceError,
    MamctlError,
    PurchaseUnknownError,
    SessionRefusedError,
    ShapeChangedError,
    UnreachableError,
)
from mamctl.regex import regex

_NEW_SESSION = (
    "if another program or browser uses the same session, each signs the other out: create a new API session on the "
    "site (Preferences, Security), for mamctl alone, and put its value into the session file"
)
SESSION_REMEDIES = {
    "session_ip_mismatch": "the session is locked to another IP address: use that network, or create a session here",
    "session_asn_mismatch": "the session is locked to other networks: add this one to it on the site (Manage Session)",
    "session_wrong_type": "the session is of the wrong type or lacks a permission: create an API session that has it",
    "session_dead": _NEW_SESSION,
}
# The site's own words (MAM API documentation, dynamicSeedbox), most specific first.
_SESSION_WORDS = (
    ("asn mismatch", "session_asn_mismatch"),
    ("ip mismatch", "session_ip_mismatch"),
    ("incorrect session type", "session_wrong_type"),
    ("invalid session", "session_dead"),
    ("no session cookie", "session_dead"),
    ("not logged in", "session_dead"),
    ("not signed in", "session_dead"),
    ("missing cookie", "session_dead"),
)
_HURRIED = regex(r"too (?:fast|many|often|recent|quick)|rate.?limit|slow down|throttl|rapid", re.IGNORECASE)
_LOGIN_PAGE = regex(
    r"not logged in!|<title>\s*login\b|can only be used when you're logged in|takelogin\.php", re.IGNORECASE
)
# A page that lets a browser through when it has run its script; it never comes from the site itself.
_CHALLENGE = regex(
    r"<title>\s*(?:just a moment|attention required|ddos-guard|checking your browser|one moment, please"
    r"|verify you are human|security check)|/cdn-cgi/challenge-platform|cf-browser-verification|_cf_chl_opt",
    re.IGNORECASE,
)
# A short page with such a headline in place of an answer.
_MAINTENANCE = regex(
    r"<(title|h1)\b[^>]*>[^<]{0,80}(?:maintenance|down for|be right back|back soon|temporarily unavailable)",
    re.IGNORECASE,
)
_SHORT_PAGE = 20_000  # bytes
_SHORT_TEXT = 2_000  # bytes; the site's refusals in words are shorter, its pages longer
_PLAIN_NGINX = regex(r"<center>\s*nginx|<h1>\s*403 Forbidden\s*</h1>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `path` names the endpoint without its query, `retry_after` is in seconds."""

    path: str
    status: int
    body: bytes = field(repr=False)
    location: str | None = field(default=None, repr=False)
    retry_after: float | None = None
    session_deleted: bool = False
    session_renewed: bool = False

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced, since it is only looked at."""
        return self.body.decode("utf-8-sig", errors="replace")


class PassingTroubleError(UnreachableError):
    """Trouble that a later request may not meet: outage, overload, rate limit. `retry_after` is in seconds."""

    def __init__(self, message: str, *, subject: str, remedy: str, code: str, retry_after: float | None = None) -> None:
        super().__init__(message, subject=subject, remedy=remedy, code=code)
        self.retry_after = retry_after


def check_answer(answer: Answer) -> None:
    """Return for a 200 with content that is not the login page; otherwise raise what it means."""
    trouble = _challenge(answer) or _by_status(answer) or _by_body(answer)
    if trouble is not None:
        raise trouble


def json_of(answer: Answer) -> object:
    """The JSON value of a usable answer; raises as `check_answer` does, and ShapeChangedError for anything else.

    Some of the tracker's JSON comes as text/html, so the body decides and not the content type.
    """
    check_answer(answer)
    try:
        return read_json(answer.text)
    except TooManyValuesError as error:
        raise shape_changed(answer, str(error)) from None
    except (ValueError, RecursionError):
        raise maintenance(answer) or shape_changed(answer, _describe(answer)) from None


def maintenance(answer: Answer) -> MaintenanceError | None:
    """The error of a short page with the headline of a site that is being worked on, where it is one.

    Asking on would bring the same page.
    """
    head = answer.text[:_SHORT_PAGE]
    if not head.lstrip().startswith("<") or len(answer.body) > _SHORT_PAGE or not _MAINTENANCE.search(head):
        return None
    return MaintenanceError(
        f"the tracker is under maintenance: {answer.path} answered “{excerpt(answer.text)}”",
        subject=answer.path,
        remedy="no action needed: the next run tries again; see the site's status page",
    )


def object_of(answer: Answer) -> dict[str, Json]:
    """The JSON object of a usable answer. Words in it that refuse the session raise SessionRefusedError."""
    found = json_of(answer)
    if not isinstance(found, dict):
        raise shape_changed(answer, f"a JSON {type(found).__name__} instead of an object")
    for key in ("error", "Error", "msg", "Message", "message"):
        if isinstance(found.get(key), str) and (code := _session_words(found[key])):
            raise session_refused(answer, code, found[key])
    return found


def session_refused(answer: Answer, code: str, words: str, remedy: str | None = None) -> SessionRefusedError:
    """The error of a session that the tracker does not take, with its words; `remedy` goes before that of the code."""
    return SessionRefusedError(
        f"the tracker refused the session at {answer.path}: {excerpt(words)}",
        subject=answer.path,
        remedy=remedy or SESSION_REMEDIES[code],
        code=code,
    )


def shape_changed(answer: Answer, found: str) -> ShapeChangedError:
    """The error of an answer whose form is not understood, with the nearest form that is."""
    return ShapeChangedError(
        f"{answer.path} answered {found}{nearest_form(answer)}",
        subject=answer.path,
        remedy="open the site in a browser to see whether it is under maintenance; if not, mamctl needs an update",
    )


def nearest_form(answer: Answer) -> str:
    """In brackets the nearest form that is understood and what differs; "" for what is not a JSON object."""
    try:
        differences = compare(answer.path, read_json(answer.text))
    except (ValueError, RecursionError):
        return ""
    return f" ({differences})" if differences else ""


def leads_to_login(answer: Answer) -> bool:
    """Whether it is a redirect to the login page."""
    return 300 <= answer.status < 400 and "login" in (answer.location or "").partition("?")[0].lower()


def _challenge(answer: Answer) -> UnreachableError | None:
    """What stands before the site wants a browser: the session has not been looked at."""
    head = answer.text[:20_000]
    if not head.lstrip().startswith("<") or not _CHALLENGE.search(head):
        return None
    return UnreachableError(
        f"something in front of the tracker asked for a browser check at {answer.path} (status {answer.status})",
        subject=answer.path,
        remedy="the session is not the cause: wait a few hours; if it persists, use another network, or tracker.proxy",
        code="challenge_page",
    )


def _by_status(answer: Answer) -> MamctlError | None:
    match answer.status:
        case 200:
            return None
        case 401:
            return session_refused(answer, "session_dead", "401 Unauthorized")
        case 403:
            return _forbidden(answer)
        case 407:  # never the site's
            return UnreachableError(
                f"a proxy on the way to {answer.path} requires a login, or a different one (407)",
                subject=answer.path,
                remedy="correct the login: tracker.proxy_username and its password, or that in HTTPS_PROXY, ALL_PROXY",
                code="proxy_failed",
            )
        case 429:
            return _rate_limited(answer)
        case status:
            return _by_status_class(answer, status)


def _by_status_class(answer: Answer, status: int) -> MamctlError:
    if 300 <= status < 400:
        return _redirected(answer)
    if status >= 500:
        return _down(answer)
    return shape_changed(answer, f"status {status}: {excerpt(answer.text) or 'no text'}")


def _redirected(answer: Answer) -> MamctlError:
    if leads_to_login(answer):
        return session_refused(answer, "session_dead", "redirected to the login page")
    return shape_changed(answer, f"status {answer.status}, a redirect to an unknown page")


def _forbidden(answer: Answer) -> MamctlError:
    text = answer.text
    if code := _session_words(text):
        return session_refused(answer, code, text)
    if _HURRIED.search(text):
        return _hurried(answer)
    if _PLAIN_NGINX.search(text):
        return UnreachableError(
            f"the tracker's front server refused {answer.path} (403) before the site saw it",
            subject=answer.path,
            remedy="this network may be blocked: open the site in a browser from this machine, or wait a few hours",
            code="front_server_refused",
        )
    return session_refused(answer, "session_dead", text or "403 Forbidden")


def _hurried(answer: Answer) -> UnreachableError:
    """Not passing: asking on after these words costs the session."""
    return UnreachableError(
        f"the tracker says that requests to {answer.path} come too fast: {excerpt(answer.text)}",
        subject=answer.path,
        remedy="wait an hour; a larger tracker.min_interval asks less often",
        code="rate_limited",
    )


def _rate_limited(answer: Answer) -> PassingTroubleError:
    wait = f"wait {answer.retry_after:.0f} s" if answer.retry_after else "wait a few minutes"
    return PassingTroubleError(
        f"the tracker asked for fewer requests at {answer.path} (status {answer.status})",
        subject=answer.path,
        remedy=f"{wait}; a larger tracker.min_interval asks less often",
        code="rate_limited",
        retry_after=answer.retry_after,
    )


def _down(answer: Answer) -> PassingTroubleError:
    return PassingTroubleError(
        f"the tracker is not serving requests: status {answer.status} at {answer.path}",
        subject=answer.path,
        remedy="no action needed: the next run tries again; see the site's status page",
        code="tracker_down",
        retry_after=answer.retry_after,
    )


def _by_body(answer: Answer) -> MamctlError | None:
    if not answer.body.strip():
        return session_refused(answer, "session_dead", "an empty answer, which is also what a dead session gets")
    head = answer.text[:20_000]
    if head.lstrip().startswith("<") and _LOGIN_PAGE.search(head):
        return session_refused(answer, "session_dead", "the login page came instead of an answer")
    if not head.lstrip().startswith(("{", "[")) and len(answer.body) <= _SHORT_TEXT and (code := _session_words(head)):
        return session_refused(answer, code, head)
    if answer.session_deleted and not head.lstrip().startswith(("{", "[")):
        return session_refused(answer, "session_dead", "the session cookie was deleted")
    return None


def _session_words(text: str) -> str | None:
    lowered = text[:20_000].lower()
    return next((code for words, code in _SESSION_WORDS if words in lowered), None)


def _describe(answer: Answer) -> str:
    start = answer.text.lstrip()[:1]
    if start == "<":
        return f"a web page instead of JSON: {excerpt(answer.text) or 'without text'}"
    if start in {"{", "["}:
        return f"incomplete or malformed JSON ({len(answer.body)} bytes)"
    return f"text instead of JSON: {excerpt(answer.text)}"


# The server answered, and declined to serve.
_DECLINED = frozenset({"front_server_refused", "challenge_page", MaintenanceError.code})


def outcome_of(error: MamctlError) -> ExchangeOutcome:
    """The outcome of an exchange that ended in this error, as availability counts it."""
    if isinstance(error, SessionRefusedError | PassingTroubleError) or error.slug in _DECLINED:
        return ExchangeOutcome.REFUSED
    if isinstance(error, ShapeChangedError | PurchaseUnknownError):
        return ExchangeOutcome.UNREADABLE
    return ExchangeOutcome.UNREACHABLE if isinstance(error, UnreachableError) else ExchangeOutcome.ANSWERED
