"""The seedbox address: looked up by the site's own means, changed only when it differs, at most once an hour."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mamctl.cli.clock import Clock, use_clock
from mamctl.practice.tracker import FaultKind
from mamctl.practice.tracker.state import SessionKind
from tests.kit.member import Member

pytestmark = pytest.mark.spec("OPS-3")
LOOK, SEEDBOX = "/json/jsonIp.php", "/json/dynamicSeedbox.php"
UPDATE = ("tracker", "ip", "update", "--json")


@pytest.fixture(autouse=True)
def here(reader: Member) -> Iterator[list[timedelta]]:
    """This machine's clock goes with the site's, as far off as the list says."""
    off = [timedelta(0)]
    with use_clock(Clock(now=lambda: reader.now() + off[0])):
        yield off


@pytest.fixture
def config(reader: Member) -> str:
    session = reader.tracker.world.sessions["api"]
    session.kind, session.may_set_seedbox = SessionKind.API_ASN, True
    return str(reader.config())


def asked(reader: Member, path: str = SEEDBOX) -> int:
    return reader.tracker.journal.paths().count(path)


def move(reader: Member, last: int, **facts: object) -> None:
    """Another address, long enough after for the site to say it."""
    reader.tracker.world.caller.ip = f"203.0.113.{last}"
    for name, value in facts.items():
        setattr(reader.tracker.world.caller, name, value)
    reader.later(minutes=2)


def codes(done) -> list[str]:
    return [problem["code"] for problem in done.json["problems"]]


def test_the_first_look_knows_nothing_registered(mamctl, reader: Member, config: str) -> None:
    done = mamctl("tracker", "ip", "--json", "--config", config)
    assert done.code == 0
    assert done.data["seen"] == {"ip": "203.0.113.7", "asn": 64500, "as_name": "Example ISP"}
    assert (done.data["registered"], done.data["differs"], done.data["next_change_at"]) == (None, None, None)
    assert asked(reader) == 0


def test_a_look_needs_no_session_and_registering_says_that_it_does(mamctl, reader: Member, config: str) -> None:
    lines = Path(config).read_text().splitlines()
    Path(config).write_text("\n".join(line for line in lines if "mam_id_file" not in line))
    done = mamctl("tracker", "ip", "--json", "--config", config)
    assert (done.code, done.data["seen"]["ip"], codes(done)) == (0, "203.0.113.7", [])
    (told,) = [entry for entry in reader.tracker.journal.entries if entry.path == LOOK]
    assert told.session is None
    refused = mamctl(*UPDATE, "--config", config)
    assert (refused.code, codes(refused), asked(reader)) == (10, ["session_cookie_missing"], 0)


def test_two_looks_within_a_minute_are_one_request(mamctl, reader: Member, config: str) -> None:
    for _ in range(3):
        assert mamctl("tracker", "ip", "--config", config).code == 0
    assert asked(reader, LOOK) == 1


def test_it_is_registered_once_and_again_only_when_it_differs(mamctl, reader: Member, config: str) -> None:
    first = mamctl(*UPDATE, "--config", config)
    assert (first.code, first.data["step"], first.data["answer"]) == (0, "register", "completed")
    assert first.data["registered"] == first.data["seen"]
    assert (first.data["differs"], first.data["next_change_at"] is not None) == (False, True)
    for _ in range(3):
        reader.later(minutes=15)
        assert mamctl(*UPDATE, "--config", config).data["step"] == "keep"
    assert asked(reader) == 1
    reader.later(minutes=20)
    move(reader, 8)
    again = mamctl(*UPDATE, "--config", config)
    assert (again.data["answer"], asked(reader)) == ("completed", 2)
    assert reader.tracker.world.member.seedbox_ip == "203.0.113.8"


def test_within_the_hour_a_change_waits_over_restarts(mamctl, reader: Member, config: str) -> None:
    mamctl(*UPDATE, "--config", config)
    move(reader, 8)
    for _ in range(3):
        waits = mamctl(*UPDATE, "--config", config)
        assert (waits.code, waits.data["step"], codes(waits)) == (3, "wait", ["address_waits"])
        reader.later(minutes=15)
    assert asked(reader) == 1
    reader.later(minutes=20)
    assert mamctl(*UPDATE, "--config", config).data["answer"] == "completed"


def test_a_dry_run_decides_the_same_and_registers_nothing(mamctl, reader: Member, config: str) -> None:
    done = mamctl(*UPDATE, "--dry-run", "--config", config)
    assert (done.code, done.data["step"], done.data["answer"]) == (0, "register", None)
    assert asked(reader) == 0
    assert reader.tracker.world.member.seedbox_ip is None


@pytest.mark.parametrize("jump", [timedelta(hours=5), timedelta(days=-400), timedelta(days=4000)])
def test_this_machines_clock_may_jump(mamctl, reader: Member, config: str, here, jump: timedelta) -> None:
    """The hour is the site's: what this machine's clock says moves nothing, nor does a time kept from the future."""
    mamctl(*UPDATE, "--config", config)
    move(reader, 8)
    here[0] = jump
    assert mamctl(*UPDATE, "--config", config).data["step"] == "wait"
    reader.later(minutes=2)
    with sqlite3.connect(reader.store_path) as db:
        db.execute("UPDATE address_registrations SET asked_at = '2999-01-01T00:00:00Z'")
    assert mamctl(*UPDATE, "--config", config).data["step"] == "wait"
    reader.later(minutes=61)
    assert mamctl(*UPDATE, "--config", config).data["answer"] == "completed"


def test_a_lost_answer_counts_as_a_change_and_is_found_out_later(mamctl, reader: Member, config: str) -> None:
    reader.tracker.behaviour.plan(FaultKind.LOST_ANSWER, SEEDBOX)
    lost = mamctl(*UPDATE, "--config", config)
    assert (lost.code, asked(reader)) == (13, 1)
    reader.later(minutes=15)
    assert mamctl(*UPDATE, "--config", config).data["step"] == "wait"
    assert asked(reader) == 1
    reader.later(minutes=50)
    found = mamctl(*UPDATE, "--config", config)
    # The site had it already, by mamctl's own doing: no sign of another tool.
    assert (found.code, found.data["answer"], codes(found)) == (0, "no_change", [])


def test_what_never_left_does_not_cost_an_hour(mamctl, reader: Member, config: str) -> None:
    mamctl("tracker", "ip", "--config", config)
    with reader.tracker.unreachable():
        assert mamctl(*UPDATE, "--config", config).code == 13
    done = mamctl(*UPDATE, "--config", config)
    assert (done.code, done.data["answer"]) == (0, "completed")


@pytest.mark.parametrize("table", [False, True])
def test_changes_by_another_tool_are_noticed(mamctl, reader: Member, config: str, table: bool) -> None:
    reader.tracker.behaviour.seedbox_table_words = table
    mamctl(*UPDATE, "--config", config)
    reader.later(hours=2)
    member = reader.tracker.world.member
    member.seedbox_ip, member.seedbox_changed_at = "198.51.100.9", reader.now()
    move(reader, 8)
    recent = mamctl(*UPDATE, "--config", config)
    assert (recent.code, recent.data["answer"], codes(recent)) == (3, "too_recent", ["address_other_tool"])
    assert recent.data["differs"] is True
    member.seedbox_ip = "203.0.113.8"
    reader.later(minutes=61)
    there = mamctl(*UPDATE, "--config", config)
    assert (there.code, there.data["answer"], codes(there)) == (3, "no_change", ["address_other_tool"])
    assert "mousehole" in there.json["problems"][0]["remedy"]


@pytest.mark.parametrize(
    ("words", "code", "remedy"),
    [
        ("No Session Cookie", "session_cookie_lost", "drops it"),
        ("Invalid session", "session_dead", "create a new API session"),
        ("Invalid session - IP mismatch", "session_ip_mismatch", "another IP address"),
        ("Invalid session - ASN mismatch", "session_asn_mismatch", "add this one to it"),
        ("Invalid session - Invalid Cookie", "session_dead", "copy the session's value again"),
        ("Invalid session - Other", "session_refused_other", "ask its staff"),
        ("Incorrect session type - not allowed this function", "session_not_allowed", "Allow Session to set Dynamic"),
        ("Incorrect session type - non-API session", "session_wrong_type", "browser's session"),
    ],
)
def test_every_refusal_is_understood(mamctl, reader: Member, config: str, words: str, code: str, remedy: str) -> None:
    reader.tracker.behaviour.seedbox_refusal = words
    done = mamctl(*UPDATE, "--config", config)
    problem = done.json["problems"][0]
    assert (done.code, problem["code"]) == (12, code)
    assert words in problem["message"]
    assert remedy in problem["remedy"]
    reader.tracker.behaviour.seedbox_refusal = None
    assert mamctl(*UPDATE, "--config", config).data["answer"] == "completed"  # a refusal costs no hour


def test_an_answer_of_an_unknown_form_is_called_so_and_costs_an_hour(mamctl, reader: Member, config: str) -> None:
    reader.tracker.behaviour.seedbox_refusal = "Sunspots"
    done = mamctl(*UPDATE, "--config", config)
    assert done.code in (12, 14)
    assert "Sunspots" in done.json["problems"][0]["message"]


def test_another_network_is_not_called_a_dead_session(mamctl, reader: Member, config: str) -> None:
    mamctl(*UPDATE, "--config", config)
    reader.later(hours=2)
    move(reader, 8, asn=64501, network="Other ISP")
    seen = mamctl("tracker", "ip", "--json", "--config", config)
    assert (seen.code, codes(seen), seen.data["network_differs"]) == (3, ["address_network_changed"], True)
    done = mamctl(*UPDATE, "--config", config)
    problem = done.json["problems"][0]
    assert (done.code, problem["code"]) == (12, "session_asn_mismatch")
    assert "AS64501 Other ISP, before AS64500 Example ISP" in problem["message"]
    assert "not dead" in problem["remedy"]


def test_quiet_says_nothing_while_all_is_well_and_a_change_once(mamctl, reader: Member, config: str) -> None:
    quiet = ("tracker", "ip", "update", "--quiet", "--config", config)
    assert mamctl(*quiet).out == "the seedbox address is registered: 203.0.113.7 (AS64500 Example ISP)\n"
    reader.later(minutes=15)
    done = mamctl(*quiet)
    assert (done.code, done.out, done.err) == (0, "", "")


def test_nothing_is_resolved_by_a_run_that_asked_nothing(mamctl, reader: Member, config: str) -> None:
    quiet = ("tracker", "ip", "update", "--quiet", "--config", config)
    reader.tracker.behaviour.plan(FaultKind.RESET, SEEDBOX)
    failed = mamctl(*quiet)
    assert failed.code == 13
    assert "Not registered: " in failed.out
    assert "works again" not in mamctl(*quiet).out, "the answer may have been lost: it waits, and asks nothing"
    reader.later(minutes=61)
    assert "resolved: the site works again" in mamctl(*quiet).out


def test_an_address_of_a_moment_before_is_called_so(mamctl, reader: Member, config: str) -> None:
    mamctl("tracker", "ip", "--config", config)
    reader.tracker.world.caller.ip, reader.tracker.world.caller.asn = "203.0.113.99", 64999
    refused = mamctl("tracker", "session", "--config", config)
    assert (refused.code, "Looked up less than a minute ago" in refused.out) == (12, True)
    assert mamctl("tracker", "ip", "--json", "--config", config).data["asked"] is False
    reader.later(minutes=2)
    now = mamctl("tracker", "session", "--json", "--config", config)
    assert (now.data["seen"]["asn"], now.data["asked"]) == (64999, True)


def test_a_day_without_change_is_confirmed_once(mamctl, reader: Member, config: str) -> None:
    mamctl(*UPDATE, "--config", config)
    reader.later(hours=25)
    done = mamctl(*UPDATE, "--config", config)
    assert (done.data["step"], done.data["answer"], codes(done)) == ("confirm", "no_change", [])
    reader.later(minutes=15)
    assert mamctl(*UPDATE, "--config", config).data["step"] == "keep"


def test_the_session_alone(mamctl, reader: Member, config: str) -> None:
    good = mamctl("tracker", "session", "--json", "--config", config)
    assert (good.code, good.data["works"], good.data["seen"]) == (0, True, None)
    reader.tracker.world.caller.asn = 64501
    bad = mamctl("tracker", "session", "--json", "--config", config)
    assert (bad.code, codes(bad)) == (12, ["session_asn_mismatch"])
    assert (bad.data["works"], bad.data["seen"]["asn"]) == (False, 64501)


@pytest.mark.real("curl")
def test_the_request_leaves_from_where_a_command_says(mamctl, reader: Member, tmp_path: Path) -> None:
    session = reader.tracker.world.sessions["api"]
    session.kind, session.may_set_seedbox = SessionKind.API_ASN, True
    seen = tmp_path / "words"
    there = tmp_path / "there"
    there.write_text(f'#!/bin/sh\necho "$@" >> {seen}\nexec "$@"\n')
    there.chmod(0o755)
    command = [str(there), "curl", "--noproxy", "*", "--config", "-"]
    config = str(reader.config(tracker={"seedbox_command": command}))
    first = mamctl(*UPDATE, "--config", config)
    assert (first.code, first.data["answer"]) == (0, "completed")
    assert seen.read_text().splitlines() == ["curl --noproxy * --config -"] * 2
    agents = {entry.user_agent.split("/")[0] for entry in reader.tracker.journal.entries}
    assert agents == {"mamctl"}
    # The cookie that was rotated there is kept here.
    assert mamctl("tracker", "session", "--config", config).code == 0


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["/nowhere/ssh", "curl"], "No such file"),
        (["/bin/sh", "-c", "echo no route >&2; exit 7"], "exit 7, no route"),
        (["/bin/true"], "printed no answer"),
    ],
)
def test_a_command_that_fails_is_named(mamctl, reader: Member, command: list[str], words: str) -> None:
    done = mamctl("tracker", "ip", "--json", "--config", str(reader.config(tracker={"seedbox_command": command})))
    assert done.code in (13, 14)
    assert words in done.json["problems"][0]["message"]
    assert done.json["problems"][0]["subject"] == "tracker.seedbox_command"


def test_cron_gets_the_line_only_where_it_is_wanted(mamctl, reader: Member) -> None:
    line = "tracker ip update --quiet"
    assert line not in mamctl("cron", "show", "--config", str(reader.config())).out
    wanted = reader.config(tracker={"register_address": True})
    assert line in mamctl("cron", "show", "--config", str(wanted)).out


def test_common_options_may_stand_before_the_noun_and_before_the_verb(mamctl, config: str) -> None:
    assert mamctl("tracker", "ip", "--config", config, "--json", "update").data["answer"] == "completed"
    assert mamctl("--json", "--config", config, "tracker", "ip").data["differs"] is False
