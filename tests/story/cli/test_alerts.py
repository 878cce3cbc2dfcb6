"""Alerts as they reach you: in cron's mail, through a real server that takes messages, and in `mamctl status`."""

from __future__ import annotations

import pytest

from tests.kit.crontab_program import crontab
from tests.kit.member import Member
from tests.kit.messages import inbox

__all__ = ["crontab"]


@pytest.mark.spec("OPS-1")
def test_an_alert_comes_once_by_mail_and_once_by_message_and_stands_in_the_status(mamctl, reader: Member) -> None:
    with inbox() as box:
        config = str(reader.config(notify={"urls": [box.address]}, alerts={"disk_free": 0}))
        reader.points(97_000)
        mail = mamctl("vip", "check", "--quiet", "--config", config)
        assert "97,000 points" in mail.out
        assert "(RAT-9; → mamctl ratio points)" in mail.out
        assert mail.code == 0, "an alert is no failure of the job that noticed it"
        assert [title for title, body in box.messages if "97,000" in body] == ["mamctl needs you"]
        box.messages.clear()
        with reader.store() as db:
            newest = db.execute("SELECT hit_and_runs, connectable FROM standings ORDER BY id DESC").fetchone()
        assert tuple(newest) == (0, 1)
        again = mamctl("rules", "sync", "--quiet", "--config", config)
        assert again.out == ""
        assert box.messages == []
        (alert,) = mamctl("status", "--json", "--config", config).data["alerts"]
        assert set(alert) == {"name", "clause", "figure", "threshold", "since", "remedy", "subject", "message"}
        assert (alert["name"], alert["clause"], alert["figure"]) == ("points_high", "RAT-9", 97_000)
        assert "97,000 points" in mamctl("status", "--config", config).out
        reader.points(20_000)
        mail = mamctl("vip", "check", "--quiet", "--config", config)
        assert "resolved: the points are clear of the site's cap again" in mail.out
        assert [title for title, _ in box.messages] == ["mamctl: resolved"]
        assert mamctl("status", "--json", "--config", config).data["alerts"] == []


def test_a_hit_and_run_and_a_closed_port_are_said_once_until_they_are_over(mamctl, reader: Member) -> None:
    config = str(reader.config(alerts={"disk_free": 0}))
    check = ("vip", "check", "--quiet", "--config", config)
    account = reader.tracker.world.member
    account.hit_and_runs, account.connectable = 2, "no"
    first, second = mamctl(*check).out, mamctl(*check).out
    assert "2 torrents are a hit and run" in first
    assert "start each again in your client" in first
    assert "could not connect" not in first  # once may be chance
    assert "could not connect to your client 2 times in a row" in second
    assert "hit and run" not in second
    doctor = mamctl("doctor", "--json", "--config", config)
    (reachable,) = (one for one in doctor.data["checks"] if one["name"] == "reachable")
    assert (reachable["grade"], "port" in reachable["remedy"]) == ("warn", True)
    account.hit_and_runs, account.connectable = 0, "yes"
    over = mamctl(*check).out
    assert "resolved: no torrent is a hit and run any more" in over
    assert "resolved: the site can connect to your client again" in over
    assert mamctl("status", "--json", "--config", config).data["alerts"] == []


def test_a_run_by_hand_without_addresses_keeps_the_alert_for_cron(mamctl, reader: Member) -> None:
    config = str(reader.config(alerts={"disk_free": 0}))
    reader.points(97_000)
    mamctl("vip", "check", "--config", config)
    assert "97,000 points" in mamctl("vip", "check", "--quiet", "--config", config).out


def test_a_dry_run_keeps_it_too(mamctl, reader: Member) -> None:
    config = str(reader.config(alerts={"disk_free": 0}))
    reader.points(97_000)
    mamctl("vip", "check", "--dry-run", "--quiet", "--config", config)
    assert "97,000 points" in mamctl("vip", "check", "--quiet", "--config", config).out


def test_one_that_is_off_is_not_there(mamctl, reader: Member) -> None:
    config = str(reader.config(alerts={"disk_free": 0, "off": ["points_high"]}))
    reader.points(97_000)
    assert mamctl("vip", "check", "--quiet", "--config", config).out == ""


def test_notify_test_says_whether_a_message_arrives(mamctl, reader: Member) -> None:
    with inbox() as box:
        config = str(reader.config(notify={"urls": [box.address]}))
        assert mamctl("notify", "test", "--dry-run", "--json", "--config", config).data == {
            "addresses": 1,
            "sent": None,
        }
        assert box.messages == []
        assert mamctl("notify", "test", "--json", "--config", config).data == {"addresses": 1, "sent": True}
        assert [title for title, _ in box.messages] == ["mamctl: a test message"]
    lost = mamctl("notify", "test", "--json", "--config", config)
    assert (lost.code, lost.data["sent"], lost.json["problems"][0]["code"]) == (3, False, "notify_failed")


def test_without_an_address_it_says_how_to_set_one(mamctl, reader: Member) -> None:
    done = mamctl("notify", "test", "--config", str(reader.config()))
    assert done.code == 10
    assert "notify.urls" in done.err


@pytest.mark.spec("OPS-1")
def test_the_status_says_when_each_job_runs_next(mamctl, crontab, reader: Member) -> None:
    config = str(reader.config())
    (daily, *_) = [
        run for run in mamctl("status", "--json", "--config", config).data["next_runs"] if run["job"] == "vip"
    ]
    assert (daily["command"], daily["schedule"], daily["installed"]) == ("vip check", "0 12 * * *", False)
    crontab.write(b"15 7 * * * MAMCTL_SCHEDULED=1 /usr/bin/mamctl vip check --quiet\n@reboot mamctl ratio watch\n")
    (run,) = mamctl("status", "--json", "--config", config).data["next_runs"]
    assert (run["job"], run["schedule"], run["installed"]) == ("vip", "15 7 * * *", True)
    assert run["next_at"] is not None
