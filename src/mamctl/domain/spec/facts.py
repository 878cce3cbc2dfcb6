"""What the checks of the clauses rest on: rows of the store and answers of live systems, as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.exchange import ExchangeOutcome
from mamctl.domain.queue.policy import QueuePolicy
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.spec.queue_facts import ChangeFacts, QueueFacts


@dataclass(frozen=True, slots=True)
class SettingsFacts:
    """What the checks need of the configuration; `keys` are all that this version knows."""

    vip: VipPolicy = field(default_factory=VipPolicy)
    ratio: RatioPolicy = field(default_factory=RatioPolicy)
    queue: QueuePolicy = field(default_factory=QueuePolicy)
    clients: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    catalogues: tuple[str, ...] = ()
    speech: str = ""
    speech_timeout: float = 300.0
    drift_after: timedelta = timedelta(days=30)
    daily_budget: int = 0
    chosen_endpoints: frozenset[str] = frozenset()
    """Paths of the site beyond the documented ones that you allowed."""
    pending_searches: int = 0
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RunFact:
    """One run of a job; `status` is None while it is under way."""

    id: int
    job: str
    started_at: datetime
    finished_at: datetime | None
    status: str | None
    exit_code: int | None
    scheduled: bool


@dataclass(frozen=True, slots=True)
class AccountReadingFact:
    """One reading of the account; names of the figures that could not be read are in `missing`."""

    run_id: int | None
    seen_at: datetime
    vip_status: str
    vip_expires_at: datetime | None
    points: float | None
    user_class: str | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PurchaseFact:
    """One purchase, with the class of the account that its run read."""

    id: int
    kind: str
    window: str
    state: str
    claimed_at: datetime
    settled_at: datetime | None
    expires_before: datetime | None
    points_before: float | None
    points_after: float | None
    price: int
    reserved: int
    user_class: str | None


@dataclass(frozen=True, slots=True)
class DecisionFact:
    """One decision on a renewal: condition -> whether it held."""

    id: int
    run_id: int
    decided_at: datetime
    outcome: str
    purchase_id: int | None
    conditions: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class PendingFact:
    """An open title of the pending list."""

    title: str
    added_at: datetime
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """The account's part of the store, the newest first."""

    readings: tuple[AccountReadingFact, ...] = ()
    purchases: tuple[PurchaseFact, ...] = ()
    decisions: tuple[DecisionFact, ...] = ()
    pending: tuple[PendingFact, ...] = ()


@dataclass(frozen=True, slots=True)
class GuardFact:
    """One transition of the guard; `override_until` is how long your own thaw holds."""

    id: int
    at: datetime
    to_emergency: bool
    by_guard: bool
    ratio: float | None
    source: str | None
    totals_known: bool
    override_until: datetime | None
    frozen_last_at: datetime | None = None
    frozen: int = 0


