"""Every way in which a server holds a request ends with the exchange's deadline, for each program that asks."""

from __future__ import annotations

import time

import httpx
import pytest

from mamctl.adapters.http.client import build_client
from mamctl.adapters.http.deadline import deadline
from mamctl.adapters.http.proxies import direct
from mamctl.practice.failures import FailureForm
from tests.kit.failing_server import failing

# Without a bound these last half a minute here, and for ever outside.
HELD = [FailureForm.SILENT, FailureForm.DRIPPED_HEAD, FailureForm.DRIPPED_BODY]


@pytest.mark.parametrize("form", HELD)
def test_a_held_exchange_ends_with_its_deadline(form: FailureForm) -> None:
    with failing(form) as server, build_client(direct, timeout=20) as client:
        begun = time.monotonic()
        with pytest.raises(httpx.TimeoutException), deadline(0.5):
            client.get(server.url)
        assert time.monotonic() - begun < 20  # ten times as long is still the deadline's doing


def test_an_inner_deadline_does_not_lengthen_the_outer_one() -> None:
    with failing(FailureForm.DRIPPED_HEAD) as server, build_client(direct, timeout=20) as client:
        begun = time.monotonic()
        with pytest.raises(httpx.TimeoutException), deadline(0.5), deadline(25):
            client.get(server.url)
        assert time.monotonic() - begun < 20


def test_nothing_is_begun_after_the_deadline() -> None:
    with failing(FailureForm.EMPTY) as server, build_client(direct, timeout=20) as client, deadline(0):
        with pytest.raises(httpx.TimeoutException):
            client.get(server.url)
        assert server.connections == 0
