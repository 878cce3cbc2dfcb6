"""A document reads as the standard library would write it, in one piece or many."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.catalogues.links import BookState
from mamctl.domain.outcome import FLAT, HIDDEN, Rows
from mamctl.output.json_text import json_line, json_pieces, jsonable

texts = st.text(st.characters(codec=None), max_size=8)
documents = st.dictionaries(
    texts,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
        max_leaves=20,
    ),
    max_size=4,
)


@given(documents, st.sampled_from([None, 1, 2]))
def test_a_document_is_written_as_the_standard_library_does(document: dict[str, Any], indent: int | None) -> None:
    assert "".join(json_pieces(document, indent)) == json.dumps(document, ensure_ascii=False, indent=indent)
    assert json_line(document) == json.dumps(document, ensure_ascii=False)


@dataclass(frozen=True)
class Part:
    names: tuple[str, ...]
    state: BookState


@dataclass(frozen=True)
class Row:
    """One of each kind of value."""

    from_: str | None
    at: datetime
    day: date
    span: timedelta
    place: Path
    ratio: float
    sure: bool
    parts: tuple[Part, ...]
    seen: frozenset[str]
    counts: dict[str, float]
    flat: Part = field(metadata=FLAT)
    hidden: int = field(metadata=HIDDEN, default=7)


_AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
_ROWS = [
    Row(
        text, _AT, _AT.date(), timedelta(seconds=1.5), Path("/srv") / "a", ratio, ratio > 1,
        tuple(Part(("Ó", "塩")[:number], BookState.RULED_OUT) for number in range(count)), frozenset("ba"),
        {"x": ratio} if count else {}, Part((), BookState.MATCHED),
    )
    for text, ratio, count in ((None, 0.1, 0), ("lost \udcff \"", float("inf"), 1), ("", 2.0, 3))
]  # fmt: skip


@pytest.mark.parametrize("indent", [None, 2])
def test_a_frozen_value_is_written_as_what_is_made_of_it(indent: int | None) -> None:
    made = json.dumps({"rows": jsonable(_ROWS)}, ensure_ascii=False, indent=indent)
    for rows in (_ROWS, tuple(_ROWS), jsonable(Rows(lambda: iter(_ROWS)))):
        assert "".join(json_pieces({"rows": rows}, indent)) == made
    assert json_line(_ROWS[2]) == json.dumps(jsonable(_ROWS[2]), ensure_ascii=False)


def test_a_figure_without_end_is_null() -> None:
    assert json_line({"ratio": float("inf")}) == '{"ratio": null}'


def test_what_has_no_form_in_json_is_named() -> None:
    with pytest.raises(TypeError, match="object has no form in JSON"):
        json_line([object()])
