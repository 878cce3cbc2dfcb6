"""The HTTP that all catalogues share: cache, pace, patience, budget, counters, and keys kept out of sight."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mamctl import __version__
from mamctl.adapters.catalogues.answer import Answer, changed
from mamctl.adapters.catalogues.call import Call, address_of, headers_of, without_key
from mamctl.adapters.catalogues.storage import COUNTER_TABLE, AnswerCache, Counters
from mamctl.adapters.http.pace import PACE_TABLE, Pace, Turn
from mamctl.adapters.http.policy import Bounds, Retries, parse_http_date, parse_retry_after
from mamctl.adapters.sqlite_file import SharedFile
from mamctl.dataclass import dataclass
from mamctl.domain.exchange import ExchangeOutcome, RecordExchange, record_nothing
from mamctl.domain.matching.records import CatalogueUnavailableError, Unavailability

if TYPE_CHECKING:
    from mamctl.adapters.http.exchange import Reply

T = TypeVar("T")

_TRIES = 3
_RETRIES = Retries(first=2.0, first_throttled=5.0)
_BREAKS_AFTER = 3  # failures one after another; then the catalogue is not asked again in this run
_WHOLE = 3  # times the timeout, which is that of one silence: so long may a whole exchange take
LARGEST = 8 * 1024**2  # bytes of an answer when unpacked; no honest one comes near
_REDIRECTS = 3
_PAUSING = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPolicy:
    """How catalogues are asked. `ttl`, `timeout` and `patience` (the longest single wait) are seconds,
    `budget` is the number of requests that a run may send to one catalogue.
    """

    ttl: float = 86400.0
    budget: int = 2000
    timeout: float = 20.0
    patience: float = 60.0
    contact: str = ""


@dataclass(slots=True)
class _State:
    """What this run knows of a catalogue."""

    sent: int = 0
    failures: int = 0
    closed: CatalogueUnavailableError | None = None
    counts: Counter[str] = field(default_factory=Counter)


class CatalogueHttp:
    """Asks catalogues, keeps their answers in `folder`, and can be used by several threads.

    `now` gives aware UTC; `sleep` waits for seconds.
    """

    def __init__(
        self,
        folder: Path,
        policy: RequestPolicy,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        record_exchange: RecordExchange = record_nothing,
    ) -> None:
        from mamctl.adapters.http.client import WayOut
        from mamctl.adapters.http.proxies import by_environment

        # Libraries log addresses at level INFO and below, and Goodreads and Google take the key in the address.
        for library in ("httpx", "httpcore"):
            logging.getLogger(library).setLevel(logging.WARNING)
        contact = f" ({policy.contact})" if policy.contact else ""
        self._agent = f"mamctl/{__version__}{contact}"
        self._way = WayOut(by_environment, timeout=policy.timeout)
        self._bounds = Bounds(
            silence=policy.timeout, total=_WHOLE * policy.timeout, largest_body=LARGEST, redirects=_REDIRECTS
        )
        self._policy = policy
        self._record_exchange = record_exchange
        self._now = now
        self._sleep = sleep
        self._cache = AnswerCache(folder / "answers.db")
        self._pace_file = SharedFile(folder / "pace.db", PACE_TABLE + COUNTER_TABLE, "wal")
        self._pace = Pace(folder / "pace.db", now=lambda: now().timestamp(), file=self._pace_file)
        self._counters = Counters(self._pace_file)
        self._states: dict[str, _State] = {}
        self._lock = threading.Lock()

    def ask(self, call: Call, read: Callable[[Answer], T]) -> T:
        """What `read` makes of the answer, kept or fetched; only what it can read is kept.

        Raises CatalogueUnavailableError when there is none, unless an outdated answer can stand in.
        """
        kept = self._cache.recall(call.key, self._fresh())
        if kept:
            try:
                result = read(kept)
            except CatalogueUnavailableError:
                pass  # kept by a version that read it otherwise
            else:
                self._count(call.catalogue, "cached")
                return result
        try:
            return self._ask_afresh(call, read)
        except CatalogueUnavailableError as error:
            outdated = None if kept or error.reason is Unavailability.KEYLESS else self._cache.recall(call.key)
            if outdated is None:
                raise
            result = read(outdated)
            self._count(call.catalogue, "stale")
            return result

    def remember(self, bodies: Iterable[tuple[Call, bytes]]) -> None:
        """Keep each body as the answer to its call, though all came as parts of another answer."""
        now = self._now()
        self._cache.remember_all([(call.key, Answer(200, body, now, "application/json")) for call, body in bodies])

    def knows(self, call: Call) -> bool:
        """Whether a fresh answer is kept."""
        return self._cache.keeps(call.key, self._fresh())

    def _fresh(self) -> tuple[float, float]:
        """When a fresh answer came; a time in the far future, from a wrong clock, does not count."""
        now = self._now().timestamp()
        return now - self._policy.ttl, now + self._policy.ttl

    def counters(self, catalogue: str) -> dict[str, int]:
        """Today's counts of a catalogue, all runs together (see COUNTERS)."""
        self._flush()
        return self._counters.of(self._now().date(), catalogue)

    def close(self) -> None:
        """Write the counters down, and let go of connections and files."""
        self._flush()
        self._way.close()
        self._cache.close()
        self._pace_file.close()

    def _ask_afresh(self, call: Call, read: Callable[[Answer], T]) -> T:
        state = self._state(call.catalogue)
        if state.closed:
            raise state.closed
        try:
            answer = self._fetch(call, state)
            result = self._read(call, answer, read)
        except CatalogueUnavailableError as error:
            self._note_failure(state, error)
            raise
        self._cache.remember(call.key, answer)
        state.failures = 0
        self._count(call.catalogue, "answered", *(("found",) if result else ()))
        return result

    def _read(self, call: Call, answer: Answer, read: Callable[[Answer], T]) -> T:
        try:
            result = read(answer)
        except CatalogueUnavailableError as error:
            changed_form = error.reason is Unavailability.CHANGED
            outcome = ExchangeOutcome.UNREADABLE if changed_form else ExchangeOutcome.REFUSED
            self._record_exchange(call.catalogue, outcome)
            raise
        self._record_exchange(call.catalogue, ExchangeOutcome.ANSWERED)
        return result

    def _note_failure(self, state: _State, error: CatalogueUnavailableError) -> None:
        self._count(error.catalogue, "failed")
        state.failures += 1
        final = error.reason in {Unavailability.KEYLESS, Unavailability.BUDGET, Unavailability.THROTTLED}
        if final or state.failures >= _BREAKS_AFTER:
            state.closed = error

    def _fetch(self, call: Call, state: _State) -> Answer:
        trouble = "no answer"
        reason = Unavailability.DOWN
        for attempt in range(_TRIES):
            self._take_from_budget(call, state)
            self._await_turn(call)
            answer, rest, trouble = self._send(call)
            if answer is not None and (answer.status not in _PAUSING or answer.status in call.spoken):
                return answer
            reason = Unavailability.THROTTLED if answer and answer.status == 429 else Unavailability.DOWN
            if answer is not None:
                self._record_exchange(call.catalogue, ExchangeOutcome.REFUSED)
            if rest is None:
                rest = _RETRIES.pause(attempt, throttled=reason is Unavailability.THROTTLED)
            self._pace.hold(call.host, rest)
        raise CatalogueUnavailableError(call.catalogue, reason, f"{trouble}, {_TRIES} times")

    def _take_from_budget(self, call: Call, state: _State) -> None:
        with self._lock:
            if state.sent < self._policy.budget:
                state.sent += 1
                return
        raise CatalogueUnavailableError(
            call.catalogue,
            Unavailability.BUDGET,
            f"{state.sent} requests were sent, the limit for one run",
            remedy="run again later: what was answered is kept; or raise catalogues.max_requests",
        )

    def _await_turn(self, call: Call) -> None:
        waiting = self._take_counts()

        def count(db: sqlite3.Connection, turn: Turn) -> None:
            own = {**waiting.get(call.catalogue, {}), "asked": int(turn.reserved)}
            self._counters.add_within(db, self._now().date(), {**waiting, call.catalogue: own})

        turn = self._pace.reserve(call.host, call.interval, self._policy.patience, count)
        if not turn.reserved:
            raise CatalogueUnavailableError(
                call.catalogue,
                Unavailability.THROTTLED,
                "it asked for a longer pause than a run waits",
            )
        if turn.wait > 0:
            self._sleep(turn.wait)

    def _send(self, call: Call) -> tuple[Answer | None, float | None, str]:
        """The answer if one came, the rest the server asks for, and what went wrong in words.

        Raises CatalogueUnavailableError for a redirect to another site.
        """
        from mamctl.adapters.http.exchange import ExchangeError, Fault, Request, exchange

        request = Request(
            url=address_of(call),
            method="POST" if call.body is not None else "GET",
            headers={"User-Agent": self._agent, **headers_of(call)},
            body=None if call.body is None else call.body.encode(),
        )
        try:
            reply = exchange(self._way, request, self._bounds)
        except ExchangeError as error:
            lost = error.fault in (Fault.SLOW, Fault.BROKEN)
            self._record_exchange(call.catalogue, ExchangeOutcome.UNREACHABLE if lost else ExchangeOutcome.UNREADABLE)
            if error.fault is Fault.ELSEWHERE:
                raise changed(call.catalogue, error.words) from None
            return None, None, f"no answer: {error.words}" if lost else error.words
        now = self._now()
        content_type = reply.headers.get("content-type", "").lower()
        answer = Answer(reply.status, without_key(call.credential, reply.body), now, content_type)
        return answer, _rest(reply, now), f"HTTP {reply.status}"

    def _state(self, catalogue: str) -> _State:
        with self._lock:
            return self._states.setdefault(catalogue, _State())

    def _count(self, catalogue: str, *what: str) -> None:
        state = self._state(catalogue)
        with self._lock:
            state.counts.update(what)

    def _flush(self) -> None:
        if waiting := self._take_counts():
            self._counters.add(self._now().date(), waiting)

    def _take_counts(self) -> dict[str, Counter[str]]:
        """Takes the counts that are not stored yet; the caller stores them."""
        with self._lock:
            waiting = {name: state.counts for name, state in self._states.items() if state.counts}
            for name in waiting:
                self._states[name].counts = Counter()
        return waiting


def _rest(reply: Reply, now: datetime) -> float | None:
    """The pause in seconds that an overloaded server asks for."""
    if reply.status not in _PAUSING:
        return None
    theirs = parse_http_date(reply.headers.get("date")) or now.timestamp()
    return parse_retry_after(reply.headers.get("retry-after"), theirs, reply.body)
