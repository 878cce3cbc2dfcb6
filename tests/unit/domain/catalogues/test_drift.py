"""Drift: what counts as a difference, what is protected, and that it comes to rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.catalogues.drift import DriftCase, DriftPolicy, FreshRecord, plan_drift, settle
from mamctl.domain.catalogues.drift_changes import Change, ChangeKind
from mamctl.domain.metadata.agreed_value import AgreedValue
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Observation, Source, Value
from mamctl.domain.text.series import SeriesEntry

THEN = datetime(2026, 10, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOURS = 3600.0


def said(field: Field, value: Value, source: Source = Source.AUDIBLE, certainty: float = 0.95) -> Observation:
    """One statement of now."""
    return Observation(field, value, source, f"{source}:1", certainty, NOW)


def fresh(*words: Observation, length: float | None = None, certainty: float = 1.0) -> FreshRecord:
    """A record of the first statement's source."""
    return FreshRecord(words[0].source, certainty, length, words)


def case(field: Field, old: Value | None, new: Value, *, verified: bool = False, **more: object) -> DriftCase:
    """A book on which Audible said `old` and says `new` now."""
    known = said(field, old) if old is not None else None
    agreed = {field: AgreedValue(field, old, 0.95, Source.AUDIBLE, "", verified)} if old is not None else {}
    record = fresh(said(field, new), **more)  # type: ignore[arg-type]
    return DriftCase(1, agreed, (known,) if known else (), (record,))


def only(found: tuple[Change, ...]) -> Change:
    assert len(found) == 1
    return found[0]


LONG = "A road of salt runs from the hills down to the sea, and nobody who took it has come back to tell."
NO_DRIFT = [
    (Field.TITLE, "The Salt Road", "Salt Road, The"),
    (Field.TITLE, "The Salt Road", "the salt road (Unabridged)"),
    (Field.AUTHORS, ("J.R.R. Tolkien",), ("J. R. R. Tolkien",)),
    (Field.NARRATORS, ("Tom Asher", "Ines Quill"), ("Ines Quill", "Tom Asher")),
    (Field.GENRES, ("Fantasy", "Epic"), ("Epic", "Fantasy")),
    (Field.GENRES, ("Fantasy", "Epic"), ("Fantasy",)),
    (Field.PUBLISHED, "2013-05-14", "2013"),
    (Field.PUBLISHED, "2013-05-14", "2014"),
    (Field.ASIN, "B00TEST123", "B00TEST999"),
    (Field.ISBN, "9780306406157", "9780306406164"),
    (Field.SERIES, (SeriesEntry("Lantern Cycle", "2"),), (SeriesEntry("The Lantern Cycle"),)),
    (Field.SERIES, (SeriesEntry("A", "2"), SeriesEntry("B", "1")), (SeriesEntry("A", "2"),)),
    (Field.COVER, "https://c.test/I/a._SL500_.jpg?x=1", "http://c.test/I/a.jpg?y=2"),
    (Field.COVER, "cover.jpg", "https://c.test/I/a.jpg"),
    (Field.DESCRIPTION, LONG, LONG[:60]),
    (Field.DESCRIPTION, LONG, f"<p>{LONG}</p>"),
    (Field.DESCRIPTION, LONG, LONG.replace("nobody", "no one")),
    (Field.DURATION, 10 * HOURS, 10.2 * HOURS),
    (Field.PUBLISHER, "Lark & Sons", "Lark and Sons"),
]
SAFE = [
    (Field.SERIES, (SeriesEntry("Lantern Cycle", "2"),), (SeriesEntry("Lantern Cycle", "3"),)),
    (Field.SERIES, (SeriesEntry("Lantern Cycle"),), (SeriesEntry("Lantern Cycle", "3"),)),
    (Field.PUBLISHED, "2013", "2013-05-14"),
    (Field.PUBLISHED, "2013-05-14", "2013-06-01"),
    (Field.YEAR, 2011, 2010),
    (Field.COVER, "https://c.test/I/a.jpg", "https://c.test/I/b.jpg"),
    (Field.DESCRIPTION, LONG, "Something else entirely is told of this book now, with other words throughout."),
    (Field.PUBLISHER, "Harbour Audio", "Lark & Sons Audio"),
    (Field.GENRES, ("Fantasy",), ("Epic",)),
]
FOR_A_PERSON = [
    (Field.TITLE, "The Salt Road", "The Salt Way", ChangeKind.PROTECTED),
    (Field.NARRATORS, ("Tom Asher",), ("Tom Asher", "Ines Quill"), ChangeKind.PROTECTED),
    (Field.DURATION, 10 * HOURS, 10.8 * HOURS, ChangeKind.PROTECTED),
    (Field.AUTHORS, ("Mara Vell",), ("Una Fell",), ChangeKind.NEEDS_USER),
    (Field.LANGUAGE, "English", "German", ChangeKind.NEEDS_USER),
    (Field.SERIES, (SeriesEntry("Lantern Cycle", "2"),), (SeriesEntry("Iron Saga", "1"),), ChangeKind.NEEDS_USER),
]


