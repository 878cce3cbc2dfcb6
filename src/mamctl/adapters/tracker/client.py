"""One polite request at a time to the tracker, with the living cookie on disk before the answer is looked at."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import field
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import mamctl
from mamctl.adapters.http.pace import Pace
from mamctl.adapters.http.policy import Bounds, Retries, parse_http_date, parse_retry_after
from mamctl.adapters.http.proxies import Route, by_environment
from mamctl.adapters.tracker.answers import Answer, PassingTroubleError, check_answer, outcome_of
from mamctl.adapters.tracker.exchange import Ask, Carry, NoAnswerError, send
from mamctl.adapters.tracker.hosts import Hosts
from mamctl.adapters.tracker.session import CookieChanges, SessionFile, read_cookies
from mamctl.dataclass import dataclass
from mamctl.domain.exchange import ExchangeOutcome, RecordExchange, record_nothing
from mamctl.errors import MaintenanceError, MamctlError, PurchaseUnknownError, ShapeChangedError

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from mamctl.adapters.http.exchange import Reply

T = TypeVar("T")
SERVICE = "tracker"
_LONGEST_BAN = 6 * 3600.0  # seconds; a Retry-After beyond this is taken as this


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestPolicy:
    """How politely the tracker is asked: seconds between requests, attempts at a read, the longest single wait."""

    min_interval: float = 2.0
    jitter: float = 0.5  # up to this part of the interval is added
    attempts: int = 1
    longest_wait: float = 60.0
    lock_patience: float = 120.0
    contact: str = ""

    @property
    def user_agent(self) -> str:
        """Who asks, honestly."""
        return f"mamctl/{mamctl.__version__}" + (f" (+{self.contact})" if self.contact else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """Time and chance, handed in so that a test need not wait."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


@dataclass(slots=True)
class ServerClock:
    """Remembers the latest difference; None before any answer carried a readable date."""

    skew: timedelta | None = None

    def update(self, date_header: str | None, now: float) -> None:
        """Take in one answer's Date header; `now` is this machine's unix time."""
        theirs = parse_http_date(date_header)
        if theirs is not None:
            self.skew = timedelta(seconds=round(now - theirs))


def count_nothing(path: str) -> None:
    """For callers without a budget."""


def show_nothing(text: str) -> AbstractContextManager[None]:
    """For callers without a terminal."""
    return contextlib.nullcontext()


def keep_nothing(answer: Answer) -> Path | None:
    """For callers that keep no copy of what cannot be read."""


def checked(answer: Answer) -> Answer:
    """The reading of an answer as it is; raises what `check_answer` raises."""
    check_answer(answer)
    return answer


