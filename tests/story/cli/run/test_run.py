"""`mamctl run` and `status --check`: following the schedule without cron, and whether the jobs succeed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mamctl.cli.clock import Clock, use_clock
from tests.kit.member import Member

pytestmark = pytest.mark.spec("OPS-4")


def test_a_dry_run_shows_the_crontabs_schedule(mamctl, reader: Member) -> None:
    done = mamctl("run", "--dry-run", "--json", "--config", str(reader.config()))
    jobs = {one["job"] for one in done.data["schedule"]}
    assert {"vip", "drift", "spec"} <= jobs
    assert not {"ratio", "meta.scan", "address"} & jobs  # nothing is configured for these
    assert all(one["next_at"] for one in done.data["schedule"])


def test_lines_of_your_own_are_read_and_faulty_ones_named(mamctl, reader: Member, tmp_path: Path) -> None:
    lines = tmp_path / "schedule"
    lines.write_text(
        "# mine\n\n5 1 * * * MAMCTL_SCHEDULED=1 /usr/local/bin/mamctl vip check --quiet\n@daily mamctl meta scan\n"
    )
    words = ("run", "--dry-run", "--json", "--config", str(reader.config()), "--crontab", str(lines))
    done = mamctl(*words)
    assert [(one["job"], one["command"]) for one in done.data["schedule"]] == [
        ("vip", "vip check --quiet"),
        ("meta.scan", "meta scan"),
    ]
    lines.write_text("MAILTO=me\n5 1 * * mamctl vip check\n* * * * * rm -r /\n* * * * * mamctl vip check | mail me\n")
    faulty = mamctl(*words)
    assert (faulty.code, faulty.json["problems"][0]["code"]) == (10, "schedule_invalid")
    assert all(f"line {number}:" in faulty.json["problems"][0]["message"] for number in (1, 2, 3, 4))
    lines.write_text("")
    assert mamctl(*words).code == 2


def test_term_ends_it_and_a_second_one_is_refused_meanwhile(mamctl, reader: Member) -> None:
    config = str(reader.config())
    words = [sys.executable, "-m", "mamctl", "run", "--json", "--config", config]
    running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    assert running.stderr.readline().startswith("mamctl run: following ")
    second = mamctl("run", "--config", config)
    assert (second.code, "`mamctl run` is already under way, since" in second.err) == (11, True)
    running.send_signal(signal.SIGTERM)
    out, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    assert '"schema": "mamctl.run/1"' in out


def test_check_is_well_until_a_job_has_not_succeeded_for_twice_its_interval(mamctl, reader: Member) -> None:
    config = str(reader.config())
    status = ("status", "--check", "--json", "--config", config)
    with use_clock(Clock(now=reader.now)):
        assert mamctl(*status).code == 0  # a new store
        for days in (2, 13):
            mamctl("vip", "check", "--config", config)
            mamctl("spec", "check", "--config", config)
            reader.later(days=days)
        late = mamctl(*status)
        assert late.code == 3
        assert "vip" in late.data["overdue"]
        mamctl("vip", "check", "--config", config)
        assert "vip" not in mamctl(*status).data["overdue"]
        assert mamctl("status", "--config", config).code == 0


def test_check_and_the_alert_go_by_one_rule(mamctl, reader: Member, monkeypatch) -> None:
    words = ("status", "--check", "--json", "--config")
    patient = {"disk_free": 0, "job_intervals": 3}
    monkeypatch.setenv("MAMCTL_SCHEDULED", "1")
    with use_clock(Clock(now=reader.now)):
        mamctl("vip", "check", "--config", str(reader.config(alerts=patient)))
        reader.later(days=2.5)
        assert mamctl(*words, str(reader.config(alerts=patient))).data["overdue"] == []
        late = mamctl(*words, str(reader.config(alerts=patient | {"job_intervals": 2})))
        seen = mamctl("status", "--check", "--config", str(reader.config(alerts=patient | {"job_intervals": 2}))).out
        unsent = mamctl(*words, str(reader.config(alerts=patient | {"job_intervals": 2, "off": ["job_overdue"]})))
    (alert,) = (one for one in late.data["alerts"] if one["name"] == "job_overdue")
    (problem,) = (one for one in late.json["problems"] if one["subject"] == "vip")
    assert "vip" in late.data["overdue"]
    assert problem["message"] == alert["message"]
    assert seen.count(alert["message"]) == 1, "it is an alert and a problem, and once is enough"
    assert (unsent.data["alerts"], unsent.data["overdue"]) == ([], late.data["overdue"])  # off is for messages


def test_check_says_nothing_of_a_command_whose_runs_are_not_kept(mamctl, reader: Member, tmp_path: Path) -> None:
    figures = {"metrics": str(tmp_path / "mamctl.prom"), "output": str(tmp_path / "report.html")}
    config = str(reader.config(report=figures))
    with use_clock(Clock(now=reader.now)):
        mamctl("status", "--config", config)
        mamctl("report", "metrics", "--quiet", "--config", config)
        reader.later(days=1)
        assert mamctl("status", "--check", "--json", "--config", config).data["overdue"] == ["report"]