@dataclass(frozen=True, slots=True)
class PassFact:
    """One pass of the guard as it was kept. A ratio without an end has neither `ratio` nor `unknown_because`."""

    run_id: int | None
    seen_at: datetime
    emergency: bool
    source: str
    ratio: float | None
    unknown_because: str | None
    downloaded_bytes: int | None
    hours: tuple[float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class JournalFact:
    """A torrent that the guard changed and has not let go."""

    client: str
    name: str
    phase: str
    written_at: datetime
    missing: bool


@dataclass(frozen=True, slots=True)
class PaidAnswerFact:
    """The guard's answer to one question about a paid download."""

    subject: str
    asked_at: datetime
    allowed: bool


@dataclass(frozen=True, slots=True)
class RatioFacts:
    """The guard's part of the store, the newest first."""

    transitions: tuple[GuardFact, ...] = ()
    passes: tuple[PassFact, ...] = ()
    """Of the last weeks those on which a clause may rest, the newest among them; `forecasts_total` counts all that made
    a forecast.
    """
    forecasts_total: int = 0
    recorded_runs: frozenset[int | None] = frozenset()
    """The runs of the last day whose passes were kept."""
    journal: tuple[JournalFact, ...] = ()
    answers: tuple[PaidAnswerFact, ...] = ()


@dataclass(frozen=True, slots=True)
class BookFact:
    """A book of the library: how many sources speak of it, and how many of its files were not decoded."""

    path: str
    sources: int
    undecoded: int
    added_at: datetime


@dataclass(frozen=True, slots=True)
class ValueFact:
    """A value of a book. `own_word` is whether your newest word on it is this value; None where there is none."""

    book: int
    field: str
    value: object
    source: str
    reason: str
    confidence: float
    verified: bool
    own_word: bool | None


@dataclass(frozen=True, slots=True)
class CorrectionFact:
    """A correction of drift."""

    id: int
    book: int
    field: str
    made_at: datetime
    undone: bool
    replaced: bool
    source: str
    complete: bool
    verified_before: bool


@dataclass(frozen=True, slots=True)
class ComparedFact:
    """A book that a catalogue knows: when it was matched, and last compared."""

    path: str
    matched_at: datetime
    compared_at: datetime | None


@dataclass(frozen=True, slots=True)
class LibraryFacts:
    """The library's part of the store."""

    books: tuple[BookFact, ...] = ()
    """Those that no source speaks of, and those with files that were not decoded; `books_total` counts all."""
    books_total: int = 0
    books_enriched: int = 0
    """How many have title, author, narrator, and series where a catalogue has one."""
    narrators: tuple[ValueFact, ...] = ()
    """Those of several names, and those without source or confidence; `narrators_total` counts all."""
    narrators_total: int = 0
    values: tuple[ValueFact, ...] = ()
    """Those that are verified, and those without a source or a reason; `values_total` counts all."""
    values_total: int = 0
    matches_without_record: tuple[str, ...] = ()
    matches: int = 0
    corrections: tuple[CorrectionFact, ...] = ()
    compared: tuple[ComparedFact, ...] = ()
    """Those that are due for the next comparison; `compared_total` counts all that a catalogue knows."""
    compared_total: int = 0
    listened: tuple[tuple[str, float], ...] = ()
    """Path and seconds of each book that was listened to."""


@dataclass(frozen=True, slots=True)
class CategoryFact:
    """A category that the site lists, and when its rules were last read."""

    name: str
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExchangeFact:
    """Exchanges of one day with one service that ended in one way."""

    day: str
    service: str
    outcome: ExchangeOutcome
    count: int


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """The site's part of the store: categories, requests by day, and by path."""

    categories: tuple[CategoryFact, ...] = ()
    requests: tuple[tuple[str, int], ...] = ()
    paths: tuple[tuple[str, str, int], ...] = ()
    """Day, path, count."""
    exchanges: tuple[ExchangeFact, ...] = ()
    registrations: tuple[datetime, ...] = ()
    """When the seedbox's address was changed."""


@dataclass(frozen=True, slots=True)
class RefusalFact:
    """An act that was refused, and by which clause."""

    at: datetime
    act: str
    clause: str
    reason: str


@dataclass(frozen=True, slots=True)
class SpellFact:
    """A problem of the check itself, from its beginning to its end: a broken promise."""

    subject: str
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    """What the program keeps of itself."""

    runs: tuple[RunFact, ...] = ()
    problems: frozenset[tuple[str, str]] = frozenset()
    """Job and code of each problem that has not ended."""
    schema: int = 0
    newest_schema: int = 0
    migrations: int = 0
    broken_references: int = 0
    refusals: tuple[RefusalFact, ...] = ()
    spells: tuple[SpellFact, ...] = ()
    misread: tuple[str, ...] | None = None
    """What this code does not read of the sample NFO and the sample path; None where they were not read."""


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """What one client answered just now; `error` says why it could not be asked.

    `to_freeze` and `to_restore` are what the guard would still do to it, `unrecorded` the torrents that carry its tag
    without a record. `early_ends` says what of its share limits ends torrents before their 72 hours.
    """

    name: str
    error: str | None = None
    to_freeze: tuple[str, ...] = ()
    to_restore: tuple[str, ...] = ()
    unrecorded: int = 0
    early_ends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it. `clients` is None where no live system was asked."""

    now: datetime
    settings: SettingsFacts = field(default_factory=SettingsFacts)
    account: AccountFacts = field(default_factory=AccountFacts)
    ratio: RatioFacts = field(default_factory=RatioFacts)
    library: LibraryFacts = field(default_factory=LibraryFacts)
    site: SiteFacts = field(default_factory=SiteFacts)
    program: ProgramFacts = field(default_factory=ProgramFacts)
    queue: QueueFacts = field(default_factory=QueueFacts)
    change: ChangeFacts = field(default_factory=ChangeFacts)
    clients: tuple[ClientFacts, ...] | None = None

    @property
    def scheduled_daily(self) -> bool:
        """Whether the daily task ran in the last two days, so that what it keeps fresh must be fresh."""
        return any(
            run.job == "vip" and run.status in ("ok", "attention", "partial") and self.now - run.started_at < _TWO_DAYS
            for run in self.program.runs
        )

    @property
    def emergency_since(self) -> datetime | None:
        """Since when the ratio emergency is active; None while it is not."""
        newest = next(iter(self.ratio.transitions), None)
        return newest.at if newest and newest.to_emergency else None

    def emergency_at(self, moment: datetime) -> bool:
        """Whether the ratio emergency was active at that moment."""
        before = next((one for one in self.ratio.transitions if one.at <= moment), None)
        return before is not None and before.to_emergency


_TWO_DAYS = timedelta(days=2)
