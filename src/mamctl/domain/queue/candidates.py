"""Which torrent of a search is the wanted recording, which of several is best, and why each other one is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass
from mamctl.domain.account.availability import match_row
from mamctl.domain.account.pending import Wanted
from mamctl.domain.matching.match import VerdictKind
from mamctl.domain.matching.recording import compare_abridged, compare_languages, compare_lengths, compare_narrators
from mamctl.domain.queue.quality import RuleAnswer, audio_types, claimed_facts, claimed_length, judge_quality
from mamctl.domain.text.durations import spell_duration
from mamctl.domain.text.languages import parse_language
from mamctl.domain.text.titles import parse_title

if TYPE_CHECKING:
    from mamctl.domain.matching.penalties import Penalty
    from mamctl.domain.queue.policy import QualityPolicy
    from mamctl.domain.site.search import TorrentRow

# Best first; what is not listed comes after.
FORMATS = ("m4b", "m4a", "mp4", "aac", "flac", "opus", "ogg", "mp3")
_LEAST_SEEDERS = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Free(StrEnum):
    """What makes a torrent free for you, best first: the site's own freeleech, a wedge spent on it, VIP."""

    SITE = "site"
    PERSONAL = "personal"
    VIP = "vip"


@dataclass(frozen=True, slots=True)
class Edition:
    """The recording that is wanted, as far as it is known; the length is in seconds, the language an English name."""

    narrators: tuple[str, ...] = ()
    duration_s: float | None = None
    language: str | None = None
    abridged: bool | None = None
    rating: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A torrent with every rule's answer. `match` says how surely it is the wanted title."""

    row: TorrentRow
    match: VerdictKind
    rules: tuple[RuleAnswer, ...]
    free: Free | None

    @property
    def accepted(self) -> bool:
        """Whether it may be queued: it is the title for certain, and no rule refuses it."""
        return self.match is VerdictKind.MATCH and not self.refusals

    @property
    def refusals(self) -> tuple[RuleAnswer, ...]:
        """The rules it fails."""
        return tuple(rule for rule in self.rules if rule.holds is False)


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates, best first, the one to take, and why it is that one or none.."""

    candidates: tuple[Candidate, ...]
    chosen: Candidate | None
    reason: str


@dataclass(frozen=True, slots=True)
class JudgeContext:
    """What a candidate is judged by. `blocked` are torrents that were tried and refused, each with the reason."""

    policy: QualityPolicy
    edition: Edition = field(default_factory=Edition)
    vip_active: bool = False
    blocked: dict[int, str] = field(default_factory=dict)


def free_kind(row: TorrentRow, *, vip_active: bool) -> Free | None:
    """What makes it free now; None when its bytes are counted."""
    if row.free:
        return Free.SITE
    if row.personal_freeleech:
        return Free.PERSONAL
    return Free.VIP if row.vip and vip_active else None


def judge_candidate(wanted: Wanted, row: TorrentRow, context: JudgeContext) -> Candidate:
    """Every rule's answer on one row of a search."""
    edition, parsed = context.edition, parse_title(row.title)
    match = match_row(wanted, row)
    quality = judge_quality(claimed_facts(row, rating=edition.rating, abridged=parsed.abridged), context.policy)
    rules = (
        _title_rule(wanted, row, match),
        *_recording_rules(edition, row, parsed.narrators, parsed.abridged),
        *quality,
        _seeders_rule(row),
        _tried_rule(row, context.blocked),
    )
    return Candidate(row, match, rules, free_kind(row, vip_active=context.vip_active))


def choose_candidate(wanted: Wanted, rows: Iterable[TorrentRow], context: JudgeContext) -> Choice:
    """The rows that may be the title, best first, and the best accepted one. The order of the rows means nothing."""
    judged = {row.id: judge_candidate(wanted, row, context) for row in rows}
    found = [one for one in judged.values() if one.match is not VerdictKind.NONE]
    ranked = tuple(sorted(found, key=lambda one: candidate_order(one, context.policy)))
    chosen = ranked[0] if ranked and ranked[0].accepted else None
    return Choice(ranked, chosen, _reason(ranked, chosen))


def candidate_order(candidate: Candidate, policy: QualityPolicy) -> tuple[object, ...]:
    """Accepted before refused; then edition, narrator, format, bit rate, kind of free, seeders, size, age, id.

    A smaller file costs less of ratio and disk, an older one has proved itself. A rule that agrees goes before one
    that is unknown.
    """
    row = candidate.row
    kinds = list(Free)
    return (
        not candidate.accepted,
        candidate.match is not VerdictKind.MATCH,
        _rank(candidate, "length") + _rank(candidate, "edition"),
        _rank(candidate, "narrator"),
        _format_rank(row, policy),
        -(row.media.bitrate or 0 if row.media else 0) // 8_000,  # steps that one can hear
        kinds.index(candidate.free) if candidate.free else len(kinds),
        -min(row.seeders or 0, 20),
        row.size_bytes if row.size_bytes is not None else float("inf"),
        row.added_at or _EPOCH,
        row.id,
    )


