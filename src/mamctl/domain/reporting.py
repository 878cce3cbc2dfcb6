"""Which of a job's problems and notices are worth a message: what is new, due for a reminder, or over."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.problem import KNOWN_PROBLEMS, Notice, Problem
from mamctl.regex import regex

_EARLY = 0.1  # a run that began a little early still brings the reminder
_LONGEST_HOLD = timedelta(hours=6)
_DAYS_BEFORE = (7, 3, 2, 1, 0)
_MESSAGE = 300

# What is said when a reported problem is over. A problem without words here ends in silence: it was an event, or its
# end is your own doing.
_ENDS = {
    "store": "the database works again",
    "config_invalid": "the configuration is valid again",
    "bug": "mamctl runs again without failing",
    "ratio_unknown": "the ratio is known again",
    "ratio_emergency": "the ratio emergency is over",
    "ratio_below_floor": "the ratio is above the floor again",
    "client_not_itself": "{subject} is as it was again",
    "client_session_paused": "{subject}: its session is no longer paused",
    "held_below_floor": "the ratio is no longer held below the floor",
    "vip_expiry_unknown": "the end of VIP can be read again",
    "notify_failed": "messages arrive again",
    "client_missing": "{subject}: nothing is left to restore",
    "vip_will_lapse": "VIP no longer lapses soon",
    "vip_lapsed": "VIP is active again",
    "clock_off": "this machine's clock agrees with the site's again",
    "promise_broken": "{subject} holds again",
    "abs_down": "Audiobookshelf answers again",
    "abs_key_refused": "Audiobookshelf takes the API key again",
    "heartbeat_lost": "the heartbeat arrives again",
}
# A failed exchange, whatever its code says of the reason, is over when its server serves again: the site, which has
# no name or that of a page, or a client or catalogue by its name.
_OUTSIDE = regex(
    r"unreachable|session_.*|shape_changed|budget_spent|tracker_.*|rate_limited|challenge_page|front_server_refused"
    r"|login_.*|browser_session_.*|page_.*|proxy_.*|certificates_.*|secret_.*|refused|(?:site_)?maintenance|no_answer|timeout"
)
_SITE = "the site"
_NOTICE_ENDS = {
    "site_freeleech": "the freeleech of the whole site is over",
    "site_bonus": "the site's bonus event is over",
}
SITE_WIDE = frozenset(_NOTICE_ENDS)
"""Codes of what holds for the whole site: whichever job learns it first reports it, for all of them."""
# Reported when it begins and when it ends, with no reminder between.
_ONCE = frozenset({"clock_off"})


@dataclass(frozen=True, slots=True)
class ReminderPolicy:
    """How often the same thing is reported. `daily` jobs count local days.

    With `summary`, known problems are counted instead of listed: it names the command that lists them. A job that
    `asks_site` and no other server has every failed exchange with the site, also one about a wanted title. `ends` has
    the words for the end of further codes.
    """

    remind_after: timedelta = timedelta(days=1)
    daily: bool = False
    summary: str | None = None
    asks_site: bool = False
    ends: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reported:
    """The memory of one problem: `since_at` begins its present spell, `ended_at` is set while it is away."""

    first_at: datetime
    last_at: datetime
    since_at: datetime
    ended_at: datetime | None = None
    code: str | None = None
    subject: str | None = None
    message: str | None = None

    @property
    def spell_reported(self) -> bool:
        """Whether the present spell was reported, so that its end is worth a word."""
        return self.last_at >= self.since_at


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be reported now, and the rows of the memory that change."""

    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    changes: Mapping[str, Reported] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.problems or self.notices)


def fingerprint(problem: Problem | Notice) -> str:
    """What makes two problems the same: kind and subject, not figures that change from day to day."""
    subject = problem.subject if problem.subject is None else problem.subject.encode("utf-8", "backslashreplace")
    text = "None" if subject is None else subject.decode("utf-8")
    from hashlib import sha256  # here: every command has this module, and few have a problem to report

    return sha256(f"{problem.code}\0{text}".encode()).hexdigest()[:16]