@pytest.mark.parametrize(("field", "old", "new"), NO_DRIFT)
def test_what_says_the_same_or_less_is_no_drift(field: Field, old: Value, new: Value) -> None:
    assert plan_drift(case(field, old, new), DriftPolicy()) == ()


@pytest.mark.parametrize(("field", "old", "new"), SAFE)
def test_what_may_be_corrected_is(field: Field, old: Value, new: Value) -> None:
    change = only(plan_drift(case(field, old, new), DriftPolicy()))
    assert (change.kind, change.old) == (ChangeKind.SAFE, old)


@pytest.mark.spec("DRIFT-2")
@pytest.mark.parametrize(("field", "old", "new", "kind"), FOR_A_PERSON)
def test_what_is_protected_or_tells_books_apart_is_left_to_a_person(field, old, new, kind) -> None:
    assert only(plan_drift(case(field, old, new), DriftPolicy())).kind is kind


@pytest.mark.spec("DRIFT-2")
@pytest.mark.parametrize(("field", "old", "new"), SAFE)
def test_a_verified_field_is_protected_whatever_it_is(field: Field, old: Value, new: Value) -> None:
    assert only(plan_drift(case(field, old, new, verified=True), DriftPolicy())).kind is ChangeKind.PROTECTED


def test_genres_are_only_added() -> None:
    assert only(plan_drift(case(Field.GENRES, ("Fantasy",), ("Epic",)), DriftPolicy())).new == ("Fantasy", "Epic")


def test_a_gap_is_filled_but_a_length_is_never_told() -> None:
    assert only(plan_drift(case(Field.PUBLISHER, None, "Harbour Audio"), DriftPolicy())).kind is ChangeKind.SAFE
    assert plan_drift(case(Field.DURATION, None, 10 * HOURS), DriftPolicy()) == ()


def test_an_uncertain_match_corrects_nothing_by_itself() -> None:
    doubtful = case(Field.YEAR, 2011, 2010, certainty=0.86)
    assert only(plan_drift(doubtful, DriftPolicy())).kind is ChangeKind.NEEDS_USER


def test_another_production_is_not_listened_to() -> None:
    one = case(Field.PUBLISHER, "Harbour Audio", "Lark Audio", length=14 * HOURS)
    length = AgreedValue(Field.DURATION, 10 * HOURS, 1.0, Source.DECODER, "")
    found = only(plan_drift(replace(one, agreed={**one.agreed, Field.DURATION: length}), DriftPolicy()))
    assert (found.field, found.kind) == (Field.DURATION, ChangeKind.NEEDS_USER)
    assert "another production" in found.reason


def test_silence_is_no_statement() -> None:
    known = case(Field.PUBLISHER, "Harbour Audio", "Harbour Audio")
    assert plan_drift(replace(known, fresh=()), DriftPolicy()) == ()
    elsewhere = fresh(said(Field.YEAR, 2011, Source.GOODREADS))
    assert all(c.field is not Field.PUBLISHER for c in plan_drift(replace(known, fresh=(elsewhere,)), DriftPolicy()))


def test_a_file_that_says_otherwise_is_outvoted_only_by_trust() -> None:
    """The catalogue's word changed, but the files' own was never the catalogue's to correct."""
    tags = said(Field.PUBLISHER, "Harbour Audio", Source.ABS_JSON, 0.9)
    agreed = {Field.PUBLISHER: AgreedValue(Field.PUBLISHER, "Harbour Audio", 0.9, Source.ABS_JSON, "")}
    found = DriftCase(1, agreed, (tags,), (fresh(said(Field.PUBLISHER, "Lark Audio")),))
    assert plan_drift(found, DriftPolicy()) == ()


