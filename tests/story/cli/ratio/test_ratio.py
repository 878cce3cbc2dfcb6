"""`mamctl ratio`, run as a person and a script run it, on practice clients over HTTP."""

from __future__ import annotations

import csv
import io
import json
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mamctl.domain.text.quantities import show_span
from mamctl.practice.client import ClientWorld, FaultKind, PracticeClient
from mamctl.practice.clock import PracticeClock
from mamctl.practice.tracker import FaultKind as SiteTrouble
from mamctl.store.runs import job_lock
from tests.kit.certificate import make_certificate, server_context
from tests.kit.member import Member
from tests.kit.practice_fixtures import NOW
from tests.kit.seedbox import DOWNLOADS, Seedbox, seedbox

TAG = "mamctl-frozen"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Seedbox]:
    with seedbox(tmp_path / "box") as running:
        yield running


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Seedbox]:
    with seedbox(tmp_path / "box", "home", "attic") as running:
        yield running


@pytest.fixture
def ratio(mamctl) -> Callable:
    """`ratio(box, "watch", "--json") -> Done`, with the box's configuration as it is now."""
    return lambda box, *args: mamctl("ratio", *args, "--config", box.config())


@pytest.mark.spec("RAT-4")
@pytest.mark.spec("RAT-5")
def test_a_freeze_and_its_thaw_with_the_promised_json(ratio, box: Seedbox) -> None:
    before = box.look()
    done = ratio(box, "watch", "--json")
    data = done.data
    assert (done.code, done.json["status"], done.json["schema"]) == (3, "attention", "mamctl.ratio.watch/1")
    assert data["guard"]["state"] == "emergency"
    assert data["guard"]["since"]
    assert (data["ratio"], data["source"]) == (0.98, "qbittorrent")
    assert data["transition"] == {
        "from": "normal",
        "to": "emergency",
        "reason": "the ratio 0.9800 is below the floor 1.00",
    }
    assert data["actions"] == {"paused": 2, "resumed": 1, "tagged": 2, "untagged": 0}
    assert data["clients"] == [
        {"name": "home", "version": "v5.1.0", "reachable": True, "ratio": 0.98, "torrents": 6, "problem": None}
    ]
    assert {"hours_low", "hours", "hours_high", "reachable", "assumptions"} <= set(data["forecast"])
    assert data["figures"]["frozen"] == 2
    named = box.client.world.named
    assert all(named(name).stopped and TAG in named(name).tags for name in DOWNLOADS)
    assert not named("Carmilla").stopped
    assert named("Ivanhoe").stopped
    assert not named("Other").stopped

    box.set_ratio(1.05)
    done = ratio(box, "watch", "--json")
    assert (done.code, done.data["transition"]["to"]) == (0, "normal")
    assert done.data["actions"] == {"paused": 1, "resumed": 2, "tagged": 0, "untagged": 2}
    assert box.look() == before


def test_a_dry_run_decides_the_same_and_changes_nothing(ratio, box: Seedbox) -> None:
    before = box.look()
    data = ratio(box, "watch", "--dry-run", "--json").data
    assert (data["guard"]["state"], data["actions"]["paused"]) == ("emergency", 2)
    assert box.look() == before
    assert box.changes() == []
    assert ratio(box, "status", "--json").data["as_of"] is None
    assert "nothing is changed" in ratio(box, "watch", "--dry-run").out
    assert "Dry run" not in ratio(box, "watch").out


def test_quiet_prints_nothing_while_all_is_well_and_an_emergency_once(ratio, box: Seedbox) -> None:
    box.set_ratio(1.5)
    done = ratio(box, "watch", "--quiet")
    assert (done.code, done.out, done.err) == (0, "", "")
    box.set_ratio(0.9)
    assert "emergency" in ratio(box, "watch", "--quiet").out
    done = ratio(box, "watch", "--quiet")
    assert (done.code, done.out, done.err) == (3, "", "")