def _rank(candidate: Candidate, name: str) -> int:
    """0 where the rule agrees, 1 where it is unknown, 2 where it does not."""
    answer = next((rule.holds for rule in candidate.rules if rule.name == name), None)
    return 1 if answer is None else 0 if answer else 2


def _format_rank(row: TorrentRow, policy: QualityPolicy) -> int:
    order = policy.formats or FORMATS
    ranks = [order.index(kind) if kind in order else len(order) for kind in audio_types(row.file_types)]
    return max(ranks, default=len(order))


def _title_rule(wanted: Wanted, row: TorrentRow, match: VerdictKind) -> RuleAnswer:
    asked = f"torrent {wanted.torrent_id}" if wanted.torrent_id is not None else _titled(wanted.title, (wanted.author,))
    holds = {VerdictKind.MATCH: True, VerdictKind.AMBIGUOUS: None, VerdictKind.NONE: False}[match]
    words = {True: "the wanted title", None: "perhaps the wanted title", False: "another title"}[holds]
    return RuleAnswer("title", holds, _titled(row.title, row.authors), asked, words)


def _titled(title: str, authors: Iterable[str]) -> str:
    people = ", ".join(author for author in authors if author)
    return f"“{title}” by {people}" if people else f"“{title}”"


def _recording_rules(
    edition: Edition, row: TorrentRow, title_narrators: tuple[str, ...], title_abridged: bool | None
) -> Iterable[RuleAnswer]:
    """QUAL-2: length, narrator, and language and abridgement together, against the wanted edition."""
    narrators = row.narrators or title_narrators
    language = parse_language(row.language) if row.language else None
    yield judge_length(edition, claimed_length(row))
    yield _from_penalties(
        "narrator",
        compare_narrators(edition.narrators, narrators),
        ", ".join(narrators) or None,
        ", ".join(edition.narrators) or "any narrator",
    )
    abridged = {True: "abridged", False: "unabridged"}.get(title_abridged) if title_abridged is not None else None
    claimed = ", ".join(word for word in (language, abridged) if word)
    asked = ", ".join(word for word in (edition.language, "abridged" if edition.abridged else None) if word)
    yield _from_penalties(
        "edition",
        (
            *compare_languages(edition.language, language),
            *(compare_abridged(edition.abridged, title_abridged) if edition.abridged is not None else ()),
        ),
        claimed or None,
        asked or "any edition",
    )


def judge_length(edition: Edition, seconds: float | None) -> RuleAnswer:
    """Whether a recording of this length is the wanted one."""
    return _from_penalties(
        "length",
        compare_lengths(edition.duration_s, seconds),
        spell_duration(seconds) if seconds else None,
        spell_duration(edition.duration_s) if edition.duration_s else "any length",
    )


def _from_penalties(name: str, found: tuple[Penalty, ...], claimed: str | None, wanted: str) -> RuleAnswer:
    """A hard penalty is a no, agreement a yes, and all else leaves it open."""
    against = next((penalty for penalty in found if penalty.hard), None)
    if against is not None:
        return RuleAnswer(name, False, claimed, wanted, against.detail)
    agreeing = next((penalty for penalty in found if penalty.amount < 0), None)
    if agreeing is not None:
        return RuleAnswer(name, True, claimed, wanted, agreeing.detail)
    return RuleAnswer(name, None, claimed, wanted, found[0].detail if found else "nothing to compare")


def _seeders_rule(row: TorrentRow) -> RuleAnswer:
    wanted = "at least 1 seeder"
    if row.seeders is None:
        return RuleAnswer("seeders", None, None, wanted, "the seeders are not named")
    return RuleAnswer("seeders", row.seeders >= _LEAST_SEEDERS, str(row.seeders), wanted, f"{row.seeders} seeders")


def _tried_rule(row: TorrentRow, blocked: dict[int, str]) -> RuleAnswer:
    before = blocked.get(row.id)
    return RuleAnswer("not_tried", before is None, before, "not refused before", before or "not tried before")


def _reason(ranked: tuple[Candidate, ...], chosen: Candidate | None) -> str:
    if chosen is not None:
        return f"torrent {chosen.row.id} is the best of {len(ranked)}"
    if not ranked:
        return "the title is not on the site"
    if all(one.match is not VerdictKind.MATCH for one in ranked):
        return f"{len(ranked)} torrents may be the title, and none is for certain"
    fallen = sorted({rule.name for one in ranked for rule in one.refusals})
    return f"no torrent of the title passes every rule: {', '.join(fallen)}"
