"""A document reads as the standard library would write it, in one piece or many."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.output.json_text import json_line, json_pieces

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


def test_a_figure_without_end_is_no_json() -> None:
    with pytest.raises(ValueError, match="JSON"):
        list(json_pieces({"ratio": float("inf")}, 2))
