"""`mamctl vip` as its user runs it: exit codes, JSON key sets, silence under cron, dry runs."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from mamctl.practice.tracker import DeadForm, FaultKind, PracticeTracker
from tests.kit.dumps import dump
from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker

__all__ = ["tracker"]

ENVELOPE = ["schema", "status", "exit_code", "dry_run", "data", "problems"]
STANDING = {
    "status", "expires_at", "days_left", "points", "points_spent", "ring_fenced", "ratio", "ratio_text",
    "uploaded_bytes", "downloaded_bytes", "user_class", "wedges", "unsatisfied", "vip_for_good",
}  # fmt: skip
PURCHASE = {
    "id", "kind", "state", "claimed_at", "settled_at", "price", "spent", "expires_before", "expires_after",
    "points_before", "points_after", "answer", "settled_by",
}  # fmt: skip


@pytest.fixture
def member(tracker: PracticeTracker, tmp_path: Path) -> Member:
    from datetime import UTC, datetime

    home = tmp_path / "member"
    home.mkdir()
    member = Member(tracker, home)
    tracker.world.clock.move_to(datetime.now(UTC))
    member.expire_in(days=20)
    return member


@pytest.mark.spec("VIP-1")
@pytest.mark.spec("VIP-2")
def test_the_json_has_the_promised_keys(mamctl, member: Member) -> None:
    done = mamctl("vip", "check", "--json", "--config", str(member.config()))
    assert done.code == 0
    assert list(done.json) == ENVELOPE
    assert done.json["schema"] == "mamctl.vip.check/1"
    data = done.data
    assert set(data) == {"standing", "decision", "purchase", "settled", "rules", "pending", "steps", "requests"}
    assert set(data["standing"]) == STANDING
    assert set(data["standing"]["unsatisfied"]) == {"count", "limit"}
    assert set(data["decision"]) == {"outcome", "reason", "conditions"}
    assert all(set(c) == {"name", "holds", "detail"} for c in data["decision"]["conditions"])
    assert set(data["purchase"]) == PURCHASE
    assert set(data["requests"]) == {"run", "today", "budget"}
    assert data["decision"]["outcome"] == "renewed"
    assert data["requests"] == {"run": 5, "today": 5, "budget": 500}


def test_a_person_sees_every_condition(mamctl, member: Member) -> None:
    done = mamctl("vip", "check", "--verbose", "--config", str(member.config(vip={"auto_renew": False})))
    assert done.code == 0
    assert "vip.auto_renew is off" in done.out
    for name in ("renewal is on", "due", "affordable", "something needs VIP", "no ratio emergency"):
        assert name in done.out
    history = mamctl("vip", "history", "--json", "--config", str(member.home / "mamctl.toml"))
    assert [d["outcome"] for d in history.data["decisions"]] == ["skipped"]
    assert len(history.data["decisions"][0]["conditions"]) == 10


def test_dry_run_writes_nothing_and_decides_the_same(mamctl, member: Member) -> None:
    config = str(member.config())
    mamctl("vip", "pending", "add", "Emma", "--author", "Jane Austen", "--config", config)
    before = dump(member.store_path)
    done = mamctl("vip", "check", "-n", "--json", "--config", config)
    assert done.data["decision"]["outcome"] == "would_renew"
    assert done.json["dry_run"] is True
    assert done.data["purchase"] is None
    assert dump(member.store_path) == before
    assert member.bought() == 0


def test_quiet_is_silent_when_well_and_reminds_once_a_day(mamctl, member: Member) -> None:
    config = str(member.config(vip={"auto_renew": False, "renew_without_shortage": True}))
    assert mamctl("vip", "check", "-q", "--config", config).out == ""
    member.expire_in(days=5)
    told = mamctl("vip", "check", "-q", "--config", config)
    assert told.code == 3
    assert "VIP ends in 5 days" in told.out
    again = mamctl("vip", "check", "-q", "--config", config)
    assert (again.code, again.out, again.err) == (3, "", "")


@pytest.mark.parametrize(("form", "code"), [(form, 12) for form in DeadForm if form is not DeadForm.EMPTY])
def test_a_dead_session_in_every_form_exits_12_and_says_what_to_do(mamctl, member: Member, form, code: int) -> None:
    member.tracker.behaviour.dead_form = form
    member.tracker.world.sessions["api"].alive = False
    done = mamctl("vip", "check", "--json", "--config", str(member.config()))
    assert done.code == code == done.json["exit_code"]
    assert done.json["problems"][0]["remedy"]
    assert done.data["decision"] is None


@pytest.mark.parametrize(
    ("kind", "details", "code"),
    [
        (FaultKind.STATUS, {"status": 503}, 13),
        (FaultKind.STATUS, {"status": 500}, 13),
        (FaultKind.THROTTLED, {}, 13),
        (FaultKind.RESET, {}, 13),
        (FaultKind.HTML, {}, 14),
        (FaultKind.TRUNCATED, {}, 14),
        (FaultKind.WRONG_TYPES, {}, 14),
        (FaultKind.HUGE, {"size": 30_000_000}, 14),
        (FaultKind.IP_MISMATCH, {}, 12),
        (FaultKind.ASN_MISMATCH, {}, 12),
        (FaultKind.WRONG_SESSION_TYPE, {}, 12),
    ],
)
def test_each_trouble_has_its_exit_code_and_remedy(mamctl, member: Member, kind, details, code: int) -> None:
    member.tracker.behaviour.plan(kind, "/", times=None, **details)
    done = mamctl("vip", "check", "--json", "--config", str(member.config()))
    assert done.code == code
    assert done.json["status"] == "failed"
    assert all(problem["remedy"] for problem in done.json["problems"])
    assert member.bought() == 0


def test_an_outage_exits_13(mamctl, member: Member) -> None:
    config = str(member.config())
    with member.tracker.unreachable():
        done = mamctl("vip", "check", "--json", "--config", config)
    assert done.code == 13
    # The site's part ends with the first step: asking on would cost requests and say the same again for each title.
    assert [s["outcome"] for s in done.data["steps"]] == ["failed", "skipped", "skipped", "skipped"]
    assert [p["code"] for p in done.json["problems"]].count("tracker_down") == 1


@pytest.mark.parametrize("titles", [1, 20])
def test_a_site_that_asks_for_fewer_requests_gets_no_more(mamctl, member: Member, titles: int) -> None:
    for n in range(titles):
        member.want(f"Title {n}")
    member.tracker.behaviour.plan(FaultKind.THROTTLED, "/", retry_after="30", times=None)
    done = mamctl("vip", "check", "--json", "--config", str(member.config(tracker={"attempts": 3})))
    assert done.code == 13
    assert len(member.tracker.journal.entries) == 1
    assert [p["code"] for p in done.json["problems"]].count("rate_limited") == 1


def test_an_outage_in_the_midst_is_one_problem_for_all_titles(mamctl, member: Member) -> None:
    for n in range(20):
        member.want(f"Title {n}")
    member.tracker.behaviour.plan(FaultKind.STATUS, "/tor/", status=503, times=None)
    done = mamctl("vip", "check", "--json", "--config", str(member.config()))
    problems = [p for p in done.json["problems"] if "not looked up" in p["message"]]
    assert len(problems) == 1
    assert problems[0]["message"].startswith("20 titles of the pending list were not looked up")


MAINTENANCE = "<html><head><title>Down for maintenance</title></head><body><h1>Back soon</h1></body></html>"
SITE_FAILS = [
    (FaultKind.THROTTLED, {}),
    (FaultKind.THROTTLED, {"retry_after": 30}),
    (FaultKind.STATUS, {"status": 503}),
    (FaultKind.BODY, {"text": MAINTENANCE}),
    (FaultKind.RESET, {}),
]


@pytest.mark.spec("SITE-1")
@pytest.mark.parametrize(("kind", "details"), SITE_FAILS)
@pytest.mark.parametrize("command", [("vip", "check"), ("vip", "pending", "check"), ("rules", "sync")])
def test_a_site_that_does_not_serve_is_asked_once_and_is_one_problem(mamctl, member, kind, details, command) -> None:
    config = str(member.config())
    for number in range(6):
        mamctl("vip", "pending", "add", f"Title {number}", "--author", "Some Author", "--config", config)
    asked = len(member.tracker.journal.paths())
    member.tracker.behaviour.plan(kind, "/", times=None, **details)
    done = mamctl(*command, "--json", "--config", config)
    assert done.code == (14 if kind is FaultKind.BODY else 13)
    assert len(member.tracker.journal.paths()) - asked == 1
    assert len(done.json["problems"]) == 1


def test_a_maintenance_page_ends_the_look_for_titles(mamctl, member) -> None:
    for number in range(6):
        member.want(f"Title {number}")
    member.tracker.behaviour.plan(FaultKind.BODY, "/tor/", text=MAINTENANCE, times=None)
    done = mamctl("vip", "check", "--json", "--config", str(member.config()))
    told = [p["message"] for p in done.json["problems"] if "not looked up" in p["message"]]
    assert len(told) == 1
    assert told[0].startswith("6 titles of the pending list were not looked up: the tracker is under maintenance")
    assert len([path for path in member.tracker.journal.paths() if "/tor/" in path]) == 1
    assert [step["outcome"] for step in done.data["steps"]][-2:] == ["skipped", "done"]


@pytest.mark.spec("SITE-1")
def test_a_word_for_fewer_requests_to_a_search_ends_the_day_before_the_purchase(mamctl, member) -> None:
    member.want("The Salt Road")
    member.expire_in(days=5)
    member.tracker.behaviour.plan(FaultKind.THROTTLED, "/tor/", times=None)
    done = mamctl("vip", "check", "--json", "--config", str(member.config()))
    assert "asked for fewer requests" in done.data["decision"]["reason"]
    assert (done.code, done.json["status"]) == (4, "partial")
    assert member.bought() == 0
    assert member.tracker.journal.paths()[-1].startswith("/tor/")
    assert [path for path in member.tracker.journal.paths() if "/tor/" in path] == ["/tor/js/loadSearchJSONbasic.php"]


def test_titles_whose_answers_cannot_be_read_are_one_problem(mamctl, member) -> None:
    for number in range(6):
        member.want(f"Title {number}")
    member.tracker.behaviour.plan(FaultKind.BODY, "/tor/", text='{"rows": []}', times=None)
    done = mamctl("vip", "check", "--json", "--config", str(member.config()))
    told = [p["message"] for p in done.json["problems"] if "not looked up" in p["message"]]
    assert len(told) == 1
    assert "nearest to search/1: missing: data; additional: rows" in told[0]


def test_the_wait_that_the_site_asked_for_is_kept_by_the_next_run(mamctl, member) -> None:
    config = str(member.config())
    member.tracker.behaviour.plan(FaultKind.THROTTLED, "/", times=None, retry_after=3600)
    assert mamctl("vip", "check", "--json", "--config", config).code == 13
    asked = len(member.tracker.journal.paths())
    again = mamctl("vip", "check", "--json", "--config", config)
    assert again.code == 13
    assert "asked for no requests" in again.json["problems"][0]["message"]
    assert len(member.tracker.journal.paths()) == asked


def test_an_answer_of_an_unknown_form_is_compared_and_a_copy_without_private_data_is_kept(mamctl, member) -> None:
    member.tracker.behaviour.plan(FaultKind.WRONG_TYPES, "/jsonLoad.php", times=None)
    done = mamctl("vip", "check", "--json", "--config", str(member.config()))
    assert done.code == 14
    problem = done.json["problems"][0]
    assert "nearest to account/" in problem["message"]
    (copy,) = (member.home / "unknown-answers").iterdir()
    assert str(copy) in problem["remedy"]
    assert copy.stat().st_mode & 0o777 == 0o600


@pytest.mark.spec("SITE-1")
def test_each_exchange_leaves_its_outcome_in_the_count(mamctl, member) -> None:
    config = str(member.config())
    mamctl("rules", "sync", "--config", config)
    member.tracker.behaviour.plan(FaultKind.THROTTLED, "/", times=1)
    mamctl("rules", "sync", "--config", config)
    member.tracker.behaviour.plan(FaultKind.RESET, "/", times=1)
    mamctl("rules", "sync", "--config", config)
    member.tracker.behaviour.plan(FaultKind.WRONG_TYPES, "/", times=1)
    mamctl("vip", "check", "--config", config)
    with member.store() as db:
        counted = {row["outcome"]: row["count"] for row in db.execute("SELECT * FROM exchange_counts")}
    assert counted["refused"] == 1
    assert counted["unreachable"] == 1
    assert counted["unreadable"] == 1
    assert sum(counted.values()) == len(member.tracker.journal.paths())


def test_a_spent_budget_stops_before_the_request(mamctl, member: Member) -> None:
    done = mamctl("vip", "check", "--json", "--config", str(member.config(tracker={"daily_budget": 1})))
    assert "budget_spent" in {p["code"] for p in done.json["problems"]}
    assert len(member.tracker.journal.paths()) == 1
    assert done.data["requests"] == {"run": 1, "today": 1, "budget": 1}


def test_a_second_run_exits_11_at_once(mamctl, mamctl_process, member: Member) -> None:
    config = str(member.config())
    member.tracker.behaviour.plan(FaultKind.HOLD_BEFORE, "/jsonLoad.php")
    first: list = []
    thread = threading.Thread(target=lambda: first.append(mamctl_process("vip", "check", "--json", "--config", config)))
    thread.start()
    assert member.tracker.wait_until_held()
    second = mamctl("vip", "check", "--json", "--config", config)
    member.tracker.release()
    thread.join(60)
    assert second.code == 11
    assert first[0].code == 0
    assert member.bought() == 1


@pytest.mark.parametrize(
    ("make", "code", "slug"),
    [
        (lambda home: (home / "mam_id").unlink(), 10, "secret_file_missing"),
        (lambda home: (home / "mam_id").chmod(0o644), 10, "secret_file_open"),
        (lambda home: (home / "mam_id").write_text("a;b"), 10, "session_cookie_malformed"),
    ],
)
def test_a_session_file_that_is_missing_open_or_malformed(mamctl, member: Member, make, code: int, slug: str) -> None:
    config = str(member.config())
    make(member.home)
    done = mamctl("vip", "check", "--json", "--config", config)
    assert (done.code, done.json["problems"][0]["code"]) == (code, slug)
    assert done.json["problems"][0]["remedy"]


@pytest.mark.spec("CFG-1")
def test_the_session_may_come_from_the_environment(mamctl, member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    config = member.config()
    config.write_text("\n".join(line for line in config.read_text().splitlines() if "mam_id_file" not in line))
    monkeypatch.setenv("MAM_ID", member.seed)
    assert mamctl("vip", "check", "--config", str(config)).code == 0


def test_nothing_secret_is_shown_or_stored(mamctl, member: Member) -> None:
    config = str(member.config())
    outputs = [mamctl("vip", "check", "-v", "--json", "--config", config), mamctl("doctor", "--config", config)]
    outputs.append(mamctl("config", "show", "--config", config))
    secrets = {member.seed, member.tracker.mam_id}
    for done in outputs:
        assert not any(secret in done.out + done.err for secret in secrets)
    stored = member.store_path.read_bytes()
    assert not any(secret.encode() in stored for secret in secrets)
    assert (member.home / "tracker-session.json").stat().st_mode & 0o777 == 0o600


TITLES = [
    'A "quoted" title',
    "Ünïcödé 🐭 mouse",
    "\u202eright to left",
    "שלום עולם",
    "x" * 500,
    "a\tb\nc",
    "-- ; DROP TABLE",
]


@pytest.mark.spec("VIP-10")
@pytest.mark.parametrize("title", TITLES)
def test_any_title_can_be_wanted_listed_and_removed(mamctl, member: Member, title: str) -> None:
    config = str(member.config())
    added = mamctl("vip", "pending", "add", "--author", "Ann Author", "--json", "--config", config, "--", title)
    assert added.code == 0
    again = mamctl("vip", "pending", "add", "--author", "Ann Author", "--json", "--config", config, "--", title)
    assert again.data["added"] is False
    items = mamctl("vip", "pending", "list", "--json", "--config", config).data["items"]
    assert [item["title"] for item in items] == [" ".join(title.split())]
    assert {"id", "title", "author", "added_at", "auto_download", "status", "matches"} <= set(items[0])
    plain = mamctl("vip", "pending", "list", "--config", config)
    assert "\u202e" not in plain.out
    assert mamctl("vip", "pending", "check", "--json", "--config", config).code == 0
    assert mamctl("vip", "pending", "remove", str(items[0]["id"]), "--config", config).code == 0
    assert mamctl("vip", "pending", "list", "--json", "--config", config).data["items"] == []


def test_a_title_of_ten_thousand_characters_is_refused_clearly(mamctl, member: Member) -> None:
    done = mamctl("vip", "pending", "add", "x" * 10_000, "--author", "A", "--config", str(member.config()))
    assert done.code == 2
    assert "at most 4,096 characters, not 10,000" in done.err
    done = mamctl("vip", "pending", "add", "x" * 501, "--author", "A", "--config", str(member.config()))
    assert (done.code, "the title takes at most 500 characters, not 501" in done.err) == (2, True)


@pytest.mark.spec("VIP-10")
def test_a_wanted_title_becomes_free(mamctl, member: Member) -> None:
    config = str(member.config(vip={"auto_renew": False}))
    mamctl("vip", "pending", "add", "Example Saga", "--author", "Jane Doe", "--auto-download", "--config", config)
    first = mamctl("vip", "check", "--json", "--config", config)
    assert first.data["pending"]["pending"] == 1
    torrent = next(t for t in member.tracker.world.torrents.values() if t.title == "Example Saga")
    torrent.free = True
    second = mamctl("vip", "check", "--json", "--config", config)
    assert second.data["pending"]["became_free"] == ["Example Saga"]
    assert second.data["pending"]["ready"] == [1]
    (item,) = mamctl("vip", "pending", "list", "--json", "--config", config).data["items"]
    assert (item["status"], item["matches"][0]["free"]) == ("available_free", True)


def test_a_person_settles_what_mamctl_cannot_judge(mamctl, member: Member) -> None:
    config = str(member.config())
    member.tracker.behaviour.plan(FaultKind.RESET, "/json/bonusBuy.php")
    assert mamctl("vip", "check", "--config", config).code == 4
    assert mamctl("vip", "settle", "--not-applied", "--config", config).code == 2  # nobody to ask: say --yes
    done = mamctl("vip", "settle", "--not-applied", "--yes", "--json", "--config", config)
    assert done.data["state"] == "not_applied"
    assert mamctl("vip", "check", "--json", "--config", config).data["decision"]["outcome"] == "renewed"


def test_a_pipe_that_closes_early_is_no_error(member: Member, mamctl_process) -> None:
    import subprocess
    import sys

    config = str(member.config())
    mamctl_process("rules", "sync", "--config", config)
    command = f"{sys.executable} -m mamctl rules list --json --config {config}"
    shell = f"{command} | head -c 10 >/dev/null; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.strip() == "0"
    assert done.stderr == ""


def test_the_json_of_a_wrong_command_line_is_an_envelope(mamctl) -> None:
    done = mamctl("vip", "chek", "--json")
    assert done.code == 2
    assert list(json.loads(done.out)) == ENVELOPE
