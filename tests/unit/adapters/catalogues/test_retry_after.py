"""Retry-After in its forms."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.http.policy import parse_retry_after

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "body", "seconds"),
    [
        ("7", b"", 7.0),
        ("Sun, 01 Mar 2026 12:01:30 GMT", b"", 90.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", b"", 0.0),
        ("99999999999999999", b"", 86400.0),
        ("soon", b"", None),
        (None, b'{"error": {"details": {"retryAfterSeconds": 42}}}', 42.0),
        (None, b'{"error": {"details": null}}', None),
        (None, b"<html>", None),
    ],
)
def test_each_form(header, body, seconds):
    assert parse_retry_after(header, NOW.timestamp(), body) == seconds


@given(header=st.none() | st.text(max_size=40), body=st.binary(max_size=60))
def test_whatever_comes_it_is_a_sane_wait_or_none(header, body):
    seconds = parse_retry_after(header, NOW.timestamp(), body)
    assert seconds is None or 0 <= seconds <= 86400
