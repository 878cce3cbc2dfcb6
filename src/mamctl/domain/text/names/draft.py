"""A reading as it grows piece by piece, and the comparisons that all roles share."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from mamctl.dataclass import dataclass
from mamctl.domain.text.credits import same_person
from mamctl.domain.text.names.pieces import Piece
from mamctl.domain.text.names.places import fold_words


@dataclass(slots=True)
class Draft:
    """A reading as it grows, piece by piece. `weight` is the sum of what its roles weigh."""

    title: str | None = None
    subtitle: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    narrators: tuple[str, ...] = ()
    series: str | None = None
    position: str | None = None
    year: int | None = None
    weight: float = 0.0
    reasons: tuple[str, ...] = ()
    last_role: str = ""

    def grown(self, weight: float, reason: str, role: str, **changes: object) -> Draft:
        """This draft with one more piece in `role`, which adds `weight` and perhaps a reason."""
        new = Draft(
            self.title, self.subtitle, self.authors, self.narrators, self.series, self.position, self.year,
            self.weight + weight, (*self.reasons, reason) if reason else self.reasons, role,
        )  # fmt: skip
        for name, value in changes.items():
            setattr(new, name, value)
        return new


@lru_cache(maxsize=4_096)
def all_among(people: tuple[str, ...], authors: tuple[str, ...]) -> bool:
    """Whether each of the people is among the authors, typing errors aside."""
    return bool(people and authors) and all(any(_is_near(one, other) for other in authors) for one in people)


@lru_cache(maxsize=4_096)
def are_family_names(people: tuple[str, ...], authors: tuple[str, ...]) -> bool:
    """Whether each of the people is only the family name of one of the authors: "Vell" of "Mara Vell"."""
    families = {fold_words(author).rpartition(" ")[2] for author in authors if " " in author}
    return bool(people) and all(fold_words(name) in families for name in people)


def _is_near(one: str, other: str) -> bool:
    """The same person, or the same name with a slip of the pen."""
    return same_person(one, other) or (" " in one and " " in other and is_near_text(one, other))


@lru_cache(maxsize=8_192)
def is_near_text(one: str, other: str) -> bool:
    """Whether two texts differ by a slip of the pen only."""
    from rapidfuzz.distance import OSA

    a, b = fold_words(one), fold_words(other)
    return a == b or (min(len(a), len(b)) > 6 and OSA.distance(a, b, score_cutoff=2) <= (1 if len(a) < 10 else 2))


def is_dated(piece: Piece) -> bool:
    """Whether a year or a numbered series in brackets follows, as behind titles."""
    return piece.dated or piece.numbered


def are_known(people: Iterable[str], known: frozenset[str]) -> bool:
    """Whether all the people are among the known names, which are folded."""
    return bool(known) and all(fold_words(name) in known for name in people)
