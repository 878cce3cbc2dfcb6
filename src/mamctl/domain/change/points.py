"""Rollback points: what one holds, and which of them are kept as they age."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from mamctl.dataclass import dataclass
from mamctl.domain.change.policy import KeepPolicy
from mamctl.regex import regex

LAST = "last"  # names the newest point
_LABEL = regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_ID = regex(r"\d{8}-\d{6}(-\d+)?")


def is_label(text: str) -> bool:
    """Whether a point may be labelled so: a word that is not the id of another point, nor "last"."""
    return bool(_LABEL.fullmatch(text)) and not _ID.fullmatch(text) and text != LAST


class Part(StrEnum):
    """What a point is made of, in the order in which it is restored."""

    DATABASE = "database"
    CONFIG = "config"
    SIDECARS = "sidecars"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a point: its name inside the point's folder, its size in bytes, its SHA-256."""

    name: str
    part: Part
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Point:
    """One rollback point. `label` is None for one that mamctl made by itself; then it may be thinned.

    `tables` has the digest of every table of the database when the point was made, `missing` what could not be had
    (a client that did not answer), as texts. `config_path` is where the configuration stood; it may not have existed.
    """

    id: str
    made_at: datetime
    label: str | None
    reason: str
    version: str
    schema: int
    config_path: str
    files: tuple[StoredFile, ...]
    tables: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    verified_at: datetime | None = None

    @property
    def size_bytes(self) -> int:
        """All of its files."""
        return sum(file.size for file in self.files)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that it holds, in the order of restoring."""
        held = {file.part for file in self.files}
        return tuple(part for part in Part if part in held)

    def of(self, part: Part) -> tuple[StoredFile, ...]:
        """The files of one part."""
        return tuple(file for file in self.files if file.part is part)


def point_id(now: datetime, taken: Iterable[str]) -> str:
    """An id from the time, such as 20261129-120000; a second one in the same second ends in -2."""
    stem, used = f"{now:%Y%m%d-%H%M%S}", set(taken)
    candidates = [stem, *(f"{stem}-{number}" for number in range(2, len(used) + 3))]
    return next(name for name in candidates if name not in used)


@dataclass(frozen=True, slots=True)
class PartProof:
    """One part of a point, restored to a scratch place: whether it equals the original, and what differs."""

    part: Part
    equal: bool
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keep:
    """Whether a point is kept, and why."""

    point: Point
    keep: bool
    reason: str


def plan_thinning(points: Iterable[Point], policy: KeepPolicy, needed: frozenset[str] = frozenset()) -> list[Keep]:
    """Which points stay, newest first, each with the reason.

    The newest, then the newest of each of the last weeks and months that have one. Above `policy.size` the oldest go
    first. Labelled ones stay, and so do those in `needed` and the last good one: the newest that was verified, or the
    newest of all where none was.
    """
    ordered = sorted(points, key=lambda point: (point.made_at, point.id), reverse=True)
    firm = dict(_firm(ordered, needed))
    chosen = {**_by_age(ordered, policy), **firm}
    room = policy.size - sum(point.size_bytes for point in ordered if point.id in firm)
    verdicts = []
    for point in ordered:
        reason = chosen.get(point.id)
        if reason is not None and point.id not in firm:
            room -= point.size_bytes
            if room < 0:
                verdicts.append(Keep(point, keep=False, reason="more than change.keep.size together"))
                continue
        verdicts.append(Keep(point, reason is not None, reason or "no longer among those that change.keep keeps"))
    return verdicts


def _firm(ordered: Sequence[Point], needed: frozenset[str]) -> Iterator[tuple[str, str]]:
    """What stays whatever its age and size."""
    good = next((point for point in ordered if point.verified_at), ordered[0] if ordered else None)
    for point in ordered:
        if point.id in needed:
            yield point.id, "an unfinished change needs it"
        elif point.label is not None:
            yield point.id, f"labelled {point.label}"
        elif point is good:
            yield point.id, "the last good one"


def _by_age(ordered: Sequence[Point], policy: KeepPolicy) -> dict[str, str]:
    reasons: dict[str, str] = {}
    for point in ordered[: policy.newest]:
        reasons[point.id] = f"one of the {policy.newest} newest"
    for form, many, word in (("%G-%V", policy.weeks, "week"), ("%Y-%m", policy.months, "month")):
        spans: dict[str, str] = {}
        for point in ordered:
            spans.setdefault(point.made_at.strftime(form), point.id)
        for name in list(spans.values())[:many]:
            reasons.setdefault(name, f"the newest of its {word}")
    return reasons
