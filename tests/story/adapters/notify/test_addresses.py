"""Several addresses for messages: one that fails is named, and keeps the message from no other."""

from __future__ import annotations

import pytest

from mamctl.adapters.notify.apprise import AppriseNotifier
from tests.kit.messages import inbox


@pytest.mark.parametrize(
    ("bad", "code", "fault"),
    [
        ("foo://hunter2", "notify_malformed", "is not understood"),
        ("json://user:hunter2@127.0.0.1:1/", "notify_failed", "(JSON) did not take the message"),
    ],
)
def test_an_address_that_fails_is_named_and_the_others_get_the_message(bad: str, code: str, fault: str) -> None:
    with inbox() as box:
        problem = AppriseNotifier([box.address, bad, box.address]).notify("title", "body")
    assert box.messages == [("title", "body")] * 2
    assert problem is not None
    assert (problem.code, problem.message) == (code, f"address 2 of notify.urls {fault}")
    assert "hunter2" not in f"{problem}"
