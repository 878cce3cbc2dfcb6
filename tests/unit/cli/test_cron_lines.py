"""The crontab lines follow the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from mamctl.cli.commands.cron import every


@pytest.mark.parametrize(
    ("seconds", "schedule"),
    [(1, "* * * * *"), (60, "* * * * *"), (299, "*/4 * * * *"), (300, "*/5 * * * *"), (420, "*/6 * * * *"),
     (1800, "*/30 * * * *"), (86_400, "*/30 * * * *")],
)  # fmt: skip
def test_a_pass_comes_at_least_as_often_as_the_interval_says(seconds: float, schedule: str) -> None:
    assert every(seconds) == schedule


def test_the_guard_has_a_line_only_where_there_is_a_client(mamctl, tmp_path: Path) -> None:
    config = tmp_path / "mamctl.toml"
    config.write_text("")
    assert "ratio watch" not in mamctl("cron", "show", "--config", str(config)).out
    config.write_text('[ratio]\ninterval = "10m"\n[[qbittorrent]]\nname = "home"\nurl = "http://nas:8080"\n')
    shown = mamctl("cron", "show", "--config", str(config)).out
    assert f"ratio watch --quiet --config {config}" in shown
    assert "*/6 * * * *" in shown  # 8 minutes at most, and what divides the hour


def test_the_library_has_a_line_only_where_there_is_one(mamctl, tmp_path: Path) -> None:
    config = tmp_path / "mamctl.toml"
    config.write_text("")
    assert "meta scan" not in mamctl("cron", "show", "--config", str(config)).out
    config.write_text('[library]\nfolders = ["/srv/audiobooks"]\n')
    assert f"meta scan --changed-only --quiet --config {config}" in mamctl("cron", "show", "--config", str(config)).out
