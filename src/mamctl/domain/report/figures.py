"""The figures of the report, section by section; None is unknown, sizes are bytes, times are aware."""

from __future__ import annotations

from datetime import datetime, timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.alerts.judge import StandingAlert
from mamctl.domain.report.series import Mark


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time that is drawn behind a curve; `ends_at` is None while it lasts."""

    kind: str
    starts_at: datetime
    ends_at: datetime | None
    note: str | None


@dataclass(frozen=True, slots=True)
class AccountSection:
    """VIP and points, earned and spent since `counted_since`. `needed` are the points that the next renewal takes,
    `renewal_at` is when they are there.
    """

    seen_at: datetime
    user_class: str | None
    vip_status: str
    expires_at: datetime | None
    days_left: float | None
    points: float | None
    earned_per_day: float | None
    counted_since: datetime | None
    earned: float | None
    spent: float | None
    returned: float | None
    needed: int | None
    renewal_at: datetime | None
    renewal_covered: bool
    renewal_due_at: datetime | None
    last_decision: str | None
    history: tuple[Mark, ...]
    forecast: tuple[Mark, ...]
    renewals: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Fan:
    """The ratio as it may go on: by the slowest, the middle and the quickest rate of the last day."""

    at: datetime
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class RatioSection:
    """The ratio that decides, its guard, and what was behind it."""

    ratio: float | None
    unknown_because: str | None
    as_of: datetime | None
    source: str
    floor: float
    recovery: float
    state: str
    since: datetime | None
    hours_low: float | None
    hours: float | None
    hours_high: float | None
    history: tuple[Mark, ...]
    emergencies: tuple[Band, ...]
    events: tuple[Band, ...]
    fan: tuple[Fan, ...]


@dataclass(frozen=True, slots=True)
class LimitsSection:
    """What the site counts. `buffer_bytes` could be downloaded before the ratio is at its floor; `reserve` of the
    unsatisfied limit is kept free.
    """

    uploaded_bytes: int | None
    downloaded_bytes: int | None
    buffer_bytes: int | None
    unsatisfied: int | None
    unsatisfied_limit: int | None
    reserve: int
    hit_and_runs: int | None
    connectable: bool | None
    wedges: int | None
    buffer_history: tuple[Mark, ...]
    unsatisfied_history: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many there are of one kind; `remedy` is the command that helps, where one does."""

    name: str
    count: int
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class LibrarySection:
    """The library: a book is enriched when title, authors and narrators are known."""

    books: int
    enriched: int
    share: float | None
    seconds: float
    bytes: int
    narrators: tuple[Counted, ...]
    sound: tuple[Counted, ...]
    waiting: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class QueueItemLine:
    """A download on its way, or seeding its time: `seed_left` until the site counts it as satisfied."""

    title: str
    state: str
    since: datetime
    size_bytes: int | None
    progress: float | None
    seed_left: timedelta | None


@dataclass(frozen=True, slots=True)
class QueueSection:
    """The download queue."""

    states: tuple[Counted, ...]
    items: tuple[QueueItemLine, ...]
    blocked_until: datetime | None


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """Something that was changed or noticed, the newest first."""

    at: datetime
    kind: str
    what: str
    outcome: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class ChangesSection:
    """Drift in the period, and the newest changes."""

    drift: tuple[Counted, ...]
    lines: tuple[ChangeLine, ...]


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job: its last run, its last success, and when it runs next."""

    job: str
    started_at: datetime | None
    status: str | None
    last_success_at: datetime | None
    next_at: datetime | None
    schedule: str | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class SourceLine:
    """Exchanges with one server in the period."""

    service: str
    answered: int
    failed: int
    share: float
    last_answered: str | None


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A success measure and whether it is reached; None where it cannot be judged yet."""

    clause: str
    text: str
    figure: float | None
    detail: str
    reached: bool | None


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """A promise that does not hold, and the command that helps."""

    clause: str
    text: str
    detail: str
    remedy: str | None


@dataclass(frozen=True, slots=True)
class SpecSection:
    """The specification as it was judged last; None before that."""

    judged_at: datetime | None
    holds: int
    violated: int
    unknown: int
    not_applicable: int
    measures: tuple[MeasureLine, ...]
    broken: tuple[ClauseLine, ...]


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """Everything on the page."""

    generated_at: datetime
    since: datetime
    version: str
    alerts: tuple[StandingAlert, ...]
    account: AccountSection | None
    ratio: RatioSection
    limits: LimitsSection
    queue: QueueSection | None
    library: LibrarySection
    changes: ChangesSection
    jobs: tuple[JobLine, ...]
    sources: tuple[SourceLine, ...]
    spec: SpecSection | None
