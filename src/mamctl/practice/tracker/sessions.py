"""Who is asking: finding the session, turning its cookie, and the many forms of refusing it."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote

from mamctl.practice.tracker.behaviour import Behaviour, DeadForm, Rotation
from mamctl.practice.tracker.pages import login_page
from mamctl.practice.tracker.state import Session, SessionKind, World
from mamctl.practice.web import Answer, Request, html_answer, json_answer

COOKIE_LIFE = timedelta(days=15)

NO_COOKIE = "No Session Cookie"
INVALID = "Invalid session"
IP_MISMATCH = "Invalid session - IP mismatch"
ASN_MISMATCH = "Invalid session - ASN mismatch"
INVALID_COOKIE = "Invalid session - Invalid Cookie"
NOT_ALLOWED = "Incorrect session type - not allowed this function"
NOT_API = "Incorrect session type - non-API session"

_CURABLE = frozenset({IP_MISMATCH, ASN_MISMATCH, NOT_ALLOWED, NOT_API})


def find_session(world: World, request: Request) -> Session | None:
    """The session whose cookie came along, be it usable or not."""
    value = request.cookies.get("mam_id")
    return world.session_of(value) if value else None


def why_refused(world: World, request: Request, session: Session | None, behaviour: Behaviour) -> str | None:
    """The reason to refuse the session, in the site's words; None when it is good from here."""
    now = world.clock()
    if session is None:
        return _why_unknown(request.cookies.get("mam_id"))
    if not session.alive or _has_lapsed(session, behaviour, now):
        return INVALID
    if session.kind is SessionKind.API_IP and session.ip != world.caller.ip:
        return IP_MISMATCH
    if session.kind is SessionKind.API_ASN and world.caller.asn not in session.asns:
        return ASN_MISMATCH
    return None


def turn_cookie(world: World, session: Session, presented: str, behaviour: Behaviour) -> list[tuple[str, str]]:
    """Note the use, replace the value as the behaviour has it, and give the headers for the client."""
    now = world.clock()
    session.last_used = now
    if session.faded.get(presented, 0) > 0:
        session.faded[presented] -= 1
    if behaviour.rotation is Rotation.NEVER:
        return []
    if behaviour.rotation is Rotation.EVERY:
        old, session.value = session.value, world.next_value(session)
        session.faded = {value: left for value, left in session.faded.items() if left > 0}
        session.faded[old] = behaviour.grace
    return cookie_headers(session, now, behaviour)


def cookie_headers(session: Session, now: datetime, behaviour: Behaviour) -> list[tuple[str, str]]:
    """`mam_id` and `uid` with the attributes of real answers."""
    expires = format_datetime(now + COOKIE_LIFE, usegmt=True)
    place = f"domain={behaviour.cookie_domain}; secure; " if behaviour.cookie_domain else ""
    life = f"expires={expires}; Max-Age={int(COOKIE_LIFE.total_seconds())}; path=/; {place}SameSite=Lax"
    return [("Set-Cookie", f"mam_id={session.value}; {life}"), ("Set-Cookie", f"uid={session.uid}; {life}")]


def refuse(reason: str, request: Request, behaviour: Behaviour, form: DeadForm | None = None) -> Answer:
    """The refusal of a session on `www`; a curable one is always said in words."""
    readable = (DeadForm.FORBIDDEN_TEXT, DeadForm.FORBIDDEN_JSON)
    form = form or behaviour.dead_form
    if reason in _CURABLE:
        form = form if form in readable else DeadForm.FORBIDDEN_TEXT
    answer = _in_form(form, reason, request)
    if behaviour.deletes_cookie and reason not in _CURABLE and "mam_id" in request.cookies:
        answer.headers += _deletion(behaviour)
    return answer


def refuse_seedbox(reason: str, world: World) -> Answer:
    """The refusal of `dynamicSeedbox.php`, which is JSON always."""
    return json_answer({"Success": False, "msg": reason, **whereabouts(world)}, 403, accepted=False, refused=reason)


def whereabouts(world: World) -> dict[str, str | int]:
    """Where the caller is, as the two IP endpoints say it."""
    return {"ip": world.caller.ip, "ASN": world.caller.asn, "AS": world.caller.network}


def _in_form(form: DeadForm, reason: str, request: Request) -> Answer:
    target = quote(request.path, safe="")
    match form:
        case DeadForm.FORBIDDEN_TEXT:
            return Answer(403, reason.encode(), "text/html; charset=UTF-8", accepted=False, refused=reason)
        case DeadForm.FORBIDDEN_JSON:
            return json_answer({"Success": False, "Error": reason}, 403, accepted=False, refused=reason)
        case DeadForm.UNAUTHORIZED:
            return html_answer("<h1>401 Unauthorized</h1>", 401, accepted=False, refused=reason)
        case DeadForm.REDIRECT:
            there = [("Location", f"/login.php?returnto={target}")]
            return html_answer("", 302, headers=there, accepted=False, refused=reason)
        case DeadForm.LOGIN_PAGE:
            return html_answer(login_page(request.path), accepted=False, refused=reason)
        case DeadForm.EMPTY:
            return html_answer("", accepted=False, refused=reason)


def _deletion(behaviour: Behaviour) -> list[tuple[str, str]]:
    place = f"; domain={behaviour.cookie_domain}; secure" if behaviour.cookie_domain else ""
    past = "expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0; path=/"
    return [("Set-Cookie", f"mam_id=deleted; {past}{place}"), ("Set-Cookie", f"uid=deleted; {past}{place}")]


def _why_unknown(value: str | None) -> str:
    if not value:
        return NO_COOKIE
    return INVALID if len(value) > 20 else INVALID_COOKIE


def _has_lapsed(session: Session, behaviour: Behaviour, now: datetime) -> bool:
    return behaviour.session_days is not None and now - session.last_used > timedelta(days=behaviour.session_days)
