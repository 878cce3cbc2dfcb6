"""The kept answers: by age, by size, whatever lies in the file's place."""

from __future__ import annotations

import random
import sqlite3
import zlib
from contextlib import closing
from datetime import UTC, datetime, timedelta

from mamctl.adapters.catalogues import storage
from mamctl.adapters.catalogues.answer import Answer
from mamctl.adapters.catalogues.storage import AnswerCache

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MARKED = zlib.compress(b"as it was written first")


def answer(body: bytes = b"book", at: datetime = NOW) -> Answer:
    return Answer(200, body, at, "application/json")


def test_an_answer_comes_back_as_it_was_and_the_newest_wins(tmp_path):
    with closing(AnswerCache(tmp_path / "c" / "answers.db")) as kept:
        kept.remember("a", answer(b"old"))
        kept.remember("a", Answer(404, b"new", NOW + timedelta(seconds=1), "text/html"))
        assert kept.recall("b") is None
    with closing(AnswerCache(tmp_path / "c" / "answers.db")) as kept:
        found = kept.recall("a")
    assert found == Answer(404, b"new", NOW + timedelta(seconds=1), "text/html", from_cache=True)


def test_many_answers_are_kept_at_once_and_the_newest_wins(tmp_path):
    with closing(AnswerCache(tmp_path / "c" / "answers.db")) as kept:
        kept.remember("a", answer(b"old"))
        kept.remember_all([])
        kept.remember_all([("a", answer(b"newer")), ("b", answer(b"b")), ("a", answer(b"newest"))])
        assert [kept.recall(key).body for key in "ab"] == [b"newest", b"b"]


def test_an_answer_that_comes_again_is_kept_as_it_was_with_its_new_time(tmp_path):
    """Its body is not written again; one that differs in anything is."""
    path = tmp_path / "c" / "answers.db"
    later = NOW + timedelta(days=1)
    with closing(AnswerCache(path)) as kept, closing(sqlite3.connect(path, isolation_level=None)) as other:
        kept.remember_all([("a", answer()), ("b", answer()), ("c", answer())])
        packed = other.execute("select body from answers where key = 'a'").fetchone()[0]
        other.execute("update answers set body = ?", (MARKED,))
        kept.remember("a", answer(at=later))
        kept.remember_all([("b", answer(at=later)), ("c", Answer(404, b"book", later, "application/json"))])
        rows = dict(other.execute("select key, body from answers"))
        assert rows == {"a": MARKED, "b": MARKED, "c": packed}
        assert [kept.recall(key).fetched_at for key in "abc"] == [later] * 3


def test_only_what_was_fetched_between_two_moments_is_recalled(tmp_path):
    with closing(AnswerCache(tmp_path / "c" / "answers.db")) as kept:
        kept.remember("a", answer())
        at = NOW.timestamp()
        for between, there in (((at - 1, at + 1), True), ((at, at + 1), False), ((at - 1, at), False)):
            assert (kept.recall("a", between) is not None, kept.keeps("a", between)) == (there, there)


def test_answers_that_were_kept_without_digests_stay(tmp_path):
    path = tmp_path / "c" / "answers.db"
    with closing(AnswerCache(path)) as kept:
        kept.remember("a", answer())
    with closing(sqlite3.connect(path)) as db:
        db.execute("alter table answers drop column digest")
        db.execute("pragma user_version = 2")
    with closing(AnswerCache(path)) as kept:
        assert kept.recall("a").body == b"book"
        kept.remember("a", answer(b"new"))
        assert kept.recall("a").body == b"new"
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("pragma user_version").fetchone()[0] == 3
        assert db.execute("select digest from answers").fetchone()[0] == answer(b"new").digest


def test_the_file_is_bounded_when_many_are_kept_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "_PURGE_EVERY", 10)
    with closing(AnswerCache(tmp_path / "c" / "answers.db", keep_seconds=3600)) as kept:
        kept.remember("old", answer(at=NOW - timedelta(hours=2)))
        for start in (0, 7):
            kept.remember_all([(f"{start + number}", answer()) for number in range(7)])
        assert kept.recall("old") is None
        assert kept.recall("13") is not None


def test_what_is_older_than_it_may_be_goes(tmp_path):
    path = tmp_path / "c" / "answers.db"
    with closing(AnswerCache(path, keep_seconds=3600)) as kept:
        kept.remember("old", answer(at=NOW - timedelta(hours=2)))
    with closing(AnswerCache(path, keep_seconds=3600)) as kept:
        kept.remember("new", answer())
        assert kept.recall("old") is None
        assert kept.recall("new") is not None


def test_the_file_is_bounded_and_the_oldest_go_first(tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "_PURGE_EVERY", 10)
    path = tmp_path / "c" / "answers.db"
    with closing(AnswerCache(path, max_bytes=200_000)) as kept:
        noise = random.Random(1)
        for number in range(100):
            kept.remember(f"{number}", answer(noise.randbytes(10_000), NOW + timedelta(seconds=number)))
        assert kept.recall("99") is not None
        assert kept.recall("0") is None
    assert path.stat().st_size < 400_000


def test_a_file_of_another_layout_is_emptied(tmp_path):
    path = tmp_path / "c" / "answers.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table entries (id blob primary key)")
        db.execute("create table answers (key integer)")
        db.commit()
    with closing(AnswerCache(path)) as kept:
        kept.remember("a", answer())
        assert kept.recall("a") is not None
    with closing(sqlite3.connect(path)) as db:
        assert {row[0] for row in db.execute("select name from sqlite_master where type = 'table'")} == {"answers"}


def test_a_body_that_was_spoilt_is_as_good_as_none(tmp_path):
    path = tmp_path / "c" / "answers.db"
    with closing(AnswerCache(path)) as kept:
        kept.remember("a", answer())
        with closing(sqlite3.connect(path)) as db:
            db.execute("update answers set body = x'00'")
            db.commit()
        assert kept.recall("a") is None
        kept.remember("a", answer())  # the same again, but it is not there any more
        assert kept.recall("a") is not None


def test_a_file_that_is_deleted_while_it_is_open_is_begun_again_by_the_next(tmp_path):
    """What lies beside it belongs to the one that is gone."""
    path = tmp_path / "c" / "answers.db"
    with closing(AnswerCache(path)) as first:
        first.remember("a", answer())
        path.unlink()
        with closing(AnswerCache(path)) as second:
            assert second.recall("a") is None
            second.remember("b", answer())
            first.remember("c", answer())
            assert [second.recall(key) is not None for key in "abc"] == [False, True, False]
            assert [first.recall(key) is not None for key in "abc"] == [True, False, True]
