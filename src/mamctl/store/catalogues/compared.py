"""Books as drift compares them, and those that were compared already without anything coming of it.

What a comparison sees of a book is read for many books at once. Where that is unchanged and the catalogues answer in
the same words, the comparison would end as it did.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.drift_changes import Proposed
from mamctl.domain.catalogues.links import CatalogueAnswer, Outcome
from mamctl.domain.metadata.agreed_value import AgreedValue
from mamctl.domain.metadata.observation import Field, Observation
from mamctl.sqlite import snapshot, transaction
from mamctl.store.catalogues.answers import read_answer
from mamctl.store.library.agreed import read_agreed, read_observations

# Each with what the comparison sees first, and what else belongs to it (when it was seen or asked) last.
_THESE = "book_id IN (SELECT value FROM json_each(?))"
_OBSERVATIONS = (
    f"SELECT book_id, field, value, source, place, confidence, seen_at FROM observations WHERE {_THESE}"  # noqa: S608
    " ORDER BY book_id, field, confidence DESC, id"
)
_AGREED = (
    f"SELECT book_id, field, value, confidence, source, reason, verified FROM agreed WHERE {_THESE}"  # noqa: S608
    " ORDER BY book_id, field"
)
_ANSWERS = f"SELECT * FROM catalogue_answers WHERE {_THESE} ORDER BY book_id, catalogue"  # noqa: S608
_PROPOSED = (
    f"SELECT book_id, field, new FROM drift_changes WHERE {_THESE} AND state IN ('told', 'undone')"  # noqa: S608
    " ORDER BY book_id, field, new"
)
_DURATIONS = "SELECT id, duration FROM books WHERE id IN (SELECT value FROM json_each(?))"
_SIZE = 16  # bytes of a digest
_PLAIN = 2  # the form of marshal that depends on the values alone; three times as quick as their repr


@dataclass(frozen=True, slots=True)
class BookRows:
    """The rows of one book at one moment; `duration_s` is what its files play together."""

    book: int
    duration_s: float | None
    observation_rows: list[tuple[Any, ...]]
    agreed_rows: list[tuple[Any, ...]]
    answer_rows: list[sqlite3.Row]
    proposed_rows: list[tuple[Any, ...]]

    def observations(self) -> tuple[Observation, ...]:
        """Everything that any source says of the book."""
        return read_observations(self.observation_rows)

    def agreed(self) -> dict[Field, AgreedValue]:
        """The agreed value of each field that has one."""
        return read_agreed(self.agreed_rows)

    def links(self) -> dict[str, CatalogueAnswer]:
        """The earlier answers by catalogue."""
        return {row["catalogue"]: read_answer(row) for row in self.answer_rows}

    def matched_ids(self) -> dict[str, str]:
        """The id of the matched record by catalogue."""
        return {row["catalogue"]: row["record_id"] for row in self.answer_rows
                if row["outcome"] == Outcome.MATCH and row["record_id"]}  # fmt: skip

    def proposed(self) -> Proposed:
        """What was proposed of the book before and left to you, or was taken back by you."""
        return frozenset((Field(field), new) for field, new in self.proposed_rows)

    def state(self, context: str) -> bytes:
        """A digest of all that a comparison sees of the book, in this `context`: by which rules it is made."""
        seen = (
            context,
            self.duration_s,
            [row[:5] for row in self.observation_rows],
            self.agreed_rows,
            [(row["catalogue"], row["outcome"], row["chosen_by"], row["record_id"], row["score"])
             for row in self.answer_rows],
            self.proposed_rows,
        )  # fmt: skip
        return hashlib.blake2b(marshal.dumps(seen, _PLAIN), digest_size=_SIZE).digest()


def load_rows(db: sqlite3.Connection, books: Sequence[int]) -> list[BookRows]:
    """The rows of those of these books that are there, in their order and as of one moment."""
    with snapshot(db):
        return rows_within(db, books)


def rows_within(db: sqlite3.Connection, books: Sequence[int]) -> list[BookRows]:
    """The same within a transaction."""
    these = (json.dumps(list(books)),)
    durations = {row[0]: row[1] for row in db.execute(_DURATIONS, these)}
    observations, agreed, proposed = (_by_book(db, query, these) for query in (_OBSERVATIONS, _AGREED, _PROPOSED))
    answers: dict[int, list[sqlite3.Row]] = {}
    for row in db.execute(_ANSWERS, these):
        answers.setdefault(row["book_id"], []).append(row)
    return [
        BookRows(book, durations[book], observations.get(book, []), agreed.get(book, []), answers.get(book, []),
                 proposed.get(book, []))
        for book in books
        if book in durations
    ]  # fmt: skip


def _by_book(db: sqlite3.Connection, query: str, these: tuple[str]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    cursor = db.cursor()
    cursor.row_factory = None
    for row in cursor.execute(query, these):
        found[row[0]].append(row[1:])
    return found


class Known(NamedTuple):
    """By what an answer is known again: digests of its `words`, and of the `record` that was read in them."""

    words: bytes
    record: bytes


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison of which nothing came: the book's state, and each catalogue's answer."""

    state: bytes
    answers: Mapping[str, Known]

    def same_records(self, other: Compared) -> bool:
        """Whether the other comparison sees the same, in whatever words."""
        return self.state == other.state and {name: known.record for name, known in self.answers.items()} == {
            name: known.record for name, known in other.answers.items()
        }


def load_compared(db: sqlite3.Connection, states: Mapping[int, bytes]) -> dict[int, Compared]:
    """Those of these books that were compared in this very state without anything coming of it."""
    these = (json.dumps(list(states)),)
    rows = db.execute(f"SELECT book_id, state, words FROM compared_books WHERE {_THESE}", these)  # noqa: S608
    return {book: Compared(state, _answers(text)) for book, state, text in rows if state == states[book]}


def _answers(text: str) -> dict[str, Known]:
    return {name: Known(*map(bytes.fromhex, pair)) for name, pair in json.loads(text).items()}


def save_compared(db: sqlite3.Connection, compared: Iterable[tuple[int, Compared]]) -> None:
    """Nothing came of comparing these books."""
    rows = [
        (book, one.state, json.dumps({name: [part.hex() for part in known] for name, known in one.answers.items()}))
        for book, one in compared
    ]
    if rows:
        with transaction(db):
            db.executemany(
                "INSERT INTO compared_books (book_id, state, words) SELECT ?1, ?2, ?3"
                " WHERE EXISTS (SELECT 1 FROM books WHERE id = ?1)"
                " ON CONFLICT DO UPDATE SET state = excluded.state, words = excluded.words",
                rows,
            )
