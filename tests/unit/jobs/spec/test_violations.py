"""Each clause that can be broken, broken in the store or at a torrent client: `spec check` sees it."""

# ruff: noqa: E501 - a row of the store reads best as one line

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.queue.share_limits import ShareLimit
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.spec.clause import ClauseState, Judged
from mamctl.domain.spec.clauses import load_clauses
from mamctl.domain.spec.evaluate import CHECKS
from mamctl.domain.spec.facts import SettingsFacts
from mamctl.errors import UnreachableError
from mamctl.jobs.spec.check import broken_promises, check_spec
from mamctl.jobs.spec.clients import LiveClients
from mamctl.store.database import open_copy
from tests.kit.guard_desk import Desk
from tests.kit.model_client import ModelTorrent

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SETTINGS = SettingsFacts(
    vip=VipPolicy(),
    ratio=RatioPolicy(),
    clients=("home",),
    folders=("/library",),
    catalogues=("audnexus",),
    speech="whisper",
    daily_budget=500,
    pending_searches=20,
    keys=frozenset(),
)


def at(**before: float) -> str:
    """A moment before NOW as the store has it."""
    return f"{NOW - timedelta(**before):%Y-%m-%dT%H:%M:%SZ}"


RUN = f"INSERT INTO runs (id, job, started_at, finished_at, status, exit_code, trigger) VALUES (1, 'vip', '{at(hours=3)}', '{at(hours=3)}', 'ok', 0, 'scheduled');"
WATCH = f"INSERT INTO runs (id, job, started_at, finished_at, status, exit_code, trigger) VALUES (2, 'ratio', '{at(minutes=2)}', '{at(minutes=2)}', 'ok', 0, 'scheduled');"
BOOK = f"INSERT INTO books (id, path, root, stamp, size, added_at, scanned_at) VALUES (1, '/library/a', '/library', 's', 1, '{at(days=60)}', '{at(days=60)}');"


def standing(seen: str = at(hours=3), *, status: str = "active", expires: str = at(days=-40), wedges: str = "3") -> str:
    return (
        "INSERT INTO standings (run_id, seen_at, vip_status, vip_expires_at, points, ratio, ratio_text, uploaded_bytes,"
        " downloaded_bytes, user_class, wedges, unsatisfied_count, unsatisfied_limit) VALUES"
        f" (1, '{seen}', '{status}', '{expires}', 5000, 2.0, '2.0', 200, 100, 'VIP', {wedges}, 1, 50);"
    )


def purchase(
    number: int = 1, kind: str = "vip", *, at_: str = at(days=5), before: str = at(days=-15), points: int = 20_000
) -> str:
    return (
        "INSERT INTO purchases (id, run_id, kind, window, state, claimed_at, settled_at, expires_before, points_before,"
        f" points_after, price, ring_fence) VALUES ({number}, 1, '{kind}', 'w', 'confirmed', '{at_}', '{at_}', '{before}',"
        f" {points}, 5000, 12000, 11000);"
    )


def decision(condition: str = "due", holds: int = 1) -> str:
    return (
        f"INSERT INTO vip_decisions (id, run_id, decided_at, outcome, reason, purchase_id) VALUES"
        f" (1, 1, '{at(days=5)}', 'renewed', 'r', 1);"
        f"INSERT INTO vip_conditions VALUES (1, 1, '{condition}', {holds}, 'd');"
    )


def moved(number: int, when: str, to: str, ratio: str, *, by: str = "guard") -> str:
    other = "normal" if to == "emergency" else "emergency"
    return (
        "INSERT INTO guard_transitions (id, follows, run_id, at, from_state, to_state, decided_by, reason, source, ratio)"
        f" VALUES ({number}, {number - 1}, 2, '{when}', '{other}', '{to}', '{by}', 'r', 'qbittorrent', {ratio});"
    )


def seen(
    when: str,
    ratio: str,
    *,
    state: str = "normal",
    why: str = "NULL",
    hours: str = "NULL, NULL, NULL",
    down: int = 10**12,
) -> str:
    return (
        "INSERT INTO figures (run_id, seen_at, state, source, ratio, unknown_because, uploaded_bytes, downloaded_bytes,"
        " active_uploads, active_downloads, frozen, torrents, flowing_left_bytes, frozen_left_bytes, clients,"
        f" clients_unknown, hours_low, hours, hours_high) VALUES (2, '{when}', '{state}', 'qbittorrent', {ratio}, {why},"
        f" {down}, {down}, 0, 0, 0, 0, 0, 0, 1, 0, {hours});"
    )


