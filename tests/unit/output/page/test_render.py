"""The page: whole before anything is known, and whatever the figures hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.alerts.judge import StandingAlert
from mamctl.domain.alerts.policy import AlertPolicy
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.report.figures import (
    Band,
    ChangeLine,
    ChangesSection,
    ClauseLine,
    Counted,
    JobLine,
    MeasureLine,
    QueueItemLine,
    QueueSection,
    ReportFigures,
    SourceLine,
    SpecSection,
)
from mamctl.domain.report.series import Mark
from mamctl.jobs.alerts import AlertSettings
from mamctl.jobs.report.gather import ReportSettings, gather_report
from mamctl.output.page.render import render_page
from mamctl.store.database import open_store
from mamctl.store.library.summary import summarise_library

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> ReportFigures:
    """Those of a store that holds nothing."""
    db = open_store(tmp_path_factory.mktemp("empty") / "mamctl.db")
    alerts = AlertSettings(AlertPolicy(), VipPolicy(), RatioPolicy(), 5, (), None)
    settings = ReportSettings(alerts, (), {}, timedelta(hours=72), "0.1.0")
    found = gather_report(db, settings, NOW - timedelta(days=30), NOW, summarise_library(db))
    db.close()
    return found


_HOSTILE = "</title><script>alert('1')</script>\" onload=\""


class _Tags(HTMLParser):
    """Every element in its place, and whether each is closed where it was opened."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.texts: list[str] = []
        self.ids: list[str | None] = []
        self.links: list[str | None] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        given = dict(attrs)
        assert "onload" not in given
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if tag == "a" else []
        if tag not in ("meta", "link"):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_before_anything_is_known_the_page_is_whole(figures: ReportFigures) -> None:
    found = _Tags(render_page(figures))
    assert "All is well" in found.texts
    assert (found.tags["section"], found.tags["svg"], found.tags["script"]) == (9, 0, 0)
    assert len(set(found.ids)) == len(found.ids)
    assert {(link or "").removeprefix("#") for link in found.links} <= set(found.ids)


def test_what_comes_from_outside_is_only_text(figures: ReportFigures) -> None:
    marks = (Mark(NOW - timedelta(days=2), 1.5), Mark(NOW, 2.5))
    band = Band(_HOSTILE, NOW - timedelta(days=2), None, _HOSTILE)
    hostile = replace(
        figures,
        version=_HOSTILE,
        alerts=(StandingAlert(_HOSTILE, _HOSTILE, None, None, NOW, _HOSTILE, None, _HOSTILE),),
        ratio=replace(figures.ratio, history=marks, events=(band,), unknown_because=_HOSTILE, state=_HOSTILE),
        queue=QueueSection((Counted(_HOSTILE, 1),), (QueueItemLine(_HOSTILE, _HOSTILE, NOW, 5, 0.5, None),), None),
        library=replace(
            figures.library,
            books=2,
            narrators=(Counted(_HOSTILE, 1),),
            waiting=(Counted(_HOSTILE, 1, _HOSTILE),),
        ),
        changes=ChangesSection((), (ChangeLine(NOW, _HOSTILE, _HOSTILE, _HOSTILE, None),)),
        jobs=(JobLine(_HOSTILE, NOW, _HOSTILE, None, None, None, overdue=True),),
        sources=(SourceLine(_HOSTILE, 1, 1, 0.5, _HOSTILE),),
        spec=SpecSection(
            NOW,
            1,
            1,
            0,
            0,
            (MeasureLine("OPS-2", _HOSTILE, None, _HOSTILE, None),),
            (ClauseLine("A-1", "", _HOSTILE, _HOSTILE),),
        ),
    )
    found = _Tags(render_page(hostile))
    assert (found.tags["svg"], found.tags["script"]) == (1, 0)
    assert sum(_HOSTILE.replace("_", " ") in text.replace("_", " ") for text in found.texts) > 20
