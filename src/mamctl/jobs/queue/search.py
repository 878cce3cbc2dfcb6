"""Searching the site for a wanted title: as the pending list does, with what the verdict needs in the rows."""

from __future__ import annotations

from dataclasses import replace

from mamctl.dataclass import dataclass
from mamctl.domain.account.pending import Wanted
from mamctl.domain.account.wanted_query import queries_for
from mamctl.domain.problem import Problem
from mamctl.domain.queue.candidates import Choice, Edition, JudgeContext, choose_candidate
from mamctl.domain.queue.quality import accepting_lines
from mamctl.domain.site.search import SearchQuery, TorrentRow
from mamctl.errors import UsageError
from mamctl.jobs.queue.context import QueueContext
from mamctl.jobs.queue.observe import current_account, is_vip
from mamctl.jobs.queue.ports import QueueSite


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates of a title with the choice among them, and the edition they were held against."""

    choice: Choice
    edition: Edition


def find_candidates(context: QueueContext, wanted: Wanted) -> Found:
    """Search the site for a title and judge every row; nothing is downloaded, nothing kept.

    One search where it finds the title, else up to three. Raises UsageError for a title without words, and what the
    site's calls may raise.
    """
    vip_active = is_vip(current_account(context), context.now)
    edition, _ = context.edition_of(wanted)
    judge = context.judge_context(edition, vip_active=vip_active)
    return Found(search_title(context.site(), wanted, judge), edition)


def search_title(site: QueueSite, wanted: Wanted, judge: JudgeContext) -> Choice:
    """The choice among the rows of the searches for a title, which end when one finds an acceptable torrent."""
    queries = queries_for(wanted)
    if not queries:
        raise UsageError(f"{wanted.title!r}: no word to search for", subject=wanted.title)
    rows: dict[int, TorrentRow] = {}
    choice = choose_candidate(wanted, (), judge)
    for query in queries:
        page = site.search(replace(query, media_info=True))
        rows |= {row.id: row for row in page.rows}
        choice = choose_candidate(wanted, rows.values(), judge)
        if choice.candidates:
            break
    return choice


def search_torrent(site: QueueSite, torrent_id: int) -> TorrentRow | None:
    """The row of one torrent as it is now; None when it is not on the site."""
    page = site.search(SearchQuery(torrent_id=torrent_id, per_page=5, media_info=True))
    return next((row for row in page.rows if row.id == torrent_id), None)


def acceptable_with(context: QueueContext, title: str, choice: Choice) -> Problem | None:
    """That all candidates of a title fall to codec or bit rate alone, with the lines that would accept them."""
    matching = [one.rules for one in choice.candidates]
    lines = accepting_lines(matching, context.quality) if choice.chosen is None else ()
    if not lines:
        return None
    return Problem(
        "only_quality",
        f"“{title}”: every torrent of it falls only to codec or bit rate",
        title,
        f"to accept them, write under [quality]: {'; '.join(lines)}",
    )