def entry(phase: str, *, role: str = "frozen", when: str = at(hours=3), frozen: str | None = None) -> str:
    stamp = f"'{frozen}'" if frozen else "NULL"
    return (
        "INSERT INTO torrent_journal (client, hash, name, emergency_id, run_id, role, phase, state_before, forced_before,"
        f" tagged_before, reason, written_at, frozen_at) VALUES ('home', 'h', 'A Book', 1, 2, '{role}', '{phase}',"
        f" 'downloading', 0, 0, 'r', '{when}', {stamp});"
    )


def agreed(field: str, value: str, *, reason: str = "r", verified: int = 0, edit: str = "NULL") -> str:
    return (
        "INSERT INTO agreed (book_id, field, value, confidence, source, reason, verified, edit_id, changed_at)"
        f" VALUES (1, '{field}', '{value}', 0.9, 'tags', '{reason}', {verified}, {edit}, '{at(days=9)}');"
    )


def said(field: str) -> str:
    return f"INSERT INTO observations (book_id, field, value, source, place, confidence, seen_at) VALUES (1, '{field}', '1', 'tags', 'p', 0.9, '{at(days=9)}');"


def correction(
    field: str, *, when: str = at(days=2), old: str = "'1'", values: str = "'{}'", state: str = "made"
) -> str:
    return (
        f"INSERT OR IGNORE INTO drift_runs (id, begun_at) VALUES (1, '{when}');"
        "INSERT INTO drift_changes (drift_run_id, book_id, field, old, new, source, kind, reason, state, before, after, made_at)"
        f" VALUES (1, 1, '{field}', {old}, '2', 'audnexus', 'safe', 'r', '{state}', {values}, {values}, '{when}');"
    )


def matched(asked: str, record: str = "'B0'") -> str:
    return (
        "INSERT INTO catalogue_answers (book_id, catalogue, outcome, chosen_by, reason, record_id, asked_at)"
        f" VALUES (1, 'audnexus', 'match', 'search', 'r', {record}, '{asked}');"
    )


def pages(*days_ago: float) -> str:
    return "".join(
        moved(2 * n + 1, at(days=day), "emergency", "0.9") + moved(2 * n + 2, at(days=day - 0.01), "normal", "1.1")
        for n, day in enumerate(days_ago)
    )


def item(
    number: int = 1, *, paid: int = 0, state: str = "downloading", more: str = "", values: str = "", hash_: str = "h"
) -> str:
    return (
        "INSERT INTO queue_items (id, book_key, title, author, added_at, state, since, reason, torrent_id, info_hash, client,"
        f" paid, claimed_at, handed_over_at, ratio_after{more}) VALUES ({number}, 'b{number}', 'A Book', 'B', '{at(days=2)}',"
        f" '{state}', '{at(days=1)}', 'r', 7, '{hash_}', 'home', {paid}, '{at(days=1)}', '{at(days=1)}', '2.0'{values});"
    )


def verdict(stage: str, rule: str, holds: int = 0) -> str:
    return f"INSERT INTO queue_verdicts (item_id, torrent_id, stage, rule, place, holds, wanted, detail, judged_at) VALUES (1, 7, '{stage}', '{rule}', 1, {holds}, 'w', 'd', '{at(days=1)}');"


def released(run: int, times: int) -> str:
    return "".join(
        f"INSERT INTO queue_history (item_id, at, run_id, from_state, to_state, reason) VALUES (1, '{at(hours=20 - n / 10)}', {run}, 'claimed', 'handed_over', 'r');"
        for n in range(times)
    )


def change(kind: str, outcome: str, *, more: str = "", values: str = "") -> str:
    return f"INSERT INTO change_log (id, at, kind, summary, outcome, closed_at{more}) VALUES (1, '{at(days=3)}', '{kind}', 's', '{outcome}', '{at(days=3)}'{values});"