@pytest.mark.spec("RAT-11")
def test_a_client_that_is_down_makes_the_ratio_unknown_and_changes_nothing(mamctl, ratio, box: Seedbox) -> None:
    ratio(box, "watch")
    frozen = box.look()
    box.client.stop(keep_port=True)
    done = ratio(box, "watch", "--json")
    assert (done.code, done.json["status"]) == (13, "failed")
    assert (done.data["ratio"], done.data["guard"]["state"]) == (None, "emergency")
    assert [p["code"] for p in done.json["problems"]] == ["unreachable", "ratio_unknown", "ratio_emergency"]
    assert all(problem["remedy"] for problem in done.json["problems"])
    assert "unknown (no client reported its totals)" in ratio(box, "status").out
    assert "\n  active" not in ratio(box, "status").out
    figures = ratio(box, "status", "--json").data["figures"]
    assert (figures["upspeed"], figures["active_uploads"], figures["active_downloads"]) == (None, None, None)
    checks = {check["name"]: check for check in mamctl("doctor", "--json", "--config", box.config()).data["checks"]}
    assert checks["clients"]["detail"].count("home") == 1
    box.client.start()
    assert box.look() == frozen
    assert ratio(box, "watch").code == 3


def test_with_one_of_two_clients_down_the_other_is_frozen(ratio, two: Seedbox) -> None:
    two.clients["attic"].stop(keep_port=True)
    done = ratio(two, "watch", "--json")
    assert (done.code, done.json["status"], done.data["complete"]) == (4, "partial", False)
    assert [client["reachable"] for client in done.data["clients"]] == [True, False]
    assert two.client.world.named("Dune").stopped
    assert not two.clients["attic"].world.named("Dune").stopped
    two.clients["attic"].start()
    ratio(two, "watch")
    assert two.clients["attic"].world.named("Dune").stopped


def test_a_login_that_cannot_be_read_or_is_refused_keeps_no_other_client_from_being_guarded(
    ratio, two: Seedbox
) -> None:
    two.tables["home"] = {"password_file": str(two.home / "absent")}
    done = ratio(two, "watch", "--json")
    assert done.code == 4
    assert "absent" in done.data["clients"][0]["problem"]
    assert two.clients["attic"].world.named("Dune").stopped
    wrong = two.home / "wrong"
    wrong.write_text("hunter2")
    wrong.chmod(0o600)
    two.tables["home"] = {"password_file": str(wrong)}
    done = ratio(two, "watch", "--json")
    assert done.code == 4
    assert "hunter2" not in done.out + done.err
    refused = next(problem for problem in done.json["problems"] if problem["code"] == "session_refused")
    assert refused["subject"] == "home"


def test_a_wrong_password_is_tried_once_and_a_corrected_one_at_once(mamctl, ratio, box: Seedbox) -> None:
    box.config()
    secret = box.home / "password"
    right = secret.read_text()
    secret.write_text("hunter2")
    assert [ratio(box, "watch").code for _ in range(3)] == [12, 12, 12]
    logins = [path for path in box.client.journal.paths() if path.endswith("auth/login")]
    assert len(logins) == 1
    checks = {check["name"]: check for check in mamctl("doctor", "--json", "--config", box.config()).data["checks"]}
    assert checks["clients"]["grade"] == "fail"
    assert [path for path in box.client.journal.paths() if path.endswith("auth/login")] == logins * 2
    secret.write_text(right)
    assert ratio(box, "watch").code == 3


def test_doctor_warns_of_a_client_that_is_configured_twice(mamctl, two: Seedbox) -> None:
    home = two.client.url
    two.tables["attic"] = {"url": home.replace("127.0.0.1", "localhost") + "/"}
    checks = {check["name"]: check for check in mamctl("doctor", "--json", "--config", two.config()).data["checks"]}
    assert checks["clients"]["grade"] == "warn"
    assert "attic: the same address as home" in checks["clients"]["detail"]


def test_doctor_checks_the_clients_without_the_store_and_names_the_store_once(mamctl, ratio, box: Seedbox) -> None:
    ratio(box, "watch")
    database = next(box.home.glob("*.db"))
    for left in box.home.glob(f"{database.name}-*"):
        left.unlink()
    database.write_bytes(b"no database, though as long as the head of one: " * 99)
    done = mamctl("doctor", "--json", "--config", box.config())
    checks = {check["name"]: check for check in done.data["checks"]}
    assert checks["store"]["grade"] == "fail"
    assert checks["clients"]["grade"] == "ok", checks["clients"]
    assert [name for name, check in checks.items() if str(database) in check["detail"]] == ["store"]
    assert checks["guard"]["grade"] == "skipped"


