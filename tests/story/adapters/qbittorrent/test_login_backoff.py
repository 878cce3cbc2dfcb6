"""A refused login is tried once: not again by the next pass, nor the next run, until something changed or an hour."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.qbittorrent import Endpoint, Login, LoginBackoff, QbittorrentClient, SessionCache
from mamctl.adapters.qbittorrent.access import HOLD, LoginTries
from mamctl.domain.secret import Secret
from mamctl.errors import SessionRefusedError
from tests.kit.odd_client import Answer, OddClient, session

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "s3cret-passphrase"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
WRONG = Answer("Fails.")
BANNED = Answer("Your IP address has been banned after too many failed authentication attempts.", 403)
GOOD = Answer(headers=session())
LOGIN = Login("keeper", Secret(PASSWORD))


class Person:
    """Someone whose passes come one after the other, each in a process of its own."""

    def __init__(self, client: OddClient, folder: Path) -> None:
        self.client, self.folder, self.now = client, folder, NOON

    def comes(self, login: Login = LOGIN, *, force: bool = False, dry_run: bool = False) -> SessionRefusedError | None:
        """One pass: it looks, and then it looks again; the first refusal, if any."""
        memory = SessionCache(self.folder / "mamctl.db", dry_run=dry_run)
        backoff = LoginBackoff(memory, lambda: self.now, force=force)
        loft = QbittorrentClient(Endpoint("loft", self.client.url, 5), login, backoff=backoff)
        errors = []
        for _ in range(2):
            try:
                memory.keep("loft", loft.fetch_snapshot(memory.recall("loft"))[1])
            except SessionRefusedError as error:
                errors.append(error)
        loft.close()
        return errors[0] if errors else None

    @property
    def logins(self) -> int:
        return self.client.paths().count("auth/login")


def answers(login: Answer) -> dict:
    whole = {"rid": 1, "full_update": True, "server_state": {}, "torrents": {}, "trackers": {}}
    return {"auth/login": login, "app/version": Answer("v5.1.0"), "sync/maindata": Answer(json.dumps(whole))}


@pytest.mark.parametrize(("answer", "said"), [(WRONG, "password"), (BANNED, "banned")])
def test_one_attempt_an_hour(tmp_path: Path, answer: Answer, said: str) -> None:
    with OddClient(answers(answer)) as client:
        person = Person(client, tmp_path)
        first = person.comes()
        assert first is not None
        assert "tried again" not in (first.remedy or "")
        for minutes in (0, 5, 59):
            person.now = NOON + timedelta(minutes=minutes)
            error = person.comes(dry_run=minutes == 5)
            assert error is not None
            assert error.message == first.message
            assert said in error.message
            assert "not tried again before 13:00 UTC" in (error.remedy or "")
        assert person.logins == 1
        person.now = NOON + HOLD
        person.comes()
        assert person.logins == 2


def test_other_credentials_are_tried_at_once_and_a_success_is_the_end_of_it(tmp_path: Path) -> None:
    with OddClient(answers(WRONG)) as client:
        person = Person(client, tmp_path)
        person.comes()
        client.answers["auth/login"] = GOOD
        assert person.comes(Login("keeper", Secret("the right one"))) is None
        assert person.comes() is None  # the session lives, so nobody logs in
        assert person.logins == 2
        assert not list(tmp_path.rglob("*.refused"))
        assert list(tmp_path.rglob("*.session"))


def test_a_forced_login_is_tried_once_in_spite_of_it(tmp_path: Path) -> None:
    with OddClient(answers(WRONG)) as client:
        person = Person(client, tmp_path)
        person.comes()
        person.comes(force=True)
        assert person.logins == 2
        person.now += timedelta(minutes=30)
        client.answers["auth/login"] = GOOD  # the person set the password in the client instead
        assert person.comes(force=True) is None
        assert person.comes() is None
        assert person.logins == 3


def test_a_dry_run_leaves_a_note_too_for_its_failed_login_counts(tmp_path: Path) -> None:
    with OddClient(answers(WRONG)) as client:
        person = Person(client, tmp_path)
        person.comes(dry_run=True)
        person.comes()
        assert person.logins == 1


def test_a_clock_that_was_set_back_does_not_lock_out(tmp_path: Path) -> None:
    with OddClient(answers(WRONG)) as client:
        person = Person(client, tmp_path)
        person.comes()
        person.now = NOON - timedelta(days=400)
        person.comes()
        assert person.logins == 2


def test_the_note_holds_no_secret_and_is_private(tmp_path: Path) -> None:
    with OddClient(answers(WRONG)) as client:
        Person(client, tmp_path).comes()
    (note,) = tmp_path.rglob("*.refused")
    assert PASSWORD not in note.read_text()
    assert "keeper" not in note.read_text()
    assert note.stat().st_mode & 0o077 == 0


class OneNote:
    """A note that anything may have been written to."""

    def __init__(self, note: bytes | None) -> None:
        self.note = note

    def recall_refusal(self, client: str) -> bytes | None:
        return self.note

    def keep_refusal(self, client: str, note: bytes | None) -> None:
        self.note = note


notes = st.binary(max_size=40) | st.fixed_dictionaries(
    {},
    optional={
        "salt": st.sampled_from(["", "00", "zz", 3, None]),
        "mark": st.sampled_from(["", "é", 3, None]),
        "at": st.sampled_from(["2026-11-25T12:00:00Z", "2026-11-25", "soon", 3, None]),
        "banned": st.booleans(),
    },
).map(lambda said: json.dumps(said).encode())


@given(notes)
def test_a_note_that_cannot_be_read_forbids_nothing(note: bytes) -> None:
    tries = LoginTries("loft", "http://127.0.0.1:1", LOGIN, LoginBackoff(OneNote(note), lambda: NOON))
    assert tries.refusal() is None