JUDGED = verdict("claimed", "codec", 1)
# Clause -> what is in the store when it is broken, and the same store when it holds (None: an empty one cannot say).
BROKEN = {
    "VIP-1": f"INSERT INTO runs (job, started_at, status, exit_code, trigger) VALUES ('vip', '{at(days=2)}', 'ok', 0, 'scheduled');",
    "VIP-2": RUN + standing(wedges="NULL"),
    "VIP-3": RUN + purchase() + decision("due", 0),
    "VIP-4": RUN + purchase(points=11_000),
    "VIP-5": RUN + purchase() + decision("shortage", 0),
    "VIP-6": RUN + WATCH + moved(1, at(days=6), "emergency", "0.9") + purchase(),
    "VIP-7": RUN + f"INSERT INTO vip_decisions (run_id, decided_at, outcome, reason) VALUES (1, '{at(days=1)}', 'skipped', 'r');",
    "VIP-8": RUN + "DROP INDEX purchases_once;" + purchase(1) + purchase(2),
    "VIP-9": RUN + "PRAGMA ignore_check_constraints = ON;" + purchase(1, "wedge", points=12_500),
    "VIP-10": RUN + f"INSERT INTO pending (title, author, added_at, auto_download, status, checked_at) VALUES ('A Book', 'B', '{at(days=90)}', 0, 'pending', '{at(days=9)}');",
    "VIP-11": RUN + standing().replace("'VIP'", "'Elite VIP'") + purchase(),
    "RAT-1": WATCH + pages() + moved(1, at(hours=5), "emergency", "0.9") + seen(at(hours=5, minutes=8), "1.2") + seen(at(hours=5), "0.9") + entry("done", frozen=at(hours=4, minutes=52)) + seen(at(minutes=2), "0.9", state="emergency"),
    "RAT-2": WATCH + seen(at(minutes=2), "0.98"),
    "RAT-3": WATCH + moved(1, at(days=2), "emergency", "0.9") + moved(2, at(days=1), "normal", "1.02"),
    "RAT-6": WATCH + moved(1, at(days=2), "emergency", "0.9") + f"INSERT INTO paid_answers (asked_at, subject, answer, reason) VALUES ('{at(days=1)}', 'A Book', 'allowed', 'r');",
    "RAT-7": WATCH + seen(at(minutes=2), "NULL", why="''"),
    "RAT-8": WATCH + seen(at(minutes=2), "0.9", state="emergency", hours="5.0, 2.0, 9.0"),
    "RAT-10": WATCH,
    "RAT-11": WATCH + moved(1, at(days=2), "emergency", "NULL"),
    "RAT-12": WATCH + moved(1, at(days=2), "emergency", "0.9") + entry("intended") + seen(at(minutes=2), "0.9", state="emergency"),
    "RAT-13": WATCH + seen(at(minutes=2), "1.5", down=1000),
    "RAT-14": WATCH + pages(0.9, 0.7, 0.5, 0.3),
    "META-1": BOOK,
    "META-2": BOOK + matched(at(days=2), "NULL"),
    "META-4": BOOK + "INSERT INTO files (book_id, position, path, size, mtime_ns, device, inode, links, sound) VALUES (1, 1, 'a.m4b', 1, 1, 1, 1, 1, 'unchecked');",
    "META-5": BOOK + f"INSERT INTO book_speech (book_id, stamp, engine, heard, verdict, listened_at, seconds) VALUES (1, 's', 'e', 'credits', '{{}}', '{at(days=2)}', 301);",
    "META-6": BOOK + agreed("narrators", '["Tom Asher", "tom asher"]'),
    "META-7": BOOK + agreed("title", '"A Book"', reason=""),
    "META-8": BOOK,
    "DRIFT-1": BOOK + matched(at(days=60)),
    "DRIFT-2": BOOK + correction("title"),
    "DRIFT-3": BOOK + correction("description", values="NULL"),
    "DRIFT-4": BOOK + correction("description") + correction("description", when=at(days=1.5)),
    "CAT-1": "INSERT INTO categories (id, name, main, known, first_seen_at) VALUES (1, 'Fantasy', 'a', 1, '2026-01-01T00:00:00Z');",
    "CFG-1": "",
    "CFG-2": "PRAGMA foreign_keys = OFF;" + agreed("title", '"A Book"'),
    "SITE-1": f"INSERT INTO requests VALUES ('{at(days=1)[:10]}', 'tracker', 501);",
    "EVT-2": RUN + item() + released(1, 4),
    "QUAL-1": item() + verdict("claimed", "bitrate"),
    "QUAL-2": item() + verdict("claimed", "narrator"),
    "QUAL-3": item(state="filed", more=", folder", values=", 'f'") + JUDGED + verdict("measured", "bitrate"),
    "QUE-1": "DROP INDEX queue_items_one_per_hash;DROP INDEX queue_items_one_per_torrent;" + item(1) + item(2),
    "QUE-2": RUN + standing().replace(", 1, 50)", ", 51, 50)"),
    "QUE-3": WATCH + moved(1, at(days=2), "emergency", "0.9") + item(paid=1),
    "QUE-4": item(more=", wedge_sent_at, wedges_before", values=f", '{at(days=1)}', 5"),
    "QUE-5": item(state="filed", more=", folder", values=", 'f'"),
    "QUE-7": item(more=", attempt", values=", 4"),
    "CHG-1": "INSERT INTO change_marks (kind, mark, content, seen_at) VALUES ('version', '1', '{}', '2026-01-01T00:00:00Z');" + f"INSERT INTO change_log (at, kind, summary) VALUES ('{at(days=3)}', 'config', 's');",
    "CHG-2": RUN + change("config", "noticed", more=", failing_since", values=f", '{at(days=6)}'") + purchase(),
    "CHG-3": change("rollback", "active") + "INSERT INTO change_acts (change_id, part, subject, aspect, reason) VALUES (1, 'client', 's', 'a', 'r');",
    "CHG-4": change("rollback", "rollback_incomplete"),
    "OPS-1": "",
    "OPS-3": "".join(f"INSERT INTO address_registrations (asked_at, ip, outcome) VALUES ('{at(days=1, minutes=m)}', '192.0.2.{m}', 'completed');" for m in (1, 31)),
    "OPS-5": BOOK + f"INSERT INTO shelf_pushes (book_id, item_id, field, before, sent, state, claimed_at) VALUES (1, 'i', 'title', 'no json', '1', 'sent', '{at(days=1)}');",
    "OPS-2": RUN + f"INSERT INTO run_problems (run_id, last_run_id, job, code, message, subject, began_at, last_seen_at, ended_at) VALUES (1, 1, 'spec', 'promise_broken', 'm', 'VIP-8', '{at(days=1)}', '{at(days=1)}', '{at(days=2)}');",
}  # fmt: skip
LIVE = {"RAT-4", "RAT-5", "QUE-6"}  # broken at a torrent client, below
ALWAYS = {
    "META-3",
    "SPEC-1",
    "RAT-9",
    "EVT-1",
    "OPS-4",
}  # about this version's own code, or a matter of having enough readings


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    with closing(open_copy(tmp_path_factory.mktemp("store") / "none.db")) as db:
        yield db