def test_doctor_warns_of_a_certificate_that_is_not_checked(mamctl, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, "DNS:localhost,IP:127.0.0.1")
    with PracticeClient(ClientWorld(PracticeClock(NOW)), tls=server_context(certificate)) as client:
        box = Seedbox(tmp_path, {"home": client})
        for table, grade in (
            ({"verify": False}, "warn"),
            ({"ca_file": str(certificate.with_name("certificate.pem"))}, "ok"),
            ({}, "fail"),
        ):
            box.tables["home"] = table
            done = mamctl("doctor", "--json", "--config", box.config())
            checks = {check["name"]: check for check in done.data["checks"]}
            assert checks["clients"]["grade"] == grade
            assert grade == "ok" or "ca_file" in checks["clients"]["remedy"]


def test_a_loop_notices_a_corrected_password(box: Seedbox) -> None:
    words = [sys.executable, "-m", "mamctl", "ratio", "watch", "--every", "0.1s", "--json", "--config", box.config()]
    secret = box.home / "password"
    right = secret.read_text()
    secret.write_text("hunter2")
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as loop:
        assert loop.stdout is not None
        codes = [json.loads(loop.stdout.readline())["exit_code"]]
        corrected = secret.with_name("corrected")
        corrected.write_text(right)
        corrected.chmod(0o600)
        corrected.replace(secret)  # a pass in between finds the one or the other, and never half of it
        until = time.monotonic() + 90  # only a hang comes so far
        while codes[-1] != 3 and time.monotonic() < until:
            codes.append(json.loads(loop.stdout.readline())["exit_code"])
        loop.send_signal(signal.SIGTERM)
        loop.stdout.read()
    assert (codes[0], codes[-1]) == (12, 3)


def test_without_any_client_it_says_what_to_add(mamctl, tmp_path: Path) -> None:
    empty = tmp_path / "mamctl.toml"
    empty.write_text("")
    done = mamctl("ratio", "watch", "--config", str(empty))
    assert done.code == 10
    assert "[[qbittorrent]]" in done.err


def test_two_passes_at_once_do_not_mix(ratio, box: Seedbox) -> None:
    box.config()
    with job_lock(box.store_path, "ratio"):
        done = ratio(box, "watch", "--json")
    assert done.code == 11
    assert box.changes() == []


@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.BODY, FaultKind.CUT_SHORT, FaultKind.RESET])
@pytest.mark.parametrize("call", ["torrents/stop", "torrents/addTags", "sync/maindata", "auth/login"])
@pytest.mark.spec("RAT-12")
def test_a_client_in_trouble_is_told_of_and_the_next_pass_makes_up_for_it(
    ratio, box: Seedbox, kind: FaultKind, call: str
) -> None:
    before = box.look()
    box.client.behaviour.plan(kind, call, times=3, text="<html>rubbish</html>")
    done = ratio(box, "watch", "--json")
    assert done.code in (3, 4, 5, 12, 13, 14)
    assert done.json["problems"]
    assert all(problem["remedy"] for problem in done.json["problems"]), done.out
    box.client.behaviour.clear()
    assert ratio(box, "watch").code == 3
    named = box.client.world.named
    assert all(named(name).stopped for name in DOWNLOADS)
    # A pause matters more than a tag: one that the client declined is not asked for again.
    assert call == "torrents/addTags" or all(TAG in named(name).tags for name in DOWNLOADS)
    assert not named("Carmilla").stopped
    box.set_ratio(1.1)
    assert ratio(box, "watch").code == 0
    assert box.look() == before


# The account's side


@pytest.fixture
def both(box: Seedbox, reader: Member) -> Seedbox:
    """A box whose member also has an account on the practice site."""
    secret = box.home / "mam_id"
    secret.write_text(reader.seed)
    secret.chmod(0o600)
    box.sections["tracker"] = {
        "base_url": reader.tracker.url,
        "tracker_url": reader.tracker.url,
        "mam_id_file": str(secret),
        "min_interval": 0,
        "attempts": 1,
    }
    return box


def test_the_trackers_ratio_decides_where_it_is_the_source(ratio, both: Seedbox, reader: Member) -> None:
    reader.tracker.world.member.uploaded, reader.tracker.world.member.downloaded = 2 * 10**9, 10**9
    both.ratio["source"] = "tracker"
    done = ratio(both, "watch", "--json")
    assert (done.code, done.data["source"], done.data["ratio"]) == (0, "tracker", 2.0)
    both.ratio["source"] = "lowest"
    done = ratio(both, "watch", "--json")
    assert (done.code, done.data["source"], done.data["ratio"]) == (3, "qbittorrent", 0.98)


