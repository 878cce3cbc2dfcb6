"""The torrent client's side of a point: categories, tags and states, and which of them may be restored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from mamctl.dataclass import dataclass
from mamctl.domain.ratio.client import ClientTorrent, TorrentState
from mamctl.domain.ratio.torrent_journal import Scope

_PAUSED = frozenset({TorrentState.PAUSED_DL, TorrentState.PAUSED_UP})


@dataclass(frozen=True, slots=True)
class TorrentMark:
    """One torrent in scope as a point remembers it."""

    hash: str
    name: str
    category: str
    tags: tuple[str, ...]
    paused: bool
    complete: bool


@dataclass(frozen=True, slots=True)
class ClientState:
    """One client: its categories with their folders, and its torrents in scope, by hash."""

    name: str
    version: str
    categories: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    torrents: Mapping[str, TorrentMark] = field(default_factory=dict)


def mark_torrents(torrents: Iterable[ClientTorrent], scope: Scope) -> dict[str, TorrentMark]:
    """The torrents in scope, as a point keeps them."""
    return {
        torrent.hash: TorrentMark(
            torrent.hash,
            torrent.name,
            torrent.category,
            tuple(sorted(torrent.tags)),
            torrent.state in _PAUSED,
            torrent.amount_left == 0 and torrent.progress >= 1,
        )
        for torrent in torrents
        if scope.holds(torrent)
    }


@dataclass(frozen=True, slots=True)
class ClientStep:
    """One thing to be restored at a client: `aspect` is category, tags or paused; or, with `refused`, why it is not."""

    client: str
    hash: str
    name: str
    aspect: str
    before: str
    after: str
    refused: str | None = None


def plan_client_restore(
    point: ClientState,
    now: ClientState,
    *,
    own: Mapping[tuple[str, str], str],
    guarded: frozenset[str],
    emergency: bool,
    overwrite: bool,
) -> Iterator[ClientStep]:
    """What would bring the client's torrents back to the point, and what is left with the reason.

    `own` has what mamctl itself last made of a torrent, by hash and aspect: only such a value is restored, unless
    `overwrite`. Torrents in `guarded` are in the guard's hands. Torrents added since are not looked at.
    """
    for hash_, then in point.torrents.items():
        current = now.torrents.get(hash_)
        if current is None:
            yield ClientStep(now.name, hash_, then.name, "torrent", "removed", "present", "removed since, or no longer"
                             " in scope; its .torrent file is in the point")  # fmt: skip
            continue
        for aspect, value, wanted in _aspects(current, then):
            if value != wanted:
                step = ClientStep(now.name, hash_, then.name, aspect, value, wanted)
                yield _judged(step, current, own, guarded, emergency=emergency, overwrite=overwrite)


def _aspects(now: TorrentMark, then: TorrentMark) -> Iterator[tuple[str, str, str]]:
    yield "category", now.category, then.category
    yield "tags", ", ".join(now.tags), ", ".join(then.tags)
    yield "paused", _word(now), _word(then)


def _word(mark: TorrentMark) -> str:
    return "paused" if mark.paused else "running"


def _judged(
    step: ClientStep,
    now: TorrentMark,
    own: Mapping[tuple[str, str], str],
    guarded: frozenset[str],
    *,
    emergency: bool,
    overwrite: bool,
) -> ClientStep:
    reason = None
    if step.hash in guarded:
        reason = "the ratio guard holds it; its journal is never rolled back"
    elif emergency:
        reason = "the ratio emergency is active: only the ratio guard touches torrents now"
    elif step.aspect == "paused" and step.after == "running" and not now.complete:
        reason = "it is incomplete: a rollback never starts a download"
    elif not overwrite and own.get((step.hash, step.aspect)) != step.before:
        reason = "changed since by you or another program; --overwrite restores it"
    return ClientStep(step.client, step.hash, step.name, step.aspect, step.before, step.after, reason)