@pytest.fixture
def db(empty: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """A fresh store in memory; the migrated one is copied."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        empty.backup(copy)
        copy.row_factory = sqlite3.Row
        copy.execute("PRAGMA foreign_keys = ON")
        yield copy


def judge(db: sqlite3.Connection, clause: str, settings: SettingsFacts = SETTINGS) -> Judged:
    return next(one for one in check_spec(db, settings, NOW).clauses if one.id == clause)


@pytest.mark.spec("SPEC-1")
@pytest.mark.parametrize(
    ("clause", "count"),
    {
        "META-1": "1 of 4 books",
        "META-4": "1 of 4 books",
        "META-6": "1 of 3 books with a narrator",
        "META-7": "4 of 5 values",
        "DRIFT-1": "1 of 2 matched books",
    }.items(),
)
def test_what_breaks_a_clause_is_counted_among_all(db: sqlite3.Connection, clause: str, count: str) -> None:
    book = BOOK.replace("a'", "{0}'").replace("(1,", "({0},")
    of_book = {
        1: agreed("narrators", '["Tom Asher", "tom asher"]') + matched(at(days=60)) + said("narrators"),
        2: agreed("narrators", '["Tom Asher", "Una Fell"]') + matched(at(days=2)) + said("narrators"),
        3: agreed("narrators", '["Tom Asher"]') + said("narrators"),
        4: agreed("title", '"A Book"') + BROKEN["META-4"].removeprefix(BOOK),
        5: agreed("narrators", '["Una Fell", "Una Fell"]') + "UPDATE books SET gone_at = added_at WHERE id = 5",
    }
    for number, rows in of_book.items():
        for statement in book.format(number).split(";") + rows.replace("(1,", f"({number},").split(";"):
            db.execute(statement)
    if clause == "META-7":
        db.execute("UPDATE agreed SET reason = ''")
    judged = judge(db, clause)
    assert (judged.state, judged.detail.split(" do not meet it")[0]) == (ClauseState.VIOLATED, count)
    assert judge(db, "META-8").detail.endswith("0 of 4 books")


@pytest.mark.spec("SPEC-1")
@pytest.mark.parametrize("clause", BROKEN)
def test_a_clause_that_is_broken_in_the_store_is_seen(db: sqlite3.Connection, clause: str) -> None:
    if clause not in (
        "CFG-1",
        "OPS-1",
    ):  # of which no row speaks: without the configuration's keys every variable is unknown
        assert judge(db, clause).state is not ClauseState.VIOLATED
    for statement in BROKEN[clause].split(";"):
        db.execute(statement)
    found = judge(db, clause)
    assert found.state is ClauseState.VIOLATED, found.detail
    assert found.evidence or found.figure is not None or clause == "RAT-7"
    assert (found.remedy is not None) == (found.kind == "promise")


def test_every_clause_that_can_be_broken_is_broken_here() -> None:
    assert set(CHECKS) - set(BROKEN) - LIVE - ALWAYS == set()


def test_what_holds_is_said_to_hold(db: sqlite3.Connection) -> None:
    healthy = (
        RUN, WATCH, standing(at(days=1)), standing(), purchase(), decision(), BOOK, said("title"), agreed("title", '"A Book"'),
        matched(at(days=2)), seen(at(minutes=2), "1.2"), correction("description"),
    )  # fmt: skip
    for statement in "".join(healthy).split(";"):
        db.execute(statement)
    states = {one.id: one.state for one in check_spec(db, SETTINGS, NOW).clauses}
    holding = "VIP-1 VIP-2 VIP-3 VIP-4 VIP-5 VIP-6 VIP-7 VIP-8 VIP-9 VIP-11 RAT-1 RAT-2 RAT-7 RAT-9 RAT-10 RAT-13"
    holding += " META-1 META-2 META-3 META-4 META-7 DRIFT-1 DRIFT-2 DRIFT-3 DRIFT-4 CFG-2 SPEC-1"
    assert {name for name in holding.split() if states[name] is not ClauseState.HOLDS} == set()


def test_a_verified_value_that_is_not_your_word_breaks_a_promise(db: sqlite3.Connection) -> None:
    edit = f"INSERT INTO person_edits (id, book_id, field, action, value, made_at) VALUES (1, 1, 'title', 'set', '\"Mine\"', '{at(days=9)}');"
    for statement in (BOOK + edit + agreed("title", '"Other"', verified=1, edit="1")).split(";"):
        db.execute(statement)
    assert judge(db, "DRIFT-2").state is ClauseState.VIOLATED


def test_a_coming_end_of_vip_that_was_not_reported_breaks_a_promise(db: sqlite3.Connection) -> None:
    skipped = f"INSERT INTO vip_decisions (id, run_id, decided_at, outcome, reason) VALUES (1, 1, '{at(hours=3)}', 'skipped', 'r');INSERT INTO vip_conditions VALUES (1, 1, 'due', 1, 'd');"
    for statement in (RUN + standing(expires=at(days=-3)) + skipped).split(";"):
        db.execute(statement)
    assert judge(db, "VIP-7").state is ClauseState.VIOLATED
    db.execute(
        "INSERT INTO run_problems (run_id, last_run_id, job, code, message, began_at, last_seen_at)"
        f" VALUES (1, 1, 'vip', 'vip_will_lapse', 'm', '{at(hours=3)}', '{at(hours=3)}')"
    )
    assert judge(db, "VIP-7").state is ClauseState.HOLDS


def test_a_guard_that_stopped_watching_breaks_a_promise_only_where_cron_ran_it(db: sqlite3.Connection) -> None:
    db.execute(WATCH.rstrip(";").replace("'scheduled'", "'by_hand'"))
    db.execute(seen(at(hours=3), "1.2").rstrip(";"))
    assert judge(db, "RAT-1").state is ClauseState.UNKNOWN
    db.execute("UPDATE runs SET trigger = 'scheduled'")
    assert judge(db, "RAT-1").state is ClauseState.VIOLATED


def test_a_fall_that_nothing_watched_is_unknown(db: sqlite3.Connection) -> None:
    story = WATCH + moved(1, at(hours=5), "emergency", "0.9") + seen(at(hours=9), "1.2") + seen(at(hours=5), "0.9")
    for statement in (story + seen(at(minutes=2), "0.9", state="emergency")).split(";"):
        db.execute(statement)
    assert judge(db, "RAT-1").state is ClauseState.UNKNOWN


def clause_at(desk: Desk, clause: str) -> Judged:
    kit = desk.kit()
    settings = SettingsFacts(ratio=desk.policy, clients=tuple(client.name for client in desk.clients))
    live = LiveClients(kit.clients, desk.memory)
    return next(one for one in check_spec(desk.db, settings, desk.now, live).clauses if one.id == clause)


@pytest.mark.spec("RAT-4")
def test_a_download_that_runs_in_the_emergency_breaks_a_promise(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.client.torrents = {"a" * 40: ModelTorrent(), "b" * 40: ModelTorrent(complete=True)}
    desk.set_ratio(0.9)
    desk.watch()
    assert clause_at(desk, "RAT-4").state is ClauseState.HOLDS
    desk.client.torrents["c" * 40] = ModelTorrent()
    assert clause_at(desk, "RAT-4").state is ClauseState.UNKNOWN  # it came since the last pass
    desk.now += timedelta(minutes=30)
    found = clause_at(desk, "RAT-4")
    assert (found.state, len(found.evidence)) == (ClauseState.VIOLATED, 1)
    desk.watch()
    assert clause_at(desk, "RAT-4").state is ClauseState.HOLDS


@pytest.mark.spec("RAT-5")
def test_a_torrent_that_the_thaw_forgot_breaks_a_promise(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.client.torrents = {"a" * 40: ModelTorrent()}
    desk.set_ratio(0.9)
    desk.watch()
    desk.set_ratio(1.2)
    desk.watch()
    assert clause_at(desk, "RAT-5").state is ClauseState.HOLDS
    desk.db.execute("UPDATE torrent_journal SET phase = 'done', closed_at = NULL")
    desk.client.torrents["a" * 40] = ModelTorrent(paused=True, tags={desk.policy.tag})
    desk.now += timedelta(minutes=30)
    assert clause_at(desk, "RAT-5").state is ClauseState.VIOLATED
    desk.now += timedelta(hours=3)
    assert "not as they were" in clause_at(desk, "RAT-5").detail


@pytest.mark.spec("QUE-6")
def test_a_share_limit_that_ends_seeding_early_breaks_a_promise(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    limits = [ShareLimit(), ShareLimit(seeding_s=80 * 3600.0), ShareLimit(ratio=1.0), ShareLimit(seeding_s=3600.0)]
    states = []
    for limit in limits:
        live = LiveClients(desk.kit().clients, desk.memory, {"home": lambda limit=limit: (limit,)})
        settings = SettingsFacts(ratio=desk.policy, clients=("home",))
        found = next(one for one in check_spec(desk.db, settings, desk.now, live).clauses if one.id == "QUE-6")
        states.append(found.state)
    holds, violated = ClauseState.HOLDS, ClauseState.VIOLATED
    assert states == [holds, holds, violated, violated]


def test_a_client_that_does_not_answer_leaves_it_unknown(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.set_ratio(0.9)
    desk.watch()

    def refuse(call: str) -> None:
        raise UnreachableError(f"{call}: no answer")

    desk.client.trouble = refuse
    found = clause_at(desk, "RAT-4")
    assert found.state is ClauseState.UNKNOWN
    assert desk.client.name in found.detail


def test_a_broken_promise_is_a_problem_with_its_clause(db: sqlite3.Connection) -> None:
    for statement in BROKEN["VIP-8"].split(";"):
        db.execute(statement)
    problems = {one.subject: one for one in broken_promises(check_spec(db, SETTINGS, NOW, clauses=load_clauses()))}
    assert problems["VIP-8"].remedy == "mamctl vip history"
    assert "META-8" not in problems
