"""One qBittorrent as the jobs need it: its torrents and totals, and the few things done to torrents."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from mamctl.adapters.qbittorrent.main_data import (
    Mirror,
    OddAnswerError,
    is_next,
    merge_main_data,
    parse_version,
    read_snapshot,
)
from mamctl.adapters.qbittorrent.saved_session import decode_session, encode_session, owner
from mamctl.domain.exchange import RecordExchange, record_nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mamctl.adapters.qbittorrent.access import Endpoint, Login, LoginBackoff
    from mamctl.adapters.qbittorrent.downloads import ClientDownloads
    from mamctl.adapters.qbittorrent.web_api import WebApi
    from mamctl.domain.permits import Categorise, Pause, Permit, Resume, Tag, TorrentAct, Untag
    from mamctl.domain.ratio.client import ClientSnapshot

_MAIN_DATA = "sync/maindata"


class QbittorrentClient:
    """qBittorrent 4.4 to 5.x. Nothing is asked before the first call.

    `backoff` keeps a login that was refused from being tried again and again; without it every object tries.
    Every call may raise SessionRefusedError, UnreachableError, ShapeChangedError, ConfigInvalidError or MamctlError.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        login: Login,
        *,
        backoff: LoginBackoff | None = None,
        record_exchange: RecordExchange = record_nothing,
    ) -> None:
        self._endpoint = endpoint
        self._login = login
        self._backoff = backoff
        self._record_exchange = record_exchange
        self._owner = owner(endpoint.url, login)
        self._opened: WebApi | None = None

    @property
    def name(self) -> str:
        """The client's name in the configuration."""
        return self._endpoint.name

    def fetch_snapshot(self, saved: bytes | None) -> tuple[ClientSnapshot, bytes]:
        """The client as it is, and what makes the next call cheap, in this process or another.

        One request while the saved session lives, three otherwise.
        """
        session = decode_session(saved, self._owner)
        api = self._open(session.cookies)
        mirror, full = self._fetch_mirror(api, session.mirror)
        # A client that was updated has restarted, and so answers in full.
        if not full and (version := parse_version(session.version)) is not None:
            api.version = version
        text = api.version.text
        snapshot = read_snapshot(self.name, text, mirror, full=full)
        return snapshot, encode_session(session.followed_by(text, api.cookies, mirror), self._owner)

    def pause(self, permit: Permit[Pause]) -> None:
        """Stop torrents."""
        self._change(permit, lambda api, hashes: api.torrents_stop(hashes))

    def resume(self, permit: Permit[Resume]) -> None:
        """Start torrents, in their queue; a force-start is taken away."""
        self._change(permit, lambda api, hashes: api.torrents_start(hashes))

    def force_resume(self, permit: Permit[Resume]) -> None:
        """Start torrents with a force-start, past the queue."""
        self._change(permit, lambda api, hashes: api.torrents_set_force_start(True, hashes))

    def add_tag(self, permit: Permit[Tag]) -> None:
        """Put a tag on torrents; it is made when the client does not know it."""
        self._change(permit, lambda api, hashes: api.torrents_add_tags(permit.act.tag, hashes))

    def remove_tag(self, permit: Permit[Untag]) -> None:
        """Take a tag off torrents."""
        self._change(permit, lambda api, hashes: api.torrents_remove_tags(permit.act.tag, hashes))

    @cached_property
    def downloads(self) -> ClientDownloads:
        """The calls that the queue needs, in the same session."""
        from mamctl.adapters.qbittorrent.downloads import ClientDownloads

        return ClientDownloads(self._open)

    def fetch_categories(self) -> dict[str, str]:
        """The client's categories, each with the folder that it names ("" for the client's own)."""
        api = self._open()
        answer: Any = api.torrents_categories()
        try:
            return {str(name): str(entry.get("savePath") or "") for name, entry in answer.items()}
        except (AttributeError, TypeError):
            raise api.errors.strange("torrents/categories", "did not answer with an object of categories") from None

    def export_torrent(self, torrent: str) -> bytes:
        """The .torrent file of one torrent, by its hash; it holds the passkey."""
        content: Any = self._open().torrents_export(torrent)
        return bytes(content)

    def create_category(
        self,
        name: str,
        folder: str,
        permit: Permit[Categorise],
    ) -> None:
        """Make a category; the caller knows that it is not there."""
        self._open().torrents_create_category(name, folder or None)

    def set_category(self, permit: Permit[Categorise]) -> None:
        """Put torrents into a category that is there, or into none for ""."""
        self._change(permit, lambda api, hashes: api.torrents_set_category(permit.act.category, hashes))

    def close(self) -> None:
        """Let the connection go; the session lives on in the client."""
        if self._opened is not None:
            self._opened.close()

    def _open(self, cookies: Mapping[str, str] | None = None) -> WebApi:
        from mamctl.adapters.qbittorrent.web_api import WebApi

        if self._opened is None:
            self._opened = WebApi(
                self._endpoint,
                self._login,
                cookies=cookies,
                backoff=self._backoff,
                record_exchange=self._record_exchange,
            )
        return self._opened

    def _change(self, permit: Permit[TorrentAct], change: Callable[[WebApi, Sequence[str]], object]) -> None:
        if permit.act.hashes:  # no hash at all would be declined, and "all" is never meant
            change(self._open(), permit.act.hashes)

    def _fetch_mirror(self, api: WebApi, known: Mirror) -> tuple[Mirror, bool]:
        """The mirror after this answer, and whether the answer was whole."""
        answer: object = api.sync_maindata(known.rid)
        if not isinstance(answer, dict):
            raise api.errors.strange(_MAIN_DATA, "did not answer with an object")
        full = bool(answer.get("full_update"))
        try:
            mirror = merge_main_data(known, answer)
        except OddAnswerError as odd:
            if known.rid == 0:
                raise api.errors.strange(_MAIN_DATA, str(odd)) from None
        else:
            if full or known.rid == 0 or is_next(mirror.rid, known.rid):
                return mirror, full
        # A change to something that is not in the mirror, or an answer that never arrived (its process was killed, or
        # another program uses the same API key): the client and mamctl may disagree, so everything is asked for.
        return self._fetch_mirror(api, Mirror())[0], True
