"""The living cookie on disk."""

from __future__ import annotations

import json
import stat
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.private_files import read_secret_file, write_private
from mamctl.adapters.tracker.session import (
    BROWSER_COOKIES,
    SessionFile,
    SessionNotKeptError,
    parse_seed,
    read_cookies,
    read_seed,
)
from mamctl.domain.secret import Secret
from mamctl.errors import ConfigInvalidError, LockedError, MamctlError

NOW = 1_790_000_000.0


def session(tmp_path, seed="first"):
    return SessionFile(tmp_path / "state" / "session.json", parse_seed(seed))


def current(kept):
    return kept.load()["mam_id"].reveal()


@pytest.mark.parametrize("text", ["abc%3D==", " abc%3D==\n", "mam_id=abc%3D==", "  mam_id= abc%3D== "])
def test_a_pasted_value_is_cleaned_and_never_decoded(text):
    assert parse_seed(text)["mam_id"].reveal() == "abc%3D=="


@pytest.mark.parametrize("text", ["", "q7;z9", "q7 z9", "q7\r\nz9", "mam_id=", "x" * 5000, "ü", "a; uid=1"])
def test_a_malformed_value_is_refused_without_being_quoted(text):
    with pytest.raises(ConfigInvalidError) as refused:
        parse_seed(text)
    assert refused.value.slug == "session_cookie_malformed"
    assert len(text) < 3 or text not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        '"abc%3D=="',
        "'abc%3D=='",
        "“abc%3D==”",
        "abc%3D==;",
        '"abc%3D==";',
        'mam_id="abc%3D=="',
        "mam_id=abc%3D==;",
        "mam_id = abc%3D== ;\n",
        "MAM_ID='abc%3D=='",
        "export MAM_ID=abc%3D==",
        "Cookie: mam_id=abc%3D==",
        "cookie: uid=12; mam_id=abc%3D==; lid=3",
        "Set-Cookie: mam_id=abc%3D==; expires=Sun, 06-Dec-2026 10:00:00 GMT; Max-Age=1296000; path=/; secure; HttpOnly",
        "mam_id=abc%3D==; Max-Age=1296000; path=/; domain=.myanonamouse.net; secure",
        'mam_id:"abc%3D=="',
        "curl -H 'Cookie: mam_id=abc%3D==' https://example.org",
        "curl -b mam_id=abc%3D== https://example.org",
        '{"mam_id": "abc%3D=="}',
        "mam_id=abc%3D==\nuid=12",
        "mam_id=abc%3D==; mam_id=abc%3D==",
        "\ufeffabc%3D==",
    ],
)
def test_a_session_is_understood_however_it_was_copied(text):
    assert parse_seed(text)["mam_id"].reveal() == "abc%3D=="


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("uid=q7z9; lid=3", "semicolon"),
        ("mam_id=", "there is no value"),
        ("mam_id=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT", "a deleted session"),
        ("mam_id=q7z9; mam_id=q8z8", "2 different values"),
        ("q7z9\nq8z8", "line break"),
        ("q7z9 q8z8", "blank"),
        ("q7zé", "a cookie cannot have"),
        ('""', "is empty"),
    ],
)
def test_what_cannot_be_understood_says_why_and_blames_no_session(text, words):
    with pytest.raises(ConfigInvalidError, match=words) as refused:
        parse_seed(text)
    assert "create an API session" not in str(refused.value.remedy)
    assert "q7z" not in f"{refused.value}{refused.value.remedy}"


def test_a_browser_session_has_two_cookies():
    found = parse_seed("uid=12345; mam_id=abc", BROWSER_COOKIES)
    assert {name: value.reveal() for name, value in found.items()} == {"uid": "12345", "mam_id": "abc"}
    with pytest.raises(ConfigInvalidError):
        parse_seed("mam_id=abc", BROWSER_COOKIES)


@given(st.text(max_size=50))
def test_any_text_is_a_cookie_or_a_known_error(text):
    try:
        value = parse_seed(text)["mam_id"].reveal()
    except MamctlError:
        return
    assert not set(value) & set("; \r\n")


def test_the_rotated_value_wins_while_the_seed_is_the_same(tmp_path):
    session(tmp_path).adopt({"mam_id": Secret("second")})
    assert current(session(tmp_path)) == "second"
    assert current(session(tmp_path, "another")) == "another"
    assert current(session(tmp_path)) == "second"


