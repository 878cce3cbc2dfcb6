"""What the commands of the queue hand back, and how several of them show it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mamctl.cli.format import bytes_text, day
from mamctl.dataclass import dataclass
from mamctl.domain.queue.slots import Slots, seed_left
from mamctl.domain.queue.states import SEARCHED, State
from mamctl.domain.spec.deciding import clause_of_limit
from mamctl.domain.text.quantities import show_span
from mamctl.output.screen import Screen, Tone

if TYPE_CHECKING:
    from mamctl.domain.queue.candidates import Candidate
    from mamctl.domain.queue.quality import RuleAnswer
    from mamctl.store.queue.items import QueueItem


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule's answer; `holds` null is unknown."""

    name: str
    holds: bool | None
    claimed: str | None
    wanted: str
    detail: str

    @classmethod
    def of(cls, answer: RuleAnswer) -> Rule:
        """The answer as it is shown."""
        return cls(answer.name, answer.holds, answer.claimed, answer.wanted, answer.detail)


@dataclass(frozen=True, slots=True)
class CandidateData:
    """A torrent of the site with its verdict, rule by rule. `match` is match, or ambiguous."""

    torrent_id: int
    title: str
    authors: tuple[str, ...]
    narrators: tuple[str, ...]
    series: tuple[str, ...]
    filetype: str | None
    size_bytes: int | None
    seeders: int | None
    free: str | None
    match: str
    verdict: str
    rules: tuple[Rule, ...]

    @classmethod
    def of(cls, candidate: Candidate) -> CandidateData:
        """The candidate as it is shown."""
        row = candidate.row
        return cls(
            torrent_id=row.id,
            title=row.title,
            authors=row.authors,
            narrators=row.narrators,
            series=tuple(f"{entry.name} {entry.label}".strip() for entry in row.series),
            filetype=" ".join(row.file_types) or None,
            size_bytes=row.size_bytes,
            seeders=row.seeders,
            free=candidate.free.value if candidate.free else None,
            match=candidate.match.value,
            verdict="accepted" if candidate.accepted else "refused",
            rules=tuple(Rule.of(rule) for rule in candidate.rules),
        )

    @property
    def why(self) -> str:
        """In a few words why it is refused, or what makes it free."""
        failed = [rule for rule in self.rules if rule.holds is False]
        if failed:
            return "; ".join(f"{rule.name}: {rule.detail}" for rule in failed)
        return "perhaps another book" if self.verdict == "refused" else f"free ({self.free})" if self.free else "paid"


@dataclass(frozen=True, slots=True)
class ItemData:
    """One download as it is listed; times in seconds, progress 0 to 1."""

    id: int
    torrent_id: int | None
    title: str
    author: str
    state: str
    since: datetime
    paid: bool | None
    reason: str
    info_hash: str | None
    client: str | None
    progress: float | None
    seed_seconds_left: float | None
    size_bytes: int | None
    attempt: int
    not_before: datetime | None
    searched_at: datetime | None
    """The last search on the site for one that it does not have, or not for free; the next is `not_before`."""

    @property
    def why(self) -> str:
        """The reason, with the last and the next search where it is searched for now and then."""
        if self.searched_at is None:
            return self.reason
        following = f", next {self.not_before:%Y-%m-%d}" if self.not_before else ""
        return f"{self.reason}; last searched {self.searched_at:%Y-%m-%d}{following}"

    @classmethod
    def of(cls, item: QueueItem, seed_hold: float) -> ItemData:
        """The item as it is shown; `seed_hold` is how many seconds it is to seed."""
        left = None
        if item.handed_over_at is not None and item.state is not State.SETTLED:
            left = seed_left(item.seeding_s or 0.0, timedelta(seconds=seed_hold)).total_seconds()
        return cls(
            id=item.id,
            torrent_id=item.torrent_id,
            title=item.title,
            author=item.author,
            state=item.state.value,
            since=item.since,
            paid=item.paid,
            reason=item.reason,
            info_hash=item.info_hash,
            client=item.client,
            progress=item.progress,
            seed_seconds_left=left,
            size_bytes=item.size_bytes,
            attempt=item.attempt,
            not_before=item.not_before,
            searched_at=item.since if item.hold_code in SEARCHED else None,
        )


@dataclass(frozen=True, slots=True)
class LimitData:
    """One factor: how many more it allows; null where it counts no slots."""

    name: str
    slots: int | None
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class SlotsData:
    """What may be released now; sizes are bytes."""

    free_slots: int
    paid_slots: int
    reason: str
    event_percent: int
    limits: tuple[LimitData, ...]
    limiting: str
    next_slot_at: datetime | None
    buffer_bytes: int | None
    disk_bytes: int | None

    @classmethod
    def of(cls, slots: Slots) -> SlotsData:
        """The slots as they are shown."""
        return cls(
            free_slots=slots.free,
            paid_slots=slots.paid,
            reason=slots.reason,
            event_percent=slots.percent,
            limits=tuple(LimitData(one.name, one.slots, one.kind.value, one.detail) for one in slots.limits),
            limiting=slots.limiting,
            next_slot_at=slots.next_slot_at,
            buffer_bytes=slots.buffer,
            disk_bytes=slots.space,
        )


def show_slots(screen: Screen, data: SlotsData) -> None:
    """The slots on two lines, with what limits them."""
    tone = Tone.GOOD if data.free_slots or data.paid_slots else Tone.WARN
    limit = f"{limit_words(data.limiting)}{clause_of_limit(data.limiting)}"
    screen.line(f"{data.free_slots} free and {data.paid_slots} paid slots; limit: {limit}", tone)
    screen.line(f"  {data.reason}")
    if data.next_slot_at is not None:
        screen.line(f"  the next slot: {day(data.next_slot_at)}")


_LIMITS = {
    "events_free": "free downloads", "events_paid": "paid downloads", "unsatisfied": "unsatisfied torrents",
    "disk": "disk space", "site_block": "the site", "announce": "announces", "per_run": "releases in a run",
    "per_day": "releases in a day", "failures": "failures in a row",
}  # fmt: skip


def limit_words(name: str) -> str:
    """A limit as tables show it; JSON has its name."""
    return _LIMITS.get(name, _words(name))


def _words(name: str) -> str:
    return name.replace("_", " ")


def show_rules(screen: Screen, rules: tuple[Rule, ...]) -> None:
    """Every rule on a line."""
    marks = {True: "yes", False: "NO", None: "?"}
    screen.table(
        ("rule", "holds", "found", "wanted", "detail"),
        [(_words(rule.name), marks[rule.holds], rule.claimed, rule.wanted, rule.detail) for rule in rules],
        elastic=(2, 3),
        optional=(3,),
        wrapped=(4,),
    )


def show_candidates(screen: Screen, candidates: tuple[CandidateData, ...], *, numbered: bool = False) -> None:
    """One row a torrent, with what tells them apart."""
    screen.table(
        ("#" if numbered else "id", "title", "narrator", "type", "size", "seeders", "verdict", "why"),
        [
            (
                place if numbered else one.torrent_id,
                one.title,
                ", ".join(one.narrators),
                one.filetype,
                bytes_text(one.size_bytes),
                one.seeders,
                one.verdict,
                one.why,
            )
            for place, one in enumerate(candidates, 1)
        ],
        right=(0, 4, 5),
        elastic=(1, 2),
        optional=(3, 5, 4, 2),
        wrapped=(7,),
    )


def duration_text(seconds: float | None) -> str:
    """What is left of it: "2 d 3 h"; empty when unknown."""
    return "" if seconds is None else show_span(seconds)