@pytest.mark.spec("RAT-11")
def test_a_tracker_that_does_not_answer_leaves_the_ratio_unknown(ratio, both: Seedbox, reader: Member) -> None:
    both.ratio["source"] = "tracker"
    reader.tracker.behaviour.plan(SiteTrouble.STATUS, status=503, times=None)
    done = ratio(both, "watch", "--json")
    assert (done.code, done.data["ratio"], done.data["guard"]["state"]) == (3, None, "normal")
    assert [problem["code"] for problem in done.json["problems"]] == ["tracker_down", "ratio_unknown"]
    assert both.changes() == []


def test_the_lowest_is_below_the_floor_where_the_known_one_is(ratio, both: Seedbox, reader: Member) -> None:
    both.ratio["source"] = "lowest"
    reader.tracker.behaviour.plan(SiteTrouble.STATUS, status=503, times=None)
    done = ratio(both, "watch", "--json")
    assert (done.data["ratio"], done.data["guard"]["state"]) == (0.98, "emergency")
    both.set_ratio(1.2)
    done = ratio(both, "watch", "--json")
    assert (done.data["ratio"], done.data["guard"]["state"]) == (None, "emergency")


def test_doctor_says_when_the_two_ratios_would_decide_differently(mamctl, ratio, both: Seedbox, reader: Member) -> None:
    reader.tracker.world.member.uploaded, reader.tracker.world.member.downloaded = 2 * 10**9, 10**9
    ratio(both, "watch")
    mamctl("vip", "check", "--config", both.config())
    data = ratio(both, "status", "--json").data
    assert (data["qbittorrent"]["ratio"], data["tracker"]["ratio"]) == (0.98, 2.0)
    checks = {check["name"]: check for check in mamctl("doctor", "--json", "--config", both.config()).data["checks"]}
    assert checks["clients"]["grade"] == "ok"
    assert "home: v5.1.0, 5 of 6 torrents in scope" in checks["clients"]["detail"]
    assert (checks["ratio"]["grade"], checks["guard"]["grade"]) == ("warn", "ok")
    assert "decide differently" in checks["ratio"]["remedy"]


# What the passes left


@pytest.mark.spec("RAT-7")
def test_status_tells_guard_figures_and_what_is_frozen_without_asking_anyone(ratio, box: Seedbox) -> None:
    done = ratio(box, "status")
    assert done.code == 3
    assert "never been checked" in done.out
    ratio(box, "watch")
    asked = len(box.client.journal.paths())
    done = ratio(box, "status", "--json")
    assert done.code == 0
    data = done.data
    assert data["guard"]["state"] == "emergency"
    assert data["figures"]["emergency_hours"] >= 0
    assert {
        "ratio", "emergency", "since", "emergency_hours", "upspeed", "dlspeed", "active_uploads", "active_downloads",
        "frozen", "hours_to_recovery",
    } <= set(data["figures"])  # fmt: skip
    assert [torrent["name"] for torrent in data["frozen"]] == ["Dune", "Emma"]
    assert data["clients"][0]["uploaded_bytes"] == 980_000_000
    shown = ratio(box, "status").out
    assert "Guard: emergency" in shown
    assert "Frozen: 2" in shown
    assert len(box.client.journal.paths()) == asked


