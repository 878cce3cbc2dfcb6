"""One qBittorrent as the jobs need it: its torrents and totals, and the few things done to torrents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mamctl.adapters.qbittorrent.mirror import Mirror, OddAnswerError, merge_main_data
from mamctl.adapters.qbittorrent.remembered import Remembered, decode_remembered, encode_remembered, owner
from mamctl.adapters.qbittorrent.snapshot import read_snapshot
from mamctl.adapters.qbittorrent.version import OLDEST, Version, parse_version
from mamctl.adapters.qbittorrent.web import Web
from mamctl.domain.exchange import RecordExchange, record_nothing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mamctl.adapters.qbittorrent.login import Login
    from mamctl.adapters.qbittorrent.patience import Patience
    from mamctl.domain.ratio.client import ClientSnapshot

_MAIN_DATA = "sync/maindata"


class QbittorrentClient:
    """qBittorrent 4.4 to 5.x. Nothing is asked before the first call; `timeout` is seconds without any answer.

    `patience` keeps a login that was refused from being tried again and again; without it every object tries.
    Every call may raise SessionRefusedError, UnreachableError, ShapeChangedError or MamctlError.
    """

    def __init__(
        self,
        name: str,
        url: str,
        login: Login,
        *,
        timeout: float = 30.0,
        patience: Patience | None = None,
        record_exchange: RecordExchange = record_nothing,
    ) -> None:
        self._name = name
        self._url = url
        self._login = login
        self._timeout = timeout
        self._patience = patience
        self._record_exchange = record_exchange
        self._owner = owner(url, login)
        self._web: Web | None = None
        self._version: Version | None = None

    @property
    def name(self) -> str:
        """The client's name in the configuration."""
        return self._name

    def fetch_snapshot(self, remembered: bytes | None) -> tuple[ClientSnapshot, bytes]:
        """The client as it is, and what makes the next call cheap, in this process or another.

        One request while the remembered session lives, three otherwise.
        """
        known = decode_remembered(remembered, self._owner)
        web = self._open(known.cookies)
        mirror, full = self._fetch_mirror(web, known.mirror)
        self._version = self._version_after(web, known, full=full)
        kept = Remembered(self._version.text, web.cookies, mirror)
        snapshot = read_snapshot(self._name, self._version.text, mirror, full=full)
        return snapshot, encode_remembered(kept, self._owner)

    def pause(self, hashes: Sequence[str]) -> None:
        """Stop torrents."""
        self._change(self._known_version().pause, hashes)

    def resume(self, hashes: Sequence[str]) -> None:
        """Start torrents, in their queue; a force-start is taken away."""
        self._change(self._known_version().resume, hashes)

    def force_resume(self, hashes: Sequence[str]) -> None:
        """Start torrents with a force-start, past the queue."""
        self._change("torrents/setForceStart", hashes, value="true")

    def add_tag(self, hashes: Sequence[str], tag: str) -> None:
        """Put a tag on torrents; it is made when the client does not know it."""
        self._change("torrents/addTags", hashes, tags=tag)

    def remove_tag(self, hashes: Sequence[str], tag: str) -> None:
        """Take a tag off torrents."""
        self._change("torrents/removeTags", hashes, tags=tag)

    def close(self) -> None:
        """Let the connection go; the session lives on in the client."""
        if self._web is not None:
            self._web.close()

    def _open(self, cookies: Mapping[str, str] | None = None) -> Web:
        if self._web is None:
            self._web = Web(
                self._name,
                self._url,
                self._login,
                cookies=cookies,
                timeout=self._timeout,
                record_exchange=self._record_exchange,
                patience=self._patience,
            )
        return self._web

    def _change(self, path: str, hashes: Sequence[str], **more: str) -> None:
        if not hashes:  # no hash at all would be declined, and "all" is never meant
            return
        web = self._open()
        answer = web.post(path, hashes="|".join(hashes), **more)
        if answer.text.lstrip().startswith("<"):  # a page of something in between, whatever its status says
            raise web.refusals.strange(path, "was answered with a web page")

    def _fetch_mirror(self, web: Web, known: Mirror) -> tuple[Mirror, bool]:
        """The mirror after this answer, and whether the answer was whole."""
        answer = self._fetch_main_data(web, known.rid)
        try:
            return merge_main_data(known, answer), bool(answer.get("full_update"))
        except OddAnswerError as odd:
            if known.rid == 0:
                raise web.refusals.strange(_MAIN_DATA, str(odd)) from None
        # A change to something that we do not have: the client and we disagree, so begin anew.
        return self._fetch_mirror(web, Mirror())[0], True

    def _fetch_main_data(self, web: Web, rid: int) -> dict[str, Any]:
        try:
            answer = web.get(_MAIN_DATA, rid=rid).json()
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise web.refusals.strange(_MAIN_DATA, "did not answer with an object")
        return answer

    def _version_after(self, web: Web, known: Remembered, *, full: bool) -> Version:
        """A client that was updated has restarted, and so answers in full."""
        remembered = None if full else parse_version(known.version)
        return remembered or self._fetch_version(web)

    def _known_version(self) -> Version:
        if self._version is None:
            self._version = self._fetch_version(self._open())
        return self._version

    def _fetch_version(self, web: Web) -> Version:
        version = parse_version(web.get("app/version").text)
        if version is None:
            raise web.refusals.strange("app/version", "did not answer with a version")
        if not version.supported:
            raise web.refusals.too_old(version.text, "{}.{}".format(*OLDEST))
        return version
