"""One polite request at a time to the tracker, with the living cookie on disk before the answer is looked at."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import mamctl
from mamctl.adapters.http.proxies import Route, by_environment
from mamctl.adapters.tracker.answers import Answer, PassingTroubleError, check_answer, parse_retry_after
from mamctl.adapters.tracker.exchange import Ask, Limits, NoAnswerError, Reply, send
from mamctl.adapters.tracker.hosts import Hosts
from mamctl.adapters.tracker.pace import LONGEST_BAN, Pace, PaceFile
from mamctl.adapters.tracker.server_clock import ServerClock
from mamctl.adapters.tracker.session import CookieNews, SessionFile, read_cookie_news
from mamctl.errors import MamctlError

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from tenacity import RetryCallState

_BACKOFF = 4.0  # seconds before the second attempt, doubled before each further one


@dataclass(frozen=True, kw_only=True, slots=True)
class Manners:
    """How politely the tracker is asked: seconds between requests, attempts at a read, the longest single wait."""

    min_interval: float = 2.0
    jitter: float = 0.5  # up to this part of the interval is added
    attempts: int = 3
    longest_wait: float = 60.0
    lock_patience: float = 120.0
    contact: str = ""

    @property
    def user_agent(self) -> str:
        """Who asks, honestly."""
        return f"mamctl/{mamctl.__version__}" + (f" (+{self.contact})" if self.contact else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Senses:
    """Time and chance, handed in so that a test need not wait."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


def count_nothing(path: str) -> None:
    """For callers without a budget."""


@dataclass(frozen=True, kw_only=True)
class TrackerClient:
    """Sends requests to one tracker as one session.

    `count_request(path)` is called before every request and may raise to forbid it. Nothing is retried by
    `ask_once`; `ask` repeats what failed in passing, and is for reads only.
    """

    hosts: Hosts
    session: SessionFile
    manners: Manners = field(default_factory=Manners)
    limits: Limits = field(default_factory=Limits)
    senses: Senses = field(default_factory=Senses)
    count_request: Callable[[str], None] = count_nothing
    server_clock: ServerClock = field(default_factory=ServerClock)
    route: Route = by_environment
    pace_beside: Path | None = None  # another session's file, whose pace is kept together with this one's

    def ask(self, ask: Ask) -> Answer:
        """A read: the checked answer, after up to `attempts` tries. Raises the last trouble."""
        from tenacity import Retrying, retry_if_exception, stop_after_attempt

        retrying = Retrying(
            stop=stop_after_attempt(self.manners.attempts),
            retry=retry_if_exception(self._worth_another_try),
            wait=self._pause,
            sleep=self.senses.sleep,
            reraise=True,
        )
        return retrying(self._checked, ask)

    def ask_once(self, ask: Ask) -> Answer:
        """One request, whatever it answers; NoAnswerError when no answer came, saying whether it may have arrived."""
        with self.session.lock(self.manners.lock_patience):
            self._wait_my_turn(ask)
            self.count_request(ask.path)
            self._mark_departure()
            answer = self._exchange(ask)
            if answer.retry_after and answer.status in {429, 503}:
                until = self.senses.now() + min(answer.retry_after, LONGEST_BAN)
                with contextlib.suppress(OSError):
                    self._paces.write(Pace(last=self.senses.now(), not_before=until))
        return answer

    def _checked(self, ask: Ask) -> Answer:
        answer = self.ask_once(ask)
        check_answer(answer)
        return answer

    def _exchange(self, ask: Ask) -> Answer:
        url = self.hosts.url(ask.host, ask.path)
        headers = {"User-Agent": self.manners.user_agent, "Accept": ask.accept}
        if ask.with_cookie:
            cookies = self.session.load()
            headers["Cookie"] = "; ".join(f"{name}={value.reveal()}" for name, value in cookies.items())
        news = CookieNews({}, deleted=False)

        def keep_cookie(response: httpx.Response) -> None:
            nonlocal news
            news = read_cookie_news(response.headers.get_list("set-cookie"), self.senses.now())
            if ask.with_cookie or ask.opens_session:
                self.session.adopt(news.fresh)

        reply = send(ask, url, headers, self.limits, self.route, keep_cookie)
        self.server_clock.hear(reply.headers.get("date"), self.senses.now())
        return self._answer(ask, reply, news)

    def _answer(self, ask: Ask, reply: Reply, news: CookieNews) -> Answer:
        return Answer(
            path=ask.path,
            status=reply.status,
            body=reply.body,
            location=reply.headers.get("location"),
            retry_after=parse_retry_after(reply.headers.get("retry-after"), self.senses.now()),
            session_deleted=news.deleted,
            session_renewed="mam_id" in news.fresh,
        )

    def _wait_my_turn(self, ask: Ask) -> None:
        pace = self._paces.read()
        banned = pace.banned_for(self.senses.now())
        if banned > self.manners.longest_wait:
            raise PassingTroubleError(
                f"the tracker asked not to be asked again for {banned:.0f} s; {ask.path} was not requested",
                subject=ask.path,
                remedy=f"wait {banned:.0f} s",
                code="rate_limited",
                retry_after=banned,
            )
        interval = self.manners.min_interval * (1 + self.manners.jitter * self.senses.chance())
        wait = max(banned, pace.wait(self.senses.now(), interval))
        if wait > 0:
            self.senses.sleep(wait)

    def _mark_departure(self) -> None:
        """Also the proof, before anything is sent, that a rotated cookie could be kept."""
        try:
            self._paces.write(Pace(last=self.senses.now()))
        except OSError as error:
            raise MamctlError(
                f"nothing was sent: the session's directory cannot be written: {error.strerror}",
                subject=str(self.session.path.parent),
                remedy="make room or fix permissions",
                code="session_dir_unwritable",
            ) from None

    def _worth_another_try(self, error: BaseException) -> bool:
        if isinstance(error, NoAnswerError):
            return True
        wait = error.retry_after or 0.0 if isinstance(error, PassingTroubleError) else None
        return wait is not None and wait <= self.manners.longest_wait

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = getattr(error, "retry_after", None) or 0.0
        backoff = _BACKOFF * 2 ** (state.attempt_number - 1) * (1 + self.senses.chance())
        return float(min(max(asked, backoff), self.manners.longest_wait))

    @property
    def _paces(self) -> PaceFile:
        path = self.pace_beside or self.session.path
        return PaceFile(path.with_name(path.name + ".pace"))
