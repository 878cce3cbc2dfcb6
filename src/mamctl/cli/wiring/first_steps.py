"""What `mamctl init` tests before there is a configuration: one session, one torrent client."""

from __future__ import annotations

from dataclasses import replace

from mamctl.cli.context import Context
from mamctl.cli.wiring.tracker import session_client
from mamctl.domain.text.quantities import count_of
from mamctl.errors import MamctlError


def try_session(context: Context, value: str) -> str:
    """The class of the member whose session this is, after one request.

    What the site answers with in place of the value is kept as every command keeps it. Raises ConfigInvalidError for
    text that is not a session, SessionRefusedError, and what else a request raises.
    """
    from mamctl.adapters.tracker.api import TrackerApi
    from mamctl.adapters.tracker.session import parse_seed

    client = session_client(context, parse_seed(value))
    once = replace(client, policy=replace(client.policy, attempts=1))
    return TrackerApi(once).fetch_account().user_class or "no class"


def try_client(url: str, user: str, password: str) -> str:
    """What answers there and how many torrents it has, after one login. Raises ClientError and its kind."""
    from mamctl.adapters.qbittorrent import Endpoint, Login, QbittorrentClient
    from mamctl.domain.secret import Secret

    client = QbittorrentClient(Endpoint("qBittorrent", url, timeout=10), Login(user, Secret(password)))
    try:
        snapshot, _ = client.fetch_snapshot(None)
    finally:
        client.close()
    count = len(snapshot.torrents)
    return f"qBittorrent {snapshot.version}, {count_of(count, 'torrent')}"


def in_brief(error: MamctlError) -> str:
    """An error and its remedy in one line, beside a question."""
    return f"{error.message} → {error.remedy}" if error.remedy else error.message
