"""The report's figures as Prometheus has them: base units, no titles, paths or names of torrents as labels."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.alerts.policy import AlertName
from mamctl.domain.report.figures import JobLine, ReportFigures


@dataclass(frozen=True, slots=True)
class Sample:
    """One value with its labels."""

    labels: dict[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric with its samples; `type` is gauge or counter. What is unknown has no sample."""

    name: str
    type: str
    help: str
    samples: tuple[Sample, ...]


def list_metrics(report: ReportFigures) -> tuple[Metric, ...]:
    """Every metric that has a sample."""
    return tuple(metric for metric in (*_account(report), *_library(report), *_program(report)) if metric.samples)


def metrics_text(metrics: Iterable[Metric]) -> str:
    """The text format; it ends with a line feed and has no timestamps."""
    return "".join(line for metric in metrics for line in _lines(metric))


def _lines(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.help}\n"
    yield f"# TYPE {metric.name} {metric.type}\n"
    for sample in metric.samples:
        labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in sample.labels.items())
        value = "+Inf" if sample.value == math.inf else repr(sample.value)
        yield f"{metric.name}{{{labels}}} {value}\n" if labels else f"{metric.name} {value}\n"


def _escaped(value: str) -> str:
    text = value.encode("utf-8", "backslashreplace").decode("utf-8")
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _account(report: ReportFigures) -> Iterator[Metric]:
    account, ratio, limits = report.account, report.ratio, report.limits
    yield _gauge("vip_expires_timestamp_seconds", "When VIP ends.", _stamp(account.expires_at if account else None))
    yield _gauge("points", "Points (seedbonus).", account.points if account else None)
    yield _gauge("points_needed", "Points that the next renewal of VIP takes.", account.needed if account else None)
    yield _gauge(
        "account_read_timestamp_seconds",
        "When the account was last read.",
        _stamp(account.seen_at if account else None),
    )
    yield _gauge("ratio", "The ratio that decides.", ratio.ratio)
    yield _gauge("ratio_floor", "The ratio below which downloads are frozen.", ratio.floor)
    yield _gauge("ratio_emergency", "1 while the ratio emergency is active.", float(ratio.state == "emergency"))
    yield _counter("uploaded_bytes_total", "Uploaded by the site's count.", limits.uploaded_bytes)
    yield _counter("downloaded_bytes_total", "Downloaded by the site's count.", limits.downloaded_bytes)
    yield _gauge("buffer_bytes", "What could be downloaded before the ratio is at its floor.", limits.buffer_bytes)
    yield _gauge("unsatisfied_torrents", "Torrents that still owe their 72 hours.", limits.unsatisfied)
    yield _gauge("unsatisfied_limit", "Unsatisfied torrents that the account may have.", limits.unsatisfied_limit)
    yield _gauge("hit_and_run_torrents", "Torrents that are a hit and run.", limits.hit_and_runs)
    yield _gauge(
        "connectable",
        "1 where the site can connect to your client.",
        None if limits.connectable is None else float(limits.connectable),
    )
    yield _gauge("freeleech_wedges", "Freeleech wedges.", limits.wedges)


def _library(report: ReportFigures) -> Iterator[Metric]:
    library = report.library
    yield _gauge("library_books", "Books of the library.", library.books)
    yield _gauge("library_enriched_books", "Books whose title, authors and narrators are known.", library.enriched)
    yield _gauge("library_bytes", "Size of the library.", library.bytes)
    yield _gauge("library_duration_seconds", "Length of the library's recordings.", library.seconds)
    yield _many("library_files", "Audio files by how they decode.", "sound", ((s.name, s.count) for s in library.sound))
    queue = report.queue.states if report.queue else ()
    yield _many("queue_items", "Downloads by state.", "state", ((state.name, state.count) for state in queue))


def _program(report: ReportFigures) -> Iterator[Metric]:
    yield Metric("mamctl_info", "gauge", "The version.", (Sample({"version": report.version}, 1.0),))
    for name, words, at in (
        ("last_success_timestamp_seconds", "When the newest run that ended well began.", "last_success_at"),
        ("last_run_timestamp_seconds", "When the newest run began.", "started_at"),
        ("next_run_timestamp_seconds", "When the next run is due.", "next_at"),
    ):
        yield _many(name, words, "job", _times(report.jobs, at))
    yield _many("job_overdue", "1 for a job that has not succeeded for too long.", "job",
        ((job.job, float(job.overdue)) for job in report.jobs))  # fmt: skip
    yield Metric(
        "mamctl_exchanges_total",
        "counter",
        "Exchanges with outside servers by how they ended.",
        tuple(
            Sample({"service": source.service, "outcome": outcome}, float(count))
            for source in report.sources
            for outcome, count in (("answered", source.answered), ("failed", source.failed))
        ),
    )
    standing = Counter(alert.name for alert in report.alerts)
    yield _many("alerts", "Alerts that stand.", "name", ((name.value, standing[name.value]) for name in AlertName))
    if report.spec is not None:
        spec = report.spec
        states = (("holds", spec.holds), ("violated", spec.violated), ("unknown", spec.unknown))
        yield _many("clauses", "Clauses of the specification by state.", "state", states)


def _times(jobs: Iterable[JobLine], name: str) -> Iterator[tuple[str, float]]:
    for job in jobs:
        at = _stamp(getattr(job, name))
        if at is not None:
            yield job.job, at


def _stamp(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def _gauge(name: str, words: str, value: float | None) -> Metric:
    return Metric(f"mamctl_{name}", "gauge", words, () if value is None else (Sample({}, float(value)),))


def _counter(name: str, words: str, value: float | None) -> Metric:
    return Metric(f"mamctl_{name}", "counter", words, () if value is None else (Sample({}, float(value)),))


def _many(name: str, words: str, label: str, values: Iterable[tuple[str, float]]) -> Metric:
    samples = tuple(Sample({label: key}, float(value)) for key, value in values)
    return Metric(f"mamctl_{name}", "gauge", words, samples)
