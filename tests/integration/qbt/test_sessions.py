"""Logins and sessions with real clients: what each version accepts, refuses, and forgets."""

from __future__ import annotations

from contextlib import closing, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mamctl.adapters.qbittorrent import Endpoint, Login, LoginBackoff, SessionCache
from mamctl.adapters.qbittorrent.web_api import WebApi
from mamctl.domain.secret import Secret
from mamctl.errors import SessionRefusedError, UnreachableError
from tests.integration.qbt.profile import PASSWORD, USER
from tests.integration.qbt.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.qbt.daemon import Daemon

pytestmark = pytest.mark.real("qbittorrent")
LOGIN = Login(USER, Secret(PASSWORD))
WRONG = Login(USER, Secret("not this"))


def web(client: Daemon, login: Login = LOGIN, **more) -> closing[WebApi]:
    return closing(WebApi(Endpoint("loft", client.url, 60), login, **more))


def test_a_session_is_begun_kept_and_renewed_after_a_restart(qbittorrent: Callable[..., Daemon]) -> None:
    client = qbittorrent()
    with web(client) as first:
        version = first.app_version()
        kept = first.cookies
    with web(client, cookies=kept) as second:
        assert second.app_version() == version
        assert second.logins == 0
    client.restart()
    with web(client, cookies=kept) as third:
        assert third.app_version() == version
        assert (third.logins, third.cookies == kept) == (1, False)


def test_a_session_ends_by_itself(qbittorrent: Callable[..., Daemon]) -> None:
    client = qbittorrent(settings={"WebUI\\SessionTimeout": "2"})
    with web(client) as asking:

        def renewed() -> bool:
            with suppress(SessionRefusedError):  # on a slow machine it may end again before it is used
                asking.app_version()
            return asking.logins > 1

        wait_until("the session is renewed", renewed, pause=2.5)


def test_a_wrong_password_is_refused_then_banned_then_forgiven(qbittorrent: Callable[..., Daemon]) -> None:
    client = qbittorrent(settings={"WebUI\\MaxAuthenticationFailCount": "2", "WebUI\\BanDuration": "2"})

    def banned() -> bool:
        for _ in range(2):
            with web(client, WRONG) as asking, pytest.raises(SessionRefusedError, match="the password"):
                asking.app_version()
        try:
            with web(client) as asking:
                asking.app_version()
        except SessionRefusedError as refused:
            return "banned" in refused.message
        return False  # on a slow machine the ban may be over by then

    wait_until("banned", banned)

    def forgiven() -> bool:
        with web(client) as again:
            try:
                return bool(again.app_version())
            except SessionRefusedError:
                return False

    wait_until("the ban is over", forgiven, pause=0.3)


def test_a_wrong_password_left_to_cron_leads_to_no_ban(qbittorrent: Callable[..., Daemon], tmp_path: Path) -> None:
    client = qbittorrent(settings={"WebUI\\MaxAuthenticationFailCount": "2"})
    backoff = LoginBackoff(SessionCache(tmp_path / "mamctl.db"), lambda: datetime(2026, 11, 25, 12, tzinfo=UTC))
    for _ in range(6):
        with web(client, WRONG, backoff=backoff) as asking, pytest.raises(SessionRefusedError, match="the password"):
            asking.app_version()
    with web(client, backoff=backoff) as asking:
        assert asking.app_version()


def test_a_name_that_the_client_does_not_know_is_no_wrong_password(qbittorrent: Callable[..., Daemon]) -> None:
    """As behind a reverse proxy that passes its own host name on."""
    client = qbittorrent(settings={"WebUI\\ServerDomains": "seedbox.example"})
    elsewhere = client.url.replace("127.0.0.1", "localhost")
    with (
        closing(WebApi(Endpoint("loft", elsewhere), LOGIN)) as asking,
        pytest.raises(SessionRefusedError, match="the address"),
    ):
        asking.app_version()


def test_no_login_where_the_client_asks_for_none(qbittorrent: Callable[..., Daemon]) -> None:
    client = qbittorrent(settings={"WebUI\\LocalHostAuth": "false"})
    with web(client, Login()) as asking:
        asking.sync_maindata(0)
        assert asking.cookies
        assert "full_update" not in asking.sync_maindata(1)
    with web(client, LOGIN) as asking:
        asking.sync_maindata(0)
        assert "full_update" not in asking.sync_maindata(1)


def test_no_login_where_one_is_needed(qbittorrent: Callable[..., Daemon]) -> None:
    with web(qbittorrent(), Login()) as asking, pytest.raises(SessionRefusedError, match="asks for a login"):
        asking.app_version()


def test_a_client_that_is_down(qbittorrent: Callable[..., Daemon]) -> None:
    client = qbittorrent()
    with web(client) as asking:
        asking.app_version()
        client.kill()
        with pytest.raises(UnreachableError):
            asking.app_version()
        client.start()
        assert asking.app_version()
        assert asking.logins == 2


@pytest.mark.parametrize("program", ["next"], indirect=True)
def test_an_api_key(qbittorrent: Callable[..., Daemon]) -> None:
    client = qbittorrent()
    with web(client) as asking:
        key = asking.app_rotate_api_key()["apiKey"]
    with web(client, Login(api_key=Secret(key))) as asking:
        assert asking.sync_maindata(0)["full_update"]
        assert "full_update" not in asking.sync_maindata(1)
        assert asking.logins == 0
    unknown = Login(api_key=Secret("qbt_" + "0" * 28))
    with web(client, unknown) as asking, pytest.raises(SessionRefusedError, match="API key"):
        asking.app_version()
