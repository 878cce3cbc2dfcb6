"""The sections of the page, from what needs you to the promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mamctl.domain.alerts.judge import StandingAlert
from mamctl.domain.report.figures import (
    AccountSection,
    ChangesSection,
    JobLine,
    LibrarySection,
    LimitsSection,
    MeasureLine,
    QueueSection,
    RatioSection,
    ReportFigures,
    SourceLine,
    SpecSection,
)
from mamctl.domain.text.quantities import count_of
from mamctl.output.page.chart import Chart
from mamctl.output.page.html import Html, block, element
from mamctl.output.page.parts import (
    NOWRAP,
    PLAIN,
    RIGHT,
    RIGHT_NOWRAP,
    bars,
    command,
    empty,
    facts,
    figure,
    lead,
    meter,
    section,
    table,
)
from mamctl.output.page.wording import (
    DASH,
    show_bytes,
    show_date,
    show_days,
    show_moment,
    show_number,
    show_percent,
    show_ratio,
    show_span,
    show_words,
)

Charts = Mapping[str, Chart]
_SOON = 7  # days to the end of VIP
_ENOUGH = 0.95  # of the books enriched
_STATES = {"failed": "bad", "killed": "bad", "attention": "warn", "partial": "warn", "ok": "good"}

# The tables: the head of each column, and how its cells are set.
_DOWNLOADS = (
    ("title", PLAIN),
    ("state", NOWRAP),
    ("size", RIGHT_NOWRAP),
    ("done", RIGHT),
    ("still to seed", RIGHT_NOWRAP),
)
_WAITING = (("books", PLAIN), ("count", RIGHT), ("what helps", PLAIN))
_CHANGES = (("when (UTC)", NOWRAP), ("kind", NOWRAP), ("what", PLAIN), ("outcome", NOWRAP))
_JOBS = (("job", PLAIN), ("last run", NOWRAP), ("ended", PLAIN), ("last success", NOWRAP), ("next run", NOWRAP))
_SOURCES = (
    ("server", PLAIN),
    ("answered", RIGHT),
    ("failed", RIGHT),
    ("available", RIGHT_NOWRAP),
    ("last answer", RIGHT_NOWRAP),
)
_BROKEN = (("clause", NOWRAP), ("what was found", PLAIN), ("what helps", PLAIN))
_MEASURES = (("measure", PLAIN), ("figure", PLAIN), ("reached", PLAIN))


def tiles(report: ReportFigures) -> Html:
    """The figures that tell at a glance how things stand."""
    account, ratio, limits, library = report.account, report.ratio, report.limits, report.library
    guard = "emergency" if ratio.state == "emergency" else "guard normal"
    earned = account.earned_per_day if account else None
    income = "income unknown yet" if earned is None else f"{show_number(earned)} a day"
    return block(
        "dl",
        _tile("VIP", *_vip_tile(account)),
        _tile(
            "Ratio",
            _ratio_kind(ratio),
            show_ratio(ratio.ratio),
            f"{guard} since {show_date(ratio.since)}" if ratio.since else guard,
        ),
        _tile("Points", "plain", show_number(account.points if account else None), income),
        _tile(
            "Unsatisfied",
            _limit_kind(limits),
            show_number(limits.unsatisfied),
            f"of {show_number(limits.unsatisfied_limit)} allowed",
        ),
        _tile("Enriched", "plain", show_percent(library.share), f"of {show_number(library.books)} books"),
        class_="tiles",
    )


def _tile(name: str, kind: str, figure: str, more: str) -> Html:
    return block(
        "div",
        element("dt", name),
        Html(element("dd", figure) + element("dd", more, class_="more")),
        class_=kind,
    )


def _vip_tile(account: AccountSection | None) -> tuple[str, str, str]:
    if account is None:
        return "plain", DASH, "the account has never been read"
    left = account.days_left
    kind = "bad" if account.vip_status == "expired" else "warn" if left is not None and left <= _SOON else "plain"
    if left is not None and left > 0:
        return kind, show_days(left), f"until {show_date(account.expires_at)}"
    return kind, show_words(account.vip_status), account.user_class or "class unknown"


def _ratio_kind(ratio: RatioSection) -> str:
    if ratio.state == "emergency":
        return "bad"
    return "warn" if ratio.ratio is not None and ratio.ratio < ratio.recovery else "plain"


def _limit_kind(limits: LimitsSection) -> str:
    if limits.unsatisfied is None or limits.unsatisfied_limit is None:
        return "plain"
    return "warn" if limits.unsatisfied >= limits.unsatisfied_limit - limits.reserve else "plain"


def needs_you(alerts: Sequence[StandingAlert]) -> Html:
    """Every alert that stands, with the command that helps."""
    if not alerts:
        return section("needs", "What needs you", empty("No figure is beyond its threshold."), kind="needs calm")
    return section("needs", "What needs you", block("ul", *map(_need, alerts)), kind="needs")


def _need(alert: StandingAlert) -> Html:
    more = f"Clause {alert.clause}, since {show_moment(alert.since)} UTC"
    return element(
        "li",
        element("div", alert.message, class_="what"),
        element("div", more, class_="more"),
        command(alert.remedy),
    )


def account_section(account: AccountSection | None, charts: Charts) -> Html:
    """VIP and points."""
    if account is None:
        return section("vip", "VIP and points", empty("The account has never been read: ", command("mamctl vip check")))
    decision = account.last_decision
    return section(
        "vip",
        "VIP and points",
        lead(f"The last decision: {decision}." if decision else "No decision about a renewal yet."),
        facts(_account_facts(account)),
        figure(charts.get("points"), "No points were read in this time."),
    )


def _account_facts(account: AccountSection) -> Iterator[tuple[str, str]]:
    yield "VIP ends", show_date(account.expires_at)
    yield "renewal due", show_date(account.renewal_due_at)
    yield "it takes", f"{show_number(account.needed)} points"
    if account.renewal_covered:
        yield "points suffice", "now"
    elif account.needed is None:
        yield "points suffice", DASH
    else:
        yield "points suffice", show_date(account.renewal_at) if account.renewal_at else "not within a year"
    if account.counted_since is not None:
        yield f"earned since {show_date(account.counted_since)}", show_number(account.earned)
        yield "spent since then", show_number(account.spent)


def ratio_section(ratio: RatioSection, charts: Charts) -> Html:
    """The ratio and its guard."""
    return section(
        "ratio",
        "Ratio",
        lead(*_ratio_lead(ratio)),
        facts(_ratio_facts(ratio)),
        figure(charts.get("ratio"), "No ratio was read in this time."),
    )


def _ratio_lead(ratio: RatioSection) -> tuple[str, ...]:
    if ratio.ratio is None and ratio.unknown_because:
        return (f"The ratio is unknown: {ratio.unknown_because}.",)
    if ratio.as_of:
        source = "your client" if ratio.source == "qbittorrent" else ratio.source
        return (f"Read on {show_moment(ratio.as_of)} UTC from {source}.",)
    return "The ratio has never been read: ", command("mamctl ratio watch")


def _ratio_facts(ratio: RatioSection) -> Iterator[tuple[str, str]]:
    yield "guard", ratio.state
    yield "floor", f"{ratio.floor:.2f}"
    yield "recovery", f"{ratio.recovery:.2f}"
    yield "emergencies", str(len(ratio.emergencies))
    yield "site events", str(len(ratio.events))
    if ratio.state == "emergency":
        yield "recovery in", "not at these rates" if ratio.hours is None else f"{ratio.hours:.0f} hours"


def limits_section(limits: LimitsSection, charts: Charts) -> Html:
    """What the site counts, against its limits."""
    connectable = DASH if limits.connectable is None else "yes" if limits.connectable else "no"
    counted = (
        ("uploaded", show_bytes(limits.uploaded_bytes)),
        ("downloaded", show_bytes(limits.downloaded_bytes)),
        ("buffer", show_bytes(limits.buffer_bytes)),
        ("unsatisfied", f"{show_number(limits.unsatisfied)} of {show_number(limits.unsatisfied_limit)}"),
        ("hit and runs", show_number(limits.hit_and_runs)),
        ("connectable", connectable),
        ("wedges", show_number(limits.wedges)),
    )
    unsatisfied = "No unsatisfied torrents were counted in this time."
    return section(
        "limits",
        "Uploads, buffer and limits",
        facts(counted),
        _split(
            figure(charts.get("buffer"), "No totals were read in this time."),
            figure(charts.get("unsatisfied"), unsatisfied),
        ),
    )


def _split(*content: Html) -> Html:
    """Parts beside each other where the page is wide."""
    return block("div", *(element("div", part) for part in content), class_="split")


def queue_section(queue: QueueSection | None) -> Html:
    """The downloads under way."""
    return section("queue", "Queue and seeding", *_queue(queue))


def _queue(queue: QueueSection | None) -> Iterator[Html]:
    if queue is None:
        yield empty("Nothing has been queued yet.")
        return
    if queue.blocked_until:
        yield lead(f"The site blocks downloads until {show_moment(queue.blocked_until)} UTC.")
    if queue.states:
        yield facts((show_words(one.name), show_number(one.count)) for one in queue.states)
    if not queue.items:
        yield empty("Nothing is under way.")
        return
    rows = (
        (
            item.title,
            show_words(item.state),
            show_bytes(item.size_bytes),
            show_percent(item.progress),
            show_span(item.seed_left),
        )
        for item in queue.items
    )
    yield table("Under way, or seeding their 72 hours", _DOWNLOADS, rows, label="Downloads")


def library_section(library: LibrarySection) -> Html:
    """The library, and what in it waits for you."""
    return section("library", "Library", *_library(library))


def _library(library: LibrarySection) -> Iterator[Html]:
    if not library.books:
        yield empty("No book has been scanned yet: ", command("mamctl meta scan"))
        return
    books, hours, share = show_number(library.books), show_number(library.seconds / 3600), library.share or 0.0
    yield lead(f"{count_of(library.books, 'book')}, {hours} hours, {show_bytes(library.bytes)}.")
    known = f"{show_percent(library.share)} of {books} books"
    yield meter("Enriched: title, authors and narrators are known", known, share, short=share < _ENOUGH)
    yield _split(
        bars("Narrators, by where they come from", library.narrators, "source"),
        bars("Audio of the files", library.sound, "state"),
    )
    if not library.waiting:
        yield empty("Nothing waits for you.", below=True)
        return
    rows = ((one.name, show_number(one.count), command(one.remedy or DASH)) for one in library.waiting)
    yield table("What waits for you", _WAITING, rows, below=True)


def changes_section(changes: ChangesSection) -> Html:
    """Drift, and the newest changes."""
    counted = facts((f"corrections {one.name}", show_number(one.count)) for one in changes.drift)
    rows = (
        (show_moment(line.at), show_words(line.kind), line.what, show_words(line.outcome)) for line in changes.lines
    )
    newest = (
        table("The newest changes", _CHANGES, rows) if changes.lines else empty("Nothing has changed in this time.")
    )
    return section("changes", "Drift and changes", counted, newest)


def jobs_section(jobs: Sequence[JobLine], sources: Sequence[SourceLine]) -> Html:
    """When each job ran and runs next, and the servers that were contacted."""
    return section("jobs", "Jobs and sources", *_jobs(jobs, sources))


def _jobs(jobs: Sequence[JobLine], sources: Sequence[SourceLine]) -> Iterator[Html]:
    if jobs:
        yield table("Jobs; times are UTC", _JOBS, map(_job, jobs), label="Jobs")
    else:
        yield empty("No job has run yet: ", command("mamctl cron install"))
    if sources:
        yield table("Servers contacted in this time", _SOURCES, map(_source, sources), label="Sources", below=True)


def _job(job: JobLine) -> Sequence[str]:
    kind = "bad" if job.overdue else _STATES.get(job.status or "", "none")
    words = job.status or ("under way" if job.started_at else "not yet")
    ended = element("span", words, ", overdue" if job.overdue else "", class_=f"state {kind}")
    return (job.job, show_moment(job.started_at), ended, show_moment(job.last_success_at), show_moment(job.next_at))


def _source(source: SourceLine) -> Sequence[str]:
    answered, failed = show_number(source.answered), show_number(source.failed)
    return (source.service, answered, failed, show_percent(source.share), source.last_answered or DASH)


def promises_section(spec: SpecSection | None) -> Html:
    """The clauses: those that do not hold, and the success measures."""
    if spec is None:
        return section("promises", "Measures and promises", empty("The clauses were not judged."))
    counts = (
        f"{show_number(spec.holds)} clauses hold, {show_number(spec.violated)} do not (a measure beyond its bound is"
        f" one of them), {show_number(spec.unknown)} cannot be judged yet."
    )
    rows = ((one.clause, one.detail, command(one.remedy) if one.remedy else DASH) for one in spec.broken)
    broken = (
        table("Promises that do not hold", _BROKEN, rows)
        if spec.broken
        else empty("Every promise that can be judged holds.")
    )
    measures = table("Success measures", _MEASURES, map(_measure, spec.measures), below=True)
    return section("promises", "Measures and promises", lead(counts), broken, measures)


def _measure(one: MeasureLine) -> Sequence[str]:
    kind, words = {None: ("none", "not known"), True: ("good", "yes"), False: ("warn", "no")}[one.reached]
    return one.text, one.detail, element("span", words, class_=f"state {kind}")