@dataclass(frozen=True, kw_only=True)
class TrackerClient:
    """Sends requests to one tracker as one session.

    `count_request(path)` is called before every request and may raise to forbid it; `record_exchange` after each.
    `show(text)` is entered while something is waited for. `keep_copy(answer)` keeps what cannot be read, and gives its
    place. `carry` sends from this machine, or from another. Nothing is repeated by `ask_once`; `ask` repeats what
    failed in passing, and is for reads only.
    """

    hosts: Hosts
    session: SessionFile
    policy: RequestPolicy = field(default_factory=RequestPolicy)
    bounds: Bounds = field(default_factory=Bounds)
    clock: Clock = field(default_factory=Clock)
    count_request: Callable[[str], None] = count_nothing
    record_exchange: RecordExchange = record_nothing
    show: Callable[[str], AbstractContextManager[None]] = show_nothing
    keep_copy: Callable[[Answer], Path | None] = keep_nothing
    server_clock: ServerClock = field(default_factory=ServerClock)
    route: Route = by_environment
    carry: Carry = send

    def ask(self, ask: Ask, read: Callable[[Answer], T]) -> T:
        """What `read` makes of the answer, after up to `attempts` tries. Raises the last error.

        A word for fewer requests is not answered with another: the pace keeps it for the next request of any run.
        """
        for attempt in range(self.policy.attempts):
            try:
                return self.read(self.ask_once(ask), read)
            except (NoAnswerError, PassingTroubleError) as error:
                asked = getattr(error, "retry_after", None) or 0.0
                last = attempt + 1 == self.policy.attempts or asked > self.policy.longest_wait
                if last or error.slug == "rate_limited":
                    raise
                pause = Retries().pause(attempt, asked=asked, chance=self.clock.chance())
                self._wait(min(pause, self.policy.longest_wait), "before another attempt")
        raise AssertionError("at least one attempt is made")

    def ask_once(self, ask: Ask) -> Answer:
        """One request, whatever it answers; NoAnswerError when no answer came, saying whether it may have arrived.

        The answer is to be given to `read`.
        """
        with self.session.lock(self.policy.lock_patience):
            self._wait_my_turn(ask)
            self.count_request(ask.path)
            self._need_room()
            try:
                with self.show(f"waiting for the tracker ({ask.path})"):
                    answer = self._exchange(ask)
            except (NoAnswerError, ShapeChangedError) as error:
                self.record_exchange(SERVICE, outcome_of(error))
                raise
            if answer.retry_after and answer.status in {429, 503}:
                with contextlib.suppress(OSError, sqlite3.Error):
                    self._pace.hold(SERVICE, min(answer.retry_after, _LONGEST_BAN))
        return answer

    def read(self, answer: Answer, read: Callable[[Answer], T]) -> T:
        """What `read` makes of an answer. The outcome is recorded, and a copy of an unknown form is kept."""
        try:
            result = read(answer)
        except MamctlError as error:
            self.record_exchange(SERVICE, outcome_of(error))
            unknown = isinstance(error, ShapeChangedError | PurchaseUnknownError)
            if unknown and not isinstance(error, MaintenanceError) and (path := self.keep_copy(answer)):
                error.remedy = f"{error.remedy}; to report it, use the copy without private data in {path}"
            raise
        self.record_exchange(SERVICE, ExchangeOutcome.ANSWERED)
        return result

    def _exchange(self, ask: Ask) -> Answer:
        url = self.hosts.url(ask.host, ask.path)
        headers = {"User-Agent": self.policy.user_agent, "Accept": ask.accept}
        if ask.with_cookie:
            cookies = self.session.load()
            headers["Cookie"] = "; ".join(f"{name}={value.reveal()}" for name, value in cookies.items())
        news = CookieChanges({}, deleted=False)

        def keep_cookie(_: int, head: httpx.Headers) -> None:
            nonlocal news
            news = read_cookies(head.get_list("set-cookie"), self._site_time(head))
            if ask.with_cookie or ask.opens_session:
                self.session.adopt(news.fresh)

        reply = self.carry(ask, url, headers, self.bounds, self.route, keep_cookie)
        self.server_clock.update(reply.headers.get("date"), self.clock.now())
        return self._answer(ask, reply, news)

    def _answer(self, ask: Ask, reply: Reply, news: CookieChanges) -> Answer:
        return Answer(
            path=ask.path,
            status=reply.status,
            body=reply.body,
            location=reply.headers.get("location"),
            retry_after=parse_retry_after(reply.headers.get("retry-after"), self._site_time(reply.headers)),
            session_deleted=news.deleted,
            session_renewed="mam_id" in news.fresh,
        )

    def _site_time(self, head: httpx.Headers) -> float:
        """Unix seconds by the clock that made the dates of an answer; by ours where it does not name its time."""
        theirs = parse_http_date(head.get("date"))
        return self.clock.now() if theirs is None else theirs

    def _wait_my_turn(self, ask: Ask) -> None:
        interval = self.policy.min_interval * (1 + self.policy.jitter * self.clock.chance())
        try:
            turn = self._pace.reserve(SERVICE, interval, self.policy.longest_wait)
        except (OSError, sqlite3.Error) as error:
            raise self._unwritable(error) from None
        if not turn.reserved:
            raise PassingTroubleError(
                f"the tracker asked for no requests for another {turn.wait:.0f} s; {ask.path} was not requested",
                subject=ask.path,
                remedy=f"wait {turn.wait:.0f} s",
                code="rate_limited",
                retry_after=turn.wait,
            )
        self._wait(turn.wait, "as the tracker asked" if turn.asked else "between two requests")

    def _wait(self, seconds: float, why: str) -> None:
        if seconds > 0:
            with self.show(f"waiting {seconds:.0f} s {why}"):
                self.clock.sleep(seconds)

    def _need_room(self) -> None:
        """The proof, before anything is sent, that a rotated cookie could be kept."""
        try:
            self.session.prove_room()
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError | sqlite3.Error) -> MamctlError:
        return MamctlError(
            f"nothing was sent: the session's directory cannot be written: {getattr(error, 'strerror', None) or error}",
            subject=str(self.session.path.parent),
            remedy="make room or fix permissions",
            code="session_dir_unwritable",
        )

    @property
    def _pace(self) -> Pace:
        """One for all sessions of the directory: the API's, the browser's and that of the login form."""
        return Pace(self.session.path.with_name("tracker-pace.db"), self.clock.now)