def decide_reports(
    memory: Mapping[str, Reported],
    problems: Iterable[Problem],
    notices: Iterable[Notice],
    now: datetime,
    policy: ReminderPolicy,
    *,
    judged: bool = True,
) -> Due:
    """What is due at `now`, the start of the run.

    A run that failed as a whole has not `judged`: what it does not mention is unknown, not over.
    """
    current: dict[str, Problem | Notice] = {fingerprint(problem): problem for problem in problems}
    events = []
    for notice in notices:
        if notice.standing and notice.holds:
            current.setdefault(fingerprint(notice), notice)
        elif not notice.standing:
            events.append(notice)
    reported = {mark for mark, item in current.items() if _is_worth_it(memory.get(mark), item, now, policy)}
    changes = {mark: _seen(memory.get(mark), item, now, mark in reported) for mark, item in current.items()}
    summaries: list[Notice] = []
    if policy.summary and judged:
        reported, summaries = _summarise(memory, current, changes, reported, now, policy.summary)
    ends = {mark: row for mark, row in memory.items() if judged and mark not in current and row.ended_at is None}
    # What still has another problem is not well again.
    busy = {_whose(item, policy) for item in current.values() if isinstance(item, Problem)} - {None}
    fine = [(row, whose) for row in ends.values() if (whose := _whose(row, policy)) not in busy]
    ended = (_end(row, whose, policy) for row, whose in fine if row.spell_reported)
    over = {notice.message: notice for notice in ended if notice is not None}  # steps fail alike, and are over at once
    changes |= {mark: replace(row, ended_at=now) for mark, row in ends.items()}
    due = [item for mark, item in current.items() if mark in reported]
    return Due(
        tuple(item for item in due if isinstance(item, Problem)),
        (*events, *(i for i in due if isinstance(i, Notice)), *over.values(), *summaries),
        changes,
    )


def is_due(last: datetime, now: datetime, policy: ReminderPolicy) -> bool:
    """Whether a reminder is due; a job that starts a little earlier than the day before, or on a day of 23 hours,
    brings it all the same. A clock that was set back must not silence it for ever.
    """
    passed = now - last
    if passed < timedelta(0) or passed >= policy.remind_after * (1 - _EARLY):
        return True
    if not policy.daily or passed <= policy.remind_after / 2:
        return False
    days = (now.astimezone().date() - last.astimezone().date()).days
    return days >= max(1, math.ceil(policy.remind_after / timedelta(days=1)))


def _seen(row: Reported | None, item: Problem | Notice, now: datetime, is_reported: bool) -> Reported:
    words = (item.code, item.subject, item.message[:_MESSAGE])
    if row is None:
        return Reported(now, now, now, None, *words)
    since = row.since_at if row.ended_at is None else now
    return Reported(row.first_at, now if is_reported else row.last_at, since, None, *words)


def _is_worth_it(row: Reported | None, item: Problem | Notice, now: datetime, policy: ReminderPolicy) -> bool:
    if row is None or row.last_at > now:
        return True
    if isinstance(item, Problem) and _is_nearer(item.deadline, row.last_at, now):
        return True
    if row.ended_at is not None:
        return is_due(row.last_at, now, policy)
    if not row.spell_reported:
        # It was away and is back: one that comes and goes waits for its reminder, one that stays is reported sooner.
        stays = now - row.since_at >= min(policy.remind_after / 4, _LONGEST_HOLD)
        return stays or is_due(row.last_at, now, policy)
    once = isinstance(item, Notice) or item.code in _ONCE
    return not once and is_due(row.last_at, now, policy)


def _is_nearer(deadline: datetime | None, last: datetime, now: datetime) -> bool:
    """Whether a threshold of days before the deadline was passed since the last report."""
    if deadline is None:
        return False
    return any(last < deadline - timedelta(days=days) <= now for days in _DAYS_BEFORE)


def _summarise(
    memory: Mapping[str, Reported],
    current: Mapping[str, Problem | Notice],
    changes: dict[str, Reported],
    reported: set[str],
    now: datetime,
    command: str,
) -> tuple[set[str], list[Notice]]:
    """Only what is new is listed; the rest is counted, and all of it counts as reminded of."""
    new = {mark for mark in reported if mark not in memory or memory[mark].ended_at is not None}
    problems = [mark for mark, item in current.items() if isinstance(item, Problem)]
    if not any(mark in reported for mark in problems):
        return reported, []
    known = [mark for mark in problems if mark not in new]
    for mark in known:
        changes[mark] = replace(changes[mark], last_at=now)
    fresh = len(problems) - len(known)
    text = f"{fresh} new, {len(known)} known ({command})" if fresh else f"none new, {len(known)} known ({command})"
    summary = [Notice(KNOWN_PROBLEMS, text)] if known else []
    return reported - set(known), summary


def _whose(item: Problem | Reported, policy: ReminderPolicy) -> str | None:
    """What a problem is of: the site for failed exchanges without a client's or catalogue's name."""
    if _OUTSIDE.fullmatch(item.code or "") and (policy.asks_site or not item.subject or item.subject[0] == "/"):
        return _SITE
    return item.subject


def _end(row: Reported, whose: str | None, policy: ReminderPolicy) -> Notice | None:
    code = row.code or ""
    text = _NOTICE_ENDS.get(code)
    words = "{subject} works again" if _OUTSIDE.fullmatch(code) else _ENDS.get(code, policy.ends.get(code))
    if words:
        text = f"resolved: {words}".replace("{subject}", whose or _SITE)
    return Notice(f"{code}_over", text, row.subject) if text else None
