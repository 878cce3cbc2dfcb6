"""How often an automatic match is right: precision and recall by kind of damage.

    python -m bench.accuracy [--books N] [--seed N] [--show] [--export FILE]
    python -m bench.accuracy --set FILE      another set, as JSON lines

A line of a set is {"kind", "enquiry": {"title", "author", …}, "candidates": [{"source", "id", "title", …}],
"right": ["source:id", …]}; an empty "right" means that nothing may be chosen.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bench.accuracy_books import World, make_world
from bench.accuracy_damage import RECOVERABLE, clean
from bench.accuracy_twins import Book
from bench.frame.model import Benchmark, Figure, Table
from mamctl.domain.matching.match import VerdictKind, judge_match
from mamctl.domain.matching.records import BookQuery, CatalogueRecord
from mamctl.domain.metadata.observation import Source
from mamctl.domain.text.series import SeriesEntry
from mamctl.domain.text.title_words import words_of

FOUND = 20  # what a search answers


@dataclass(frozen=True)
class Question:
    """A question with the answers a search gives, and which of them are right; none where all are wrong."""

    kind: str
    book_query: BookQuery
    candidates: tuple[CatalogueRecord, ...]
    right: frozenset[str]


@dataclass
class Counts:
    """Counts of one kind."""

    asked: int = 0
    answerable: int = 0
    matched: int = 0
    correct: int = 0

    @property
    def precision(self) -> float | None:
        """The share of right ones among the matches made."""
        return self.correct / self.matched if self.matched else None

    @property
    def recall(self) -> float | None:
        """The share of the books found among those that could be."""
        return self.correct / self.answerable if self.answerable else None


class Search:
    """Finds records by words of title and author, as a catalogue's search does: what shares rare words first."""

    def __init__(self, world: World) -> None:
        self._records = world.records
        self._by_word: dict[str, set[str]] = defaultdict(set)
        for ident, record in world.records.items():
            for word in words_of(" ".join((record.title, *record.authors))):
                self._by_word[word].add(ident)

    def find(self, book: Book) -> list[str]:
        """The ids of the nearest records."""
        points: Counter[str] = Counter()
        for word in set(words_of(f"{book.title} {book.author}")):
            for ident in self._by_word.get(word, ()):
                points[ident] += 1 / len(self._by_word[word])  # type: ignore[assignment]
        return [ident for ident, _ in sorted(points.items(), key=lambda item: (-item[1], item[0]))[: 3 * FOUND]]


def questions(world: World, seed: int) -> Iterator[Question]:
    """Every original book under one damage of each kind in turn, and traps where the right record is missing."""
    dice = random.Random(seed + 1)
    search = Search(world)
    twins = defaultdict(list)
    for book in world.books:
        if book.twin_of is not None:
            twins[book.twin_of].append(book)
    kinds = list(RECOVERABLE)
    for index, book in enumerate(b for b in world.books if b.twin_of is None):
        found = search.find(book)
        if any(twin.twin_kind == "other subtitle" for twin in twins[book.key]):
            yield from _traps(world, dice, book, twins[book.key], found)
            continue
        for kind in (kinds[index % len(kinds)], kinds[(index * 8 + 3) % len(kinds)]):
            yield _question(world, dice, book, kind, found, several=_has_other_recording(twins[book.key]))
        yield from _traps(world, dice, book, twins[book.key], found)


def _has_other_recording(twins: list[Book]) -> bool:
    return any(twin.twin_kind == "other recording" for twin in twins)


def _question(world: World, dice: random.Random, book: Book, kind: str, found: list[str], *, several: bool) -> Question:
    book_query = RECOVERABLE[kind](dice, book, clean(book))
    right = frozenset(world.right[book.key])
    if book_query.narrator is None and book_query.duration_s is None and several:
        kind, right = "trap: recording not told", frozenset()
    ids = [*sorted(right or world.right[book.key]), *found]
    ids = list(dict.fromkeys(ids))[: FOUND + 4]
    if kind == "trap: recording not told":
        ids = [i for i in ids if world.records[i].narrators]
    dice.shuffle(ids)
    return Question(kind, book_query, tuple(world.records[ident] for ident in ids), right)


RECORDINGS = frozenset({"other recording", "abridged", "dramatized"})
WORKS = frozenset({"X and Y", "sequel", "plural", "summary", "other author", "shorter title", "omnibus"})


def _traps(world: World, dice: random.Random, book: Book, twins: list[Book], found: list[str]) -> Iterator[Question]:
    """The right record is missing, and something near stands in its place."""
    same_work = {book.key, *(twin.key for twin in twins if twin.twin_kind in RECORDINGS | {"other subtitle"})}
    wrong = [ident for ident in found if world.of_record[ident] not in same_work][:FOUND]
    for twin in twins:
        book_query = clean(book)
        if twin.twin_kind in WORKS and dice.random() < 0.5:
            book_query = replace(book_query, narrator=None, duration_s=None)
        if twin.twin_kind == "other subtitle":
            book_query = replace(book_query, title=f"{book.title}: {book.subtitle}")
        ids = sorted({*wrong, *(i for i in world.right[twin.key] if not _says_only_the_work(world.records[i], twin))})
        yield Question(f"trap: {twin.twin_kind}", book_query, tuple(world.records[i] for i in ids), frozenset())
    if dice.random() < 0.2:
        book_query = replace(clean(book), duration_s=book.duration_s * dice.choice((0.4, 0.6, 0.85, 1.2, 2.0)))
        audio = tuple(r for i in sorted(world.right[book.key]) if (r := world.records[i]).duration_s)
        yield Question("trap: length far off", book_query, audio, frozenset())
    if dice.random() < 0.2:
        yield Question("trap: not in the catalogue", clean(book), tuple(world.records[i] for i in wrong), frozenset())


