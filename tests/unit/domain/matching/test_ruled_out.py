"""Candidates that are ruled out by cheap facts change no verdict: it is the same where every score is worked out."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from bench.accuracy import questions
from bench.accuracy_books import make_world

from mamctl.domain.matching.match import Verdict, judge_candidates, judge_match
from mamctl.domain.matching.people import _part_of, _respelt, name_doubt
from mamctl.domain.matching.records import BookQuery, CatalogueRecord
from mamctl.domain.matching.scoring import Candidate
from mamctl.domain.metadata.observation import Source
from mamctl.domain.text.person_names import fold_name, same_person

ODD_WORDS = (
    "St. Dr. Mount & and vs #1 No. Vol. 2 II Two 2nd 's O' der la l' by of the A Book (Unabridged) - A Novel New York I"
    " œ ß ø ı ﬁ Ⅷ ½ e\u0301 … – _ , : ; / \u200b 100 hundred 20,000 1984 0 007"
).split(" ")


class Plain(Candidate):
    """One of which nothing is known before its whole score is worked out."""

    __slots__ = ()

    def __init__(self, book_query: BookQuery, record: CatalogueRecord) -> None:
        super().__init__(book_query, record)
        self.ceiling, self._other_work = 1.0, False


def seen(verdict: Verdict) -> tuple[object, ...]:
    chosen = verdict.chosen and verdict.chosen.record
    ranked = [(one.record, one.match, one.other_work) for one in verdict.candidates]
    return verdict.kind, chosen, verdict.reason, ranked


def assert_same_verdict(asked: BookQuery, records: tuple[CatalogueRecord, ...]) -> None:
    assert seen(judge_match(asked, records)) == seen(judge_candidates([Plain(asked, one) for one in records]))


@pytest.mark.parametrize("name", ["New York", "The Book", "A", "The"])
@pytest.mark.parametrize("written", ["Mara Vell - {}", "{} by Mara Vell", "Mara Vell: {}", "{} (Mara Vell)"])
@pytest.mark.parametrize("author", ["Mara Vell", None])
def test_a_name_of_words_that_hardly_tell_is_no_other_book(name: str, written: str, author: str | None) -> None:
    record = CatalogueRecord(source=Source.AUDIBLE, id="B0", title=name, authors=("Mara Vell",))
    asked = BookQuery(title=written.format(name), author=author)
    assert_same_verdict(asked, (record, replace(record, id="B1", title="The Salt Road")))
    assert not Candidate(asked, record).ruled_out


def test_a_made_up_catalogue_is_judged_alike() -> None:
    for asked in list(questions(make_world(50, 3), 3))[::2]:
        assert_same_verdict(asked.book_query, asked.candidates)


@pytest.mark.parametrize("seed", range(2))
def test_damaged_titles_are_judged_alike(seed: int) -> None:
    dice = Random(seed)
    records = list(make_world(20, seed).records.values())
    for _ in range(100):
        record = dice.choice(records)
        author = record.authors[0] if record.authors else None
        forms = [record.title, f"{author} - {record.title}", f"{record.title} by {author}"]
        forms += [f"{one.name} {one.position}: {record.title}" for one in record.series]
        asked = BookQuery(
            title=damaged(dice, dice.choice(forms)),
            author=dice.choice([None, author]),
            series=dice.choice([None, *record.series]),
        )
        others = (replace(record, title=damaged(dice, record.title)), replace(record, title=damaged(dice, record.title),
                  series=(), subtitle=None), replace(record, subtitle=damaged(dice, "A Novel")))  # fmt: skip
        assert_same_verdict(asked, (record, *others, dice.choice(records)))


def damaged(dice: Random, text: str) -> str:
    """A title with words joined, divided, misspelt, put in or left out."""
    words = text.split()
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(words))
        word = words[at]
        cut = dice.randint(0, len(word))
        damage = dice.randrange(9)
        if damage == 0:
            words[at : at + 2] = ["".join(words[at : at + 2])]
        elif damage == 1:
            words[at : at + 1] = [part for part in (word[:cut], word[cut:]) if part]
        elif damage == 2:
            words[at] = word[:cut] + dice.choice("aeionrt") + word[cut:]
        elif damage == 3:
            words[at] = word[:cut] + word[cut + 1 :] or "x"
        elif damage == 4:
            words.insert(at, dice.choice(ODD_WORDS))
        elif damage == 5:
            words[at] = dice.choice(ODD_WORDS)
        elif damage == 6:
            words = words[: at + 1]
        elif damage == 7:
            words = words[at:]
        else:
            words[at : at + 2] = [dice.choice("-_./'&+").join(words[at : at + 2])]
    return " ".join(words)


NAMES = ("Mara Vell", "Bob Stone", "Robert Stone", "Ursula K. Le Guin", "J. R. R. Quill", "Jürgen Müller", "Dante",
         "Fyodor Dostoevsky", "Фёдор Достоевский", "Mary Anne O'Hara", "Liu Cixin", "Bill van Dyck")  # fmt: skip


def test_names_without_a_related_word_are_no_one_s_two_spellings() -> None:
    dice = Random(5)
    for _ in range(1_500):
        one = damaged_name(dice, dice.choice(NAMES))
        other = damaged_name(dice, dice.choice([one, dice.choice(NAMES)]))
        assert name_doubt(one, other) == whole_doubt(one, other), (one, other)


def whole_doubt(one: str, other: str) -> float | None:
    """As `name_doubt`, with every pair of names of one script compared to the end."""
    a, b = sorted(map(fold_name, (one, other)), key=lambda name: (name.count(" "), name))
    if a == b or not a or a.isascii() != b.isascii():
        return name_doubt(one, other)
    return 0.01 if same_person(a, b) else _part_of(a, b) or _respelt(a.split(), b.split())


def damaged_name(dice: Random, name: str) -> str:
    words = name.split()
    for _ in range(dice.randint(0, 2)):
        at = dice.randrange(len(words))
        word = words[at]
        cut = dice.randrange(len(word))
        damage = dice.randrange(7)
        if damage == 0:
            words[at] = word[:cut] + word[cut + 1 :] or "X"
        elif damage == 1:
            words[at] = word[:cut] + dice.choice("aeiouhné") + word[cut:]
        elif damage == 2:
            words[at] = f"{word[0]}."
        elif damage == 3:
            words[at : at + 2] = [dice.choice(["", "-"]).join(words[at : at + 2])]
        elif damage == 4:
            dice.shuffle(words)
        elif damage == 5:
            words.insert(at, dice.choice(["van", "de", "Jr.", "Dr.", "Mc", "St.", "J."]))
        else:
            words = ["".join(each[0] for each in words[:-1]) or "X", words[-1]]
    return " ".join(words)
