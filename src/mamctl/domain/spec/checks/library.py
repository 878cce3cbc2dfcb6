"""Checks of the library's metadata and of drift."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from mamctl.domain.catalogues.drift_changes import PROTECTED
from mamctl.domain.spec.clause import Finding, holds, not_applicable, search, unknown, violated
from mamctl.domain.spec.facts import CorrectionFact, Facts, ValueFact
from mamctl.domain.text.normalize import fold

Check = Callable[[Facts], Finding]

_GRACE = timedelta(days=10)  # drift runs weekly and corrects a bounded number at a time
_DAY = timedelta(days=1)
_NO_LIBRARY = "no library folder is configured"
_NO_BOOK = "no book has been scanned yet"


def books_have_sources(facts: Facts) -> Finding:
    """META-1."""
    if not facts.settings.folders:
        return not_applicable(_NO_LIBRARY)
    looked = search(
        (None if one.sources else f"{one.path}: nothing is known of it" for one in facts.library.books),
        facts.library.books_total,
    )
    return looked.finding("books", "mamctl meta scan", _NO_BOOK)


def matches_name_records(facts: Facts) -> Finding:
    """META-2."""
    if not facts.settings.catalogues:
        return not_applicable("no catalogue is configured")
    bad = facts.library.matches_without_record
    if bad:
        return violated(f"{len(bad)} matches name no record: {bad[0]}", "mamctl meta enrich", bad)
    if not facts.library.matches:
        return unknown("no catalogue has been asked yet", "mamctl meta enrich")
    return holds(f"{facts.library.matches} matches, each with its record")


def nfo_and_names_are_read(facts: Facts) -> Finding:
    """META-3."""
    misread = facts.program.misread
    if misread is None:
        return unknown("the sample NFO and the sample path were not read", "please report it")
    if misread:
        return violated(f"a sample is not read: {', '.join(misread)}", "please report it", misread)
    return holds("a sample NFO and a sample path were read")


def files_are_decoded(facts: Facts) -> Finding:
    """META-4."""
    if not facts.settings.folders:
        return not_applicable(_NO_LIBRARY)
    looked = search(
        (
            f"{one.path}: {one.undecoded} files" if one.undecoded and facts.now - one.added_at > _DAY else None
            for one in facts.library.books
        ),
        facts.library.books_total,
    )
    return looked.finding("books", "mamctl meta scan", _NO_BOOK)


def listening_is_bounded(facts: Facts) -> Finding:
    """META-5."""
    if not facts.settings.speech:
        return not_applicable("no speech engine is configured")
    limit = facts.settings.speech_timeout
    looked = search(
        f"{path}: {seconds:.0f} s, more than {limit:.0f}" if seconds > limit else None
        for path, seconds in facts.library.listened
    )
    return looked.finding("books", "mamctl doctor", "no book has been listened to yet")


def narrators_are_listed_once(facts: Facts) -> Finding:
    """META-6."""

    def twice(one: ValueFact) -> str | None:
        names = [fold(str(name)) for name in one.value] if isinstance(one.value, list) else []
        if len(set(names)) != len(names):
            return f"book {one.book} names a narrator twice"
        return None if one.source and 0 <= one.confidence <= 1 else f"book {one.book}: no method or confidence"

    looked = search(map(twice, facts.library.narrators), facts.library.narrators_total)
    return looked.finding("books with a narrator", "mamctl meta problems", _NO_BOOK)


def values_have_evidence(facts: Facts) -> Finding:
    """META-7."""
    if not facts.library.books_total:
        return unknown(_NO_BOOK, "mamctl meta scan") if facts.settings.folders else not_applicable(_NO_LIBRARY)
    looked = search(
        (
            f"{one.field} of book {one.book}: no source, or no reason why it won"
            if not one.verified and one.own_word is None and not (one.source and one.reason)
            else None
            for one in facts.library.values
        ),
        facts.library.values_total,
    )
    return looked.finding("values", "mamctl meta scan", "nothing is known of any book")


def books_are_compared(facts: Facts) -> Finding:
    """DRIFT-1."""
    after = facts.settings.drift_after
    looked = search(
        (
            f"{one.path}: last compared on {last:%Y-%m-%d}" if facts.now - last > after + _GRACE else None
            for one in facts.library.compared
            for last in [one.compared_at or one.matched_at]
        ),
        facts.library.compared_total,
    )
    return looked.finding("matched books", "mamctl drift fix", "no book has been matched with a catalogue yet")


def verified_is_your_word(facts: Facts) -> Finding:
    """DRIFT-2."""
    looked = search(
        f"{one.field} of book {one.book} is verified and not what you said" if not one.own_word else None
        for one in facts.library.values
        if one.verified
    )

    def overwrote(one: CorrectionFact) -> str | None:
        protected = one.field in set(PROTECTED) and one.replaced
        words = "is protected" if protected else "was verified" if one.verified_before else None
        return f"correction {one.id}: {one.field} of book {one.book} {words}" if words else None

    for one in facts.library.corrections:
        looked.look(overwrote(one))
    return looked.finding("verified values and corrections", "mamctl drift history", "nothing is verified or corrected")


def corrections_are_recorded(facts: Facts) -> Finding:
    """DRIFT-3."""
    looked = search(
        None if one.complete and one.source else f"correction {one.id}: its values before and after are not on record"
        for one in facts.library.corrections
    )
    return looked.finding("corrections", "mamctl drift history", "nothing has been corrected yet")


def corrections_converge(facts: Facts) -> Finding:
    """DRIFT-4."""
    last: dict[tuple[int, str], datetime] = {}
    looked = search(())
    for one in sorted(facts.library.corrections, key=lambda one: one.made_at):
        key = (one.book, one.field)
        again = not one.undone and key in last and one.made_at - last[key] < _DAY
        looked.look(f"{one.field} of book {one.book} was corrected twice within a day" if again else None)
        if not one.undone:
            last[key] = one.made_at
    return looked.finding("corrections", "mamctl drift history", "nothing has been corrected yet")


CHECKS: Mapping[str, Check] = {
    "META-1": books_have_sources,
    "META-2": matches_name_records,
    "META-3": nfo_and_names_are_read,
    "META-4": files_are_decoded,
    "META-5": listening_is_bounded,
    "META-6": narrators_are_listed_once,
    "META-7": values_have_evidence,
    "DRIFT-1": books_are_compared,
    "DRIFT-2": verified_is_your_word,
    "DRIFT-3": corrections_are_recorded,
    "DRIFT-4": corrections_converge,
}