def _says_only_the_work(record: CatalogueRecord, twin: Book) -> bool:
    """A listing without what tells the twin apart says nothing of it, and is no trap."""
    if twin.twin_kind == "other subtitle":
        return not record.subtitle and ":" not in record.title
    return twin.twin_kind in RECORDINGS and not record.narrators and not record.duration_s


def answer(asked: Iterable[Question], *, show: bool = False) -> dict[str, Counts]:
    """The counts of every kind."""
    by_kind: dict[str, Counts] = defaultdict(Counts)
    for question in asked:
        counts = by_kind[question.kind]
        verdict = judge_match(question.book_query, question.candidates)
        chosen = verdict.chosen and f"{verdict.chosen.record.source}:{verdict.chosen.record.id}"
        counts.asked += 1
        counts.answerable += bool(question.right)
        counts.matched += verdict.kind is VerdictKind.MATCH
        counts.correct += chosen in question.right
        if show and (chosen or None) not in (question.right or {None}):
            _show(question, verdict)
    return by_kind


def _show(question: Question, verdict) -> None:
    print(f"[{question.kind}] {question.book_query}\n   {verdict.kind}: {verdict.reason}")
    for one in verdict.candidates[:3]:
        right = "*" if f"{one.record.source}:{one.record.id}" in question.right else " "
        parts = ", ".join(f"{p.name} {p.amount:g}" for p in one.match.penalties)
        record = one.record
        known = (record.title, record.subtitle, record.authors, record.series)
        print(f"  {right} {one.match.score:.3f} {known}: {parts}")


def table(by_kind: dict[str, Counts]) -> Table:
    """A row a kind, and the sum."""
    total = Counts(
        *(sum(getattr(t, name) for t in by_kind.values()) for name in ("asked", "answerable", "matched", "correct"))
    )
    rows = []
    for kind, counts in [*sorted(by_kind.items()), ("all", total)]:
        precision, recall = (f"{100 * v:.2f} %" if v is not None else None for v in (counts.precision, counts.recall))
        rows.append((kind, counts.asked, counts.matched, precision, recall))
    columns = ("what happened to the book's data", "asked", "matched", "precision", "recall")
    return Table("", columns, tuple(rows))


def read_set(path: Path) -> Iterator[Question]:
    """The questions of a file of JSON lines."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            data = json.loads(line)
            book_query = BookQuery(**_typed(data["enquiry"]))
            records = tuple(CatalogueRecord(**_typed(record)) for record in data["candidates"])
            yield Question(data.get("kind", "external"), book_query, records, frozenset(data.get("right") or ()))


def _typed(data: dict) -> dict:
    typed = {
        key: tuple(value) if isinstance(value, list) else value for key, value in data.items() if value is not None
    }
    if "source" in typed:
        typed["source"] = Source(typed["source"])
        typed["series"] = tuple(SeriesEntry(**entry) for entry in typed.get("series", ()))
    elif "series" in typed:
        typed["series"] = SeriesEntry(**typed["series"])
    return typed


def write_set(path: Path, asked: Iterable[Question]) -> None:
    """The questions as JSON lines."""
    with path.open("w", encoding="utf-8") as file:
        for q in asked:
            line = {
                "kind": q.kind,
                "enquiry": asdict(q.book_query),
                "candidates": [asdict(r) for r in q.candidates],
                "right": sorted(q.right),
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def measure(books: int, seed: int = 1) -> Iterator[Figure | Table]:
    """The time of a question and the share of right answers, over made-up books."""
    yield from measure_set(list(questions(make_world(books, seed), seed)))


def measure_set(asked: list[Question], *, show: bool = False) -> Iterator[Figure | Table]:
    """The same over given questions."""
    started = time.process_time()
    by_kind = answer(asked, show=show)
    used = 1000 * (time.process_time() - started)
    records = sum(len(question.candidates) for question in asked)
    yield Figure(
        "matching.judge",
        "judging 20 candidates",
        20 * used / max(1, records),
        "ms",
        sizes={"questions": len(asked), "candidates": records},
        detail={"ms a question": used / max(1, len(asked))},
    )
    yield table(by_kind)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--books", type=int, default=2_400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", type=Path)
    parser.add_argument("--export", type=Path)
    parser.add_argument("--show", action="store_true", help="print every wrong match and every miss")
    options = parser.parse_args()
    asked = list(
        read_set(options.set) if options.set else questions(make_world(options.books, options.seed), options.seed)
    )
    if options.export:
        write_set(options.export, asked)
    for row in measure_set(asked, show=options.show):
        print(row.text())


BENCHMARK = Benchmark(
    "Matching accuracy",
    measure,
    full={"books": 2_400},
    quick={"books": 60},
    about=(
        "Made-up books with their twins; each question comes with the 20 records that a search would answer. Kinds that"
        " begin with a near-twin have it in the place of the right record: accepting it would be wrong.\n\n"
        'A typo that makes another common word of one ("King" for "Ring") counts as another title, for it may be one.'
    ),
)

if __name__ == "__main__":
    main()
