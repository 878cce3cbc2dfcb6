"""The crontab lines follow the configuration."""

from __future__ import annotations

import pytest

from mamctl.cli.cron.lines import every


@pytest.mark.parametrize(
    ("seconds", "schedule"),
    [(1, "* * * * *"), (60, "* * * * *"), (299, "*/4 * * * *"), (300, "*/5 * * * *"), (420, "*/6 * * * *"),
     (1800, "*/30 * * * *"), (86_400, "*/30 * * * *")],
)  # fmt: skip
def test_a_pass_comes_at_least_as_often_as_the_interval_says(seconds: float, schedule: str) -> None:
    assert every(seconds) == schedule
