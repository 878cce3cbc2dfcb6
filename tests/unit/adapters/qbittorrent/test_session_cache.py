"""What a client asked to be remembered: private files, a cache that may be lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from mamctl.adapters.qbittorrent import SessionCache


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "state" / "mamctl.db"


def files(store: Path) -> list[Path]:
    return sorted(path for path in store.parent.rglob("*") if path.is_file())


def test_it_is_there_for_the_next_process_and_for_nobody_else(store: Path) -> None:
    SessionCache(store).keep("home", b"session")
    assert SessionCache(store).recall("home") == b"session"
    assert SessionCache(store).recall("attic") is None
    (file,) = files(store)
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_a_dry_run_keeps_it_for_itself(store: Path) -> None:
    dry = SessionCache(store, dry_run=True)
    dry.keep("home", b"session")
    assert dry.recall("home") == b"session"
    assert not store.parent.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "", ".", "\udcff", "x" * 300, "home"])
def test_a_name_never_leaves_the_folder(store: Path, name: str) -> None:
    memory = SessionCache(store)
    memory.keep(name, b"1")
    memory.keep_refusal(name, b"2")
    assert SessionCache(store).recall(name) == b"1"
    assert SessionCache(store).recall_refusal(name) == b"2"
    assert {path.parent for path in files(store)} == {store.parent / "clients"}
    assert len(files(store)) == 2


def test_names_that_look_alike_are_told_apart(store: Path) -> None:
    memory = SessionCache(store)
    for number, name in enumerate(["a b", "a_b", "a/b", "x" * 41, "x" * 42]):
        memory.keep(name, bytes([number]))
    assert len(files(store)) == 5


def test_a_refusal_is_kept_apart_and_can_be_taken_away(store: Path) -> None:
    memory = SessionCache(store, dry_run=True)
    memory.keep_refusal("home", None)
    memory.keep_refusal("home", b"note")  # a dry run's failed login counts like any other
    assert SessionCache(store).recall_refusal("home") == b"note"
    assert SessionCache(store).recall("home") is None
    memory.keep_refusal("home", None)
    assert files(store) == []


def test_a_folder_that_cannot_be_written_is_no_error(store: Path) -> None:
    store.parent.mkdir()
    (store.parent / "clients").write_text("in the way")
    memory = SessionCache(store)
    memory.keep("home", b"session")
    memory.keep_refusal("home", b"note")
    assert memory.recall_refusal("home") is None
