"""How the practice tracker behaves: the shapes its answers take and the faults it makes."""

from __future__ import annotations

from dataclasses import field
from datetime import timedelta
from enum import StrEnum

from mamctl.dataclass import dataclass
from mamctl.practice.faults import Fault, FaultPlan


class Rotation(StrEnum):
    """What becomes of the cookie on an accepted answer."""

    EVERY = "every"
    NEVER = "never"
    SAME_VALUE = "same_value"


class DeadForm(StrEnum):
    """How a refused session looks on `www`; all five have been seen."""

    FORBIDDEN_TEXT = "forbidden_text"
    FORBIDDEN_JSON = "forbidden_json"
    UNAUTHORIZED = "unauthorized"
    REDIRECT = "redirect"
    LOGIN_PAGE = "login_page"
    EMPTY = "empty"


class Shape(StrEnum):
    """The forms in which one fact has been seen; each knob understands the ones that make sense for it."""

    NUMBER = "number"
    STRING = "string"
    COMMAS = "commas"
    FRACTION = "fraction"
    BOOLEAN = "boolean"
    NULL = "null"
    ABSENT = "absent"
    INFINITY_SIGN = "infinity_sign"
    INF = "inf"
    PRETTY = "pretty"
    FLAT = "flat"
    NESTED = "nested"
    JSON = "json"
    TEXT = "text"
    SESSION_TYPE = "session_type"


class FaultKind(StrEnum):
    """What can go wrong with one request."""

    RESET = "reset"  # connection reset, nothing applied
    LOST_ANSWER = "lost_answer"  # applied, then the connection breaks
    HOLD_BEFORE = "hold_before"  # waits for release(), then answers
    HOLD_AFTER = "hold_after"  # applied, waits for release(), then answers
    SLOW = "slow"
    STATUS = "status"  # `status` with a plain HTML body, as a front server gives it
    THROTTLED = "throttled"  # 429, with Retry-After when `retry_after` is set
    HTML = "html"  # 200 and a page where JSON belongs
    EMPTY = "empty"
    TRUNCATED = "truncated"  # whole HTTP answer, half of the JSON
    CUT_SHORT = "cut_short"  # the connection ends within the body
    WRONG_TYPES = "wrong_types"
    CHANGED_PAGE = "changed_page"  # keys, ids and classes have new names
    HUGE = "huge"
    BODY = "body"  # `text` verbatim
    REFUSED = "refused"  # a purchase refused with `text`
    DEAD_SESSION = "dead_session"  # in the form `dead_form`
    IP_MISMATCH = "ip_mismatch"
    ASN_MISMATCH = "asn_mismatch"
    WRONG_SESSION_TYPE = "wrong_session_type"


@dataclass(slots=True)
class SiteFault(Fault):
    """One fault, with what its kind needs."""

    kind: FaultKind
    path: str = "/"
    seconds: float = 0.0
    status: int = 503
    retry_after: str | None = None
    text: str = ""
    content_type: str = "application/json; charset=utf-8"
    size: int = 200_000_000
    dead_form: DeadForm | None = None
    applies: bool = False  # STATUS, HTML, EMPTY …: the site did its work behind the front server's error
    rotates: bool = False  # where the site's own answer is never seen: whether it replaced the cookie


@dataclass(slots=True)
class Behaviour(FaultPlan[SiteFault]):
    """Every knob, with the default that is known of the live site; all may be turned while running."""

    rotation: Rotation = Rotation.EVERY
    grace: int = 0  # how many requests a replaced value outlives its replacement
    cookie_domain: str | None = ".myanonamouse.net"
    session_days: float | None = None  # an unused session dies after this
    dead_form: DeadForm = DeadForm.FORBIDDEN_TEXT
    deletes_cookie: bool = True  # a dead session gets `mam_id=deleted; Max-Age=0`
    summary: Shape = Shape.NESTED
    ratio: Shape = Shape.NUMBER
    vip_until: Shape = Shape.STRING
    seedbonus: Shape = Shape.NUMBER
    wedges: Shape = Shape.NUMBER
    sizes: Shape = Shape.PRETTY
    flags: Shape = Shape.NUMBER
    numbers_as_strings: bool = False
    escaped_names: bool = False
    json_as_html: bool = False  # JSON under content type text/html
    check_cookie: Shape = Shape.JSON
    account_facts: dict[str, object] = field(default_factory=dict)  # said of the account in place of what is true
    vip_partly: bool = True  # `max` buys what the balance allows; otherwise all or nothing
    vip_needs_ratio: bool = False  # also demand Power User's upload and ratio
    personal_lag: timedelta = field(default_factory=lambda: timedelta(minutes=10))
    unsatisfied_lag: timedelta = field(default_factory=lambda: timedelta(minutes=15))
    picky_downloads: bool = False  # 406 for a torrent file unless the client accepts everything
    seedbox_rule: bool = True
    seedbox_refusal: str | None = None  # said to every registration of an address, with 403
    seedbox_table_words: bool = False  # "No Change" for "No change", as the documentation's table has it
    ip_rule: bool = True
    delay: float = 0.0  # seconds before every answer
    faults: list[SiteFault] = field(default_factory=list)  # named again with its type, by which a world is read back

    def plan(self, kind: FaultKind, path: str = "/", **details: object) -> SiteFault:
        """Plan a fault; `details` are fields of SiteFault."""
        return self.add(SiteFault(kind, path, **details))  # type: ignore[arg-type]
