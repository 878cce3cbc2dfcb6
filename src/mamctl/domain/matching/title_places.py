"""Whether two titles give the book the same place in its series, and what it means when only one gives any."""

from __future__ import annotations

from mamctl.domain.matching.penalties import Penalty
from mamctl.domain.matching.title_input import ParsedTitle, ParsedVariant, Words
from mamctl.domain.matching.title_variants import TitleVariant
from mamctl.domain.matching.words import compare_words


def compare_places(a: ParsedTitle, x: ParsedVariant, b: ParsedTitle, y: ParsedVariant) -> list[Penalty]:
    """Penalties for another place in the same series, and for a place that only one side has."""
    ours, theirs = x.places, y.places
    if not ours and not theirs:
        return []
    if not set(ours.values()).isdisjoint(theirs.values()):
        return []
    if ours and theirs:
        return _contradicting(ours, theirs, x.variant, y.variant, a, b)
    return _lonely_place(ours or theirs, (x if ours else y).variant)


def _contradicting(
    ours: dict[Words, str], theirs: dict[Words, str], x: TitleVariant, y: TitleVariant, a: ParsedTitle, b: ParsedTitle
) -> list[Penalty]:
    detail = f"place {', '.join(ours.values())} against {', '.join(theirs.values())} in the series"
    shared = [(p, q) for s, p in ours.items() for t, q in theirs.items() if not s or not t or not compare_words(s, t)]
    if not shared:
        return [Penalty("other_series", 0.02, detail)]
    if any(("-" in p) != ("-" in q) for p, q in shared):
        return [Penalty("omnibus", 0.4, detail, hard=True)]
    written = x.position is not None and y.position is not None
    numbered = written or () in ours or () in theirs or _named_alike(a, x) or _named_alike(b, y)
    return [Penalty("position", 0.4 if numbered else 0.1, detail, hard=numbered)]


_PART_OF_WORK = 0.16  # what only something that agrees makes up for


def _named_alike(side: ParsedTitle, variant: TitleVariant) -> bool:
    """Whether the books of this series share its name, so that only the number differs."""
    return any(name and not compare_words(name, variant.main_title) for name, _ in side.series)


def _lonely_place(placed: dict[Words, str], variant: TitleVariant) -> list[Penalty]:
    """Only one side has a place: harmless next to a series' name, decisive where the name itself is numbered.

    The first of something whose name is the title may be a part of it: "1Q84 Book 1", "War and Peace, Volume 1".
    """
    place = placed.get(())
    # "The Wreath: Kristin, Vol. 1" is a part of "Kristin", though it is also the first of its series
    part = variant.of_the_work and bool(variant.extras)
    if place is None or (
        not part and not variant.is_bare and any(name and other == place for name, other in placed.items())
    ):
        return []  # "The Salt Road, Book 3" of a record whose own series says 3 is no more than that
    if place == "1":
        doubt = _PART_OF_WORK if variant.of_the_work else 0.02
        return [Penalty("place_missing", doubt, "only one side says that it is the first")]
    return [Penalty("number", 0.4, f"only one side is number {place}", hard=True)]
