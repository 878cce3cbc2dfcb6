"""Forbidden acts tried where the program acts: each is refused before it happens, with its clause, and counted."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mamctl.adapters.library.export_files import DiskSidecars
from mamctl.domain.library.export import PlannedWrite, Write
from mamctl.domain.permits import Correct
from mamctl.domain.problem import Problem
from mamctl.domain.ratio.torrent_journal import ClientAction
from mamctl.jobs.library.export import _write_file
from mamctl.jobs.permits import ClauseRefusedError, note_refusal, permit
from mamctl.jobs.ratio.client_actions import ActionContext, _send
from mamctl.jobs.run import Run
from mamctl.sqlite import transaction
from mamctl.store.database import open_copy
from mamctl.store.runs import begin_run
from tests.kit.guard_desk import Desk
from tests.kit.model_client import ModelTorrent

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HASH = "a" * 40
FAILING = (
    "INSERT INTO change_log (at, kind, summary, outcome, closed_at, failing_since) VALUES"
    " ('2026-11-25T00:00:00Z', 'config', 's', 'noticed', '2026-11-25T00:00:00Z', '2026-11-25T00:00:00Z')"
)


def refusals(db) -> list[tuple[str, str]]:
    return [(row["act"], row["clause"]) for row in db.execute("SELECT act, clause FROM clause_refusals ORDER BY id")]


def context(desk: Desk) -> ActionContext:
    desk.watch()
    return ActionContext(desk.last, desk.memory, desk.policy.tag, desk.on_wait)


@pytest.mark.spec("SPEC-1")
def test_no_download_is_started_in_the_emergency(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.client.add(HASH)
    desk.set_ratio(0.9)
    acting = context(desk)
    snapshot, _ = desk.client.fetch_snapshot(None)
    for act in (ClientAction.RESUME, ClientAction.FORCE_RESUME):
        with pytest.raises(ClauseRefusedError, match="RAT-4 refuses to resume"):
            _send(acting, desk.client, act, [HASH], snapshot)
    assert desk.client.torrents[HASH].paused
    assert refusals(desk.db) == [("resume", "RAT-4")] * 2


@pytest.mark.spec("SPEC-1")
def test_a_torrent_that_is_not_on_record_is_not_started_or_untagged(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.client.torrents[HASH] = ModelTorrent(paused=True)
    acting = context(desk)
    snapshot, _ = desk.client.fetch_snapshot(None)
    for act in (ClientAction.RESUME, ClientAction.UNTAG):
        with pytest.raises(ClauseRefusedError, match="RAT-5"):
            _send(acting, desk.client, act, [HASH], snapshot)
    assert {call for call, _ in desk.client.calls} == {"fetch"}


@pytest.mark.spec("SPEC-1")
def test_a_freeze_goes_on_while_a_change_fails(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.client.add(HASH)
    desk.db.execute(FAILING)
    desk.set_ratio(0.9)
    desk.watch()
    assert desk.client.torrents[HASH].paused
    assert refusals(desk.db) == []


@pytest.fixture
def run(tmp_path: Path):
    with closing(open_copy(tmp_path / "none.db")) as db:
        yield Run(begin_run(db, "drift", NOW), "drift", db, lambda: NOW, False, NOW)


@pytest.mark.spec("SPEC-1")
@pytest.mark.parametrize("failing", [False, True])
def test_audio_is_never_written_and_nothing_while_a_change_fails(run: Run, tmp_path: Path, failing: bool) -> None:
    if failing:
        run.db.execute(FAILING)
    path = tmp_path / ("metadata.json" if failing else "book.m4b")
    planned = PlannedWrite(str(tmp_path), str(path), Write.CREATE, b"{}", "0", None)
    answer = _write_file(run, DiskSidecars(), planned, ())
    assert isinstance(answer, Problem)
    assert answer.code == "clause_refused"
    assert not path.exists()
    assert refusals(run.db) == [("write_sidecar", "CHG-2" if failing else "QUE-5")]


@pytest.mark.spec("SPEC-1")
def test_a_refusal_within_a_transaction_is_counted_after_it(run: Run) -> None:
    act = Correct(
        book=1, field="title", protected=True, verified=False, replaces=True, source="audnexus", recorded=True
    )
    refused = None
    try:
        with transaction(run.db):
            permit(run, act)
    except ClauseRefusedError as error:
        refused = error
    assert refused is not None
    assert refusals(run.db) == []
    note_refusal(run, refused)
    assert refusals(run.db) == [("correct", "DRIFT-2")]