def test_the_file_is_private_and_holds_no_seed(tmp_path):
    kept = session(tmp_path)
    kept.adopt({"mam_id": Secret("second"), "uid": Secret("7")})
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    stored = json.loads(kept.path.read_text())
    assert stored["cookies"] == {"mam_id": "second"}
    assert "first" not in kept.path.read_text()
    assert [path.name for path in kept.path.parent.iterdir()] == ["session.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"seed_sha256": 1}', '{"cookies": {"mam_id": "x"}}'])
def test_a_broken_state_file_falls_back_to_the_seed(tmp_path, text):
    kept = session(tmp_path)
    write_private(kept.path, text)
    assert current(kept) == "first"


def test_a_value_that_cannot_be_kept_is_told(tmp_path):
    (tmp_path / "state").write_text("a file where a directory belongs")
    with pytest.raises(SessionNotKeptError) as error:
        session(tmp_path).adopt({"mam_id": Secret("second")})
    assert "second" not in str(error.value)


def test_a_state_that_cannot_be_read_is_told(tmp_path):
    session(tmp_path).path.mkdir(parents=True)
    with pytest.raises(MamctlError) as error:
        session(tmp_path).load()
    assert error.value.slug == "session_state_unreadable"


def test_one_holder_at_a_time(tmp_path):
    kept, outcome = session(tmp_path), []

    def other():
        try:
            with session(tmp_path).lock(0.05):
                outcome.append("taken")
        except LockedError as locked:
            outcome.append(locked.slug)

    with kept.lock(1.0):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    with session(tmp_path).lock(0.05):
        outcome.append("free again")
    assert outcome == ["session_in_use", "free again"]


@pytest.mark.parametrize(
    "header",
    [
        "mam_id=deleted; Max-Age=0",
        "mam_id=deleted",
        "mam_id=; path=/",
        "mam_id=abc; Max-Age=0",
        "mam_id=abc; max-age=-1",
        "mam_id=abc; expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/",
        "mam_id",
    ],
)
def test_a_removal_is_never_adopted(header):
    news = read_cookies([header], NOW)
    assert news.deleted
    assert not news.fresh


def test_a_rotation_is_read_byte_for_byte():
    header = "mam_id=a%3D%2Bb==; expires=Mon, 01-Jan-2035 00:00:00 GMT; Max-Age=1296000; path=/; secure; SameSite=Lax"
    news = read_cookies([header, "uid=12; Max-Age=9", "other=1"], NOW)
    assert {name: value.reveal() for name, value in news.fresh.items()} == {"mam_id": "a%3D%2Bb==", "uid": "12"}
    assert not news.deleted


def test_the_last_header_decides():
    assert read_cookies(["mam_id=new", "mam_id=deleted"], NOW).deleted
    assert read_cookies(["mam_id=deleted", "mam_id=new"], NOW).fresh["mam_id"].reveal() == "new"


@given(st.lists(st.text(max_size=60), max_size=4))
def test_hostile_headers_never_break_it(headers):
    for value in read_cookies([f"mam_id={text}" for text in headers] + headers, NOW).fresh.values():
        assert not set(value.reveal()) & set("; \r\n")


def test_where_the_seed_comes_from(tmp_path):
    file = tmp_path / "mam_id"
    write_private(file, "mam_id=fromfile\n")
    assert read_seed(file, "MAM_ID", {"MAM_ID": "fromenv"})["mam_id"].reveal() == "fromfile"
    assert read_seed(None, "MAM_ID", {"MAM_ID": "fromenv"})["mam_id"].reveal() == "fromenv"
    with pytest.raises(ConfigInvalidError) as missing:
        read_seed(None, "MAM_ID", {})
    assert missing.value.slug == "session_cookie_missing"


def test_a_seed_file_open_to_others_is_refused_with_its_remedy(tmp_path):
    file = tmp_path / "mam_id"
    file.write_text("hush-hush")
    file.chmod(0o640)
    with pytest.raises(ConfigInvalidError) as refused:
        read_secret_file(file)
    assert refused.value.slug == "secret_file_open"
    assert refused.value.remedy.startswith(f"chmod 600 {file}; ")
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(("content", "slug"), [(None, "secret_file_missing"), (b" \n", "secret_file_empty")])
def test_a_seed_file_without_a_secret(tmp_path, content, slug):
    file = tmp_path / "mam_id"
    if content is not None:
        file.write_bytes(content)
        file.chmod(0o600)
    with pytest.raises(ConfigInvalidError) as refused:
        read_secret_file(file)
    assert refused.value.slug == slug


def test_a_rotation_joined_with_other_cookies_is_found():
    news = read_cookies(["lang=en; path=/, mam_id=second; expires=Thu, 01 Jan 2099 00:00:00 GMT, uid=7"], 1e9)
    assert {name: value.reveal() for name, value in news.fresh.items()} == {"mam_id": "second", "uid": "7"}
    assert not news.deleted


@pytest.mark.parametrize(
    "date", ["Tue, 01 Jan 2030 00:00:00 GMT", "Tuesday, 01-Jan-30 00:00:00 GMT", "Tue, 01 Jan 2030 00:00:00 -0000"]
)
def test_an_end_without_a_zone_is_in_utc(date, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    at = 1_893_456_000
    assert read_cookies([f"mam_id=second; expires={date}"], at - 60).fresh
    assert read_cookies([f"mam_id=second; expires={date}"], at + 60).deleted
    monkeypatch.undo()
    time.tzset()
