"""The page and its compiled template, which is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.alerts.policy import AlertPolicy
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.report.figures import ReportFigures
from mamctl.jobs.alerts import AlertSettings
from mamctl.jobs.report.gather import ReportSettings, gather_report
from mamctl.output.page import render
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


def test_the_page_is_the_same_compiled_kept_and_where_nothing_can_be_kept(
    figures: ReportFigures, tmp_path: Path
) -> None:
    kept, full = tmp_path / "templates", tmp_path / "a file"
    full.touch()
    fresh = render.render_page(figures)
    for folder in (kept, kept, tmp_path / "none" / "templates", full):
        render._template.cache_clear()
        assert render.render_page(figures, folder) == fresh
    (one,) = kept.iterdir()
    assert one.stat().st_mode & 0o077 == 0
    for damage in (b"", one.read_bytes()[:40], one.read_bytes()[:-2000]):
        one.write_bytes(damage)
        render._template.cache_clear()
        assert render.render_page(figures, kept) == fresh


def test_what_others_could_have_written_is_not_run(figures: ReportFigures, tmp_path: Path) -> None:
    kept, link = tmp_path / "templates", tmp_path / "link"
    kept.mkdir()
    kept.chmod(0o777)
    link.symlink_to(tmp_path)
    for folder in (kept, link):
        render._template.cache_clear()
        render.render_page(figures, folder)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link", "templates"]
    assert list(kept.iterdir()) == []