def test_a_guard_that_sleeps_is_told_of(ratio, box: Seedbox) -> None:
    box.set_ratio(2)
    ratio(box, "watch")
    with closing(sqlite3.connect(box.store_path)) as db, db:
        old = (datetime.now(UTC) - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
        db.execute("UPDATE figures SET seen_at = ?", (old,))
    done = ratio(box, "status", "--json")
    assert (done.code, done.json["problems"][0]["code"]) == (3, "ratio_not_watched")


@pytest.mark.spec("RAT-8")
def test_the_forecast_counts_what_is_missing_and_says_when_it_never_arrives(ratio, box: Seedbox) -> None:
    ratio(box, "watch")
    data = ratio(box, "forecast", "--json").data
    assert (data["missing_bytes"], data["frozen_left_bytes"], data["flowing_left_bytes"]) == (
        70_000_000,
        110_000_000,
        0,
    )
    assert (data["hours"], data["reachable"], data["words"]) == (None, False, "not at these rates")
    box.client.world.named("Dracula").up_rate = 7_000
    ratio(box, "watch")
    data = ratio(box, "forecast", "--json").data
    assert data["hours"] == pytest.approx(70_000_000 / 7_000 / 3600, rel=0.01)
    assert data["hours_low"] <= data["hours"] <= data["hours_high"]
    assert f"To 1.05: {show_span(data['hours'] * 3600)} (" in ratio(box, "forecast").out


def _age(box: Seedbox, hours: int, apart: timedelta = timedelta(minutes=30)) -> None:
    """Every pass so far happened so much earlier, and so far apart."""
    with closing(sqlite3.connect(box.store_path)) as db, db:
        for number, (row,) in enumerate(db.execute("SELECT id FROM figures ORDER BY id DESC").fetchall()):
            at = datetime.now(UTC) - timedelta(hours=hours) - apart * number
            db.execute("UPDATE figures SET seen_at = ? WHERE id = ?", (at.strftime("%Y-%m-%dT%H:%M:%SZ"), row))


@pytest.mark.spec("RAT-10")
def test_history_as_table_plot_json_and_csv(ratio, box: Seedbox) -> None:
    assert "No figures" in ratio(box, "history").out
    for figure in (1.2, 1.1, 0.97, 1.02, 1.06):
        box.set_ratio(figure)
        ratio(box, "watch")
    _age(box, hours=0, apart=timedelta(seconds=20))
    assert ratio(box, "history", "--plot").out.count("┤") > 5
    _age(box, hours=3)
    data = ratio(box, "history", "--json").data
    assert [point["ratio"] for point in data["points"]] == [1.2, 1.1, 0.97, 1.02, 1.06]
    assert [(made["from"], made["to"]) for made in data["transitions"]] == [
        ("normal", "emergency"),
        ("emergency", "normal"),
    ]
    rows = list(csv.DictReader(io.StringIO(ratio(box, "history", "--csv").out)))
    assert [row["ratio"] for row in rows] == ["1.2", "1.1", "0.97", "1.02", "1.06"]
    assert [row["emergency"] for row in rows] == ["false", "false", "true", "true", "false"]
    table = ratio(box, "history", "--since", "12h").out
    assert table.count("UTC") == 7
    drawn = ratio(box, "history", "--plot").out
    assert "emergency" in drawn
    assert "\x1b" not in drawn
    assert drawn.count("┤") > 5
    assert ratio(box, "history", "--since", "1h", "--json").data["points"] == []
    assert ratio(box, "history", "--csv", "--json").code == 2
    assert ratio(box, "history", "--since", "yesterday").code == 2
    assert ratio(box, "history", "--since", "999999d").code == 0


@pytest.mark.spec("RAT-9")
def test_points_and_when_they_reach_the_next_renewal(mamctl, ratio, both: Seedbox, reader: Member) -> None:
    assert "Too few readings" in ratio(both, "points").out
    assert "the balance is unknown" in ratio(both, "points", "--since", "9999999d").out
    reader.points(5_000)
    mamctl("vip", "check", "--config", both.config())
    with closing(sqlite3.connect(both.store_path)) as db, db:
        before = (datetime.now(UTC) - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
        db.execute("UPDATE standings SET seen_at = ?", (before,))
    reader.points(6_000)
    mamctl("vip", "check", "--config", both.config())
    data = ratio(both, "points", "--json").data
    assert (data["earned"], data["spent"], data["returned"]) == (1_000, 0, None)
    assert data["earned_per_day"] == pytest.approx(500, rel=0.01)
    assert data["renewal_price"] > 0
    assert "500 a day" in ratio(both, "points").out


@pytest.mark.spec("RAT-6")
def test_a_paid_download_is_refused_during_an_emergency_and_both_are_on_record(ratio, box: Seedbox) -> None:
    done = ratio(box, "ask", "Dune", "--json")
    assert (done.code, done.data["answer"]) == (0, "allowed")
    ratio(box, "watch")
    done = ratio(box, "ask", "Dune", "--json")
    assert (done.code, done.data["answer"]) == (3, "blocked_ratio_emergency")
    assert ratio(box, "ask", "Emma", "--dry-run").code == 3
    assert ratio(box, "status", "--json").data["blocked"] == 1
    box.set_ratio(1.2)
    ratio(box, "watch")
    assert ratio(box, "ask", "Dune").code == 0


def test_a_persons_thaw_needs_yes_holds_and_is_recorded(ratio, box: Seedbox) -> None:
    before = box.look()
    ratio(box, "watch")
    done = ratio(box, "thaw")
    assert done.code == 2
    assert "--yes" in done.err
    assert ratio(box, "thaw", "--dry-run").code == 0
    assert box.client.world.named("Dune").stopped
    assert ratio(box, "thaw", "--yes").code == 0
    assert box.look() == before
    data = ratio(box, "watch", "--json").data
    assert (data["guard"]["state"], data["transition"]) == ("normal", None)
    assert data["guard"]["held_until"]
    assert all("nothing is frozen until" in ratio(box, command).out for command in ("watch", "status"))
    box.set_ratio(0.95)
    assert ratio(box, "watch", "--json").data["guard"]["state"] == "emergency"
    made = ratio(box, "history", "--json").data["transitions"]
    assert [change["decided_by"] for change in made] == ["guard", "person", "guard"]


def test_a_thaw_without_an_emergency_says_so(ratio, box: Seedbox) -> None:
    box.set_ratio(2)
    done = ratio(box, "thaw", "--yes", "--json")
    assert (done.code, done.data["transition"], done.data["reason"]) == (0, None, "there is no emergency to lift")
    assert "Nothing was changed: there is no emergency to lift." in ratio(box, "thaw", "--yes").out


def test_a_loop_tells_a_line_a_pass_and_ends_at_term(box: Seedbox) -> None:
    words = [sys.executable, "-m", "mamctl", "ratio", "watch", "--every", "0.1s", "--json", "--config", box.config()]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as loop:
        assert loop.stdout is not None
        first, second = (json.loads(loop.stdout.readline()) for _ in range(2))
        loop.send_signal(signal.SIGTERM)
        rest = loop.stdout.read()
    assert loop.returncode == 0
    assert first["data"]["transition"]["to"] == "emergency"
    assert second["data"]["transition"] is None
    assert all(json.loads(line)["schema"] == "mamctl.ratio.watch/1" for line in rest.splitlines())


def test_a_loop_outlives_a_client_that_is_away_for_a_while(box: Seedbox) -> None:
    words = [sys.executable, "-m", "mamctl", "ratio", "watch", "--every", "0.1s", "--json", "--config", box.config()]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as loop:
        assert loop.stdout is not None
        codes = [json.loads(loop.stdout.readline())["exit_code"]]
        box.client.stop(keep_port=True)
        until = time.monotonic() + 90  # only a hang comes so far
        while 13 not in codes and time.monotonic() < until:
            codes.append(json.loads(loop.stdout.readline())["exit_code"])
        box.client.start()
        while codes[-1] != 3 and time.monotonic() < until:
            codes.append(json.loads(loop.stdout.readline())["exit_code"])
        loop.send_signal(signal.SIGTERM)
        loop.stdout.read()
    assert codes[0] == codes[-1] == 3
    assert 13 in codes


@pytest.mark.parametrize("every", ["0", "0.05s", "soon"])
def test_a_loop_without_a_rest_does_not_begin(ratio, box: Seedbox, every: str) -> None:
    done = ratio(box, "watch", "--every", every)
    assert done.code == 2
    assert every in done.err


def test_a_loop_with_a_wrong_configuration_does_not_begin(mamctl, tmp_path: Path) -> None:
    empty = tmp_path / "mamctl.toml"
    empty.write_text("")
    assert mamctl("ratio", "watch", "--loop", "--config", str(empty)).code == 10


@pytest.mark.spec("RAT-12")
def test_on_a_full_disk_nothing_is_touched_that_is_not_written_down(box: Seedbox, mamctl_process) -> None:
    before = box.look()
    box.set_ratio(2)
    words = ("ratio", "watch", "--json", "--config", box.config())
    assert mamctl_process(*words).code == 0
    box.set_ratio(0.5)
    done = mamctl_process(*words, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)))
    assert done.code == 5
    assert done.json["problems"][0]["code"] == "store"
    assert box.look() == before
    assert box.changes() == []
    assert mamctl_process(*words).code == 3
