"""Share limits of a client, its own and those of its categories, and whether one ends 72 hours of seeding early."""

from __future__ import annotations

from collections.abc import Iterable

from mamctl.dataclass import dataclass
from mamctl.domain.queue.slots import SEED_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLimit:
    """One set of limits; None where there is none. `category` is None where it holds for all torrents.

    `ratio` is uploaded by downloaded, `seeding_s` seconds of seeding, `idle_s` seconds without a transfer.
    `all_needed` when a torrent ends only once it has reached every one of them.
    """

    category: str | None = None
    ratio: float | None = None
    seeding_s: float | None = None
    idle_s: float | None = None
    all_needed: bool = False


def early_ends(limits: Iterable[ShareLimit]) -> tuple[str, ...]:
    """What of the limits may end a torrent before its 72 hours, in words; empty when nothing does."""
    return tuple(f"{words}{_where(limit)}" for limit in limits for words in _early(limit))


def _early(limit: ShareLimit) -> tuple[str, ...]:
    needed = SEED_TIME.total_seconds()
    if limit.all_needed and any(span is not None and span >= needed for span in (limit.seeding_s, limit.idle_s)):
        return ()
    found = []
    if limit.ratio is not None:
        found.append(f"at ratio {limit.ratio:g}")
    if limit.seeding_s is not None and limit.seeding_s < needed:
        found.append(f"after {limit.seeding_s / 3600:g} h of seeding")
    if limit.idle_s is not None and limit.idle_s < needed:
        found.append(f"after {limit.idle_s / 3600:g} h without a transfer")
    return tuple(found)


def _where(limit: ShareLimit) -> str:
    return f" in category {limit.category}" if limit.category is not None else ""