values: dict[Field, st.SearchStrategy[Value]] = {
    Field.TITLE: st.sampled_from(["The Salt Road", "Salt Road, The", "The Iron Gate"]),
    Field.SUBTITLE: st.sampled_from(["A Novel", "A Road of Salt"]),
    Field.AUTHORS: st.sampled_from([("Mara Vell",), ("M. Vell",), ("Una Fell", "Mara Vell")]),
    Field.NARRATORS: st.sampled_from([("Tom Asher",), ("Tom Asher", "Ines Quill"), ("Ines Quill",)]),
    Field.SERIES: st.lists(
        st.builds(SeriesEntry, st.sampled_from(["Lantern Cycle", "Iron"]), st.sampled_from([None, "1", "2"])),
        min_size=1, max_size=2, unique_by=lambda e: e.name,
    ).map(tuple),
    Field.YEAR: st.integers(2009, 2012),
    Field.PUBLISHED: st.sampled_from(["2013", "2013-05", "2013-05-14", "2014-01-01", "2014"]),
    Field.PUBLISHER: st.sampled_from(["Harbour Audio", "Lark & Sons", "Lark and Sons"]),
    Field.LANGUAGE: st.sampled_from(["English", "German"]),
    Field.ASIN: st.sampled_from(["B00TEST123", "B00TEST999"]),
    Field.GENRES: st.lists(st.sampled_from(["Fantasy", "Epic", "Sea"]), min_size=1, max_size=3, unique=True).map(tuple),
    Field.DESCRIPTION: st.sampled_from([LONG, LONG[:50], "Other words.", "Other words. And more of them, at length."]),
    Field.COVER: st.sampled_from(["https://c.test/a.jpg", "https://c.test/a.jpg?b=1", "https://c.test/b.jpg"]),
    Field.DURATION: st.sampled_from([10 * HOURS, 10.2 * HOURS, 10.8 * HOURS, 20 * HOURS]),
}  # fmt: skip
catalogues = st.sampled_from(
    [Source.AUDIBLE, Source.AUDNEXUS, Source.GOODREADS, Source.CATALOGUE_ASIN, Source.HARDCOVER]
)


def statements(sources: st.SearchStrategy[Source]) -> st.SearchStrategy[Observation]:
    """Any statement on any field."""
    certainty = st.sampled_from([0.3, 0.6, 0.8, 0.9, 0.95])
    fields = st.sampled_from(sorted(values))
    return fields.flatmap(lambda field: st.builds(said, st.just(field), values[field], sources, certainty))


@st.composite
def fresh_records(draw: st.DrawFn) -> tuple[FreshRecord, ...]:
    sources = draw(st.lists(catalogues, max_size=3, unique=True))
    return tuple(
        FreshRecord(
            source,
            draw(st.sampled_from([0.86, 1.0])),
            draw(st.sampled_from([None, 10 * HOURS, 20 * HOURS])),
            tuple(draw(st.lists(statements(st.just(source)), max_size=6, unique_by=lambda o: o.field))),
        )
        for source in sources
    )


@st.composite
def cases(draw: st.DrawFn) -> DriftCase:
    everyone = st.sampled_from([Source.TAGS, Source.FOLDER, Source.DECODER]) | catalogues
    known = tuple(draw(st.lists(statements(everyone), max_size=12)))
    locked = draw(st.sets(st.sampled_from(sorted(values)), max_size=3))
    agreed = {value.field: replace(value, verified=value.field in locked) for value in agree(known)}
    return DriftCase(1, agreed, known, draw(fresh_records()))


@pytest.mark.spec("DRIFT-4")
@given(cases())
def test_after_the_corrections_nothing_is_proposed(one: DriftCase) -> None:
    settled = settle(one, plan_drift(one, DriftPolicy()))
    assert plan_drift(settled, DriftPolicy()) == ()


@pytest.mark.spec("DRIFT-4")
@given(cases(), st.integers(1, 3))
def test_it_comes_to_rest_in_small_steps_too(one: DriftCase, step: int) -> None:
    for _ in range(2 * len(Field)):
        changes = plan_drift(one, DriftPolicy())
        if not changes:
            return
        one = settle(one, changes[:step])
    raise AssertionError("it did not come to rest")


@pytest.mark.spec("DRIFT-2")
@given(cases())
def test_corrections_never_touch_what_is_protected(one: DriftCase) -> None:
    settled = settle(one, plan_drift(one, DriftPolicy()))
    for field, before in one.agreed.items():
        if before.verified or field in {Field.TITLE, Field.NARRATORS, Field.DURATION}:
            assert settled.agreed[field] == before


@given(cases())
def test_agreeing_anew_on_what_is_kept_undoes_no_protection(one: DriftCase) -> None:
    """A later scan agrees on the same evidence; a change that was not made must not come in by that door."""
    settled = settle(one, plan_drift(one, DriftPolicy()))
    anew = {value.field: value.value for value in agree(settled.observations)}
    for field in (Field.TITLE, Field.NARRATORS):
        if field in one.agreed:
            assert anew[field] == one.agreed[field].value


@given(cases())
def test_without_fresh_words_nothing_is_drift(one: DriftCase) -> None:
    assert plan_drift(replace(one, fresh=()), DriftPolicy()) == ()


@given(cases())
def test_what_is_known_is_never_lost(one: DriftCase) -> None:
    settled = settle(one, plan_drift(one, DriftPolicy()))
    assert settled.agreed.keys() >= one.agreed.keys()
