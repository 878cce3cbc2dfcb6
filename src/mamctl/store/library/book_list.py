"""The books of the library one by one, each with what a list of them shows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.links import STRONGEST_FIRST, BookState, Outcome
from mamctl.domain.metadata.observation import Field, value_from_json
from mamctl.domain.text.series import SeriesEntry
from mamctl.store.library.summary import PLACE
from mamctl.store.values import read_json, text_to_path

_SURE = "coalesce(iif({0}.verified, 1.0, {0}.confidence), 0.0)"
NAMED = """LEFT JOIN agreed t ON t.book_id = b.id AND t.field = 'title'
  LEFT JOIN agreed a ON a.book_id = b.id AND a.field = 'authors'"""
"""The title `t` and the authors `a` of a book `b`, as SQL."""
ALL_NAMED = f"""{NAMED}
  LEFT JOIN agreed s ON s.book_id = b.id AND s.field = 'series'
  LEFT JOIN agreed n ON n.book_id = b.id AND n.field = 'narrators'"""
"""These, the series `s` and the narrators `n`."""
CONFIDENCE = f"min({_SURE.format('t')}, {_SURE.format('a')})"
"""How certain they are, the lesser of the two: 0..1, 0 where one of them is missing."""

# The agreed values that a list has, and what stands for one that is not known.
_UNKNOWN: dict[str, Any] = {
    "title": None, "authors": (), "narrators": (), "series": (), "year": None, "language": None, "asin": None,
    "isbn": None,
}  # fmt: skip
_LISTED = ", ".join(f"'{name}'" for name in _UNKNOWN)

# The path is unique and indexed: the rows come one by one, an author's books together, without being sorted first.
# What is agreed comes as a line of the fields, each with 0 or 1 for verified, and their values as JSON behind it.
_BOOKS = f"""SELECT b.id, b.path, b.duration, b.size,
  (SELECT count(*) FROM files WHERE book_id = b.id) AS files,
  (SELECT group_concat(field || verified, ' ') || char(10) || group_concat(iif(field IN ({_LISTED}), value, 'null'))
    FROM agreed WHERE book_id = b.id) AS agreed,
  (SELECT json_group_array(json_array(outcome, reason, catalogue, record_id, {PLACE})) FROM
    (SELECT * FROM catalogue_answers WHERE book_id = b.id ORDER BY catalogue)) AS answers,
  (SELECT json_group_array(code) FROM (SELECT DISTINCT code FROM library_problems WHERE book_id = b.id ORDER BY code))
    AS problems, json_quote({CONFIDENCE}) AS confidence
  FROM books b {NAMED} WHERE b.gone_at IS NULL {{which}} ORDER BY b.path LIMIT :limit"""  # noqa: S608

_FIELDS = {field.value: field for field in Field}
# The answer whose reason explains the state.
_IN_DOUBT = {BookState.AMBIGUOUS: Outcome.AMBIGUOUS.value, BookState.UNMATCHED: Outcome.NONE.value}
_MATCH = Outcome.MATCH.value


@dataclass(frozen=True, slots=True)
class ListedBook:
    """A book as a list has it; what is not known is None or empty. `duration` in seconds, `size` in bytes.

    `confidence` (0..1) is that of its title or authors, whichever is lower, 0 where one of them is missing. `reason`
    says why the catalogues leave it in doubt. `missing` are the fields without a value, `problems` the codes of what
    the last scan found.
    """

    id: int
    path: str
    title: str | None
    authors: tuple[str, ...]
    narrators: tuple[str, ...]
    series: tuple[SeriesEntry, ...]
    year: int | None
    language: str | None
    asin: str | None
    isbn: str | None
    duration: float | None
    size: int
    files: int
    state: BookState
    reason: str | None
    records: tuple[str, ...]
    confidence: float
    verified: tuple[str, ...]
    missing: tuple[Field, ...]
    problems: tuple[str, ...]


def list_books(
    db: sqlite3.Connection, ids: Sequence[int] | None = None, limit: int | None = None
) -> Iterator[ListedBook]:
    """The books that are there, in the order of paths, read row by row: all, those of `ids`, the first `limit`."""
    return map(_book, select_books(db, _BOOKS, ids, limit))


def select_books(
    db: sqlite3.Connection, select: str, ids: Sequence[int] | None, limit: int | None
) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement with places for `{which}` books and for `:limit`, as plain tuples."""
    which = "" if ids is None else "AND b.id IN (SELECT value FROM json_each(:ids))"
    given = {"ids": None if ids is None else json.dumps(ids), "limit": -1 if limit is None else limit}
    cursor = db.cursor()
    cursor.row_factory = None
    return cursor.execute(select.format(which=which), given)


def _book(row: tuple[Any, ...]) -> ListedBook:
    key, path, duration, size, files, agreed, *documents = row
    fields, _, known = agreed.partition("\n") if agreed else ("", "", "")
    values, found = _UNKNOWN.copy(), _known(fields, duration is None)
    stored, answers, problems, confidence = read_json(f"[[{known}],{','.join(documents)}]")
    state = STRONGEST_FIRST[min([answer[-1] for answer in answers], default=-1)]  # the last: not asked
    for place, field in found.listed:
        values[field] = value_from_json(field, stored[place])
    doubt = _IN_DOUBT.get(state)
    return ListedBook(
        id=key,
        path=text_to_path(path),
        **values,
        duration=duration,
        size=size,
        files=files,
        state=state,
        reason=doubt and next((reason for outcome, reason, *_ in answers if outcome == doubt), None),
        records=tuple([f"{name}:{record}" for outcome, _, name, record, _ in answers if outcome == _MATCH]),
        confidence=confidence,
        verified=found.verified,
        missing=found.missing,
        problems=tuple(problems),
    )


class _Known(NamedTuple):
    """What is known of a book: the fields that a list has, with their places among all, the verified ones, and those
    that are missing."""

    listed: tuple[tuple[int, Field], ...]
    verified: tuple[str, ...]
    missing: tuple[Field, ...]


@lru_cache(maxsize=1_024)  # the same fields are known of many books
def _known(fields: str, without_length: bool) -> _Known:
    verified = {word[:-1]: word[-1] == "1" for word in fields.split()}
    return _Known(
        tuple((place, _FIELDS[name]) for place, name in enumerate(verified) if name in _UNKNOWN),
        tuple(field for field in Field if verified.get(field)),
        tuple(field for field in Field if field not in verified and (without_length or field is not Field.DURATION)),
    )
