"""The crontab lines follow the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from mamctl.cli.cron.lines import every
from mamctl.cli.cron.next_runs import read_lines
from mamctl.cli.cron.own_lines import read_own_lines


@pytest.mark.parametrize(
    ("seconds", "schedule"),
    [(1, "* * * * *"), (60, "* * * * *"), (299, "*/4 * * * *"), (300, "*/5 * * * *"), (420, "*/6 * * * *"),
     (1800, "*/30 * * * *"), (86_400, "*/30 * * * *")],
)  # fmt: skip
def test_a_pass_comes_at_least_as_often_as_the_interval_says(seconds: float, schedule: str) -> None:
    assert every(seconds) == schedule


@pytest.mark.parametrize(
    ("words", "job", "command"),
    [
        ("tracker ip --quiet", "tracker.ip", "tracker ip"),
        ("tracker ip update --quiet", "address", "tracker ip update"),
        ("tracker ip --config /etc/mamctl.toml --quiet update", "address", "tracker ip update"),
        ("--quiet report", "report", "report"),
        ("report --quiet > /dev/null 2>&1", "report", "report"),
        ("report metrics --quiet", "report.metrics", "report metrics"),
        ("meta scan --quiet && echo done", "meta.scan", "meta scan"),
        ("vip history --quiet", "vip.history", "vip history"),
        ("--quiet", None, None),
    ],
)
def test_a_line_is_the_job_of_the_command_it_runs(words: str, job: str | None, command: str | None) -> None:
    found = [(job, command) for job, command, _ in read_lines([f"*/5 * * * * TZ=UTC '/opt/mamctl/bin/mamctl' {words}"])]
    assert found == ([(job, command)] if job else [])


def test_an_own_line_is_the_job_of_the_command_it_runs(tmp_path: Path) -> None:
    lines = ("report metrics --quiet", "tracker ip --quiet", "tracker ip --quiet update", "vip check --quiet")
    file = tmp_path / "lines"
    file.write_text("".join(f"*/5 * * * * mamctl {line}\n" for line in lines))
    jobs = [entry.job for entry in read_own_lines(file)]
    assert jobs == ["report.metrics", "tracker ip --quiet", "address", "vip"]
