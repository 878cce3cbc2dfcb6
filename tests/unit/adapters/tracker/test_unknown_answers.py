"""An answer of an unknown form: what differs from the nearest known one, and a copy that shows nobody's data."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.tracker.account import read_account
from mamctl.adapters.tracker.answers import Answer
from mamctl.adapters.tracker.forms import FORMS, compare, recognize
from mamctl.adapters.tracker.unknown_answers import MOST_COPIES, UnknownAnswers, mask, mask_answer
from mamctl.domain.secret import Secret
from mamctl.errors import ShapeChangedError

ACCOUNT = "/jsonLoad.php"
SEARCH = "/tor/js/loadSearchJSONbasic.php"
STORE = "/json/bonusBuy.php"
FLAT = {
    "uid": 123456, "username": "examplemouse", "classname": "VIP", "seedbonus": 61250, "ratio": 3.4,
    "uploaded": "409.70 GiB", "vip_until": None, "unsat": {"name": "Unsatisfied", "count": 3, "limit": 150},
}  # fmt: skip
NESTED = {**{key: value for key, value in FLAT.items() if key != "unsat"}, "snatch_summary": {"unsat": {"count": 3}}}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


def answer(body: object, path: str = ACCOUNT) -> Answer:
    return Answer(path=path, status=200, body=body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize(
    ("path", "data", "name"),
    [
        (ACCOUNT, FLAT, "account/1"),
        (ACCOUNT, NESTED, "account/2"),
        (ACCOUNT, FLAT | {"uid": "123456", "new_key": []}, "account/1"),
        (SEARCH, {"data": [], "found": 0}, "search/1"),
        (SEARCH, {"error": "Nothing returned, out of 0"}, "search_empty/1"),
        (STORE, {"success": True, "type": "VIP", "amount": 4.281, "seedbonus": 55898.75}, "bonus_buy/1"),
        (STORE, {"success": False, "error": "Min VIP is 1 week"}, "bonus_buy_refused/1"),
        ("/json/jsonIp.php", {"ip": "203.0.113.7", "ASN": 64500, "AS": "Example ISP"}, "address/1"),
        (ACCOUNT, {"uid": []}, None),
        ("/elsewhere", {}, None),
    ],
)
def test_each_form_is_known_by_name(path: str, data: dict, name: str | None):
    assert recognize(path, data) == name


def test_names_and_numbers_are_unique():
    names = [form.name for forms in FORMS.values() for form in forms]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({key: value for key, value in NESTED.items() if key != "username"}, "nearest to account/2: missing: username"),
        (FLAT | {"seedbonus": {"total": 1}}, "nearest to account/1: changed: seedbonus (object, not number or text)"),
        (FLAT | {"uid": None, "vip2": 1}, "changed: uid (null, not number or text); additional: vip2"),
        ({f"key{chr(97 + n)}": 1 for n in range(20)}, "and 14 more"),
    ],
)
def test_what_differs_is_said_in_keys_and_kinds(data: dict, words: str):
    assert words in (compare(ACCOUNT, data) or "")


def test_a_reader_that_fails_says_so():
    with pytest.raises(ShapeChangedError, match=r"nearest to account/1: changed: uid \(list, not number or text\)"):
        read_account(answer(FLAT | {"uid": [1]}))


def test_the_copy_shows_the_form_and_nobody():
    data = NESTED | {"error": "No such thing", "names": {"4711": "Jane Doe"}, "huge": 10**40, "odd": float("nan")}
    text, suffix = mask_answer(answer(data))
    shown = json.loads(text)
    assert suffix == "json"
    assert shown["username"] == "aaaaaaaaaaaa"
    assert (shown["uid"], shown["ratio"], shown["uploaded"]) == (999999, 9.9, "999.99 AaA")
    assert shown["error"] == "No such thing"
    assert shown["names"] == {"9999": "Aaaa Aaa"}
    for secret in ("examplemouse", "123456", "61250", "Jane", "4711"):
        assert secret not in text


@given(data=JSON)
def test_any_json_can_be_masked_and_written(data: object):
    text, _ = mask_answer(answer(json.dumps(data).encode()))
    text.encode()
    mask(data)


@pytest.mark.parametrize(
    "body",
    [
        b'{"uid": 123456, "username": "examplemouse", "sea',
        b"<html><a href='/u/123456'>examplemouse</a></html>",
        b"user_mail a@example.org mam_id=abcdefghijk0123456789abcdefghijk",
        b"[" * 100_000,
        b"\xff\xfe\x00" * 1000,
        json.dumps([FLAT] * 5000).encode(),
    ],
)
def test_whatever_came_no_copy_shows_private_data(body: bytes):
    text, _ = mask_answer(answer(body))
    for secret in ("examplemouse", "123456", "a@example.org", "abcdefghijk"):
        assert secret not in text


def test_a_short_secret_within_a_longer_one_leaves_nothing_of_it():
    _ = Secret("mam_id=abc"), Secret("123456")
    text, _ = mask_answer(answer(b"user_mail mam_id=abcdefghijk0123456789abcdefghijk and /u/1"))
    assert "efghijk" not in text
    assert "and" in text


def test_copies_are_private_few_and_one_for_each_form(tmp_path):
    kept = UnknownAnswers(tmp_path / "unknown-answers")
    first = kept.keep(answer(FLAT))
    assert first == kept.keep(answer(FLAT | {"uid": 654321, "username": "anothermouse"}))
    assert first.stat().st_mode & 0o777 == 0o600
    for number in range(2 * MOST_COPIES):
        kept.keep(answer({"x" * (number + 1): 1}))
    assert len(list(kept.folder.iterdir())) == MOST_COPIES


def test_a_copy_that_cannot_be_written_is_no_failure(tmp_path):
    (tmp_path / "file").write_text("")
    assert UnknownAnswers(tmp_path / "file" / "folder").keep(answer(FLAT)) is None
