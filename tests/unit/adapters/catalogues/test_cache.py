"""The kept answers: by age, by size, whatever lies in the file's place."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from mamctl.adapters.catalogues import storage
from mamctl.adapters.catalogues.answer import Answer
from mamctl.adapters.catalogues.storage import AnswerCache

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


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
